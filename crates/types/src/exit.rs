//! Exits: what a network sends to another.

use alloy_primitives::{Address, B256, U256, b256, keccak256};
use serde::{Deserialize, Serialize};

use crate::amount::AmountJson;
use crate::error::TypesError;
use crate::network::NetworkId;

/// Keccak of no bytes: the metadata hash of an exit without metadata.
pub const EMPTY_METADATA_HASH: B256 =
    b256!("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");

/// What an exit carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum LeafType {
    /// A token.
    Transfer = 0,
    /// A call, with L1's ETH.
    Message = 1,
}

impl TryFrom<u8> for LeafType {
    type Error = TypesError;

    fn try_from(got: u8) -> Result<Self, TypesError> {
        match got {
            0 => Ok(Self::Transfer),
            1 => Ok(Self::Message),
            _ => Err(TypesError::UnknownLeafType { got }),
        }
    }
}

/// A token by its home: ordered by network, then address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenId {
    /// The network that issues the token.
    #[serde(rename = "origin_network")]
    pub network: NetworkId,
    /// Its address there.
    #[serde(rename = "origin_token_address")]
    pub address: Address,
}

impl TokenId {
    /// L1's ETH, the least of all tokens.
    pub const ETH: Self = Self {
        network: NetworkId::MAINNET,
        address: Address::ZERO,
    };
}

/// One leaf of an exit tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "ExitJson", into = "ExitJson")]
pub struct Exit {
    /// What it carries.
    pub leaf_type: LeafType,
    /// The token; for a message the sending network and caller.
    pub token: TokenId,
    /// Where it goes.
    pub destination_network: NetworkId,
    /// To whom.
    pub destination_address: Address,
    /// How much.
    pub amount: U256,
    /// Keccak of the metadata.
    pub metadata_hash: B256,
}

impl Exit {
    /// Length of the encoding.
    pub const ENCODED_LEN: usize = 113;

    /// The 113 bytes that the leaf hashes.
    pub fn encode(&self) -> [u8; Self::ENCODED_LEN] {
        let mut bytes = [0; Self::ENCODED_LEN];
        bytes[0] = self.leaf_type as u8;
        bytes[1..5].copy_from_slice(&self.token.network.get().to_be_bytes());
        bytes[5..25].copy_from_slice(self.token.address.as_slice());
        bytes[25..29].copy_from_slice(&self.destination_network.get().to_be_bytes());
        bytes[29..49].copy_from_slice(self.destination_address.as_slice());
        bytes[49..81].copy_from_slice(&self.amount.to_be_bytes::<32>());
        bytes[81..].copy_from_slice(self.metadata_hash.as_slice());
        bytes
    }

    /// The leaf of the exit tree: keccak of [`Self::encode`].
    pub fn leaf(&self) -> B256 {
        keccak256(self.encode())
    }

    /// The token whose balance the exit moves: a message moves L1's ETH, whatever its origin fields say.
    pub const fn balance_token(&self) -> TokenId {
        match self.leaf_type {
            LeafType::Transfer => self.token,
            LeafType::Message => TokenId::ETH,
        }
    }
}

/// An exit as LxLy's JSON holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitJson {
    leaf_type: LeafType,
    token_info: TokenId,
    dest_network: NetworkId,
    dest_address: Address,
    amount: AmountJson,
    /// With or without 0x; null stands for the hash of no metadata.
    metadata: Option<Box<str>>,
}

impl TryFrom<&ExitJson> for Exit {
    type Error = TypesError;

    fn try_from(json: &ExitJson) -> Result<Self, TypesError> {
        let metadata_hash = match &json.metadata {
            Some(text) => text.parse().map_err(|_| TypesError::MetadataHashMalformed)?,
            None => EMPTY_METADATA_HASH,
        };
        Ok(Self {
            leaf_type: json.leaf_type,
            token: json.token_info,
            destination_network: json.dest_network,
            destination_address: json.dest_address,
            amount: U256::try_from(&json.amount)?,
            metadata_hash,
        })
    }
}

impl TryFrom<ExitJson> for Exit {
    type Error = TypesError;

    fn try_from(json: ExitJson) -> Result<Self, TypesError> {
        Self::try_from(&json)
    }
}

