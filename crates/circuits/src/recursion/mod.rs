//! Circuits of the standard shape that take in proofs of one another, and what they have in common.

pub mod circuit;
pub(crate) mod compare;
pub mod inner;
pub mod keccak_keys;
pub(crate) mod statement;
#[cfg(test)]
pub(crate) mod testing;

pub use circuit::Circuit;
pub use inner::InnerTargets;
pub use keccak_keys::{KeccakError, KeccakKeys};

pub(crate) use compare::{connect, connect_if, constant_key, falls, is_equal, is_zero, select};
pub(crate) use inner::TakeIn;
pub(crate) use statement::statement_limbs;
