//! The bytecode of the bindings is what forge makes.

use std::{collections::BTreeSet, fs, path::Path};

use alloy_primitives::{Bytes, hex};
use serde::Deserialize;

#[derive(Deserialize)]
struct Artifact {
    bytecode: Bytecode,
}

#[derive(Deserialize)]
struct Bytecode {
    object: String,
}

/// Forge's creation code of `File.sol:Name`.
fn built(contract: &str) -> Bytes {
    let (file, name) = contract.split_once(':').unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../contracts/out/{file}/{name}.json"));
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; `make contracts` builds it", path.display()));
    let artifact: Artifact = serde_json::from_str(&text).unwrap();
    hex::decode(artifact.bytecode.object).unwrap().into()
}

#[track_caller]
fn assert_built(codes: &[(&str, &Bytes)]) {
    let stale: Vec<&str> = codes
        .iter()
        .filter(|(contract, code)| built(contract) != **code)
        .map(|(contract, _)| *contract)
        .collect();
    assert_eq!(stale, [""; 0], "`make gen` writes the bindings anew");
    let names: BTreeSet<&str> = codes.iter().map(|(contract, _)| *contract).collect();
    assert_eq!(names.len(), codes.len());
}

#[test]
fn contracts_are_those_that_forge_built() {
    assert!(causeway_bindings::CREATION_CODES.len() >= 2);
    assert_built(causeway_bindings::CREATION_CODES);
}

#[test]
fn mocks_are_those_that_forge_built() {
    assert!(!causeway_bindings::mocks::CREATION_CODES.is_empty());
    assert_built(causeway_bindings::mocks::CREATION_CODES);
}
