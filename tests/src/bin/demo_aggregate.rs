//! Proofs of two programs become one that `ProofAggregation` takes, by the commands of `causeway`, and a contract asks whether each
//! of them is included.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use alloy_primitives::{B256, Bytes, U256, hex};
use anyhow::{Context, Result, bail, ensure};
use causeway_bindings::ProofAggregation;
use causeway_relayer::aggregation::{Claim, Inclusion, Kzg, Submission};
use causeway_tests::aggregation::{AggregationVector, Deployment};
use causeway_tests::artifact::repository;
use causeway_tests::causeway::{causeway, interrupted};
use causeway_tests::evm::LOCAL_CHAIN_ID;
use causeway_tests::stage::{Stage, measure};
use causeway_tests::story::Samples;
use causeway_types::aggregation::{AggregationBlob, published};
use serde::de::DeserializeOwned;

/// Proofs that are aggregated.
const PROOFS: u32 = 5;

fn main() -> Result<()> {
    let vector = vector_from_arguments()?;
    let started = Instant::now();
    let mut stages = Vec::new();
    let folder = Folder::empty()?;

    println!("1. Users prove their own programs, and hand out files\n");
    stage(&mut stages, "prove samples", || write_samples(&folder))?;

    println!("\n2. Each proof is brought to the standard shape\n");
    stage(&mut stages, "causeway proof normalize", || normalize(&folder))?;

    println!("\n3. A contract waits for them\n");
    let info = stage(&mut stages, "causeway proof info", || {
        causeway(&["proof", "info"], &[0])
    })?;
    let program: B256 = info.text("program_digest")?.parse()?;
    let mut deployment = Deployment::new(program.into())?;
    println!(
        "   ProofAggregation at {}, for program {program}",
        deployment.aggregation
    );

    println!("\n4. One proof of all {PROOFS}, killed after every stage\n");
    let contract = deployment.aggregation.to_string();
    stage(&mut stages, "causeway proof aggregate", || {
        aggregate(&folder, &contract)
    })?;

    println!("\n5. Anybody checks it, and Ethereum takes it\n");
    let submission: Submission = read(&folder.path("aggregation/submission.json"))?;
    stage(&mut stages, "causeway proof verify", || {
        verify(&folder, &contract)
    })?;
    let inclusions = inclusions(&folder)?;
    settle(&mut deployment, &submission, &inclusions)?;

    println!("\n6. The same in a blob\n");
    stage(&mut stages, "publish in a blob", || {
        blob(&folder, &contract, program)
    })?;
    if let Some(path) = vector {
        let claims = inclusions
            .iter()
            .map(|inclusion| inclusion.claim.clone())
            .collect();
        AggregationVector::new(claims, &submission).write(&path)?;
        println!("   written to {}", path.display());
    }

    println!("\nWhat it took\n");
    for stage in &stages {
        println!("   {:<44} {:>8.2} s", stage.name, stage.time.as_secs_f64());
    }
    println!(
        "   {:<44} {:>8.2} s",
        "all of it",
        started.elapsed().as_secs_f64()
    );
    println!("\nEverything it wrote is in {}", folder.0.display());
    Ok(())
}

fn vector_from_arguments() -> Result<Option<PathBuf>> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        None => Ok(None),
        Some("--write-vector") => Ok(Some(
            arguments.next().context("--write-vector takes a file")?.into(),
        )),
        Some(_) => bail!("usage: demo_aggregate [--write-vector FILE]"),
    }
}

fn stage<T>(stages: &mut Vec<Stage>, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let (stage, result) = measure(name, work);
    let result = result.with_context(|| name.to_owned())?;
    stages.push(stage);
    Ok(result)
}

/// Where the story takes place.
struct Folder(PathBuf);

impl Folder {
    /// An empty one: everything is proven afresh.
    fn empty() -> Result<Self> {
        let folder = repository().join("target/demo-aggregate");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(folder.join("proofs"))?;
        Ok(Self(folder.canonicalize()?))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&bytes).with_context(|| path.display().to_string())
}

