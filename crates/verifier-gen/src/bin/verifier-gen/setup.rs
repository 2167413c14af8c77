use anyhow::{Result, bail};
use causeway_verifier_gen::groth16::{
    Development, KeyStore, Progress, ProvingKey, Step, StoreError, Word, development_setup,
};
use causeway_verifier_gen::r1cs::{CircuitHash, R1cs};
use causeway_verifier_gen::solidity::key_hash;
use causeway_verifier_gen::wrapper::DEVELOPMENT_SEED;
use clap::Args;
use serde::Serialize;

use crate::circuit::{self, DEVELOPMENT};
use crate::options::{KeysOption, ProfileOption, hex_word, word};
use causeway_console::{Console, Report};

/// Make a DEVELOPMENT key, in a minute or more
///
/// The key follows from a seed, so that everybody has the same one, and whoever knows the seed can forge proofs. It is
/// for development and test networks: its file, its JSON and its contract say so, and `VerifierGateway` refuses it on
/// public chains. A key for use comes from a ceremony; see `verifier-gen export-r1cs --help`.
///
/// If the store already has the key, nothing is done.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  verifier-gen setup --profile small --keys ./keys

JSON: circuit, provenance, path, key_hash, seed, created.")]
pub(crate) struct Setup {
    #[command(flatten)]
    profile: ProfileOption,
    #[command(flatten)]
    keys: KeysOption,
    /// Seed of the key, 32 bytes [default: the one of the committed contract]
    #[arg(long, value_name = "HEX", value_parser = word)]
    seed: Option<Word>,
    /// Make the key again, also in place of one that is damaged or has another seed
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
struct Fields {
    circuit: CircuitHash,
    provenance: &'static str,
    path: String,
    key_hash: String,
    seed: String,
    created: bool,
}

impl Setup {
    pub(crate) fn run(&self, console: &Console) -> Result<Report> {
        let store = self.keys.store()?;
        let seed = self.seed.unwrap_or(DEVELOPMENT_SEED);
        let r1cs = circuit::synthesize(console, self.profile.profile)?.r1cs;
        let circuit = circuit::hash(console, &r1cs);
        let present = if self.force {
            None
        } else {
            present(console, &store, circuit, seed)?
        };
        let created = present.is_none();
        let key = match present {
            Some(key) => key,
            None => make(console, &store, &r1cs, seed)?,
        };
        circuit::warn_of_development(console, &key.verifying_key().clone().erase());

        let path = store.proving_key_path(circuit, DEVELOPMENT).display().to_string();
        let key_hash = hex_word(&key_hash(key.verifying_key()));
        let text = format!(
            "{} DEVELOPMENT key of profile {}\n  circuit   {circuit}\n  key hash  {key_hash}\n  file      {path}",
            if created {
                "made the"
            } else {
                "nothing to do: there already is the"
            },
            self.profile.profile
        );
        let fields = Fields {
            circuit,
            provenance: DEVELOPMENT,
            path,
            key_hash,
            seed: hex_word(&seed),
            created,
        };
        Report::new("setup", text, &fields)
    }
}

/// The key in the store, read whole, if there is one; another seed's is neither taken nor overwritten.
fn present(
    console: &Console,
    store: &KeyStore,
    circuit: CircuitHash,
    seed: Word,
) -> Result<Option<ProvingKey<Development>>> {
    let listener = |step: Step| console.step(step.stage, step.done, step.total);
    let key = match store.load_development(circuit, Progress::new(&listener)) {
        Ok(key) => key,
        Err(StoreError::Missing { .. }) => return Ok(None),
        Err(error) => {
            return Err(anyhow::Error::new(error)
                .context("the store's development key is unusable: `--force` makes it again"));
        }
    };
    let found = key.verifying_key().origin().seed;
    if found != seed {
        bail!(
            "the store has a development key of another seed, {}: `--force` replaces it, `--keys` names another store",
            hex_word(&found)
        );
    }
    // The verifying key stands in a file of its own, written second.
    let verifying_key = key.verifying_key().clone().erase();
    if !matches!(circuit::find(store, circuit, DEVELOPMENT), Ok(Some(found)) if found == verifying_key) {
        store.save(&key, Progress::new(&listener))?;
    }
    Ok(Some(key))
}

/// Makes a development key and stores it.
pub(crate) fn make(
    console: &Console,
    store: &KeyStore,
    r1cs: &R1cs,
    seed: Word,
) -> Result<ProvingKey<Development>> {
    let listener = |step: Step| console.step(step.stage, step.done, step.total);
    let key = development_setup(r1cs, seed, Progress::new(&listener))?;
    store.save(&key, Progress::new(&listener))?;
    Ok(key)
}
