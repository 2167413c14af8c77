//! Certificates at their places, from what an epoch publishes of them.

use causeway_types::{HistoryEntry, NetworkId, RollupIndex};

use super::{AnchorOpening, GlobalError, GlobalNetwork, GlobalState};
use crate::chains::PayloadEntry;
use crate::commitment::NetworkState;
use crate::error::LedgerError;

impl GlobalState {
    /// Settles one certificate; the rollup exit tree is opened up to a height that is the same for a whole epoch.
    ///
    /// # Errors
    /// [`GlobalError::BeyondRollupNode`] if the network's exit root is not below the first node of that height;
    /// [`LedgerError::UnknownNetwork`], [`LedgerError::MismatchHeight`] or [`LedgerError::HeightOverflow`].
    pub fn anchor(&mut self, entry: &PayloadEntry, rollup_height: u32) -> Result<AnchorOpening, GlobalError> {
        let network = entry.network;
        let known = self.settled(entry)?;
        let index = RollupIndex::try_from(network).map_err(|_| LedgerError::MainnetHasNoState)?;
        if u64::from(index.get()) >> rollup_height.min(u32::BITS) != 0 {
            return Err(GlobalError::BeyondRollupNode {
                network,
                height: rollup_height,
            });
        }
        let old = self.network(network).map(|known| known.state);
        let siblings = *self.rollups.proof(index).siblings();
        let rollup = siblings.into_iter().take(rollup_height as usize).collect();
        let opening = AnchorOpening {
            old: old.ok_or(LedgerError::UnknownNetwork { network })?,
            new: known.state,
            authority: known.authority,
            path: self.tree.path(network.get().into()),
            rollup,
            entry: *entry,
        };
        self.put(vec![known]);
        Ok(opening)
    }

    /// Settles one certificate, opening nothing.
    pub(super) fn advance(&mut self, entry: &PayloadEntry) -> Result<(), LedgerError> {
        let known = self.settled(entry)?;
        self.put(vec![known]);
        Ok(())
    }

    /// The network of an entry as the entry leaves it.
    fn settled(&self, entry: &PayloadEntry) -> Result<GlobalNetwork, LedgerError> {
        let network = entry.network;
        let known = self
            .network(network)
            .ok_or(LedgerError::UnknownNetwork { network })?;
        let expected = known.state.height;
        if entry.height != expected {
            return Err(LedgerError::MismatchHeight {
                declared: entry.height,
                expected,
            });
        }
        let mut history = known.history.clone();
        history.append(HistoryEntry {
            height: entry.height,
            state_root: entry.state_root,
            shadow_root: entry.shadow_root,
            exit_count: entry.exit_count,
        })?;
        let state = NetworkState {
            network,
            height: history.height(),
            exit_count: entry.exit_count,
            exit_root: entry.exit_root,
            shadow_root: entry.shadow_root,
            balance_root: entry.balance_root,
            nullifier_root: entry.nullifier_root,
            history_root: history.root(),
            state_root: entry.state_root,
            frontier: entry.frontier,
        };
        Ok(GlobalNetwork {
            state,
            history,
            authority: known.authority,
        })
    }
}

/// The least height at which one node of the rollup exit tree is above the exit roots of all these networks.
pub fn rollup_height(networks: impl IntoIterator<Item = NetworkId>) -> u32 {
    let indices = networks
        .into_iter()
        .map(|network| network.get().saturating_sub(1));
    indices.max().map_or(0, |last| u32::BITS - last.leading_zeros())
}
