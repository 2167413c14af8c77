//! Who speaks for a network, and how a certificate shows it.

use alloy_primitives::{Address, B256, keccak256};
use serde::{Deserialize, Serialize};

use crate::error::TypesError;
use crate::goldilocks::GoldilocksDigest;
use crate::network::NetworkId;
use crate::signature::Signature;

/// Who speaks for a network: a signer, a validity proof's key, or both together. Never nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Authority {
    signer: Option<Address>,
    validity: Option<GoldilocksDigest>,
}

impl Authority {
    /// Kind of an authority that signs.
    pub const SIGNER: u8 = 1;
    /// Kind of an authority that proves.
    pub const VALIDITY: u8 = 2;
    /// Kind of an authority that does both.
    pub const BOTH: u8 = 3;

    /// Whoever signs as this address.
    ///
    /// # Errors
    /// [`TypesError::ZeroAuthorityKey`]: a bad signature recovers to zero in the EVM.
    pub fn signer(signer: Address) -> Result<Self, TypesError> {
        Self::from_parts(Self::SIGNER, signer, GoldilocksDigest::ZERO)
    }

    /// Whoever proves under the key with this digest.
    ///
    /// # Errors
    /// [`TypesError::ZeroAuthorityKey`]: zero stands for a transition without a proof.
    pub fn validity(key: GoldilocksDigest) -> Result<Self, TypesError> {
        Self::from_parts(Self::VALIDITY, Address::ZERO, key)
    }

    /// Whoever does both.
    ///
    /// # Errors
    /// [`TypesError::ZeroAuthorityKey`] if either is zero.
    pub fn both(signer: Address, key: GoldilocksDigest) -> Result<Self, TypesError> {
        Self::from_parts(Self::BOTH, signer, key)
    }

    /// An authority from a registry entry; what its kind has not is zero.
    ///
    /// # Errors
    /// [`TypesError::UnknownAuthorityKind`], [`TypesError::ZeroAuthorityKey`] or [`TypesError::SurplusAuthorityKey`].
    pub fn from_parts(kind: u8, signer: Address, key: GoldilocksDigest) -> Result<Self, TypesError> {
        let (signs, proves) = match kind {
            Self::SIGNER => (true, false),
            Self::VALIDITY => (false, true),
            Self::BOTH => (true, true),
            _ => return Err(TypesError::UnknownAuthorityKind { kind }),
        };
        let (has_signer, has_key) = (!signer.is_zero(), key != GoldilocksDigest::ZERO);
        if (signs && !has_signer) || (proves && !has_key) {
            return Err(TypesError::ZeroAuthorityKey);
        }
        if signs != has_signer || proves != has_key {
            return Err(TypesError::SurplusAuthorityKey { kind });
        }
        Ok(Self {
            signer: signs.then_some(signer),
            validity: proves.then_some(key),
        })
    }

    /// The kind, as registry and leaves write it.
    pub const fn kind(&self) -> u8 {
        match (self.signer, self.validity) {
            (Some(_), Some(_)) => Self::BOTH,
            (Some(_), None) => Self::SIGNER,
            _ => Self::VALIDITY,
        }
    }

    /// The address that has to sign.
    pub const fn signer_address(&self) -> Option<Address> {
        self.signer
    }

    /// Digest of the key under which a proof has to verify.
    pub const fn validity_key(&self) -> Option<GoldilocksDigest> {
        self.validity
    }

    /// The 57 bytes of a registry entry: network, kind, signer, key.
    pub fn encode_entry(&self, network: NetworkId) -> [u8; 57] {
        let mut bytes = [0; 57];
        bytes[..4].copy_from_slice(&network.get().to_be_bytes());
        bytes[4] = self.kind();
        bytes[5..25].copy_from_slice(self.signer.unwrap_or(Address::ZERO).as_slice());
        let key = B256::from(self.validity.unwrap_or(GoldilocksDigest::ZERO));
        bytes[25..].copy_from_slice(key.as_slice());
        bytes
    }
}

/// How a certificate shows that its network made it. Written in JSON as one of
/// `{"Signer":{"signature"}}`, `{"Validity":{"key"}}`, `{"Both":{"signature","key"}}`.
///
/// A validity proof itself travels beside the certificate: what is here is the digest of the key under which it
/// verifies, for the ledger to compare. That it verifies is for the transition's circuit to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Authorisation {
    /// An EIP-712 signature over the certificate digest.
    Signer {
        /// The signature.
        signature: Signature,
    },
    /// A proof whose public inputs are the certificate digest.
    Validity {
        /// Digest of the verifying key.
        key: GoldilocksDigest,
    },
    /// Both of them.
    Both {
        /// The signature.
        signature: Signature,
        /// Digest of the verifying key.
        key: GoldilocksDigest,
    },
}

