//! The whole program: its circuits, and each stage with its checks.

mod stages;

use causeway_aggregation::{Closing, LimbTarget};

use super::anchor::{Anchor, Ends, TransitionKeys};
use super::attest::Attest;
use super::deposit::Deposit;
use super::deposit_shut::DepositShut;
use super::epoch::Epoch;
use super::error::SettlementError;
use super::fold::Fold;
use super::l1::L1;
use super::open::{More, Open};
use super::registry::Registry;
use super::roles::ItemKeys;
use super::seal::Seal;
use super::shut::Shut;
use super::span::Family;
use super::transition::{Close, Segment, Transition};
use crate::recursion::KeccakKeys;

/// The circuits of the settlement program. Built once, in seconds.
#[derive(Debug)]
pub struct SettlementProgram {
    keccak_keys: KeccakKeys,
    transition_keys: TransitionKeys,
    item_keys: ItemKeys,
    deposit_keys: ItemKeys,
    transition: Transition,
    segment: Segment,
    segments: Fold,
    close: Close,
    attest: Attest,
    shut: Shut,
    part_keys: ItemKeys,
    deposit: Deposit,
    deposit_shut: DepositShut,
    deposits: Fold,
    l1: L1,
    registry: Registry,
    anchor: Anchor,
    anchor_part: Anchor,
    more: More,
    open: Open,
    fold: Fold,
    epoch: Epoch,
    seal: Seal,
    closing: Closing,
}

impl SettlementProgram {
    /// Builds the circuits of the program that contracts pin: lists are closed in every [`crate::keccak::Size`].
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] or [`SettlementError::Closing`].
    pub fn pinned() -> Result<Self, SettlementError> {
        Self::new(KeccakKeys::pinned())
    }

    /// Builds the circuits, given the keys of the circuits that close lists.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] or [`SettlementError::Closing`].
    pub fn new(keccak_keys: KeccakKeys) -> Result<Self, SettlementError> {
        let transition = Transition::new()?;
        let segment = Segment::new()?;
        let segment_keys = vec![segment.key_digest()];
        let segments = Fold::new(Family::Segments, &segment_keys, None)?;
        let close = Close::new(&ItemKeys {
            single: segment_keys,
            fold: segments.key_digest(),
            shut: None,
        })?;
        let unattested = [transition.key_digest(), close.key_digest()];
        let attest = Attest::new(&unattested)?;
        let threaded = [&unattested[..], &[attest.key_digest()]].concat();
        let shut = Shut::new(&threaded, &keccak_keys)?;
        let transition_keys = TransitionKeys {
            threaded,
            closed: vec![shut.key_digest()],
        };
        let deposit = Deposit::new()?;
        let single = vec![deposit.key_digest()];
        let deposit_shut = DepositShut::new(&single, &keccak_keys)?;
        let shut_key = Some(deposit_shut.key_digest());
        let deposits = Fold::new(Family::Deposits, &single, shut_key)?;
        let deposit_keys = ItemKeys {
            single,
            fold: deposits.key_digest(),
            shut: shut_key,
        };
        let l1 = L1::new(&deposit_keys)?;
        let registry = Registry::new()?;
        let anchor = Anchor::new(Ends::Item, &transition_keys)?;
        let anchor_part = Anchor::new(Ends::Part, &transition_keys)?;
        let more = More::new(anchor_part.key_digest())?;
        let part_keys = ItemKeys {
            single: vec![anchor_part.key_digest()],
            fold: more.key_digest(),
            shut: None,
        };
        let open = Open::new(&part_keys)?;
        let single = vec![
            registry.key_digest(),
            anchor.key_digest(),
            open.key_digest(),
            l1.key_digest(),
        ];
        let fold = Fold::new(Family::Items, &single, None)?;
        let item_keys = ItemKeys {
            single,
            fold: fold.key_digest(),
            shut: None,
        };
        let epoch = Epoch::new(&item_keys)?;
        let seal = Seal::new(epoch.key_digest(), &keccak_keys)?;
        let closing = Closing::new(seal.key(), |builder, limbs| {
            std::array::from_fn(|limb| LimbTarget::range_checked(builder, limbs[limb]))
        })?;
        Ok(Self {
            keccak_keys,
            transition_keys,
            item_keys,
            deposit_keys,
            transition,
            segment,
            segments,
            close,
            attest,
            shut,
            part_keys,
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
            closing,
        })
    }

    /// The transition circuit.
    pub const fn transition(&self) -> &Transition {
        &self.transition
    }

    /// The segment circuit.
    pub const fn segment(&self) -> &Segment {
        &self.segment
    }

    /// The circuit that folds segments.
    pub const fn segments(&self) -> &Fold {
        &self.segments
    }

    /// The close circuit.
    pub const fn close_circuit(&self) -> &Close {
        &self.close
    }

    /// The attest circuit.
    pub const fn attest(&self) -> &Attest {
        &self.attest
    }

    /// The shut circuit.
    pub const fn shut(&self) -> &Shut {
        &self.shut
    }

    /// The deposit circuit.
    pub const fn deposit(&self) -> &Deposit {
        &self.deposit
    }

    /// The circuit that closes lists of deposits.
    pub const fn deposit_shut(&self) -> &DepositShut {
        &self.deposit_shut
    }

    /// The circuit that folds deposits.
    pub const fn deposits(&self) -> &Fold {
        &self.deposits
    }

    /// The L1 circuit.
    pub const fn l1(&self) -> &L1 {
        &self.l1
    }

    /// The registry circuit.
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The anchor circuit.
    pub const fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    /// The anchor circuit of transitions that depend on more.
    pub const fn anchor_part(&self) -> &Anchor {
        &self.anchor_part
    }

    /// The circuit that opens more.
    pub const fn more(&self) -> &More {
        &self.more
    }

    /// The circuit that opens the rest.
    pub const fn open(&self) -> &Open {
        &self.open
    }

    /// The fold circuit.
    pub const fn fold(&self) -> &Fold {
        &self.fold
    }

    /// The epoch circuit.
    pub const fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// The seal circuit.
    pub const fn seal(&self) -> &Seal {
        &self.seal
    }

    /// The closing circuit, whose proofs the last layer takes.
    pub const fn closing(&self) -> &Closing {
        &self.closing
    }
}
