//! The entries under which a transition opens its imports and contingencies.
//!
//! They follow from the certificate and from what its sources did, never from when they are asked for: whoever proves a
//! transition on arrival, when what it depends on is only offered, finds the entries that are there once that is settled.

use std::collections::BTreeMap;

use causeway_types::{Backing, BackingEntry, HistoryEntry, L1Entry, NetworkId};

use crate::apply::{Dependency, Transition};
use crate::digest::{DependencyEntry, ImportId};
use crate::error::LedgerError;
use crate::global::GlobalState;
use crate::history::{HistoryTree, history_entry};
use crate::shadow::ShadowTree;

/// Whoever knows what transitions point at, settled or offered.
pub trait Sources {
    /// The past of a network.
    fn history(&self, network: NetworkId) -> Option<&HistoryTree>;

    /// The exits of a network or of L1, as circuits open them.
    fn shadow(&self, network: NetworkId) -> Option<&ShadowTree>;
}

/// Of what L1's logs tell: the past of every network, and L1's exits.
impl Sources for GlobalState {
    fn history(&self, network: NetworkId) -> Option<&HistoryTree> {
        self.network(network).map(|known| &known.history)
    }

    fn shadow(&self, network: NetworkId) -> Option<&ShadowTree> {
        network.is_mainnet().then(|| self.l1_shadow())
    }
}

impl From<&BackingEntry> for DependencyEntry {
    fn from(entry: &BackingEntry) -> Self {
        match entry {
            BackingEntry::Network { network, entry } => Self {
                network: *network,
                index: entry.height,
                entry: history_entry(entry),
            },
            BackingEntry::L1(entry) => Self {
                network: NetworkId::MAINNET,
                index: entry.exit_count.into(),
                entry: entry.shadow_root,
            },
        }
    }
}

/// The entries, by import and by contingency.
pub(super) struct Resolved {
    pub(super) imports: Vec<BackingEntry>,
    pub(super) contingencies: Vec<HistoryEntry>,
}

impl Resolved {
    pub(super) fn of(transition: &Transition, sources: &impl Sources) -> Result<Self, LedgerError> {
        let certificate = transition.certificate();
        let imports = certificate.imports.iter().zip(transition.imports());
        let claims = imports
            .clone()
            .filter_map(|(imported, id)| match imported.backing {
                Backing::Claim(_) => Some(id),
                Backing::History(_) => None,
            });
        // All exits of L1 that LxLy's paths claim are opened under the least count that covers them: any count will do, and
        // one entry is cheaper than many.
        let covering = claims
            .filter(|id| id.source.is_mainnet())
            .map(|id| id.leaf_index)
            .max();
        let covering = covering.and_then(|last| last.checked_add(1));
        let imports = imports.map(|(imported, id)| match &imported.backing {
            Backing::History(history) => Ok(history.entry),
            Backing::Claim(_) => claimed(sources, id, covering).ok_or(LedgerError::MissingDependency {
                dependency: Dependency::Exit(*id),
            }),
        });
        let contingencies = certificate.contingencies.iter().map(|on| {
            let history = sources.history(on.network);
            let entry = history.and_then(|history| history.get(on.height)).copied();
            entry
                .filter(|entry| entry.state_root == on.state_root)
                .ok_or(LedgerError::MissingDependency {
                    dependency: Dependency::Contingency(*on),
                })
        });
        let resolved = Self {
            imports: imports.collect::<Result<_, _>>()?,
            contingencies: contingencies.collect::<Result<_, _>>()?,
        };
        resolved.check_consistent(transition)?;
        Ok(resolved)
    }

    /// The entries of the contingencies, in order.
    pub(super) fn contingent<'a>(
        &'a self,
        transition: &'a Transition,
    ) -> impl Iterator<Item = BackingEntry> + 'a {
        let on = transition.certificate().contingencies.iter();
        on.zip(&self.contingencies)
            .map(|(on, &entry)| BackingEntry::Network {
                network: on.network,
                entry,
            })
    }

    /// Of two entries at one place one is wrong, and no circuit takes both.
    fn check_consistent(&self, transition: &Transition) -> Result<(), LedgerError> {
        let mut found = BTreeMap::new();
        for entry in self.imports.iter().copied().chain(self.contingent(transition)) {
            let place = (entry.network(), index(&entry));
            if *found.entry(place).or_insert(entry) != entry {
                return Err(LedgerError::ContradictoryDependencies {
                    network: place.0,
                    index: place.1,
                });
            }
        }
        Ok(())
    }
}

/// The height of an entry, on L1 its count.
const fn index(entry: &BackingEntry) -> u64 {
    match entry {
        BackingEntry::Network { entry, .. } => entry.height,
        BackingEntry::L1(entry) => entry.exit_count as u64,
    }
}

/// The entry for an exit that LxLy's paths claim, if the exit is there.
fn claimed(sources: &impl Sources, id: &ImportId, covering: Option<u32>) -> Option<BackingEntry> {
    let shadow = sources.shadow(id.source)?;
    if shadow.leaf(id.leaf_index) != Some(id.shadow_leaf) {
        return None;
    }
    if id.source.is_mainnet() {
        let exit_count = covering?;
        return Some(BackingEntry::L1(L1Entry {
            exit_count,
            shadow_root: shadow.root_at(exit_count),
        }));
    }
    let entry = *sources.history(id.source)?.covering(id.leaf_index)?;
    Some(BackingEntry::Network {
        network: id.source,
        entry,
    })
}
