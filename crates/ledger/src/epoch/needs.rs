//! What each candidate needs, and who provides it.

use std::cell::OnceCell;
use std::collections::HashMap;

use causeway_types::{Certificate, GoldilocksDigest, NetworkId, StateRoot};

use super::candidates::{Candidate, Index};
use super::outcome::{CertificateRef, LeftOut};
use crate::apply::Dependency;
use crate::digest::ImportId;
use crate::inputs::Sources;
use crate::shadow::shadow_leaf;
use crate::world::World;

/// Something that a candidate needs: its predecessor, if no dependency is named, or what one asks for.
pub(super) struct Need {
    pub(super) dependency: Option<Dependency>,
    pub(super) provider: Provider,
}

/// Who meets a need.
#[derive(Clone, Copy)]
pub(super) enum Provider {
    /// The world did.
    Settled,
    /// A candidate does if it is in the set.
    Candidate(usize),
    /// Whoever could was left out already.
    LeftOut(usize),
    /// Nobody.
    Nobody(Dependency),
}

/// The needs of each candidate.
pub(super) fn find(
    world: &World,
    certificates: &[&Certificate],
    candidates: &[Candidate],
    left_out: &[LeftOut],
    index: &Index,
) -> Vec<Vec<Need>> {
    let finder = Finder {
        world,
        certificates,
        candidates,
        left_out,
        index,
        refused_exits: OnceCell::new(),
    };
    (0..candidates.len())
        .map(|candidate| finder.needs(candidate))
        .collect()
}

struct Finder<'a> {
    world: &'a World,
    certificates: &'a [&'a Certificate],
    candidates: &'a [Candidate],
    left_out: &'a [LeftOut],
    index: &'a Index,
    /// Which refused certificate would have made an exit, by source and shadow leaf; made when first asked for.
    refused_exits: OnceCell<HashMap<(NetworkId, GoldilocksDigest), usize>>,
}

impl Finder<'_> {
    fn needs(&self, candidate: usize) -> Vec<Need> {
        let reference = self.candidates[candidate].reference;
        let predecessor = reference
            .height
            .checked_sub(1)
            .and_then(|height| self.index.heights.get(&(reference.network, height)));
        let mut needs: Vec<_> = predecessor
            .map(|&provider| Need {
                dependency: None,
                provider: Provider::Candidate(provider),
            })
            .into_iter()
            .collect();
        let dependencies = self.candidates[candidate].transition.dependencies();
        needs.extend(dependencies.iter().map(|dependency| Need {
            dependency: Some(*dependency),
            provider: self.provider(dependency),
        }));
        needs
    }

    fn provider(&self, dependency: &Dependency) -> Provider {
        match dependency {
            Dependency::L1(entry) => {
                let shadow = self.world.l1_shadow();
                let holds = entry.exit_count <= shadow.count()
                    && shadow.root_at(entry.exit_count) == entry.shadow_root;
                met(holds, Provider::Settled, dependency)
            }
            Dependency::Entry { network, entry } => {
                self.at(*network, entry.height, entry.state_root, dependency, |found| {
                    found == entry
                })
            }
            Dependency::Contingency(on) => {
                self.at(on.network, on.height, on.state_root, dependency, |found| {
                    found.state_root == on.state_root
                })
            }
            Dependency::Exit(import) => self.exit(import, dependency),
        }
    }

    /// Who has an entry at this height that will do.
    fn at(
        &self,
        network: NetworkId,
        height: u64,
        state_root: StateRoot,
        dependency: &Dependency,
        will_do: impl Fn(&causeway_types::HistoryEntry) -> bool,
    ) -> Provider {
        let settled = self
            .world
            .history(network)
            .and_then(|history| history.get(height));
        if let Some(entry) = settled {
            return met(will_do(entry), Provider::Settled, dependency);
        }
        match self.index.heights.get(&(network, height)) {
            Some(&candidate) => {
                let entry = self.candidates[candidate].transition.entry();
                met(will_do(entry), Provider::Candidate(candidate), dependency)
            }
            None => self.refused_at(network, height, state_root, dependency),
        }
    }

    /// Who has this exit: trees only grow, so the first that covers its place decides.
    fn exit(&self, import: &ImportId, dependency: &Dependency) -> Provider {
        let index = import.leaf_index;
        let settled = if import.source.is_mainnet() {
            self.world.l1_shadow().leaf(index)
        } else {
            self.world
                .network(import.source)
                .and_then(|known| known.state.shadow().leaf(index))
        };
        if let Some(leaf) = settled {
            return met(leaf == import.shadow_leaf, Provider::Settled, dependency);
        }
        let chain = self
            .index
            .networks
            .get(&import.source)
            .map_or(&[][..], Vec::as_slice);
        let covers = |&candidate: &usize| self.candidates[candidate].transition.entry().exit_count > index;
        match chain.get(chain.partition_point(|candidate| !covers(candidate))) {
            Some(&candidate) => {
                let leaf = self.candidates[candidate].transition.after().shadow().leaf(index);
                let provider = Provider::Candidate(candidate);
                met(leaf == Some(import.shadow_leaf), provider, dependency)
            }
            None => match self.refused_exits().get(&(import.source, import.shadow_leaf)) {
                Some(&left) => Provider::LeftOut(left),
                None => Provider::Nobody(*dependency),
            },
        }
    }

    /// Who would have had an entry at this height with this state root. One that names none may have any.
    fn refused_at(
        &self,
        network: NetworkId,
        height: u64,
        state_root: StateRoot,
        dependency: &Dependency,
    ) -> Provider {
        let refused = self.index.left_out.get(&(network, height));
        let would_do = |&&left: &&usize| {
            self.refused(left)
                .state_root
                .is_none_or(|named| named == state_root)
        };
        match refused.and_then(|all| all.iter().find(would_do)) {
            Some(&left) => Provider::LeftOut(left),
            None => Provider::Nobody(*dependency),
        }
    }

    fn refused_exits(&self) -> &HashMap<(NetworkId, GoldilocksDigest), usize> {
        self.refused_exits.get_or_init(|| {
            let mut exits = HashMap::new();
            let refused = self.index.left_out.values().flatten();
            for &left in refused.filter(|&&left| self.is_to_come(left)) {
                let certificate = self.refused(left);
                for exit in &certificate.exits {
                    exits
                        .entry((certificate.network, shadow_leaf(exit)))
                        .or_insert(left);
                }
            }
            exits
        })
    }

    /// Whether a refused certificate is for a height that is neither settled nor another candidate's.
    fn is_to_come(&self, left: usize) -> bool {
        let CertificateRef { network, height, .. } = self.left_out[left].certificate;
        let settled = self
            .world
            .network(network)
            .map_or(0, |known| known.state.height());
        height >= settled && !self.index.heights.contains_key(&(network, height))
    }

    fn refused(&self, left: usize) -> &Certificate {
        self.certificates[self.left_out[left].certificate.position]
    }
}

fn met(holds: bool, provider: Provider, dependency: &Dependency) -> Provider {
    if holds {
        provider
    } else {
        Provider::Nobody(*dependency)
    }
}
