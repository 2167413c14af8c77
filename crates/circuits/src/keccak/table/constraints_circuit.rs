//! The constraints in a circuit, in the order of [`super::constraints`].

use plonky2::field::extension::Extendable;
use plonky2::field::types::Field;
use plonky2::hash::hash_types::RichField;
use plonky2::iop::ext_target::ExtensionTarget;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::util::reducing::ReducingFactorTarget;
use starky::constraint_consumer::RecursiveConstraintConsumer;

use super::columns::{
    ABSORB, MESSAGE, PARITY, PLACE, TIMES, block, flag, limb_bits, moved, output, parity, theta,
};
use super::constraints::{has_round_constant, rounds_with_constant};
use crate::keccak::block::{RATE_LIMBS, STATE_LIMBS};
use crate::keccak::permutation::{LANE_BITS, ROUNDS};

type Row<const D: usize> = [ExtensionTarget<D>];
type Consumer<F, const D: usize> = RecursiveConstraintConsumer<F, D>;

/// Evaluates every constraint.
pub(super) fn eval<F: RichField + Extendable<D>, const D: usize>(
    builder: &mut CircuitBuilder<F, D>,
    local: &Row<D>,
    next: &Row<D>,
    constraints: &mut Consumer<F, D>,
) {
    order_of_rows(builder, local, next, constraints);
    for &bit in &local[PARITY..TIMES] {
        let boolean = builder.mul_sub_extension(bit, bit, bit);
        constraints.constraint(builder, boolean);
    }
    let not_last = not(builder, local[flag(ROUNDS - 1)]);
    let looked = builder.mul_extension(local[TIMES], not_last);
    constraints.constraint(builder, looked);
    let fresh = builder.mul_extension(local[flag(ROUNDS - 1)], next[flag(0)]);
    numbers(builder, fresh, local, next, constraints);
    let bits = blocks(builder, not_last, local, next, constraints);
    states(builder, [not_last, fresh], &bits, local, next, constraints);
    parities(builder, local, constraints);
    outputs(builder, local, next, constraints);
}

fn order_of_rows<F: RichField + Extendable<D>, const D: usize>(
    builder: &mut CircuitBuilder<F, D>,
    local: &Row<D>,
    next: &Row<D>,
    constraints: &mut Consumer<F, D>,
) {
    let (absorb, next_absorb) = (local[ABSORB], next[ABSORB]);
    let last = local[flag(ROUNDS - 1)];
    let one = builder.one_extension();
    let first = builder.sub_extension(absorb, one);
    constraints.constraint_first_row(builder, first);
    for round in 0..ROUNDS {
        constraints.constraint_first_row(builder, local[flag(round)]);
    }
    for round in 1..ROUNDS {
        let turn = builder.sub_extension(next[flag(round)], local[flag(round - 1)]);
        constraints.constraint_transition(builder, turn);
    }
    let start = builder.sub_extension(last, next_absorb);
    let start = builder.add_extension(start, absorb);
    let start = builder.sub_extension(next[flag(0)], start);
    constraints.constraint_transition(builder, start);
    // b (1 - last) = b - b last
    let only_after_last = builder.arithmetic_extension(F::NEG_ONE, F::ONE, next_absorb, last, next_absorb);
    constraints.constraint_transition(builder, only_after_last);
    let boolean = builder.mul_sub_extension(absorb, absorb, absorb);
    constraints.constraint(builder, boolean);
}

fn numbers<F: RichField + Extendable<D>, const D: usize>(
    builder: &mut CircuitBuilder<F, D>,
    fresh: ExtensionTarget<D>,
    local: &Row<D>,
    next: &Row<D>,
    constraints: &mut Consumer<F, D>,
) {
    constraints.constraint_first_row(builder, local[MESSAGE]);
    constraints.constraint_first_row(builder, local[PLACE]);
    let message = builder.sub_extension(next[MESSAGE], local[MESSAGE]);
    let message = builder.sub_extension(message, fresh);
    constraints.constraint_transition(builder, message);
    let place = builder.add_extension(local[PLACE], next[ABSORB]);
    // p (1 - fresh) = p - p fresh
    let place = builder.arithmetic_extension(F::NEG_ONE, F::ONE, place, fresh, place);
    let place = builder.sub_extension(next[PLACE], place);
    constraints.constraint_transition(builder, place);
}

/// Gives the limbs that the row's bits after theta would make of a block.
fn blocks<F: RichField + Extendable<D>, const D: usize>(
    builder: &mut CircuitBuilder<F, D>,
    not_last: ExtensionTarget<D>,
    local: &Row<D>,
    next: &Row<D>,
    constraints: &mut Consumer<F, D>,
) -> Vec<ExtensionTarget<D>> {
    (0..RATE_LIMBS)
        .map(|limb| {
            let change = builder.sub_extension(next[block(limb)], local[block(limb)]);
            let change = builder.mul_extension(not_last, change);
            constraints.constraint_transition(builder, change);
            let bits = pack(builder, limb, |_, x, y, z| local[theta(x, y, z)]);
            let difference = builder.sub_extension(local[block(limb)], bits);
            let difference = builder.mul_extension(local[ABSORB], difference);
            constraints.constraint(builder, difference);
            bits
        })
        .collect()
}

