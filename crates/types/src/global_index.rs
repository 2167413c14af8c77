//! The word that names one exit of one network.

use alloy_primitives::U256;
use serde::{Deserialize, Serialize};

use crate::error::TypesError;
use crate::network::{NetworkId, RollupIndex};

/// Source network and leaf index in LxLy's packing: bit 64 is the mainnet flag, bits 32 to 63 the rollup index, bits 0
/// to 31 the leaf index. Only canonical words exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "GlobalIndexJson", into = "GlobalIndexJson")]
pub struct GlobalIndex {
    source: NetworkId,
    leaf_index: u32,
}

/// LxLy's JSON of a global index: any three values, canonical or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlobalIndexJson {
    mainnet_flag: bool,
    rollup_index: u32,
    leaf_index: u32,
}

impl GlobalIndex {
    /// The exit at this index of this network.
    pub const fn new(source: NetworkId, leaf_index: u32) -> Self {
        Self { source, leaf_index }
    }

    /// The network that made the exit.
    pub const fn source(self) -> NetworkId {
        self.source
    }

    /// The exit's place in its network's exit tree.
    pub const fn leaf_index(self) -> u32 {
        self.leaf_index
    }

    /// The rollup index of the source, unless that is L1.
    pub fn rollup_index(self) -> Option<RollupIndex> {
        RollupIndex::try_from(self.source).ok()
    }

    /// The word, little-endian, as certificates hash it.
    pub fn to_le_bytes(self) -> [u8; 32] {
        let word: U256 = self.into();
        word.to_le_bytes()
    }

    fn from_parts(mainnet: bool, rollup_index: u32, leaf_index: u32) -> Result<Self, TypesError> {
        let source = match (mainnet, rollup_index) {
            (true, 0) => NetworkId::MAINNET,
            (true, _) => return Err(TypesError::MainnetWithRollupIndex { rollup_index }),
            (false, _) => RollupIndex::try_from(rollup_index)?.network(),
        };
        Ok(Self { source, leaf_index })
    }
}

impl TryFrom<U256> for GlobalIndex {
    type Error = TypesError;

    fn try_from(value: U256) -> Result<Self, TypesError> {
        let [low, flag, ..] = *value.as_limbs();
        if value >> 65 != U256::ZERO {
            return Err(TypesError::GlobalIndexTooLarge { value });
        }
        Self::from_parts(flag == 1, (low >> 32) as u32, low as u32)
    }
}

impl From<GlobalIndex> for U256 {
    fn from(index: GlobalIndex) -> Self {
        let json = GlobalIndexJson::from(index);
        let low = u64::from(json.rollup_index) << 32 | u64::from(json.leaf_index);
        Self::from_limbs([low, u64::from(json.mainnet_flag), 0, 0])
    }
}

impl TryFrom<GlobalIndexJson> for GlobalIndex {
    type Error = TypesError;

    fn try_from(json: GlobalIndexJson) -> Result<Self, TypesError> {
        Self::from_parts(json.mainnet_flag, json.rollup_index, json.leaf_index)
    }
}

impl From<GlobalIndex> for GlobalIndexJson {
    fn from(index: GlobalIndex) -> Self {
        Self {
            mainnet_flag: index.source.is_mainnet(),
            rollup_index: index.rollup_index().map_or(0, RollupIndex::get),
            leaf_index: index.leaf_index,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_words() {
        let mainnet = GlobalIndex::try_from(U256::from(18446744073709748107_u128)).unwrap();
        assert_eq!(mainnet, GlobalIndex::new(NetworkId::MAINNET, 196491));
        let rollup = GlobalIndex::try_from(U256::from(4294968029_u64)).unwrap();
        assert_eq!(rollup, GlobalIndex::new(NetworkId::new(2), 733));
    }

    #[test]
    fn other_words_are_refused_by_name() {
        let word =
            |flag: u64, low: u64| GlobalIndex::try_from(U256::from_limbs([low, flag, 0, 0])).unwrap_err();
        assert_eq!(
            word(1, 5 << 32 | 7),
            TypesError::MainnetWithRollupIndex { rollup_index: 5 }
        );
        let none = TypesError::NoSuchNetwork {
            rollup_index: u32::MAX,
        };
        assert_eq!(word(0, u64::MAX), none);
        for bit in [65, 100, 128, 255] {
            let value = U256::from(1) << bit | U256::from(3);
            assert_eq!(
                GlobalIndex::try_from(value),
                Err(TypesError::GlobalIndexTooLarge { value })
            );
        }
        let json = r#"{"mainnet_flag":true,"rollup_index":1,"leaf_index":0}"#;
        let error = serde_json::from_str::<GlobalIndex>(json).unwrap_err().to_string();
        assert!(
            error.starts_with(&TypesError::MainnetWithRollupIndex { rollup_index: 1 }.to_string()),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn words_and_json_round_trip(source: u32, leaf: u32) {
            let index = GlobalIndex::new(NetworkId::new(source), leaf);
            prop_assert_eq!(GlobalIndex::try_from(Into::<U256>::into(index)), Ok(index));
            let json = serde_json::to_string(&index).unwrap();
            prop_assert_eq!(serde_json::from_str::<GlobalIndex>(&json).unwrap(), index);
        }
    }
}
