//! From the last plonky2 proof to one that Ethereum verifies.

pub mod bn254;
pub mod groth16;
pub mod last;
pub mod options;
pub mod r1cs;
pub mod security_doc;
pub mod solidity;
pub mod wrap;
pub mod wrapped_proof;
pub mod wrapper;
