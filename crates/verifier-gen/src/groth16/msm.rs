//! Multi-exponentiation: sums of many points, each times its scalar.
//!
//! Pippenger's buckets over signed windows, with two properties that a witness of mostly bits rewards: a zero digit
//! costs nothing, so short scalars take part in low windows only; and a bucket is summed as a tree of batched affine
//! additions, so even a bucket that holds half of all points (the ones) costs six multiplications a point.

use std::ops::AddAssign;

use ark_bn254::Fr;
use ark_ec::{
    AdditiveGroup,
    short_weierstrass::{Affine, Projective, SWCurveConfig},
};
use rayon::prelude::*;

use super::{
    affine::{BATCH, BatchAdder},
    scalar::{Scalar, num_windows},
};

/// The sum over i of `points[i]` times `scalar(i)`.
pub(super) fn msm<'s, P, S>(points: &[Affine<P>], scalar: S) -> Projective<P>
where
    P: SWCurveConfig<ScalarField = Fr>,
    S: Fn(usize) -> &'s Scalar + Sync,
{
    assert!(points.len() < 1 << 31, "an index and a sign fit 32 bits");
    let plan = Plan::for_lengths(&bit_lengths(points.len(), &scalar));
    // More threads than windows: several tasks share a window, each with its own part of the points.
    let parts = rayon::current_num_threads()
        .div_ceil(plan.windows as usize)
        .max(1);
    let part_len = points.len().div_ceil(parts).max(1);
    let tasks: Vec<(u32, usize)> = (0..plan.windows)
        .flat_map(|window| (0..parts).map(move |part| (window, part * part_len)))
        .collect();
    let sums: Vec<(u32, Projective<P>)> = tasks
        .into_par_iter()
        .with_max_len(1)
        .map(|(window, start)| {
            let start = start.min(points.len());
            let range = start..(start + part_len).min(points.len());
            (
                window,
                sum_window(points, range, |i| scalar(i).digit(window, plan.width), plan.width),
            )
        })
        .collect();
    let mut windows = vec![Projective::<P>::ZERO; plan.windows as usize];
    for (window, sum) in sums {
        windows[window as usize] += sum;
    }
    windows
        .into_iter()
        .rev()
        .fold(Projective::ZERO, |mut total, sum| {
            for _ in 0..plan.width {
                total.double_in_place();
            }
            total + sum
        })
}

/// How many scalars have each bit length.
fn bit_lengths<'s>(len: usize, scalar: &(impl Fn(usize) -> &'s Scalar + Sync)) -> [usize; 255] {
    let chunk = len.div_ceil(4 * rayon::current_num_threads()).max(1);
    (0..len.div_ceil(chunk))
        .into_par_iter()
        .map(|part| {
            let mut lengths = [0; 255];
            for i in part * chunk..((part + 1) * chunk).min(len) {
                lengths[scalar(i).num_bits() as usize] += 1;
            }
            lengths
        })
        .reduce(
            || [0; 255],
            |mut total, part| {
                total
                    .iter_mut()
                    .zip(part)
                    .for_each(|(total, part)| *total += part);
                total
            },
        )
}

struct Plan {
    width: u32,
    windows: u32,
}

impl Plan {
    /// The window width of least cost: a digit that is not zero costs an affine addition, a bucket a mixed and a full
    /// addition, here in multiplications.
    fn for_lengths(lengths: &[usize; 255]) -> Self {
        let longest = (0..255u32)
            .rev()
            .find(|&bits| lengths[bits as usize] > 0)
            .unwrap_or(0);
        let cost = |width: u32| -> usize {
            let digits: usize = (1..255u32)
                .map(|bits| lengths[bits as usize] * bits.div_ceil(width) as usize)
                .sum();
            6 * digits + 27 * (num_windows(longest, width) as usize) * (1 << (width - 1))
        };
        let width = (2..=20)
            .min_by_key(|&width| cost(width))
            .expect("the range is not empty");
        Self {
            width,
            windows: num_windows(longest, width),
        }
    }
}

