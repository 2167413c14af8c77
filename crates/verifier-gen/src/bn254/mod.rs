//! plonky2 over BN254: a `GenericConfig` whose Merkle trees and transcript are Poseidon2 over BN254's scalar field.
//!
//! A proof made under it is cheap to verify in an R1CS over the same field, which is all it is for.

mod config;
mod digest;
mod grain;
mod hash;
mod identity;
mod packing;
mod poseidon2;
mod transcript;

pub use config::Bn254Config;
pub use digest::Digest;
pub use hash::{Bn254Hash, Domain, SPONGE_WIDTH, compress, hash_words};
pub use identity::{IdentityHash, IdentityPermutation, NUM_PUBLIC_INPUTS};
pub use packing::{LIMBS_PER_WORD, limbs, pack};
pub(crate) use poseidon2::external;
pub use poseidon2::{FULL_ROUNDS, Instance, Poseidon2, permute};
pub use transcript::{TRANSCRIPT_WIDTH, TranscriptState};