impl From<Exit> for ExitJson {
    fn from(exit: Exit) -> Self {
        let metadata = (exit.metadata_hash != EMPTY_METADATA_HASH)
            .then(|| alloy_primitives::hex::encode(exit.metadata_hash).into());
        Self {
            leaf_type: exit.leaf_type,
            token_info: exit.token,
            dest_network: exit.destination_network,
            dest_address: exit.destination_address,
            amount: exit.amount.into(),
            metadata,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use alloy_primitives::{Bytes, address};

    use super::*;

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct LeafVector {
        origin_network: u32,
        token_address: Address,
        amount: AmountJson,
        destination_network: u32,
        destination_address: Address,
        metadata: Bytes,
        leaf_value: B256,
    }

    #[test]
    fn leaves_are_those_of_the_vectors() {
        let vectors: Vec<LeafVector> =
            serde_json::from_str(include_str!("../../../vectors/lxly/leaf-vectors.json")).unwrap();
        assert_eq!(vectors.len(), 4);
        for vector in vectors {
            let exit = Exit {
                leaf_type: LeafType::Transfer,
                token: TokenId {
                    network: NetworkId::new(vector.origin_network),
                    address: vector.token_address,
                },
                destination_network: NetworkId::new(vector.destination_network),
                destination_address: vector.destination_address,
                amount: U256::try_from(&vector.amount).unwrap(),
                metadata_hash: keccak256(&vector.metadata),
            };
            assert_eq!(exit.leaf(), vector.leaf_value);
        }
    }

    #[test]
    fn a_known_leaf_and_each_of_its_fields() {
        let exit = Exit {
            leaf_type: LeafType::Transfer,
            token: TokenId::ETH,
            destination_network: NetworkId::new(1),
            destination_address: address!("c949254d682d8c9ad5682521675b8f43b102aec4"),
            amount: U256::from(10_u64.pow(19)),
            metadata_hash: EMPTY_METADATA_HASH,
        };
        let leaf = b256!("22ed288677b4c2afd83a6d7d55f7df7f4eaaf60f7310210c030fd27adacbc5e0");
        assert_eq!(exit.leaf(), leaf);
        assert_eq!(keccak256([]), EMPTY_METADATA_HASH);
        let changes: [fn(&mut Exit); 7] = [
            |exit| exit.leaf_type = LeafType::Message,
            |exit| exit.token.network = NetworkId::new(1),
            |exit| exit.token.address.0[19] = 1,
            |exit| exit.destination_network = NetworkId::new(2),
            |exit| exit.destination_address.0[0] = 1,
            |exit| exit.amount += U256::from(1),
            |exit| exit.metadata_hash = B256::ZERO,
        ];
        for change in changes {
            let mut changed = exit;
            change(&mut changed);
            assert_ne!(changed.leaf(), leaf, "{changed:?}");
        }
    }

    #[test]
    fn a_message_moves_eth() {
        let mut exit = serde_json::from_str::<Exit>(JSON).unwrap();
        assert_eq!(exit.balance_token(), exit.token);
        exit.leaf_type = LeafType::Message;
        assert_eq!(exit.balance_token(), TokenId::ETH);
        assert!(TokenId::ETH < exit.token);
    }

    const JSON: &str = r#"{"leaf_type":"Transfer","token_info":{"origin_network":3,"origin_token_address":
        "0xaae0a1ab5eda004d7884c0c081f490d5a77e8c32"},"dest_network":0,"dest_address":
        "0x78a0cd642a490bb203b2e895b0dd0622ab3ba0e2","amount":"7","metadata":null}"#;

    #[test]
    fn metadata_comes_in_three_forms() {
        let exit = serde_json::from_str::<Exit>(JSON).unwrap();
        assert_eq!(exit.metadata_hash, EMPTY_METADATA_HASH);
        for prefix in ["", "0x"] {
            let hash = B256::repeat_byte(0xab);
            let text = format!("\"{prefix}{}\"", alloy_primitives::hex::encode(hash));
            let exit = serde_json::from_str::<Exit>(&JSON.replace("null", &text)).unwrap();
            assert_eq!(exit.metadata_hash, hash);
        }
        let short = serde_json::from_str::<ExitJson>(&JSON.replace("null", "\"abcd\"")).unwrap();
        assert_eq!(Exit::try_from(short), Err(TypesError::MetadataHashMalformed));
        let number = serde_json::from_str::<ExitJson>(&JSON.replace("\"7\"", "7")).unwrap();
        assert_eq!(Exit::try_from(number), Err(TypesError::AmountIsNumber));
    }

    #[test]
    fn a_leaf_type_is_zero_or_one() {
        for leaf_type in [LeafType::Transfer, LeafType::Message] {
            assert_eq!(LeafType::try_from(leaf_type as u8), Ok(leaf_type));
        }
        assert_eq!(LeafType::try_from(2), Err(TypesError::UnknownLeafType { got: 2 }));
    }
}
