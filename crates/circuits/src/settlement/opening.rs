//! What a transition depends on, opened under the root that the epoch leaves.
//!
//! A network's history has an entry: a path in its history tree. L1 had some exits: the last of them has a path in the shadow tree of
//! all, which with empty subtrees for its right siblings leads to the root of those exits. Both are one path of 32 levels here, in
//! one tree or the other, and one more in the global tree.

use causeway_aggregation::{D, F};
use causeway_ledger::poseidon::DEPENDENCY;
use causeway_ledger::shadow::Shadow;
use causeway_ledger::tree::TreeKind;
use causeway_ledger::{DependencyLeaf, DependencyOpening, L1State, NetworkState};
use causeway_types::{Authority, ExitRoot, GoldilocksDigest, NetworkId, TREE_DEPTH};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::BoolTarget;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use crate::recursion::{connect_if, is_zero, select};
use crate::targets::{
    AuthorityTarget, DigestTarget, L1StateTarget, MessageTarget, NetworkStateTarget, PathTarget, TreeTarget,
    U32Target, climb, constant, set_digest, set_u32,
};

/// A dependency and the way to the global root.
#[derive(Clone, Debug)]
pub struct OpeningTarget {
    /// Whether there is one.
    pub active: BoolTarget,
    /// The network's state, if it is no dependency on L1. Its number is that of the dependency.
    pub state: NetworkStateTarget,
    /// Who speaks for the network.
    pub authority: AuthorityTarget,
    /// L1's state, if it is one on L1.
    pub l1: L1StateTarget,
    /// The place in the history tree, or that of L1's last exit.
    pub place: U32Target,
    /// The history entry, or the shadow leaf of L1's last exit.
    pub leaf: DigestTarget,
    /// Its siblings.
    pub siblings: Vec<DigestTarget>,
    /// The path of the leaf in the global tree.
    pub path: PathTarget,
}

