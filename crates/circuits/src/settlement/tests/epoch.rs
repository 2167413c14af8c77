use std::sync::OnceLock;

use causeway_aggregation::check::Trace;
use causeway_aggregation::{Shape, StatementDigest};
use causeway_types::Expiry;
use plonky2::field::types::PrimeField64;
use plonky2::iop::target::Target;

use super::*;
use crate::recursion::{Circuit, InnerTargets};
use crate::settlement::epoch::{Epoch, constrain};
use crate::settlement::{Registry, SettlementError};

const SINGLE: [u64; 2] = [1, 2];
const FOLD: u64 = 9;

fn keys() -> ItemKeys {
    ItemKeys {
        single: SINGLE.map(key_of).to_vec(),
        fold: key_of(FOLD),
        shut: None,
    }
}

fn epoch() -> &'static Epoch {
    static CELL: OnceLock<Epoch> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::new_unchecked, &keys());
        Circuit::build_small(builder, targets)
    })
}

/// An epoch that registers two networks.
pub(super) fn registering(height: u8) -> (EpochOpening, EpochRun, Span) {
    let old = GlobalState::genesis();
    let mut new = old.clone();
    let openings = register(&mut new, &[1, 4]);
    let opening = EpochOpening::between(&old, &new, domain(), height);
    let context = opening.shared().hash();
    let plan = Registry::plan(context, &opening.before, &openings, list(1)).unwrap();
    (opening, plan.after, plan.span)
}

fn states(item: &Item, opening: &EpochOpening, after: &EpochRun, values: &[(Target, F)]) -> Option<Vec<F>> {
    let witness = epoch().witness(item, opening, after)?;
    forged(epoch(), &witness, values)
}

#[test]
fn an_epoch_tells_ethereum_what_the_contract_computes() {
    for height in [0, 3, 31, 32] {
        let (opening, after, span) = registering(height);
        let entries = Epoch::plan(&opening, &after).unwrap();
        assert_eq!(entries.len(), 2 * (32 - usize::from(height)) + 3);
        let statement = opening.public_values(&after).statement();
        let list = span.list_out.extend(&entries);
        for item in [
            item(SINGLE[0], NO_KEY, span),
            item(SINGLE[1], NO_KEY, span),
            item(FOLD, key_of(FOLD), span),
        ] {
            let stated = states(&item, &opening, &after, &[]).unwrap();
            let limbs = [0, 1, 2, 3].map(|limb| stated[limb].to_canonical_u64());
            assert_eq!(
                StatementDigest::try_from(limbs).unwrap().to_be_bytes(),
                statement.0
            );
            assert_eq!(stated[4..], list.elements());
        }
    }
}

#[test]
fn only_these_circuits_stand_here() {
    let (opening, after, span) = registering(3);
    for item in [
        item(3, NO_KEY, span),
        item(3, key_of(FOLD), span),
        item(FOLD, NO_KEY, span),
        item(FOLD, key_of(3), span),
        item(3, key_of(3), span),
    ] {
        assert_eq!(states(&item, &opening, &after, &[]), None);
    }
}

#[test]
fn the_item_says_where_the_epoch_begins_and_ends() {
    let (opening, after, span) = registering(3);
    let changes: [fn(&mut Span); 5] = [
        |span| span.context = digest(900),
        |span| span.before = digest(900),
        |span| span.after = digest(900),
        |span| span.list_in = list(900),
        |span| span.list_out = list(900),
    ];
    for change in changes {
        let mut other = span;
        change(&mut other);
        let said = Item {
            span,
            ..item(SINGLE[0], NO_KEY, other)
        };
        assert_eq!(states(&said, &opening, &after, &[]), None);
    }
    // Of another family.
    let mut deposits = item(SINGLE[0], NO_KEY, span);
    let digest = elements(span.hash(crate::settlement::span::DEPOSITS));
    deposits.proof.proof.public_inputs[4..8].copy_from_slice(&digest);
    assert_eq!(states(&deposits, &opening, &after, &[]), None);
}

/// An item that says whatever an epoch would have to begin and end with.
fn agreeing(opening: &EpochOpening, after: &EpochRun) -> Item {
    let span = Span {
        context: opening.shared().hash(),
        before: opening.before.hash(),
        after: after.hash(),
        list_in: list(1),
        list_out: list(2),
    };
    item(SINGLE[0], NO_KEY, span)
}

