//! The keccak chains through which an epoch and L1 speak to each other.

use alloy_primitives::{Address, B256, keccak256};
use causeway_types::{Authority, ExitRoot, GoldilocksDigest, NetworkId, StateRoot};

use crate::error::LedgerError;

/// The link after a chain: keccak of the chain so far and the entry. A chain of nothing is zero.
fn link(chain: B256, entry: &[u8]) -> B256 {
    keccak256([chain.as_slice(), entry].concat())
}

/// The registry: who speaks for which network, in the order in which L1 was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegistryChain {
    count: u32,
    hash: B256,
}

impl RegistryChain {
    /// Of no entry.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The chain.
    pub const fn hash(&self) -> B256 {
        self.hash
    }

    /// One that takes no more.
    #[cfg(test)]
    pub(crate) fn full() -> Self {
        Self {
            count: u32::MAX,
            ..Self::default()
        }
    }

    /// Appends an entry: 57 bytes.
    ///
    /// # Errors
    /// [`LedgerError::MainnetHasNoState`] for network 0, [`LedgerError::TreeFull`] after 2^32 - 1 entries.
    pub fn append(&mut self, network: NetworkId, authority: &Authority) -> Result<(), LedgerError> {
        if network.is_mainnet() {
            return Err(LedgerError::MainnetHasNoState);
        }
        self.count = self.count.checked_add(1).ok_or(LedgerError::TreeFull)?;
        self.hash = link(self.hash, &authority.encode_entry(network));
        Ok(())
    }
}

/// What an epoch publishes of one certificate. With the events of registry and bridge, the entries are the whole preimage
/// of every leaf of the global tree and of every history entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadEntry {
    /// The network.
    pub network: NetworkId,
    /// Height of the certificate: the network's height after it, less one.
    pub height: u64,
    /// Exits after it.
    pub exit_count: u32,
    /// Exit root after it.
    pub exit_root: ExitRoot,
    /// State root after it.
    pub state_root: StateRoot,
    /// Shadow exit root after it.
    pub shadow_root: GoldilocksDigest,
    /// Balance root after it.
    pub balance_root: GoldilocksDigest,
    /// Nullifier root after it.
    pub nullifier_root: GoldilocksDigest,
    /// Digest of the exit tree's frontier after it. The exits of a network are not on L1: nobody else could compute it.
    pub frontier: GoldilocksDigest,
}

impl PayloadEntry {
    /// Length of the encoding.
    pub const ENCODED_LEN: usize = 208;

    /// The bytes: the fields in order, numbers big-endian.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::ENCODED_LEN);
        bytes.extend(self.network.get().to_be_bytes());
        bytes.extend(self.height.to_be_bytes());
        bytes.extend(self.exit_count.to_be_bytes());
        for word in [
            self.exit_root.into(),
            self.state_root.into(),
            B256::from(self.shadow_root),
            self.balance_root.into(),
            self.nullifier_root.into(),
            self.frontier.into(),
        ] {
            bytes.extend(word);
        }
        bytes
    }
}

/// The chain of an epoch's entries, in the order in which its certificates settle.
pub fn payload_chain<'a>(entries: impl IntoIterator<Item = &'a PayloadEntry>) -> B256 {
    entries
        .into_iter()
        .fold(B256::ZERO, |chain, entry| link(chain, &entry.encode()))
}

/// Whose agreement with which certificate an epoch rests on: that of a network's signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorisationEntry {
    /// The network.
    pub network: NetworkId,
    /// Digest of the certificate.
    pub digest: GoldilocksDigest,
    /// Who has to agree.
    pub signer: Address,
}

impl AuthorisationEntry {
    /// Length of the encoding.
    pub const ENCODED_LEN: usize = 56;

    /// The bytes: network, big-endian, digest, signer. So it stands in the contract's calldata, too.
    pub fn encode(&self) -> [u8; Self::ENCODED_LEN] {
        let mut bytes = [0; Self::ENCODED_LEN];
        bytes[..4].copy_from_slice(&self.network.get().to_be_bytes());
        bytes[4..36].copy_from_slice(B256::from(self.digest).as_slice());
        bytes[36..].copy_from_slice(self.signer.as_slice());
        bytes
    }
}

/// The chain of an epoch's authorisations, in the order in which its certificates settle.
pub fn authorisations_chain<'a>(entries: impl IntoIterator<Item = &'a AuthorisationEntry>) -> B256 {
    entries
        .into_iter()
        .fold(B256::ZERO, |chain, entry| link(chain, &entry.encode()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_authorisations_chain_binds_every_field_and_the_order() {
        let entry = AuthorisationEntry {
            network: NetworkId::new(7),
            digest: GoldilocksDigest::new([1, 2, 3, 4]).unwrap(),
            signer: Address::repeat_byte(9),
        };
        let others = [
            AuthorisationEntry {
                network: NetworkId::new(8),
                ..entry
            },
            AuthorisationEntry {
                digest: GoldilocksDigest::ZERO,
                ..entry
            },
            AuthorisationEntry {
                signer: Address::ZERO,
                ..entry
            },
        ];
        assert_eq!(authorisations_chain(&[]), B256::ZERO);
        let bytes = [[0; 32].as_slice(), &entry.encode()].concat();
        assert_eq!(authorisations_chain(&[entry]), keccak256(bytes));
        for other in others {
            assert_ne!(authorisations_chain(&[other]), authorisations_chain(&[entry]));
            let orders = [[entry, other], [other, entry]].map(|order| authorisations_chain(&order));
            assert_ne!(orders[0], orders[1]);
        }
    }

    #[test]
    fn a_registry_has_no_entry_of_l1_and_binds_its_order() {
        let authorities = [1, 2].map(|byte| Authority::signer(Address::repeat_byte(byte)).unwrap());
        let mut chain = RegistryChain::new();
        let refused = chain.append(NetworkId::MAINNET, &authorities[0]);
        assert_eq!(refused, Err(LedgerError::MainnetHasNoState));
        assert_eq!((chain.count(), chain.hash()), (0, B256::ZERO));
        let network = NetworkId::new(u32::MAX);
        let chains = [[0, 1], [1, 0]].map(|order| {
            let mut chain = RegistryChain::new();
            for at in order {
                chain.append(network, &authorities[at]).unwrap();
            }
            chain
        });
        assert_eq!((chains[0].count(), chains[1].count()), (2, 2));
        assert_ne!(chains[0].hash(), chains[1].hash());
        let mut full = RegistryChain::full();
        assert_eq!(full.append(network, &authorities[0]), Err(LedgerError::TreeFull));
        assert_eq!(full, RegistryChain::full());
    }
}
