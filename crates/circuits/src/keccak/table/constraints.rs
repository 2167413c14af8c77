//! The constraints over field elements.

use plonky2::field::extension::{Extendable, FieldExtension};
use plonky2::field::packed::PackedField;
use plonky2::hash::hash_types::RichField;
use plonky2::iop::ext_target::ExtensionTarget;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use starky::constraint_consumer::{ConstraintConsumer, RecursiveConstraintConsumer};
use starky::evaluation_frame::{StarkEvaluationFrame, StarkFrame};
use starky::stark::Stark;

use super::columns::{
    ABSORB, COLUMNS, MESSAGE, PARITY, PLACE, TIMES, block, flag, limb_bits, moved, output, parity, theta,
};
use super::constraints_circuit;
use super::{CONSTRAINT_DEGREE, KeccakStark};
use crate::keccak::block::{RATE_LIMBS, STATE_LIMBS};
use crate::keccak::permutation::{LANE_BITS, ROUND_CONSTANTS, ROUNDS};

impl<F: RichField + Extendable<D>, const D: usize> Stark<F, D> for KeccakStark {
    type EvaluationFrame<FE, P, const D2: usize>
        = StarkFrame<P, P::Scalar, COLUMNS, 0>
    where
        FE: FieldExtension<D2, BaseField = F>,
        P: PackedField<Scalar = FE>;
    type EvaluationFrameTarget = StarkFrame<ExtensionTarget<D>, ExtensionTarget<D>, COLUMNS, 0>;

    fn eval_packed_generic<FE, P, const D2: usize>(
        &self,
        frame: &Self::EvaluationFrame<FE, P, D2>,
        constraints: &mut ConstraintConsumer<P>,
    ) where
        FE: FieldExtension<D2, BaseField = F>,
        P: PackedField<Scalar = FE>,
    {
        let (local, next) = (frame.get_local_values(), frame.get_next_values());
        order_of_rows(local, next, constraints);
        for &bit in &local[PARITY..TIMES] {
            constraints.constraint(bit * (bit - P::ONES));
        }
        // Only the last round answers lookups.
        constraints.constraint(local[TIMES] * (P::ONES - local[flag(ROUNDS - 1)]));
        numbers(local, next, constraints);
        blocks(local, next, constraints);
        states(local, next, constraints);
        parities(local, constraints);
        outputs(local, next, constraints);
    }

    fn eval_ext_circuit(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        frame: &Self::EvaluationFrameTarget,
        constraints: &mut RecursiveConstraintConsumer<F, D>,
    ) {
        let (local, next) = (frame.get_local_values(), frame.get_next_values());
        constraints_circuit::eval(builder, local, next, constraints);
    }

    fn constraint_degree(&self) -> usize {
        CONSTRAINT_DEGREE
    }

    fn requires_ctls(&self) -> bool {
        true
    }
}

/// One flag is set on each row: an absorb row first, rounds in their order, after the last round an absorb row or a first round.
fn order_of_rows<P: PackedField>(local: &[P], next: &[P], constraints: &mut ConstraintConsumer<P>) {
    let (absorb, next_absorb) = (local[ABSORB], next[ABSORB]);
    let last = local[flag(ROUNDS - 1)];
    constraints.constraint_first_row(absorb - P::ONES);
    for round in 0..ROUNDS {
        constraints.constraint_first_row(local[flag(round)]);
    }
    for round in 1..ROUNDS {
        constraints.constraint_transition(next[flag(round)] - local[flag(round - 1)]);
    }
    constraints.constraint_transition(next[flag(0)] - (last - next_absorb + absorb));
    constraints.constraint_transition(next_absorb * (P::ONES - last));
    constraints.constraint(absorb * (absorb - P::ONES));
}

/// Messages are numbered one by one, their blocks from zero.
fn numbers<P: PackedField>(local: &[P], next: &[P], constraints: &mut ConstraintConsumer<P>) {
    let fresh = local[flag(ROUNDS - 1)] * next[flag(0)];
    constraints.constraint_first_row(local[MESSAGE]);
    constraints.constraint_first_row(local[PLACE]);
    constraints.constraint_transition(next[MESSAGE] - local[MESSAGE] - fresh);
    constraints.constraint_transition(next[PLACE] - (P::ONES - fresh) * (local[PLACE] + next[ABSORB]));
}

