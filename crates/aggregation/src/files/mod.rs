//! Files in which proofs travel from those who make them to those who aggregate them.
//!
//! - A *circuit file* ([`CircuitFile`]) is what plonky2's builder made of a program: common data and verifying key.
//! - A *proof file* ([`ProofFile`]) is one proof of it with its public inputs, and names the circuit.
//! - A *normalised file* ([`NormalizedFile`]) is a normalised proof with the public inputs of the original: all that an
//!   aggregator needs, whatever the circuit was.
//!
//! All begin alike, numbers little-endian: magic (8 bytes), version (u16), zeros (6 bytes, reserved), length of the body (u64),
//! checksum of the body (4 x u64, Poseidon). The checksum finds damage, and only damage: whoever makes a file makes its checksum.
//!
//! Files may come from anybody. Readers refuse by name whatever is no file of theirs: lengths are bounded before plonky2's
//! readers meet them, for those reserve memory for any length that a file claims; circuits are held to what
//! [`Normalizer`](crate::Normalizer) takes before a proof of theirs is read.

mod bounded;
mod circuit;
mod envelope;
mod error;
mod normalized;
mod proof;
mod title;

#[cfg(test)]
mod tests;

pub use circuit::CircuitFile;
pub use envelope::{FileKind, MAX_BYTES};
pub use error::FileError;
pub use normalized::NormalizedFile;
pub use proof::ProofFile;
pub use title::{MAX_TITLE, Title};
