//! plonky2's vanishing polynomial at zeta.

use super::bits::Bit;
use super::extension::Ext;
use super::gates::GateInputs;
use super::goldilocks::Gl;
use super::layout::Layout;
use super::proof::{Openings, Proof};
use super::synth::Synth;

/// What marks a selector of another group in plonky2.
const UNUSED_SELECTOR: u64 = u32::MAX as u64;
/// Terms up to this wide are multiplied by a whole power of alpha, wider ones by its two halves.
const MAX_WHOLE_BITS: u64 = 179;
/// Wider terms are reduced first.
const MAX_HALVES_BITS: u64 = 211;
const HALF_BITS: usize = 32;
/// Constraints of a gate are combined in blocks of this many, so that only so many powers of each alpha are needed.
const BLOCK: usize = 41;

/// Challenges of the argument, each a reduced value.
#[derive(Debug)]
pub(super) struct PlonkChallenges {
    pub(super) betas: Vec<Gl>,
    pub(super) gammas: Vec<Gl>,
    pub(super) alphas: Vec<Gl>,
    pub(super) zeta: Ext,
}

/// A power of alpha, whole and in halves.
struct Power {
    whole: Gl,
    halves: [Gl; 2],
}

/// Constrains `vanishing(zeta) = Z_H(zeta) quotient(zeta)` for every alpha.
pub(super) fn verify(cs: &mut Synth, layout: &Layout, proof: &Proof, challenges: &PlonkChallenges) {
    let openings = &proof.openings;
    cs.section("vanishing.points");
    let mut zeta_n = challenges.zeta.clone();
    for _ in 0..layout.degree_bits {
        let square = cs.square_ext(&zeta_n);
        zeta_n = cs.reduce_ext(&square);
    }
    let z_h = &zeta_n - &Ext::one();
    let l_0_denominator = (&challenges.zeta - &Ext::one()).scale(1 << layout.degree_bits);
    let l_0 = cs.div_ext(&z_h, &l_0_denominator);

    cs.section("vanishing.permutation");
    let mut terms: Vec<Ext> = openings
        .zs
        .iter()
        .map(|z| cs.mul_ext(&l_0, &(z - &Ext::one())))
        .collect();
    for i in 0..layout.num_challenges {
        terms.extend(partial_products(cs, layout, openings, challenges, i));
    }
    let filtered = gate_constraints(cs, layout, proof);
    for (i, alpha) in challenges.alphas.iter().enumerate() {
        cs.section("vanishing.alphas");
        let powers = powers(cs, alpha, BLOCK.max(terms.len() + 1));
        let block_step = power(cs, &powers, BLOCK);
        cs.section("vanishing.combine");
        let mut sum = Ext::zero();
        let longest = filtered
            .iter()
            .map(|(_, constraints)| constraints.len())
            .max()
            .unwrap_or_default();
        for block in (0..longest.div_ceil(BLOCK)).rev() {
            let sum_above = cs.reduce_ext(&sum);
            sum = cs.mul_ext_gl(&sum_above, &block_step);
            for (filter, constraints) in &filtered {
                let Some(constraints) = constraints.chunks(BLOCK).nth(block) else {
                    continue;
                };
                let combined = combine(cs, constraints, &powers);
                sum = &sum + &cs.mul_ext(filter, &combined);
            }
        }
        let gates = cs.reduce_ext(&sum);
        let sum = &combine(cs, &terms, &powers) + &cs.mul_ext_gl(&gates, &powers[terms.len()].whole);
        let chunk = &openings.quotient[i * layout.quotient_degree_factor..][..layout.quotient_degree_factor];
        let mut quotient = Ext::zero();
        for part in chunk.iter().rev() {
            quotient = &cs.mul_ext(&quotient, &zeta_n) + part;
        }
        let expected = cs.mul_ext(&quotient, &z_h);
        cs.assert_zero_ext(&(&sum - &expected));
    }
}