/// A block stays the same until its last round; on an absorb row the bits are its bits.
fn blocks<P: PackedField>(local: &[P], next: &[P], constraints: &mut ConstraintConsumer<P>) {
    let last = local[flag(ROUNDS - 1)];
    for limb in 0..RATE_LIMBS {
        let change = next[block(limb)] - local[block(limb)];
        constraints.constraint_transition((P::ONES - last) * change);
        let bits = pack(limb, |x, y, z| local[theta(x, y, z)]);
        constraints.constraint(local[ABSORB] * (local[block(limb)] - bits));
    }
}

/// The state before the next row's round: what this row's round left; or what the absorb row carries, and its block;
/// or, where a message begins, its block alone. Before an absorb row there is no state.
fn states<P: PackedField>(local: &[P], next: &[P], constraints: &mut ConstraintConsumer<P>) {
    let absorb = local[ABSORB];
    let last = local[flag(ROUNDS - 1)];
    let fresh = last * next[flag(0)];
    let differences: Vec<P> = (0..5 * LANE_BITS)
        .map(|i| difference(next, i / LANE_BITS, i % LANE_BITS))
        .collect();
    let before = |x: usize, y: usize, z: usize| xor(next[theta(x, y, z)], differences[x * LANE_BITS + z]);
    for limb in 0..STATE_LIMBS {
        let state = pack(limb, before);
        let out = local[output(limb)];
        let constraint = if limb < RATE_LIMBS {
            let added = pack(limb, |x, y, z| xor(local[theta(x, y, z)], before(x, y, z)));
            (P::ONES - last - absorb) * (state - out)
                + fresh * (state - next[block(limb)])
                + absorb * (added - out)
        } else {
            (P::ONES - last) * (state - out) + fresh * state
        };
        constraints.constraint_transition(constraint);
    }
}

/// Columns of the state after theta have the parity C + D.
fn parities<P: PackedField>(local: &[P], constraints: &mut ConstraintConsumer<P>) {
    for x in 0..5 {
        for z in 0..LANE_BITS {
            let sum = (1..5).fold(local[theta(x, 0, z)], |sum, y| xor(sum, local[theta(x, y, z)]));
            let expected = xor(local[parity(x, z)], difference(local, x, z));
            constraints.constraint(sum - expected);
        }
    }
}

/// Rounds leave what chi and iota make; absorb rows carry on what the last round left, the first row zeros.
fn outputs<P: PackedField>(local: &[P], next: &[P], constraints: &mut ConstraintConsumer<P>) {
    for limb in 0..STATE_LIMBS {
        let result = pack(limb, |x, y, z| {
            let [a, b, c] = [0, 1, 2].map(|step| local[moved(x + step, y, z)]);
            let bit = xor(a, c - b * c);
            if (x, y) == (0, 0) && has_round_constant(z) {
                xor(bit, rounds_with_constant(z).map(|round| local[flag(round)]).sum())
            } else {
                bit
            }
        });
        constraints.constraint((P::ONES - local[ABSORB]) * (local[output(limb)] - result));
        constraints.constraint_first_row(local[output(limb)]);
        constraints.constraint_transition(next[ABSORB] * (next[output(limb)] - local[output(limb)]));
    }
}

/// Whether some round constant has this bit.
pub(super) fn has_round_constant(z: usize) -> bool {
    rounds_with_constant(z).next().is_some()
}

/// The rounds whose constant has this bit.
pub(super) fn rounds_with_constant(z: usize) -> impl Iterator<Item = usize> {
    (0..ROUNDS).filter(move |&round| ROUND_CONSTANTS[round] >> z & 1 == 1)
}

fn xor<P: PackedField>(a: P, b: P) -> P {
    a + b - (a * b).doubles()
}

/// D[x][z].
fn difference<P: PackedField>(row: &[P], x: usize, z: usize) -> P {
    xor(row[parity(x + 4, z)], row[parity(x + 1, z + LANE_BITS - 1)])
}

/// A limb from its bits.
fn pack<P: PackedField>(limb: usize, bit: impl Fn(usize, usize, usize) -> P) -> P {
    let (x, y, from) = limb_bits(limb);
    (from..from + 32)
        .rev()
        .fold(P::ZEROS, |sum, z| sum.doubles() + bit(x, y, z))
}
