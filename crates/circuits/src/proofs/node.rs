//! The node circuit: joins two subtrees, or adds a height to one. It is its own child.
//!
//! Its key digest cannot be a constant of itself, so every node carries it in its public inputs. A child under the carried key
//! *is* a node and must carry the same; a child under the constant key of the chunk circuit must have been made over that node key;
//! a child under the constant key of the leaf circuit is a leaf; nothing else is a child. Whoever takes a root compares what it
//! carries with the true digest: the [`super::seal`] in a circuit.

use causeway_aggregation::{D, F, KeyDigest, Shape};
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{ProgramError, Stage};
use super::native::{MAX_DEPTH, join, zero_hash};
use super::state::{State, StateTarget};
use super::subtree::{Subtree, SubtreeTargets};
use crate::keccak::{
    DIGEST_LIMBS, DigestTarget, Entry, List, ListTarget, digest_limbs, hash_pair, hash_pair_if,
};
use crate::recursion::{Circuit, InnerTargets, TakeIn, connect_if, constant_key, falls, is_equal, select};

/// Heights by which a node lifts its right child: an odd subtree costs no node of its own for each.
pub const MAX_LIFTS: usize = 4;

/// Targets of one child.
#[derive(Clone, Debug)]
pub struct ChildTargets {
    /// The child.
    pub subtree: SubtreeTargets,
    /// Whether it is a node: computed from its key, as the next two.
    pub is_node: BoolTarget,
    /// Whether it is a chunk.
    pub is_chunk: BoolTarget,
    /// Whether it is a leaf.
    pub is_leaf: BoolTarget,
}

/// Targets of the node circuit.
#[derive(Clone, Debug)]
pub struct NodeTargets {
    /// The carried digest of the circuit's own key.
    pub node_key: HashOutTarget,
    /// Left and right child; the right one is the left one again where there is but one.
    pub children: [ChildTargets; 2],
    /// Whether the right child contributes nothing.
    pub single: BoolTarget,
    /// The left child's height, one flag for each.
    pub heights: Vec<BoolTarget>,
    /// Whether the right child is lifted by one at least, by two at least, and so on.
    pub lifts: Vec<BoolTarget>,
    /// What the node states.
    pub state: StateTarget,
}

/// The node circuit.
pub type Node = Circuit<NodeTargets>;

impl Circuit<NodeTargets> {
    /// Builds the circuit over the keys of the leaf's and the chunk's.
    ///
    /// # Errors
    /// [`ProgramError::Circuit`] if it does not fit.
    pub fn new(leaf: KeyDigest, chunk: KeyDigest) -> Result<Self, ProgramError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, (leaf, chunk));
        Self::build(builder, targets).map_err(Stage::Node.unfit())
    }

    /// The entries that a node appends, and its state. `list_in` is what stands before it.
    ///
    /// # Errors
    /// What of the children does not go together.
    pub fn plan(
        left: &State,
        right: Option<&State>,
        list_in: List,
        list_between: List,
    ) -> Result<(Vec<Entry>, State), ProgramError> {
        if left.height >= MAX_DEPTH {
            return Err(ProgramError::TooHigh { height: left.height });
        }
        let mut entries = Vec::new();
        let mut beside = zero_hash(left.height);
        if let Some(right) = right {
            let lifts = left.height.checked_sub(right.height);
            if lifts.is_none_or(|lifts| usize::from(lifts) > MAX_LIFTS) {
                return Err(ProgramError::Heights {
                    left: left.height,
                    right: right.height,
                });
            }
            if left.count != 1 << left.height {
                return Err(ProgramError::NotFull {
                    count: left.count,
                    height: left.height,
                });
            }
            beside = right.root;
            for height in right.height..left.height {
                let (entry, above) = join(beside, zero_hash(height));
                entries.extend(entry);
                beside = above;
            }
        }
        let (entry, root) = join(left.root, beside);
        entries.extend(entry);
        let state = State {
            count: left.count.saturating_add(right.map_or(0, |right| right.count)),
            height: left.height + 1,
            root,
            list_in,
            list_out: list_between.extend(&entries),
        };
        Ok((entries, state))
    }

    /// A prover's inputs; `None` if a proof is not of the standard shape.
    pub fn witness(
        &self,
        left: &Subtree,
        right: Option<&Subtree>,
        list_in: List,
    ) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        let targets = self.targets();
        witness
            .set_target_arr(&targets.node_key.elements, &self.key_digest().elements())
            .ok()?;
        witness.set_bool_target(targets.single, right.is_none()).ok()?;
        witness
            .set_target_arr(&targets.state.list_in.digest().elements, &list_in.elements())
            .ok()?;
        let right = right.unwrap_or(left);
        for (height, &flag) in (0..).zip(&targets.heights) {
            witness.set_bool_target(flag, left.state.height == height).ok()?;
        }
        let lifts = left.state.height.saturating_sub(right.state.height);
        for (lift, &flag) in (0..).zip(&targets.lifts) {
            witness.set_bool_target(flag, lift < lifts).ok()?;
        }
        for (targets, child) in targets.children.iter().zip([left, right]) {
            targets.subtree.set(&mut witness, child)?;
        }
        Some(witness)
    }
}

