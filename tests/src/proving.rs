//! Stories told with real proofs, and what that takes.

use std::path::{Path, PathBuf};
use std::{fs, process};

use alloy_primitives::Bytes;
use anyhow::{Context, Result};
use causeway_circuits::settlement::SettlementProgram;

use crate::artifact::repository;
use crate::settler::{OwnProof, Settler, Timed, summary};
use crate::stage::{Stage, measure};
use crate::stories::Prover;
use crate::world::{Epoch, Verifier, World};

/// Proves epochs with circuits, tells what happens, and notes how long it takes.
#[derive(Debug)]
pub struct Proving<'a> {
    program: &'a SettlementProgram,
    name: &'a str,
    /// Provers so far.
    provers: usize,
    settler: Settler<'a>,
    /// Where the settler keeps finished stages.
    folder: Folder,
    stages: Vec<Stage>,
    worked: Vec<[Vec<Timed>; 2]>,
}

impl<'a> Proving<'a> {
    /// With a program, and the name of what runs.
    ///
    /// # Errors
    /// If there is no key on this machine, or no room on its disk.
    pub fn new(program: &'a SettlementProgram, name: &'a str) -> Result<Self> {
        let folder = Folder::new(name, 0)?;
        let (stage, settler) = measure("build the last layer", || settler(program, &folder.0));
        Ok(Self {
            program,
            name,
            provers: 1,
            settler: settler?,
            folder,
            stages: vec![stage],
            worked: Vec::new(),
        })
    }

    /// Tells what it took since this was last asked.
    pub fn report(&mut self) {
        println!("   What it took\n");
        for stage in self.stages.drain(..) {
            println!("   {stage}");
        }
        for [arrival, close] in self.worked.drain(..) {
            println!("   on arrival: {}", summary(&arrival));
            println!("   after the close: {}", summary(&close));
        }
        println!();
    }
}

impl Prover for Proving<'_> {
    fn verifier(&self) -> Verifier {
        Verifier::Groth16(self.settler.program_digest())
    }

    fn prove(&mut self, _: &World, epoch: &Epoch, own: &mut OwnProof<'_>) -> Result<Bytes> {
        let admitted = epoch.outcome.admitted.len();
        let name = match admitted {
            1 => "an epoch of one certificate".into(),
            _ => format!("an epoch of {admitted} certificates"),
        };
        println!("   proving {name} ...\n");
        let (stage, proof) = measure(name, || self.settler.prove(epoch, own));
        let proof = proof?;
        self.worked.push(self.settler.take_stages());
        self.stages.push(stage);
        Ok(proof)
    }

    fn give_way(&mut self) -> Result<()> {
        let folder = Folder::new(self.name, self.provers)?;
        self.provers += 1;
        self.settler = settler(self.program, &folder.0)?;
        self.folder = folder;
        Ok(())
    }

    fn tell(&mut self, line: &str) {
        println!("   {}\n", line.trim_start());
    }
}

fn settler<'a>(program: &'a SettlementProgram, folder: &Path) -> Result<Settler<'a>> {
    Settler::new(program, folder, &|_| {})
}

/// Where finished stages are kept while it runs.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, number: usize) -> Result<Self> {
        let path = repository().join(format!("target/{name}-{}-{number}", process::id()));
        fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
