use ark_bn254::Fr;
use ark_ff::Zero;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::plonk::config::Hasher;

use super::packing::{LIMBS_PER_WORD, pack};
use super::poseidon2::permute;
use super::{Digest, TranscriptState};

/// Words of the sponge's state: seven of rate and one of capacity.
pub const SPONGE_WIDTH: usize = 8;

/// What a sponge is used for, written into the capacity word so that no use can pose as another. Merkle nodes have a
/// permutation of their own: [`compress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Merkle leaves, with their number of Goldilocks values.
    Leaf(usize),
    /// The Fiat-Shamir transcript.
    Transcript,
    /// The digest that identifies a program, with its number of words.
    Program(usize),
}

impl Domain {
    /// The initial capacity element: a tag times 2^64 plus the length.
    pub fn capacity(self) -> Fr {
        let (tag, length) = match self {
            Self::Leaf(length) => (1u128, length),
            Self::Transcript => (2, 0),
            Self::Program(length) => (3, length),
        };
        Fr::from((tag << 64) + length as u128)
    }
}

/// Poseidon2 over BN254 as plonky2's hash: an overwriting sponge over a wide permutation for leaves, three Goldilocks
/// values a word, and a permutation of two words for nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bn254Hash;

/// Absorbs words seven at a time, the last block padded with zeros (the length is in `domain`); one word out.
pub fn hash_words(domain: Domain, words: impl IntoIterator<Item = Fr>) -> Fr {
    let mut state = [Fr::zero(); SPONGE_WIDTH];
    state[SPONGE_WIDTH - 1] = domain.capacity();
    let mut words = words.into_iter().peekable();
    while words.peek().is_some() {
        for slot in &mut state[..SPONGE_WIDTH - 1] {
            *slot = words.next().unwrap_or_default();
        }
        permute(&mut state);
    }
    state[0]
}

/// Two words to one: the first word of their permutation plus the first of them, without which it could be inverted.
pub fn compress(left: Fr, right: Fr) -> Fr {
    let mut state = [left, right];
    permute(&mut state);
    state[0] + left
}

impl Hasher<GoldilocksField> for Bn254Hash {
    const HASH_SIZE: usize = Digest::BYTES;
    type Hash = Digest;
    type Permutation = TranscriptState;

    fn hash_no_pad(input: &[GoldilocksField]) -> Digest {
        Digest(hash_words(
            Domain::Leaf(input.len()),
            input.chunks(LIMBS_PER_WORD).map(pack),
        ))
    }

    /// Short leaves are hashed too: a leaf that stands for itself could be read as a node.
    fn hash_or_noop(input: &[GoldilocksField]) -> Digest {
        Self::hash_no_pad(input)
    }

    fn two_to_one(left: Digest, right: Digest) -> Digest {
        Digest(compress(left.0, right.0))
    }
}
