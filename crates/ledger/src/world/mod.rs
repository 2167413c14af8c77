//! Everything that the ledger knows: the global state, and of every network what only its own prover knows besides.

#[cfg(test)]
mod tests;

use alloy_primitives::Address;
use causeway_types::{
    Authority, BackingEntry, Exit, GlobalIndex, GoldilocksDigest, HistoryBacking, L1Entry, NetworkId,
    SettlementDomain,
};

use crate::commitment::{L1State, StateCommitment};
use crate::error::LedgerError;
use crate::global::{GlobalNetwork, GlobalState};
use crate::history::HistoryTree;
use crate::inputs::Sources;
use crate::map::Map;
use crate::rollup_exit_tree::RollupExitTree;
use crate::shadow::ShadowTree;
use crate::state::State;

/// A registered network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network<'a> {
    /// Its state.
    pub state: &'a State,
    /// Who speaks for it.
    pub authority: Authority,
}

/// A state that is of no network of a global state, of another deployment, or not the one that the global state has in roots and counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the state of network {} is not the one that is settled", network.get())]
pub struct ForeignState {
    /// The network.
    pub network: NetworkId,
}

/// The world. A copy shares its trees with the original.
#[derive(Clone, Debug)]
pub struct World {
    domain: SettlementDomain,
    global: GlobalState,
    /// Of networks of the global state, which has them in roots and counts: of all, unless it was put together from parts.
    states: Map<NetworkId, State>,
    approvals: Map<(Address, GoldilocksDigest), ()>,
}

impl World {
    /// A deployment without networks and exits.
    pub fn new(domain: SettlementDomain) -> Self {
        Self {
            domain,
            global: GlobalState::genesis(),
            states: Map::new(),
            approvals: Map::new(),
        }
    }

    /// What L1's logs tell, and the states of those networks whose certificates are known too. The others have none here: their
    /// certificates cannot be judged, but what they settled can be depended on.
    ///
    /// # Errors
    /// [`ForeignState`], of the first state that is another.
    pub fn from_parts(
        domain: SettlementDomain,
        global: GlobalState,
        states: impl IntoIterator<Item = State>,
    ) -> Result<Self, ForeignState> {
        let mut known = Map::new();
        for state in states {
            let network = state.network();
            let settled = global.network(network).map(|known| known.state);
            if *state.domain() != domain || settled != Some(state.summary()) {
                return Err(ForeignState { network });
            }
            known.insert(network, state);
        }
        Ok(Self {
            domain,
            global,
            states: known,
            approvals: Map::new(),
        })
    }

    /// Consumes an entry of the registry: a new network, or another authority and nothing else for a known one.
    ///
    /// # Errors
    /// [`LedgerError::MainnetHasNoState`] or [`LedgerError::TreeFull`].
    pub fn register(&mut self, network: NetworkId, authority: Authority) -> Result<(), LedgerError> {
        let is_new = self.global.network(network).is_none();
        self.global.register(network, authority)?;
        if is_new {
            self.states.insert(network, State::new(self.domain, network)?);
        }
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
        self.global.deposit(exits)?;
        Ok(())
    }

    /// The deployment.
    pub const fn domain(&self) -> &SettlementDomain {
        &self.domain
    }

    /// A network.
    pub fn network(&self, network: NetworkId) -> Option<Network<'_>> {
        let state = self.states.get(network)?;
        let authority = self.global.network(network)?.authority;
        Some(Network { state, authority })
    }

    /// All networks whose states are here, in order.
    pub fn networks(&self) -> impl Iterator<Item = Network<'_>> {
        let known = self.states.iter().map(|(network, _)| network);
        known.filter_map(|network| self.network(network))
    }

    /// What all of it is in roots and counts.
    pub const fn global(&self) -> &GlobalState {
        &self.global
    }

    /// L1 in roots and counts.
    pub fn l1(&self) -> L1State {
        self.global.l1()
    }

    /// L1's exits, as circuits open them.
    pub const fn l1_shadow(&self) -> &ShadowTree {
        self.global.l1_shadow()
    }

    /// The tree of all networks' exit roots.
    pub const fn rollups(&self) -> &RollupExitTree {
        self.global.rollups()
    }

    /// What settlement stores one word of.
    pub fn commitment(&self) -> StateCommitment {
        self.global.commitment()
    }

    /// The backing of a settled exit, under its source's newest entry, if the exit exists.
    pub fn backing(&self, index: GlobalIndex) -> Option<HistoryBacking> {
        let network = index.source();
        let shadow = self.shadow(network)?;
        let entry = if network.is_mainnet() {
            BackingEntry::L1(L1Entry {
                exit_count: shadow.count(),
                shadow_root: shadow.root(),
            })
        } else {
            let history = self.history(network)?;
            let entry = *history.get(history.height().checked_sub(1)?)?;
            BackingEntry::Network { network, entry }
        };
        (index.leaf_index() < entry.exit_count()).then(|| HistoryBacking {
            entry,
            path: shadow.path(index.leaf_index()),
        })
    }

    /// Puts new states of known networks in the place of the old ones, given in ascending order.
    pub(crate) fn advance(&mut self, states: &[State]) {
        let mut networks = Vec::new();
        for state in states {
            let Some(known) = self.global.network(state.network()) else {
                continue;
            };
            networks.push(GlobalNetwork {
                state: state.summary(),
                history: state.history().clone(),
                authority: known.authority,
            });
            self.states.insert(state.network(), state.clone());
        }
        self.global.put(networks);
    }
}

impl Sources for World {
    fn history(&self, network: NetworkId) -> Option<&HistoryTree> {
        self.global.history(network)
    }

    fn shadow(&self, network: NetworkId) -> Option<&ShadowTree> {
        let state = self.states.get(network).map(State::shadow);
        state.or_else(|| self.global.shadow(network))
    }
}
