//! All circuits of the program, built without verifying the proofs that they take: each is held to the next by what it exposes.

use std::sync::OnceLock;

use causeway_aggregation::{D, Shape};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::*;
use crate::recursion::{Circuit, InnerTargets, KeccakKeys, TakeIn};
use crate::settlement::span::Family;
use crate::settlement::transition::{Close, Segment, Transition, constrain_close};
use crate::settlement::{
    Anchor, Attest, Deposit, DepositShut, Ends, Epoch, Fold, L1, More, Open, Registry, Seal, Shut,
    TransitionKeys, anchor, attest, deposit_shut, epoch, fold, l1, open, seal, shut,
};

/// The key of what closes lists.
pub(super) const KECCAK: u64 = 11;

/// The circuits.
pub(super) struct Circuits {
    pub(super) transition: Transition,
    pub(super) segment: Segment,
    pub(super) segments: Fold,
    pub(super) close: Close,
    pub(super) attest: Attest,
    pub(super) shut: Shut,
    pub(super) deposit: Deposit,
    pub(super) deposit_shut: DepositShut,
    pub(super) deposits: Fold,
    pub(super) l1: L1,
    pub(super) registry: Registry,
    pub(super) anchor: Anchor,
    pub(super) anchor_part: Anchor,
    pub(super) more: More,
    pub(super) open: Open,
    pub(super) fold: Fold,
    pub(super) epoch: Epoch,
    pub(super) seal: Seal,
}

pub(super) fn circuits() -> &'static Circuits {
    static CELL: OnceLock<Circuits> = OnceLock::new();
    CELL.get_or_init(Circuits::new)
}

fn small<T>(constrain: impl FnOnce(&mut CircuitBuilder<F, D>) -> T) -> Circuit<T> {
    let mut builder = Shape::Standard.builder();
    let targets = constrain(&mut builder);
    Circuit::build_small(builder, targets)
}

impl Circuits {
    /// As the program itself puts them together.
    fn new() -> Self {
        const TAKEN: TakeIn = InnerTargets::new_unchecked;
        let joins = |family, single: &[KeyDigest], shut| {
            small(|builder| fold::constrain(builder, TAKEN, family, (single, shut)))
        };
        let keccak = KeccakKeys::new(&[key(KECCAK)]).unwrap();
        let transition = Transition::new().unwrap();
        let segment = Segment::new().unwrap();
        let single = vec![segment.key_digest()];
        let segments = joins(Family::Segments, &single, None);
        let keys = keys(single, &segments, None);
        let close = small(|builder| constrain_close(builder, TAKEN, &keys));
        let mut threaded = vec![transition.key_digest(), close.key_digest()];
        let attest = small(|builder| attest::constrain(builder, TAKEN, &threaded));
        threaded.push(attest.key_digest());
        let shut = small(|builder| shut::constrain(builder, TAKEN, (&threaded, &keccak)));
        let closed = vec![shut.key_digest()];
        let transitions = TransitionKeys { threaded, closed };

        let deposit = Deposit::new().unwrap();
        let single = vec![deposit.key_digest()];
        let deposit_shut = small(|builder| deposit_shut::constrain(builder, TAKEN, (&single, &keccak)));
        let closed = Some(deposit_shut.key_digest());
        let deposits = joins(Family::Deposits, &single, closed);
        let keys = self::keys(single, &deposits, closed);
        let l1 = small(|builder| l1::constrain(builder, TAKEN, &keys));
        let registry = Registry::new().unwrap();
        let [anchor, anchor_part] = [Ends::Item, Ends::Part]
            .map(|ends| small(|builder| anchor::constrain(builder, TAKEN, (ends, &transitions))));
        let more = small(|builder| open::constrain_more(builder, TAKEN, anchor_part.key_digest()));
        let keys = ItemKeys {
            single: vec![anchor_part.key_digest()],
            fold: more.key_digest(),
            shut: None,
        };
        let open = small(|builder| open::constrain(builder, TAKEN, &keys));
        let single = [
            registry.key_digest(),
            anchor.key_digest(),
            open.key_digest(),
            l1.key_digest(),
        ];
        let fold = joins(Family::Items, &single, None);
        let keys = self::keys(single.to_vec(), &fold, None);
        let epoch = small(|builder| epoch::constrain(builder, TAKEN, &keys));
        let seal = small(|builder| seal::constrain(builder, TAKEN, epoch.key_digest(), &keccak));
        Self {
            transition,
            segment,
            segments,
            close,
            attest,
            shut,
            deposit,
            deposit_shut,
            deposits,
            l1,
            registry,
            anchor,
            anchor_part,
            more,
            open,
            fold,
            epoch,
            seal,
        }
    }
}

fn keys(single: Vec<KeyDigest>, fold: &Fold, shut: Option<KeyDigest>) -> ItemKeys {
    ItemKeys {
        single,
        fold: fold.key_digest(),
        shut,
    }
}
