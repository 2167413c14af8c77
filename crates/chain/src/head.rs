//! Blocks, as far as they matter here.

use alloy_primitives::{B256, U64, U256};
use serde::{Deserialize, Serialize, Serializer};

/// A block's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// The hash of the one before it.
    pub parent: B256,
    /// When it was made, in seconds since 1970.
    pub timestamp: u64,
    /// What its transactions paid at least, in wei per gas; 0 where blocks have no base fee.
    pub base_fee: u128,
    /// How much gas its transactions have together; nothing if it does not say.
    pub gas_limit: Option<u64>,
}

impl<'de> Deserialize<'de> for Head {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Fields {
            number: U64,
            hash: B256,
            parent_hash: B256,
            timestamp: U64,
            #[serde(default)]
            base_fee_per_gas: Option<U256>,
            #[serde(default)]
            gas_limit: Option<U64>,
        }
        let fields = Fields::deserialize(deserializer)?;
        let base_fee = fields.base_fee_per_gas.unwrap_or_default();
        Ok(Self {
            number: fields.number.to(),
            hash: fields.hash,
            parent: fields.parent_hash,
            timestamp: fields.timestamp.to(),
            base_fee: u128::try_from(base_fee).map_err(serde::de::Error::custom)?,
            gas_limit: fields.gas_limit.map(|limit| limit.to()),
        })
    }
}

/// Which block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tag {
    /// The newest.
    Latest,
    /// The newest that the chain goes back behind only if many validators fail.
    Safe,
    /// The newest that it never goes back behind.
    Finalized,
    /// The one of this number.
    Number(u64),
}

impl Serialize for Tag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Latest => serializer.serialize_str("latest"),
            Self::Safe => serializer.serialize_str("safe"),
            Self::Finalized => serializer.serialize_str("finalized"),
            Self::Number(number) => serializer.serialize_str(&format!("{number:#x}")),
        }
    }
}
