//! Gates that add, multiply and raise to powers.

use super::GateInputs;
use crate::wrap::extension::{Algebra, Ext};
use crate::wrap::synth::Synth;

const D: usize = 2;

pub(super) fn arithmetic(cs: &mut Synth, inputs: &GateInputs<'_>, num_ops: usize) -> Vec<Ext> {
    let constants = inputs.constants;
    inputs
        .wires
        .chunks(4)
        .take(num_ops)
        .map(|wires| {
            let scaled = cs.mul_ext(&wires[0], &constants[0]);
            let product = cs.mul_ext(&scaled, &wires[1]);
            let addend = cs.mul_ext(&wires[2], &constants[1]);
            &(&wires[3] - &product) - &addend
        })
        .collect()
}

pub(super) fn arithmetic_extension(cs: &mut Synth, inputs: &GateInputs<'_>, num_ops: usize) -> Vec<Ext> {
    let constants = inputs.constants;
    inputs
        .wires
        .chunks(4 * D)
        .take(num_ops)
        .flat_map(|wires| {
            let [x, y, addend, output] = std::array::from_fn(|i| Algebra::new(&wires[D * i..]));
            let scaled = cs.mul_algebra_ext(&x, &constants[0]);
            let product = cs.mul_algebra(&scaled, &y);
            let addend = cs.mul_algebra_ext(&addend, &constants[1]);
            (&(&output - &product) - &addend).a
        })
        .collect()
}

pub(super) fn mul_extension(cs: &mut Synth, inputs: &GateInputs<'_>, num_ops: usize) -> Vec<Ext> {
    inputs
        .wires
        .chunks(3 * D)
        .take(num_ops)
        .flat_map(|wires| {
            let [x, y, output] = std::array::from_fn(|i| Algebra::new(&wires[D * i..]));
            let scaled = cs.mul_algebra_ext(&x, &inputs.constants[0]);
            (&output - &cs.mul_algebra(&scaled, &y)).a
        })
        .collect()
}

/// Wires: base, exponent bits from the lowest, output, one intermediate value per bit.
pub(super) fn exponentiation(cs: &mut Synth, inputs: &GateInputs<'_>, num_power_bits: usize) -> Vec<Ext> {
    let base = &inputs.wires[0];
    let bits = &inputs.wires[1..][..num_power_bits];
    let output = &inputs.wires[1 + num_power_bits];
    let intermediate = &inputs.wires[2 + num_power_bits..][..num_power_bits];
    let base_less_one = base - &Ext::one();
    let mut constraints = Vec::with_capacity(num_power_bits + 1);
    for (i, bit) in bits.iter().rev().enumerate() {
        let factor = &cs.mul_ext(bit, &base_less_one) + &Ext::one();
        let computed = match i.checked_sub(1) {
            None => factor,
            Some(previous) => {
                let square = cs.square_ext(&intermediate[previous]);
                cs.mul_ext(&square, &factor)
            }
        };
        constraints.push(&computed - &intermediate[i]);
    }
    constraints.push(output - &intermediate[num_power_bits - 1]);
    constraints
}

/// Wires: output, alpha, old accumulator, base-field coefficients, accumulators but for the last, which is the output.
pub(super) fn reducing(cs: &mut Synth, inputs: &GateInputs<'_>, num_coeffs: usize) -> Vec<Ext> {
    let start = 3 * D;
    let coefficients = inputs.wires[start..][..num_coeffs]
        .iter()
        .map(|c| Algebra::from_ext(c.clone()))
        .collect();
    horner(cs, inputs, coefficients, start + num_coeffs)
}

/// Like [`reducing`], with coefficients in the extension.
pub(super) fn reducing_extension(cs: &mut Synth, inputs: &GateInputs<'_>, num_coeffs: usize) -> Vec<Ext> {
    let start = 3 * D;
    let coefficients = inputs.wires[start..]
        .chunks(D)
        .take(num_coeffs)
        .map(Algebra::new)
        .collect();
    horner(cs, inputs, coefficients, start + num_coeffs * D)
}

fn horner(cs: &mut Synth, inputs: &GateInputs<'_>, coefficients: Vec<Algebra>, start: usize) -> Vec<Ext> {
    let output = Algebra::new(inputs.wires);
    let alpha = Algebra::new(&inputs.wires[D..]);
    let mut accumulator = Algebra::new(&inputs.wires[2 * D..]);
    let last = coefficients.len() - 1;
    let mut constraints = Vec::with_capacity(coefficients.len() * D);
    for (i, coefficient) in coefficients.iter().enumerate() {
        let next = if i == last {
            output.clone()
        } else {
            Algebra::new(&inputs.wires[start + D * i..])
        };
        let computed = &cs.mul_algebra(&accumulator, &alpha) + coefficient;
        constraints.extend((&computed - &next).a);
        accumulator = next;
    }
    constraints
}
