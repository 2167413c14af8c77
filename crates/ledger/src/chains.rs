//! The keccak chains through which an epoch and L1 speak to each other.

use alloy_primitives::{Address, B256, keccak256};
use causeway_types::{Authority, ExitRoot, GoldilocksDigest, NetworkId, StateRoot, TypesError};

use crate::error::LedgerError;
use crate::global::GlobalError;
use crate::stored::stored_fields;

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

stored_fields!(RegistryChain, count, hash);

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

    /// Reads the bytes.
    ///
    /// # Errors
    /// Words of digests that are no field elements.
    pub fn decode(bytes: &[u8; Self::ENCODED_LEN]) -> Result<Self, TypesError> {
        let (network, height, exit_count) = (&bytes[..4], &bytes[4..12], &bytes[12..16]);
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0, |number, &byte| number << 8 | u64::from(byte))
        };
        let word = |place: usize| B256::from_slice(&bytes[16 + 32 * place..48 + 32 * place]);
        Ok(Self {
            network: NetworkId::new(number(network) as u32),
            height: number(height),
            exit_count: number(exit_count) as u32,
            exit_root: ExitRoot::new(word(0)),
            state_root: StateRoot::new(word(1)),
            shadow_root: word(2).try_into()?,
            balance_root: word(3).try_into()?,
            nullifier_root: word(4).try_into()?,
            frontier: word(5).try_into()?,
        })
    }
}

/// The chain of an epoch's entries, in the order in which its certificates settle.
pub fn payload_chain<'a>(entries: impl IntoIterator<Item = &'a PayloadEntry>) -> B256 {
    entries
        .into_iter()
        .fold(B256::ZERO, |chain, entry| link(chain, &entry.encode()))
}

/// Reads the entries of an epoch, which settlement logs one after the other.
///
/// # Errors
/// [`GlobalError::PayloadNotWhole`] if they are not whole ones, [`GlobalError::Types`] if one of them is none.
pub fn decode_payload(bytes: &[u8]) -> Result<Vec<PayloadEntry>, GlobalError> {
    let (entries, []) = bytes.as_chunks() else {
        return Err(GlobalError::PayloadNotWhole { length: bytes.len() });
    };
    let entries = entries.iter().map(PayloadEntry::decode);
    Ok(entries.collect::<Result<_, _>>()?)
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

    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn what_an_epoch_logs_is_read_back(seeds in prop::collection::vec(any::<(u32, u64, u32, u64)>(), 0..4), cut in 1..PayloadEntry::ENCODED_LEN) {
            let digest = |word: u64| GoldilocksDigest::reduced([word, !word, word << 32, word >> 1]);
            let entries: Vec<_> = seeds.iter().map(|&(network, height, exit_count, seed)| PayloadEntry {
                network: NetworkId::new(network),
                height,
                exit_count,
                exit_root: ExitRoot::new(keccak256(seed.to_be_bytes())),
                state_root: StateRoot::new(keccak256(height.to_be_bytes())),
                shadow_root: digest(seed),
                balance_root: digest(seed ^ 1),
                nullifier_root: digest(seed ^ 2),
                frontier: digest(seed ^ 3),
            }).collect();
            let bytes: Vec<u8> = entries.iter().flat_map(PayloadEntry::encode).collect();
            prop_assert_eq!(decode_payload(&bytes), Ok(entries));
            let mut longer = bytes;
            longer.extend(vec![0; cut]);
            prop_assert_eq!(decode_payload(&longer), Err(GlobalError::PayloadNotWhole { length: longer.len() }));
        }
    }

    #[test]
    fn an_entry_has_field_elements_where_digests_are() {
        let good = [0; PayloadEntry::ENCODED_LEN];
        assert!(PayloadEntry::decode(&good).is_ok());
        for word in 0..24 {
            let mut bytes = good;
            bytes[16 + 8 * word..24 + 8 * word].fill(0xff);
            let read = PayloadEntry::decode(&bytes);
            // Exit root and state root may be anything.
            if word < 8 {
                assert!(read.is_ok());
            } else {
                let refused = TypesError::WordNotCanonical {
                    index: word % 4,
                    word: u64::MAX,
                };
                assert_eq!(read, Err(refused), "{word}");
                assert_eq!(decode_payload(&bytes), Err(GlobalError::Types(refused)));
            }
        }
    }
}
