//! Domain-separated Poseidon: every use of the hash has its own tag, and the tag and the length of the message are in
//! the sponge's capacity before anything is absorbed.
//!
//! plonky2's `hash_no_pad` starts from zeros and pads nothing, so that messages of different length or use can collide.
//! In the capacity, tag and length cost no room in the rate: a node of a tree is one permutation, not two.

use alloy_primitives::{Address, B256, U256};
use causeway_types::{GoldilocksDigest, TokenId};
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::poseidon::{Poseidon, SPONGE_RATE, SPONGE_WIDTH};

/// The field of every Poseidon hash here.
pub type F = GoldilocksField;

/// What a hash is for. A tag is up to seven ASCII bytes read as a big-endian number, hence below p.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain(u64);

impl Domain {
    /// A domain from its name: 1 to 7 ASCII bytes, checked at compile time where used in a `const`.
    ///
    /// # Panics
    /// If the name is empty, longer than seven bytes or not ASCII.
    pub const fn new(name: &str) -> Self {
        let bytes = name.as_bytes();
        assert!(
            !bytes.is_empty() && bytes.len() <= 7,
            "a domain has one to seven bytes"
        );
        let (mut tag, mut i) = (0u64, 0);
        while i < bytes.len() {
            assert!(bytes[i].is_ascii(), "a domain is ASCII");
            tag = tag << 8 | bytes[i] as u64;
            i += 1;
        }
        Self(tag)
    }

    /// The tag, for a circuit.
    pub const fn tag(self) -> u64 {
        self.0
    }

    /// Hashes a message: the state starts as eight zeros, tag, length, two zeros; each block of eight elements
    /// overwrites the first of the state and is followed by a permutation; the digest is the first four elements.
    pub fn hash(self, message: &[F]) -> GoldilocksDigest {
        let mut state = [F::ZERO; SPONGE_WIDTH];
        state[SPONGE_RATE] = F::from_canonical_u64(self.0);
        state[SPONGE_RATE + 1] = F::from_canonical_usize(message.len());
        if message.is_empty() {
            state = F::poseidon(state);
        }
        for block in message.chunks(SPONGE_RATE) {
            state[..block.len()].copy_from_slice(block);
            state = F::poseidon(state);
        }
        GoldilocksDigest::reduced([0, 1, 2, 3].map(|index| state[index].to_canonical_u64()))
    }

    /// Hashes two digests: the node above them.
    pub fn node(self, left: GoldilocksDigest, right: GoldilocksDigest) -> GoldilocksDigest {
        let mut message = [F::ZERO; SPONGE_RATE];
        for (element, word) in message
            .iter_mut()
            .zip(left.words().into_iter().chain(right.words()))
        {
            *element = F::from_canonical_u64(word);
        }
        self.hash(&message)
    }
}

/// A message in the making. A value of bytes is cut into words of 32 bits, big-endian, the most significant first, each
/// one element: an element of 64 bits would have two readings where it is above p.
#[derive(Clone, Debug, Default)]
pub struct Message(Vec<F>);

impl Message {
    /// No element.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Appends one word.
    #[must_use]
    pub fn u32(mut self, word: u32) -> Self {
        self.0.push(F::from_canonical_u32(word));
        self
    }

