//! What L1's logs tell of all networks: everything that whoever proves an epoch opens, and nothing that only a network's
//! own prover knows.

mod anchor;
mod dependency;
mod error;
mod openings;
mod replay;
#[cfg(test)]
mod tests;

use causeway_types::{Authority, Exit, GoldilocksDigest, NetworkId, RollupIndex};

pub use anchor::rollup_height;
pub use dependency::{DependencyLeaf, DependencyOpening};
pub use error::GlobalError;
pub use openings::{AnchorOpening, DepositOpening, L1Frontiers, L1Opening, RegistryOpening};
pub use replay::{L1Log, Replay, SettledEpoch};

use crate::apply::check_exit;
use crate::chains::RegistryChain;
use crate::commitment::{Global, L1State, NetworkState, StateCommitment};
use crate::error::LedgerError;
use crate::exit_tree::ExitFrontier;
use crate::history::HistoryTree;
use crate::map::Map;
use crate::rollup_exit_tree::RollupExitTree;
use crate::shadow::{ShadowTree, shadow_leaf};
use crate::stored::stored_fields;
use crate::tree::Tree;

/// A registered network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalNetwork {
    /// Its state in roots and counts.
    pub state: NetworkState,
    /// Its past.
    pub history: HistoryTree,
    /// Who speaks for it.
    pub authority: Authority,
}

/// All networks in roots and counts, L1's exits, the registry, and the trees above them. A copy shares its trees with the
/// original.
#[derive(Clone, Debug)]
pub struct GlobalState {
    networks: Map<NetworkId, GlobalNetwork>,
    l1_exits: ExitFrontier,
    l1_shadow: ShadowTree,
    registry: RegistryChain,
    tree: Tree<Global>,
    rollups: RollupExitTree,
}

impl GlobalState {
    /// Of a deployment without networks and exits.
    pub fn genesis() -> Self {
        let mut genesis = Self {
            networks: Map::new(),
            l1_exits: ExitFrontier::new(),
            l1_shadow: ShadowTree::new(),
            registry: RegistryChain::new(),
            tree: Tree::new(),
            rollups: RollupExitTree::new(),
        };
        genesis.tree.set(0, genesis.l1().leaf());
        genesis
    }

    /// Consumes an entry of the registry: a new network, or another authority and nothing else for a known one.
    ///
    /// # Errors
    /// [`LedgerError::MainnetHasNoState`] or [`LedgerError::TreeFull`].
    pub fn register(
        &mut self,
        network: NetworkId,
        authority: Authority,
    ) -> Result<RegistryOpening, LedgerError> {
        let before = self.registry;
        self.registry.append(network, &authority)?;
        let known = self.networks.get(network).cloned();
        let old = known.as_ref().map(|known| known.authority);
        let (state, history) = match known {
            Some(known) => (known.state, known.history),
            None => (NetworkState::genesis(network), HistoryTree::new()),
        };
        let opening = RegistryOpening {
            state,
            old,
            new: authority,
            before,
            after: self.registry,
            path: self.tree.path(network.get().into()),
        };
        self.put(vec![GlobalNetwork {
            state,
            history,
            authority,
        }]);
        Ok(opening)
    }

    /// Consumes exits of L1, in order; the position in a refusal is that in the list. All of them or none.
    ///
    /// # Errors
    /// What the bridge would not have let through, or [`LedgerError::TreeFull`].
    pub fn deposit(&mut self, exits: &[Exit]) -> Result<DepositOpening, LedgerError> {
        let before = self.l1_frontiers();
        let mut frontier = self.l1_exits.clone();
        let mut leaves = Vec::with_capacity(exits.len());
        for (position, exit) in exits.iter().enumerate() {
            check_exit(NetworkId::MAINNET, position, exit)?;
            frontier.append(exit.leaf())?;
            leaves.push(shadow_leaf(exit));
        }
        self.l1_shadow.extend(&leaves)?;
        self.l1_exits = frontier;
        let path = self.tree.path(0);
        self.tree.set(0, self.l1().leaf());
        Ok(DepositOpening {
            exits: exits.to_vec(),
            before,
            after: self.l1_frontiers(),
            path,
        })
    }

    /// Puts networks in the place of what was there, given in ascending order.
    pub(crate) fn put(&mut self, networks: Vec<GlobalNetwork>) {
        let (mut leaves, mut exits) = (Vec::new(), Vec::new());
        for known in networks {
            let network = known.state.network;
            leaves.push((u64::from(network.get()), known.state.leaf(&known.authority)));
            if let Ok(index) = RollupIndex::try_from(network) {
                exits.push((index, known.state.rollup_leaf()));
            }
            self.networks.insert(network, known);
        }
        self.tree.set_many(&leaves);
        self.rollups.set_many(&exits);
    }

    /// A network.
    pub fn network(&self, network: NetworkId) -> Option<&GlobalNetwork> {
        self.networks.get(network)
    }

    /// All networks, in order.
    pub fn networks(&self) -> impl Iterator<Item = &GlobalNetwork> {
        self.networks.iter().map(|(_, network)| network)
    }

    /// L1 in roots and counts.
    pub fn l1(&self) -> L1State {
        L1State {
            exit_count: self.l1_exits.count(),
            exit_root: self.l1_exits.root(),
            shadow_root: self.l1_shadow.root(),
            frontier: self.l1_exits.digest(),
        }
    }

    /// What is needed to append to L1's exits.
    pub fn l1_frontiers(&self) -> L1Frontiers {
        L1Frontiers {
            exits: self.l1_exits.clone(),
            shadow: self.l1_shadow.frontier(),
        }
    }

    /// L1's exits, as circuits open them.
    pub const fn l1_shadow(&self) -> &ShadowTree {
        &self.l1_shadow
    }

    /// L1's leaf with its path, replaced by itself: what an epoch without deposits opens.
    pub fn open_l1(&self) -> L1Opening {
        L1Opening {
            before: self.l1(),
            after: self.l1(),
            path: self.tree.path(0),
        }
    }

    /// The registry so far.
    pub const fn registry(&self) -> &RegistryChain {
        &self.registry
    }

    /// The tree of all networks' exit roots.
    pub const fn rollups(&self) -> &RollupExitTree {
        &self.rollups
    }

    /// The global state tree.
    pub const fn tree(&self) -> &Tree<Global> {
        &self.tree
    }

    /// Its root.
    pub fn root(&self) -> GoldilocksDigest {
        self.tree.root()
    }

    /// What settlement stores one word of.
    pub fn commitment(&self) -> StateCommitment {
        StateCommitment {
            global_root: self.tree.root(),
            rollup_exit_root: self.rollups.root(),
            deposits: self.l1_exits.count(),
            registry_entries: self.registry.count(),
        }
    }
}

stored_fields!(GlobalNetwork, state, history, authority);
stored_fields!(
    GlobalState,
    networks,
    l1_exits,
    l1_shadow,
    registry,
    tree,
    rollups
);

/// Two are equal if nothing that either goes on from is different: the commitment, and the registry's chain, of which the
/// commitment has only the length.
impl PartialEq for GlobalState {
    fn eq(&self, other: &Self) -> bool {
        self.commitment() == other.commitment() && self.registry == other.registry
    }
}

impl Eq for GlobalState {}
