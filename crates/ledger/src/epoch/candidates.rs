//! The certificates that apply, and what each of them needs.

use std::collections::BTreeMap;

use causeway_types::{Certificate, NetworkId};

use super::outcome::{Because, CertificateRef, LeftOut, RootCause};
use crate::apply::{Dependency, Transition, apply};
use crate::authority::check_authority;
use crate::digest::ImportId;
use crate::error::LedgerError;
use crate::state::State;
use crate::world::World;

/// A certificate that applies after its network's candidates before it.
pub(super) struct Candidate {
    pub(super) reference: CertificateRef,
    pub(super) transition: Transition,
}

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

pub(super) struct Candidates {
    /// In the order of networks and heights.
    pub(super) candidates: Vec<Candidate>,
    /// What does not apply or is not authorised.
    pub(super) left_out: Vec<LeftOut>,
    /// Needs by candidate.
    pub(super) needs: Vec<Vec<Need>>,
}

impl Candidates {
    pub(super) fn collect(world: &World, certificates: &[Certificate]) -> Self {
        let mut order: Vec<_> = (0..certificates.len()).collect();
        order.sort_by_key(|&position| {
            let certificate = &certificates[position];
            (certificate.network, certificate.height, position)
        });
        let (mut candidates, mut left_out) = (Vec::<Candidate>::new(), Vec::<LeftOut>::new());
        let mut index = Index::default();
        for position in order {
            let certificate = &certificates[position];
            let reference = CertificateRef {
                position,
                network: certificate.network,
                height: certificate.height,
            };
            let before = index
                .networks
                .get(&certificate.network)
                .and_then(|all| all.last());
            let before = before.map(|&candidate| candidates[candidate].transition.after());
            match admit(world, before, certificate) {
                Ok(transition) => {
                    index.add(reference, candidates.len());
                    candidates.push(Candidate {
                        reference,
                        transition,
                    });
                }
                Err(error) => {
                    let left = index.refusal(reference, error, &left_out);
                    index
                        .left_out
                        .entry((reference.network, reference.height))
                        .or_insert(left_out.len());
                    left_out.push(left);
                }
            }
        }
        let finder = Finder {
            world,
            candidates: &candidates,
            index: &index,
        };
        let needs = (0..candidates.len())
            .map(|candidate| finder.needs(candidate))
            .collect();
        Self {
            candidates,
            left_out,
            needs,
        }
    }
}

/// Applies a certificate to its network's newest state and checks who made it.
fn admit(
    world: &World,
    before: Option<&State>,
    certificate: &Certificate,
) -> Result<Transition, LedgerError> {
    let network = certificate.network;
    let known = world
        .network(network)
        .ok_or(LedgerError::UnknownNetwork { network })?;
    let transition = apply(before.unwrap_or(&known.state), certificate)?;
    check_authority(&known.authority, certificate, transition.digest(), world.domain())?;
    Ok(transition)
}

/// Who has which height.
#[derive(Default)]
struct Index {
    heights: BTreeMap<(NetworkId, u64), usize>,
    networks: BTreeMap<NetworkId, Vec<usize>>,
    left_out: BTreeMap<(NetworkId, u64), usize>,
}

impl Index {
    fn add(&mut self, reference: CertificateRef, candidate: usize) {
        self.heights
            .insert((reference.network, reference.height), candidate);
        self.networks
            .entry(reference.network)
            .or_default()
            .push(candidate);
    }

    /// A refused certificate. If all that is wrong is that its predecessor was refused, that is why.
    fn refusal(&self, reference: CertificateRef, error: LedgerError, left_out: &[LeftOut]) -> LeftOut {
        let predecessor = match error {
            LedgerError::MismatchHeight { declared, expected } if declared > expected => declared
                .checked_sub(1)
                .and_then(|height| self.left_out.get(&(reference.network, height))),
            _ => None,
        };
        let (because, root) = match predecessor {
            Some(&left) => (
                Because::Follows(left_out[left].certificate),
                left_out[left].root.clone(),
            ),
            None => (
                Because::Refused(error.clone()),
                RootCause::Refused {
                    certificate: reference,
                    error,
                },
            ),
        };
        LeftOut {
            certificate: reference,
            because,
            root,
        }
    }
}

struct Finder<'a> {
    world: &'a World,
    candidates: &'a [Candidate],
    index: &'a Index,
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
                self.at(*network, entry.height, dependency, |found| found == entry)
            }
            Dependency::Contingency(on) => self.at(on.network, on.height, dependency, |found| {
                found.state_root == on.state_root
            }),
            Dependency::Exit(import) => self.exit(import, dependency),
        }
    }

    /// Who has an entry at this height that will do.
    fn at(
        &self,
        network: NetworkId,
        height: u64,
        dependency: &Dependency,
        will_do: impl Fn(&causeway_types::HistoryEntry) -> bool,
    ) -> Provider {
        let settled = self
            .world
            .network(network)
            .and_then(|known| known.state.history().get(height));
        if let Some(entry) = settled {
            return met(will_do(entry), Provider::Settled, dependency);
        }
        match self.index.heights.get(&(network, height)) {
            Some(&candidate) => {
                let entry = self.candidates[candidate].transition.entry();
                met(will_do(entry), Provider::Candidate(candidate), dependency)
            }
            None => self.left_out(network, height, dependency),
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
            None => {
                let mut refused = self
                    .index
                    .left_out
                    .range((import.source, 0)..=(import.source, u64::MAX));
                refused
                    .next()
                    .map_or(Provider::Nobody(*dependency), |(_, &left)| {
                        Provider::LeftOut(left)
                    })
            }
        }
    }

    fn left_out(&self, network: NetworkId, height: u64, dependency: &Dependency) -> Provider {
        match self.index.left_out.get(&(network, height)) {
            Some(&left) => Provider::LeftOut(left),
            None => Provider::Nobody(*dependency),
        }
    }
}

fn met(holds: bool, provider: Provider, dependency: &Dependency) -> Provider {
    if holds {
        provider
    } else {
        Provider::Nobody(*dependency)
    }
}
