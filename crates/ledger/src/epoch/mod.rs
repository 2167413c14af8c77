//! Which certificates settle together.
//!
//! An epoch is the greatest set of certificates such that each applies after its network's others before it, is
//! authorised, and finds all it depends on settled or in the set. Sets with this property are closed under union, so there
//! is a greatest one; certificates that need each other are in it together or not at all.

mod candidates;
mod memory;
mod needs;
mod order;
mod outcome;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};

use causeway_types::Certificate;

use candidates::Candidates;
pub use memory::Memory;
use needs::{Need, Provider};
pub use outcome::{Admitted, Because, CertificateRef, EpochOutcome, LeftOut, RootCause};

use crate::state::State;
use crate::world::World;

/// Settles the greatest admissible set of these certificates and says of each other one why not.
///
/// Of several certificates of one network at one height, the first that applies and is authorised counts, even if it then
/// lacks something: a network that replaces a certificate has to withdraw it, and whoever calls this must not offer both.
/// The outcome depends on nothing else of the order in which they are given.
///
/// Expiries are compared with nothing: whoever composes an epoch that is to be proven asks [`settle_epoch_at`].
pub fn settle_epoch(world: &World, certificates: &[Certificate]) -> EpochOutcome {
    settle_epoch_at(world, certificates, 0)
}

/// [`settle_epoch`] of an epoch that settles at a time, in seconds, or later: the time of asking, all that proving may take, and some
/// more. What expires before is left out, and what depends on it; or any network could make every epoch expire while it is proven.
pub fn settle_epoch_at(world: &World, certificates: &[Certificate], settles_at: u64) -> EpochOutcome {
    let certificates: Vec<_> = certificates.iter().collect();
    settle_epoch_with(world, &certificates, settles_at, &mut Memory::new())
}

/// [`settle_epoch_at`] by whoever has judged some of these certificates before. The outcome is the same.
pub fn settle_epoch_with(
    world: &World,
    certificates: &[&Certificate],
    settles_at: u64,
    memory: &mut Memory,
) -> EpochOutcome {
    let Candidates {
        candidates,
        mut left_out,
        needs,
    } = Candidates::collect(world, certificates, settles_at, memory);
    let reasons = drop_unsettled(&needs, |candidate| candidates[candidate].reference, &left_out);
    let kept = |candidate: usize| reasons[candidate].is_none();
    let groups = order::groups(&needs, kept, |candidate| {
        let reference = candidates[candidate].reference;
        (reference.network, reference.height)
    });

    let mut world = world.clone();
    let newest = |states: &mut Vec<State>, state: &State| match states.last_mut() {
        Some(last) if last.network() == state.network() => *last = state.clone(),
        _ => states.push(state.clone()),
    };
    let mut states = Vec::new();
    // Candidates are in the order of their networks and heights.
    for (candidate, reason) in candidates.iter().zip(&reasons) {
        match reason {
            None => newest(&mut states, candidate.transition.after()),
            Some((because, root)) => left_out.push(LeftOut {
                certificate: candidate.reference,
                because: because.clone(),
                root: root.clone(),
            }),
        }
    }
    world.advance(&states);
    // What was displaced by a certificate that does not settle either shares its cause.
    let position_of = |candidate: &candidates::Candidate| candidate.reference.position;
    let by_position: HashMap<_, _> = candidates.iter().map(position_of).zip(&reasons).collect();
    for left in &mut left_out {
        if let Because::Displaced(by) = &left.because
            && let Some(Some((_, root))) = by_position.get(&by.position)
        {
            left.root = root.clone();
        }
    }
    left_out.sort_by_key(|left| left.certificate.position);

    let mut transitions: Vec<_> = candidates.into_iter().map(Some).collect();
    let mut admitted = Vec::new();
    for (group, members) in groups.into_iter().enumerate() {
        for member in members {
            // Each member is in one group.
            if let Some(candidate) = transitions[member].take() {
                admitted.push(Admitted {
                    certificate: candidate.reference,
                    transition: candidate.transition,
                    group,
                });
            }
        }
    }
    EpochOutcome {
        world,
        admitted,
        left_out,
    }
}

type Reason = Option<(Because, RootCause)>;

/// Drops every candidate with an unmet need, and then those that need a dropped one, until none is left to drop.
fn drop_unsettled(
    needs: &[Vec<Need>],
    reference: impl Fn(usize) -> CertificateRef,
    left_out: &[LeftOut],
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = vec![None; needs.len()];
    let mut dependents = vec![Vec::new(); needs.len()];
    let mut queue = VecDeque::new();
    for (candidate, needs) in needs.iter().enumerate() {
        for need in needs {
            let reason = match need.provider {
                Provider::Settled => continue,
                Provider::Candidate(provider) => {
                    dependents[provider].push((candidate, need.dependency));
                    continue;
                }
                Provider::LeftOut(left) => (
                    Because::of(need.dependency, left_out[left].certificate),
                    left_out[left].root.clone(),
                ),
                Provider::Nobody(dependency) => (
                    Because::Missing(dependency),
                    RootCause::Missing {
                        certificate: reference(candidate),
                        dependency,
                    },
                ),
            };
            if reasons[candidate].is_none() {
                reasons[candidate] = Some(reason);
                queue.push_back(candidate);
            }
        }
    }
    while let Some(dropped) = queue.pop_front() {
        let Some((_, root)) = reasons[dropped].clone() else {
            continue;
        };
        for &(dependent, dependency) in &dependents[dropped] {
            if reasons[dependent].is_none() {
                reasons[dependent] = Some((Because::of(dependency, reference(dropped)), root.clone()));
                queue.push_back(dependent);
            }
        }
    }
    reasons
}
