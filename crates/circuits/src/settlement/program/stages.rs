//! Stages that take proofs in, each behind a check of whose they are. What takes none in, or is refused by its circuit all the same,
//! is proven by its circuit alone: see the accessors.

use causeway_aggregation::{ClosedProof, F, KeyDigest, Shape, ShapedProof};
use causeway_ledger::{DependencyOpening, DepositOpening};

use super::SettlementProgram;
use crate::keccak::List;
use crate::settlement::anchor::AnchorInputs;
use crate::settlement::epoch::EpochOpening;
use crate::settlement::error::{SettlementError, Stage};
use crate::settlement::item::Item;
use crate::settlement::l1::L1Inputs;
use crate::settlement::part::PartProof;
use crate::settlement::roles::ItemKeys;
use crate::settlement::run::EpochRun;
use crate::settlement::seal::exposed_list;
use crate::settlement::span::{DEPOSITS, Family};
use crate::settlement::statement::TransitionProof;

impl SettlementProgram {
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

    /// Verifies a proof that closes a list.
    ///
    /// # Errors
    /// Those of [`crate::recursion::KeccakKeys::check`].
    pub fn check_keccak(&self, keccak: &ShapedProof, list: List) -> Result<(), SettlementError> {
        Ok(self.keccak_keys.check(keccak, list)?)
    }

    /// Closes a transition's list.
    ///
    /// # Errors
    /// Those of [`crate::settlement::Shut::shut`].
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
    /// Those of [`crate::settlement::Deposit::prove_item`].
    pub fn prove_deposits(&self, opening: &DepositOpening, list_in: List) -> Result<Item, SettlementError> {
        self.deposit.prove_item(opening, list_in)
    }

    /// Folds two neighbouring runs of deposits.
    ///
    /// # Errors
    /// Those of [`Self::check_deposits`] and [`crate::settlement::Fold::prove_item`].
    pub fn fold_deposits(&self, left: &Item, right: &Item) -> Result<Item, SettlementError> {
        for item in [left, right] {
            self.check_deposits(item, Stage::Deposits)?;
        }
        self.deposits.prove_item(Family::Deposits, left, right)
    }

    /// Closes the list of deposits, single or folded, which then stand behind another.
    ///
    /// # Errors
    /// Those of [`Self::check_deposits`], also of deposits whose list is closed, and of [`crate::settlement::DepositShut::prove_item`].
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
    /// Those of [`Self::check_deposits`] and [`crate::settlement::L1::prove_item`].
    pub fn prove_l1(&self, deposits: &Item, inputs: &L1Inputs<'_>) -> Result<Item, SettlementError> {
        self.check_deposits(deposits, Stage::L1)?;
        self.l1.prove_item(deposits, inputs)
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

    /// Proves the place of a transition that depends on more than [`crate::settlement::MAX_OPENINGS`] entries, the first of which are opened.
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
    /// Those of [`Self::check_part`] and [`crate::settlement::More::prove_part`].
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
    /// Those of [`Self::check_part`] and [`crate::settlement::Open::prove_item`].
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
    /// Those of [`Self::check_item`] and [`crate::settlement::Fold::prove_item`].
    pub fn prove_fold(&self, left: &Item, right: &Item) -> Result<Item, SettlementError> {
        for item in [left, right] {
            self.check_item(item, Stage::Fold)?;
        }
        self.fold.prove_item(Family::Items, left, right)
    }

    /// Proves an epoch over the one item that all are folded into.
    ///
    /// # Errors
    /// Those of [`Self::check_item`] and [`crate::settlement::Epoch::prove_epoch`].
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
    /// [`SettlementError::Inner`], [`SettlementError::ForeignKey`], those of [`crate::recursion::KeccakKeys::check`], or
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
