//! plonky2's FRI verifier.

use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::{Field, PrimeField64};

use super::bits::{Bit, Monomials, number};
use super::challenger::Challenge;
use super::extension::Ext;
use super::goldilocks::Gl;
use super::layout::Layout;
use super::proof::{Proof, ProofValues, Query};
use super::synth::Synth;

/// Bits of an index that are looked up at a time.
const WINDOW_BITS: usize = 6;
const LIMB_BITS: usize = 32;

/// Challenges of the argument.
#[derive(Debug)]
pub(super) struct FriChallenges {
    pub(super) alpha: Ext,
    pub(super) betas: Vec<Ext>,
    pub(super) pow_response: Challenge,
    pub(super) indices: Vec<Challenge>,
}

/// Powers of alpha in baby and giant steps, and the combined openings: the same for all queries.
struct Combination {
    baby: Vec<Ext>,
    giant: Vec<Ext>,
    /// Combined openings at zeta and at its successor.
    openings: [Ext; 2],
    /// Power of alpha by which the first batch is shifted.
    shift: Ext,
    points: [Ext; 2],
}

/// Verifies grinding and every query.
pub(super) fn verify(
    cs: &mut Synth,
    layout: &Layout,
    values: &ProofValues,
    proof: &Proof,
    zeta: &Ext,
    challenges: &FriChallenges,
) {
    cs.section("fri.grinding");
    let zeros = &challenges.pow_response.bits[64 - layout.pow_bits..];
    cs.enforce_equal(&number(zeros), &super::lc::Lc::zero());

    cs.section("fri.combination");
    let combination = Combination::new(cs, layout, proof, zeta, &challenges.alpha);
    for (i, index) in challenges.indices.iter().enumerate() {
        cs.section("fri.leaf_ranges");
        let query = Query::alloc(cs, values, i);
        cs.section("fri.indices");
        let index = query_index(cs, layout, index);
        verify_query(cs, layout, proof, challenges, &combination, &query, &index);
    }
}

/// The low bits of the canonical value of a challenge.
///
/// The challenge v may lie in `[p, 2^64)`: exactly if its high 32 bits are all one and its low ones not all zero. Its
/// canonical value is then the low half less one.
pub(super) fn query_index(cs: &mut Synth, layout: &Layout, challenge: &Challenge) -> Vec<Bit> {
    let (low, high) = challenge.bits.split_at(LIMB_BITS);
    let ones = super::lc::Lc::constant(ark_bn254::Fr::from(u64::from(u32::MAX)));
    let high_is_ones = cs.is_zero(&(&number(high) - &ones));
    let low_is_zero = cs.is_zero(&number(low));
    let above = cs.and(&high_is_ones, &low_is_zero.not());
    let canonical = &number(low) - above.lc();
    let mut bits = cs.bits_of(&canonical, LIMB_BITS);
    bits.truncate(layout.lde_bits());
    bits
}

impl Combination {
    fn new(cs: &mut Synth, layout: &Layout, proof: &Proof, zeta: &Ext, alpha: &Ext) -> Self {
        let total: usize = layout.leaf_lengths().iter().sum();
        let step = total.isqrt().max(1);
        let mut baby = cs.powers_ext(alpha, step + 1);
        let giant_step = baby.pop().expect("more than one power");
        let giant = cs.powers_ext(&giant_step, total.div_ceil(step));
        let generator = GoldilocksField::primitive_root_of_unity(layout.degree_bits);
        let next = zeta.scale_residue(generator.to_canonical_u64());
        let next = cs.reduce_ext(&next);
        let shift = baby[layout.num_challenges].clone();
        let mut combination = Self {
            baby,
            giant,
            openings: [Ext::zero(), Ext::zero()],
            shift,
            points: [zeta.clone(), next],
        };
        let at_zeta: Vec<Ext> = proof.openings.at_zeta().cloned().collect();
        combination.openings = [&at_zeta, &proof.openings.zs_next].map(|openings| {
            let combined = combination.combine(cs, openings, Synth::mul_ext);
            cs.reduce_ext(&combined)
        });
        combination
    }

    /// The sum of values times powers of alpha.
    fn combine<T>(&self, cs: &mut Synth, values: &[T], mul: impl Fn(&mut Synth, &Ext, &T) -> Ext) -> Ext {
        let mul = |cs: &mut Synth, value: &T, power: &Ext| mul(cs, power, value);
        baby_giant(cs, values, &self.baby, &self.giant, mul, Synth::mul_ext)
    }
}

