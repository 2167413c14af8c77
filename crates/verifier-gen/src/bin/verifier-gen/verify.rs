use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use causeway_verifier_gen::groth16::{Provenance, VerifyingKey, Word};
use causeway_verifier_gen::r1cs::CircuitHash;
use causeway_verifier_gen::solidity::key_hash;
use causeway_verifier_gen::wrapped_proof::WrappedProof;
use clap::Args;
use serde::Serialize;

use crate::circuit;
use crate::options::{KeysOption, ProfileOption, hex_word, word};
use causeway_console::files;
use causeway_console::{Console, Report};

/// Check a Groth16 proof
///
/// The key is the store's for the profile, or the one in --vk FILE (a `.vk.json` of a store), which then has to be
/// trusted as it is: its circuit is not compared with a profile's.
///
/// A valid proof says that some program proved the statement. Which program and which statement matters: compare both
/// with --program and --statement.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  verifier-gen verify proof.json --program 0x2b03... --statement 0x11ec...

The exit code is 0 if the proof is valid and is of the program and statement asked for, else 1.

JSON: provenance (of the key), circuit, key_hash, program_digest, program_compared, statement_digest, statement_compared.")]
pub(crate) struct Verify {
    /// The proof, as `verifier-gen prove` writes it
    #[arg(value_name = "PROOF.json")]
    proof: PathBuf,
    #[command(flatten)]
    profile: ProfileOption,
    #[command(flatten)]
    keys: KeysOption,
    /// Use the development key also if there is one from a ceremony
    #[arg(long)]
    development: bool,
    /// Verifying key to use instead of the profile's in the store
    #[arg(long, value_name = "FILE", conflicts_with_all = ["profile", "keys", "development"])]
    vk: Option<PathBuf>,
    /// Program digest that the proof must have
    #[arg(long, value_name = "0xDIGEST", value_parser = word)]
    program: Option<Word>,
    /// Statement digest that the proof must have
    #[arg(long, value_name = "0xDIGEST", value_parser = word)]
    statement: Option<Word>,
}

#[derive(Serialize)]
struct Fields {
    provenance: &'static str,
    circuit: CircuitHash,
    key_hash: String,
    program_digest: String,
    program_compared: bool,
    statement_digest: String,
    statement_compared: bool,
}

impl Verify {
    pub(crate) fn run(&self, console: &Console) -> Result<Report> {
        let path = self.proof.display();
        let proof: WrappedProof = serde_json::from_slice(&files::read(&self.proof)?).with_context(|| {
            format!("{path} is no proof of `verifier-gen prove`, or one of its points is invalid")
        })?;
        let key = self.key(console)?;
        proof.verify(&key, self.program).with_context(|| {
            format!(
                "{path} is NOT a valid proof under the {} key",
                key.origin().label()
            )
        })?;
        if let Some(expected) = self
            .statement
            .filter(|expected| *expected != proof.statement_digest)
        {
            bail!(
                "{path} is a valid proof of statement {}, NOT of {}",
                hex_word(&proof.statement_digest),
                hex_word(&expected)
            );
        }
        let compared = |given: Option<Word>, option| match given {
            Some(_) => String::new(),
            None => format!(" (not compared with any: {option} does)"),
        };
        let fields = Fields {
            provenance: key.origin().label(),
            circuit: key.circuit(),
            key_hash: hex_word(&key_hash(&key)),
            program_digest: hex_word(&proof.program_digest),
            program_compared: self.program.is_some(),
            statement_digest: hex_word(&proof.statement_digest),
            statement_compared: self.statement.is_some(),
        };
        let text = format!(
            "valid under the {} key {}\n  program   {}{}\n  statement {}{}",
            fields.provenance,
            fields.key_hash,
            fields.program_digest,
            compared(self.program, "--program"),
            fields.statement_digest,
            compared(self.statement, "--statement")
        );
        Report::new("verify", text, &fields)
    }

    fn key(&self, console: &Console) -> Result<VerifyingKey<Provenance>> {
        if let Some(path) = &self.vk {
            let key = serde_json::from_slice(&files::read(path)?)
                .with_context(|| format!("{} is no verifying key", path.display()))?;
            circuit::warn_of_development(console, &key);
            return Ok(key);
        }
        let store = self.keys.store()?;
        circuit::refuse_empty(&store, self.profile.profile)?;
        let r1cs = circuit::synthesize(console, self.profile.profile)?.r1cs;
        let circuit = circuit::hash(console, &r1cs);
        circuit::verifying_key(console, &store, circuit, self.development)
    }
}
