//! What a prover of an anchor fills in, and what its proof then states.

use causeway_aggregation::F;
use causeway_ledger::{AnchorOpening, DependencyEntry, DependencyOpening, dependencies_digest};
use causeway_types::GoldilocksDigest;
use plonky2::iop::witness::PartialWitness;

use super::{Anchor, MAX_OPENINGS, links};
use crate::keccak::List;
use crate::settlement::error::{SettlementError, Stage};
use crate::settlement::item::{Item, ItemPlan};
use crate::settlement::opening::set_all;
use crate::settlement::part::{Part, PartProof};
use crate::settlement::rollup::climb;
use crate::settlement::run::{EpochRun, SharedContext};
use crate::settlement::span::{ITEM, Span};
use crate::settlement::statement::{TransitionProof, TransitionStatement};

/// A transition's place in an epoch.
#[derive(Clone, Debug)]
pub struct AnchorInputs<'a> {
    /// What items share.
    pub shared: &'a SharedContext,
    /// What the epoch has done before.
    pub before: &'a EpochRun,
    /// The network's leaf, replaced.
    pub opening: &'a AnchorOpening,
    /// What the transition depends on, opened under the root after the epoch, in the transition's order.
    pub dependencies: &'a [DependencyOpening],
    /// What stands before the item in the list if the transition's own list is closed, or nothing is in it; else that is the
    /// transition's.
    pub behind: Option<List>,
}

impl AnchorInputs<'_> {
    /// What the item does.
    ///
    /// # Errors
    /// [`SettlementError::NotThreaded`] if the network is not where the epoch stands; [`SettlementError::OtherStatement`] if the
    /// transition is another one.
    pub fn plan(&self, statement: &TransitionStatement) -> Result<ItemPlan, SettlementError> {
        let stage = Stage::Anchor;
        if !self.is_of(statement) {
            return Err(SettlementError::OtherStatement { stage });
        }
        let opening = self.opening;
        let [old_root, global_root] = opening.global_roots();
        let changed = opening.old.exit_count != opening.new.exit_count;
        let [old_node, new_node] = opening.rollup_nodes();
        if old_root != self.before.global_root || (changed && old_node != self.before.rollup_node) {
            return Err(SettlementError::NotThreaded { stage });
        }
        let mut entries = Vec::new();
        if changed {
            let leaves = [&opening.old, &opening.new].map(|state| state.rollup_leaf());
            let index = u64::from(opening.old.network.get()).saturating_sub(1);
            entries.extend(climb(leaves, index, &opening.rollup).0);
        }
        let (link, payload) = links::payload(self.before.payload, &opening.entry);
        entries.extend(link);
        let (link, authorisations) = links::authorisation(
            self.before.authorisations,
            &opening.entry,
            statement.certificate,
            &opening.authority,
        );
        entries.extend(link);
        let after = EpochRun {
            global_root,
            rollup_node: if changed {
                new_node
            } else {
                self.before.rollup_node
            },
            payload,
            authorisations,
            expiry: self.before.expiry.min(statement.expiry),
            certificates: true,
            ..*self.before
        };
        let (list_in, begins) = match self.behind {
            Some(list) => (list, list),
            None => (statement.list_in, statement.list_out),
        };
        Ok(ItemPlan {
            span: Span {
                context: self.shared.hash(),
                before: self.before.hash(),
                after: after.hash(),
                list_in,
                list_out: begins.extend(&entries),
            },
            entries,
            after,
        })
    }

    /// How far an item came of whose dependencies so many are opened.
    pub fn part(&self, span: &Span, statement: &TransitionStatement, opened: usize) -> Part {
        let opened = self.dependencies.iter().take(opened);
        let opened: Vec<DependencyEntry> = opened.map(|opening| opening.dependency).collect();
        Part {
            item: span.hash(ITEM),
            global_root: self.shared.global_root,
            reached: dependencies_digest(&opened),
            wanted: statement.dependencies,
        }
    }

    fn is_of(&self, statement: &TransitionStatement) -> bool {
        let opening = self.opening;
        let key = opening.authority.validity_key();
        let opened: Vec<DependencyEntry> = self
            .dependencies
            .iter()
            .map(|opening| opening.dependency)
            .collect();
        opening.old.network == opening.new.network
            && statement.old == opening.old.hash()
            && statement.new == opening.new.hash()
            && statement.domain == self.shared.domain
            && statement.validity == key.unwrap_or(GoldilocksDigest::ZERO)
            && statement.dependencies == dependencies_digest(&opened)
    }
}

impl Anchor {
    /// A prover's inputs, of whose dependencies so many are opened; `None` if something has not the length or the form that it
    /// should have.
    pub fn witness(
        &self,
        transition: &TransitionProof,
        inputs: &AnchorInputs<'_>,
        opened: usize,
    ) -> Option<PartialWitness<F>> {
        let targets = self.targets();
        let mut witness = PartialWitness::new();
        let statement = &transition.statement;
        targets.inner.set(&mut witness, &transition.proof)?;
        targets.statement.set(&mut witness, statement)?;
        targets.shared.set(&mut witness, inputs.shared)?;
        targets.height.set(&mut witness, inputs.shared.rollup_height)?;
        targets.before.set(&mut witness, inputs.before)?;
        let list_in = inputs.behind.unwrap_or(statement.list_in);
        targets.span.list_in.set(&mut witness, list_in)?;
        let opening = inputs.opening;
        targets.old.set(&mut witness, &opening.old)?;
        targets.new.set(&mut witness, &opening.new)?;
        targets.authority.set(&mut witness, &opening.authority)?;
        targets.path.set(&mut witness, &opening.path)?;
        for (level, target) in targets.levels.iter().enumerate() {
            target.set_sibling(&mut witness, opening.rollup.get(level))?;
        }
        let opened = inputs.dependencies.get(..opened)?;
        set_all(&mut witness, &targets.openings, opened)?;
        Some(witness)
    }

    /// Proves a transition's place, in the circuit that ends in an item.
    ///
    /// # Errors
    /// Those of [`AnchorInputs::plan`], [`SettlementError::TooMany`] or [`SettlementError::Prove`].
    pub fn prove_item(
        &self,
        transition: &TransitionProof,
        inputs: &AnchorInputs<'_>,
    ) -> Result<Item, SettlementError> {
        let (stage, opened) = (Stage::Anchor, inputs.dependencies.len());
        if opened > MAX_OPENINGS {
            return Err(SettlementError::TooMany {
                stage,
                got: opened,
                max: MAX_OPENINGS,
            });
        }
        let span = inputs.plan(&transition.statement)?.span;
        let proof = self
            .prove(self.witness(transition, inputs, opened))
            .map_err(stage.unproven())?;
        Ok(Item { proof, span })
    }

    /// Proves a transition's place but for what [`MAX_OPENINGS`] leaves of its dependencies, in the circuit that ends in a part.
    ///
    /// # Errors
    /// Those of [`AnchorInputs::plan`], or [`SettlementError::Prove`].
    pub fn prove_part(
        &self,
        transition: &TransitionProof,
        inputs: &AnchorInputs<'_>,
    ) -> Result<PartProof, SettlementError> {
        let stage = Stage::AnchorPart;
        let opened = inputs.dependencies.len().min(MAX_OPENINGS);
        let span = inputs.plan(&transition.statement)?.span;
        let part = inputs.part(&span, &transition.statement, opened);
        let proof = self
            .prove(self.witness(transition, inputs, opened))
            .map_err(stage.unproven())?;
        Ok(PartProof { proof, part, span })
    }
}