fn write_samples(folder: &Folder) -> Result<()> {
    let samples = Samples::new()?;
    for (name, bytes) in samples.circuit_files()? {
        fs::write(folder.path(&format!("{name}.circuit")), bytes)?;
    }
    for index in 0..PROOFS {
        let sample = samples.prove(index)?;
        println!("   proofs/{index}.proof: {}", sample.title);
        fs::write(
            folder.path(&format!("proofs/{index}.proof")),
            samples.proof_file(&sample)?,
        )?;
    }
    let mut damaged = fs::read(folder.path("proofs/0.proof"))?;
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(folder.path("proofs/damaged.proof"), damaged)?;
    println!("   proofs/damaged.proof: the first one with a bit changed");
    Ok(())
}

fn normalize(folder: &Folder) -> Result<()> {
    let (payments, chain) = (folder.text("payments.circuit"), folder.text("hash-chain.circuit"));
    let (proofs, out) = (folder.text("proofs"), folder.text("normalized"));
    let answer = causeway(
        &[
            "proof",
            "normalize",
            "--circuit",
            &payments,
            "--circuit",
            &chain,
            "--out",
            &out,
            &proofs,
        ],
        &[8],
    )?;
    let normalized = answer.json["normalized"].as_array().map_or(0, Vec::len);
    ensure!(
        normalized == PROOFS as usize,
        "{normalized} proofs were normalised"
    );
    println!("   {normalized} proofs of two programs have one shape");
    let left_out = &answer.json["left_out"];
    ensure!(
        left_out.as_array().is_some_and(|left| left.len() == 1),
        "left out: {left_out}"
    );
    println!("   left out: {}", left_out[0]["error"]);
    Ok(())
}

fn aggregate(folder: &Folder, contract: &str) -> Result<()> {
    let chain = LOCAL_CHAIN_ID.to_string();
    let (normalized, out) = (folder.text("normalized"), folder.text("aggregation"));
    let arguments = [
        "proof",
        "aggregate",
        "--development",
        "--keep-stages",
        "--chunk",
        "2",
        "--chain-id",
        &chain,
        "--contract",
        contract,
        "--out",
        &out,
        &normalized,
    ];
    let run = interrupted(&arguments, |line| println!("   {line}; killed"))?;
    let twice = run.proven.values().filter(|(_, times)| *times != 1).count();
    ensure!(twice == 0, "stages were proven twice: {:?}", run.proven);
    ensure!(
        run.answer.json["stages_proven"] == 0,
        "the last run proved {}",
        run.answer.json["stages_proven"]
    );
    println!(
        "   killed {} times, {} stages, each proven once; at most {} MiB",
        run.killed,
        run.proven.len(),
        run.peak_memory >> 20
    );
    println!("   root {}", run.answer.text("root")?);
    Ok(())
}

fn verify(folder: &Folder, contract: &str) -> Result<()> {
    let (submission, inclusion) = (
        folder.text("aggregation/submission.json"),
        folder.text("aggregation/inclusion"),
    );
    let chain = LOCAL_CHAIN_ID.to_string();
    let arguments = [
        "proof",
        "verify",
        &submission,
        "--inclusion",
        &inclusion,
        "--chain-id",
        &chain,
        "--contract",
        contract,
    ];
    let answer = causeway(&arguments, &[0])?;
    println!(
        "   offline: valid under the {} key, with {} inclusions",
        answer.text("provenance")?,
        answer.json["inclusions"]
    );
    Ok(())
}

fn inclusions(folder: &Folder) -> Result<Vec<Inclusion>> {
    let mut inclusions = Vec::new();
    for index in 0..PROOFS {
        inclusions.push(read(
            &folder.path(&format!("aggregation/inclusion/{index}-{index}.json")),
        )?);
    }
    Ok(inclusions)
}

