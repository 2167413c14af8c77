//! The file that holds a Groth16 proof of the wrap.

use serde::{Deserialize, Serialize};

use crate::groth16::{self, Origin, Proof, Provenance, VerifyError, VerifyingKey, Word};
use crate::r1cs::CircuitHash;

/// The version of [`WrappedProof`] that is written and read.
pub const PROOF_VERSION: u32 = 1;

/// A Groth16 proof with what it is a proof of. The file format of `verifier-gen prove` and `verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrappedProof {
    /// [`PROOF_VERSION`].
    pub version: u32,
    /// Circuit of the wrap.
    pub circuit: CircuitHash,
    /// "DEVELOPMENT" or "CEREMONY": where the key came from.
    pub provenance: String,
    /// The program digest, a big-endian word.
    #[serde(with = "word")]
    pub program_digest: Word,
    /// The statement digest, a big-endian word.
    #[serde(with = "word")]
    pub statement_digest: Word,
    /// The proof's points.
    pub proof: Proof,
}

/// Why a wrapped proof is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum WrappedProofError {
    /// The file is of another version.
    #[error("proof file of version {found}, this program reads {PROOF_VERSION}")]
    Version {
        /// The file's version.
        found: u32,
    },
    /// The proof was made for another circuit than the key.
    #[error("the proof is for circuit {found}, the key for {expected}")]
    OtherCircuit {
        /// Circuit of the key.
        expected: CircuitHash,
        /// Circuit of the proof.
        found: CircuitHash,
    },
    /// The file says that the key came from elsewhere than it did.
    #[error("the proof file says its key is {found}, the key is {expected}")]
    OtherProvenance {
        /// Word of the key.
        expected: &'static str,
        /// Word in the file.
        found: String,
    },
    /// A digest is not below the scalar modulus.
    #[error("{name} is not below the BN254 scalar modulus")]
    NotInField {
        /// Which digest.
        name: &'static str,
    },
    /// The program is not the expected one.
    #[error(
        "the proof is of program 0x{}, expected is 0x{}",
        hex::encode(found),
        hex::encode(expected)
    )]
    OtherProgram {
        /// Digest expected.
        expected: Word,
        /// Digest in the proof.
        found: Word,
    },
    /// The pairing equation does not hold.
    #[error(transparent)]
    Invalid(#[from] VerifyError),
}

impl WrappedProof {
    /// Verifies the proof under a key and, if one is given, for a program.
    pub fn verify<O: Origin>(
        &self,
        key: &VerifyingKey<O>,
        program: Option<Word>,
    ) -> Result<(), WrappedProofError> {
        if self.version != PROOF_VERSION {
            return Err(WrappedProofError::Version { found: self.version });
        }
        if self.circuit != key.circuit() {
            return Err(WrappedProofError::OtherCircuit {
                expected: key.circuit(),
                found: self.circuit,
            });
        }
        let origin: Provenance = key.origin().clone().into();
        if self.provenance != origin.label() {
            return Err(WrappedProofError::OtherProvenance {
                expected: origin.label(),
                found: self.provenance.clone(),
            });
        }
        if let Some(expected) = program.filter(|expected| *expected != self.program_digest) {
            return Err(WrappedProofError::OtherProgram {
                expected,
                found: self.program_digest,
            });
        }
        let scalar =
            |name, word| groth16::scalar_from_word(word).ok_or(WrappedProofError::NotInField { name });
        let inputs = [
            scalar("program_digest", &self.program_digest)?,
            scalar("statement_digest", &self.statement_digest)?,
        ];
        Ok(groth16::verify(key, &inputs, &self.proof)?)
    }
}

mod word {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Word;

    pub(super) fn serialize<S: Serializer>(word: &Word, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("0x{}", hex::encode(word)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text
            .strip_prefix("0x")
            .ok_or_else(|| D::Error::custom("a word begins with 0x"))?;
        let mut word = Word::default();
        hex::decode_to_slice(digits, &mut word).map_err(D::Error::custom)?;
        Ok(word)
    }
}
