//! The deposit circuit: consumes a run of L1's exits, and keeps what L1's bridge and its shadow tree then know.
//!
//! L1's list of exits is one: an exit that L1's bridge takes and this circuit does not would stop settlement for ever. So the bridge
//! refuses at least what is refused here, which is what `causeway_ledger` refuses of an exit of network 0.

use causeway_aggregation::{D, F, Shape};
use causeway_ledger::{DepositOpening, L1Frontiers, shadow_leaf};
use causeway_types::{Exit, GoldilocksDigest};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{SettlementError, Stage};
use super::exit_trees::{ExitTrees, ExitTreesTarget};
use super::exits::{ExitsTarget, exit_entries};
use super::item::Item;
use super::span::{DEPOSITS, Span, SpanTarget};
use crate::keccak::{Entry, List, ListTarget};
use crate::recursion::Circuit;
use crate::targets::U32Target;

/// Exits that one proof consumes at most.
pub const MAX_EXITS: usize = 64;

/// A run of L1's exits, computed natively.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositPlan {
    /// What it appends to the list: the exits' leaves, and the nodes above them.
    pub entries: Vec<Entry>,
    /// What its proof says.
    pub span: Span,
}

/// Targets of the deposit circuit.
#[derive(Clone, Debug)]
pub struct DepositTargets {
    /// L1's trees before.
    pub before: ExitTreesTarget,
    /// The exits.
    pub exits: ExitsTarget,
    /// L1's trees after.
    pub after: ExitTreesTarget,
    /// What is said.
    pub span: SpanTarget,
}

/// The deposit circuit.
pub type Deposit = Circuit<DepositTargets>;

impl Circuit<DepositTargets> {
    /// Builds the circuit.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new() -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder);
        Self::build(builder, targets).map_err(Stage::Deposit.unfit())
    }

    /// What the proof of a run says that begins behind a list.
    ///
    /// # Errors
    /// [`SettlementError::TooMany`], or [`SettlementError::NotThreaded`] if the exits do not lead from the trees before to those after.
    pub fn plan(opening: &DepositOpening, list_in: List) -> Result<DepositPlan, SettlementError> {
        let stage = Stage::Deposit;
        if opening.exits.len() > MAX_EXITS {
            return Err(SettlementError::TooMany {
                stage,
                got: opening.exits.len(),
                max: MAX_EXITS,
            });
        }
        if appended(&opening.before, &opening.exits).as_ref() != Some(&opening.after) {
            return Err(SettlementError::NotThreaded { stage });
        }
        let entries = exit_entries(&opening.exits, &opening.before.exits);
        let [before, after] =
            [&opening.before, &opening.after].map(|trees| ExitTrees::from(&trees.state()).hash());
        Ok(DepositPlan {
            span: Span {
                context: GoldilocksDigest::ZERO,
                before,
                after,
                list_in,
                list_out: list_in.extend(&entries),
            },
            entries,
        })
    }

    /// A prover's inputs; `None` if there are too many exits.
    pub fn witness(&self, opening: &DepositOpening, list_in: List) -> Option<PartialWitness<F>> {
        let targets = self.targets();
        let mut witness = PartialWitness::new();
        let before = &opening.before;
        targets
            .before
            .set(&mut witness, &ExitTrees::from(&before.state()))?;
        targets.exits.set(
            &mut witness,
            &opening.exits,
            &before.exits,
            before.shadow.branch(),
        )?;
        targets.span.list_in.set(&mut witness, list_in)?;
        Some(witness)
    }

    /// Proves that these exits are consumed.
    ///
    /// # Errors
    /// Those of [`Self::plan`], or [`SettlementError::Prove`].
    pub fn prove_item(&self, opening: &DepositOpening, list_in: List) -> Result<Item, SettlementError> {
        let span = Self::plan(opening, list_in)?.span;
        let proof = self
            .prove(self.witness(opening, list_in))
            .map_err(Stage::Deposit.unproven())?;
        Ok(Item { proof, span })
    }
}

/// L1's trees with these exits more; `None` if there is no room.
fn appended(before: &L1Frontiers, exits: &[Exit]) -> Option<L1Frontiers> {
    let mut after = before.clone();
    for exit in exits {
        after.exits.append(exit.leaf()).ok()?;
        after.shadow.append(shadow_leaf(exit)).ok()?;
    }
    Some(after)
}

/// The constraints of a run of deposits.
pub(super) fn constrain(builder: &mut CircuitBuilder<F, D>) -> DepositTargets {
    let l1 = U32Target::constant(builder, 0);
    let before = ExitTreesTarget::new_unchecked(builder);
    let list_in = ListTarget::new(builder.add_virtual_hash());
    let (mut after, mut list) = (before, list_in);
    let exits = ExitsTarget::new(builder, l1, MAX_EXITS, &mut after, &mut list);
    let span = SpanTarget {
        context: HashOutTarget {
            elements: [builder.zero(); 4],
        },
        before: before.hash(builder),
        after: after.hash(builder),
        list_in,
        list_out: list,
    };
    span.register(builder, DEPOSITS);
    DepositTargets {
        before,
        exits,
        after,
        span,
    }
}
