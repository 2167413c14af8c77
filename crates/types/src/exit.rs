//! Exits: what leaves one network for another.

use alloy_primitives::{Address, B256, U256, b256, keccak256};
use serde::{Deserialize, Serialize};

use crate::network::NetworkId;

/// keccak256 of no bytes.
pub const EMPTY_METADATA_HASH: B256 =
    b256!("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");

/// What an exit carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LeafType {
    /// A token; LxLy's asset.
    Transfer = 0,
    /// A message, with or without ether.
    Message = 1,
}

/// No exit has this leaf type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("leaf type {byte}, there are 0 (transfer) and 1 (message)")]
pub struct UnknownLeafType {
    /// The byte.
    pub byte: u8,
}

impl TryFrom<u8> for LeafType {
    type Error = UnknownLeafType;

    fn try_from(byte: u8) -> Result<Self, UnknownLeafType> {
        match byte {
            0 => Ok(Self::Transfer),
            1 => Ok(Self::Message),
            _ => Err(UnknownLeafType { byte }),
        }
    }
}

/// A token on its own network, ordered by network and then address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenId {
    /// Its network.
    #[serde(rename = "origin_network")]
    pub network: NetworkId,
    /// Its address there.
    #[serde(rename = "origin_token_address")]
    pub address: Address,
}

impl TokenId {
    /// Ethereum's ether.
    pub const ETHER: Self = Self {
        network: NetworkId::MAINNET,
        address: Address::ZERO,
    };
}

/// An exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Exit {
    /// What it carries.
    pub leaf_type: LeafType,
    /// The token; for a message its network and sender.
    pub origin: TokenId,
    /// Where it goes.
    pub destination_network: NetworkId,
    /// Who receives it there.
    pub destination_address: Address,
    /// How much, in the token's least unit; of a message, in wei.
    pub amount: U256,
    /// keccak256 of the metadata.
    pub metadata_hash: B256,
}

impl Exit {
    /// Bytes of a leaf's preimage.
    pub const LEN: usize = 113;

    /// The token whose balance moves: messages carry ether, whatever their origin says.
    pub const fn token(&self) -> TokenId {
        match self.leaf_type {
            LeafType::Transfer => self.origin,
            LeafType::Message => TokenId::ETHER,
        }
    }

    /// Leaf type (1 byte), origin network (4), origin address (20), destination network (4), destination address (20), amount
    /// (32), metadata hash (32), all big-endian.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[0] = self.leaf_type as u8;
        bytes[1..5].copy_from_slice(&self.origin.network.get().to_be_bytes());
        bytes[5..25].copy_from_slice(self.origin.address.as_slice());
        bytes[25..29].copy_from_slice(&self.destination_network.get().to_be_bytes());
        bytes[29..49].copy_from_slice(self.destination_address.as_slice());
        bytes[49..81].copy_from_slice(&self.amount.to_be_bytes::<32>());
        bytes[81..].copy_from_slice(self.metadata_hash.as_slice());
        bytes
    }

    /// The leaf: keccak256 of [`Self::to_bytes`].
    pub fn leaf(&self) -> B256 {
        keccak256(self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use alloy_primitives::{Bytes, address};

    use super::*;
    use crate::{MerkleProof, root::ExitRoot};

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Vector {
        origin_network: u32,
        token_address: Address,
        amount: U256,
        destination_network: u32,
        destination_address: Address,
        metadata: Bytes,
        leaf_value: B256,
    }

    #[test]
    fn leaves_are_lxlys() {
        let json = include_str!("../../../vectors/lxly/leaf-vectors.json");
        let vectors: Vec<Vector> = serde_json::from_str(json).unwrap();
        assert_eq!(vectors.len(), 4);
        for vector in vectors {
            let exit = Exit {
                leaf_type: LeafType::Transfer,
                origin: TokenId {
                    network: NetworkId::new(vector.origin_network),
                    address: vector.token_address,
                },
                destination_network: NetworkId::new(vector.destination_network),
                destination_address: vector.destination_address,
                amount: vector.amount,
                metadata_hash: keccak256(&vector.metadata),
            };
            assert_eq!(exit.leaf(), vector.leaf_value);
        }
    }

    /// unified-bridge's own known answer.
    #[test]
    fn a_leaf_and_its_root_are_known() {
        let exit = Exit {
            leaf_type: LeafType::Transfer,
            origin: TokenId::ETHER,
            destination_network: NetworkId::new(1),
            destination_address: address!("c949254d682d8c9ad5682521675b8f43b102aec4"),
            amount: U256::from(10_000_000_000_000_000_000_u128),
            metadata_hash: EMPTY_METADATA_HASH,
        };
        assert_eq!(
            exit.leaf(),
            b256!("22ed288677b4c2afd83a6d7d55f7df7f4eaaf60f7310210c030fd27adacbc5e0")
        );
        let mut siblings = [B256::ZERO; 32];
        for height in 1..32 {
            siblings[height] = keccak256([siblings[height - 1], siblings[height - 1]].concat());
        }
        let proof = MerkleProof::new(siblings);
        assert_eq!(
            proof.root(exit.leaf(), 0),
            b256!("5ba002329b53c11a2f1dfe90b11e031771842056cf2125b43da8103c199dcd7f")
        );
        assert_eq!(proof.root(B256::ZERO, 7), ExitRoot::EMPTY.get());
        assert_eq!(keccak256([]), EMPTY_METADATA_HASH);
    }

    #[test]
    fn messages_move_ether() {
        let message = |leaf_type| Exit {
            leaf_type,
            origin: TokenId {
                network: NetworkId::new(4),
                address: Address::repeat_byte(1),
            },
            destination_network: NetworkId::MAINNET,
            destination_address: Address::ZERO,
            amount: U256::ZERO,
            metadata_hash: B256::ZERO,
        };
        assert_eq!(message(LeafType::Message).token(), TokenId::ETHER);
        assert_eq!(
            message(LeafType::Transfer).token(),
            message(LeafType::Transfer).origin
        );
        assert_eq!(LeafType::try_from(1), Ok(LeafType::Message));
        assert_eq!(LeafType::try_from(2), Err(UnknownLeafType { byte: 2 }));
    }
}
