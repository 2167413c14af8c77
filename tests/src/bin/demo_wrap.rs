//! Four proofs of two programs, aggregated, wrapped in Groth16 and verified in an EVM.

use std::path::PathBuf;

use alloy_primitives::{Bytes, U256, hex};
use alloy_sol_types::SolValue;
use anyhow::{Context, Result, ensure};
use causeway_aggregation::tree::Progress as TreeProgress;
use causeway_bindings::{Groth16Verifier, VerifierGateway};
use causeway_tests::artifact::creation_code;
use causeway_tests::evm::{Evm, LOCAL_CHAIN_ID, SENDER};
use causeway_tests::gas::groth16_floor;
use causeway_tests::stage::{Stage, measure};
use causeway_tests::story::{self, Samples, Tree};
use causeway_tests::vector::ProofVector;
use causeway_verifier_gen::groth16::{KeyStore, Progress, Step};
use causeway_verifier_gen::last::Profile;
use causeway_verifier_gen::wrapped_proof::WrappedProof;
use causeway_verifier_gen::wrapper::{self, DEVELOPMENT_SEED, Wrapper};

fn main() -> Result<()> {
    let Outputs {
        vector,
        closed: closed_file,
    } = Outputs::from_arguments(std::env::args().skip(1))?;
    let mut run = Run::default();
    let started = std::time::Instant::now();

    println!("1. Proofs of two programs, each brought to the standard shape\n");
    let samples = run.stage("build programs and normalisers", Samples::new)?;
    for (name, security) in samples.security() {
        println!("   {name}: its proofs are worth {:.1} bits", security.bits());
    }
    let mut leaves = Vec::new();
    for index in 0..4 {
        let leaf = run.stage(format!("prove and normalise sample {}", index + 1), || {
            samples.leaf(index)
        })?;
        println!(
            "   {}\n     program {}",
            leaf.title,
            story::inputs(&leaf)?.program
        );
        leaves.push(leaf);
    }

    println!("\n2. One proof of all four\n");
    let tree = run.stage("build node and closing circuits", Tree::new)?;
    let root = run.stage("aggregate 4 proofs (3 nodes)", || {
        tree.aggregate(&leaves, |event| {
            if let TreeProgress::NodeProven { done, total } = event {
                println!("   node {done} of {total}");
            }
        })
    })?;
    let closed = run.stage("close", || tree.close(&root))?;
    let statement = story::statement(&leaves)?;
    println!("   statement 0x{}", hex::encode(statement.to_be_bytes()));
    if let Some(path) = closed_file {
        std::fs::write(&path, closed.to_bytes()?).with_context(|| path.display().to_string())?;
        println!("   closed proof written to {}", path.display());
    }

    println!("\n3. The proof that Ethereum verifies\n");
    let profile = Profile::Default;
    let wrapper = run.stage("build the last layer", || {
        Ok(Wrapper::new(profile, tree.closing().circuit().key())?)
    })?;
    let synthesis = run.stage("last layer and witness of the wrap", || {
        Ok(wrapper.synthesize(&closed)?)
    })?;
    println!("   the wrap has {} constraints", synthesis.r1cs.num_constraints());
    let store = KeyStore::from_environment()?;
    println!("   keys in {}", store.root().display());
    let progress = |step: Step| {
        if step.done == 0 {
            println!("   {} ...", step.stage);
        }
    };
    let key = run.stage("load the development key, or make it", || {
        Ok(wrapper::development_key(
            &store,
            &synthesis.r1cs,
            DEVELOPMENT_SEED,
            Progress::new(&progress),
        )?)
    })?;
    let wrapped = run.stage("Groth16 proof", || {
        Ok(wrapper.prove(&synthesis, &key, Progress::new(&progress))?)
    })?;
    wrapped.verify(key.verifying_key(), None)?;
    ensure!(
        wrapped.statement_digest == statement.to_be_bytes(),
        "the proof states something else than the leaves claim"
    );

    println!("\n4. An EVM accepts it\n");
    settle(&wrapped)?;
    if let Some(path) = vector {
        ProofVector::from_wrapped(&wrapped, key.verifying_key()).write(&path)?;
        println!("   written to {}", path.display());
    }

    println!("\nWhat it took\n");
    run.stages.iter().for_each(|stage| println!("   {stage}"));
    println!(
        "   {:<44} {:>8.2} s",
        "all of it",
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Files to write on the way.
#[derive(Default)]
struct Outputs {
    /// What the tests of the contracts read.
    vector: Option<PathBuf>,
    /// What `verifier-gen prove` takes.
    closed: Option<PathBuf>,
}

impl Outputs {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut outputs = Self::default();
        while let Some(option) = arguments.next() {
            let path = match option.as_str() {
                "--write-vector" => &mut outputs.vector,
                "--write-closed" => &mut outputs.closed,
                _ => anyhow::bail!("usage: demo [--write-vector FILE] [--write-closed FILE]"),
            };
            *path = Some(
                arguments
                    .next()
                    .with_context(|| format!("{option} takes a file"))?
                    .into(),
            );
        }
        Ok(outputs)
    }
}

/// Stages in the order in which they ran.
#[derive(Default)]
struct Run {
    stages: Vec<Stage>,
}

impl Run {
    fn stage<T>(&mut self, name: impl Into<String>, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let (stage, result) = measure(name, work);
        let result = result.with_context(|| stage.name.clone())?;
        self.stages.push(stage);
        Ok(result)
    }
}

/// Deploys verifier and gateway and calls both.
fn settle(wrapped: &WrappedProof) -> Result<()> {
    let mut evm = Evm::new(LOCAL_CHAIN_ID);
    let verifier = evm.deploy(&creation_code("Groth16Verifier")?, &[])?.output;
    let key_hash = evm.call(verifier, &Groth16Verifier::KEY_HASHCall {})?.output;
    let arguments = (SENDER, false).abi_encode_params();
    let gateway = evm.deploy(&creation_code("VerifierGateway")?, &arguments)?.output;
    evm.call(gateway, &VerifierGateway::addRouteCall { verifier })?;

    let circuit = evm.call(verifier, &Groth16Verifier::CIRCUIT_HASHCall {})?.output;
    ensure!(
        circuit.0 == wrapped.circuit.0,
        "the committed verifier is for circuit {circuit}: run `make gen`"
    );
    let program_digest = U256::from_be_bytes(wrapped.program_digest);
    let statement_digest = U256::from_be_bytes(wrapped.statement_digest);
    let proof: Bytes = wrapped.proof.to_evm_words().concat().into();
    let direct = Groth16Verifier::verifyCall {
        programDigest: program_digest,
        statementDigest: statement_digest,
        proof: proof.clone(),
    };
    let direct = evm.call(verifier, &direct)?.gas;
    let routed = VerifierGateway::verifyCall {
        programDigest: program_digest,
        statementDigest: statement_digest,
        proof: [&key_hash[..4], &proof].concat().into(),
    };
    let routed = evm.call(gateway, &routed)?.gas;
    println!("   program   {program_digest:#066x}");
    println!("   statement {statement_digest:#066x}");
    println!(
        "   Groth16Verifier accepted: {} gas = {} transaction + {} calldata + {} execution (precompiles {})",
        direct.total,
        direct.transaction,
        direct.calldata,
        direct.execution,
        groth16_floor(2)
    );
    println!(
        "   through VerifierGateway: {} gas, {} more",
        routed.total,
        routed.total - direct.total
    );
    Ok(())
}
