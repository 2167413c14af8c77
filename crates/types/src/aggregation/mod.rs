//! Many users' proofs in one: commitments, their tree, the statement that is proven, blobs that publish the commitments.
//!
//! A statement says that all commitments of a tree are those of proofs that were verified. Whoever has the program's key and
//! the public inputs computes the commitment, and a path shows that it stands in the tree.

mod blob;
mod commitment;
mod error;
mod statement;
mod tree;

#[cfg(test)]
mod tests;

pub use blob::{AggregationBlob, published};
pub use commitment::{ProofCommitment, PublicInputs};
pub use error::AggregationError;
pub use statement::{AggregationDomain, AggregationRecord, AggregationStatement, MAX_AGGREGATION_DEPTH};
pub use tree::{AggregationTree, InclusionProof};
