//! Every law of the four circuits, one forgery at a time.
//!
//! The circuits are built without verifying the proofs that they take, so that what else they constrain stands alone: a proof is
//! then a key and public inputs, whatever a test needs. That they do verify is tested on the real ones.
#![allow(clippy::unwrap_used)]

mod chunk;
mod leaf;
mod node;
mod seal;
mod whole;

use causeway_aggregation::check::Trace;
use causeway_aggregation::{C, D, F, KeyDigest, Shape, ShapedProof, message_digest, public_inputs_digest};
use plonky2::field::types::Field;
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_data::VerifierOnlyCircuitData;

use super::{MAX_DEPTH, State, Subtree, UserProof};
use crate::keccak::List;
use crate::recursion::Circuit;
use crate::recursion::testing::{digest, forged, key, proven, shaped};

/// A user's proof under key `number`.
fn user(number: u64, public_inputs: Vec<F>) -> UserProof {
    let exposed = [
        [F::from_canonical_u64(77); 4],
        public_inputs_digest(&public_inputs),
        message_digest(&public_inputs).unwrap(),
    ];
    UserProof {
        proof: shaped(key(number), &exposed.concat()),
        public_inputs,
    }
}

fn list(number: u64) -> List {
    List::from_elements([F::from_canonical_u64(number), F::ONE, F::TWO, F::ZERO])
}

/// A full subtree between two lists.
fn full(height: u8, list_in: List, list_out: List) -> State {
    State {
        count: 1 << height,
        height,
        root: [height.wrapping_add(0xa0); 32],
        list_in,
        list_out,
    }
}

fn subtree(key: VerifierOnlyCircuitData<C, D>, carried: KeyDigest, state: State) -> Subtree {
    Subtree {
        proof: shaped(key, &[carried.elements(), state.digest()].concat()),
        state,
    }
}

const NO_KEY: KeyDigest = KeyDigest::from_elements([F::ZERO; 4]);

/// What a circuit of the family exposes, but for the zeros that fill it up.
fn exposed(carried: KeyDigest, state: &State) -> Vec<F> {
    [carried.elements(), state.digest()].concat()
}

fn number(value: u64) -> F {
    F::from_canonical_u64(value)
}

#[test]
fn states_survive_their_elements() {
    let state = full(7, list(1), list(2));
    assert_eq!(State::from_elements(&state.elements()), Ok(state));
    for (index, value) in [
        (0, 1 << 32),
        (1, u64::from(MAX_DEPTH) + 1),
        (1, 256),
        (2, 1 << 32),
        (9, 1 << 32),
    ] {
        let mut elements = state.elements();
        elements[index] = number(value);
        assert_eq!(
            State::from_elements(&elements),
            Err(super::ProgramError::State { index })
        );
    }
}
