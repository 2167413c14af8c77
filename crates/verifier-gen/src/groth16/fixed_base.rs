//! Many multiples of one point, for the setup.

use ark_bn254::Fr;
use ark_ec::{
    AdditiveGroup, CurveGroup,
    short_weierstrass::{Affine, Projective, SWCurveConfig},
};
use ark_ff::PrimeField;
use rayon::prelude::*;

use super::{
    affine::{BATCH, BatchAdder},
    scalar::{Scalar, num_windows},
};

/// Tables of the multiples of a point by each digit of each window.
pub(super) struct FixedBase<P: SWCurveConfig> {
    width: u32,
    /// `tables[w][d - 1]` is d 2^(w width) times the point.
    tables: Vec<Vec<Affine<P>>>,
}

impl<P: SWCurveConfig<ScalarField = Fr>> FixedBase<P> {
    /// Tables that suit about `num_scalars` multiplications.
    pub(super) fn new(base: Affine<P>, num_scalars: usize) -> Self {
        // A table costs 2^(width-1) additions a window and should stay within the last-level cache.
        let width = (num_scalars.max(16).ilog2() - 2).clamp(2, 14);
        let windows = num_windows(Fr::MODULUS_BIT_SIZE - 1, width);
        let mut bases = vec![Projective::from(base)];
        for window in 1..windows as usize {
            let mut next = bases[window - 1];
            for _ in 0..width {
                next.double_in_place();
            }
            bases.push(next);
        }
        let tables = bases
            .into_par_iter()
            .map(|base| {
                let step = base.into_affine();
                let multiples: Vec<_> = (0..1usize << (width - 1))
                    .scan(Projective::<P>::ZERO, |multiple, _| {
                        *multiple += step;
                        Some(*multiple)
                    })
                    .collect();
                Projective::normalize_batch(&multiples)
            })
            .collect();
        Self { width, tables }
    }

    /// The point times each scalar. `done` hears how many more are finished, from any thread.
    pub(super) fn multiply(&self, scalars: &[Fr], done: impl Fn(usize) + Sync) -> Vec<Affine<P>> {
        let mut products = vec![Affine::<P>::identity(); scalars.len()];
        products
            .par_chunks_mut(BATCH)
            .zip(scalars.par_chunks(BATCH))
            .for_each_init(
                || (BatchAdder::new(), vec![Affine::<P>::identity(); BATCH]),
                |(adder, addends), (products, scalars)| {
                    let scalars: Vec<Scalar> = scalars.iter().copied().map(Scalar::from).collect();
                    let addends = &mut addends[..scalars.len()];
                    for (window, table) in self.tables.iter().enumerate() {
                        for (addend, scalar) in addends.iter_mut().zip(&scalars) {
                            let digit = scalar.digit(window as u32, self.width);
                            *addend = match digit.unsigned_abs() as usize {
                                0 => Affine::identity(),
                                size if digit < 0 => -table[size - 1],
                                size => table[size - 1],
                            };
                        }
                        adder.add(products, addends);
                    }
                    done(scalars.len());
                },
            );
        products
    }
}

#[cfg(test)]
mod tests {
    use ark_bn254::{g1, g2};
    use ark_ff::UniformRand;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    fn agrees_with_single_multiplications<P: SWCurveConfig<ScalarField = Fr>>() {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let mut scalars: Vec<Fr> = (0..BATCH + 3).map(|_| Fr::rand(&mut rng)).collect();
        scalars.splice(
            0..4,
            [
                Fr::from(0u64),
                Fr::from(1u64),
                -Fr::from(1u64),
                Fr::from(1u64 << 40),
            ],
        );
        let base = (P::GENERATOR * Fr::rand(&mut rng)).into_affine();
        for size_hint in [1, 1 << 12] {
            let products = FixedBase::new(base, size_hint).multiply(&scalars, |_| {});
            for (product, scalar) in products.iter().zip(&scalars) {
                assert_eq!(*product, (base * scalar).into_affine());
            }
        }
    }

    #[test]
    fn multiples_agree_with_single_multiplications() {
        agrees_with_single_multiplications::<g1::Config>();
        agrees_with_single_multiplications::<g2::Config>();
    }
}
