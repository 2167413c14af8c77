use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use causeway_verifier_gen::groth16::{Ceremony, Contribution, Progress, Provenance, Step, import_zkey};
use causeway_verifier_gen::r1cs::CircuitHash;
use causeway_verifier_gen::solidity::key_hash;
use clap::Args;
use serde::Serialize;

use crate::circuit::{self, CEREMONY};
use crate::options::{KeysOption, ProfileOption, hex_word};
use causeway_console::{Console, Report};

/// Take the key of a ceremony into the store
///
/// Checks all that the file and the circuit alone can tell: every point, that the key's matrices are the circuit's,
/// that the contributions are one chain which ends in the key's delta. That the key follows from the powers of tau,
/// and that each contribution knew its secret, is for `snarkjs zkey verify`, which everybody should run.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  snarkjs zkey verify wrap.r1cs powersOfTau28_hez_final_21.ptau wrap_final.zkey
  verifier-gen import-zkey wrap_final.zkey

JSON: circuit, provenance, path, key_hash, ceremony (zkey_sha256, initial_hash, contributions).")]
pub(crate) struct Import {
    /// The .zkey file
    #[arg(value_name = "FILE")]
    zkey: PathBuf,
    #[command(flatten)]
    profile: ProfileOption,
    #[command(flatten)]
    keys: KeysOption,
    /// Replace the key of another ceremony
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
struct Fields<'a> {
    circuit: CircuitHash,
    provenance: &'static str,
    path: String,
    key_hash: String,
    ceremony: &'a Ceremony,
}

impl Import {
    pub(crate) fn run(&self, console: &Console) -> Result<Report> {
        let store = self.keys.store()?;
        let file = self.zkey.display();
        ensure!(self.zkey.is_file(), "{file} is no file");
        let r1cs = circuit::synthesize(console, self.profile.profile)?.r1cs;
        let listener = |step: Step| console.step(step.stage, step.done, step.total);
        let key = import_zkey(&r1cs, &self.zkey, Progress::new(&listener))
            .with_context(|| format!("{file} is refused as a key for profile {}", self.profile.profile))?;
        let (circuit, ceremony) = (key.circuit(), key.verifying_key().origin().clone());
        if !self.force
            && let Some(other) = circuit::find(&store, circuit, CEREMONY)?
            && *other.origin() != Provenance::Ceremony(ceremony.clone())
        {
            bail!(
                "the store has the key of another ceremony, key hash {}: `--force` replaces it, and proofs under it \
                 can then no longer be made here",
                hex_word(&key_hash(&other))
            );
        }
        let path = store.save(&key, Progress::new(&listener))?.display().to_string();
        let key_hash = hex_word(&key_hash(key.verifying_key()));
        let text = format!(
            "took the CEREMONY key of profile {} from {file}\n  circuit   {circuit}\n  key hash  {key_hash}\n  file      {path}\n{}",
            self.profile.profile,
            contributions(&ceremony)
        );
        let fields = Fields {
            circuit,
            provenance: CEREMONY,
            path,
            key_hash,
            ceremony: &ceremony,
        };
        Report::new("import-zkey", text, &fields)
    }
}

/// A line for each contribution.
pub(crate) fn contributions(ceremony: &Ceremony) -> String {
    let mut text = format!("  zkey      SHA-256 {}", hex::encode(ceremony.zkey_sha256));
    for (index, contribution) in (1..).zip(&ceremony.contributions) {
        let Contribution { name, hash, beacon } = contribution;
        // A name is whatever its owner wrote: nothing of it may act on a terminal.
        let name = name.as_deref().unwrap_or("(no name)").escape_debug().to_string();
        let hash = hex::encode(hash);
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  contribution {index}: {name}\n    hash {hash}");
        if let Some(beacon) = beacon {
            let value = hex::encode(&beacon.value);
            let _ = write!(
                text,
                "\n    beacon {value}, 2^{} iterations",
                beacon.iterations_log2
            );
        }
    }
    if !ceremony
        .contributions
        .iter()
        .any(|contribution| contribution.beacon.is_some())
    {
        text.push_str("\n  no beacon: the last participant could choose among keys; finish a ceremony with `snarkjs zkey beacon`");
    }
    text
}