    /// Appends two words, the upper one first.
    #[must_use]
    pub fn u64(self, number: u64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    /// Appends eight words, the uppermost first.
    #[must_use]
    pub fn u256(self, number: U256) -> Self {
        self.bytes(&number.to_be_bytes::<32>())
    }

    /// Appends eight words.
    #[must_use]
    pub fn bytes32(self, bytes: impl Into<B256>) -> Self {
        self.bytes(bytes.into().as_slice())
    }

    /// Appends a digest of Keccak in eight words as its lanes have them: in order, each little-endian.
    #[must_use]
    pub fn keccak_digest(mut self, digest: B256) -> Self {
        let words = digest.as_chunks::<4>().0.iter();
        self.0
            .extend(words.map(|word| F::from_canonical_u32(u32::from_le_bytes(*word))));
        self
    }

    /// Appends five words.
    #[must_use]
    pub fn address(self, address: Address) -> Self {
        self.bytes(address.as_slice())
    }

    /// Appends six words: network, address.
    #[must_use]
    pub fn token(self, token: TokenId) -> Self {
        self.u32(token.network.get()).address(token.address)
    }

    /// Appends one element that is no word.
    #[must_use]
    pub fn element(mut self, element: F) -> Self {
        self.0.push(element);
        self
    }

    /// Appends the four elements of a digest.
    #[must_use]
    pub fn digest(mut self, digest: GoldilocksDigest) -> Self {
        self.0.extend(digest.words().map(F::from_canonical_u64));
        self
    }

    /// The hash of what was appended.
    pub fn hash(&self, domain: Domain) -> GoldilocksDigest {
        domain.hash(&self.0)
    }

    /// The elements.
    pub fn elements(&self) -> &[F] {
        &self.0
    }

    /// Appends bytes, a multiple of four.
    fn bytes(mut self, bytes: &[u8]) -> Self {
        let words = bytes.as_chunks::<4>().0;
        self.0.extend(
            words
                .iter()
                .map(|word| F::from_canonical_u32(u32::from_be_bytes(*word))),
        );
        self
    }
}

/// Leaves of shadow exit trees.
pub const EXIT: Domain = Domain::new("cw.exit");
/// Nodes of shadow exit trees.
pub const EXIT_NODE: Domain = Domain::new("cw.exnd");
/// Leaves of balance trees.
pub const BALANCE: Domain = Domain::new("cw.bal");
/// Nodes of balance trees.
pub const BALANCE_NODE: Domain = Domain::new("cw.blnd");
/// Balance roots: a tree's root and its number of leaves.
pub const BALANCE_ROOT: Domain = Domain::new("cw.blrt");
/// Nodes of nullifier trees.
pub const NULLIFIER_NODE: Domain = Domain::new("cw.nlnd");
/// Entries of history trees.
pub const HISTORY: Domain = Domain::new("cw.hist");
/// Nodes of history trees.
pub const HISTORY_NODE: Domain = Domain::new("cw.hind");
/// States of networks.
pub const NETWORK: Domain = Domain::new("cw.net");
/// Leaves of the global tree: a network's state and its authority.
pub const GLOBAL: Domain = Domain::new("cw.glob");
/// The leaf of L1 in the global tree.
pub const L1: Domain = Domain::new("cw.l1");
/// Nodes of the global tree.
pub const GLOBAL_NODE: Domain = Domain::new("cw.glnd");
/// Frontiers of exit trees.
pub const FRONTIER: Domain = Domain::new("cw.frnt");
/// State commitments.
pub const COMMITMENT: Domain = Domain::new("cw.comm");
/// Links of a certificate's chain of imports.
pub const IMPORT: Domain = Domain::new("cw.imp");
/// Links of a certificate's chain of contingencies.
pub const CONTINGENCY: Domain = Domain::new("cw.cont");
/// Links of a transition's chain of dependencies.
pub const DEPENDENCY: Domain = Domain::new("cw.dep");
/// Certificate digests.
pub const CERTIFICATE: Domain = Domain::new("cw.cert");

#[cfg(test)]
mod tests {
    use super::*;

    const DOMAINS: [Domain; 18] = [
        EXIT,
        EXIT_NODE,
        BALANCE,
        BALANCE_NODE,
        BALANCE_ROOT,
        NULLIFIER_NODE,
        HISTORY,
        HISTORY_NODE,
        NETWORK,
        GLOBAL,
        L1,
        GLOBAL_NODE,
        FRONTIER,
        COMMITMENT,
        IMPORT,
        CONTINGENCY,
        DEPENDENCY,
        CERTIFICATE,
    ];

    #[test]
    fn no_two_domains_share_a_tag() {
        for (i, domain) in DOMAINS.iter().enumerate() {
            assert!(!DOMAINS[..i].contains(domain), "{i}");
        }
        assert_ne!(EXIT.hash(&[F::ONE]), BALANCE.hash(&[F::ONE]));
    }

    /// Seven bytes are below p, whatever they are; an eighth might not be.
    #[test]
    fn a_domain_has_one_to_seven_bytes_of_ascii() {
        assert_eq!(Domain::new("a").tag(), 0x61);
        assert_eq!(Domain::new("1234567").tag(), 0x0031_3233_3435_3637);
        for name in ["", "12345678", "é"] {
            assert!(std::panic::catch_unwind(|| Domain::new(name)).is_err(), "{name}");
        }
    }

    #[test]
    fn the_length_is_bound() {
        let zeros = [F::ZERO; 20];
        let hashes: Vec<_> = (0..zeros.len())
            .map(|length| EXIT.hash(&zeros[..length]))
            .collect();
        for (i, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..i].contains(hash), "{i}");
        }
        let digest = EXIT.hash(&[]);
        assert_eq!(
            EXIT.node(digest, hashes[1]),
            Message::new().digest(digest).digest(hashes[1]).hash(EXIT)
        );
    }

    #[test]
    fn words_are_the_upper_first() {
        let message = Message::new()
            .u64(1 << 32 | 2)
            .u256(U256::from(3))
            .address(Address::repeat_byte(1))
            .keccak_digest(U256::from(0x0102_0304).into());
        let mut expected = vec![1, 2, 0, 0, 0, 0, 0, 0, 0, 3];
        expected.extend([0x0101_0101; 5]);
        expected.extend([0, 0, 0, 0, 0, 0, 0, 0x0403_0201]);
        assert_eq!(
            message.elements(),
            expected
                .into_iter()
                .map(F::from_canonical_u64)
                .collect::<Vec<_>>()
        );
    }
}
