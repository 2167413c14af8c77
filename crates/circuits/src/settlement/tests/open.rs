use std::sync::OnceLock;

use causeway_aggregation::Shape;
use causeway_ledger::{DependencyEntry, DependencyOpening};
use plonky2::iop::witness::PartialWitness;

use super::*;
use crate::recursion::{Circuit, InnerTargets};
use crate::settlement::open::{More, Open, constrain, constrain_more};
use crate::settlement::part::{MAX_MORE, Part, PartProof};
use crate::settlement::span::SEGMENT;
use crate::settlement::{ItemKeys, SettlementError};

const ANCHOR: u64 = 1;
const MORE: u64 = 2;

fn more() -> &'static More {
    static CELL: OnceLock<More> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let targets = constrain_more(&mut builder, InnerTargets::new_unchecked, key_of(ANCHOR));
        Circuit::build_small(builder, targets)
    })
}

fn open() -> &'static Open {
    static CELL: OnceLock<Open> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let keys = ItemKeys {
            single: vec![key_of(ANCHOR)],
            fold: key_of(MORE),
            shut: None,
        };
        let targets = constrain(&mut builder, InnerTargets::new_unchecked, &keys);
        Circuit::build_small(builder, targets)
    })
}

/// L1 with exits, and some of its prefixes opened.
fn openings(count: u32) -> (GlobalState, Vec<DependencyOpening>) {
    let mut state = GlobalState::genesis();
    let exits: Vec<Exit> = (0..60).map(deposit).collect();
    state.deposit(&exits).unwrap();
    let openings = (1..=count).map(|index| {
        let dependency = DependencyEntry {
            network: NetworkId::MAINNET,
            index: index.into(),
            entry: state.l1_shadow().root_at(index),
        };
        state.open(&dependency).unwrap()
    });
    let openings = openings.collect();
    (state, openings)
}

pub(super) fn span() -> Span {
    Span {
        context: digest(1),
        before: digest(2),
        after: digest(3),
        list_in: list(4),
        list_out: list(5),
    }
}

/// How far an anchor came that has opened the first of these.
fn part(state: &GlobalState, openings: &[DependencyOpening], opened: usize) -> Part {
    let chain = |openings: &[DependencyOpening]| {
        let opened: Vec<_> = openings.iter().map(|opening| opening.dependency).collect();
        causeway_ledger::dependencies_digest(&opened)
    };
    Part {
        item: span().hash(ITEM),
        global_root: state.root(),
        reached: chain(&openings[..opened]),
        wanted: chain(openings),
    }
}

/// An anchor that has opened sixteen of eighteen, and the other two.
pub(super) fn begun() -> (Part, Vec<DependencyOpening>) {
    let (state, all) = openings(18);
    (part(&state, &all, 16), all[16..].to_vec())
}

fn said(number: u64, carried: KeyDigest, part: Part) -> PartProof {
    let exposed = [carried.elements(), elements(part.hash())].concat();
    PartProof {
        proof: shaped(key(number), &exposed),
        part,
        span: span(),
    }
}

fn goes_on(before: &PartProof, openings: &[DependencyOpening]) -> Option<Vec<F>> {
    proven(more(), &more().witness(before, openings)?)
}

fn ends(before: &PartProof, openings: &[DependencyOpening]) -> Option<Vec<F>> {
    proven(open(), &open().witness(before, openings)?)
}

fn own(carried: KeyDigest, part: Part) -> PartProof {
    let mut proof = said(ANCHOR, carried, part);
    proof.proof.key = more().key().clone();
    proof
}

