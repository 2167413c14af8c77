//! Where certificates stand that L1 does not have: what the ledger says of them, and the policies of their networks.
//!
//! A pure function: the same certificates at the same time stand at the same places, whoever asks.

mod reason;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use alloy_primitives::B256;
use causeway_journal::{Reason, ReasonClass, Standing, Timestamp};
use causeway_ledger::{
    Because, CertificateRef, Class, Dependency, EpochOutcome, LedgerError, LeftOut, Memory, PayloadEntry,
    RootCause, Sources, Transition, World, settle_epoch_with,
};
use causeway_types::{Certificate, GoldilocksDigest, NetworkId};

pub use reason::{describe, left_out, rule};

use crate::config::schema::{AcceptOthers, NetworkPolicy};

/// A certificate that is to be judged.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its id.
    pub id: B256,
    /// It.
    pub certificate: Arc<Certificate>,
    /// Where it stands; `Waiting` for a new one.
    pub standing: Standing,
    /// Why it stands there.
    pub reason: Option<Reason>,
    /// Until when it may wait.
    pub deadline: Option<Timestamp>,
    /// Whether its transition is proven.
    pub proven: bool,
    /// Of which digest its network's own proof is, if that is here.
    pub own_proof: Option<B256>,
    /// Whether its proof is asked for already, and not given up.
    pub asked: bool,
    /// What its network authorises, as far as that is written down.
    pub digest: Option<B256>,
}

/// What holds while certificates are judged.
#[expect(missing_debug_implementations, reason = "it holds functions")]
pub struct Rules<'a> {
    /// Now, as far as L1 has got: a chain that stands still lets nothing expire.
    pub now: Timestamp,
    /// The earliest time at which an epoch that is closed now settles, in seconds.
    pub settles_at: u64,
    /// What a network asks of others.
    pub policy: &'a dyn Fn(NetworkId) -> NetworkPolicy,
    /// How good a certificate is that the world has already.
    pub settled: &'a dyn Fn(NetworkId, u64) -> AcceptOthers,
    /// Whether settled certificates of a network are not here, so that its others cannot be judged.
    pub behind: &'a dyn Fn(NetworkId) -> bool,
}

/// Where a certificate stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Which one.
    pub id: B256,
    /// Where.
    pub standing: Standing,
    /// Why.
    pub reason: Option<Reason>,
    /// Until when it may wait there.
    pub deadline: Option<Timestamp>,
    /// What its network authorises, where that is known.
    pub digest: Option<GoldilocksDigest>,
    /// The certificate for which it waits.
    pub on: Option<B256>,
    /// The rule that it breaks.
    pub rule: Option<LedgerError>,
}

/// What certificates are judged on.
#[derive(Clone, Debug)]
pub struct Worlds {
    /// After all that are accepted.
    pub accepted: World,
    /// After those of them alone that are confirmed.
    pub confirmed: World,
}

/// What was judged.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Where each stands, in the order given.
    pub verdicts: Vec<Verdict>,
    /// What comes next is judged on.
    pub worlds: Worlds,
    /// What those do that are accepted.
    pub transitions: HashMap<B256, Arc<Transition>>,
}

impl Judgement {
    /// What the last confirmed certificate of each network that has one leads to.
    pub fn confirmed(&self) -> BTreeMap<NetworkId, PayloadEntry> {
        let confirmed = self.verdicts.iter();
        let mut last: Vec<_> = confirmed
            .filter(|verdict| verdict.standing == Standing::Confirmed)
            .filter_map(|verdict| self.transitions.get(&verdict.id))
            .map(|transition| transition.payload())
            .collect();
        last.sort_by_key(|entry| entry.height);
        last.into_iter().map(|entry| (entry.network, entry)).collect()
    }
}

/// Judges certificates that stand on a world: the greatest set that the ledger and the policies admit is accepted, those of it that are
/// proven with all they depend on are confirmed, and each of the others waits or is given up, with the reason.
pub fn judge(worlds: &Worlds, candidates: &[Candidate], rules: &Rules<'_>, memory: &mut Memory) -> Judgement {
    let (outcome, refused) = admit(&worlds.accepted, candidates, rules, memory);
    let (confirmed, world) = confirm(&worlds.confirmed, candidates, &outcome, memory);
    let mut judging = Judging {
        candidates,
        rules,
        verdicts: vec![None; candidates.len()],
    };
    let mut transitions = HashMap::new();
    for admitted in outcome.admitted {
        let position = admitted.certificate.position;
        let known = outcome.world.network(admitted.certificate.network);
        // What its network is, not what the certificate says of itself.
        let proves = known.is_some_and(|known| known.authority.validity_key().is_some());
        judging.accepted(
            position,
            &admitted.transition,
            proves,
            confirmed.contains(&position),
        );
        transitions.insert(candidates[position].id, admitted.transition);
    }
    for left in &outcome.left_out {
        judging.left_out(left);
    }
    for (position, reason) in refused {
        judging.waits(position, reason, None);
    }
    let verdicts = judging.verdicts.into_iter().flatten().collect();
    let worlds = Worlds {
        accepted: outcome.world,
        confirmed: world,
    };
    Judgement {
        verdicts,
        worlds,
        transitions,
    }
}

