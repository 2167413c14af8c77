//! Byte strings in circuits, for Keccak to hash.
//!
//! Keccak reads a limb of four bytes with the first one lowest, the ledger writes a word with the first one uppermost: between
//! the two a word is cut into bits, which is its range check as well.

use causeway_aggregation::limbs::canonical_bits;
use causeway_aggregation::{D, F};
use plonky2::field::types::Field;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::word::{DigestTarget, U32Target, WordsTarget};
use crate::keccak::{BlockTarget, DIGEST_LIMBS, DigestTarget as KeccakTarget, RATE_LIMBS};

/// Bytes of a limb.
const LIMB: usize = 4;

/// The bits of a byte, the lowest first.
pub type ByteTarget = [BoolTarget; 8];

/// A limb of a byte string, or one byte of it.
#[derive(Clone, Copy, Debug)]
enum Part {
    Limb(Target),
    Byte(ByteTarget),
}

/// A byte string in the making.
#[derive(Clone, Debug, Default)]
pub struct BytesTarget {
    parts: Vec<Part>,
    len: usize,
}

impl BytesTarget {
    /// No byte.
    pub const fn new() -> Self {
        Self {
            parts: Vec::new(),
            len: 0,
        }
    }

    /// Appends a byte.
    #[must_use]
    pub fn byte(mut self, byte: ByteTarget) -> Self {
        self.parts.push(Part::Byte(byte));
        self.len += 1;
        self
    }

    /// Appends bytes that are the same for every witness.
    #[must_use]
    pub fn constant(self, builder: &mut CircuitBuilder<F, D>, bytes: &[u8]) -> Self {
        bytes.iter().fold(self, |string, byte| {
            string.byte(std::array::from_fn(|bit| {
                builder.constant_bool(byte >> bit & 1 == 1)
            }))
        })
    }

    /// Appends the four bytes of a word, of which these are the bits, the lowest first.
    #[must_use]
    pub fn word_bits(self, bits: &[BoolTarget]) -> Self {
        let bytes = bits.as_chunks::<8>().0.iter().rev();
        bytes.fold(self, |string, byte| string.byte(*byte))
    }

    /// Appends the four bytes of a word, the uppermost first.
    #[must_use]
    pub fn word(self, builder: &mut CircuitBuilder<F, D>, word: U32Target) -> Self {
        let bits = word.bits(builder);
        self.word_bits(&bits)
    }

    /// Appends the bytes of a longer value.
    #[must_use]
    pub fn words<const N: usize>(self, builder: &mut CircuitBuilder<F, D>, words: &WordsTarget<N>) -> Self {
        let words = words.words().iter();
        words.fold(self, |string, &word| string.word(builder, word))
    }

    /// Appends the 32 bytes of a digest of Poseidon: eight for each element, as it is below p, the uppermost first.
    #[must_use]
    pub fn digest(self, builder: &mut CircuitBuilder<F, D>, digest: DigestTarget) -> Self {
        digest.elements.iter().fold(self, |string, &element| {
            let bits = canonical_bits(builder, element);
            string.word_bits(&bits[32..]).word_bits(&bits[..32])
        })
    }

    /// Appends the 32 bytes of a digest of Keccak.
    #[must_use]
    pub fn keccak(self, builder: &mut CircuitBuilder<F, D>, digest: &KeccakTarget) -> Self {
        digest.iter().fold(self, |mut string, &limb| {
            if string.len.is_multiple_of(LIMB) {
                string.parts.push(Part::Limb(limb));
                string.len += LIMB;
                return string;
            }
            let bits = builder.split_le(limb, 32);
            let bytes = bits.as_chunks::<8>().0.iter();
            bytes.fold(string, |string, byte| string.byte(*byte))
        })
    }

    /// How many bytes there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The limbs; zeros fill the last one.
    pub fn limbs(&self, builder: &mut CircuitBuilder<F, D>) -> Vec<Target> {
        let mut limbs = Vec::with_capacity(self.len.div_ceil(LIMB));
        let mut parts = self.parts.as_slice();
        while let Some((first, rest)) = parts.split_first() {
            match first {
                Part::Limb(limb) => {
                    limbs.push(*limb);
                    parts = rest;
                }
                // Limbs begin where whole ones end: up to four parts from here are bytes.
                Part::Byte(_) => {
                    let bytes = parts.iter().take(LIMB).map_while(|part| match part {
                        Part::Byte(byte) => Some(*byte),
                        Part::Limb(_) => None,
                    });
                    let bytes: Vec<ByteTarget> = bytes.collect();
                    limbs.push(builder.le_sum(bytes.as_flattened().iter()));
                    parts = &parts[bytes.len()..];
                }
            }
        }
        limbs
    }

    /// The blocks, as Keccak-256 pads the string.
    pub fn blocks(&self, builder: &mut CircuitBuilder<F, D>) -> Vec<BlockTarget> {
        let padded = self.clone().constant(builder, &[0x01]);
        let mut limbs = padded.limbs(builder);
        let zero = builder.zero();
        limbs.resize(limbs.len().next_multiple_of(RATE_LIMBS), zero);
        if let Some(last) = limbs.last_mut() {
            *last = builder.add_const(*last, F::from_canonical_u32(0x8000_0000));
        }
        limbs.as_chunks::<RATE_LIMBS>().0.to_vec()
    }
}

