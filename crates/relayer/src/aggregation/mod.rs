//! Aggregated proofs on their way to `ProofAggregation`, and back to those whose proofs they hold.
//!
//! A [`Submission`] is what a contract takes, an [`Inclusion`] what a user asks it with. Both are JSON, hold what they follow from
//! and check themselves. Commitments are published in the call itself or in blobs, whose versioned hashes [`Kzg`] computes.

mod blobs;
mod error;
mod inclusion;
mod submission;

pub use blobs::Kzg;
pub use error::SubmissionError;
pub use inclusion::{Claim, INCLUSION_VERSION, Inclusion, same_domain};
pub use submission::{
    BlobReference, Call, Publication, SUBMISSION_VERSION, Submission, VerifierId, published_in_call,
};

#[cfg(test)]
mod tests;
