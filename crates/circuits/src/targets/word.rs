//! Words of 32 bits, and what is made of them.

use causeway_aggregation::{D, F};
use causeway_types::GoldilocksDigest;
use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::hash_types::{HashOut, HashOutTarget};
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

/// A digest of Poseidon: four elements, whatever they are.
pub type DigestTarget = HashOutTarget;

/// The four elements of a digest.
pub(crate) fn elements(digest: GoldilocksDigest) -> [F; 4] {
    digest.words().map(F::from_canonical_u64)
}

/// Fills the witness; `None` if it has other values.
pub(crate) fn set_digest(
    witness: &mut PartialWitness<F>,
    target: DigestTarget,
    digest: GoldilocksDigest,
) -> Option<()> {
    witness.set_target_arr(&target.elements, &elements(digest)).ok()
}

/// Fills the witness; `None` if it has another value.
pub(crate) fn set_u32(witness: &mut PartialWitness<F>, target: U32Target, word: u32) -> Option<()> {
    witness.set_target(target.0, F::from_canonical_u32(word)).ok()
}

/// The digest of four elements.
pub(crate) fn digest_of(elements: [F; 4]) -> GoldilocksDigest {
    GoldilocksDigest::reduced(elements.map(|element| element.to_canonical_u64()))
}

/// A digest that is the same for every witness.
pub(crate) fn constant(builder: &mut CircuitBuilder<F, D>, digest: GoldilocksDigest) -> DigestTarget {
    builder.constant_hash(HashOut {
        elements: elements(digest),
    })
}

/// A number below 2^32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct U32Target(Target);

impl U32Target {
    /// Bits of a word.
    pub const BITS: usize = 32;

    /// A witness, constrained.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        let target = builder.add_virtual_target();
        Self::range_checked(builder, target)
    }

    /// Constrains a target.
    pub fn range_checked(builder: &mut CircuitBuilder<F, D>, target: Target) -> Self {
        builder.range_check(target, Self::BITS);
        Self(target)
    }

    /// A witness, constrained, and its bits, the lowest first: they are its range check.
    pub fn with_bits(builder: &mut CircuitBuilder<F, D>) -> (Self, Vec<BoolTarget>) {
        let target = builder.add_virtual_target();
        (Self(target), builder.split_le(target, Self::BITS))
    }

    /// A target that somebody else has constrained: whoever calls this says who.
    pub(crate) const fn new_unchecked(target: Target) -> Self {
        Self(target)
    }

    /// A constant.
    pub fn constant(builder: &mut CircuitBuilder<F, D>, word: u32) -> Self {
        Self(builder.constant(F::from_canonical_u32(word)))
    }

    /// The target.
    pub const fn target(self) -> Target {
        self.0
    }

    /// One of two.
    pub fn select(builder: &mut CircuitBuilder<F, D>, condition: BoolTarget, yes: Self, no: Self) -> Self {
        Self(builder.select(condition, yes.0, no.0))
    }

    /// The bits, the lowest first. A word has but one reading, being far below p.
    pub fn bits(self, builder: &mut CircuitBuilder<F, D>) -> Vec<BoolTarget> {
        builder.split_le(self.0, Self::BITS)
    }
}

/// Words of a longer value, the uppermost first, as the ledger's messages have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordsTarget<const N: usize>([U32Target; N]);

/// A number below 2^64.
pub type U64Target = WordsTarget<2>;
/// An address.
pub type AddressTarget = WordsTarget<5>;
/// 32 bytes.
pub type Bytes32Target = WordsTarget<8>;
/// An amount: a number below 2^256.
pub type AmountTarget = WordsTarget<8>;