fn states<F: RichField + Extendable<D>, const D: usize>(
    builder: &mut CircuitBuilder<F, D>,
    [not_last, fresh]: [ExtensionTarget<D>; 2],
    block_bits: &[ExtensionTarget<D>],
    local: &Row<D>,
    next: &Row<D>,
    constraints: &mut Consumer<F, D>,
) {
    let absorb = local[ABSORB];
    let going = builder.sub_extension(not_last, absorb);
    let one = builder.one_extension();
    // D and 1 - 2 D: a xor D = (1 - 2 D) a + D.
    let differences: Vec<_> = (0..5 * LANE_BITS)
        .map(|i| {
            let d = difference(builder, next, i / LANE_BITS, i % LANE_BITS);
            let sign = builder.arithmetic_extension(-F::TWO, F::ONE, d, one, one);
            (d, sign)
        })
        .collect();
    for limb in 0..STATE_LIMBS {
        let (x, y, from) = limb_bits(limb);
        let bits: Vec<_> = (from..from + 32)
            .map(|z| {
                let (d, sign) = differences[x * LANE_BITS + z];
                builder.mul_add_extension(sign, next[theta(x, y, z)], d)
            })
            .collect();
        let state = pack(builder, limb, |_, _, _, z| bits[z - from]);
        let difference = builder.sub_extension(state, local[output(limb)]);
        let constraint = if limb < RATE_LIMBS {
            // pack(a xor b) = pack(a) + pack(b) - 2 pack(a b)
            let zero = builder.zero_extension();
            let both = (from..from + 32).rev().fold(zero, |sum, z| {
                builder.arithmetic_extension(F::ONE, F::TWO, local[theta(x, y, z)], bits[z - from], sum)
            });
            let added = builder.add_extension(difference, block_bits[limb]);
            let added = builder.arithmetic_extension(-F::TWO, F::ONE, both, one, added);
            let constraint = builder.mul_extension(going, difference);
            let constraint = builder.mul_add_extension(absorb, added, constraint);
            let begun = builder.sub_extension(state, next[block(limb)]);
            builder.mul_add_extension(fresh, begun, constraint)
        } else {
            let constraint = builder.mul_extension(not_last, difference);
            builder.mul_add_extension(fresh, state, constraint)
        };
        constraints.constraint_transition(builder, constraint);
    }
}

fn parities<F: RichField + Extendable<D>, const D: usize>(
    builder: &mut CircuitBuilder<F, D>,
    local: &Row<D>,
    constraints: &mut Consumer<F, D>,
) {
    for x in 0..5 {
        for z in 0..LANE_BITS {
            let sum = (1..5).fold(local[theta(x, 0, z)], |sum, y| {
                xor(builder, sum, local[theta(x, y, z)])
            });
            let d = difference(builder, local, x, z);
            let expected = xor(builder, local[parity(x, z)], d);
            let difference = builder.sub_extension(sum, expected);
            constraints.constraint(builder, difference);
        }
    }
}

fn outputs<F: RichField + Extendable<D>, const D: usize>(
    builder: &mut CircuitBuilder<F, D>,
    local: &Row<D>,
    next: &Row<D>,
    constraints: &mut Consumer<F, D>,
) {
    let is_round = not(builder, local[ABSORB]);
    for limb in 0..STATE_LIMBS {
        let result = pack(builder, limb, |builder, x, y, z| {
            let [a, b, c] = [0, 1, 2].map(|step| local[moved(x + step, y, z)]);
            // c - b c
            let and = builder.arithmetic_extension(F::NEG_ONE, F::ONE, b, c, c);
            let bit = xor(builder, a, and);
            if (x, y) == (0, 0) && has_round_constant(z) {
                let flags: Vec<_> = rounds_with_constant(z).map(|round| local[flag(round)]).collect();
                let constant = builder.add_many_extension(flags);
                xor(builder, bit, constant)
            } else {
                bit
            }
        });
        let out = local[output(limb)];
        let difference = builder.sub_extension(out, result);
        let difference = builder.mul_extension(is_round, difference);
        constraints.constraint(builder, difference);
        constraints.constraint_first_row(builder, out);
        let change = builder.sub_extension(next[output(limb)], out);
        let change = builder.mul_extension(next[ABSORB], change);
        constraints.constraint_transition(builder, change);
    }
}

/// 1 - a.
fn not<F: RichField + Extendable<D>, const D: usize>(
    builder: &mut CircuitBuilder<F, D>,
    a: ExtensionTarget<D>,
) -> ExtensionTarget<D> {
    let one = builder.one_extension();
    builder.sub_extension(one, a)
}

/// a - 2 a b + b.
fn xor<F: RichField + Extendable<D>, const D: usize>(
    builder: &mut CircuitBuilder<F, D>,
    a: ExtensionTarget<D>,
    b: ExtensionTarget<D>,
) -> ExtensionTarget<D> {
    let rest = builder.arithmetic_extension(-F::TWO, F::ONE, a, b, a);
    builder.add_extension(rest, b)
}

fn difference<F: RichField + Extendable<D>, const D: usize>(
    builder: &mut CircuitBuilder<F, D>,
    row: &Row<D>,
    x: usize,
    z: usize,
) -> ExtensionTarget<D> {
    xor(
        builder,
        row[parity(x + 4, z)],
        row[parity(x + 1, z + LANE_BITS - 1)],
    )
}

fn pack<F: RichField + Extendable<D>, const D: usize>(
    builder: &mut CircuitBuilder<F, D>,
    limb: usize,
    mut bit: impl FnMut(&mut CircuitBuilder<F, D>, usize, usize, usize) -> ExtensionTarget<D>,
) -> ExtensionTarget<D> {
    let (x, y, from) = limb_bits(limb);
    let bits: Vec<_> = (from..from + 32).map(|z| bit(builder, x, y, z)).collect();
    let two = builder.constant_extension(F::Extension::TWO);
    ReducingFactorTarget::new(two).reduce(&bits, builder)
}
