//! Why a submission or an inclusion is refused.

use alloy_primitives::{Address, B256};
use causeway_types::aggregation::{AggregationError, ProofCommitment};

/// A field of a submission or an inclusion is not what follows from the others, or what they are compared with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SubmissionError {
    /// The file is of another version.
    #[error("version {found}, this program reads {expected}")]
    Version {
        /// The file's.
        found: u32,
        /// The one written here.
        expected: u32,
    },
    /// Commitments, record or path do not fit.
    #[error(transparent)]
    Aggregation(#[from] AggregationError),
    /// There are more or fewer commitments than the record says.
    #[error("count: the record says {declared}, there are {commitments} commitments")]
    Count {
        /// The record's.
        declared: u32,
        /// Commitments there are.
        commitments: usize,
    },
    /// A Groth16 proof has eight words.
    #[error("proof: {length} bytes, a Groth16 proof has {expected}")]
    ProofLength {
        /// Bytes there are.
        length: usize,
        /// Bytes of every proof.
        expected: usize,
    },
    /// The call goes to another contract than the statement is for.
    #[error("call: it goes to {found}, the statement is for {expected}")]
    CallTarget {
        /// The domain's contract.
        expected: Address,
        /// The call's.
        found: Address,
    },
    /// The call is another one than follows from the other fields.
    #[error("call: its data differ from byte {at} on from what the other fields give")]
    CallData {
        /// The first byte that differs.
        at: usize,
    },
    /// The data are no call that publishes commitments.
    #[error("the data are no call of submit or publish: {0}")]
    NotACall(alloy_sol_types::Error),
    /// The commitment is not that of key and public inputs.
    #[error("commitment: {found} is not that of key and public inputs, {computed}")]
    Commitment {
        /// The one declared.
        found: B256,
        /// The one computed.
        computed: B256,
    },
    /// The aggregation has no such proof.
    #[error("no proof of the aggregation has the commitment {}", commitment.get())]
    NotIncluded {
        /// Its commitment.
        commitment: ProofCommitment,
    },
    /// Something is for another chain or contract.
    #[error("domain: it is for {} on chain {}, not for {} on chain {}", found.1, found.0, expected.1, expected.0)]
    Domain {
        /// Chain and contract expected.
        expected: (u64, Address),
        /// Chain and contract there are.
        found: (u64, Address),
    },
    /// An inclusion is of another aggregation.
    #[error("root: {found} is not {expected}")]
    OtherRoot {
        /// The aggregation's.
        expected: B256,
        /// The inclusion's.
        found: B256,
    },
    /// An inclusion's depth or count is not the aggregation's.
    #[error("record: depth {} and count {}, the aggregation has {} and {}", found.0, found.1, expected.0, expected.1)]
    Record {
        /// Depth and count of the aggregation.
        expected: (u8, u32),
        /// Depth and count of the inclusion.
        found: (u8, u32),
    },
    /// A field element of a blob is not below the order of BLS12-381's scalar field.
    #[error("blob {blob} has an element that is not below the order of the field")]
    BlobNotCanonical {
        /// Which blob.
        blob: usize,
    },
    /// A blob has another versioned hash.
    #[error("blob {blob} has the versioned hash {computed}, not {declared}")]
    VersionedHash {
        /// Which blob.
        blob: usize,
        /// The one declared.
        declared: B256,
        /// The one computed.
        computed: B256,
    },
    /// A blob's file is not beside the submission.
    #[error("blob file {file:?} is no plain file name")]
    BlobFile {
        /// What it is called.
        file: String,
    },
    /// There are more or fewer blobs than versioned hashes.
    #[error("{found} blobs for {declared} versioned hashes")]
    BlobCount {
        /// Hashes declared.
        declared: usize,
        /// Blobs there are.
        found: usize,
    },
}
