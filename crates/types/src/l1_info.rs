//! The L1 info tree's leaf.

use alloy_primitives::{B256, keccak256};

use crate::root::GlobalExitRoot;

/// What Ethereum records of a new global exit root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct L1InfoLeaf {
    /// The root.
    pub global_exit_root: GlobalExitRoot,
    /// Hash of the block before the one that recorded it.
    pub block_hash: B256,
    /// When it was recorded, in seconds.
    pub timestamp: u64,
}

impl L1InfoLeaf {
    /// keccak256 of global exit root (32 bytes), block hash (32) and timestamp (8, big-endian).
    pub fn hash(&self) -> B256 {
        let mut bytes = [0; 72];
        bytes[..32].copy_from_slice(self.global_exit_root.get().as_slice());
        bytes[32..64].copy_from_slice(self.block_hash.as_slice());
        bytes[64..].copy_from_slice(&self.timestamp.to_be_bytes());
        keccak256(bytes)
    }
}
