use std::path::PathBuf;

use anyhow::{Result, bail};
use causeway_verifier_gen::groth16::{KeyStore, Provenance, VerifyingKey};
use causeway_verifier_gen::r1cs::{CircuitHash, R1cs};
use causeway_verifier_gen::solidity::{generate_verifier, key_hash, selector};
use causeway_verifier_gen::wrapper::DEVELOPMENT_SEED;
use clap::Args;
use serde::Serialize;

use crate::circuit::{self, CEREMONY, DEVELOPMENT};
use crate::options::{KeysOption, ProfileOption, hex_word};
use crate::setup;
use causeway_console::files;
use causeway_console::{Console, Report};

/// Write Groth16Verifier.sol for the stored key
///
/// The contract holds the key as constants and tells its key hash, circuit hash and provenance on chain. The text
/// depends on the key alone.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  verifier-gen solidity --out contracts/src/verifier/Groth16Verifier.sol

JSON: provenance, circuit, key_hash, selector, out, source, verifying_key.")]
pub(crate) struct Solidity {
    #[command(flatten)]
    profile: ProfileOption,
    #[command(flatten)]
    keys: KeysOption,
    /// File to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// File to write the verifying key to, as `verify --vk` takes it
    #[arg(long, value_name = "FILE")]
    verifying_key: Option<PathBuf>,
    /// Use the development key also if there is one from a ceremony
    #[arg(long)]
    development: bool,
    /// Make the development key of the default seed first if the store lacks it, in a minute or more
    ///
    /// A development key of another seed is replaced, so that everybody generates the same contract.
    #[arg(long)]
    make_development_key: bool,
}

#[derive(Serialize)]
struct Fields<'a> {
    provenance: &'static str,
    circuit: CircuitHash,
    key_hash: String,
    selector: String,
    out: Option<String>,
    verifying_key: Option<String>,
    source: &'a str,
}

impl Solidity {
    pub(crate) fn run(&self, console: &Console) -> Result<Report> {
        let store = self.keys.store()?;
        if !self.make_development_key {
            circuit::refuse_empty(&store, self.profile.profile)?;
        }
        let r1cs = circuit::synthesize(console, self.profile.profile)?.r1cs;
        let circuit = circuit::hash(console, &r1cs);
        let key = self.key(console, &store, &r1cs, circuit)?;
        if key.circuit() != circuit {
            bail!("the key is for circuit {}, not {circuit}", key.circuit());
        }
        let source = generate_verifier(&key)?;
        if let Some(path) = &self.verifying_key {
            files::write_text(path, &(serde_json::to_string_pretty(&key)? + "\n"))?;
        }
        let fields = Fields {
            provenance: key.origin().label(),
            circuit,
            key_hash: hex_word(&key_hash(&key)),
            selector: hex_word(&selector(&key)),
            out: self.out.as_ref().map(|path| path.display().to_string()),
            verifying_key: self.verifying_key.as_ref().map(|path| path.display().to_string()),
            source: &source,
        };
        let text = match &self.out {
            None => source.clone(),
            Some(path) => {
                files::write_text(path, &source)?;
                format!(
                    "wrote {} for the {} key\n  circuit   {circuit}\n  key hash  {}\n  selector  {}",
                    path.display(),
                    fields.provenance,
                    fields.key_hash,
                    fields.selector
                )
            }
        };
        Report::new("solidity", text, &fields)
    }

    fn key(
        &self,
        console: &Console,
        store: &KeyStore,
        r1cs: &R1cs,
        circuit: CircuitHash,
    ) -> Result<VerifyingKey<Provenance>> {
        let use_ceremony = !self.development && circuit::find(store, circuit, CEREMONY)?.is_some();
        if use_ceremony || !self.make_development_key {
            return circuit::verifying_key(console, store, circuit, self.development);
        }
        let found = circuit::find(store, circuit, DEVELOPMENT)?;
        let of_seed = |key: &VerifyingKey<Provenance>| match key.origin() {
            Provenance::Development(origin) => origin.seed == DEVELOPMENT_SEED,
            Provenance::Ceremony(_) => false,
        };
        let key = match found.filter(of_seed) {
            Some(key) => key,
            None => setup::make(console, store, r1cs, DEVELOPMENT_SEED)?
                .erase()
                .verifying_key()
                .clone(),
        };
        circuit::warn_of_development(console, &key);
        Ok(key)
    }
}
