//! `CosetInterpolationGate`.

use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::{Field, PrimeField64};

use super::GateInputs;
use crate::wrap::extension::{Algebra, Ext};
use crate::wrap::synth::Synth;

const D: usize = 2;

/// Wires: shift, values, evaluation point, evaluation value, intermediate evaluations, intermediate products, shifted
/// evaluation point.
pub(super) fn coset_interpolation(
    cs: &mut Synth,
    inputs: &GateInputs<'_>,
    subgroup_bits: usize,
    degree: usize,
    weights: &[u64],
) -> Vec<Ext> {
    let num_points = 1 << subgroup_bits;
    let num_intermediates = (num_points - 2) / (degree - 1);
    let algebra = |wire: usize| Algebra::new(&inputs.wires[wire..]);
    let start_point = 1 + num_points * D;
    let start_intermediates = start_point + 2 * D;
    let start_products = start_intermediates + num_intermediates * D;

    let shift = &inputs.wires[0];
    let values: Vec<Algebra> = (0..num_points).map(|i| algebra(1 + i * D)).collect();
    let point = algebra(start_point);
    let value = algebra(start_point + D);
    let shifted_point = algebra(start_products + num_intermediates * D);
    let domain = GoldilocksField::two_adic_subgroup(subgroup_bits);

    let unshifted = cs.mul_algebra_ext(&shifted_point, shift);
    let mut constraints = Vec::from((&point - &unshifted).a);
    let mut state = (Algebra::from_ext(Ext::zero()), Algebra::from_ext(Ext::one()));
    let (mut start, mut end) = (0, degree);
    for i in 0..=num_intermediates {
        for j in start..end {
            let term = &shifted_point - &Algebra::from_ext(Ext::constant(domain[j].to_canonical_u64()));
            let weighted = values[j].scale(weights[j]);
            let (evaluation, product) = state;
            let product = cs.reduce_algebra(&product);
            let moved = cs.mul_algebra(&evaluation, &term);
            let added = cs.mul_algebra(&weighted, &product);
            state = (&moved + &added, cs.mul_algebra(&product, &term));
        }
        if i < num_intermediates {
            let next = (
                algebra(start_intermediates + i * D),
                algebra(start_products + i * D),
            );
            constraints.extend((&next.0 - &state.0).a);
            constraints.extend((&next.1 - &state.1).a);
            state = next;
            start = 1 + (degree - 1) * (i + 1);
            end = (start + degree - 1).min(num_points);
        }
    }
    constraints.extend((&value - &state.0).a);
    constraints
}
