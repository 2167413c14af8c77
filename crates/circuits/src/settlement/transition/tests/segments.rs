//! Certificates of many steps: the segments thread a run, and the close says what they come to.

use std::sync::OnceLock;

use causeway_aggregation::{KeyDigest, ShapedProof};
use plonky2::field::extension::Extendable;

use super::*;
use crate::recursion::InnerTargets;
use crate::recursion::testing::{
    digest as key_of, each_is_verified, forged, key, parrots_digest, proven, real_proof, shaped,
};
use crate::settlement::span::{Family, SEGMENT};
use crate::settlement::transition::{close, segment};
use crate::settlement::{Fold, Item, ItemKeys, Span};
use crate::targets::elements;

const SEGMENT_KEY: u64 = 3;
const JOIN_KEY: u64 = 5;

fn segment() -> &'static Segment {
    static CELL: OnceLock<Segment> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let targets = segment::constrain(&mut builder);
        Circuit::build_small(builder, targets)
    })
}

fn close() -> &'static Close {
    static CELL: OnceLock<Close> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let keys = ItemKeys {
            single: vec![key_of(SEGMENT_KEY)],
            fold: key_of(JOIN_KEY),
            shut: None,
        };
        let targets = close::constrain(&mut builder, InnerTargets::new_unchecked, &keys);
        Circuit::build_small(builder, targets)
    })
}

/// A proof that says a span of segments, under a key, carrying one.
fn said(number: u64, carried: [F; 4], span: Span) -> Item {
    let exposed = [carried, elements(span.hash(SEGMENT))].concat();
    let proof: ShapedProof = shaped(key(number), &exposed);
    Item { proof, span }
}

/// 40 imports of ten tokens, all of them out again to B, twice over.
fn large() -> TransitionInputs {
    let token = |at: u8| TokenId {
        network: L1,
        address: Address::repeat_byte(at),
    };
    let mut world = World::new(DOMAIN);
    for network in [A, B] {
        world
            .register(network, Authority::validity(super::key()).unwrap())
            .unwrap();
    }
    let deposits: Vec<_> = (0..40)
        .map(|at| exit(token(at % 10 + 1), A, U256::from(at) + U256::ONE))
        .collect();
    world.deposit(&deposits).unwrap();
    let imports = (0..)
        .zip(&deposits)
        .map(|(at, &exit)| import(&world, exit, L1, at))
        .collect();
    // The last step takes but three.
    let exits = deposits[..35].iter().map(|&deposit| Exit {
        destination_network: B,
        ..deposit
    });
    inputs(&world, &certificate(&state(&world, A), exits.collect(), imports))
}

fn joined(plans: &[SegmentPlan], list_in: List) -> Span {
    let mut spans = Vec::new();
    let mut list = list_in;
    for plan in plans {
        let span = plan.span(A, list);
        list = span.list_out;
        spans.push(span);
    }
    spans
        .into_iter()
        .reduce(|left, right| Fold::plan(Family::Segments, &left, &right).unwrap())
        .unwrap()
}

#[test]
fn every_step_is_followed_and_they_come_to_the_certificate() {
    let inputs = large();
    assert_eq!(inputs.steps.len(), 3);
    let plans = SegmentPlan::of(&inputs).unwrap();
    let mut list = List::EMPTY;
    for plan in &plans {
        let span = plan.span(A, list);
        let exposed = proven(segment(), &segment().witness(&inputs, plan, list).unwrap());
        let expected = [[F::ZERO; 4], elements(span.hash(SEGMENT))].concat();
        assert_eq!(exposed, Some(expected));
        list = span.list_out;
    }
    let stated = statement(&inputs, List::EMPTY);
    let expected = [[F::ZERO; 4], elements(stated.hash())].concat();
    let segments = said(JOIN_KEY, key_of(JOIN_KEY).elements(), joined(&plans, List::EMPTY));
    let last = plans.last().unwrap();
    let exposed = proven(close(), &close().witness(&inputs, last, &segments).unwrap());
    assert_eq!(exposed, Some(expected));
}

/// What one step does, a segment and a close say as the transition circuit does; also where nothing is exported, before the first exit
/// or behind it.
#[test]
fn one_step_comes_to_the_same_either_way() {
    let world = world();
    let later = settle(&world, authorised(story(&world)));
    let idle = |world: &World| inputs(world, &certificate(&state(world, A), vec![], vec![]));
    for inputs in [inputs(&world, &story(&world)), idle(&world), idle(&later)] {
        let plans = SegmentPlan::of(&inputs).unwrap();
        let segments = said(SEGMENT_KEY, [F::ZERO; 4], joined(&plans, List::EMPTY));
        let exposed = proven(close(), &close().witness(&inputs, &plans[0], &segments).unwrap());
        let whole = proven(circuit(), &circuit().witness(&inputs, List::EMPTY).unwrap());
        assert!(whole.is_some());
        assert_eq!(exposed, whole);
    }
}

