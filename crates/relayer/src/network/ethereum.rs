//! L1, as its logs tell: what is settled, its exits, and the L1 info tree.

use std::collections::HashMap;

use alloy_sol_types::SolEvent;
use causeway_bindings::GlobalExitRoot as Contract;
use causeway_ledger::{GlobalNetwork, GlobalState, HistoryTree, L1InfoTree, L1Log, NetworkState, Replay};
use causeway_types::{
    ClaimProof, ExitRoot, GlobalExitRoot, GlobalIndex, L1InfoLeaf, L1InfoLeafInner, L1InfoRoot, NetworkId,
    RollupExitRoot,
};

use super::bridge::{BridgeLog, in_order};
use super::error::NetworkError;
use super::roots::GlobalRoot;
use crate::known::Deployment;
use crate::state::{LogJson, Source, StateError, decode};

/// L1, as far as its logs were read, from the first one on.
#[derive(Clone, Debug)]
pub struct Ethereum {
    deployment: Deployment,
    replay: Replay,
    bridge: BridgeLog,
    info: L1InfoTree,
    leaves: Vec<L1InfoLeaf>,
    by_root: HashMap<GlobalExitRoot, u32>,
    /// The two roots of the leaf that comes next.
    halves: Option<(ExitRoot, RollupExitRoot)>,
    /// How many exits had a root when L1 recorded it.
    deposits: HashMap<ExitRoot, u32>,
    recorded: u32,
    /// What was settled when the rollup exit root was this.
    settled: HashMap<RollupExitRoot, GlobalState>,
}

impl Ethereum {
    /// L1 of which no log was read.
    pub fn new(deployment: Deployment) -> Self {
        Self {
            deployment,
            replay: Replay::new(),
            bridge: BridgeLog::new(NetworkId::MAINNET, deployment.bridge),
            info: L1InfoTree::new(),
            leaves: Vec::new(),
            by_root: HashMap::new(),
            halves: None,
            deposits: HashMap::new(),
            recorded: 0,
            settled: HashMap::new(),
        }
    }

    /// L1 with these logs, in whatever order they come, those of others among them. A log that is there twice counts once.
    ///
    /// # Errors
    /// A [`NetworkError`], of the first log that is wrong.
    pub fn of(deployment: Deployment, logs: &[LogJson]) -> Result<Self, NetworkError> {
        let mut ethereum = Self::new(deployment);
        for log in in_order(logs) {
            ethereum.take(log)?;
        }
        Ok(ethereum)
    }

    /// Takes the next log; others' are passed over.
    ///
    /// # Errors
    /// A [`NetworkError`] if it is malformed, was removed, or does not follow the ones before.
    pub fn take(&mut self, log: &LogJson) -> Result<(), NetworkError> {
        if !self.deployment.addresses().contains(&log.address) {
            return Ok(());
        }
        let (block, index) = (log.block_number, log.log_index);
        if log.removed {
            return Err(StateError::Removed { block, index }.into());
        }
        if log.address == self.deployment.global_exit_root {
            return self.take_root(log);
        }
        self.bridge.take(log)?;
        let source = Source {
            settlement: self.deployment.settlement,
            bridge: self.deployment.bridge,
        };
        if let Some(meant) = source.read(log)? {
            let settles = matches!(meant, L1Log::Settled(_));
            let taken = self.replay.take(meant);
            taken.map_err(|source| StateError::Replay { block, index, source })?;
            if settles {
                let state = self.replay.state();
                let root = state.commitment().rollup_exit_root;
                self.settled.insert(root, state.clone());
            }
        }
        Ok(())
    }

    fn take_root(&mut self, log: &LogJson) -> Result<(), NetworkError> {
        let Some(&topic) = log.topics.first() else {
            return Ok(());
        };
        match topic {
            Contract::DepositsCheckpointed::SIGNATURE_HASH => {
                let event = decode::<Contract::DepositsCheckpointed>(log, topic)?;
                let count = event.depositCount.saturating_to();
                self.deposits.insert(ExitRoot::new(event.mainnetExitRoot), count);
                self.recorded = self.recorded.max(count);
            }
            Contract::UpdateL1InfoTree::SIGNATURE_HASH => {
                let event = decode::<Contract::UpdateL1InfoTree>(log, topic)?;
                let halves = (
                    ExitRoot::new(event.mainnetExitRoot),
                    RollupExitRoot::new(event.rollupExitRoot),
                );
                self.halves = Some(halves);
            }
            Contract::UpdateL1InfoTreeV2::SIGNATURE_HASH => self.take_leaf(&decode(log, topic)?)?,
            _ => {}
        }
        Ok(())
    }

