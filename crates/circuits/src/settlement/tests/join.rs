use std::sync::OnceLock;

use super::*;
use crate::recursion::{Circuit, InnerTargets};
use crate::settlement::SettlementError;
use crate::settlement::join::{Join, constrain};
use crate::settlement::span::{DEPOSITS, SEGMENT};

/// Keys of what is not joined.
const SINGLE: [u64; 2] = [3, 4];

fn join() -> &'static Join {
    static CELL: OnceLock<Join> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = causeway_aggregation::Shape::Standard.builder();
        let single = SINGLE.map(key_of);
        let targets = constrain(&mut builder, InnerTargets::new_unchecked, (ITEM, &single));
        Circuit::build_small(builder, targets)
    })
}

/// A span from one number to another.
fn span(from: u64, to: u64) -> Span {
    Span {
        context: digest(100),
        before: digest(from),
        after: digest(to),
        list_in: list(from),
        list_out: list(to),
    }
}

/// A joined item: under the circuit's own key, which it carries.
fn joined(span: Span) -> Item {
    let carried = join().key_digest();
    let mut item = item(0, carried, span);
    item.proof.key = join().key().clone();
    item
}

fn together(left: &Item, right: &Item) -> Option<Vec<F>> {
    proven(join(), &join().witness(left, right).unwrap())
}

#[test]
fn neighbours_become_one() {
    let carried = join().key_digest().elements();
    for (left, right) in [
        (item(3, NO_KEY, span(1, 2)), item(4, NO_KEY, span(2, 3))),
        (joined(span(1, 2)), item(3, NO_KEY, span(2, 3))),
        (item(4, NO_KEY, span(1, 2)), joined(span(2, 3))),
        (joined(span(1, 2)), joined(span(2, 3))),
    ] {
        let both = Join::plan(Stage::Fold, &left.span, &right.span).unwrap();
        assert_eq!(both, span(1, 3));
        let expected = [carried, elements(both.hash(ITEM))].concat();
        assert_eq!(together(&left, &right), Some(expected));
    }
}

#[test]
fn what_is_no_neighbour_is_not_joined() {
    let left = span(1, 2);
    let others = [
        Span {
            context: digest(101),
            ..span(2, 3)
        },
        Span {
            before: digest(1),
            ..span(2, 3)
        },
        Span {
            list_in: list(1),
            ..span(2, 3)
        },
    ];
    for right in others {
        let refused = Join::plan(Stage::Fold, &left, &right);
        assert_eq!(refused, Err(SettlementError::NotThreaded { stage: Stage::Fold }));
        assert_eq!(together(&item(3, NO_KEY, left), &item(3, NO_KEY, right)), None);
    }
}

#[test]
fn only_these_circuits_stand_here() {
    let [left, right] = [span(1, 2), span(2, 3)];
    let fine = [item(3, NO_KEY, left), item(3, NO_KEY, right)];
    assert!(together(&fine[0], &fine[1]).is_some());
    // Another circuit, and one of the same circuit digest with another cap.
    let foreign = item(5, NO_KEY, left);
    assert_eq!(together(&foreign, &fine[1]), None);
    let mut cap = fine[1].clone();
    cap.proof.key.constants_sigmas_cap.0[0].elements[0] += F::ONE;
    assert_eq!(together(&fine[0], &cap), None);
    // A join that carries another key was made over that one.
    let mut other = joined(right);
    other.proof.proof.public_inputs[0] += F::ONE;
    assert_eq!(together(&fine[0], &other), None);
}

/// A proof of another family says something else in the same words.
#[test]
fn families_do_not_mix() {
    for family in [SEGMENT, DEPOSITS] {
        let right = span(2, 3);
        let exposed = [NO_KEY.elements(), elements(right.hash(family))].concat();
        let right = Item {
            proof: shaped(key(3), &exposed),
            span: right,
        };
        assert_eq!(together(&item(3, NO_KEY, span(1, 2)), &right), None);
    }
}

/// With a key of his own choice a prover carries it, and whoever compares finds it.
#[test]
fn the_carried_key_is_exposed() {
    let (left, right) = (item(3, NO_KEY, span(1, 2)), item(3, NO_KEY, span(2, 3)));
    let witness = join().witness(&left, &right).unwrap();
    let target = join().targets().join_key.elements[0];
    let exposed = forged(join(), &witness, &[(target, F::ONE)]).unwrap();
    assert_ne!(exposed[..4], join().key_digest().elements());
}
