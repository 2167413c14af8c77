//! The L1 circuit: puts L1's leaf with the deposits of an epoch in the place of the one without.
//!
//! Who speaks for whom does not change: the item stands before certificates or behind them.

use causeway_aggregation::{D, F, Shape};
use causeway_ledger::{ExitFrontier, L1Opening};
use causeway_types::GoldilocksDigest;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{SettlementError, Stage};
use super::exit_trees::{ExitTrees, ExitTreesTarget};
use super::item::{Item, ItemPlan};
use super::roles::{ItemKeys, item_role};
use super::run::{EpochRun, EpochRunTarget};
use super::span::{DEPOSITS, ITEM, Span, SpanTarget};
use crate::keccak::ListTarget;
use crate::recursion::{Circuit, InnerTargets, TakeIn, connect};
use crate::targets::{
    ExitFrontierTarget, L1StateTarget, PathTarget, TreeTarget, U32Target, keccak_words, root_entries,
    set_digest, set_u32,
};

/// The deposits' place in an epoch.
#[derive(Clone, Copy, Debug)]
pub struct L1Inputs<'a> {
    /// Digest of what items share.
    pub context: GoldilocksDigest,
    /// What the epoch has done before.
    pub before: &'a EpochRun,
    /// L1's leaf, replaced.
    pub opening: &'a L1Opening,
    /// The nodes of L1's exit tree after.
    pub exits: &'a ExitFrontier,
}

impl L1Inputs<'_> {
    /// What the item does.
    ///
    /// # Errors
    /// [`SettlementError::NotThreaded`] if L1 is not where the epoch stands; [`SettlementError::OtherStatement`] if the deposits do not
    /// lead from the leaf before to the one after.
    pub fn plan(&self, deposits: &Span) -> Result<ItemPlan, SettlementError> {
        let stage = Stage::L1;
        let [old_root, global_root] = self.opening.global_roots();
        if old_root != self.before.global_root {
            return Err(SettlementError::NotThreaded { stage });
        }
        if !self.is_of(deposits) {
            return Err(SettlementError::OtherStatement { stage });
        }
        let after = EpochRun {
            global_root,
            ..*self.before
        };
        let entries = root_entries(self.exits);
        Ok(ItemPlan {
            span: Span {
                context: self.context,
                before: self.before.hash(),
                after: after.hash(),
                list_in: deposits.list_in,
                list_out: deposits.list_out.extend(&entries),
            },
            entries,
            after,
        })
    }

    fn is_of(&self, deposits: &Span) -> bool {
        let L1Opening { before, after, .. } = self.opening;
        let [begins, ends] = [before, after].map(|state| ExitTrees::from(state).hash());
        deposits.context == GoldilocksDigest::ZERO
            && (deposits.before, deposits.after) == (begins, ends)
            && (after.exit_root, after.frontier) == (self.exits.root(), self.exits.digest())
    }
}

/// Targets of the L1 circuit.
#[derive(Clone, Debug)]
pub struct L1Targets {
    /// The proof of all deposits.
    pub inner: InnerTargets,
    /// What it says.
    pub deposits: SpanTarget,
    /// What the epoch has done before.
    pub before: EpochRunTarget,
    /// L1 before.
    pub old: L1StateTarget,
    /// L1 after.
    pub new: L1StateTarget,
    /// The nodes of its exit tree after.
    pub frontier: ExitFrontierTarget,
    /// The path of its leaf in the global tree.
    pub path: PathTarget,
    /// What the item states.
    pub span: SpanTarget,
}

/// The L1 circuit.
pub type L1 = Circuit<L1Targets>;

