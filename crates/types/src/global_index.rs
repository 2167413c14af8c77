//! Where an exit stands among those of all networks.

use alloy_primitives::U256;
use serde::{Deserialize, Serialize};

use crate::network::{NetworkId, NoSuchNetwork, RollupIndex};

/// The source of an exit and its index in that network's exit tree, as one canonical number: bits 0 to 31 are the leaf
/// index, bits 32 to 63 the rollup index, bit 64 is set for Ethereum, whose rollup index is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct GlobalIndex {
    source: NetworkId,
    leaf_index: u32,
}

/// Why a number or its fields are no global index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlobalIndexError {
    /// A bit beyond the flag is set.
    #[error("global index {index:#x} has bits above the mainnet flag")]
    HighBits {
        /// The number.
        index: U256,
    },
    /// The flag says Ethereum, and there is a rollup index besides.
    #[error("the mainnet flag is set, and rollup index {rollup_index} besides")]
    RollupIndexOfMainnet {
        /// The rollup index.
        rollup_index: u32,
    },
    /// No network has the rollup index.
    #[error(transparent)]
    NoSuchNetwork(#[from] NoSuchNetwork),
}

/// AggLayer's JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    mainnet_flag: bool,
    rollup_index: u32,
    leaf_index: u32,
}

impl GlobalIndex {
    /// The index of an exit.
    pub const fn new(source: NetworkId, leaf_index: u32) -> Self {
        Self { source, leaf_index }
    }

    /// The network that the exit left.
    pub const fn source(self) -> NetworkId {
        self.source
    }

    /// The exit's index in that network's exit tree.
    pub const fn leaf_index(self) -> u32 {
        self.leaf_index
    }

    /// The number that claims carry.
    pub fn to_u256(self) -> U256 {
        let fields = self.fields();
        let low = u64::from(fields.rollup_index) << 32 | u64::from(fields.leaf_index);
        U256::from_limbs([low, u64::from(fields.mainnet_flag), 0, 0])
    }

    fn fields(self) -> Fields {
        let rollup = RollupIndex::try_from(self.source);
        Fields {
            mainnet_flag: rollup.is_err(),
            rollup_index: rollup.map_or(0, RollupIndex::get),
            leaf_index: self.leaf_index,
        }
    }
}

impl TryFrom<Fields> for GlobalIndex {
    type Error = GlobalIndexError;

    fn try_from(fields: Fields) -> Result<Self, GlobalIndexError> {
        let source = match (fields.mainnet_flag, fields.rollup_index) {
            (true, 0) => NetworkId::MAINNET,
            (true, rollup_index) => return Err(GlobalIndexError::RollupIndexOfMainnet { rollup_index }),
            (false, index) => RollupIndex::try_from(index)?.into(),
        };
        Ok(Self::new(source, fields.leaf_index))
    }
}

impl From<GlobalIndex> for Fields {
    fn from(index: GlobalIndex) -> Self {
        index.fields()
    }
}

impl TryFrom<U256> for GlobalIndex {
    type Error = GlobalIndexError;

    fn try_from(index: U256) -> Result<Self, GlobalIndexError> {
        let [low, high, rest @ ..] = index.into_limbs();
        if high > 1 || rest != [0, 0] {
            return Err(GlobalIndexError::HighBits { index });
        }
        let [a, b, c, d, e, f, g, h] = low.to_le_bytes();
        Self::try_from(Fields {
            mainnet_flag: high == 1,
            rollup_index: u32::from_le_bytes([e, f, g, h]),
            leaf_index: u32::from_le_bytes([a, b, c, d]),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn real_indexes_read_back() {
        for (number, network, leaf) in [
            ("18446744073709748107", 0, 196_491),
            ("4294968029", 2, 733),
            ("0", 1, 0),
        ] {
            let number: U256 = number.parse().unwrap();
            let index = GlobalIndex::try_from(number).unwrap();
            assert_eq!((index.source().get(), index.leaf_index()), (network, leaf));
            assert_eq!(index.to_u256(), number);
        }
    }

    #[test]
    fn what_no_exit_has_is_named() {
        let flag = U256::from(1) << 64;
        assert_eq!(
            GlobalIndex::try_from(flag << 1),
            Err(GlobalIndexError::HighBits { index: flag << 1 })
        );
        assert_eq!(
            GlobalIndex::try_from(flag + (U256::from(3) << 32)),
            Err(GlobalIndexError::RollupIndexOfMainnet { rollup_index: 3 })
        );
        assert_eq!(
            GlobalIndex::try_from(U256::from(u64::MAX)),
            Err(NoSuchNetwork { index: u32::MAX }.into())
        );
        let json = r#"{"mainnet_flag":true,"rollup_index":3,"leaf_index":1}"#;
        let refused = serde_json::from_str::<GlobalIndex>(json).unwrap_err().to_string();
        assert!(refused.contains("the mainnet flag is set"), "{refused}");
    }

    proptest! {
        #[test]
        fn a_number_has_one_index_and_one_json(network: u32, leaf: u32) {
            let index = GlobalIndex::new(NetworkId::new(network), leaf);
            prop_assert_eq!(GlobalIndex::try_from(index.to_u256()), Ok(index));
            let json = serde_json::to_string(&index).unwrap();
            prop_assert_eq!(serde_json::from_str::<GlobalIndex>(&json).unwrap(), index);
        }
    }
}
