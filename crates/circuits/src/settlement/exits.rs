//! Exits: what an exporter may export, appended to both of its exit trees.

use alloy_primitives::{Address, B256, U256};
use causeway_aggregation::{D, F};
use causeway_ledger::ExitFrontier;
use causeway_types::{Exit, GoldilocksDigest, LeafType, NetworkId, TokenId};
use plonky2::iop::target::BoolTarget;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::exit_trees::ExitTreesTarget;
use crate::keccak::{Entry, ListTarget, hash_blocks};
use crate::recursion::{connect, falls, is_zero};
use crate::targets::{
    AppendingTarget, DigestTarget, ExitFrontierTarget, ExitTarget, ShadowFrontierTarget, U32Target,
    append_entries, exit_block, shadow_leaf,
};

/// What stands where there is no exit.
pub(super) const NO_EXIT: Exit = Exit {
    leaf_type: LeafType::Transfer,
    token: TokenId::ETH,
    destination_network: NetworkId::MAINNET,
    destination_address: Address::ZERO,
    amount: U256::ZERO,
    metadata_hash: B256::ZERO,
};

/// The keccak blocks of exits behind a frontier: their leaves in order, then the nodes above them.
pub(super) fn exit_entries(exits: &[Exit], frontier: &ExitFrontier) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut leaves = Vec::with_capacity(exits.len());
    for exit in exits {
        let (entry, leaf) = Entry::of_message(&exit.encode());
        entries.extend(entry);
        leaves.push(leaf.into());
    }
    entries.extend(append_entries(frontier, &leaves));
    entries
}

/// Exits and the trees to which they are appended.
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
    /// Witnesses, so many at most, appended to a network's trees. The list is told of the leaves in order, then of the nodes above
    /// them.
    pub fn new(
        builder: &mut CircuitBuilder<F, D>,
        network: U32Target,
        slots: usize,
        trees: &mut ExitTreesTarget,
        list: &mut ListTarget,
    ) -> Self {
        let count = trees.exit_count.bits(builder);
        let frontier = ExitFrontierTarget::new(builder);
        let digest = frontier.digest(builder, trees.exit_count);
        connect(builder, digest.elements, trees.frontier.elements);
        let shadow = ShadowFrontierTarget::new(builder);
        let root = shadow.root(builder, &count);
        connect(builder, root.elements, trees.shadow_root.elements);

        let mut leaves = Vec::with_capacity(slots);
        let mut shadow_leaves: Vec<DigestTarget> = Vec::with_capacity(slots);
        let slots: Vec<ExitSlotTarget> = (0..slots)
            .map(|_| {
                let active = builder.add_virtual_bool_target_safe();
                let (exit, block) = exit_block(builder);
                check(builder, network, active, &exit);
                leaves.push(hash_blocks(builder, list, &[block], &[active]));
                shadow_leaves.push(shadow_leaf(builder, &exit));
                ExitSlotTarget { active, exit }
            })
            .collect();
        for pair in slots.windows(2) {
            falls(builder, pair[0].active, pair[1].active);
        }
        let active: Vec<_> = slots.iter().map(|slot| slot.active).collect();
        let appending = AppendingTarget::new(builder, &count, &active);
        let frontier_after = frontier.append(builder, list, &appending, &leaves);
        let shadow_after = shadow.append(builder, &appending, &shadow_leaves);
        let count_after = appending.count(builder);
        // Of 32 bits.
        trees.exit_count = U32Target::new_unchecked(builder.le_sum(count_after.iter()));
        trees.frontier = frontier_after.digest(builder, trees.exit_count);
        trees.shadow_root = shadow_after.root(builder, &count_after);
        Self {
            slots,
            frontier,
            shadow,
            frontier_after,
            count_after,
        }
    }

    /// Fills the witness, given the frontiers before; `None` if there are more exits than slots.
    pub fn set(
        &self,
        witness: &mut PartialWitness<F>,
        exits: &[Exit],
        frontier: &ExitFrontier,
        shadow: &[GoldilocksDigest],
    ) -> Option<()> {
        if exits.len() > self.slots.len() {
            return None;
        }
        let exits = exits.iter().map(Some).chain(std::iter::repeat(None));
        for (slot, exit) in self.slots.iter().zip(exits) {
            witness.set_bool_target(slot.active, exit.is_some()).ok()?;
            slot.exit.set(witness, exit.unwrap_or(&NO_EXIT))?;
        }
        self.frontier.set(witness, frontier)?;
        self.shadow.set(witness, shadow)
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