/// The constraints of a node.
pub(super) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    keys: (KeyDigest, KeyDigest),
) -> NodeTargets {
    let node_key = builder.add_virtual_hash();
    let children = [(); 2].map(|()| child(builder, take_in, node_key, keys));
    let [left, right] = [&children[0], &children[1]].map(|child| child.subtree.state);
    let single = builder.add_virtual_bool_target_safe();
    let pair = builder.not(single);

    // Places are filled from the left: what has a right neighbour is full.
    let heights = one_hot(builder, left.height);
    let full = weighted(builder, &heights);
    builder.conditional_assert_eq(pair.target, left.count, full);
    let lifts: Vec<BoolTarget> = (0..MAX_LIFTS)
        .map(|_| builder.add_virtual_bool_target_safe())
        .collect();
    for flags in lifts.windows(2) {
        falls(builder, flags[0], flags[1]);
    }
    // Also of one child, which then stands beside itself and is lifted by nothing.
    let lifted = builder.add_many(lifts.iter().map(|lift| lift.target));
    let right_height = builder.add(right.height, lifted);
    builder.connect(right_height, left.height);

    // A chunk's list is closed: it hands on what stands before it.
    let list_in = ListTarget::new(builder.add_virtual_hash());
    let before = list_in.digest().elements;
    let between = hand_on(builder, &children[0], before, None);
    let after = hand_on(builder, &children[1], between, Some(pair));
    let mut list = ListTarget::new(HashOutTarget {
        elements: select(builder, pair, after, between),
    });

    let zeros = zero_table(builder);
    let mut beside = right.root;
    for (lift, &active) in lifts.iter().enumerate().rev() {
        let zero = look_up(builder, &zeros, &heights[lift + 1..]);
        let above = hash_pair_if(builder, &mut list, active, beside, zero);
        beside = select(builder, active, above, beside);
    }
    let zero = look_up(builder, &zeros, &heights);
    let beside = select(builder, pair, beside, zero);
    let root = hash_pair(builder, &mut list, left.root, beside);
    let one = builder.one();
    let state = StateTarget {
        count: builder.mul_add(pair.target, right.count, left.count),
        height: builder.add(left.height, one),
        root,
        list_in,
        list_out: list,
    };
    state.register(builder, node_key);
    NodeTargets {
        node_key,
        children,
        single,
        heights,
        lifts,
        state,
    }
}

/// Verifies a child and computes from its key what it is.
fn child(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    node_key: HashOutTarget,
    (leaf, chunk): (KeyDigest, KeyDigest),
) -> ChildTargets {
    let subtree = SubtreeTargets::verify(builder, take_in);
    let digest = subtree.inner.digest;
    let (leaf, chunk) = (constant_key(builder, leaf), constant_key(builder, chunk));
    let [is_node, is_chunk, is_leaf] = [node_key, chunk, leaf].map(|key| is_equal(builder, digest, key));
    let roles = builder.add_many([is_node, is_chunk, is_leaf].map(|role| role.target));
    let one = builder.one();
    builder.connect(roles, one);
    let carries = builder.not(is_leaf);
    connect_if(builder, carries.target, subtree.node_key(), node_key.elements);
    ChildTargets {
        subtree,
        is_node,
        is_chunk,
        is_leaf,
    }
}

/// The list after a child, given the one before it. Its own must begin there, unless it is a chunk or does not count.
fn hand_on(
    builder: &mut CircuitBuilder<F, D>,
    child: &ChildTargets,
    before: [Target; 4],
    counts: Option<BoolTarget>,
) -> [Target; 4] {
    let state = &child.subtree.state;
    let mut threaded = builder.not(child.is_chunk);
    if let Some(counts) = counts {
        threaded = builder.and(threaded, counts);
    }
    connect_if(builder, threaded.target, state.list_in.digest().elements, before);
    select(builder, child.is_chunk, before, state.list_out.digest().elements)
}

/// A height below [`MAX_DEPTH`] as one flag for each.
fn one_hot(builder: &mut CircuitBuilder<F, D>, height: Target) -> Vec<BoolTarget> {
    let flags: Vec<BoolTarget> = (0..MAX_DEPTH)
        .map(|_| builder.add_virtual_bool_target_safe())
        .collect();
    let (zero, one) = (builder.zero(), builder.one());
    // How many flags are set at or above each height, and the sum of that above the lowest: the height.
    let (mut set, mut sum) = (zero, zero);
    for (at, flag) in flags.iter().enumerate().rev() {
        set = builder.add(set, flag.target);
        if at > 0 {
            sum = builder.add(sum, set);
        }
    }
    builder.connect(set, one);
    builder.connect(sum, height);
    flags
}

/// Two to the power of the flag that is set.
fn weighted(builder: &mut CircuitBuilder<F, D>, flags: &[BoolTarget]) -> Target {
    let zero = builder.zero();
    flags
        .iter()
        .rev()
        .fold(zero, |sum, flag| builder.mul_const_add(F::TWO, sum, flag.target))
}

/// The limbs of Z_0 and those above it as constants.
fn zero_table(builder: &mut CircuitBuilder<F, D>) -> Vec<DigestTarget> {
    (0..MAX_DEPTH)
        .map(|height| {
            digest_limbs(zero_hash(height)).map(|limb| builder.constant(F::from_canonical_u32(limb)))
        })
        .collect()
}

/// The entry of the flag that is set; zeros if none is.
fn look_up(builder: &mut CircuitBuilder<F, D>, table: &[DigestTarget], flags: &[BoolTarget]) -> DigestTarget {
    let mut found = [builder.zero(); DIGEST_LIMBS];
    for (entry, flag) in table.iter().zip(flags) {
        for (found, &limb) in found.iter_mut().zip(entry) {
            *found = builder.mul_add(flag.target, limb, *found);
        }
    }
    found
}
