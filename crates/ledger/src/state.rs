//! The state of one network.

use causeway_types::{NetworkId, SettlementDomain, StateRoot};

use crate::balances::BalanceTree;
use crate::commitment::NetworkState;
use crate::error::LedgerError;
use crate::exit_tree::ExitFrontier;
use crate::history::HistoryTree;
use crate::nullifiers::NullifierTree;
use crate::shadow::ShadowTree;
use crate::stored::{Stored, StoredError, Stream};

/// Everything that certificates of one network change. Its authority is not part of it: a rotation invalidates no
/// transition. A copy shares its trees with the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    domain: SettlementDomain,
    network: NetworkId,
    pub(crate) exits: ExitFrontier,
    pub(crate) shadow: ShadowTree,
    pub(crate) balances: BalanceTree,
    pub(crate) nullifiers: NullifierTree,
    pub(crate) history: HistoryTree,
    pub(crate) state_root: StateRoot,
}

impl State {
    /// A network that has done nothing, of a deployment.
    ///
    /// # Errors
    /// [`LedgerError::MainnetHasNoState`] for L1.
    pub fn new(domain: SettlementDomain, network: NetworkId) -> Result<Self, LedgerError> {
        if network.is_mainnet() {
            return Err(LedgerError::MainnetHasNoState);
        }
        Ok(Self {
            domain,
            network,
            exits: ExitFrontier::new(),
            shadow: ShadowTree::new(),
            balances: BalanceTree::new(),
            nullifiers: NullifierTree::new(),
            history: HistoryTree::new(),
            state_root: StateRoot::EMPTY,
        })
    }

    /// The deployment that its certificates are for.
    pub const fn domain(&self) -> &SettlementDomain {
        &self.domain
    }

    /// The network.
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// How many certificates it has settled: the height of the next one.
    pub const fn height(&self) -> u64 {
        self.history.height()
    }

    /// Its exits, as settlement keeps them.
    pub const fn exits(&self) -> &ExitFrontier {
        &self.exits
    }

    /// Its exits, as circuits open them.
    pub const fn shadow(&self) -> &ShadowTree {
        &self.shadow
    }

    /// What it holds.
    pub const fn balances(&self) -> &BalanceTree {
        &self.balances
    }

    /// What it has imported.
    pub const fn nullifiers(&self) -> &NullifierTree {
        &self.nullifiers
    }

    /// Its past.
    pub const fn history(&self) -> &HistoryTree {
        &self.history
    }

    /// Its own state root.
    pub const fn state_root(&self) -> StateRoot {
        self.state_root
    }

    /// The state in roots and counts.
    pub fn summary(&self) -> NetworkState {
        NetworkState {
            network: self.network,
            height: self.height(),
            exit_count: self.exits.count(),
            exit_root: self.exits.root(),
            shadow_root: self.shadow.root(),
            balance_root: self.balances.root(),
            nullifier_root: self.nullifiers.root(),
            history_root: self.history.root(),
            state_root: self.state_root,
            frontier: self.exits.digest(),
        }
    }
}

impl State {
    /// Appends the state as [`Stored`] values do, without its history if that is the one given.
    pub fn store_beside(&self, history: Option<&HistoryTree>, to: &mut Vec<u8>) {
        self.domain.store(to);
        self.network.store(to);
        self.exits.store(to);
        self.shadow.store(to);
        self.balances.store(to);
        self.nullifiers.store(to);
        self.state_root.store(to);
        let same = history.is_some_and(|history| *history == self.history);
        same.store(to);
        if !same {
            self.history.store(to);
        }
    }

    /// Reads back what was stored beside a history.
    ///
    /// # Errors
    /// A [`StoredError`].
    pub fn restore_beside(history: Option<&HistoryTree>, from: &mut Stream<'_>) -> Result<Self, StoredError> {
        let (domain, network) = Stored::restore(from)?;
        let (exits, shadow) = Stored::restore(from)?;
        let (balances, nullifiers) = Stored::restore(from)?;
        let (state_root, same) = Stored::restore(from)?;
        let history = match (same, history) {
            (false, _) => HistoryTree::restore(from)?,
            (true, Some(history)) => history.clone(),
            (true, None) => return Err(StoredError::Malformed { what: "history" }),
        };
        Ok(Self {
            domain,
            network,
            exits,
            shadow,
            balances,
            nullifiers,
            history,
            state_root,
        })
    }
}

impl NetworkState {
    /// Of a network that has done nothing.
    pub fn genesis(network: NetworkId) -> Self {
        let exits = ExitFrontier::new();
        Self {
            network,
            height: 0,
            exit_count: exits.count(),
            exit_root: exits.root(),
            shadow_root: ShadowTree::new().root(),
            balance_root: BalanceTree::new().root(),
            nullifier_root: NullifierTree::new().root(),
            history_root: HistoryTree::new().root(),
            state_root: StateRoot::EMPTY,
            frontier: exits.digest(),
        }
    }
}