impl Authorisation {
    /// The signature, if there is one.
    pub const fn signature(&self) -> Option<Signature> {
        match self {
            Self::Signer { signature } | Self::Both { signature, .. } => Some(*signature),
            Self::Validity { .. } => None,
        }
    }

    /// Digest of the key of the validity proof, if there is one.
    pub const fn validity_key(&self) -> Option<GoldilocksDigest> {
        match self {
            Self::Validity { key } | Self::Both { key, .. } => Some(*key),
            Self::Signer { .. } => None,
        }
    }
}

/// The one deployment that certificates are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementDomain {
    /// Chain id of L1.
    pub chain_id: u64,
    /// Address of the settlement contract.
    pub settlement: Address,
}

impl SettlementDomain {
    /// Keccak of the chain id and the address, each in a word of 32 bytes.
    pub fn digest(&self) -> B256 {
        keccak256([word(&self.chain_id.to_be_bytes()), self.settlement.into_word()].concat())
    }

    /// EIP-712's domain separator: name "Causeway", version "1", this chain and contract.
    pub fn separator(&self) -> B256 {
        let kind = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
        let words = [
            keccak256(kind),
            keccak256("Causeway"),
            keccak256("1"),
            word(&self.chain_id.to_be_bytes()),
            self.settlement.into_word(),
        ];
        keccak256(words.concat())
    }

    /// What a signer signs for a certificate digest: the typed data `Certificate(uint32 network,bytes32 digest)`.
    pub fn signing_hash(&self, network: NetworkId, digest: GoldilocksDigest) -> B256 {
        let data = [
            keccak256("Certificate(uint32 network,bytes32 digest)"),
            word(&network.get().to_be_bytes()),
            B256::from(digest),
        ];
        let mut bytes = vec![0x19, 0x01];
        bytes.extend(self.separator());
        bytes.extend(keccak256(data.concat()));
        keccak256(bytes)
    }
}

/// A number as a word of 32 bytes, big-endian.
fn word(bytes: &[u8]) -> B256 {
    B256::left_padding_from(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const SIGNER: Address = Address::repeat_byte(7);

    fn key() -> GoldilocksDigest {
        GoldilocksDigest::new([1, 2, 3, 4]).unwrap()
    }

    #[test]
    fn an_authority_has_exactly_its_keys() {
        let (nobody, no_key) = (Address::ZERO, GoldilocksDigest::ZERO);
        assert_eq!(Authority::signer(SIGNER).unwrap().kind(), 1);
        assert_eq!(Authority::validity(key()).unwrap().kind(), 2);
        assert_eq!(Authority::both(SIGNER, key()).unwrap().kind(), 3);
        for zero in [
            Authority::signer(nobody),
            Authority::validity(no_key),
            Authority::both(nobody, key()),
            Authority::both(SIGNER, no_key),
        ] {
            assert_eq!(zero, Err(TypesError::ZeroAuthorityKey));
        }
        for kind in [0, 4, 255] {
            let unknown = Err(TypesError::UnknownAuthorityKind { kind });
            assert_eq!(Authority::from_parts(kind, SIGNER, key()), unknown);
        }
        for kind in [1, 2] {
            let surplus = Err(TypesError::SurplusAuthorityKey { kind });
            assert_eq!(Authority::from_parts(kind, SIGNER, key()), surplus);
        }
    }

    #[test]
    fn a_signing_hash_binds_deployment_network_and_digest() {
        let domain = SettlementDomain {
            chain_id: 1,
            settlement: SIGNER,
        };
        let elsewhere = SettlementDomain {
            chain_id: 2,
            ..domain
        };
        let other = SettlementDomain {
            settlement: Address::repeat_byte(8),
            ..domain
        };
        let network = NetworkId::new(5);
        let hashes = [
            domain.signing_hash(network, key()),
            elsewhere.signing_hash(network, key()),
            other.signing_hash(network, key()),
            domain.signing_hash(NetworkId::new(6), key()),
            domain.signing_hash(network, GoldilocksDigest::ZERO),
            domain.digest(),
            elsewhere.digest(),
            other.digest(),
        ];
        for (i, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..i].contains(hash), "{i}");
        }
    }
}
