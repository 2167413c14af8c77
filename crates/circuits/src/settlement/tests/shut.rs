use std::sync::OnceLock;

use causeway_aggregation::{Shape, ShapedProof, public_inputs_digest};

use super::attest::{statement, transition};
use super::*;
use crate::recursion::{Circuit, InnerTargets, KeccakKeys};
use crate::settlement::shut::{Shut, constrain};
use crate::settlement::{TransitionProof, TransitionStatement};

const TRANSITION: u64 = 3;
const KECCAK: u64 = 11;

fn shut() -> &'static Shut {
    static CELL: OnceLock<Shut> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let keys = KeccakKeys::new(&[key(KECCAK)]).unwrap();
        let transitions = [TRANSITION, 4].map(key_of);
        let targets = constrain(&mut builder, InnerTargets::new_unchecked, (&transitions, &keys));
        Circuit::build_small(builder, targets)
    })
}

fn closes(number: u64, list: List) -> ShapedProof {
    let digest = public_inputs_digest(&list.elements());
    shaped(key(number), &[[F::ONE; 4], digest].concat())
}

fn closed(transition: &TransitionProof, keccak: &ShapedProof) -> Option<Vec<F>> {
    proven(shut(), &shut().witness(transition, keccak).unwrap())
}

#[test]
fn a_closed_list_is_gone_and_nothing_else_changes() {
    let inner = statement(digest(9));
    let expected = TransitionStatement {
        list_in: List::EMPTY,
        list_out: List::EMPTY,
        ..inner
    };
    let exposed = [[F::ZERO; 4], elements(expected.hash())].concat();
    for number in [TRANSITION, 4] {
        let got = closed(&transition(number, inner), &closes(KECCAK, inner.list_out));
        assert_eq!(got.as_deref(), Some(&exposed[..]));
    }
}

#[test]
fn the_list_that_is_closed_is_the_transitions() {
    let inner = statement(digest(9));
    for list in [inner.list_in, List::EMPTY, list(8)] {
        assert_eq!(
            closed(&transition(TRANSITION, inner), &closes(KECCAK, list)),
            None
        );
    }
}

#[test]
fn only_these_circuits_stand_here() {
    let inner = statement(digest(9));
    let keccak = closes(KECCAK, inner.list_out);
    assert_eq!(closed(&transition(5, inner), &keccak), None);
    assert_eq!(
        closed(&transition(TRANSITION, inner), &closes(12, inner.list_out)),
        None
    );
    let mut other = transition(TRANSITION, inner);
    other.statement.certificate = digest(7);
    assert_eq!(closed(&other, &keccak), None);
}
