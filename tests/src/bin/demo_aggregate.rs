//! Proofs of two programs become one that `ProofAggregation` takes, and a contract asks whether one of them is included.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use alloy_primitives::{B256, U256, hex};
use anyhow::{Context, Result, ensure};
use causeway_circuits::proofs::{AggregationProgram, UserProof};
use causeway_prover::plan::DEFAULT_CHUNK_LOG2;
use causeway_prover::{Aggregation, StoredWrapping, Event, InMemory, Keep, Outcome, Plan, Store, run};
use causeway_tests::aggregation::{AggregationVector, Claim, Deployment};
use causeway_tests::stage::{Stage, measure};
use causeway_tests::story::Samples;
use causeway_types::aggregation::{AggregationBlob, AggregationTree, published};
use causeway_verifier_gen::groth16::{KeyStore, Step, scalar_to_word};
use causeway_verifier_gen::last::Profile;

/// Proofs that are aggregated.
const PROOFS: u32 = 5;

fn main() -> Result<()> {
    let vector = vector_from_arguments()?;
    let started = Instant::now();
    let mut stages = Vec::new();

    println!("1. Users prove their own programs, and bring their proofs to the standard shape\n");
    let samples = stage(&mut stages, "build programs and normalisers", Samples::new)?;
    let mut users = Vec::new();
    for index in 0..PROOFS {
        let name = format!("prove and normalise sample {}", index + 1);
        let leaf = stage(&mut stages, &name, || samples.leaf(index))?;
        println!("   {}", leaf.title);
        users.push(UserProof {
            proof: leaf.proof,
            public_inputs: leaf.public_inputs,
        });
    }
    let claims = users.iter().map(Claim::of).collect::<Result<Vec<_>>>()?;
    let tree = AggregationTree::new(claims.iter().map(Claim::commitment).collect())?;
    println!(
        "   root {}, depth {}, {} proofs",
        tree.root(),
        tree.depth(),
        tree.count()
    );

    println!("\n2. A contract waits for them\n");
    let program = stage(&mut stages, "build the aggregation program", || {
        Ok(AggregationProgram::pinned()?)
    })?;
    let progress = |step: Step| {
        if step.done == 0 {
            println!("   {} ...", step.stage);
        }
    };
    let store = KeyStore::from_environment()?;
    let wrapping = stage(&mut stages, "build the last layer", || {
        Ok(StoredWrapping::development(
            &program,
            Profile::Default,
            store,
            &progress,
        )?)
    })?;
    let program_digest = U256::from_be_bytes(scalar_to_word(wrapping.wrapper().program_digest()));
    let mut deployment = Deployment::new(program_digest)?;
    let domain = deployment.domain()?;
    println!(
        "   ProofAggregation at {}, domain {domain}",
        deployment.aggregation
    );

    println!("\n3. One proof of all {PROOFS}\n");
    let counts: Vec<usize> = users.iter().map(|user| user.public_inputs.len()).collect();
    let plan = Plan::new(&counts, DEFAULT_CHUNK_LOG2)?;
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    let mut aggregation = Aggregation::new(&program, &plan, InMemory(&users), wrapping, domain.0)?;
    let mut began = Instant::now();
    let outcome = stage(&mut stages, "prove every stage", || {
        Ok(run(&mut aggregation, &plan, &store, Keep::All, &mut |event| {
            match event {
                Event::Started { .. } => began = Instant::now(),
                Event::Proven {
                    kind, done, total, ..
                } => println!(
                    "   {done:>2} of {total} {:<8} {:>6.1} s",
                    kind.name(),
                    began.elapsed().as_secs_f64()
                ),
                _ => {}
            }
            ControlFlow::Continue(())
        })?)
    })?;
    let Outcome::Wrapped(wrapped) = outcome else {
        anyhow::bail!("the last stage gave no Groth16 proof");
    };
    // Nothing is proven twice.
    let mut again = 0;
    stage(&mut stages, "take up the same run again", || {
        Ok(run(&mut aggregation, &plan, &store, Keep::All, &mut |event| {
            again += u32::from(matches!(event, Event::Started { .. }));
            ControlFlow::Continue(())
        })?)
    })?;
    ensure!(again == 0, "{again} stages were proven twice");
    println!("   begun again: every stage is found, none proven twice");

    println!("\n4. Ethereum takes it\n");
    let vector_of = AggregationVector::new(claims, &wrapped);
    settle(&mut deployment, &vector_of, &tree)?;
    settle_with_blobs(&vector_of, &tree)?;
    if let Some(path) = vector {
        vector_of.write(&path)?;
        println!("   written to {}", path.display());
    }

    println!("\nWhat it took\n");
    stages.iter().for_each(|stage| println!("   {stage}"));
    println!(
        "   {:<44} {:>8.2} s",
        "all of it",
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

fn vector_from_arguments() -> Result<Option<PathBuf>> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        None => Ok(None),
        Some("--write-vector") => Ok(Some(
            arguments.next().context("--write-vector takes a file")?.into(),
        )),
        Some(_) => anyhow::bail!("usage: demo_aggregate [--write-vector FILE]"),
    }
}

fn stage<T>(stages: &mut Vec<Stage>, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let (stage, result) = measure(name, work);
    let result = result.with_context(|| name.to_owned())?;
    stages.push(stage);
    Ok(result)
}

/// Submits with commitments in calldata, and asks for each proof.
fn settle(deployment: &mut Deployment, vector: &AggregationVector, tree: &AggregationTree) -> Result<()> {
    let receipt = deployment.submit(tree, &vector.proof)?;
    println!(
        "   submitted in calldata: {} gas, {} a proof",
        receipt.gas.total,
        receipt.gas.total / u64::from(tree.count())
    );
    for (index, claim) in (0..).zip(&vector.claims) {
        let path = tree.inclusion(index)?;
        let asked = deployment.verify_inclusion(tree.root(), claim, &path)?;
        println!(
            "   proof {index} is included: key 0x{}..., asked with {} gas of execution",
            &hex::encode(B256::from(claim.key))[..16],
            asked.gas.execution
        );
    }
    let path = tree.inclusion(0)?;
    let other = Claim {
        public_inputs: vector.claims[1].public_inputs.clone(),
        ..vector.claims[0].clone()
    };
    ensure!(
        !deployment.is_included(tree.root(), &other, &path)?,
        "other public inputs are not included"
    );
    println!("   the first proof's key with other public inputs is not");
    Ok(())
}

/// Submits to another chain of the same addresses, with commitments in a blob.
fn settle_with_blobs(vector: &AggregationVector, tree: &AggregationTree) -> Result<()> {
    let mut deployment = Deployment::new(vector.program_digest)?;
    let blobs = AggregationBlob::encode(tree.commitments());
    // This chain takes any versioned hash: no KZG commitment of the blob is made here.
    let hashes = vec![B256::with_last_byte(1) | B256::from(U256::ONE << 248); blobs.len()];
    let receipt = deployment.submit_with_blobs(tree, &vector.proof, hashes)?;
    println!(
        "   submitted with {} blob (its versioned hash is made up here): {} gas, {} a proof",
        blobs.len(),
        receipt.gas.total,
        receipt.gas.total / u64::from(tree.count())
    );
    let read = published(&blobs, &tree.record())?;
    ensure!(read.root() == tree.root(), "the blob gives the tree back");
    println!("   the blob gives back the tree, and its root is the one proven");
    Ok(())
}
