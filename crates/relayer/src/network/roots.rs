//! What a global exit root covers.

use std::collections::{BTreeMap, HashSet};

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEvent;
use causeway_bindings::GlobalExitRootL2;
use causeway_ledger::{GlobalState, RollupExitTree, rollup_leaf};
use causeway_types::{
    ExitRoot, GlobalExitRoot, GlobalIndex, MerkleProof, NetworkId, RollupExitRoot, RollupIndex, TREE_DEPTH,
    TypesError,
};
use serde::{Deserialize, Serialize};

use super::bridge::in_order;
use crate::state::{LogJson, StateError, decode};

/// The global exit roots that an L2 knows, by the logs of its contract of them.
///
/// # Errors
/// A [`StateError`] of the first log that is malformed.
pub fn roots_known(contract: Address, logs: &[LogJson]) -> Result<HashSet<GlobalExitRoot>, StateError> {
    let mut known = HashSet::new();
    for log in in_order(logs) {
        let Some(&topic) = log.topics.first().filter(|_| log.address == contract) else {
            continue;
        };
        if topic == GlobalExitRootL2::UpdateHashChainValue::SIGNATURE_HASH {
            let event = decode::<GlobalExitRootL2::UpdateHashChainValue>(log, topic)?;
            known.insert(GlobalExitRoot::new(event.newGlobalExitRoot));
        } else if topic == GlobalExitRootL2::UpdateRemovalHashChainValue::SIGNATURE_HASH {
            let event = decode::<GlobalExitRootL2::UpdateRemovalHashChainValue>(log, topic)?;
            known.remove(&GlobalExitRoot::new(event.removedGlobalExitRoot));
        }
    }
    Ok(known)
}

/// A network's exits so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkExits {
    /// The network, not L1.
    pub network: NetworkId,
    /// How many there are.
    pub exit_count: u32,
    /// Their root.
    pub exit_root: ExitRoot,
}

/// A global exit root with the trees under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalRoot {
    mainnet: ExitRoot,
    rollup: RollupExitRoot,
    rollups: RollupExitTree,
    counts: BTreeMap<NetworkId, u32>,
}

impl GlobalRoot {
    /// The root of so many exits of L1, and of these networks; networks that are not named have none.
    ///
    /// L1 need not know it: it is what L1 will have once all of this is settled, so that an L2 which trusts these networks' certificates
    /// lets its users claim before.
    ///
    /// # Errors
    /// [`TypesError::MainnetIsNoRollup`] if L1 is among the networks.
    pub fn of(
        mainnet: ExitRoot,
        deposits: u32,
        networks: impl IntoIterator<Item = NetworkExits>,
    ) -> Result<Self, TypesError> {
        let mut leaves = BTreeMap::new();
        let mut counts = BTreeMap::from([(NetworkId::MAINNET, deposits)]);
        for exits in networks {
            let index = RollupIndex::try_from(exits.network)?;
            leaves.insert(index, rollup_leaf(exits.exit_count, exits.exit_root));
            counts.insert(exits.network, exits.exit_count);
        }
        let mut rollups = RollupExitTree::new();
        rollups.set_many(&leaves.into_iter().collect::<Vec<_>>());
        Ok(Self {
            mainnet,
            rollup: rollups.root(),
            rollups,
            counts,
        })
    }

    /// The root that L1 had with so many of its exits, and this state settled; none, if no epoch was.
    pub(super) fn settled(
        mainnet: ExitRoot,
        deposits: u32,
        rollup: RollupExitRoot,
        state: Option<&GlobalState>,
    ) -> Self {
        let networks = state.into_iter().flat_map(GlobalState::networks);
        let mut counts: BTreeMap<_, _> = networks
            .map(|known| (known.state.network, known.state.exit_count))
            .collect();
        counts.insert(NetworkId::MAINNET, deposits);
        Self {
            mainnet,
            rollup,
            rollups: state.map_or_else(RollupExitTree::new, |state| state.rollups().clone()),
            counts,
        }
    }

    /// Root of L1's exits.
    pub const fn mainnet(&self) -> ExitRoot {
        self.mainnet
    }

    /// Root of a network's exits, or L1's; that of no exits if it covers none.
    pub fn exit_root(&self, network: NetworkId) -> ExitRoot {
        match RollupIndex::try_from(network) {
            Err(_) => self.mainnet,
            Ok(_) if self.count(network) == 0 => ExitRoot::EMPTY,
            Ok(index) => ExitRoot::new(self.rollups.leaf(index)),
        }
    }

    /// Root of the networks' exit roots.
    pub const fn rollup(&self) -> RollupExitRoot {
        self.rollup
    }

    /// Both in one.
    pub fn global(&self) -> GlobalExitRoot {
        GlobalExitRoot::of(self.mainnet, self.rollup)
    }

    /// How many exits of a network it covers.
    pub fn count(&self, network: NetworkId) -> u32 {
        self.counts.get(&network).copied().unwrap_or(0)
    }

    /// Whether it covers an exit.
    pub fn covers(&self, index: GlobalIndex) -> bool {
        index.leaf_index() < self.count(index.source())
    }

    /// The path of a network's exit root; of no meaning for L1.
    pub fn rollup_proof(&self, network: NetworkId) -> MerkleProof {
        match RollupIndex::try_from(network) {
            Ok(index) => self.rollups.proof(index),
            Err(_) => MerkleProof::new([B256::ZERO; TREE_DEPTH]),
        }
    }
}
