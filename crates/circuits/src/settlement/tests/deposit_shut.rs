use std::sync::OnceLock;

use causeway_aggregation::{Shape, ShapedProof, public_inputs_digest};

use super::*;
use crate::recursion::{Circuit, InnerTargets, KeccakKeys};
use crate::settlement::deposit_shut::{DepositShut, constrain};
use crate::settlement::span::{DEPOSITS, SEGMENT};

const SINGLE: u64 = 1;
const FOLD: u64 = 9;
const KECCAK: u64 = 11;

fn shut() -> &'static DepositShut {
    static CELL: OnceLock<DepositShut> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let keys = KeccakKeys::new(&[key(KECCAK)]).unwrap();
        let targets = constrain(
            &mut builder,
            InnerTargets::new_unchecked,
            (&[key_of(SINGLE)], &keys),
        );
        Circuit::build_small(builder, targets)
    })
}

fn span() -> Span {
    Span {
        context: GoldilocksDigest::ZERO,
        before: digest(1),
        after: digest(2),
        list_in: list(3),
        list_out: list(4),
    }
}

fn deposits(number: u64, carried: KeyDigest) -> Item {
    item_as(DEPOSITS, number, carried, span())
}

pub(super) fn closes(number: u64, list: List) -> ShapedProof {
    let digest = public_inputs_digest(&list.elements());
    shaped(key(number), &[[F::ONE; 4], digest].concat())
}

fn states(fold: KeyDigest, deposits: &Item, keccak: &ShapedProof, list: List) -> Option<Vec<F>> {
    proven(shut(), &shut().witness(fold, deposits, keccak, list).unwrap())
}

fn closed(deposits: &Item) -> Option<Vec<F>> {
    states(key_of(FOLD), deposits, &closes(KECCAK, list(4)), list(7))
}

#[test]
fn what_is_closed_stands_behind_any_list() {
    for list in [List::EMPTY, list(3), list(7)] {
        let plan = DepositShut::plan(&span(), list);
        let expected = Span {
            list_in: list,
            list_out: list,
            ..span()
        };
        assert_eq!(plan, expected);
        let exposed = exposed_as(DEPOSITS, key_of(FOLD), &plan);
        for item in [deposits(SINGLE, NO_KEY), deposits(FOLD, key_of(FOLD))] {
            let keccak = closes(KECCAK, span().list_out);
            assert_eq!(states(key_of(FOLD), &item, &keccak, list), Some(exposed.clone()));
        }
    }
}

#[test]
fn the_list_that_is_closed_is_the_deposits() {
    let item = deposits(SINGLE, NO_KEY);
    for other in [span().list_in, List::EMPTY, list(7)] {
        let keccak = closes(KECCAK, other);
        assert_eq!(states(key_of(FOLD), &item, &keccak, list(7)), None);
    }
}

#[test]
fn deposits_say_what_is_handed_on() {
    let changes: [fn(&mut Span); 5] = [
        |span| span.context = digest(900),
        |span| span.before = digest(900),
        |span| span.after = digest(900),
        |span| span.list_in = list(900),
        |span| span.list_out = list(900),
    ];
    for change in changes {
        let mut other = span();
        change(&mut other);
        let item = Item {
            span: other,
            ..deposits(SINGLE, NO_KEY)
        };
        let keccak = closes(KECCAK, other.list_out);
        assert_eq!(states(key_of(FOLD), &item, &keccak, list(7)), None);
    }
}

#[test]
fn only_these_circuits_stand_here() {
    assert!(closed(&deposits(SINGLE, NO_KEY)).is_some());
    let strangers = [
        deposits(3, NO_KEY),
        deposits(3, key_of(3)),
        deposits(3, key_of(FOLD)),
        deposits(FOLD, NO_KEY),
        deposits(FOLD, key_of(3)),
    ];
    for stranger in &strangers {
        assert_eq!(closed(stranger), None);
    }
    let keccak = closes(12, list(4));
    let item = deposits(SINGLE, NO_KEY);
    assert_eq!(states(key_of(FOLD), &item, &keccak, list(7)), None);
}

#[test]
fn no_other_family_passes() {
    for family in [SEGMENT, ITEM] {
        assert_eq!(closed(&item_as(family, SINGLE, NO_KEY, span())), None);
    }
}

/// A fold under the key that is exposed is whatever that key's circuit is: whoever takes the proof has to know it.
#[test]
fn the_exposed_key_is_the_folds_and_no_single_ones() {
    let keccak = closes(KECCAK, list(4));
    let stranger = deposits(3, key_of(3));
    let exposed = states(key_of(3), &stranger, &keccak, list(7)).unwrap();
    assert_eq!(exposed[..4], key_of(3).elements());
    let item = deposits(SINGLE, key_of(SINGLE));
    assert_eq!(states(key_of(SINGLE), &item, &keccak, list(7)), None);
}