/// The sum of values times powers: each value times a small step's power, each sum of those times a large step's.
fn baby_giant<T, P>(
    cs: &mut Synth,
    values: &[T],
    baby: &[P],
    giant: &[P],
    mul: impl Fn(&mut Synth, &T, &P) -> Ext,
    raise: impl Fn(&mut Synth, &Ext, &P) -> Ext,
) -> Ext {
    let chunks: Vec<Ext> = values
        .chunks(baby.len())
        .zip(giant)
        .map(|(chunk, giant)| {
            let products: Vec<Ext> = chunk
                .iter()
                .zip(baby)
                .map(|(value, power)| mul(cs, value, power))
                .collect();
            raise(cs, &Ext::sum(&products), giant)
        })
        .collect();
    Ext::sum(&chunks)
}

/// Points of the evaluation domain that a query's index gives, by windows of its bits.
pub(super) struct Points {
    /// First bit and products of bits of each window.
    windows: Vec<(usize, usize, Monomials)>,
    bits: usize,
}

impl Points {
    /// Windows end where a reduction drops bits.
    pub(super) fn new(cs: &mut Synth, layout: &Layout, index: &[Bit]) -> Self {
        let mut windows = Vec::new();
        let mut start = 0;
        let mut window = |start: usize, len: usize| {
            windows.push((start, len, Monomials::new(cs, &index[start..start + len])));
            start + len
        };
        for &bits in &layout.arity_bits {
            start = window(start, bits);
        }
        while start < index.len() {
            start = window(start, WINDOW_BITS.min(index.len() - start));
        }
        Self {
            windows,
            bits: index.len(),
        }
    }

    /// In the domain that is left when `dropped` bits have been reduced away, the point whose index has zeros below bit
    /// `from` and the query's bits above, or its inverse.
    ///
    /// plonky2 stores evaluations in bit-reversed order: bit i of an index stands for the 2^(bits - 1 - i)th power of the
    /// generator. The domain is the coset of 7, raised to the power 2^dropped.
    pub(super) fn point(&self, cs: &mut Synth, dropped: usize, from: usize, inverse: bool) -> Gl {
        let bits = self.bits - dropped;
        let generator = GoldilocksField::primitive_root_of_unity(bits);
        let shift = GoldilocksField::MULTIPLICATIVE_GROUP_GENERATOR.exp_power_of_2(dropped);
        let oriented = |x: GoldilocksField| if inverse { x.inverse() } else { x };
        let mut product = Gl::constant(oriented(shift).to_canonical_u64());
        for (i, (start, len, monomials)) in self
            .windows
            .iter()
            .filter(|(start, ..)| *start >= from)
            .enumerate()
        {
            let table: Vec<u64> = (0..1u64 << len)
                .map(|value| {
                    let power = (0..*len)
                        .filter(|j| value >> j & 1 == 1)
                        .map(|j| generator.exp_power_of_2(bits - 1 - (start - dropped + j)))
                        .product::<GoldilocksField>();
                    let first = if i == 0 { shift } else { GoldilocksField::ONE };
                    oriented(power * first).to_canonical_u64()
                })
                .collect();
            let factor = Gl::look_up(monomials, &table);
            product = if i == 0 {
                factor
            } else {
                cs.mul_gl(&product, &factor)
            };
        }
        if product.is_reduced() {
            product
        } else {
            cs.reduce_gl(&product)
        }
    }
}

fn verify_query(
    cs: &mut Synth,
    layout: &Layout,
    proof: &Proof,
    challenges: &FriChallenges,
    combination: &Combination,
    query: &Query,
    index: &[Bit],
) {
    for ((leaf, path), cap) in query.initial.iter().zip(&proof.caps) {
        cs.section("fri.leaf_hashes");
        let digest = cs.leaf_digest(leaf);
        cs.section("fri.initial_paths");
        cs.verify_path(&digest, index, path, cap);
    }
    cs.section("fri.points");
    let points = Points::new(cs, layout, index);
    let x = points.point(cs, 0, 0, false);

    // The values that each layer's polynomial takes at the query's point, the last one from its coefficients.
    let mut layers = Vec::new();
    let mut dropped = 0;
    for ((step, &bits), cap) in query.steps.iter().zip(&layout.arity_bits).zip(&proof.commit_caps) {
        let (evals, path) = step;
        cs.section("fri.folds");
        layers.push(cs.select_ext(&index[dropped..dropped + bits], evals));
        dropped += bits;
        cs.section("fri.step_hashes");
        let leaf: Vec<Gl> = evals.iter().flat_map(|eval| eval.c.clone()).collect();
        let digest = cs.leaf_digest(&leaf);
        cs.verify_path(&digest, &index[dropped..], path, cap);
    }
    cs.section("fri.final_poly");
    let last = points.point(cs, dropped, dropped, false);
    layers.push(evaluate(cs, &proof.final_poly, &last));

    cs.section("fri.combine");
    combine_initial(cs, layout, combination, query, &x, &layers[0]);

    cs.section("fri.folds");
    let mut dropped = 0;
    for (((evals, _), &bits), (beta, next)) in query
        .steps
        .iter()
        .zip(&layout.arity_bits)
        .zip(challenges.betas.iter().zip(&layers[1..]))
    {
        let start_inverse = points.point(cs, dropped, dropped + bits, true);
        fold(cs, evals, bits, beta, &start_inverse, next);
        dropped += bits;
    }
}

