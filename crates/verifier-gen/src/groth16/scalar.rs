//! Scalars of multi-exponentiations, cut into signed windows.

use ark_bn254::Fr;
use ark_ff::{BigInteger, PrimeField};

/// A scalar as sign and magnitude, the magnitude at most half the group order: small negative numbers are small.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scalar {
    magnitude: [u64; 4],
    negative: bool,
}

impl From<Fr> for Scalar {
    fn from(value: Fr) -> Self {
        let magnitude = value.into_bigint();
        if magnitude > Fr::MODULUS_MINUS_ONE_DIV_TWO {
            let mut negated = Fr::MODULUS;
            negated.sub_with_borrow(&magnitude);
            Self {
                magnitude: negated.0,
                negative: true,
            }
        } else {
            Self {
                magnitude: magnitude.0,
                negative: false,
            }
        }
    }
}

impl Scalar {
    /// Bits of the magnitude.
    pub(super) fn num_bits(&self) -> u32 {
        ark_ff::BigInt(self.magnitude).num_bits()
    }

    /// Digit number `window` in base 2^`width`, between -2^(width-1) and 2^(width-1) (Booth's recoding: a window
    /// looks at its bits and at the one below, so any digit can be read alone). `width` is at most 30.
    #[inline]
    pub(super) fn digit(&self, window: u32, width: u32) -> i32 {
        let start = window * width;
        // width + 1 bits from `start - 1` on; below bit 0 there is a zero.
        let bits = if start == 0 {
            self.magnitude[0] << 1
        } else {
            self.bits_from(start - 1)
        };
        let bits = (bits & ((2 << width) - 1)) as i32;
        let digit = (bits >> 1) + (bits & 1) - ((bits >> width) << width);
        if self.negative { -digit } else { digit }
    }

    /// At least 33 bits from bit `start` on, zeros above the top.
    #[inline]
    fn bits_from(&self, start: u32) -> u64 {
        let (limb, shift) = ((start / 64) as usize, start % 64);
        let low = self.magnitude.get(limb).map_or(0, |limb| limb >> shift);
        if shift <= 31 {
            return low;
        }
        low | self
            .magnitude
            .get(limb + 1)
            .map_or(0, |limb| limb << (64 - shift))
    }
}

/// Number of windows that hold every magnitude of `num_bits` bits: one bit more than the bits, for the sign.
pub(super) const fn num_windows(num_bits: u32, width: u32) -> u32 {
    num_bits / width + 1
}

#[cfg(test)]
mod tests {
    use ark_ff::{Field, UniformRand};
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    #[test]
    fn digits_add_up_to_the_scalar() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let mut values: Vec<Fr> = (0..200).map(|_| Fr::rand(&mut rng)).collect();
        values.extend([0u64, 1, 2, 3, u64::MAX].map(Fr::from));
        values.extend([1u64, 2, u64::MAX].map(|n| -Fr::from(n)));
        values.push(Fr::from_bigint(Fr::MODULUS_MINUS_ONE_DIV_TWO).expect("below the modulus"));
        values.extend((1..254).map(|exponent| Fr::from(2u64).pow([exponent]) - Fr::from(1u64)));
        for value in values {
            let scalar = Scalar::from(value);
            for width in 1..=20 {
                let base = Fr::from(1u64 << width);
                let windows = num_windows(scalar.num_bits(), width);
                let sum = (0..windows).rev().fold(Fr::from(0u64), |sum, window| {
                    let digit = scalar.digit(window, width);
                    assert!(digit.unsigned_abs() <= 1 << (width - 1));
                    sum * base + Fr::from(digit)
                });
                assert_eq!(sum, value, "width {width}");
                assert_eq!(scalar.digit(windows, width), 0);
            }
        }
    }
}
