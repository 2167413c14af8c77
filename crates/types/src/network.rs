//! Networks and their places in the rollup exit tree.

use serde::{Deserialize, Serialize};

/// A network of the shared bridge: 0 is Ethereum, an L2's is its rollup index plus one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NetworkId(u32);

/// A network's leaf in the rollup exit tree: its id minus one. It has no `Display`, since it reads like an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct RollupIndex(u32);

/// Ethereum is no rollup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("network 0 is Ethereum, which has no rollup index")]
pub struct NoRollupIndex;

/// The network after the last rollup index does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no network has rollup index {index}")]
pub struct NoSuchNetwork {
    /// The index.
    pub index: u32,
}

impl NetworkId {
    /// Ethereum.
    pub const MAINNET: Self = Self(0);

    /// The network with this id; every number is one.
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    /// The id.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl RollupIndex {
    /// The index as a number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for RollupIndex {
    type Error = NoSuchNetwork;

    fn try_from(index: u32) -> Result<Self, NoSuchNetwork> {
        if index == u32::MAX {
            Err(NoSuchNetwork { index })
        } else {
            Ok(Self(index))
        }
    }
}

impl From<RollupIndex> for u32 {
    fn from(index: RollupIndex) -> Self {
        index.0
    }
}

impl TryFrom<NetworkId> for RollupIndex {
    type Error = NoRollupIndex;

    fn try_from(network: NetworkId) -> Result<Self, NoRollupIndex> {
        network.0.checked_sub(1).map(Self).ok_or(NoRollupIndex)
    }
}

impl From<RollupIndex> for NetworkId {
    fn from(index: RollupIndex) -> Self {
        // Below the largest number, by construction.
        Self(index.0 + 1)
    }
}

impl std::fmt::Display for NetworkId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_an_id_less_one() {
        for id in [1, 2, u32::MAX] {
            let index = RollupIndex::try_from(NetworkId::new(id));
            assert_eq!(index.map(RollupIndex::get), Ok(id - 1));
            assert_eq!(index.map(NetworkId::from), Ok(NetworkId::new(id)));
        }
        assert_eq!(RollupIndex::try_from(NetworkId::MAINNET), Err(NoRollupIndex));
        assert_eq!(
            RollupIndex::try_from(u32::MAX),
            Err(NoSuchNetwork { index: u32::MAX })
        );
    }
}
