use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Result, ensure};
use causeway_verifier_gen::groth16::domain_log2;
use causeway_verifier_gen::r1cs::{CircuitHash, write_r1cs};
use clap::Args;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::circuit;
use crate::options::ProfileOption;
use causeway_console::files::write_whole;
use causeway_console::{Console, Report};

/// Write the wrap as an .r1cs file, for a ceremony with snarkjs
///
/// Groth16 needs a key made of secrets that nobody may know. In a ceremony several people make it one after another,
/// each mixing in a secret and forgetting it; it is sound if one of them was honest.
///
/// 1. Everybody exports the circuit. The file is the same on every machine; its SHA-256 is the circuit hash, which the
///    contract tells on chain.
///
/// 2. Phase 1, the powers of tau, has been done for all circuits by others: take the file
///    powersOfTau28_hez_final_NN.ptau that this command names from the list in snarkjs's README and compare its hash.
///
/// 3. Phase 2 is for this circuit: `groth16 setup` starts it, each participant runs `zkey contribute` on the file of
///    the one before and publishes the hash that it prints. Announce beforehand which public random value (a drand
///    round, a block hash) `zkey beacon` will mix in last. At this size each step takes long: up to hours.
///
/// 4. Everybody can check the outcome with `zkey verify`. `verifier-gen import-zkey` takes it into the store.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  verifier-gen export-r1cs --out wrap.r1cs

JSON: profile, circuit, path, bytes, constraints, public_inputs, ptau_power, next (commands).")]
pub(crate) struct Export {
    #[command(flatten)]
    profile: ProfileOption,
    /// File to write; it appears whole or not at all
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Fields {
    profile: String,
    circuit: CircuitHash,
    path: String,
    bytes: u64,
    constraints: usize,
    public_inputs: usize,
    ptau_power: u32,
    next: Vec<String>,
}

/// Hashes and counts what passes.
struct Hashing<W> {
    inner: W,
    hasher: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.hasher.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Export {
    pub(crate) fn run(&self, console: &Console) -> Result<Report> {
        let profile = self.profile.profile;
        let folder = self.out.parent().filter(|folder| !folder.as_os_str().is_empty());
        ensure!(
            folder.is_none_or(|folder| folder.is_dir()),
            "{} has no folder to stand in: make it first",
            self.out.display()
        );
        let r1cs = circuit::synthesize(console, profile)?.r1cs;
        let ptau_power = domain_log2(&r1cs)?;
        let (circuit, bytes) = console.work("writing the circuit", || {
            write_whole(&self.out, |out| {
                let mut out = Hashing {
                    inner: out,
                    hasher: Sha256::new(),
                    bytes: 0,
                };
                write_r1cs(&r1cs, &mut out)?;
                Ok((CircuitHash(out.hasher.finalize().into()), out.bytes))
            })
        })?;
        let path = self.out.display().to_string();
        let next = next(&path, ptau_power, profile);
        let text = format!(
            "wrote the wrap of profile {profile} to {path}, {bytes} bytes\n  \
             circuit hash  {circuit} (SHA-256 of the file)\n  constraints   {}\n  public inputs {}\n  \
             powers of tau 2^{ptau_power} or more\n\nThe ceremony, with snarkjs (`npm install --global snarkjs`):\n  {}",
            r1cs.num_constraints(),
            r1cs.num_public(),
            next.join("\n  ")
        );
        let fields = Fields {
            profile: profile.to_string(),
            circuit,
            path,
            bytes,
            constraints: r1cs.num_constraints(),
            public_inputs: r1cs.num_public(),
            ptau_power,
            next,
        };
        Report::new("export-r1cs", text, &fields)
    }
}

fn next(r1cs: &str, power: u32, profile: impl std::fmt::Display) -> Vec<String> {
    let ptau = format!("powersOfTau28_hez_final_{power:02}.ptau");
    vec![
        format!("snarkjs groth16 setup {r1cs} {ptau} wrap_0000.zkey"),
        "snarkjs zkey contribute wrap_0000.zkey wrap_0001.zkey --name=\"first participant\"".to_owned(),
        "snarkjs zkey contribute wrap_0001.zkey wrap_0002.zkey --name=\"second participant\"".to_owned(),
        "snarkjs zkey beacon wrap_0002.zkey wrap_final.zkey BEACON_HEX 10 --name=\"final beacon\"".to_owned(),
        format!("snarkjs zkey verify {r1cs} {ptau} wrap_final.zkey"),
        format!("verifier-gen import-zkey wrap_final.zkey --profile {profile}"),
    ]
}
