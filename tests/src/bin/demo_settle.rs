//! Networks settle together: burn on one and mint on another, certificates that hold only with each other, each epoch with one real
//! proof that Ethereum's contract takes.

use std::path::PathBuf;
use std::time::Instant;
use std::{fs, process};

use alloy_primitives::Bytes;
use anyhow::{Context, Result, bail};
use causeway_circuits::settlement::SettlementProgram;
use causeway_programs::payments::Advance;
use causeway_tests::artifact::repository;
use causeway_tests::epochs::{Payments, burn_and_mint, contingent, validity_beside_signer};
use causeway_tests::settler::{OwnProof, Settler, summary};
use causeway_tests::stage::{Stage, measure};
use causeway_tests::world::{A, B, Epoch, G, Setup, Verifier, World, signer};
use causeway_types::Authority;

fn main() -> Result<()> {
    if std::env::args().len() > 1 {
        bail!("usage: demo_settle");
    }
    let started = Instant::now();
    let (mut stages, mut worked): (Vec<Stage>, _) = (Vec::new(), Vec::new());
    println!("1. The settlement program is built, and Ethereum's contract pins it\n");
    let (stage, program) = measure("build the program", SettlementProgram::pinned);
    let program = program?;
    stages.push(stage);
    let folder = Folder::new()?;
    let (stage, settler) = measure("build the last layer", || {
        Settler::new(&program, &folder.0, &|_| {})
    });
    stages.push(stage);
    let mut settler = settler?;
    let mut world = World::of(&Setup {
        verifier: Verifier::Groth16(settler.program_digest()),
        authorities: [
            Authority::signer(signer(A))?,
            Authority::signer(signer(B))?,
            Authority::signer(signer(G))?,
        ],
    })?;
    println!("   Settlement at {}\n", world.deployed().contract);

    let mut tell = |line: &str| println!("   {}\n", line.trim_start());
    let mut run = |epoch: &Epoch, own: &mut OwnProof<'_>| -> Result<Bytes> {
        let admitted = epoch.outcome.admitted.len();
        println!("   proving {admitted} certificates ...");
        let name = format!("an epoch of {admitted} certificates");
        let (stage, proof) = measure(name, || settler.prove(epoch, own));
        let proof = proof?;
        worked.push(settler.take_stages());
        stages.push(stage);
        Ok(proof)
    };
    println!("2. Burn and mint\n");
    let mut signed = |_: &World, epoch: &Epoch| run(epoch, &mut |_, _| Ok(None));
    burn_and_mint(&mut world, &mut signed, &mut tell)?;
    println!("3. One only with the other\n");
    contingent(&mut world, &mut signed, &mut tell)?;
    println!("4. One network proves, the other signs\n");
    let mut payments = Payments::join(&mut world)?;
    let mut beside = |_: &World, epoch: &Epoch, payments: &Payments, advance: &Advance| {
        run(epoch, &mut |network, _| {
            let proves = network == payments.network();
            proves.then(|| payments.prove(advance)).transpose()
        })
    };
    validity_beside_signer(&mut world, &mut payments, &mut beside, &mut tell)?;

    println!("What it took\n");
    for stage in &stages {
        println!("   {stage}");
    }
    for [arrival, close] in &worked {
        println!("   on arrival: {}", summary(arrival));
        println!("   after the close: {}", summary(close));
    }
    println!("   all of it {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// Where finished stages are kept while the demo runs.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = repository().join(format!("target/demo-settle-{}", process::id()));
        fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
