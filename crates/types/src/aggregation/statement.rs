//! What is proven of an aggregation, and for whom.

use alloy_primitives::{Address, B256, U256, keccak256};
use serde::{Deserialize, Serialize};

use super::{AggregationError, AggregationTree};
use crate::statement::statement_digest;

/// The greatest depth that contracts take: about a million proofs.
pub const MAX_AGGREGATION_DEPTH: u8 = 20;

/// What the hash of a domain begins with, under a hash of its own.
const DOMAIN_NAME: &[u8] = b"Causeway ProofAggregation";

/// Where an aggregation counts: no proof for one contract serves another, or another chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AggregationDomain {
    /// The chain.
    pub chain_id: u64,
    /// `ProofAggregation` on it.
    pub contract: Address,
}

impl AggregationDomain {
    /// Keccak of three words: the hash of a name, the chain id, the contract.
    pub fn digest(&self) -> B256 {
        let words = [
            keccak256(DOMAIN_NAME),
            U256::from(self.chain_id).into(),
            self.contract.into_word(),
        ];
        keccak256(words.concat())
    }
}

/// A tree of commitments by its root, its depth and the number of its proofs: what a contract keeps.
///
/// The leaves with an index below the count are commitments, all others are 32 zero bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RecordJson", into = "RecordJson")]
pub struct AggregationRecord {
    root: B256,
    depth: u8,
    count: u32,
}

impl AggregationRecord {
    /// A tree with this root.
    ///
    /// # Errors
    /// [`AggregationError::DepthTooLarge`], [`AggregationError::NoProofs`], [`AggregationError::CountTooLarge`].
    pub fn new(root: B256, depth: u8, count: u32) -> Result<Self, AggregationError> {
        check_size(depth, count as usize)?;
        Ok(Self { root, depth, count })
    }

    /// Of a tree, which was checked when it was built.
    pub(super) fn of(tree: &AggregationTree) -> Self {
        Self {
            root: tree.root(),
            depth: tree.depth(),
            count: tree.count(),
        }
    }

    /// The root.
    pub const fn root(&self) -> B256 {
        self.root
    }

    /// Levels between a leaf and the root.
    pub const fn depth(&self) -> u8 {
        self.depth
    }

    /// The number of proofs.
    pub const fn count(&self) -> u32 {
        self.count
    }
}

/// Whether a tree of this depth may have so many proofs.
pub(super) const fn check_size(depth: u8, count: usize) -> Result<(), AggregationError> {
    if depth > MAX_AGGREGATION_DEPTH {
        let max = MAX_AGGREGATION_DEPTH;
        return Err(AggregationError::DepthTooLarge { depth, max });
    }
    if count == 0 {
        return Err(AggregationError::NoProofs);
    }
    let leaves = 1 << depth;
    if count > leaves {
        return Err(AggregationError::CountTooLarge { count, leaves });
    }
    Ok(())
}

/// A record as JSON holds it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordJson {
    root: B256,
    depth: u8,
    count: u32,
}

impl TryFrom<RecordJson> for AggregationRecord {
    type Error = AggregationError;

    fn try_from(json: RecordJson) -> Result<Self, AggregationError> {
        Self::new(json.root, json.depth, json.count)
    }
}

impl From<AggregationRecord> for RecordJson {
    fn from(record: AggregationRecord) -> Self {
        Self {
            root: record.root,
            depth: record.depth,
            count: record.count,
        }
    }
}

/// What a proof for a contract says: the commitments of this tree are those of proofs that were verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AggregationStatement {
    /// For whom.
    pub domain: AggregationDomain,
    /// The tree.
    pub record: AggregationRecord,
}

impl AggregationStatement {
    /// Length of the encoding: one block of keccak.
    pub const ENCODED_LEN: usize = 128;

    /// The four words that the digest hashes: domain, root, depth, count.
    pub fn encode(&self) -> [u8; Self::ENCODED_LEN] {
        let words = [
            self.domain.digest(),
            self.record.root,
            U256::from(self.record.depth).into(),
            U256::from(self.record.count).into(),
        ];
        let mut bytes = [0; Self::ENCODED_LEN];
        for (chunk, word) in bytes.chunks_exact_mut(32).zip(words) {
            chunk.copy_from_slice(word.as_slice());
        }
        bytes
    }

    /// The statement digest: the low 248 bits of keccak over [`Self::encode`], so that it fits a public input.
    pub fn digest(&self) -> B256 {
        statement_digest(&self.encode())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn statement() -> AggregationStatement {
        AggregationStatement {
            domain: AggregationDomain {
                chain_id: 1,
                contract: Address::repeat_byte(0xa9),
            },
            record: AggregationRecord::new(B256::repeat_byte(0x77), 3, 5).unwrap(),
        }
    }

    #[test]
    fn every_field_is_in_the_digest() {
        let digest = statement().digest();
        assert_eq!(digest[0], 0);
        assert_eq!(digest[1..], keccak256(statement().encode())[1..]);
        let changes: [fn(&mut AggregationStatement); 5] = [
            |changed| changed.domain.chain_id = 2,
            |changed| changed.domain.contract = Address::ZERO,
            |changed| changed.record.root = B256::ZERO,
            |changed| changed.record.depth = 4,
            |changed| changed.record.count = 6,
        ];
        for change in changes {
            let mut changed = statement();
            change(&mut changed);
            assert_ne!(changed.digest(), digest, "{changed:?}");
        }
    }

    #[test]
    fn a_tree_has_a_proof_and_room_for_all() {
        let new = |depth, count| AggregationRecord::new(B256::ZERO, depth, count);
        assert_eq!(
            new(21, 1),
            Err(AggregationError::DepthTooLarge { depth: 21, max: 20 })
        );
        assert_eq!(new(0, 0), Err(AggregationError::NoProofs));
        for (depth, count, leaves) in [(0, 2, 1), (3, 9, 8), (20, (1 << 20) + 1, 1 << 20)] {
            let refusal = AggregationError::CountTooLarge {
                count: count as usize,
                leaves,
            };
            assert_eq!(new(depth, count), Err(refusal));
            assert_eq!(new(depth, count - 1).unwrap().count(), count - 1);
        }
    }

    #[test]
    fn json_is_checked_like_the_rest() {
        let json = serde_json::to_string(&statement()).unwrap();
        assert_eq!(
            serde_json::from_str::<AggregationStatement>(&json).unwrap(),
            statement()
        );
        let refusal = |from: &str, to: &str| {
            let changed = json.replace(from, to);
            serde_json::from_str::<AggregationStatement>(&changed)
                .unwrap_err()
                .to_string()
        };
        let too_many = refusal("\"count\":5", "\"count\":9");
        assert!(
            too_many.contains("9 proofs are more than the 8 leaves"),
            "{too_many}"
        );
        let unknown = refusal("\"count\":5", "\"count\":5,\"blobs\":1");
        assert!(unknown.contains("unknown field `blobs`"), "{unknown}");
    }
}
