//! The whole program: its circuits, and each stage with its checks.

use causeway_aggregation::{ClosedProof, Closing, F, KeyDigest, LimbTarget, Shape, ShapedProof};
use causeway_ledger::inputs::TransitionInputs;
use causeway_ledger::{DependencyOpening, DepositOpening, RegistryOpening};
use causeway_types::GoldilocksDigest;

use super::anchor::{Anchor, AnchorInputs, Ends, TransitionKeys};
use super::attest::Attest;
use super::deposit::Deposit;
use super::deposit_shut::DepositShut;
use super::epoch::{Epoch, EpochOpening};
use super::error::{SettlementError, Stage};
use super::fold::Fold;
use super::item::Item;
use super::l1::{L1, L1Inputs};
use super::open::{More, Open};
use super::part::PartProof;
use super::registry::Registry;
use super::roles::ItemKeys;
use super::run::EpochRun;
use super::seal::{Seal, exposed_list};
use super::shut::Shut;
use super::span::{DEPOSITS, Family};
use super::statement::TransitionProof;
use super::transition::{Close, Segment, SegmentPlan, Transition};
use crate::keccak::List;
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

    /// Verifies the proof of a transition for an anchor; whether its list is closed.
    ///
    /// # Errors
    /// [`SettlementError::Inner`], [`SettlementError::OtherStatement`] or [`SettlementError::ForeignKey`].
    pub fn check_transition(&self, transition: &TransitionProof) -> Result<bool, SettlementError> {
        let stage = Stage::Anchor;
        transition.verify(stage)?;
        let got = transition.proof.key_digest();
        self.transition_keys
            .closed(got)
            .ok_or(SettlementError::ForeignKey { stage, got })
    }

    /// Verifies the proof of a transition, and that a list is said to stand before it if its own is closed, and only if that or
    /// nothing is in it.
    fn check_place(
        &self,
        transition: &TransitionProof,
        inputs: &AnchorInputs<'_>,
    ) -> Result<(), SettlementError> {
        let closed = self.check_transition(transition)?;
        let fits = match inputs.behind {
            Some(_) => closed || transition.statement.hashes_nothing(),
            None => !closed,
        };
        if fits {
            Ok(())
        } else {
            Err(SettlementError::NotThreaded { stage: Stage::Anchor })
        }
    }

    /// Verifies an anchor that is not at its end.
    ///
    /// # Errors
    /// [`SettlementError::Inner`], [`SettlementError::OtherStatement`] or [`SettlementError::ForeignKey`].
    pub fn check_part(&self, part: &PartProof, stage: Stage) -> Result<(), SettlementError> {
        part.verify(stage)?;
        let got = part.proof.key_digest();
        if self.part_keys.takes(got, carried(&part.proof)) {
            Ok(())
        } else {
            Err(SettlementError::ForeignKey { stage, got })
        }
    }

    /// Verifies an item for a fold or an epoch.
    ///
    /// # Errors
    /// [`SettlementError::Inner`], [`SettlementError::OtherStatement`] or [`SettlementError::ForeignKey`].
    pub fn check_item(&self, item: &Item, stage: Stage) -> Result<(), SettlementError> {
        item.verify(stage)?;
        known(&self.item_keys, item, stage)
    }

    /// Verifies a run of deposits for a fold or for L1's item.
    ///
    /// # Errors
    /// [`SettlementError::Inner`], [`SettlementError::OtherStatement`] or [`SettlementError::ForeignKey`].
    pub fn check_deposits(&self, deposits: &Item, stage: Stage) -> Result<(), SettlementError> {
        deposits.verify_as(DEPOSITS, stage)?;
        known(&self.deposit_keys, deposits, stage)
    }

    /// Proves a certificate of one step.
    ///
    /// # Errors
    /// Those of [`Transition::prove_certificate`].
    pub fn prove_transition(
        &self,
        inputs: &TransitionInputs,
        list_in: List,
    ) -> Result<TransitionProof, SettlementError> {
        self.transition.prove_certificate(inputs, list_in)
    }

    /// Proves a step of a certificate of many.
    ///
    /// # Errors
    /// Those of [`Segment::prove_segment`].
    pub fn prove_segment(
        &self,
        inputs: &TransitionInputs,
        plan: &SegmentPlan,
        list_in: List,
    ) -> Result<Item, SettlementError> {
        self.segment.prove_segment(inputs, plan, list_in)
    }

    /// Folds two neighbouring runs of a certificate's segments.
    ///
    /// # Errors
    /// Those of [`Fold::prove_item`].
    pub fn prove_segments(&self, left: &Item, right: &Item) -> Result<Item, SettlementError> {
        self.segments.prove_item(Family::Segments, left, right)
    }

    /// Proves a certificate from all its segments, folded, the last of which was planned so.
    ///
    /// # Errors
    /// Those of [`Close::prove_certificate`].
    pub fn prove_close(
        &self,
        inputs: &TransitionInputs,
        last: &SegmentPlan,
        segments: &Item,
    ) -> Result<TransitionProof, SettlementError> {
        self.close.prove_certificate(inputs, last, segments)
    }

    /// Verifies a proof that closes a list.
    ///
    /// # Errors
    /// Those of [`KeccakKeys::check`].
    pub fn check_keccak(&self, keccak: &ShapedProof, list: List) -> Result<(), SettlementError> {
        Ok(self.keccak_keys.check(keccak, list)?)
    }

    /// Takes in a network's own proof of its certificate, normalised.
    ///
    /// # Errors
    /// Those of [`Attest::attest`].
    pub fn prove_attest(
        &self,
        transition: &TransitionProof,
        own: &ShapedProof,
    ) -> Result<TransitionProof, SettlementError> {
        self.attest.attest(transition, own)
    }

    /// Closes a transition's list.
    ///
    /// # Errors
    /// Those of [`Shut::shut`].
    pub fn prove_shut(
        &self,
        transition: &TransitionProof,
        keccak: &ShapedProof,
    ) -> Result<TransitionProof, SettlementError> {
        self.shut.shut(transition, (&self.keccak_keys, keccak))
    }

    /// Proves that a run of L1's exits is consumed.
    ///
    /// # Errors
    /// Those of [`Deposit::prove_item`].
    pub fn prove_deposits(&self, opening: &DepositOpening, list_in: List) -> Result<Item, SettlementError> {
        self.deposit.prove_item(opening, list_in)
    }

    /// Folds two neighbouring runs of deposits.
    ///
    /// # Errors
    /// Those of [`Self::check_deposits`] and [`Fold::prove_item`].
    pub fn fold_deposits(&self, left: &Item, right: &Item) -> Result<Item, SettlementError> {
        for item in [left, right] {
            self.check_deposits(item, Stage::Deposits)?;
        }
        self.deposits.prove_item(Family::Deposits, left, right)
    }

    /// Closes the list of deposits, single or folded, which then stand behind another.
    ///
    /// # Errors
    /// Those of [`Self::check_deposits`], also of deposits whose list is closed, and of [`DepositShut::prove_item`].
    pub fn shut_deposits(
        &self,
        deposits: &Item,
        keccak: &ShapedProof,
        list: List,
    ) -> Result<Item, SettlementError> {
        let stage = Stage::DepositShut;
        deposits.verify_as(DEPOSITS, stage)?;
        let open = ItemKeys {
            shut: None,
            ..self.deposit_keys.clone()
        };
        known(&open, deposits, stage)?;
        let keccak = (&self.keccak_keys, keccak);
        self.deposit_shut
            .prove_item(self.deposit_keys.fold, deposits, keccak, list)
    }

    /// Proves the place in an epoch of all its deposits.
    ///
    /// # Errors
    /// Those of [`Self::check_deposits`] and [`L1::prove_item`].
    pub fn prove_l1(&self, deposits: &Item, inputs: &L1Inputs<'_>) -> Result<Item, SettlementError> {
        self.check_deposits(deposits, Stage::L1)?;
        self.l1.prove_item(deposits, inputs)
    }

    /// Proves that entries of the registry are consumed.
    ///
    /// # Errors
    /// Those of [`Registry::prove_item`].
    pub fn prove_registry(
        &self,
        context: GoldilocksDigest,
        before: &EpochRun,
        openings: &[RegistryOpening],
        list_in: List,
    ) -> Result<Item, SettlementError> {
        self.registry.prove_item(context, before, openings, list_in)
    }

    /// Proves a transition's place in an epoch.
    ///
    /// # Errors
    /// Those of [`Self::check_transition`], and of [`AnchorInputs::plan`]: a list is said to stand before the item if the
    /// transition's own is closed, and only if that or nothing is in it, else [`SettlementError::NotThreaded`]; or
    /// [`SettlementError::Prove`].
    pub fn prove_anchor(
        &self,
        transition: &TransitionProof,
        inputs: &AnchorInputs<'_>,
    ) -> Result<Item, SettlementError> {
        self.check_place(transition, inputs)?;
        self.anchor.prove_item(transition, inputs)
    }

    /// Proves the place of a transition that depends on more than [`super::MAX_OPENINGS`] entries, the first of which are opened.
    ///
    /// # Errors
    /// Those of [`Self::prove_anchor`].
    pub fn prove_anchor_part(
        &self,
        transition: &TransitionProof,
        inputs: &AnchorInputs<'_>,
    ) -> Result<PartProof, SettlementError> {
        self.check_place(transition, inputs)?;
        self.anchor_part.prove_part(transition, inputs)
    }

    /// Opens more of what a transition depends on, but not the last.
    ///
    /// # Errors
    /// Those of [`Self::check_part`] and [`More::prove_part`].
    pub fn prove_more(
        &self,
        part: &PartProof,
        openings: &[DependencyOpening],
    ) -> Result<PartProof, SettlementError> {
        self.check_part(part, Stage::More)?;
        self.more.prove_part(part, openings)
    }

    /// Opens the rest of what a transition depends on.
    ///
    /// # Errors
    /// Those of [`Self::check_part`] and [`Open::prove_item`].
    pub fn prove_open(
        &self,
        part: &PartProof,
        openings: &[DependencyOpening],
    ) -> Result<Item, SettlementError> {
        self.check_part(part, Stage::Open)?;
        self.open.prove_item(part, openings)
    }

    /// Proves the fold of two neighbouring items.
    ///
    /// # Errors
    /// Those of [`Self::check_item`] and [`Fold::prove_item`].
    pub fn prove_fold(&self, left: &Item, right: &Item) -> Result<Item, SettlementError> {
        for item in [left, right] {
            self.check_item(item, Stage::Fold)?;
        }
        self.fold.prove_item(Family::Items, left, right)
    }

    /// Proves an epoch over the one item that all are folded into.
    ///
    /// # Errors
    /// Those of [`Self::check_item`] and [`Epoch::prove_epoch`].
    pub fn prove_epoch(
        &self,
        item: &Item,
        opening: &EpochOpening,
        after: &EpochRun,
    ) -> Result<ShapedProof, SettlementError> {
        self.check_item(item, Stage::Epoch)?;
        self.epoch.prove_epoch(item, opening, after)
    }

    /// Proves the seal of an epoch: `keccak` closes the list that the epoch's proof exposes.
    ///
    /// # Errors
    /// [`SettlementError::Inner`], [`SettlementError::ForeignKey`], those of [`KeccakKeys::check`], or
    /// [`SettlementError::Prove`].
    pub fn prove_seal(
        &self,
        epoch: &ShapedProof,
        keccak: &ShapedProof,
    ) -> Result<ShapedProof, SettlementError> {
        let stage = Stage::Seal;
        epoch
            .verify_as(Shape::Standard)
            .map_err(|source| SettlementError::Inner { stage, source })?;
        let got = epoch.key_digest();
        let list = exposed_list(epoch).filter(|_| got == self.epoch.key_digest());
        let list = list.ok_or(SettlementError::ForeignKey { stage, got })?;
        self.keccak_keys.check(keccak, list)?;
        self.seal.prove_seal(epoch, keccak)
    }

    /// Closes a seal: four public inputs, the statement.
    ///
    /// # Errors
    /// [`SettlementError::Closing`].
    pub fn close(&self, seal: &ShapedProof) -> Result<ClosedProof, SettlementError> {
        Ok(self.closing.prove(seal)?)
    }
}

/// Whether an item is under one of these keys.
fn known(keys: &ItemKeys, item: &Item, stage: Stage) -> Result<(), SettlementError> {
    let got = item.proof.key_digest();
    if keys.takes(got, carried(&item.proof)) {
        Ok(())
    } else {
        Err(SettlementError::ForeignKey { stage, got })
    }
}

/// The digest of the key that a proof carries, zeros if it has too few public inputs.
fn carried(proof: &ShapedProof) -> KeyDigest {
    let carried = proof.public_inputs().first_chunk::<4>();
    KeyDigest::from_elements(carried.copied().unwrap_or([F::default(); 4]))
}