/// Of an epoch that takes a network's exits, deposits and entries: no root is what it was, and none the same on both sides.
#[test]
fn an_epoch_tells_where_it_ends() {
    let mut old = GlobalState::genesis();
    register(&mut old, &[1, 2]);
    old.deposit(&[deposit(1)]).unwrap();
    let first = publish(&old, 1, 2);
    old.anchor(&first, 32).unwrap();
    let mut new = old.clone();
    register(&mut new, &[3]);
    new.deposit(&[deposit(2), deposit(3)]).unwrap();
    for height in [0, 1, 32] {
        let (mut new, network) = (new.clone(), if height == 0 { 1 } else { 2 });
        let entry = publish(&new, network, 1);
        new.anchor(&entry, height.into()).unwrap();
        let opening = EpochOpening::between(&old, &new, domain(), height);
        let after = EpochRun {
            payload: B256::repeat_byte(0x33),
            authorisations: B256::repeat_byte(0x44),
            expiry: Expiry::new(5 << 32 | 7),
            certificates: true,
            ..EpochOpening::between(&new, &new, domain(), height).before
        };
        assert_ne!(opening.old.rollup_exit_root, opening.new.rollup_exit_root);
        let statement = opening.public_values(&after).statement();
        let stated = states(&agreeing(&opening, &after), &opening, &after, &[]).unwrap();
        let limbs = [0, 1, 2, 3].map(|limb| stated[limb].to_canonical_u64());
        assert_eq!(
            StatementDigest::try_from(limbs).unwrap().to_be_bytes(),
            statement.0,
            "{height}"
        );
        let entries = Epoch::plan(&opening, &after).unwrap();
        assert_eq!(stated[4..], list(2).extend(&entries).elements());
    }
}

#[test]
fn an_epoch_begins_with_nothing_done() {
    let (opening, after, _) = registering(3);
    let changes: [fn(&mut EpochRun); 4] = [
        |run| run.payload.0[0] = 1,
        |run| run.authorisations.0[31] = 1,
        |run| run.expiry = Expiry::new(7),
        |run| run.certificates = true,
    ];
    assert!(states(&agreeing(&opening, &after), &opening, &after, &[]).is_some());
    for change in changes {
        let mut other = opening.clone();
        change(&mut other.before);
        assert_eq!(states(&agreeing(&other, &after), &other, &after, &[]), None);
    }
}

#[test]
fn both_ends_are_what_the_commitments_hash() {
    let (opening, after, _) = registering(3);
    let refused = |opening: &EpochOpening, after: &EpochRun| {
        assert_eq!(states(&agreeing(opening, after), opening, after, &[]), None);
    };
    // The leaf of L1 is that under the root before, and that under the root after.
    let mut other = opening.clone();
    other.old_l1.after.exit_count = 1;
    refused(&other, &after);
    let mut other = opening.clone();
    other.new_l1.after.exit_count = 1;
    refused(&other, &after);
    let mut other = opening.clone();
    other.old_l1.path[2] = digest(900);
    refused(&other, &after);
    // Dependencies are opened under the root that the items end in.
    let mut other = opening.clone();
    other.new.global_root = digest(900);
    refused(&other, &after);
    let mut far = opening.clone();
    far.new.global_root = digest(900);
    assert_eq!(
        Epoch::plan(&far, &after),
        Err(SettlementError::NotThreaded { stage: Stage::Epoch })
    );
}

#[test]
fn what_is_told_cannot_be_chosen() {
    let (opening, after, span) = registering(3);
    let item = item(SINGLE[0], NO_KEY, span);
    let honest = states(&item, &opening, &after, &[]).unwrap();
    let targets = epoch().targets();
    let witness = epoch().witness(&item, &opening, &after).unwrap();
    let trace = Trace::honest(epoch().data(), &witness);
    let chosen = [
        &targets.shared.targets()[..],
        &targets.height.below()[2..4]
            .iter()
            .map(|flag| flag.target)
            .collect::<Vec<_>>(),
        &targets.before.targets(),
        &targets.after.targets(),
        &targets.l1[0].0.targets(),
        &targets.l1[1].0.targets(),
        &targets.span.targets(),
    ]
    .concat();
    for (at, target) in chosen.into_iter().enumerate() {
        let value = trace.get(target).unwrap();
        let flipped = if value == F::ZERO { F::ONE } else { value - F::ONE };
        let got = states(&item, &opening, &after, &[(target, flipped)]);
        assert_ne!(got, Some(honest.clone()), "{at}");
    }
}