/// Sends the call of the submission as it stands, and asks for each proof.
fn settle(deployment: &mut Deployment, submission: &Submission, inclusions: &[Inclusion]) -> Result<()> {
    let call = &submission.call;
    let receipt = deployment.evm.send(call.to, call.data.clone(), Vec::new())?;
    println!(
        "   submitted in calldata: {} gas, {} a proof",
        receipt.gas.total,
        receipt.gas.total / u64::from(PROOFS)
    );
    for inclusion in inclusions {
        let asked = deployment
            .evm
            .send(inclusion.call.to, inclusion.call.data.clone(), Vec::new())?;
        println!(
            "   proof {} is included: key 0x{}..., asked with {} gas of execution",
            inclusion.path.index,
            &hex::encode(B256::from(inclusion.claim.key))[..16],
            asked.gas.execution
        );
    }
    let other = Claim {
        public_inputs: inclusions[1].claim.public_inputs.clone(),
        ..inclusions[0].claim.clone()
    };
    let root = submission.statement.record.root();
    ensure!(
        !deployment.is_included(root, &other, &inclusions[0].path)?,
        "other public inputs are not included"
    );
    println!("   the first proof's key with other public inputs is not");
    Ok(())
}

/// Submits on another chain of the same addresses, with the commitments in a blob, and finds a proof in what was published.
fn blob(folder: &Folder, contract: &str, program: B256) -> Result<()> {
    let chain = LOCAL_CHAIN_ID.to_string();
    let (normalized, out) = (folder.text("normalized"), folder.text("blobs"));
    let stages = folder.text("aggregation/stages");
    let arguments = [
        "proof",
        "aggregate",
        "--chunk",
        "2",
        "--publish",
        "blobs",
        "--work",
        &stages,
        "--chain-id",
        &chain,
        "--contract",
        contract,
        "--out",
        &out,
        &normalized,
    ];
    let answer = causeway(&arguments, &[0])?;
    // The store's key, which is the development key, whatever it is called by.
    ensure!(answer.json["stages_proven"] == 0, "stages were proven twice");
    let submission: Submission = read(&folder.path("blobs/submission.json"))?;

    let mut deployment = Deployment::new(program.into())?;
    let call = &submission.call;
    let receipt = deployment
        .evm
        .send(call.to, call.data.clone(), submission.versioned_hashes())?;
    println!(
        "   submitted with a blob: {} gas, {} a proof; no stage was proven again",
        receipt.gas.total,
        receipt.gas.total / u64::from(PROOFS)
    );

    // A reader has the blob and what the contract keeps.
    let bytes = Bytes::from(fs::read(folder.path("blobs/blob-0.bin"))?);
    let blobs = [AggregationBlob::try_from(bytes)?];
    let root = submission.statement.record.root();
    let kept = deployment.evm.view(
        deployment.aggregation,
        &ProofAggregation::blobHashCall {
            root,
            index: U256::ZERO,
        },
    )?;
    Kzg::ethereum().check(&blobs, &[kept])?;
    published(&blobs, &submission.statement.record)?;
    println!("   the blob has the versioned hash {kept}, and gives back the tree");
    let (depth, count) = (
        submission.statement.record.depth(),
        submission.statement.record.count(),
    );
    let arguments = [
        "proof",
        "inclusion",
        "--blob",
        &folder.text("blobs/blob-0.bin"),
        "--root",
        &root.to_string(),
        "--depth",
        &depth.to_string(),
        "--count",
        &count.to_string(),
        "--chain-id",
        &chain,
        "--contract",
        contract,
        "--out",
        &folder.text("found"),
        &folder.text("normalized/3.normalized"),
    ];
    let answer = causeway(&arguments, &[0])?;
    let found: Inclusion = read(Path::new(
        answer.json["inclusions"][0]["file"].as_str().context("no file")?,
    ))?;
    deployment.evm.send(found.call.to, found.call.data, Vec::new())?;
    println!(
        "   whoever has the blob finds proof {} in it, and the contract agrees",
        found.path.index
    );
    Ok(())
}