/// Constrains the initial layer's value to be the combined quotients
/// `alpha^k (sum alpha^i f_i(x) - openings) / (x - zeta) + (sum alpha^i z_i(x) - openings) / (x - g zeta)`.
///
/// Only the first quotient is hinted: the second one is what the value leaves.
fn combine_initial(
    cs: &mut Synth,
    layout: &Layout,
    combination: &Combination,
    query: &Query,
    x: &Gl,
    value: &Ext,
) {
    let all: Vec<Gl> = query.initial.iter().flat_map(|(leaf, _)| leaf.clone()).collect();
    let zs = &query.initial[2].0[..layout.num_challenges];
    let x = Ext::from(x.clone());
    let numerators: [Ext; 2] = [&all[..], zs].map(|leaf| combination.combine(cs, leaf, Synth::mul_ext_gl));
    let numerators: Vec<Ext> = numerators
        .iter()
        .zip(&combination.openings)
        .map(|(sum, openings)| sum - openings)
        .collect();
    let denominators = combination.points.each_ref().map(|point| &x - point);
    let first = cs.div_ext(&numerators[0], &denominators[0]);
    let second = value - &cs.mul_ext(&first, &combination.shift);
    let product = cs.mul_ext(&second, &denominators[1]);
    cs.assert_zero_ext(&(&product - &numerators[1]));
}

/// Constrains the polynomial that takes `evals` on a coset to take the value `next` at beta.
///
/// The coset is `s g^k`, in bit-reversed order. With `z = beta / s` and `c_k` the inverse transform of the evaluations,
/// free because its matrix is constant, the value is `sum c_k z^k`.
pub(super) fn fold(
    cs: &mut Synth,
    evals: &[Ext],
    arity_bits: usize,
    beta: &Ext,
    start_inverse: &Gl,
    next: &Ext,
) {
    let arity = evals.len();
    let root_inverse = GoldilocksField::primitive_root_of_unity(arity_bits).inverse();
    let reverse = |m: usize| m.reverse_bits() >> (usize::BITS as usize - arity_bits);
    // Times the arity, which is cheaper to multiply into `next`.
    let coefficients: Vec<Ext> = (0..arity)
        .map(|k| {
            let terms: Vec<Ext> = evals
                .iter()
                .enumerate()
                .map(|(m, eval)| {
                    let root = root_inverse.exp_u64((k * reverse(m) % arity) as u64);
                    eval.scale_residue(root.to_canonical_u64())
                })
                .collect();
            Ext::sum(&terms)
        })
        .collect();
    let z = cs.mul_ext_gl(beta, start_inverse);
    let z = cs.reduce_ext(&z);
    let step = 1 << arity_bits.div_ceil(2);
    let mut baby = cs.powers_ext(&z, step + 1);
    let giant_step = baby.pop().expect("at least one power");
    let giant = cs.powers_ext(&giant_step, arity / step);
    let value = baby_giant(cs, &coefficients, &baby, &giant, Synth::mul_ext, Synth::mul_ext);
    cs.assert_zero_ext(&(&value - &next.scale(arity as u64)));
}

/// The value of a polynomial at a point of the base field.
pub(super) fn evaluate(cs: &mut Synth, coefficients: &[Ext], x: &Gl) -> Ext {
    let step = coefficients.len().isqrt().max(1).next_power_of_two();
    let mut baby = powers_gl(cs, x, step + 1);
    let giant_step = baby.pop().expect("at least one power");
    let giant = powers_gl(cs, &giant_step, coefficients.len().div_ceil(step));
    baby_giant(
        cs,
        coefficients,
        &baby,
        &giant,
        Synth::mul_ext_gl,
        Synth::mul_ext_gl,
    )
}

fn powers_gl(cs: &mut Synth, x: &Gl, n: usize) -> Vec<Gl> {
    let mut powers = vec![Gl::constant(1), x.clone()];
    while powers.len() < n {
        let product = cs.mul_gl(&powers[powers.len() - 1], x);
        powers.push(cs.reduce_gl(&product));
    }
    powers.truncate(n);
    powers
}
