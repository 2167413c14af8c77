//! The certificates that apply.

use std::collections::BTreeMap;
use std::sync::Arc;

use causeway_types::{Certificate, NetworkId};

use super::memory::Memory;
use super::needs::{Need, find};
use super::outcome::{Because, CertificateRef, LeftOut, RootCause};
use crate::apply::Transition;
use crate::error::LedgerError;
use crate::state::State;
use crate::world::World;

/// A certificate that applies after its network's candidates before it.
pub(super) struct Candidate {
    pub(super) reference: CertificateRef,
    pub(super) transition: Arc<Transition>,
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
    pub(super) fn collect(
        world: &World,
        certificates: &[&Certificate],
        settles_at: u64,
        memory: &mut Memory,
    ) -> Self {
        let mut order: Vec<_> = (0..certificates.len()).collect();
        order.sort_by_key(|&position| {
            let certificate = certificates[position];
            (certificate.network, certificate.height, position)
        });
        let (mut candidates, mut left_out) = (Vec::<Candidate>::new(), Vec::<LeftOut>::new());
        let mut index = Index::default();
        for position in order {
            let certificate = certificates[position];
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
            match admit(world, before, certificate, settles_at, memory) {
                Ok(transition) => {
                    index.add(reference, candidates.len());
                    candidates.push(Candidate {
                        reference,
                        transition,
                    });
                }
                Err(error) => {
                    let left = index.refusal(reference, error, &candidates, &left_out);
                    index
                        .left_out
                        .entry((reference.network, reference.height))
                        .or_default()
                        .push(left_out.len());
                    left_out.push(left);
                }
            }
        }
        let needs = find(world, certificates, &candidates, &left_out, &index);
        Self {
            candidates,
            left_out,
            needs,
        }
    }
}

/// Applies a certificate to its network's newest state and checks who made it, and that there is time to settle it.
fn admit(
    world: &World,
    before: Option<&State>,
    certificate: &Certificate,
    settles_at: u64,
    memory: &mut Memory,
) -> Result<Arc<Transition>, LedgerError> {
    let expiry = certificate.expiry;
    if expiry.get() < settles_at {
        return Err(LedgerError::ExpiresTooSoon { expiry, settles_at });
    }
    let network = certificate.network;
    let known = world
        .network(network)
        .ok_or(LedgerError::UnknownNetwork { network })?;
    memory.admit(world, before.unwrap_or(known.state), certificate)
}

/// Who has which height.
#[derive(Default)]
pub(super) struct Index {
    pub(super) heights: BTreeMap<(NetworkId, u64), usize>,
    pub(super) networks: BTreeMap<NetworkId, Vec<usize>>,
    pub(super) left_out: BTreeMap<(NetworkId, u64), Vec<usize>>,
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

    /// A refused certificate. If all that is wrong is that its predecessor was refused, or that another took its height,
    /// that is why.
    fn refusal(
        &self,
        reference: CertificateRef,
        error: LedgerError,
        candidates: &[Candidate],
        left_out: &[LeftOut],
    ) -> LeftOut {
        let (network, height) = (reference.network, reference.height);
        let refused = RootCause::Refused {
            certificate: reference,
            error: error.clone(),
        };
        let rival = self.heights.get(&(network, height));
        let predecessor = height
            .checked_sub(1)
            .and_then(|height| self.left_out.get(&(network, height))?.first());
        let (because, root) = match (&error, rival, predecessor) {
            (LedgerError::MismatchHeight { .. }, Some(&rival), _) => {
                (Because::Displaced(candidates[rival].reference), refused)
            }
            (LedgerError::MismatchHeight { declared, expected }, None, Some(&left))
                if declared > expected =>
            {
                (
                    Because::Follows(left_out[left].certificate),
                    left_out[left].root.clone(),
                )
            }
            _ => (Because::Refused(error), refused),
        };
        LeftOut {
            certificate: reference,
            because,
            root,
        }
    }
}
