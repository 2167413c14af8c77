//! Network ids and rollup indices.

use serde::{Deserialize, Serialize};

use crate::error::TypesError;

/// A network: 0 is L1, the others are numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NetworkId(u32);

impl NetworkId {
    /// L1.
    pub const MAINNET: Self = Self(0);

    /// The network with this id.
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    /// The id.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Whether this is L1.
    pub const fn is_mainnet(self) -> bool {
        self.0 == 0
    }
}

/// The place of a network in the rollup exit tree: its id minus one.
///
/// There is no `Display`: printed beside a network id it would be mistaken for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct RollupIndex(u32);

impl RollupIndex {
    /// The index as a number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The network at this index.
    pub const fn network(self) -> NetworkId {
        NetworkId(self.0 + 1)
    }
}

impl TryFrom<NetworkId> for RollupIndex {
    type Error = TypesError;

    fn try_from(network: NetworkId) -> Result<Self, TypesError> {
        network
            .0
            .checked_sub(1)
            .map(Self)
            .ok_or(TypesError::MainnetIsNoRollup)
    }
}

impl TryFrom<u32> for RollupIndex {
    type Error = TypesError;

    fn try_from(rollup_index: u32) -> Result<Self, TypesError> {
        match rollup_index {
            u32::MAX => Err(TypesError::NoSuchNetwork { rollup_index }),
            _ => Ok(Self(rollup_index)),
        }
    }
}

impl From<RollupIndex> for u32 {
    fn from(index: RollupIndex) -> Self {
        index.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_its_network_less_one() {
        assert_eq!(
            RollupIndex::try_from(NetworkId::MAINNET),
            Err(TypesError::MainnetIsNoRollup)
        );
        assert_eq!(
            RollupIndex::try_from(u32::MAX),
            Err(TypesError::NoSuchNetwork {
                rollup_index: u32::MAX
            })
        );
        for id in [1, 14, u32::MAX] {
            let index = RollupIndex::try_from(NetworkId::new(id)).map(|index| (index.get(), index.network()));
            assert_eq!(index, Ok((id - 1, NetworkId::new(id))));
        }
    }
}
