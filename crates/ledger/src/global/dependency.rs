//! What transitions depend on, opened under the root that an epoch leaves.

use causeway_types::{Authority, GoldilocksDigest, ShadowPath};

use super::{GlobalError, GlobalState};
use crate::commitment::{Global, L1State, NetworkState};
use crate::digest::DependencyEntry;
use crate::error::LedgerError;
use crate::history::{History, history_entry};
use crate::shadow::{Shadow, shadow_root};
use crate::tree::{TreeKind, path_root};

/// A dependency and the paths from it to the global root. Paths are siblings, the leaf's own first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependencyOpening {
    /// The dependency.
    pub dependency: DependencyEntry,
    /// What the leaf of its network in the global tree hashes.
    pub leaf: DependencyLeaf,
    /// The 32 siblings of that leaf.
    pub path: Vec<GoldilocksDigest>,
}

/// What is between a dependency and a leaf of the global tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DependencyLeaf {
    /// Of an entry of a network's history.
    Network {
        /// The network.
        state: NetworkState,
        /// Who speaks for it.
        authority: Authority,
        /// The 32 siblings of the entry in the history tree.
        history: Vec<GoldilocksDigest>,
    },
    /// Of a prefix of L1's exits.
    L1 {
        /// L1.
        state: L1State,
        /// The shadow leaf of the prefix's last exit.
        last: GoldilocksDigest,
        /// Its path to the shadow root of all exits. With empty subtrees for its right siblings it leads to the root of the
        /// prefix.
        shadow: ShadowPath,
    },
}

impl DependencyOpening {
    /// Follows the paths as a circuit does: the global root under which the dependency holds, or nothing if the opening
    /// does not show that it does.
    pub fn follow(&self) -> Option<GoldilocksDigest> {
        let DependencyEntry {
            network,
            index,
            entry,
        } = self.dependency;
        let leaf = match &self.leaf {
            DependencyLeaf::Network {
                state,
                authority,
                history,
            } => {
                let index = u32::try_from(index).ok()?;
                let root = path_root::<History>(entry, index.into(), history);
                let holds = state.network == network && root == state.history_root;
                holds.then(|| state.leaf(authority))?
            }
            DependencyLeaf::L1 { state, last, shadow } => {
                let count = u32::try_from(index)
                    .ok()
                    .filter(|&count| count <= state.exit_count)?;
                let place = count.checked_sub(1)?;
                let mut prefix = shadow.siblings().to_vec();
                for (height, sibling) in prefix.iter_mut().enumerate() {
                    if place >> height & 1 == 0 {
                        *sibling = Shadow::empty()[height];
                    }
                }
                let holds = network.is_mainnet()
                    && shadow_root(*last, place, shadow) == state.shadow_root
                    && path_root::<Shadow>(*last, place.into(), &prefix) == entry;
                holds.then(|| state.leaf())?
            }
        };
        Some(path_root::<Global>(leaf, network.get().into(), &self.path))
    }
}

impl GlobalState {
    /// Opens a dependency.
    ///
    /// # Errors
    /// [`LedgerError::UnknownNetwork`]; [`GlobalError::DependencyNotMet`] if the network's history has another entry at that
    /// height or none, or L1 another shadow root at that count; [`GlobalError::PrefixOutOfRange`] for no exit of L1 or more
    /// than there are.
    pub fn open(&self, dependency: &DependencyEntry) -> Result<DependencyOpening, GlobalError> {
        let leaf = if dependency.network.is_mainnet() {
            self.open_prefix(dependency)?
        } else {
            self.open_entry(dependency)?
        };
        Ok(DependencyOpening {
            dependency: *dependency,
            leaf,
            path: self.tree.path(dependency.network.get().into()),
        })
    }

    fn open_entry(&self, dependency: &DependencyEntry) -> Result<DependencyLeaf, GlobalError> {
        let network = dependency.network;
        let known = self
            .network(network)
            .ok_or(LedgerError::UnknownNetwork { network })?;
        let found = known.history.get(dependency.index).map(history_entry);
        // An entry that there is has a height of 32 bits.
        match u32::try_from(dependency.index) {
            Ok(height) if found == Some(dependency.entry) => Ok(DependencyLeaf::Network {
                state: known.state,
                authority: known.authority,
                history: known.history.path(height),
            }),
            _ => Err(not_met(dependency, found)),
        }
    }

    fn open_prefix(&self, dependency: &DependencyEntry) -> Result<DependencyLeaf, GlobalError> {
        let tree = &self.l1_shadow;
        let out_of_range = || GlobalError::PrefixOutOfRange {
            count: dependency.index,
            exit_count: tree.count(),
        };
        let count = u32::try_from(dependency.index).map_err(|_| out_of_range())?;
        let place = count.checked_sub(1).ok_or_else(out_of_range)?;
        let last = tree.leaf(place).ok_or_else(out_of_range)?;
        let root = tree.root_at(count);
        if root != dependency.entry {
            return Err(not_met(dependency, Some(root)));
        }
        Ok(DependencyLeaf::L1 {
            state: self.l1(),
            last,
            shadow: tree.path(place),
        })
    }
}

fn not_met(dependency: &DependencyEntry, got: Option<GoldilocksDigest>) -> GlobalError {
    GlobalError::DependencyNotMet {
        network: dependency.network,
        index: dependency.index,
        expected: dependency.entry,
        got,
    }
}
