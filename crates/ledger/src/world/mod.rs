//! Everything that settlement knows: all networks, L1's exits, the registry, and the trees above them.

#[cfg(test)]
mod tests;

use alloy_primitives::Address;
use causeway_types::{
    Authority, BackingEntry, Exit, GlobalIndex, GoldilocksDigest, HistoryBacking, L1Entry, NetworkId,
    RollupIndex, SettlementDomain,
};

use crate::apply::check_exit;
use crate::chains::RegistryChain;
use crate::commitment::{Global, L1State, StateCommitment};
use crate::error::LedgerError;
use crate::exit_tree::ExitFrontier;
use crate::map::Map;
use crate::rollup_exit_tree::RollupExitTree;
use crate::shadow::{ShadowTree, shadow_leaf};
use crate::state::State;
use crate::tree::Tree;

/// A registered network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its state.
    pub state: State,
    /// Who speaks for it.
    pub authority: Authority,
}

/// The world. A copy shares its trees with the original.
#[derive(Clone, Debug)]
pub struct World {
    domain: SettlementDomain,
    networks: Map<NetworkId, Network>,
    l1_exits: ExitFrontier,
    l1_shadow: ShadowTree,
    registry: RegistryChain,
    approvals: Map<(Address, GoldilocksDigest), ()>,
    global: Tree<Global>,
    rollups: RollupExitTree,
}

impl World {
    /// A deployment without networks and exits.
    pub fn new(domain: SettlementDomain) -> Self {
        let mut world = Self {
            domain,
            networks: Map::new(),
            l1_exits: ExitFrontier::new(),
            l1_shadow: ShadowTree::new(),
            registry: RegistryChain::new(),
            approvals: Map::new(),
            global: Tree::new(),
            rollups: RollupExitTree::new(),
        };
        world.global.set(0, world.l1().leaf());
        world
    }

    /// Consumes an entry of the registry: a new network, or another authority and nothing else for a known one.
    ///
    /// # Errors
    /// [`LedgerError::MainnetHasNoState`] or [`LedgerError::TreeFull`].
    pub fn register(&mut self, network: NetworkId, authority: Authority) -> Result<(), LedgerError> {
        let state = match self.networks.get(network) {
            Some(known) => known.state.clone(),
            None => State::new(self.domain, network)?,
        };
        self.registry.append(network, &authority)?;
        self.global
            .set(network.get().into(), state.summary().leaf(&authority));
        self.networks.insert(network, Network { state, authority });
        Ok(())
    }

    /// Takes note that a signer approved a certificate digest by a transaction on L1, as a contract does. It is no part of
    /// the commitment: settlement has it in its own storage.
    pub fn approve(&mut self, signer: Address, digest: GoldilocksDigest) {
        self.approvals.insert((signer, digest), ());
    }

    /// Whether the signer of an authority approved a digest.
    pub fn is_approved(&self, authority: &Authority, digest: GoldilocksDigest) -> bool {
        authority
            .signer_address()
            .is_some_and(|signer| self.approvals.get((signer, digest)).is_some())
    }

    /// Consumes exits of L1, in order; the position in a refusal is that in the list. All of them or none.
    ///
    /// # Errors
    /// What the bridge would not have let through, or [`LedgerError::TreeFull`].
    pub fn deposit(&mut self, exits: &[Exit]) -> Result<(), LedgerError> {
        let mut frontier = self.l1_exits.clone();
        let mut leaves = Vec::with_capacity(exits.len());
        for (position, exit) in exits.iter().enumerate() {
            check_exit(NetworkId::MAINNET, position, exit)?;
            frontier.append(exit.leaf())?;
            leaves.push(shadow_leaf(exit));
        }
        self.l1_shadow.extend(&leaves)?;
        self.l1_exits = frontier;
        self.global.set(0, self.l1().leaf());
        Ok(())
    }

    /// The deployment.
    pub const fn domain(&self) -> &SettlementDomain {
        &self.domain
    }

    /// A network.
    pub fn network(&self, network: NetworkId) -> Option<&Network> {
        self.networks.get(network)
    }

    /// All networks, in order.
    pub fn networks(&self) -> impl Iterator<Item = &Network> {
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

    /// L1's exits, as circuits open them.
    pub const fn l1_shadow(&self) -> &ShadowTree {
        &self.l1_shadow
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
    pub const fn global(&self) -> &Tree<Global> {
        &self.global
    }

    /// What settlement stores one word of.
    pub fn commitment(&self) -> StateCommitment {
        StateCommitment {
            global_root: self.global.root(),
            rollup_exit_root: self.rollups.root(),
            deposits: self.l1_exits.count(),
            registry_entries: self.registry.count(),
        }
    }

    /// The backing of a settled exit, under its source's newest entry, if the exit exists.
    pub fn backing(&self, index: GlobalIndex) -> Option<HistoryBacking> {
        let (entry, shadow) = if index.source().is_mainnet() {
            let entry = L1Entry {
                exit_count: self.l1_shadow.count(),
                shadow_root: self.l1_shadow.root(),
            };
            (BackingEntry::L1(entry), &self.l1_shadow)
        } else {
            let state = &self.networks.get(index.source())?.state;
            let entry = *state.history().get(state.height().checked_sub(1)?)?;
            let network = index.source();
            (BackingEntry::Network { network, entry }, state.shadow())
        };
        (index.leaf_index() < entry.exit_count()).then(|| HistoryBacking {
            entry,
            path: shadow.path(index.leaf_index()),
        })
    }

    /// Puts new states of known networks in the place of the old ones, given in ascending order.
    pub(crate) fn advance(&mut self, states: &[State]) {
        let (mut leaves, mut exits) = (Vec::new(), Vec::new());
        for state in states {
            let Some(network) = self.networks.get(state.network()) else {
                continue;
            };
            let authority = network.authority;
            leaves.push((u64::from(state.network().get()), state.summary().leaf(&authority)));
            if let Ok(index) = RollupIndex::try_from(state.network()) {
                exits.push((index, state.exits()));
            }
            let state = state.clone();
            self.networks
                .insert(state.network(), Network { state, authority });
        }
        self.global.set_many(&leaves);
        self.rollups.set_many(&exits);
    }
}
