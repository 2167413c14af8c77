//! Gates that hold constants and public inputs, split into bits and pick from lists.

use super::GateInputs;
use crate::wrap::extension::Ext;
use crate::wrap::synth::Synth;

pub(super) fn constant(inputs: &GateInputs<'_>, num_consts: usize) -> Vec<Ext> {
    inputs
        .constants
        .iter()
        .zip(inputs.wires)
        .take(num_consts)
        .map(|(constant, wire)| constant - wire)
        .collect()
}

pub(super) fn public_input(inputs: &GateInputs<'_>) -> Vec<Ext> {
    let hash = inputs.public_inputs.iter();
    inputs
        .wires
        .iter()
        .zip(hash)
        .map(|(wire, input)| wire - &Ext::from(input.clone()))
        .collect()
}

/// Wires: the sum, then its bits from the lowest.
pub(super) fn base_sum(cs: &mut Synth, inputs: &GateInputs<'_>, num_limbs: usize) -> Vec<Ext> {
    let sum = &inputs.wires[0];
    let bits = &inputs.wires[1..][..num_limbs];
    let powers: Vec<Ext> = bits
        .iter()
        .enumerate()
        .map(|(i, bit)| bit.scale(1 << i))
        .collect();
    let mut constraints = vec![&Ext::sum(&powers) - sum];
    constraints.extend(bits.iter().map(|bit| cs.boolean(bit)));
    constraints
}

/// Wires: per copy index, claimed element and list; then extra constants; then per copy the bits of the index.
pub(super) fn random_access(
    cs: &mut Synth,
    inputs: &GateInputs<'_>,
    bits: usize,
    num_copies: usize,
    num_extra_constants: usize,
) -> Vec<Ext> {
    let copy_wires = 2 + (1 << bits);
    let start_constants = copy_wires * num_copies;
    let start_bits = start_constants + num_extra_constants;
    let mut constraints = Vec::new();
    for (i, copy) in inputs.wires.chunks(copy_wires).take(num_copies).enumerate() {
        let bit_wires = &inputs.wires[start_bits + i * bits..][..bits];
        constraints.extend(bit_wires.iter().map(|bit| cs.boolean(bit)));
        let powers: Vec<Ext> = bit_wires
            .iter()
            .enumerate()
            .map(|(i, bit)| bit.scale(1 << i))
            .collect();
        constraints.push(&Ext::sum(&powers) - &copy[0]);
        let mut items = copy[2..].to_vec();
        for bit in bit_wires {
            items = items
                .chunks(2)
                .map(|pair| &cs.mul_ext(&(&pair[1] - &pair[0]), bit) + &pair[0])
                .collect();
        }
        constraints.push(&items[0] - &copy[1]);
    }
    let extra = &inputs.wires[start_constants..][..num_extra_constants];
    constraints.extend(
        inputs
            .constants
            .iter()
            .zip(extra)
            .map(|(constant, wire)| constant - wire),
    );
    constraints
}

impl Synth {
    /// `x (x - 1)`.
    pub(super) fn boolean(&mut self, x: &Ext) -> Ext {
        &self.square_ext(x) - x
    }
}