impl<const N: usize> WordsTarget<N> {
    /// A witness, each word constrained.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self(std::array::from_fn(|_| U32Target::new(builder)))
    }

    /// A witness whose words somebody else has constrained: whoever calls this says who.
    pub(crate) fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self(std::array::from_fn(|_| {
            U32Target::new_unchecked(builder.add_virtual_target())
        }))
    }

    /// Of words.
    pub const fn from_words(words: [U32Target; N]) -> Self {
        Self(words)
    }

    /// A constant from big-endian bytes; bytes that are missing are zeros, at the end.
    pub fn constant(builder: &mut CircuitBuilder<F, D>, bytes: &[u8]) -> Self {
        let mut words = bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|word| u32::from_be_bytes(*word));
        Self(std::array::from_fn(|_| {
            U32Target::constant(builder, words.next().unwrap_or(0))
        }))
    }

    /// One of two.
    pub fn select(builder: &mut CircuitBuilder<F, D>, condition: BoolTarget, yes: &Self, no: &Self) -> Self {
        Self(std::array::from_fn(|i| {
            U32Target::select(builder, condition, yes.0[i], no.0[i])
        }))
    }

    /// The words.
    pub const fn words(&self) -> &[U32Target; N] {
        &self.0
    }

    /// The targets.
    pub fn targets(&self) -> [Target; N] {
        self.0.map(U32Target::target)
    }

    /// Fills the witness from big-endian bytes, four for each word; `None` if it has other values, or there are more or fewer bytes.
    pub fn set(&self, witness: &mut PartialWitness<F>, bytes: &[u8]) -> Option<()> {
        let (words, rest) = bytes.as_chunks::<4>();
        if words.len() != N || !rest.is_empty() {
            return None;
        }
        for (target, word) in self.targets().into_iter().zip(words) {
            let word = F::from_canonical_u32(u32::from_be_bytes(*word));
            witness.set_target(target, word).ok()?;
        }
        Some(())
    }
}

/// Whether a number is below another one: whether subtracting that one borrows. Words are below 2^32, the uppermost first.
pub(crate) fn is_below<const N: usize>(
    builder: &mut CircuitBuilder<F, D>,
    number: &[Target; N],
    other: &[Target; N],
) -> BoolTarget {
    let shift = builder.constant(F::from_canonical_u64(1 << 32));
    let mut borrow = builder._false();
    for (&left, &right) in number.iter().zip(other).rev() {
        let difference = builder.sub(left, right);
        let difference = builder.sub(difference, borrow.target);
        let lifted = builder.add(difference, shift);
        // Between 0 and 2^33: the upper bit says that nothing was borrowed.
        let bits = builder.split_le(lifted, 33);
        borrow = builder.not(bits[32]);
    }
    borrow
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::targets::testing::Gadget;

    #[test]
    fn words_are_below_2_to_the_32() {
        let gadget = Gadget::new(|builder| vec![U32Target::new(builder).target()]);
        for word in [0, 1, u64::from(u32::MAX)] {
            assert!(gadget.holds(&[word]), "{word}");
        }
        for word in [1 << 32, 1 << 63, 0xffff_ffff_0000_0000] {
            assert!(!gadget.holds(&[word]), "{word}");
        }
    }

    #[test]
    fn every_word_of_a_value_is_constrained() {
        let gadget = Gadget::new(|builder| AddressTarget::new(builder).targets().to_vec());
        assert!(gadget.holds(&[1, 2, 3, 4, u64::from(u32::MAX)]));
        for at in 0..5 {
            let mut words = [1, 2, 3, 4, 5];
            words[at] = 1 << 32;
            assert!(!gadget.holds(&words), "{at}");
        }
    }

    #[test]
    fn values_are_filled_from_their_bytes_alone() {
        let mut builder = CircuitBuilder::<F, D>::new(causeway_aggregation::config::standard_config());
        let target = U64Target::new(&mut builder);
        let mut witness = PartialWitness::new();
        assert_eq!(target.set(&mut witness, &[0; 7]), None);
        assert_eq!(target.set(&mut witness, &[0; 12]), None);
        assert_eq!(target.set(&mut witness, &7_u64.to_be_bytes()), Some(()));
        assert_eq!(target.set(&mut witness, &8_u64.to_be_bytes()), None);
    }
}