/// The sum over the points of `range`, each times its digit.
fn sum_window<P: SWCurveConfig>(
    points: &[Affine<P>],
    range: std::ops::Range<usize>,
    digit: impl Fn(usize) -> i32,
    width: u32,
) -> Projective<P> {
    let num_buckets = 1usize << (width - 1);
    let mut counts = vec![0u32; num_buckets];
    let mut total = 0;
    for i in range.clone() {
        let digit = digit(i);
        if digit != 0 {
            counts[digit.unsigned_abs() as usize - 1] += 1;
            total += 1;
        }
    }
    if total == 0 {
        return Projective::ZERO;
    }
    // Points by bucket: index and sign.
    let mut next: Vec<u32> = counts
        .iter()
        .scan(0, |start, &count| {
            let this = *start;
            *start += count;
            Some(this)
        })
        .collect();
    let mut order = vec![0u32; total];
    for i in range {
        let digit = digit(i);
        if digit != 0 {
            let slot = &mut next[digit.unsigned_abs() as usize - 1];
            order[*slot as usize] = (i as u32) << 1 | u32::from(digit < 0);
            *slot += 1;
        }
    }
    drop(next);

    let mut halver = Halver::new();
    let signed = |entry: u32| {
        let point = points[(entry >> 1) as usize];
        if entry & 1 == 1 { -point } else { point }
    };
    let mut sums = halver.halve(&mut counts, total, |i| signed(order[i]));
    drop(order);
    while counts.iter().any(|&count| count > 1) {
        let level = sums;
        sums = halver.halve(&mut counts, level.len(), |i| level[i]);
    }

    // The sum over k of k times bucket k, as a sum of suffix sums.
    let mut sums = sums.into_iter().rev();
    let (mut suffix, mut total) = (Projective::<P>::ZERO, Projective::<P>::ZERO);
    for count in counts.into_iter().rev() {
        if count == 1 {
            suffix += sums.next().expect("one sum per bucket that is not empty");
        }
        total.add_assign(&suffix);
    }
    total
}

/// One level of the tree of additions over points that lie in order of their buckets.
struct Halver<P: SWCurveConfig> {
    adder: BatchAdder<P>,
    left: Vec<Affine<P>>,
    right: Vec<Affine<P>>,
    slots: Vec<u32>,
}

impl<P: SWCurveConfig> Halver<P> {
    fn new() -> Self {
        Self {
            adder: BatchAdder::new(),
            left: Vec::with_capacity(BATCH),
            right: Vec::with_capacity(BATCH),
            slots: Vec::with_capacity(BATCH),
        }
    }

    /// Adds neighbours within each bucket, and brings `counts` from the points before to those after.
    fn halve(
        &mut self,
        counts: &mut [u32],
        total: usize,
        point: impl Fn(usize) -> Affine<P>,
    ) -> Vec<Affine<P>> {
        let mut out = Vec::with_capacity(total / 2 + counts.iter().filter(|&&count| count % 2 == 1).count());
        let mut next = 0;
        for count in counts {
            for _ in 0..*count / 2 {
                self.left.push(point(next));
                self.right.push(point(next + 1));
                self.slots.push(out.len() as u32);
                out.push(Affine::identity());
                next += 2;
                if self.left.len() == BATCH {
                    self.flush(&mut out);
                }
            }
            if *count % 2 == 1 {
                out.push(point(next));
                next += 1;
            }
            *count = count.div_ceil(2);
        }
        self.flush(&mut out);
        out
    }

    fn flush(&mut self, out: &mut [Affine<P>]) {
        self.adder.add(&mut self.left, &self.right);
        for (slot, sum) in self.slots.drain(..).zip(self.left.drain(..)) {
            out[slot as usize] = sum;
        }
        self.right.clear();
    }
}

#[cfg(test)]
mod tests {
    use ark_bn254::{g1, g2};
    use ark_ec::{CurveGroup, VariableBaseMSM};
    use ark_ff::{UniformRand, Zero};
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha20Rng;

    use super::*;

    fn agrees_with_ark<P: SWCurveConfig<ScalarField = Fr>>(scalars: &[Fr]) {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let mut points: Vec<Affine<P>> = (0..scalars.len())
            .map(|_| (P::GENERATOR * Fr::rand(&mut rng)).into_affine())
            .collect();
        // Equal, opposite and infinite points meet in the trees.
        for i in (0..points.len()).step_by(7) {
            points[i] = [points[0], -points[0], Affine::identity()][i % 3];
        }
        let own: Vec<Scalar> = scalars.iter().copied().map(Scalar::from).collect();
        let expected: Projective<P> = points
            .iter()
            .zip(scalars)
            .map(|(point, scalar)| *point * scalar)
            .sum();
        assert_eq!(msm(&points, |i| &own[i]), expected);
        assert_eq!(Projective::<P>::msm(&points, scalars), Ok(expected));
    }

    #[test]
    fn agrees_with_single_multiplications() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        for len in [0, 1, 2, 3, 40, 700] {
            let mut scalars: Vec<Fr> = (0..len)
                .map(|_| match rng.gen_range(0..8) {
                    0..3 => Fr::from(u64::from(rng.r#gen::<bool>())),
                    3 => -Fr::from(u64::from(rng.r#gen::<u8>())),
                    4 => Fr::from(rng.r#gen::<u64>()),
                    5 => -Fr::from(1u64),
                    _ => Fr::rand(&mut rng),
                })
                .collect();
            agrees_with_ark::<g1::Config>(&scalars);
            agrees_with_ark::<g2::Config>(&scalars);
            scalars.fill(Fr::zero());
            agrees_with_ark::<g1::Config>(&scalars);
        }
    }
}
