//! Keccak inside plonky2, and the circuits whose proofs Ethereum accepts.
//!
//! A circuit that needs Keccak takes the digest as witness and appends block and digest to a [list](keccak::list); one proof
//! closes many lists. What the ledger computes natively [`targets`] computes in circuits.

pub mod config;
pub mod keccak;
pub mod proofs;
pub mod recursion;
pub mod settlement;
pub mod targets;
