//! Exits: what a network may export, appended to both of its exit trees.

use causeway_aggregation::{D, F};
use causeway_ledger::inputs::Step;
use plonky2::iop::target::BoolTarget;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::moves::ChallengeTarget;
use super::run::RunTarget;
use crate::keccak::{ListTarget, hash_blocks};
use crate::recursion::{connect, falls, is_zero};
use crate::targets::{
    AppendingTarget, DigestTarget, ExitFrontierTarget, ExitTarget, ShadowFrontierTarget, U32Target,
    exit_block, shadow_leaf,
};

/// The exits of a step and the trees to which they are appended.
#[derive(Clone, Debug)]
pub struct ExitsTarget {
    /// The exits.
    pub slots: Vec<ExitSlotTarget>,
    /// The exit tree's frontier before.
    pub frontier: ExitFrontierTarget,
    /// The shadow tree's frontier before.
    pub shadow: ShadowFrontierTarget,
    /// The exit tree's frontier after.
    pub frontier_after: ExitFrontierTarget,
    /// The bits of the exit count after.
    pub count_after: Vec<BoolTarget>,
}

/// An exit, if it is there.
#[derive(Clone, Copy, Debug)]
pub struct ExitSlotTarget {
    /// Whether there is one: falls but once.
    pub active: BoolTarget,
    /// The exit.
    pub exit: ExitTarget,
}

impl ExitsTarget {
    /// Witnesses, appended to a run. The list is told of the leaves in order, then of the nodes above them.
    pub fn new(
        builder: &mut CircuitBuilder<F, D>,
        network: U32Target,
        challenge: &ChallengeTarget,
        run: &mut RunTarget,
        list: &mut ListTarget,
    ) -> Self {
        let count = run.exit_count.bits(builder);
        let frontier = ExitFrontierTarget::new(builder);
        let digest = frontier.digest(builder, run.exit_count);
        connect(builder, digest.elements, run.frontier.elements);
        let shadow = ShadowFrontierTarget::new(builder);
        let root = shadow.root(builder, &count);
        connect(builder, root.elements, run.shadow_root.elements);

        let (mut slots, mut leaves, mut shadow_leaves) = (Vec::new(), Vec::new(), Vec::<DigestTarget>::new());
        for _ in 0..Step::EXITS {
            let active = builder.add_virtual_bool_target_safe();
            let (exit, block) = exit_block(builder);
            check(builder, network, active, &exit);
            leaves.push(hash_blocks(builder, list, &[block], &[active]));
            shadow_leaves.push(shadow_leaf(builder, &exit));
            run.moves
                .add_exit(builder, challenge, network, &exit, (active, false));
            slots.push(ExitSlotTarget { active, exit });
        }
        for pair in slots.windows(2) {
            falls(builder, pair[0].active, pair[1].active);
        }
        let active: Vec<_> = slots.iter().map(|slot| slot.active).collect();
        let appending = AppendingTarget::new(builder, &count, &active);
        let frontier_after = frontier.append(builder, list, &appending, &leaves);
        let shadow_after = shadow.append(builder, &appending, &shadow_leaves);
        let count_after = appending.count(builder);
        // Of 32 bits.
        run.exit_count = U32Target::new_unchecked(builder.le_sum(count_after.iter()));
        run.frontier = frontier_after.digest(builder, run.exit_count);
        run.shadow_root = shadow_after.root(builder, &count_after);
        Self {
            slots,
            frontier,
            shadow,
            frontier_after,
            count_after,
        }
    }
}

/// What `causeway_ledger` refuses of an exit: one to its own network, another's message, a token without address that is not L1's
/// ETH.
fn check(builder: &mut CircuitBuilder<F, D>, network: U32Target, active: BoolTarget, exit: &ExitTarget) {
    let origin = exit.token.network.target();
    let home = builder.is_equal(exit.destination_network.target(), network.target());
    let own = builder.is_equal(origin, network.target());
    let foreign = builder.not(own);
    let message = BoolTarget::new_unsafe(exit.leaf_type.target());
    let anothers = builder.and(message, foreign);
    // Five words do not wrap.
    let address = builder.add_many(exit.token.address.targets());
    let (nowhere, l1) = (is_zero(builder, address), is_zero(builder, origin));
    let elsewhere = builder.not(l1);
    let no_token = builder.and(nowhere, elsewhere);
    for refused in [home, anothers, no_token] {
        let refused = builder.and(active, refused);
        builder.assert_zero(refused.target);
    }
}