/// `previous * numerators - next * denominators` for each chunk of routed wires.
fn partial_products(
    cs: &mut Synth,
    layout: &Layout,
    openings: &Openings,
    challenges: &PlonkChallenges,
    i: usize,
) -> Vec<Ext> {
    let (beta, gamma) = (&challenges.betas[i], Ext::from(challenges.gammas[i].clone()));
    let beta_zeta = cs.mul_ext_gl(&challenges.zeta, beta);
    let beta_zeta = cs.reduce_ext(&beta_zeta);
    let wires = &openings.wires[..layout.num_routed_wires];
    let shifted: Vec<Ext> = wires.iter().map(|wire| wire + &gamma).collect();
    let numerators: Vec<Ext> = shifted
        .iter()
        .zip(&layout.k_is)
        .map(|(wire, &k)| wire + &beta_zeta.scale_residue(k))
        .collect();
    let denominators: Vec<Ext> = shifted
        .iter()
        .zip(&openings.sigmas)
        .map(|(wire, sigma)| wire + &cs.mul_ext_gl(sigma, beta))
        .collect();

    let partial =
        &openings.partial_products[i * layout.num_partial_products..][..layout.num_partial_products];
    let mut accumulators = vec![&openings.zs[i]];
    accumulators.extend(partial);
    accumulators.push(&openings.zs_next[i]);
    let size = layout.quotient_degree_factor;
    let chunks = numerators.chunks(size).zip(denominators.chunks(size));
    chunks
        .zip(accumulators.windows(2))
        .map(|((numerators, denominators), accumulator)| {
            let numerator = product(cs, numerators);
            let denominator = product(cs, denominators);
            &cs.mul_ext(accumulator[0], &numerator) - &cs.mul_ext(accumulator[1], &denominator)
        })
        .collect()
}

/// The product of factors of about 130 bits, in pairs: reducing a pair costs less than reducing both of it.
fn product(cs: &mut Synth, factors: &[Ext]) -> Ext {
    let mut product = Ext::one();
    for pair in factors.chunks(2) {
        let pair = match pair {
            [a, b] => cs.mul_ext(a, b),
            single => single[0].clone(),
        };
        let pair = cs.reduce_ext(&pair);
        product = cs.mul_ext(&product, &pair);
    }
    product
}

/// For each gate its filter, reduced, and its constraints.
fn gate_constraints(cs: &mut Synth, layout: &Layout, proof: &Proof) -> Vec<(Ext, Vec<Ext>)> {
    let openings = &proof.openings;
    let (selectors, constants) = openings.constants.split_at(layout.groups.len());
    let inputs = GateInputs {
        constants,
        wires: &openings.wires,
        public_inputs: &proof.public_inputs,
    };
    let mut filtered = Vec::with_capacity(layout.gates.len());
    for (row, (gate, &group)) in layout.gates.iter().zip(&layout.selector_indices).enumerate() {
        cs.section("vanishing.filters");
        let unused = (layout.groups.len() > 1).then_some(UNUSED_SELECTOR);
        let others = layout.groups[group]
            .clone()
            .filter(|&other| other != row)
            .map(|other| other as u64);
        let mut filter = Ext::one();
        for other in others.chain(unused) {
            filter = cs.mul_ext(&filter, &(&Ext::constant(other) - &selectors[group]));
        }
        let filter = cs.reduce_ext(&filter);
        cs.section("vanishing.gates");
        filtered.push((filter, gate.evaluate(cs, &inputs)));
    }
    filtered
}

fn powers(cs: &mut Synth, alpha: &Gl, n: usize) -> Vec<Power> {
    let one = Power {
        whole: Gl::constant(1),
        halves: [Gl::constant(1), Gl::constant(0)],
    };
    let mut powers = vec![one];
    while powers.len() < n {
        let product = cs.mul_gl(&powers[powers.len() - 1].whole, alpha);
        let (whole, bits) = cs.reduce_gl_bits(&product);
        let half = |bits: &[Bit]| Gl::from_bits(bits);
        powers.push(Power {
            whole,
            halves: [half(&bits[..HALF_BITS]), half(&bits[HALF_BITS..])],
        });
    }
    powers
}

/// The power of alpha that follows the last of `n` known ones.
fn power(cs: &mut Synth, powers: &[Power], n: usize) -> Gl {
    let product = cs.mul_gl(&powers[n - 1].whole, &powers[1].whole);
    cs.reduce_gl(&product)
}

/// The sum of terms times powers of alpha, reduced.
fn combine(cs: &mut Synth, terms: &[Ext], powers: &[Power]) -> Ext {
    let (mut whole, mut low, mut high) = (Vec::new(), Vec::new(), Vec::new());
    for (term, power) in terms.iter().zip(powers) {
        let reduced;
        let term = if term.bits() > MAX_HALVES_BITS {
            reduced = cs.reduce_ext(term);
            &reduced
        } else {
            term
        };
        if term.bits() <= MAX_WHOLE_BITS {
            whole.push(cs.mul_ext_gl(term, &power.whole));
        } else {
            low.push(cs.mul_ext_gl(term, &power.halves[0]));
            high.push(cs.mul_ext_gl(term, &power.halves[1]));
        }
    }
    let [whole, low, high] = [whole, low, high].map(|terms| cs.reduce_ext(&Ext::sum(&terms)));
    cs.reduce_ext(&(&(&whole + &low) + &high.scale(1 << HALF_BITS)))
}
