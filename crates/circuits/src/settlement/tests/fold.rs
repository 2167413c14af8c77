use std::sync::OnceLock;

use causeway_aggregation::Shape;
use plonky2::iop::witness::PartialWitness;

use super::*;
use crate::recursion::{Circuit, InnerTargets};
use crate::settlement::SettlementError;
use crate::settlement::fold::{Fold, constrain};
use crate::settlement::span::{DEPOSITS, Family, SEGMENT};

const SINGLE: [u64; 2] = [1, 2];

fn fold() -> &'static Fold {
    static CELL: OnceLock<Fold> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let single = SINGLE.map(key_of);
        let targets = constrain(
            &mut builder,
            InnerTargets::new_unchecked,
            Family::Items,
            (&single, None),
        );
        Circuit::build_small(builder, targets)
    })
}

/// From state `number` to the next one.
pub(super) fn span(number: u64) -> Span {
    Span {
        context: digest(0),
        before: digest(number),
        after: digest(number + 1),
        list_in: list(number),
        list_out: list(number + 1),
    }
}

fn single(span: Span) -> Item {
    item(SINGLE[0], NO_KEY, span)
}

fn own(carried: KeyDigest, span: Span) -> Item {
    let mut item = item(1, carried, span);
    item.proof.key = fold().key().clone();
    item
}

fn states(left: &Item, right: &Item) -> Option<Vec<F>> {
    proven(fold(), &fold().witness(left, right)?)
}

#[test]
fn neighbours_are_joined() {
    let whole = Fold::plan(Family::Items, &span(1), &span(2)).unwrap();
    let expected = Span {
        after: digest(3),
        list_out: list(3),
        ..span(1)
    };
    assert_eq!(whole, expected);
    let exposed = [fold().key_digest().elements(), elements(whole.hash(ITEM))].concat();
    let kinds = |span: Span| {
        [
            single(span),
            item(SINGLE[1], NO_KEY, span),
            own(fold().key_digest(), span),
        ]
    };
    for left in kinds(span(1)) {
        for right in kinds(span(2)) {
            assert_eq!(states(&left, &right), Some(exposed.clone()));
        }
    }
}

/// The circuit hands on what the left one says where the two have to agree.
fn beside(left: Span, right: Span) -> Option<Vec<F>> {
    let said = Item {
        span: Span {
            context: left.context,
            before: left.after,
            list_in: left.list_out,
            ..right
        },
        ..single(right)
    };
    states(&single(left), &said)
}

#[test]
fn what_does_not_follow_is_not_joined() {
    assert!(beside(span(1), span(2)).is_some());
    let changes: [fn(&mut Span); 3] = [
        |span| span.context = digest(900),
        |span| span.before = digest(900),
        |span| span.list_in = list(900),
    ];
    for change in changes {
        let mut other = span(2);
        change(&mut other);
        let refused = Err(SettlementError::NotThreaded { stage: Stage::Fold });
        assert_eq!(Fold::plan(Family::Items, &span(1), &other), refused);
        assert_eq!(beside(span(1), other), None);
        let witness = fold().witness(&single(span(1)), &single(other));
        assert_eq!(witness.and_then(|witness| proven(fold(), &witness)), None);
    }
    // In the wrong order.
    assert_eq!(beside(span(2), span(1)), None);
}

#[test]
fn a_child_says_what_is_joined() {
    for index in [0, 1] {
        let changes: [fn(&mut Span); 5] = [
            |span| span.context = digest(900),
            |span| span.before = digest(900),
            |span| span.after = digest(900),
            |span| span.list_in = list(900),
            |span| span.list_out = list(900),
        ];
        for change in changes {
            let spans = [span(1), span(2)];
            let mut items = spans.map(single);
            let mut other = spans[index];
            change(&mut other);
            items[index].proof = single(other).proof;
            assert_eq!(states(&items[0], &items[1]), None);
        }
    }
}

#[test]
fn only_these_circuits_stand_here() {
    let own_key = fold().key_digest();
    let strangers = |span: Span| {
        [
            item(3, NO_KEY, span),
            item(3, own_key, span),
            item(3, key_of(3), span),
            own(NO_KEY, span),
            own(key_of(3), span),
        ]
    };
    for (left, right) in strangers(span(1)).iter().zip(&strangers(span(2))) {
        assert_eq!(states(left, &single(span(2))), None);
        assert_eq!(states(&single(span(1)), right), None);
    }
}

#[test]
fn no_other_family_passes() {
    for family in [SEGMENT, DEPOSITS] {
        let mut other = single(span(2));
        other.proof.proof.public_inputs[4..8].copy_from_slice(&elements(span(2).hash(family)));
        assert_eq!(states(&single(span(1)), &other), None);
    }
}

/// A single item that carries its own key would be a fold too, of a circuit that exposes what it likes.
#[test]
fn the_carried_key_may_not_be_a_single_items() {
    let [left, right] = [1, 2].map(|number| item(SINGLE[0], key_of(SINGLE[0]), span(number)));
    let mut witness: PartialWitness<F> = fold().witness(&left, &right).unwrap();
    let key = fold().targets().key.elements;
    let carried = key.into_iter().zip(key_of(SINGLE[0]).elements());
    witness.target_values.extend(carried);
    assert_eq!(proven(fold(), &witness), None);
}

const SHUT: u64 = 5;

/// The fold of a family whose lists are closed on the way.
fn deposits() -> &'static Fold {
    static CELL: OnceLock<Fold> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(
            &mut builder,
            InnerTargets::new_unchecked,
            Family::Deposits,
            (&SINGLE.map(key_of), Some(key_of(SHUT))),
        );
        Circuit::build_small(builder, targets)
    })
}

#[test]
fn what_is_closed_was_made_over_the_carried_key() {
    let own_key = deposits().key_digest();
    let child = |number: u64, carried: KeyDigest, at: u64| item_as(DEPOSITS, number, carried, span(at));
    let joined = |left: &Item, right: &Item| {
        let witness = deposits().witness(left, right).unwrap();
        proven(deposits(), &witness)
    };
    let whole = Fold::plan(Family::Deposits, &span(1), &span(2)).unwrap();
    let exposed = exposed_as(DEPOSITS, own_key, &whole);
    let kinds = |at: u64| [child(SINGLE[0], NO_KEY, at), child(SHUT, own_key, at)];
    for left in kinds(1) {
        for right in kinds(2) {
            assert_eq!(joined(&left, &right), Some(exposed.clone()));
        }
    }
    for carried in [NO_KEY, key_of(3), key_of(SHUT)] {
        assert_eq!(joined(&child(SHUT, carried, 1), &child(1, NO_KEY, 2)), None);
        assert_eq!(joined(&child(1, NO_KEY, 1), &child(SHUT, carried, 2)), None);
    }
    for family in [SEGMENT, ITEM] {
        let other = item_as(family, SHUT, own_key, span(2));
        assert_eq!(joined(&child(1, NO_KEY, 1), &other), None);
    }
    // The circuit that closes lists is none that folds.
    let closed = [1, 2].map(|at| child(SHUT, key_of(SHUT), at));
    let mut witness = deposits().witness(&closed[0], &closed[1]).unwrap();
    let key = deposits().targets().key.elements;
    witness
        .target_values
        .extend(key.into_iter().zip(key_of(SHUT).elements()));
    assert_eq!(proven(deposits(), &witness), None);
    // Where nothing closes lists, nothing is closed.
    let open = [item(SHUT, fold().key_digest(), span(1)), single(span(2))];
    assert_eq!(states(&open[0], &open[1]), None);
}
