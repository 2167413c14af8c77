//! Whoever sends transactions on chains of developers.

use alloy_primitives::{Address, B256, keccak256};
use alloy_signer_local::PrivateKeySigner;

/// An account whose key everybody can know.
#[derive(Clone, Debug)]
pub struct Account {
    signer: PrivateKeySigner,
}

impl Account {
    /// The account of a name: its key is the hash of the name.
    pub fn named(name: &str) -> Self {
        let key = keccak256(["causeway devnet ".as_bytes(), name.as_bytes()].concat());
        Self::from_key(key).unwrap_or_else(|| unreachable!("a hash is a key but once in 2^128 times"))
    }

    /// The account of a key; none if it is no key.
    pub fn from_key(key: B256) -> Option<Self> {
        let signer = PrivateKeySigner::from_bytes(&key).ok()?;
        Some(Self { signer })
    }

    /// Its address.
    pub const fn address(&self) -> Address {
        self.signer.address()
    }

    /// Its key.
    pub fn key(&self) -> B256 {
        self.signer.to_bytes()
    }

    /// Who signs for it.
    pub const fn signer(&self) -> &PrivateKeySigner {
        &self.signer
    }
}
