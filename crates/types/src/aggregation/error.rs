//! Why an aggregation, a path in it or a blob is refused.

use alloy_primitives::B256;

/// Something that no aggregation has, or a path or a blob that is none of an aggregation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AggregationError {
    /// A public input is not below p = 2^64 - 2^32 + 1.
    #[error("public input {index} is {value}, not below 2^64 - 2^32 + 1")]
    PublicInputNotCanonical {
        /// Which one.
        index: usize,
        /// Its value.
        value: u64,
    },
    /// Public inputs are eight bytes each.
    #[error("{length} bytes are no whole number of public inputs, eight bytes each")]
    PublicInputsNotWhole {
        /// The number of bytes.
        length: usize,
    },
    /// No proof has the commitment zero: it is what a tree is padded with.
    #[error("commitment {index} is zero, as no proof's is")]
    CommitmentIsZero {
        /// Where it stands.
        index: usize,
    },
    /// An aggregation of no proofs.
    #[error("an aggregation has at least one proof")]
    NoProofs,
    /// More levels than an aggregation may have.
    #[error("a depth of {depth} is above {max}")]
    DepthTooLarge {
        /// The depth.
        depth: u8,
        /// The greatest that is taken.
        max: u8,
    },
    /// More proofs than leaves.
    #[error("{count} proofs are more than the {leaves} leaves of the tree")]
    CountTooLarge {
        /// The number of proofs.
        count: usize,
        /// The number of leaves at this depth.
        leaves: usize,
    },
    /// A path of another length than the tree's depth.
    #[error("a path of {actual} siblings in a tree of depth {expected}")]
    SiblingCountInvalid {
        /// The number of siblings.
        actual: usize,
        /// The depth.
        expected: u8,
    },
    /// No proof stands at this index.
    #[error("index {index} is not below the {count} proofs of the aggregation")]
    IndexTooLarge {
        /// The index.
        index: u32,
        /// The number of proofs.
        count: u32,
    },
    /// The path leads to another root.
    #[error("the path leads to {computed}, not to the root {expected}")]
    PathMismatch {
        /// The aggregation's root.
        expected: B256,
        /// Where the path leads.
        computed: B256,
    },
    /// The commitments are those of another aggregation.
    #[error("the commitments have the root {computed}, not {expected}")]
    RootMismatch {
        /// The aggregation's root.
        expected: B256,
        /// That of the commitments.
        computed: B256,
    },
    /// A blob of another length.
    #[error("a blob of {actual} bytes has not {expected}")]
    BlobLengthInvalid {
        /// The number of bytes.
        actual: usize,
        /// What every blob has.
        expected: usize,
    },
    /// Fewer or more blobs than the commitments fill.
    #[error("{actual} blobs for commitments that fill {expected}")]
    BlobCountInvalid {
        /// The number of blobs.
        actual: usize,
        /// The number that the commitments fill.
        expected: usize,
    },
    /// An element of a blob whose first byte is in use.
    #[error("element {element} of blob {blob} does not begin with a zero byte")]
    ElementTooLarge {
        /// Which blob.
        blob: usize,
        /// Which of its elements.
        element: usize,
    },
    /// Something stands after the last commitment.
    #[error("blob {blob} goes on after the last commitment, in element {element}")]
    TailNotZero {
        /// Which blob.
        blob: usize,
        /// Which of its elements.
        element: usize,
    },
}
