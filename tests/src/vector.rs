//! Committed proofs, read from `vectors/`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use alloy_primitives::{B256, Bytes, U256};
use causeway_verifier_gen::groth16::{Origin, Provenance, VerifyingKey};
use causeway_verifier_gen::solidity;
use causeway_verifier_gen::wrapped_proof::WrappedProof;
use serde::{Deserialize, Serialize};

use crate::artifact::repository;

/// A real Groth16 proof with what its verifier says about its key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProofVector {
    /// Where the key came from.
    pub provenance: KeyProvenance,
    /// Digest of the circuit.
    pub circuit_hash: B256,
    /// keccak256 of the key's words.
    pub key_hash: B256,
    /// The public inputs in order.
    pub public_inputs: Vec<U256>,
    /// A, B, C in the order of EIP-197.
    pub proof: Bytes,
}

/// Where a key came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum KeyProvenance {
    /// From one machine: anybody can forge.
    Development,
    /// From a ceremony.
    Ceremony,
}

/// Why a vector could not be read.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// The file is not there or cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no such vector.
    #[error("{}: {source}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// What does not parse.
        source: serde_json::Error,
    },
}

impl ProofVector {
    /// The vector of a wrapped proof and its key.
    pub fn from_wrapped<O: Origin>(wrapped: &WrappedProof, key: &VerifyingKey<O>) -> Self {
        let provenance = match key.origin().clone().into() {
            Provenance::Development(_) => KeyProvenance::Development,
            Provenance::Ceremony(_) => KeyProvenance::Ceremony,
        };
        Self {
            provenance,
            circuit_hash: B256::from(wrapped.circuit.0),
            key_hash: B256::from(solidity::key_hash(key)),
            public_inputs: [wrapped.program_digest, wrapped.statement_digest]
                .map(U256::from_be_bytes)
                .to_vec(),
            proof: wrapped.proof.to_evm_words().concat().into(),
        }
    }

    /// Writes the vector.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, serde_json::to_string_pretty(self)? + "\n")
    }

    /// Reads `vectors/<name>.json`.
    pub fn read(name: &str) -> Result<Self, VectorError> {
        let path = repository().join(format!("vectors/{name}.json"));
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map_err(|source| VectorError::Parse { path, source }),
            Err(source) => Err(VectorError::Read { path, source }),
        }
    }
}
