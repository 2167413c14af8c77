//! The tree of commitments.

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use super::statement::check_size;
use super::{AggregationError, AggregationRecord, ProofCommitment};
use crate::proof::hash_pair;

/// A leaf where no proof is: no proof has this commitment.
const PADDING: B256 = B256::ZERO;

/// Commitments under a keccak tree: node = keccak(left, right), leaves after the last commitment 32 zero bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregationTree {
    commitments: Vec<ProofCommitment>,
    /// The nodes of each level above the leaves that stand above a commitment, from the lowest level to the root.
    levels: Vec<Vec<B256>>,
}

impl AggregationTree {
    /// The tree of the least depth that has room for the commitments.
    ///
    /// # Errors
    /// [`AggregationError::NoProofs`]; [`AggregationError::DepthTooLarge`] if there are too many.
    pub fn new(commitments: Vec<ProofCommitment>) -> Result<Self, AggregationError> {
        let depth = commitments.len().next_power_of_two().trailing_zeros();
        Self::with_depth(commitments, depth.try_into().unwrap_or(u8::MAX))
    }

    /// The tree of this depth.
    ///
    /// # Errors
    /// [`AggregationError::DepthTooLarge`], [`AggregationError::NoProofs`], [`AggregationError::CountTooLarge`].
    pub fn with_depth(commitments: Vec<ProofCommitment>, depth: u8) -> Result<Self, AggregationError> {
        check_size(depth, commitments.len())?;
        let mut levels: Vec<Vec<B256>> = Vec::with_capacity(depth.into());
        let mut padding = PADDING;
        for _ in 0..depth {
            let above = match levels.last() {
                None => {
                    let pairs = commitments.chunks(2);
                    pairs
                        .map(|pair| node(pair, ProofCommitment::get, padding))
                        .collect()
                }
                Some(level) => level
                    .chunks(2)
                    .map(|pair| node(pair, |node| node, padding))
                    .collect(),
            };
            levels.push(above);
            padding = hash_pair(padding, padding);
        }
        Ok(Self { commitments, levels })
    }

    /// The commitments, in order.
    pub fn commitments(&self) -> &[ProofCommitment] {
        &self.commitments
    }

    /// Root, depth and count.
    pub fn record(&self) -> AggregationRecord {
        AggregationRecord::of(self)
    }

    /// The root.
    pub fn root(&self) -> B256 {
        self.level(self.levels.len(), 0).unwrap_or(PADDING)
    }

    /// Levels between a leaf and the root.
    pub fn depth(&self) -> u8 {
        // Checked when it was built.
        self.levels.len().try_into().unwrap_or(u8::MAX)
    }

    /// The number of proofs.
    pub fn count(&self) -> u32 {
        // Checked when it was built.
        self.commitments.len().try_into().unwrap_or(u32::MAX)
    }

    /// The node at an index of a level, if it stands above a commitment.
    fn level(&self, height: usize, index: usize) -> Option<B256> {
        match height.checked_sub(1) {
            None => self.commitments.get(index).map(|commitment| commitment.get()),
            Some(above) => self.levels.get(above)?.get(index).copied(),
        }
    }

    /// Where a proof stands, for whoever has only root, depth and count.
    ///
    /// # Errors
    /// [`AggregationError::IndexTooLarge`].
    pub fn inclusion(&self, index: u32) -> Result<InclusionProof, AggregationError> {
        let count = self.count();
        if index >= count {
            return Err(AggregationError::IndexTooLarge { index, count });
        }
        let mut padding = PADDING;
        let mut siblings = Vec::with_capacity(self.levels.len());
        for height in 0..self.levels.len() {
            let sibling = self.level(height, (index as usize >> height) ^ 1);
            siblings.push(sibling.unwrap_or(padding));
            padding = hash_pair(padding, padding);
        }
        Ok(InclusionProof { index, siblings })
    }
}

/// The node above a pair whose second half may be missing.
fn node<T: Copy>(pair: &[T], get: impl Fn(T) -> B256, padding: B256) -> B256 {
    let child = |index: usize| pair.get(index).map_or(padding, |&child| get(child));
    hash_pair(child(0), child(1))
}

/// Where a proof stands in an aggregation, and the siblings on the way to the root.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionProof {
    /// The index of the proof.
    pub index: u32,
    /// The siblings, the leaf's own first.
    pub siblings: Vec<B256>,
}

impl InclusionProof {
    /// Whether the commitment stands at the index in the tree of this record.
    ///
    /// # Errors
    /// [`AggregationError::SiblingCountInvalid`], [`AggregationError::IndexTooLarge`], [`AggregationError::PathMismatch`].
    pub fn verify(
        &self,
        record: &AggregationRecord,
        commitment: ProofCommitment,
    ) -> Result<(), AggregationError> {
        if self.siblings.len() != usize::from(record.depth()) {
            return Err(AggregationError::SiblingCountInvalid {
                actual: self.siblings.len(),
                expected: record.depth(),
            });
        }
        if self.index >= record.count() {
            return Err(AggregationError::IndexTooLarge {
                index: self.index,
                count: record.count(),
            });
        }
        let path = self.siblings.iter().enumerate();
        let computed = path.fold(commitment.get(), |node, (height, &sibling)| {
            if self.index >> height & 1 == 1 {
                hash_pair(sibling, node)
            } else {
                hash_pair(node, sibling)
            }
        });
        if computed != record.root() {
            return Err(AggregationError::PathMismatch {
                expected: record.root(),
                computed,
            });
        }
        Ok(())
    }
}
