//! `PoseidonGate` and `PoseidonMdsGate` over Goldilocks.

use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::hash::poseidon::{
    ALL_ROUND_CONSTANTS, HALF_N_FULL_ROUNDS, N_PARTIAL_ROUNDS, Poseidon, SPONGE_WIDTH,
};

use super::GateInputs;
use crate::wrap::extension::Ext;
use crate::wrap::synth::Synth;

type State = [Ext; SPONGE_WIDTH];

/// Elements of the state outside the partial rounds' S-box grow by eight bits a round; above this they are reduced, so
/// that every constraint can still be multiplied by a power of alpha.
const MAX_LINEAR_BITS: u64 = 165;

const SWAP: usize = 2 * SPONGE_WIDTH;
const START_DELTA: usize = SWAP + 1;
const START_FULL_0: usize = START_DELTA + 4;
const START_PARTIAL: usize = START_FULL_0 + SPONGE_WIDTH * (HALF_N_FULL_ROUNDS - 1);
const START_FULL_1: usize = START_PARTIAL + N_PARTIAL_ROUNDS;

fn mds(state: &State) -> State {
    let circulant = <GoldilocksField as Poseidon>::MDS_MATRIX_CIRC;
    let diagonal = <GoldilocksField as Poseidon>::MDS_MATRIX_DIAG;
    std::array::from_fn(|row| {
        let terms: Vec<Ext> = (0..SPONGE_WIDTH)
            .map(|i| {
                let extra = if i == 0 { diagonal[row] } else { 0 };
                state[(i + row) % SPONGE_WIDTH].scale(circulant[i] + extra)
            })
            .collect();
        Ext::sum(&terms)
    })
}

fn add_constants(state: &State, round: usize) -> State {
    std::array::from_fn(|i| &state[i] + &Ext::constant(ALL_ROUND_CONSTANTS[i + SPONGE_WIDTH * round]))
}

impl Synth {
    /// `x^7`, of about 200 bits: the cube is reduced on the way.
    fn seventh_power(&mut self, x: &Ext) -> Ext {
        let square = self.square_ext(x);
        let cube = self.mul_ext(&square, x);
        let cube = self.reduce_ext(&cube);
        let sixth = self.square_ext(&cube);
        self.mul_ext(&sixth, x)
    }
}

/// Wires: inputs, outputs, swap flag, four deltas, inputs of the S-boxes of all rounds but the first.
///
/// plonky2 evaluates the partial rounds with sparse matrices of 64-bit entries. The inputs of their S-boxes are the same
/// with the plain matrix, whose entries have few bits: linear layers then need no reductions.
pub(super) fn poseidon(cs: &mut Synth, inputs: &GateInputs<'_>) -> Vec<Ext> {
    let wires = inputs.wires;
    let swap = &wires[SWAP];
    let mut constraints = vec![cs.boolean(swap)];
    let deltas = &wires[START_DELTA..START_FULL_0];
    for (i, delta) in deltas.iter().enumerate() {
        constraints.push(&cs.mul_ext(swap, &(&wires[i + 4] - &wires[i])) - delta);
    }
    let mut state: State = std::array::from_fn(|i| match i {
        0..4 => &wires[i] + &deltas[i],
        4..8 => &wires[i] - &deltas[i - 4],
        _ => wires[i].clone(),
    });

    for round in 0..HALF_N_FULL_ROUNDS {
        state = add_constants(&state, round);
        if let Some(previous) = round.checked_sub(1) {
            take_inputs(
                &mut state,
                &wires[START_FULL_0 + SPONGE_WIDTH * previous..],
                &mut constraints,
            );
        }
        let powers = state.each_ref().map(|x| cs.seventh_power(x));
        let last = round == HALF_N_FULL_ROUNDS - 1;
        state = mds(&if last {
            powers.map(|x| cs.reduce_ext(&x))
        } else {
            powers
        });
    }
    for round in 0..N_PARTIAL_ROUNDS {
        state = add_constants(&state, HALF_N_FULL_ROUNDS + round);
        let input = &wires[START_PARTIAL + round];
        constraints.push(&state[0] - input);
        let power = cs.seventh_power(input);
        state[0] = cs.reduce_ext(&power);
        if state[1].bits() > MAX_LINEAR_BITS {
            state = state.map(|x| cs.reduce_ext(&x));
        }
        state = mds(&state);
    }
    for round in 0..HALF_N_FULL_ROUNDS {
        state = add_constants(&state, HALF_N_FULL_ROUNDS + N_PARTIAL_ROUNDS + round);
        take_inputs(
            &mut state,
            &wires[START_FULL_1 + SPONGE_WIDTH * round..],
            &mut constraints,
        );
        state = mds(&state.each_ref().map(|x| cs.seventh_power(x)));
    }
    constraints.extend(
        state
            .iter()
            .zip(&wires[SPONGE_WIDTH..])
            .map(|(x, output)| x - output),
    );
    constraints
}

/// Goes on with the wires that claim to be the S-boxes' inputs.
fn take_inputs(state: &mut State, wires: &[Ext], constraints: &mut Vec<Ext>) {
    for (x, wire) in state.iter_mut().zip(wires) {
        constraints.push(&*x - wire);
        *x = wire.clone();
    }
}

/// Wires: twelve extension elements in, twelve out.
pub(super) fn poseidon_mds(inputs: &GateInputs<'_>) -> Vec<Ext> {
    let half = |start: usize, j: usize| -> State {
        std::array::from_fn(|i| inputs.wires[start + 2 * i + j].clone())
    };
    let computed = [0, 1].map(|j| mds(&half(0, j)));
    let outputs = [0, 1].map(|j| half(2 * SPONGE_WIDTH, j));
    (0..SPONGE_WIDTH)
        .flat_map(|i| [0, 1].map(|j| &outputs[j][i] - &computed[j][i]))
        .collect()
}
