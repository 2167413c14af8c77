//! Brings any plonky2 proof to one standard shape and aggregates many into one.
//!
//! A program's proof is [normalised](normalize), normalised proofs of different programs are aggregated in a [tree], and the
//! tree's root is [closed](closing): one proof of a fixed shape with four public inputs, ready for the BN254 layer.

pub mod check;
pub mod closing;
mod codec;
pub mod commitment;
pub mod config;
pub mod domain;
pub mod files;
#[cfg(test)]
mod forged;
pub mod key;
pub mod limbs;
pub mod normalize;
pub mod proof_shape;
pub mod prove;
pub mod security;
pub mod shape;
pub mod shaped_proof;
pub mod tree;

pub use closing::{ClosedProof, Closing, ClosingError, TreeClosing, tree_statement};
pub use commitment::{Commitment, PoseidonCommitment};
pub use config::{C, D, F};
pub use key::{KeyDigest, key_digest, key_digest_target};
pub use limbs::{LimbTarget, StatementDigest, statement_digest_target};
pub use normalize::{
    NormalizeError, NormalizedInputs, Normalizer, Options, message_digest, public_inputs_digest,
};
pub use prove::{ProveError, prove};
pub use security::Security;
pub use shape::{Shape, ShapeError};
pub use shaped_proof::{EnvelopeError, ProofError, ShapedProof};
pub use tree::{Aggregator, Node, NodeInputs, Progress, Root, TreeError, tree_value};
