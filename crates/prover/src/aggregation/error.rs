//! Why a stage of an aggregation has no proof.

use causeway_aggregation::proof_shape::ProofShapeError;
use causeway_aggregation::{EnvelopeError, ProofError};
use causeway_circuits::keccak::ClosingError;
use causeway_circuits::proofs::ProgramError;

use crate::wrapping::WrappingError;

/// Why a stage of an aggregation has no proof, or what was read is none.
#[derive(Debug, thiserror::Error)]
pub enum AggregationError {
    /// A user's proof cannot be read.
    #[error("proof {index} cannot be read")]
    Source {
        /// Its index.
        index: u32,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The proofs are others than the plan was made for.
    #[error("list {list} has {got} keccak blocks, the plan {planned}: it was made for other proofs")]
    OtherPlan {
        /// The list.
        list: usize,
        /// Blocks planned.
        planned: usize,
        /// Blocks there are.
        got: usize,
    },
    /// A list is longer than any size closes.
    #[error("list {list} is longer than one proof closes")]
    ListTooLong {
        /// The list.
        list: usize,
    },
    /// The plan ends without a statement.
    #[error("the plan has no seal")]
    NoSeal,
    /// A proof is not the outcome of its stage.
    #[error("the proof is not the outcome of stage {step}")]
    Outcome {
        /// The stage.
        step: usize,
    },
    /// The program refuses.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// A list cannot be closed.
    #[error(transparent)]
    Closing(#[from] ClosingError),
    /// A file is no proof.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// A proof has another shape than it says.
    #[error(transparent)]
    Shape(#[from] ProofShapeError),
    /// A proof does not verify.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A file is no Groth16 proof.
    #[error("not a Groth16 proof: {0}")]
    Json(#[from] serde_json::Error),
    /// The closing proof is not wrapped, or the Groth16 proof refused.
    #[error(transparent)]
    Wrapping(#[from] WrappingError),
}