/// The limbs of 32 bytes, for Keccak.
pub fn keccak_limbs(builder: &mut CircuitBuilder<F, D>, words: &WordsTarget<DIGEST_LIMBS>) -> KeccakTarget {
    words.words().map(|word| swap_bytes(builder, word))
}

/// The words of a digest of Keccak: 16 rows.
pub fn keccak_words(builder: &mut CircuitBuilder<F, D>, limbs: &KeccakTarget) -> WordsTarget<DIGEST_LIMBS> {
    // Limbs are below 2^32 as long as their bits are taken, which swapping does.
    let words = limbs.map(|limb| swap_bytes(builder, U32Target::new_unchecked(limb)));
    WordsTarget::from_words(words.map(U32Target::new_unchecked))
}

/// A word with its bytes in the other order: a limb of Keccak, and back.
fn swap_bytes(builder: &mut CircuitBuilder<F, D>, word: U32Target) -> Target {
    let bits = word.bits(builder);
    builder.le_sum(bits.as_chunks::<8>().0.iter().rev().flatten())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use causeway_types::goldilocks::GOLDILOCKS_ORDER;
    use plonky2::iop::witness::PartialWitness;

    use super::*;
    use crate::keccak::{blocks, digest_limbs};
    use crate::targets::Bytes32Target;
    use crate::targets::testing::Gadget;

    /// A string of `before` bytes, then all kinds of parts. Targets: words 0..2, elements 2..6, limbs 6..14, the blocks' from 14 on.
    fn gadget(before: usize) -> Gadget {
        Gadget::new(|builder| {
            let words = WordsTarget::<2>::new(builder);
            let digest = builder.add_virtual_hash();
            let limbs: KeccakTarget = builder.add_virtual_target_arr();
            let string = BytesTarget::new()
                .constant(builder, &vec![0xc3; before])
                .keccak(builder, &limbs)
                .words(builder, &words)
                .digest(builder, digest);
            assert_eq!(string.len(), before + 72);
            let blocks = string.blocks(builder);
            [
                &words.targets()[..],
                &digest.elements,
                &limbs,
                blocks.as_flattened(),
            ]
            .concat()
        })
    }

    fn values(before: usize, elements: [u64; 4]) -> Vec<u64> {
        let words = [0x0102_0304_u32, 0xf1f2_f3f4];
        let keccak: [u8; 32] = std::array::from_fn(|byte| 0xd0 + byte as u8);
        let bytes = [
            vec![0xc3; before],
            keccak.to_vec(),
            words.map(u32::to_be_bytes).concat(),
            elements.map(u64::to_be_bytes).concat(),
        ]
        .concat();
        [
            words.map(u64::from).to_vec(),
            elements.to_vec(),
            digest_limbs(keccak).map(u64::from).to_vec(),
            blocks(&bytes)
                .into_flattened()
                .into_iter()
                .map(u64::from)
                .collect(),
        ]
        .concat()
    }

    #[test]
    fn strings_are_padded_as_keccak_does_wherever_their_parts_begin() {
        let elements = [0, u64::from(u32::MAX), 1 << 32, GOLDILOCKS_ORDER - 1];
        // Padding in a limb of its own, in the last limb of a block, in the last byte of one, and in a block of its own.
        for before in [0, 1, 2, 3, 60, 63, 64, 65] {
            let (gadget, values) = (gadget(before), values(before, elements));
            assert!(gadget.holds(&values), "{before}");
            for at in 0..values.len() {
                let mut other = values.clone();
                other[at] ^= 1;
                // A target that stands in two places has no other to disagree with.
                let targets = gadget.targets().iter();
                let alone = targets.filter(|target| **target == gadget.targets()[at]).count() == 1;
                assert!(!alone || !gadget.holds(&other), "{before}: {at}");
            }
        }
    }

    #[test]
    fn words_are_limbs_with_their_bytes_swapped() {
        let gadget = Gadget::new(|builder| {
            let words = Bytes32Target::new(builder);
            let limbs = keccak_limbs(builder, &words);
            [words.targets(), limbs].concat()
        });
        let bytes: [u8; 32] = std::array::from_fn(|byte| 7 * byte as u8 + 1);
        let words = bytes.as_chunks::<4>().0.iter();
        let words: Vec<u64> = words.map(|word| u32::from_be_bytes(*word).into()).collect();
        gadget.holds_alone(&[words, digest_limbs(bytes).map(u64::from).to_vec()].concat());
    }

    #[test]
    fn words_with_bits_are_below_2_to_the_32() {
        let gadget = Gadget::new(|builder| {
            let (word, bits) = U32Target::with_bits(builder);
            let string = BytesTarget::new().word_bits(&bits);
            vec![word.target(), string.limbs(builder)[0]]
        });
        assert!(gadget.holds(&[0x0102_0304, 0x0403_0201]));
        assert!(!gadget.holds(&[1 << 32 | 0x0102_0304, 0x0403_0201]));
        assert!(!gadget.takes(&[1 << 32]));
    }

    #[test]
    fn constants_are_filled_from_bytes() {
        let gadget = Gadget::new(|builder| {
            WordsTarget::<3>::constant(builder, &[1, 2, 3, 4, 5, 6, 7, 8])
                .targets()
                .to_vec()
        });
        assert_eq!(
            gadget.read(&PartialWitness::new(), 3),
            [0x0102_0304, 0x0506_0708, 0]
        );
    }
}
