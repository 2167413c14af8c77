//! What opens the rest of a transition's dependencies.

use causeway_aggregation::{D, F, KeyDigest, Shape};
use causeway_ledger::DependencyOpening;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{SettlementError, Stage};
use super::item::Item;
use super::opening::{OpeningTarget, open_all, set_all};
use super::part::{MAX_MORE, PartProof, PartTarget};
use super::roles::{ItemKeys, item_role, joined_role};
use crate::recursion::{Circuit, InnerTargets, TakeIn, connect};
use crate::targets::DigestTarget;

/// Targets of what both circuits do.
#[derive(Clone, Debug)]
pub struct FurtherTargets {
    /// The proof of how far the anchor came.
    pub inner: InnerTargets,
    /// How far that is.
    pub part: PartTarget,
    /// What is opened now.
    pub openings: Vec<OpeningTarget>,
}

/// Targets of the circuit that goes on.
#[derive(Clone, Debug)]
pub struct MoreTargets {
    /// The carried digest of the circuit's own key.
    pub key: DigestTarget,
    /// What is opened.
    pub further: FurtherTargets,
}

/// Targets of the circuit that comes to the end.
#[derive(Clone, Debug)]
pub struct OpenTargets {
    /// What is opened.
    pub further: FurtherTargets,
}

/// The circuit that goes on. It is its own child.
pub type More = Circuit<MoreTargets>;

/// The circuit that comes to the end.
pub type Open = Circuit<OpenTargets>;

impl Circuit<MoreTargets> {
    /// Builds the circuit over the key of anchors that are not at their end.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new(anchor: KeyDigest) -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain_more(&mut builder, InnerTargets::verify, anchor);
        Self::build(builder, targets).map_err(Stage::More.unfit())
    }

    /// A prover's inputs; `None` if something has not the length that it should have.
    pub fn witness(&self, before: &PartProof, openings: &[DependencyOpening]) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        let key = self.key_digest().elements();
        witness.set_target_arr(&self.targets().key.elements, &key).ok()?;
        self.targets().further.set(&mut witness, before, openings)?;
        Some(witness)
    }

    /// Proves that these are opened too.
    ///
    /// # Errors
    /// [`SettlementError::TooMany`] or [`SettlementError::Prove`].
    pub fn prove_part(
        &self,
        before: &PartProof,
        openings: &[DependencyOpening],
    ) -> Result<PartProof, SettlementError> {
        let part = before.part.further(Stage::More, openings)?;
        let proof = self
            .prove(self.witness(before, openings))
            .map_err(Stage::More.unproven())?;
        Ok(PartProof {
            proof,
            part,
            span: before.span,
        })
    }
}

impl Circuit<OpenTargets> {
    /// Builds the circuit over the keys of anchors that are not at their end, and of what goes on.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new(keys: &ItemKeys) -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, keys);
        Self::build(builder, targets).map_err(Stage::Open.unfit())
    }

    /// A prover's inputs; `None` if something has not the length that it should have.
    pub fn witness(&self, before: &PartProof, openings: &[DependencyOpening]) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        self.targets().further.set(&mut witness, before, openings)?;
        Some(witness)
    }

    /// Proves that with these all are opened.
    ///
    /// # Errors
    /// [`SettlementError::TooMany`], [`SettlementError::OtherStatement`] if they are not all, or [`SettlementError::Prove`].
    pub fn prove_item(
        &self,
        before: &PartProof,
        openings: &[DependencyOpening],
    ) -> Result<Item, SettlementError> {
        let stage = Stage::Open;
        let part = before.part.further(stage, openings)?;
        if part.reached != part.wanted {
            return Err(SettlementError::OtherStatement { stage });
        }
        let proof = self
            .prove(self.witness(before, openings))
            .map_err(stage.unproven())?;
        Ok(Item {
            proof,
            span: before.span,
        })
    }
}

impl FurtherTargets {
    /// Opens more under the root that the part names: what is then reached.
    fn open(builder: &mut CircuitBuilder<F, D>, inner: InnerTargets) -> (Self, PartTarget) {
        let part = PartTarget::new_unchecked(builder);
        let digest = part.hash(builder);
        connect(builder, digest.elements, inner.public_inputs(4));
        let (openings, reached) = open_all(builder, MAX_MORE, part.global_root, part.reached);
        let further = PartTarget { reached, ..part };
        let targets = Self {
            inner,
            part,
            openings,
        };
        (targets, further)
    }

    fn set(
        &self,
        witness: &mut PartialWitness<F>,
        before: &PartProof,
        openings: &[DependencyOpening],
    ) -> Option<()> {
        self.inner.set(witness, &before.proof)?;
        self.part.set(witness, &before.part)?;
        set_all(witness, &self.openings, openings)
    }
}

/// The constraints of what goes on.
pub(super) fn constrain_more(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    anchor: KeyDigest,
) -> MoreTargets {
    let key = builder.add_virtual_hash();
    let inner = take_in(builder);
    joined_role(builder, &inner, key, (&[anchor], None));
    let (further, part) = FurtherTargets::open(builder, inner);
    part.register(builder, key);
    MoreTargets { key, further }
}

/// The constraints of what comes to the end.
pub(super) fn constrain(builder: &mut CircuitBuilder<F, D>, take_in: TakeIn, keys: &ItemKeys) -> OpenTargets {
    let inner = take_in(builder);
    item_role(builder, &inner, keys);
    let (further, part) = FurtherTargets::open(builder, inner);
    connect(builder, part.reached.elements, part.wanted.elements);
    let zero = builder.zero();
    builder.register_public_inputs(&[zero; 4]);
    builder.register_public_inputs(&part.item.elements);
    OpenTargets { further }
}