/// What the ledger admits of those that their networks' policies let through, by position in the whole list.
fn admit(
    world: &World,
    candidates: &[Candidate],
    rules: &Rules<'_>,
    memory: &mut Memory,
) -> (EpochOutcome, Vec<(usize, Reason)>) {
    let mut refused: Vec<(usize, Reason)> = Vec::new();
    loop {
        let out: HashSet<usize> = refused.iter().map(|(position, _)| *position).collect();
        let positions: Vec<usize> = (0..candidates.len())
            .filter(|position| !out.contains(position))
            .collect();
        let certificates: Vec<_> = positions
            .iter()
            .map(|&position| &*candidates[position].certificate)
            .collect();
        let mut outcome = settle_epoch_with(world, &certificates, rules.settles_at, memory);
        renumber(&mut outcome, &positions);
        let before = refused.len();
        refused.extend(unproven(candidates, &outcome));
        if refused.len() == before {
            refused.extend(impolite(candidates, &outcome, rules));
        }
        if refused.len() == before {
            return (outcome, refused);
        }
    }
}

/// Positions in the whole list, instead of those in what was offered.
fn renumber(outcome: &mut EpochOutcome, positions: &[usize]) {
    let whole = |reference: &mut CertificateRef| reference.position = positions[reference.position];
    for admitted in &mut outcome.admitted {
        whole(&mut admitted.certificate);
    }
    for left in &mut outcome.left_out {
        whole(&mut left.certificate);
        match &mut left.because {
            Because::Follows(on) | Because::Displaced(on) | Because::Needs { on, .. } => whole(on),
            Because::Refused(_) | Because::Missing(_) => {}
        }
        match &mut left.root {
            RootCause::Refused { certificate, .. } | RootCause::Missing { certificate, .. } => {
                whole(certificate)
            }
        }
    }
}

/// Those of networks that sign nothing whose own proofs are not here: nothing says that their networks made them. One whose predecessor
/// is replaced needs another proof.
fn unproven(candidates: &[Candidate], outcome: &EpochOutcome) -> Vec<(usize, Reason)> {
    let admitted = outcome.admitted.iter().filter(|admitted| {
        let known = outcome.world.network(admitted.certificate.network);
        let signs = known.is_none_or(|known| known.authority.signer_address().is_some());
        let digest = B256::from(admitted.transition.digest());
        !signs && candidates[admitted.certificate.position].own_proof != Some(digest)
    });
    admitted
        .map(|admitted| (admitted.certificate.position, reason::own_proof(false)))
        .collect()
}

/// Those that build on what their networks do not accept yet. Certificates that need each other settle together or not at all: of each
/// other they accept everything.
fn impolite(candidates: &[Candidate], outcome: &EpochOutcome, rules: &Rules<'_>) -> Vec<(usize, Reason)> {
    let offered: HashMap<(NetworkId, u64), (usize, usize)> = outcome
        .admitted
        .iter()
        .map(|admitted| {
            let reference = admitted.certificate;
            (
                (reference.network, reference.height),
                (reference.position, admitted.group),
            )
        })
        .collect();
    let mut refused = Vec::new();
    for admitted in &outcome.admitted {
        let asked = (rules.policy)(admitted.certificate.network).accept_others;
        if asked == AcceptOthers::PreConfirmed {
            continue;
        }
        let lower = admitted.transition.dependencies().iter().find_map(|dependency| {
            let (network, height) = provider(dependency, &outcome.world)?;
            let found = match offered.get(&(network, height)) {
                Some((_, group)) if *group == admitted.group => return None,
                Some((position, _)) if candidates[*position].standing == Standing::Confirmed => {
                    AcceptOthers::Confirmed
                }
                Some(_) => AcceptOthers::PreConfirmed,
                None => (rules.settled)(network, height),
            };
            (found < asked).then_some((network, height))
        });
        if let Some((network, height)) = lower {
            let reason = reason::policy(asked, network, height);
            refused.push((admitted.certificate.position, reason));
        }
    }
    refused
}

/// Which certificate gives what one depends on; L1's own exits are nobody's.
fn provider(dependency: &Dependency, world: &World) -> Option<(NetworkId, u64)> {
    match dependency {
        Dependency::L1(_) => None,
        Dependency::Entry { network, entry } => Some((*network, entry.height)),
        Dependency::Contingency(on) => Some((on.network, on.height)),
        Dependency::Exit(import) => {
            let history = world.history(import.source)?;
            Some((import.source, history.covering(import.leaf_index)?.height))
        }
    }
}

