use ark_bn254::Fr;
use ark_ff::Zero;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::plonk::config::Hasher;

use super::packing::{LIMBS_PER_WORD, pack};
use super::poseidon2::{WIDTH, permute};
use super::{Digest, TranscriptState};

/// What a permutation is used for, written into the capacity element so that no use can pose as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Merkle leaves, with their number of Goldilocks values.
    Leaf(usize),
    /// Merkle nodes.
    Node,
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
            Self::Node => (2, 0),
            Self::Transcript => (3, 0),
            Self::Program(length) => (4, length),
        };
        Fr::from((tag << 64) + length as u128)
    }
}

/// Poseidon2 over BN254 as plonky2's hash: an overwriting sponge of rate 2, three Goldilocks values a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bn254Hash;

/// Absorbs words two at a time, the last block padded with zeros (the length is in `domain`); one word out.
pub fn hash_words(domain: Domain, words: impl IntoIterator<Item = Fr>) -> Fr {
    let mut state = [Fr::zero(), Fr::zero(), domain.capacity()];
    let mut words = words.into_iter().peekable();
    while words.peek().is_some() {
        for slot in &mut state[..WIDTH - 1] {
            *slot = words.next().unwrap_or_default();
        }
        permute(&mut state);
    }
    state[0]
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
        Digest(hash_words(Domain::Node, [left.0, right.0]))
    }
}