impl Circuit<L1Targets> {
    /// Builds the circuit over the keys of what deposits may be.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new(keys: &ItemKeys) -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, keys);
        Self::build(builder, targets).map_err(Stage::L1.unfit())
    }

    /// A prover's inputs; `None` if something has not the length or the form that it should have.
    pub fn witness(&self, deposits: &Item, inputs: &L1Inputs<'_>) -> Option<PartialWitness<F>> {
        let targets = self.targets();
        let mut witness = PartialWitness::new();
        targets.inner.set(&mut witness, &deposits.proof)?;
        let lists = [
            (targets.deposits.list_in, deposits.span.list_in),
            (targets.deposits.list_out, deposits.span.list_out),
        ];
        for (target, list) in lists {
            target.set(&mut witness, list)?;
        }
        targets.before.set(&mut witness, inputs.before)?;
        targets.old.set(&mut witness, &inputs.opening.before)?;
        let after = &inputs.opening.after;
        set_u32(&mut witness, targets.new.exit_count, after.exit_count)?;
        set_digest(&mut witness, targets.new.shadow_root, after.shadow_root)?;
        targets.frontier.set(&mut witness, inputs.exits)?;
        targets.path.set(&mut witness, &inputs.opening.path)?;
        set_digest(&mut witness, targets.span.context, inputs.context)?;
        Some(witness)
    }

    /// Proves the deposits' place.
    ///
    /// # Errors
    /// Those of [`L1Inputs::plan`] and of [`Item::verify`], or [`SettlementError::Prove`].
    pub fn prove_item(&self, deposits: &Item, inputs: &L1Inputs<'_>) -> Result<Item, SettlementError> {
        deposits.verify_as(DEPOSITS, Stage::L1)?;
        let span = inputs.plan(&deposits.span)?.span;
        let proof = self
            .prove(self.witness(deposits, inputs))
            .map_err(Stage::L1.unproven())?;
        Ok(Item { proof, span })
    }
}

/// The constraints of an L1 item.
pub(super) fn constrain(builder: &mut CircuitBuilder<F, D>, take_in: TakeIn, keys: &ItemKeys) -> L1Targets {
    let inner = take_in(builder);
    item_role(builder, &inner, keys);
    // Its leaf was put there by this circuit, or at the beginning.
    let old = L1StateTarget::new_unchecked(builder);
    let exit_count = U32Target::new_unchecked(builder.add_virtual_target());
    let count = exit_count.bits(builder);
    let frontier = ExitFrontierTarget::new(builder);
    let trees = [
        ExitTreesTarget {
            exit_count: old.exit_count,
            frontier: old.frontier,
            shadow_root: old.shadow_root,
        },
        ExitTreesTarget {
            exit_count,
            frontier: frontier.digest(builder, exit_count),
            shadow_root: builder.add_virtual_hash(),
        },
    ];
    let [begins, ends] = trees.map(|trees| trees.hash(builder));
    let deposits = SpanTarget {
        context: HashOutTarget {
            elements: [builder.zero(); 4],
        },
        before: begins,
        after: ends,
        list_in: ListTarget::new(builder.add_virtual_hash()),
        list_out: ListTarget::new(builder.add_virtual_hash()),
    };
    let digest = deposits.hash(builder, DEPOSITS);
    connect(builder, digest.elements, inner.public_inputs(4));

    let mut list = deposits.list_out;
    let always = builder._true();
    let root = frontier.root(builder, &mut list, always, &count);
    let new = L1StateTarget {
        exit_count,
        exit_root: keccak_words(builder, &root),
        shadow_root: trees[1].shadow_root,
        frontier: trees[1].frontier,
    };

    let before = EpochRunTarget::new(builder);
    let path = PathTarget::new(builder, TreeTarget::Global);
    let first = [builder._false(); 32];
    let [old_root, new_root] = [&old, &new].map(|state| {
        let leaf = state.leaf(builder);
        path.root(builder, leaf, &first)
    });
    connect(builder, old_root.elements, before.global_root.elements);
    let after = EpochRunTarget {
        global_root: new_root,
        ..before
    };
    let span = SpanTarget {
        context: builder.add_virtual_hash(),
        before: before.hash(builder),
        after: after.hash(builder),
        list_in: deposits.list_in,
        list_out: list,
    };
    span.register(builder, ITEM);
    L1Targets {
        inner,
        deposits,
        before,
        old,
        new,
        frontier,
        path,
        span,
    }
}
