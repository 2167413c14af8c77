use std::sync::OnceLock;

use causeway_aggregation::Shape;
use causeway_ledger::NetworkState;
use plonky2::iop::target::Target;

use super::*;
use crate::recursion::Circuit;
use crate::settlement::registry::{MAX_ENTRIES, Registry, constrain};
use crate::settlement::{ItemPlan, SettlementError};

fn registry() -> &'static Registry {
    static CELL: OnceLock<Registry> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder);
        Circuit::build_small(builder, targets)
    })
}

const CONTEXT: u64 = 77;

fn plan(before: &EpochRun, openings: &[RegistryOpening]) -> ItemPlan {
    Registry::plan(digest(CONTEXT), before, openings, list(1)).unwrap()
}

fn states(before: &EpochRun, openings: &[RegistryOpening], values: &[(Target, F)]) -> Option<Vec<F>> {
    let witness = registry()
        .witness(digest(CONTEXT), before, openings, list(1))
        .unwrap();
    forged(registry(), &witness, values)
}

#[test]
fn entries_are_consumed_as_the_ledger_does() {
    let mut state = GlobalState::genesis();
    for networks in [&[][..], &[1], &[1, 2, 1, u32::MAX, 7, 2], &[9; MAX_ENTRIES]] {
        let before = begin(&state);
        let openings = register(&mut state, networks);
        let plan = plan(&before, &openings);
        assert_eq!(plan.after, begin(&state));
        assert_eq!(plan.entries.len(), networks.len());
        assert_eq!(
            states(&before, &openings, &[]),
            Some(exposed(&plan.span)),
            "{networks:?}"
        );
    }
}

#[test]
fn what_does_not_follow_is_named() {
    let mut state = GlobalState::genesis();
    let before = begin(&state);
    let openings = register(&mut state, &[1; MAX_ENTRIES + 1]);
    let plan = |before: &EpochRun, openings: &[RegistryOpening]| {
        Registry::plan(digest(CONTEXT), before, openings, list(1))
    };
    assert_eq!(
        plan(&before, &openings),
        Err(SettlementError::TooMany {
            stage: Stage::Registry,
            got: MAX_ENTRIES + 1,
            max: MAX_ENTRIES
        })
    );
    let other = Err(SettlementError::NotThreaded {
        stage: Stage::Registry,
    });
    assert_eq!(plan(&before, &openings[1..3]), other);
    assert_eq!(states(&before, &openings[1..3], &[]), None);
    let mut hash = before;
    hash.registry_hash.0[0] ^= 1;
    assert_eq!(plan(&hash, &openings[..1]), other);
    let late = EpochRun {
        certificates: true,
        ..before
    };
    assert_eq!(plan(&late, &openings[..1]), other);
    assert_eq!(states(&late, &openings[..1], &[]), None);
}

/// Of three entries the last is a rotation.
fn three() -> (EpochRun, Vec<RegistryOpening>) {
    let mut state = GlobalState::genesis();
    let before = begin(&state);
    let openings = register(&mut state, &[5, 3, 5]);
    (before, openings)
}

#[test]
fn every_part_of_an_entry_is_bound() {
    let (before, openings) = three();
    let span = exposed(&plan(&before, &openings).span);
    let targets = registry().targets();
    let entry = &targets.entries[2];
    let chosen = [
        &[entry.active.target, entry.known.target, entry.network.target()][..],
        &entry.state.elements,
        &entry.old.targets(),
        &entry.new.targets(),
        &entry.path.siblings()[0].elements,
        &entry.path.siblings()[31].elements,
        &targets.before.targets(),
        &targets.span.targets(),
    ]
    .concat();
    let witness = registry()
        .witness(digest(CONTEXT), &before, &openings, list(1))
        .unwrap();
    let trace = causeway_aggregation::check::Trace::honest(registry().data(), &witness);
    for (at, target) in chosen.into_iter().enumerate() {
        let value = trace.get(target).unwrap();
        let flipped = if value == F::ZERO { F::ONE } else { value - F::ONE };
        assert_ne!(
            states(&before, &openings, &[(target, flipped)]),
            Some(span.clone()),
            "{at}"
        );
    }
}

#[test]
fn a_network_has_one_leaf_and_a_new_one_has_done_nothing() {
    let (before, openings) = three();
    let refused = |openings: &[RegistryOpening], values: &[(Target, F)]| {
        assert_eq!(states(&before, openings, values), None);
    };
    // A known network as if it were new: its leaf is not empty.
    let mut again = openings.clone();
    again[2].old = None;
    refused(&again, &[]);
    // A new one with exits of its own, and nothing behind it that would have to fit.
    let mut rich = openings[..2].to_vec();
    rich[1].state.exit_count = 1;
    refused(&rich, &[]);
    // A new one as if it were known.
    let mut known = openings.clone();
    known[1].old = Some(authority(0));
    refused(&known, &[]);
    // A rotation that changes the state.
    let mut changed = openings.clone();
    changed[2].state.height = 1;
    refused(&changed, &[]);
    // An entry in the middle that is not consumed.
    let targets = registry().targets();
    refused(&openings, &[(targets.entries[1].active.target, F::ZERO)]);
}

#[test]
fn l1_is_no_network_and_an_authority_is_somebody() {
    let (before, openings) = three();
    let entry = &registry().targets().entries[0];
    let set = |values: &[(Target, F)]| states(&before, &openings[..1], values);
    assert!(set(&[]).is_some());
    // Not even where L1 has no leaf.
    for (network, taken) in [(0, false), (5, true)] {
        let opening = RegistryOpening {
            state: NetworkState::genesis(NetworkId::new(network)),
            path: vec![digest(900); 32],
            ..openings[0].clone()
        };
        let bare = EpochRun {
            global_root: opening.global_roots()[0],
            ..before
        };
        let stated = states(&bare, &[opening], &[]);
        assert_eq!(stated.is_some(), taken, "{network}");
    }
    for kind in [0, 2, 3, 4, 257] {
        let kind = F::from_canonical_u64(kind);
        assert_eq!(set(&[(entry.new.kind.target(), kind)]), None, "{kind}");
    }
    let nobody: Vec<(Target, F)> = entry.new.signer.targets().map(|word| (word, F::ZERO)).to_vec();
    assert_eq!(set(&nobody), None);
    assert_eq!(set(&[(entry.new.validity.elements[3], F::ONE)]), None);
    // A word of the signer that is none.
    let wide = F::from_canonical_u64(1 << 32);
    assert_eq!(set(&[(entry.new.signer.targets()[0], wide)]), None);
}

#[test]
fn a_count_does_not_wrap() {
    let (mut before, openings) = three();
    before.registry_count = u32::MAX - 2;
    assert_eq!(states(&before, &openings, &[]), None);
    before.registry_count -= 1;
    assert!(states(&before, &openings, &[]).is_some());
}
