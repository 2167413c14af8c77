//! Three 64-bit Goldilocks values in one BN254 scalar.

use ark_bn254::Fr;
use ark_ff::{BigInteger256, PrimeField};
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::{Field, PrimeField64};

/// Goldilocks values that fit one word: 192 bits, well below the modulus, so that packing is injective.
pub const LIMBS_PER_WORD: usize = 3;

/// `a + b 2^64 + c 2^128` over the canonical values; missing ones count as zero.
///
/// # Panics
/// If given more than [`LIMBS_PER_WORD`] values.
#[inline]
pub fn pack(values: &[GoldilocksField]) -> Fr {
    assert!(values.len() <= LIMBS_PER_WORD, "a word holds three limbs");
    let mut limbs = [0u64; 4];
    limbs
        .iter_mut()
        .zip(values)
        .for_each(|(limb, value)| *limb = value.to_canonical_u64());
    Fr::from_bigint(BigInteger256::new(limbs)).expect("192 bits are below the modulus")
}

/// The three low 64-bit limbs of the canonical value, each reduced modulo p; the top 62 bits are dropped.
#[inline]
pub fn limbs(word: &Fr) -> [GoldilocksField; LIMBS_PER_WORD] {
    let limbs = word.into_bigint().0;
    [limbs[0], limbs[1], limbs[2]].map(GoldilocksField::from_noncanonical_u64)
}
