//! Groth16 over BN254: keys, proofs and their checks.
//!
//! One convention for the quotient, snarkjs's (see [`qap`]), serves keys from a development setup and from a ceremony.

mod affine;
mod fixed_base;
mod hex_bytes;
mod key_file;
mod msm;
mod origin;
mod points;
mod progress;
mod proof;
mod prove;
mod proving_key;
mod qap;
mod scalar;
mod setup;
mod snarkjs;
mod store;
mod verify;
mod verifying_key;
mod zkey;

pub use key_file::{KeyFileError, read_proving_key, write_proving_key};
pub use origin::{Beacon, Ceremony, Contribution, Development, Origin, Provenance, WrongOrigin};
pub use points::{
    PointError, Word, g1_from_words, g1_to_words, g2_from_words, g2_to_words, scalar_from_word,
    scalar_modulus, scalar_to_word,
};
pub use progress::{Progress, Step};
pub use proof::{InvalidProof, Proof, ProofElement};
pub use prove::{ProveError, prove, prove_with_rng};
pub use proving_key::ProvingKey;
pub use qap::{CircuitTooLarge, domain_log2};
pub use setup::{SetupError, development_setup};
pub use snarkjs::{SnarkjsProof, SnarkjsPublic, SnarkjsVerifyingKey};
pub use store::{KeyStore, StoreError};
pub use verify::{VerifyError, verify};
pub use verifying_key::{Element, InvalidKey, VerifyingKey, VerifyingPoints};
pub use zkey::{ZkeyError, import_zkey, import_zkey_from};

#[cfg(test)]
mod tests;
