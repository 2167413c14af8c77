//! Commitments in EIP-4844 blobs.
//!
//! The commitments are one stream of bytes, cut every 31: each cut is the end of a field element whose first byte is zero, so
//! that it is below the field's order. 4,096 elements hold exactly 3,968 commitments. A blob's versioned hash is KZG's matter
//! and not computed here but in the relayer's library.

use alloy_primitives::{B256, Bytes};
use serde::{Deserialize, Serialize};

use super::{AggregationError, AggregationRecord, AggregationTree, ProofCommitment};

/// Bytes of a field element.
const ELEMENT_BYTES: usize = 32;
/// Bytes of a field element that carry something.
const USABLE_BYTES: usize = ELEMENT_BYTES - 1;
/// Bytes of a commitment.
const COMMITMENT_BYTES: usize = 32;

/// A blob of commitments.
///
/// In JSON it is 0x-hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Bytes", into = "Bytes")]
pub struct AggregationBlob(Box<[u8]>);

impl AggregationBlob {
    /// Length of every blob.
    pub const LEN: usize = 4096 * ELEMENT_BYTES;

    /// Commitments that fit a blob.
    pub const COMMITMENTS: usize = 4096 * USABLE_BYTES / COMMITMENT_BYTES;

    /// The blobs of these commitments, as few as there can be.
    pub fn encode(commitments: &[ProofCommitment]) -> Vec<Self> {
        let blobs = commitments.chunks(Self::COMMITMENTS);
        blobs.map(Self::of).collect()
    }

    /// One blob of at most [`Self::COMMITMENTS`].
    fn of(commitments: &[ProofCommitment]) -> Self {
        let stream: Vec<u8> = commitments
            .iter()
            .flat_map(|commitment| commitment.get().0)
            .collect();
        let mut bytes = vec![0; Self::LEN].into_boxed_slice();
        let elements = bytes.chunks_exact_mut(ELEMENT_BYTES);
        for (element, part) in elements.zip(stream.chunks(USABLE_BYTES)) {
            element[1..=part.len()].copy_from_slice(part);
        }
        Self(bytes)
    }

    /// The commitments in these blobs, of which there are `count`.
    ///
    /// # Errors
    /// [`AggregationError::BlobCountInvalid`], [`AggregationError::ElementTooLarge`], [`AggregationError::CommitmentIsZero`],
    /// [`AggregationError::TailNotZero`].
    pub fn decode(blobs: &[Self], count: u32) -> Result<Vec<ProofCommitment>, AggregationError> {
        let count = count as usize;
        let expected = count.div_ceil(Self::COMMITMENTS);
        if blobs.len() != expected {
            return Err(AggregationError::BlobCountInvalid {
                actual: blobs.len(),
                expected,
            });
        }
        let mut commitments = Vec::with_capacity(count);
        for (index, blob) in blobs.iter().enumerate() {
            let here = (count - commitments.len()).min(Self::COMMITMENTS);
            blob.read(index, here, &mut commitments)?;
        }
        Ok(commitments)
    }

    /// Reads so many commitments out of the blob at an index, and that nothing follows.
    fn read(
        &self,
        blob: usize,
        count: usize,
        commitments: &mut Vec<ProofCommitment>,
    ) -> Result<(), AggregationError> {
        let elements = || self.0.chunks_exact(ELEMENT_BYTES);
        if let Some(element) = elements().position(|element| element[0] != 0) {
            return Err(AggregationError::ElementTooLarge { blob, element });
        }
        let stream: Vec<u8> = elements().flat_map(|element| &element[1..]).copied().collect();
        let (used, tail) = stream.split_at(count * COMMITMENT_BYTES);
        for chunk in used.as_chunks::<COMMITMENT_BYTES>().0 {
            commitments.push(ProofCommitment::at(commitments.len(), B256::from(chunk))?);
        }
        if let Some(position) = tail.iter().position(|&byte| byte != 0) {
            let element = (used.len() + position) / USABLE_BYTES;
            return Err(AggregationError::TailNotZero { blob, element });
        }
        Ok(())
    }

    /// The bytes, [`Self::LEN`] of them.
    pub const fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<Box<[u8]>> for AggregationBlob {
    type Error = AggregationError;

    fn try_from(bytes: Box<[u8]>) -> Result<Self, AggregationError> {
        if bytes.len() != Self::LEN {
            return Err(AggregationError::BlobLengthInvalid {
                actual: bytes.len(),
                expected: Self::LEN,
            });
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<Bytes> for AggregationBlob {
    type Error = AggregationError;

    fn try_from(bytes: Bytes) -> Result<Self, AggregationError> {
        Self::try_from(Vec::from(bytes).into_boxed_slice())
    }
}

impl From<AggregationBlob> for Bytes {
    fn from(blob: AggregationBlob) -> Self {
        blob.0.into_vec().into()
    }
}

/// The tree of a record, out of the blobs that are to publish it.
///
/// Nothing binds a blob to a record but this: whoever submits a proof can send any blob with it.
///
/// # Errors
/// What [`AggregationBlob::decode`] refuses; [`AggregationError::RootMismatch`] if the commitments are others.
pub fn published(
    blobs: &[AggregationBlob],
    record: &AggregationRecord,
) -> Result<AggregationTree, AggregationError> {
    let commitments = AggregationBlob::decode(blobs, record.count())?;
    let tree = AggregationTree::with_depth(commitments, record.depth())?;
    if tree.root() != record.root() {
        return Err(AggregationError::RootMismatch {
            expected: record.root(),
            computed: tree.root(),
        });
    }
    Ok(tree)
}
