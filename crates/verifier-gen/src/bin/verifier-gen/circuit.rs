//! The circuit of a profile and its keys.

use std::fs;

use anyhow::{Context, Result, bail};
use causeway_verifier_gen::groth16::{
    KeyStore, Progress, Provenance, ProvingKey, Step, StoreError, VerifyingKey,
};
use causeway_verifier_gen::last::Profile;
use causeway_verifier_gen::r1cs::{CircuitHash, R1cs, circuit_hash};
use causeway_verifier_gen::wrap::Synthesis;
use causeway_verifier_gen::wrapper;

use causeway_console::Console;

pub(crate) const DEVELOPMENT: &str = "DEVELOPMENT";
pub(crate) const CEREMONY: &str = "CEREMONY";

const DEVELOPMENT_WARNING: &str = "this is a DEVELOPMENT key: its seed is no secret, and whoever knows it forges proofs. \
     Nothing of value may depend on it.";

/// The constraints of a profile's wrap.
pub(crate) fn synthesize(console: &Console, profile: Profile) -> Result<Synthesis> {
    console.work("building the wrap circuit", || {
        Ok(wrapper::wrap_circuit(profile)?.synthesize_blank())
    })
}

pub(crate) fn hash(console: &Console, r1cs: &R1cs) -> CircuitHash {
    console.work("circuit hash", || circuit_hash(r1cs))
}

/// Refuses an empty store before any long work.
pub(crate) fn refuse_empty(store: &KeyStore, profile: Profile) -> Result<()> {
    let empty = match fs::read_dir(store.root()) {
        Ok(mut folder) => folder.next().is_none(),
        // What else keeps the folder from being read is told where a key is read.
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if empty {
        bail!(
            "there are no keys in {}: make a development key with `verifier-gen setup --profile {profile}`, import one \
             from a ceremony with `verifier-gen import-zkey`, or name another folder with --keys",
            store.root().display()
        );
    }
    Ok(())
}

/// The proving key for a circuit: from a ceremony if there is one and `development` is not asked for.
pub(crate) fn proving_key(
    console: &Console,
    store: &KeyStore,
    circuit: CircuitHash,
    development: bool,
) -> Result<ProvingKey<Provenance>> {
    let listener = |step: Step| console.step(step.stage, step.done, step.total);
    let progress = Progress::new(&listener);
    let key = if development {
        store.load_development(circuit, progress).map(ProvingKey::erase)
    } else {
        store.load(circuit, progress)
    };
    let key = key.context("no usable proving key")?;
    warn_of_development(console, key.verifying_key());
    Ok(key)
}

/// As [`proving_key`], the verifying key alone.
pub(crate) fn verifying_key(
    console: &Console,
    store: &KeyStore,
    circuit: CircuitHash,
    development: bool,
) -> Result<VerifyingKey<Provenance>> {
    let ceremony = match development {
        true => None,
        false => find(store, circuit, CEREMONY)?,
    };
    let key = match ceremony {
        Some(key) => key,
        None => store
            .load_verifying_key(circuit, DEVELOPMENT)
            .context("no usable verifying key")?,
    };
    warn_of_development(console, &key);
    Ok(key)
}

/// The verifying key of one kind, if the store has it.
pub(crate) fn find(
    store: &KeyStore,
    circuit: CircuitHash,
    label: &str,
) -> Result<Option<VerifyingKey<Provenance>>> {
    match store.load_verifying_key(circuit, label) {
        Ok(key) => Ok(Some(key)),
        Err(StoreError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn warn_of_development(console: &Console, key: &VerifyingKey<Provenance>) {
    if let Provenance::Development(_) = key.origin() {
        console.warn(DEVELOPMENT_WARNING);
    }
}
