//! What circuits open to follow one change of the global state. Paths are siblings, the leaf's own first.

use alloy_primitives::B256;
use causeway_types::{Authority, Exit, GoldilocksDigest};

use crate::chains::{PayloadEntry, RegistryChain};
use crate::commitment::{Global, L1State, NetworkState};
use crate::exit_tree::{ExitFrontier, Keccak};
use crate::frontier::Frontier;
use crate::shadow::Shadow;
use crate::tree::path_root;

/// One entry of the registry, consumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryOpening {
    /// The network's state, which does not change; of a new one that of a network that has done nothing.
    pub state: NetworkState,
    /// Its authority before; a new network has none, and its leaf was empty.
    pub old: Option<Authority>,
    /// Its authority after.
    pub new: Authority,
    /// The registry before.
    pub before: RegistryChain,
    /// The registry after.
    pub after: RegistryChain,
    /// The 32 siblings of the network's leaf in the global tree.
    pub path: Vec<GoldilocksDigest>,
}

impl RegistryOpening {
    /// Where the old and the new leaf lead: the global root before and after.
    pub fn global_roots(&self) -> [GoldilocksDigest; 2] {
        let old = self.old.as_ref();
        let old = old.map_or(GoldilocksDigest::ZERO, |old| self.state.leaf(old));
        let index = self.state.network.get();
        [old, self.state.leaf(&self.new)].map(|leaf| path_root::<Global>(leaf, index.into(), &self.path))
    }
}

/// What is needed to append to L1's exits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct L1Frontiers {
    /// Nodes of the exit tree.
    pub exits: ExitFrontier,
    /// Nodes of the shadow tree.
    pub shadow: Frontier<Shadow>,
}

impl L1Frontiers {
    /// L1 in roots and counts.
    pub fn state(&self) -> L1State {
        L1State {
            exit_count: self.exits.count(),
            exit_root: self.exits.root(),
            shadow_root: self.shadow.root(),
            frontier: self.exits.digest(),
        }
    }
}

/// A run of L1's exits, consumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositOpening {
    /// The exits.
    pub exits: Vec<Exit>,
    /// L1's trees before.
    pub before: L1Frontiers,
    /// L1's trees after.
    pub after: L1Frontiers,
    /// The 32 siblings of L1's leaf in the global tree.
    pub path: Vec<GoldilocksDigest>,
}

/// L1's leaf, replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct L1Opening {
    /// L1 before.
    pub before: L1State,
    /// L1 after.
    pub after: L1State,
    /// The 32 siblings of its leaf in the global tree.
    pub path: Vec<GoldilocksDigest>,
}

impl L1Opening {
    /// Over runs of deposits that follow each other with nothing between them; none for no run.
    pub fn over(runs: &[DepositOpening]) -> Option<Self> {
        let (first, last) = (runs.first()?, runs.last()?);
        Some(Self {
            before: first.before.state(),
            after: last.after.state(),
            path: first.path.clone(),
        })
    }

    /// Where the old and the new leaf lead: the global root before and after.
    pub fn global_roots(&self) -> [GoldilocksDigest; 2] {
        [&self.before, &self.after].map(|state| path_root::<Global>(state.leaf(), 0, &self.path))
    }
}

/// One certificate at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorOpening {
    /// The network before.
    pub old: NetworkState,
    /// The network after.
    pub new: NetworkState,
    /// Who speaks for it, before and after.
    pub authority: Authority,
    /// The 32 siblings of its leaf in the global tree.
    pub path: Vec<GoldilocksDigest>,
    /// The siblings of its exit root in the rollup exit tree, up to the height that was asked for.
    pub rollup: Vec<B256>,
    /// What the epoch publishes.
    pub entry: PayloadEntry,
}

impl AnchorOpening {
    /// Where the old and the new leaf lead: the global root before and after.
    pub fn global_roots(&self) -> [GoldilocksDigest; 2] {
        let index = self.old.network.get();
        [&self.old, &self.new].map(|state| {
            let leaf = state.leaf(&self.authority);
            path_root::<Global>(leaf, index.into(), &self.path)
        })
    }

    /// Where the old and the new exit root lead: the node of the rollup exit tree before and after.
    pub fn rollup_nodes(&self) -> [B256; 2] {
        let index = u64::from(self.old.network.get()).saturating_sub(1);
        [&self.old, &self.new].map(|state| path_root::<Keccak>(state.rollup_leaf(), index, &self.rollup))
    }
}