impl OpeningTarget {
    /// A witness. What a leaf of the global tree hashes was constrained when it was put there; of the rest the bits are taken.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            active: builder.add_virtual_bool_target_safe(),
            state: NetworkStateTarget::new_unchecked(builder),
            authority: AuthorityTarget::new_unchecked(builder),
            l1: L1StateTarget::new_unchecked(builder),
            place: U32Target::new_unchecked(builder.add_virtual_target()),
            leaf: builder.add_virtual_hash(),
            siblings: builder.add_virtual_hashes(TreeTarget::History.depth()),
            path: PathTarget::new(builder, TreeTarget::Global),
        }
    }

    /// Follows the paths, as [`DependencyOpening::follow`], and gives the chain with the dependency. Where there is none, the
    /// chain is what it was.
    pub fn open(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        global_root: DigestTarget,
        chain: DigestTarget,
    ) -> DigestTarget {
        let on_l1 = is_zero(builder, self.state.network.target());
        let place = self.place.bits(builder);
        self.hold_leaf(builder, on_l1, &place);
        let prefix = self.prefix(builder, &place);
        let entry = select(builder, on_l1, prefix.elements, self.leaf.elements);

        let state = self.state.hash(builder);
        let network = self.authority.leaf(builder, state);
        let l1 = self.l1.leaf(builder);
        let leaf = HashOutTarget {
            elements: select(builder, on_l1, l1.elements, network.elements),
        };
        let index = self.state.network.bits(builder);
        let root = self.path.root(builder, leaf, &index);
        connect_if(builder, self.active.target, root.elements, global_root.elements);

        // So many exits as the last one's place says, and that one: at least one, and no more than there are.
        let index = builder.add(self.place.target(), on_l1.target);
        let left = builder.sub(self.l1.exit_count.target(), index);
        let left = builder.mul(left, on_l1.target);
        U32Target::range_checked(builder, left);
        let zero = builder.zero();
        let link = MessageTarget::new()
            .digest(chain)
            .u32(self.state.network)
            .elements_of(&[zero, index])
            .digest(HashOutTarget { elements: entry })
            .hash(builder, DEPENDENCY);
        HashOutTarget {
            elements: select(builder, self.active, link.elements, chain.elements),
        }
    }

    /// Holds the leaf to the history root, or to the shadow root of all of L1's exits.
    fn hold_leaf(&self, builder: &mut CircuitBuilder<F, D>, on_l1: BoolTarget, place: &[BoolTarget]) {
        let [shadow, history] = [TreeTarget::Shadow, TreeTarget::History].map(|tree| tree.tag(builder));
        let tag = builder.select(on_l1, shadow, history);
        let root = climb(builder, tag, self.leaf, &self.siblings, place);
        let (shadow, history) = (self.l1.shadow_root.elements, self.state.history_root.elements);
        let expected = select(builder, on_l1, shadow, history);
        connect_if(builder, self.active.target, root.elements, expected);
    }

    /// The shadow root of the exits up to the leaf.
    fn prefix(&self, builder: &mut CircuitBuilder<F, D>, place: &[BoolTarget]) -> DigestTarget {
        let levels = place.iter().zip(&self.siblings).zip(Shadow::empty());
        let siblings: Vec<DigestTarget> = levels
            .map(|((&right, sibling), &empty)| {
                let empty = constant(builder, empty);
                HashOutTarget {
                    elements: select(builder, right, sibling.elements, empty.elements),
                }
            })
            .collect();
        let tag = TreeTarget::Shadow.tag(builder);
        climb(builder, tag, self.leaf, &siblings, place)
    }

    /// Fills the witness; `None` if it has other values, or something has not the length that it should have.
    pub fn set(&self, witness: &mut PartialWitness<F>, opening: Option<&DependencyOpening>) -> Option<()> {
        witness.set_bool_target(self.active, opening.is_some()).ok()?;
        // What means nothing.
        let nobody = Authority::validity(GoldilocksDigest::reduced([1; 4])).ok()?;
        let no_l1 = L1State {
            exit_count: 0,
            exit_root: ExitRoot::EMPTY,
            shadow_root: GoldilocksDigest::ZERO,
            frontier: GoldilocksDigest::ZERO,
        };
        let nothing = [GoldilocksDigest::ZERO; TREE_DEPTH];
        let Some(opening) = opening else {
            self.state
                .set(witness, &NetworkState::genesis(NetworkId::new(1)))?;
            self.authority.set(witness, &nobody)?;
            self.l1.set(witness, &no_l1)?;
            self.set_leaf(witness, 0, GoldilocksDigest::ZERO, &nothing)?;
            return self.path.set(witness, &nothing);
        };
        let dependency = &opening.dependency;
        let index = u32::try_from(dependency.index).ok()?;
        match &opening.leaf {
            DependencyLeaf::Network {
                state,
                authority,
                history,
            } => {
                self.state.set(witness, state)?;
                self.authority.set(witness, authority)?;
                self.l1.set(witness, &no_l1)?;
                self.set_leaf(witness, index, dependency.entry, history)?;
            }
            DependencyLeaf::L1 { state, last, shadow } => {
                self.state
                    .set(witness, &NetworkState::genesis(NetworkId::MAINNET))?;
                self.authority.set(witness, &nobody)?;
                self.l1.set(witness, state)?;
                self.set_leaf(witness, index.checked_sub(1)?, *last, shadow.siblings())?;
            }
        }
        self.path.set(witness, &opening.path)
    }

    fn set_leaf(
        &self,
        witness: &mut PartialWitness<F>,
        place: u32,
        leaf: GoldilocksDigest,
        siblings: &[GoldilocksDigest],
    ) -> Option<()> {
        set_u32(witness, self.place, place)?;
        set_digest(witness, self.leaf, leaf)?;
        if siblings.len() != self.siblings.len() {
            return None;
        }
        let mut siblings = self.siblings.iter().zip(siblings);
        siblings.try_for_each(|(&target, &sibling)| set_digest(witness, target, sibling))
    }
}

/// So many openings, one after the other: what the chain is then.
pub(super) fn open_all(
    builder: &mut CircuitBuilder<F, D>,
    count: usize,
    global_root: DigestTarget,
    mut chain: DigestTarget,
) -> (Vec<OpeningTarget>, DigestTarget) {
    let mut openings = Vec::with_capacity(count);
    for _ in 0..count {
        let opening = OpeningTarget::new(builder);
        chain = opening.open(builder, global_root, chain);
        openings.push(opening);
    }
    (openings, chain)
}

/// Fills as many as there are; `None` if there are too many.
pub(super) fn set_all(
    witness: &mut PartialWitness<F>,
    targets: &[OpeningTarget],
    openings: &[DependencyOpening],
) -> Option<()> {
    if openings.len() > targets.len() {
        return None;
    }
    let openings = openings.iter().map(Some).chain(std::iter::repeat(None));
    let mut openings = targets.iter().zip(openings);
    openings.try_for_each(|(target, opening)| target.set(witness, opening))
}