/// Which of the admitted are proven with all they depend on, and the world after them.
fn confirm(
    world: &World,
    candidates: &[Candidate],
    outcome: &EpochOutcome,
    memory: &mut Memory,
) -> (HashSet<usize>, World) {
    let positions: Vec<usize> = outcome
        .admitted
        .iter()
        .map(|admitted| admitted.certificate.position)
        .filter(|&position| candidates[position].proven)
        .collect();
    let certificates: Vec<_> = positions
        .iter()
        .map(|&position| &*candidates[position].certificate)
        .collect();
    let together = confirmable(world, &certificates, memory);
    let admitted = together.admitted.iter();
    let confirmed = admitted
        .map(|admitted| positions[admitted.certificate.position])
        .collect();
    (confirmed, together.world)
}

/// What of proven certificates that are accepted stands on confirmed ones alone. Times were compared when they were accepted.
pub fn confirmable(world: &World, certificates: &[&Certificate], memory: &mut Memory) -> EpochOutcome {
    settle_epoch_with(world, certificates, 0, memory)
}

struct Judging<'a> {
    candidates: &'a [Candidate],
    rules: &'a Rules<'a>,
    verdicts: Vec<Option<Verdict>>,
}

impl Judging<'_> {
    fn put(&mut self, position: usize, standing: Standing, reason: Option<Reason>) -> &mut Verdict {
        self.verdicts[position].insert(Verdict {
            id: self.candidates[position].id,
            standing,
            reason,
            deadline: None,
            digest: None,
            on: None,
            rule: None,
        })
    }

    fn accepted(&mut self, position: usize, transition: &Transition, proves: bool, confirmed: bool) {
        let candidate = &self.candidates[position];
        let digest = Some(transition.digest());
        if candidate.proven {
            let standing = if confirmed {
                Standing::Confirmed
            } else {
                Standing::Proven
            };
            self.put(position, standing, None).digest = digest;
            return;
        }
        if !proves || candidate.own_proof == digest.map(B256::from) {
            self.put(position, Standing::Accepted, None).digest = digest;
            return;
        }
        let policy = (self.rules.policy)(candidate.certificate.network);
        let code = candidate.reason.as_ref().map(|reason| reason.code.as_str());
        let since = code == Some(reason::OWN_PROOF);
        let deadline = candidate
            .deadline
            .filter(|_| since)
            .unwrap_or_else(|| self.rules.now.after(policy.proving_timeout.0));
        let late = deadline <= self.rules.now;
        let standing = if late {
            Standing::Expired
        } else {
            Standing::Accepted
        };
        let reason = reason::own_proof(late);
        let verdict = self.put(position, standing, Some(reason));
        (verdict.digest, verdict.deadline) = (digest, Some(deadline));
    }

    fn left_out(&mut self, left: &LeftOut) {
        let position = left.certificate.position;
        let on = |reference: &CertificateRef| Some(self.candidates[reference.position].id);
        match &left.because {
            Because::Refused(error) => self.refused(position, error),
            Because::Displaced(by) => {
                let on = on(by);
                self.put(position, Standing::Superseded, Some(reason::left_out(left)))
                    .on = on;
            }
            Because::Follows(by) | Because::Needs { on: by, .. } => {
                self.waits(position, reason::left_out(left), on(by));
            }
            Because::Missing(_) => self.waits(position, reason::left_out(left), None),
        }
    }

    fn refused(&mut self, position: usize, error: &LedgerError) {
        let network = self.candidates[position].certificate.network;
        if matches!(error, LedgerError::UnknownNetwork { .. }) && (self.rules.behind)(network) {
            return self.waits(position, reason::history_missing(network), None);
        }
        if error.class() == Class::Wait {
            return self.waits(position, reason::rule(error), None);
        }
        let standing = match error {
            LedgerError::ExpiresTooSoon { .. } => Standing::Expired,
            _ => Standing::Rejected,
        };
        self.put(position, standing, Some(reason::rule(error))).rule = Some(error.clone());
    }

    /// It waits, but not for ever.
    fn waits(&mut self, position: usize, reason: Reason, on: Option<B256>) {
        let candidate = &self.candidates[position];
        let policy = (self.rules.policy)(candidate.certificate.network);
        // Codes of waiting follow one another without beginning anew; what was accepted before waits from now on.
        let waited = candidate.standing == Standing::Waiting;
        let deadline = candidate
            .deadline
            .filter(|_| waited)
            .unwrap_or_else(|| self.rules.now.after(policy.contingency_timeout.0));
        let late = deadline <= self.rules.now;
        let (standing, reason) = if late {
            let reason = Reason::new(
                reason.code.clone(),
                ReasonClass::Rebuild,
                format!("its time to wait is over: {}", reason.detail),
            );
            (Standing::Expired, reason)
        } else {
            (Standing::Waiting, reason)
        };
        let verdict = self.put(position, standing, Some(reason));
        (verdict.deadline, verdict.on) = (Some(deadline), on);
    }
}