#[test]
fn only_segments_are_closed() {
    let world = world();
    let inputs = inputs(&world, &story(&world));
    let plans = SegmentPlan::of(&inputs).unwrap();
    let span = joined(&plans, List::EMPTY);
    let closed = |segments: &Item| proven(close(), &close().witness(&inputs, &plans[0], segments).unwrap());
    let none = KeyDigest::from_elements([F::ZERO; 4]).elements();
    assert!(closed(&said(SEGMENT_KEY, none, span)).is_some());
    assert_eq!(closed(&said(4, none, span)), None);
    assert_eq!(closed(&said(JOIN_KEY, none, span)), None);
    assert_eq!(closed(&said(JOIN_KEY, key_of(4).elements(), span)), None);
}

/// The circuit as it is used: a proof that is none is not taken.
#[test]
fn a_close_verifies_its_segments() {
    let world = world();
    let inputs = inputs(&world, &story(&world));
    let plans = SegmentPlan::of(&inputs).unwrap();
    let span = joined(&plans, List::EMPTY);
    let keys = ItemKeys {
        single: vec![parrots_digest()],
        fold: key_of(JOIN_KEY),
        shut: None,
    };
    let circuit = Close::new(&keys).unwrap();
    let proof = real_proof([F::ZERO; 4], elements(span.hash(SEGMENT)));
    each_is_verified([proof], |[proof]| {
        let proof = proof.clone();
        let witness = circuit.witness(&inputs, &plans[0], &Item { proof, span })?;
        proven(&circuit, &witness)
    });
}

/// The run ends with nothing left, began with nothing done, at the point that all it ranges over gives.
#[test]
fn a_close_begins_at_the_old_state_and_leaves_nothing_open() {
    let world = world();
    let inputs = inputs(&world, &story(&world));
    let plans = SegmentPlan::of(&inputs).unwrap();
    let honest = joined(&plans, List::EMPTY);
    let refused = |plan: &SegmentPlan, span: Span| {
        let segments = said(SEGMENT_KEY, [F::ZERO; 4], span);
        let witness = close().witness(&inputs, plan, &segments).unwrap();
        assert_eq!(proven(close(), &witness), None);
    };
    // Another beginning: something was done before.
    let mut before = plans[0].before.clone();
    before.imports = inputs.old.shadow_root;
    refused(
        &plans[0],
        Span {
            before: before.hash(),
            ..honest
        },
    );
    // Moves that are not accounted for, as the segments say them.
    let mut open = plans[0].clone();
    open.after.sum += <F as Extendable<2>>::Extension::ONE;
    refused(&open, open.span(A, List::EMPTY));
    // Another point.
    let mut elsewhere = plans[0].clone();
    elsewhere.challenge = inputs.old.balance_root;
    refused(&elsewhere, elsewhere.span(A, List::EMPTY));
    // More moves than sums have room for.
    let mut many = plans[0].clone();
    many.after.moves = 1 << 28;
    refused(&many, many.span(A, List::EMPTY));
    // Another network's segments.
    refused(&plans[0], plans[0].span(B, List::EMPTY));
    // A frontier that is not the run's: of any node one limb.
    let segments = said(SEGMENT_KEY, [F::ZERO; 4], honest);
    let witness = close().witness(&inputs, &plans[0], &segments).unwrap();
    assert!(proven(close(), &witness).is_some());
    for node in close().targets().frontier.nodes() {
        let value = Trace::honest(close().data(), &witness).get(node[3]).unwrap();
        assert_eq!(forged(close(), &witness, &[(node[3], value + F::ONE)]), None);
    }
}

/// A segment's run before it is in what it says, field by field.
#[test]
fn a_run_is_bound_whole() {
    let inputs = large();
    let plans = SegmentPlan::of(&inputs).unwrap();
    let witness = segment().witness(&inputs, &plans[1], List::EMPTY).unwrap();
    let honest = proven(segment(), &witness).unwrap();
    for (at, target) in segment().targets().before.targets().into_iter().enumerate() {
        let value = Trace::honest(segment().data(), &witness).get(target).unwrap();
        let other = forged(segment(), &witness, &[(target, value + F::ONE)]);
        assert_ne!(other.as_ref(), Some(&honest), "{at}");
    }
}

#[test]
fn circuits_of_segments_are_standard() {
    let segment = Segment::new().unwrap();
    let single = [segment.key_digest()];
    let fold = Fold::new(Family::Segments, &single, None).unwrap();
    let keys = ItemKeys {
        single: single.to_vec(),
        fold: fold.key_digest(),
        shut: None,
    };
    let close = Close::new(&keys).unwrap();
    let rows = [segment.rows(), fold.rows(), close.rows()];
    println!("segment, fold, close: {rows:?} rows of 8192");
}