    fn take_leaf(&mut self, event: &Contract::UpdateL1InfoTreeV2) -> Result<(), NetworkError> {
        let gap = |tree: &L1InfoTree| NetworkError::InfoGap {
            leaf: event.leafCount.saturating_sub(1),
            expected: event.currentL1InfoRoot,
            got: tree.root().get(),
        };
        let (mer, rer) = self.halves.take().ok_or_else(|| gap(&self.info))?;
        let inner = L1InfoLeafInner {
            global_exit_root: GlobalExitRoot::of(mer, rer),
            block_hash: event.blockhash.into(),
            timestamp: event.minTimestamp,
        };
        let mut longer = self.info.clone();
        let l1_info_tree_index = longer.append(&inner).map_err(NetworkError::Refused)?;
        if longer.root().get() != event.currentL1InfoRoot || longer.count() != event.leafCount {
            return Err(gap(&longer));
        }
        self.info = longer;
        self.by_root.insert(inner.global_exit_root, l1_info_tree_index);
        self.leaves.push(L1InfoLeaf {
            l1_info_tree_index,
            rer,
            mer,
            inner,
        });
        Ok(())
    }

    /// What is settled, and what waits to be consumed.
    pub const fn replay(&self) -> &Replay {
        &self.replay
    }

    /// A network, as it is settled, with the authority that the registry has for it now: no epoch need have consumed that entry.
    ///
    /// # Errors
    /// [`NetworkError::UnknownNetwork`].
    pub fn network(&self, network: NetworkId) -> Result<GlobalNetwork, NetworkError> {
        let settled = self.replay.state().network(network).cloned();
        let entries = self
            .replay
            .pending_entries()
            .filter(|(named, _)| *named == network);
        let newest = entries.last().map(|(_, authority)| *authority);
        let authority = newest.or(settled.as_ref().map(|known| known.authority));
        let authority = authority.ok_or(NetworkError::UnknownNetwork { network })?;
        let (state, history) = match settled {
            Some(known) => (known.state, known.history),
            None => (NetworkState::genesis(network), HistoryTree::new()),
        };
        Ok(GlobalNetwork {
            state,
            history,
            authority,
        })
    }

    /// L1's own exits.
    pub const fn bridge(&self) -> &BridgeLog {
        &self.bridge
    }

    /// How many of them an epoch can consume: so many had L1 when it last recorded their root.
    pub const fn recorded(&self) -> u32 {
        self.recorded
    }

    /// The leaf of the L1 info tree of a global exit root, with its path; none if L1 does not know the root.
    pub fn info_leaf(&self, root: GlobalExitRoot) -> Option<(L1InfoLeaf, ClaimProof<L1InfoRoot>)> {
        let index = *self.by_root.get(&root)?;
        let leaf = *self.leaves.get(index as usize)?;
        let path = ClaimProof {
            root: self.info.root(),
            proof: self.info.proof(index),
        };
        Some((leaf, path))
    }

    /// The newest global exit root that L1 knows, if it knows any.
    pub fn newest_root(&self) -> Option<GlobalRoot> {
        self.leaves.last().map(|leaf| self.root(leaf))
    }

    /// The newest global exit root that L1 knows and that whoever is asked knows as well: it covers all that older ones do.
    pub fn newest_known(&self, knows: impl Fn(GlobalExitRoot) -> bool) -> Option<GlobalRoot> {
        let mut leaves = self.leaves.iter().rev();
        leaves
            .find(|leaf| knows(leaf.inner.global_exit_root))
            .map(|leaf| self.root(leaf))
    }

    /// The newest global exit root that L1 knows, that covers an exit and that whoever is asked knows as well.
    pub fn covering(&self, index: GlobalIndex, knows: impl Fn(GlobalExitRoot) -> bool) -> Option<GlobalRoot> {
        let mut covering = self.roots_covering(index);
        covering.find(|root| knows(root.global()))
    }

    /// Every global exit root that L1 knows and that covers an exit, the newest first.
    pub fn roots_covering(&self, index: GlobalIndex) -> impl Iterator<Item = GlobalRoot> {
        let leaves = self.leaves.iter().rev();
        leaves
            .take_while(move |leaf| self.count(leaf, index.source()) > index.leaf_index())
            .map(|leaf| self.root(leaf))
    }

    fn count(&self, leaf: &L1InfoLeaf, source: NetworkId) -> u32 {
        if source.is_mainnet() {
            return self.deposits.get(&leaf.mer).copied().unwrap_or(0);
        }
        let network = self
            .settled
            .get(&leaf.rer)
            .and_then(|state| state.network(source));
        network.map_or(0, |known| known.state.exit_count)
    }

    fn root(&self, leaf: &L1InfoLeaf) -> GlobalRoot {
        let deposits = self.deposits.get(&leaf.mer).copied().unwrap_or(0);
        GlobalRoot::settled(leaf.mer, deposits, leaf.rer, self.settled.get(&leaf.rer))
    }
}