#[test]
fn many_dependencies_are_opened_and_none_skipped() {
    let (state, all) = openings(50);
    let first = said(ANCHOR, NO_KEY, part(&state, &all, 16));
    // Sixteen, then as many as go, then the rest.
    let (going, rest) = all[16..].split_at(MAX_MORE);
    let further = first.part.further(Stage::More, going).unwrap();
    assert_eq!(further, part(&state, &all, 16 + MAX_MORE));
    let key = more().key_digest();
    let expected = [key.elements(), elements(further.hash())].concat();
    assert_eq!(goes_on(&first, going), Some(expected));
    let item = Some(exposed(&span()));
    assert_eq!(ends(&said(MORE, key_of(MORE), further), rest), item);
    // Its own proofs are taken too.
    let none = own(key, further);
    let expected = [key.elements(), elements(further.hash())].concat();
    assert_eq!(goes_on(&none, &[]), Some(expected));
    // One is left out, one comes twice, two change places.
    let behind = said(MORE, key_of(MORE), further);
    assert_eq!(ends(&behind, &rest[1..]), None);
    assert_eq!(ends(&behind, &rest[..rest.len() - 1]), None);
    let mut twice = rest.to_vec();
    twice.insert(1, rest[0].clone());
    assert_eq!(ends(&behind, &twice), None);
    let mut swapped = rest.to_vec();
    swapped.swap(0, 1);
    assert_eq!(ends(&behind, &swapped), None);
    let unfinished = Err(SettlementError::OtherStatement { stage: Stage::Open });
    assert_eq!(open().prove_item(&behind, &rest[1..]), unfinished);
    // More than there is room for.
    let too_many = SettlementError::TooMany {
        stage: Stage::More,
        got: MAX_MORE + 1,
        max: MAX_MORE,
    };
    let many = &all[16..=16 + MAX_MORE];
    assert_eq!(more().prove_part(&first, many), Err(too_many));
    assert_eq!(goes_on(&first, many), None);
}

#[test]
fn they_are_opened_under_the_root_that_the_part_names() {
    let (state, all) = openings(18);
    let mut elsewhere = part(&state, &all, 16);
    elsewhere.global_root = digest(900);
    assert_eq!(ends(&said(ANCHOR, NO_KEY, elsewhere), &all[16..]), None);
    assert_eq!(goes_on(&said(ANCHOR, NO_KEY, elsewhere), &all[16..]), None);
}

#[test]
fn a_part_is_what_its_proof_says() {
    let (state, all) = openings(18);
    let honest = part(&state, &all, 16);
    let changes: [fn(&mut Part); 4] = [
        |part| part.item = digest(900),
        |part| part.global_root = digest(900),
        |part| part.reached = digest(900),
        |part| part.wanted = digest(900),
    ];
    for change in changes {
        let mut other = honest;
        change(&mut other);
        let lying = PartProof {
            part: honest,
            ..said(ANCHOR, NO_KEY, other)
        };
        assert_eq!(ends(&lying, &all[16..]), None);
        assert_eq!(goes_on(&lying, &all[16..]), None);
    }
    // Nor is an item a part, or a segment.
    let mut item = said(ANCHOR, NO_KEY, honest);
    for family in [ITEM, SEGMENT] {
        let digest = elements(span().hash(family));
        item.proof.proof.public_inputs[4..8].copy_from_slice(&digest);
        assert_eq!(ends(&item, &all[16..]), None);
    }
}

#[test]
fn only_these_circuits_stand_here() {
    let (state, all) = openings(18);
    let honest = part(&state, &all, 16);
    let key = more().key_digest();
    assert!(goes_on(&own(key, honest), &all[16..]).is_some());
    assert!(ends(&said(ANCHOR, NO_KEY, honest), &all[16..]).is_some());
    for stranger in [
        said(3, NO_KEY, honest),
        said(3, key, honest),
        said(3, key_of(3), honest),
        own(NO_KEY, honest),
        own(key_of(3), honest),
    ] {
        assert_eq!(goes_on(&stranger, &all[16..]), None);
        assert_eq!(ends(&stranger, &all[16..]), None);
    }
    for carried in [NO_KEY, key_of(3), key_of(ANCHOR)] {
        assert_eq!(ends(&said(MORE, carried, honest), &all[16..]), None);
    }
}

#[test]
fn the_carried_key_may_not_be_an_anchors() {
    let (state, all) = openings(18);
    let anchor = said(ANCHOR, key_of(ANCHOR), part(&state, &all, 16));
    let mut witness: PartialWitness<F> = more().witness(&anchor, &all[16..]).unwrap();
    let key = more().targets().key.elements;
    witness
        .target_values
        .extend(key.into_iter().zip(key_of(ANCHOR).elements()));
    assert_eq!(proven(more(), &witness), None);
}
