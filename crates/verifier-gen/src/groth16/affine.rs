//! Addition of many points at once in affine coordinates.
//!
//! One sum costs a division and three multiplications; dividing by many numbers costs one inversion and three
//! multiplications each. That makes six multiplications a sum, where mixed coordinates take ten or more.

use ark_ec::{
    AffineRepr,
    short_weierstrass::{Affine, SWCurveConfig},
};
use ark_ff::{AdditiveGroup, Field, One, Zero, serial_batch_inversion_and_mul};

/// How many sums share an inversion: enough to hide it, few enough for the first-level caches.
pub(super) const BATCH: usize = 1024;

/// Running products side by side: one alone would wait for each multiplication before the next.
const LANES: usize = 4;

/// Adds pairs of points, keeping its scratch space between calls.
pub(super) struct BatchAdder<P: SWCurveConfig> {
    denominators: Vec<P::BaseField>,
    products: Vec<P::BaseField>,
}

/// What a sum needs, told by its summands.
enum Sum {
    Left,
    Right,
    Infinity,
    Tangent,
    Chord,
}

fn kind<P: SWCurveConfig>(left: &Affine<P>, right: &Affine<P>) -> Sum {
    if right.is_zero() {
        Sum::Left
    } else if left.is_zero() {
        Sum::Right
    } else if left.x != right.x {
        Sum::Chord
    } else if left.y == right.y && !left.y.is_zero() {
        Sum::Tangent
    } else {
        Sum::Infinity
    }
}

impl<P: SWCurveConfig> BatchAdder<P> {
    pub(super) fn new() -> Self {
        Self {
            denominators: Vec::with_capacity(BATCH),
            products: Vec::with_capacity(BATCH),
        }
    }

    /// Sets `left[i]` to `left[i] + right[i]`, whatever the points. Both curves of BN254 have a = 0.
    pub(super) fn add(&mut self, left: &mut [Affine<P>], right: &[Affine<P>]) {
        debug_assert_eq!(left.len(), right.len());
        if left.is_empty() {
            return;
        }
        self.denominators.clear();
        self.products.clear();
        let mut lanes = [P::BaseField::one(); LANES];
        for (i, (l, r)) in left.iter().zip(right).enumerate() {
            let denominator = match kind(l, r) {
                Sum::Chord => r.x - l.x,
                Sum::Tangent => l.y.double(),
                _ => P::BaseField::one(),
            };
            let product = &mut lanes[i % LANES];
            self.products.push(*product);
            self.denominators.push(denominator);
            *product *= denominator;
        }
        // No denominator is zero, so no product is.
        serial_batch_inversion_and_mul(&mut lanes, &P::BaseField::one());
        for (i, (l, r)) in left.iter_mut().zip(right).enumerate().rev() {
            let inverse = &mut lanes[i % LANES];
            let reciprocal = *inverse * self.products[i];
            *inverse *= self.denominators[i];
            let slope = match kind(l, r) {
                Sum::Left => continue,
                Sum::Right => {
                    *l = *r;
                    continue;
                }
                Sum::Infinity => {
                    *l = Affine::identity();
                    continue;
                }
                Sum::Tangent => {
                    let square = l.x.square();
                    (square.double() + square + P::COEFF_A) * reciprocal
                }
                Sum::Chord => (r.y - l.y) * reciprocal,
            };
            let x = slope.square() - l.x - r.x;
            let y = slope * (l.x - x) - l.y;
            *l = Affine::new_unchecked(x, y);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ark_bn254::{Fr, g1, g2};
    use ark_ec::CurveGroup;
    use ark_ff::UniformRand;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    fn agrees_with_projective<P: SWCurveConfig<ScalarField = Fr>>() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut point = || (P::GENERATOR * Fr::rand(&mut rng)).into_affine();
        let (p, q, zero) = (point(), point(), Affine::<P>::identity());
        let pairs = [
            (p, q),
            (p, p),
            (p, -p),
            (p, zero),
            (zero, q),
            (zero, zero),
            (q, p),
        ];
        let mut left: Vec<_> = pairs.iter().map(|pair| pair.0).collect();
        let right: Vec<_> = pairs.iter().map(|pair| pair.1).collect();
        BatchAdder::new().add(&mut left, &right);
        for (sum, (l, r)) in left.iter().zip(pairs) {
            assert_eq!(*sum, (l.into_group() + r).into_affine());
        }
    }

    #[test]
    fn batch_sums_agree_with_projective_sums() {
        agrees_with_projective::<g1::Config>();
        agrees_with_projective::<g2::Config>();
    }
}
