//! What was judged, and how it goes on with each certificate and each proof, without everything being judged again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use alloy_primitives::B256;
use causeway_journal::{Change, JournalError, ProofJob, ProofStanding, Standing, Timestamp};
use causeway_ledger::{Memory, PayloadEntry, Transition, World};
use causeway_types::{Certificate, NetworkId};
use tracing::info;

use super::pending::{asks, carry_out, step};
use super::{Coordinator, CoordinatorError, Inner};
use crate::config::schema::AcceptOthers;
use crate::judge::{Candidate, Judgement, Worlds, confirmable};

/// Everything that follows from the journal and L1 at one moment.
#[derive(Debug)]
pub(super) struct Judged {
    /// What comes next is judged on.
    pub(super) worlds: Worlds,
    pub(super) transitions: HashMap<B256, Arc<Transition>>,
    /// How good each is that the world has and L1 has not.
    pub(super) levels: HashMap<(NetworkId, u64), AcceptOthers>,
    /// What the last confirmed certificate of each network leads to, where L1 does not have it.
    pub(super) confirmed: BTreeMap<NetworkId, PayloadEntry>,
    /// Those that are accepted and not confirmed.
    accepted: BTreeMap<B256, Candidate>,
    /// Those that wait.
    pub(super) waiting: Vec<Candidate>,
    /// For whom each waits.
    pub(super) on: HashMap<B256, B256>,
    /// When one of them has waited long enough, or all have to be judged again.
    pub(super) due: Timestamp,
}

impl Judged {
    /// Before anything was judged on these worlds.
    pub(super) fn new(
        worlds: Worlds,
        levels: HashMap<(NetworkId, u64), AcceptOthers>,
        confirmed: BTreeMap<NetworkId, PayloadEntry>,
        due: Timestamp,
    ) -> Self {
        Self {
            worlds,
            transitions: HashMap::new(),
            levels,
            confirmed,
            accepted: BTreeMap::new(),
            waiting: Vec::new(),
            on: HashMap::new(),
            due,
        }
    }

    /// After those that waited, and new ones, were judged on top of what was accepted.
    pub(super) fn go_on(&mut self, candidates: Vec<Candidate>, judgement: Judgement, now: Timestamp) {
        self.confirmed.extend(judgement.confirmed());
        self.worlds = judgement.worlds;
        self.transitions.extend(judgement.transitions);
        self.waiting.clear();
        for (mut candidate, verdict) in candidates.into_iter().zip(judgement.verdicts) {
            self.on.remove(&verdict.id);
            if let Some(other) = verdict.on {
                self.on.insert(verdict.id, other);
            }
            // Where L1 stands still nobody is late, and nothing is to be judged because of it.
            if let Some(deadline) = verdict.deadline.filter(|deadline| *deadline > now) {
                self.due = self.due.min(deadline);
            }
            let place = place(&candidate.certificate);
            candidate.standing = verdict.standing;
            candidate.asked |= asks(&verdict);
            candidate.reason = verdict.reason;
            candidate.deadline = verdict.deadline;
            candidate.digest = verdict.digest.map(B256::from).or(candidate.digest);
            match candidate.standing {
                Standing::Waiting => self.waiting.push(candidate),
                Standing::Confirmed => {
                    self.levels.insert(place, AcceptOthers::Confirmed);
                }
                Standing::Accepted | Standing::Proven => {
                    self.levels.insert(place, AcceptOthers::PreConfirmed);
                    self.accepted.insert(candidate.id, candidate);
                }
                _ => {}
            }
        }
    }
}

/// What follows from a proof that has come.
struct Heard {
    /// Of which certificate.
    id: B256,
    /// Those that are confirmed with it, in the order in which they settle.
    confirmed: Vec<B256>,
    /// After them.
    world: World,
}

impl Judged {
    /// What follows from the proof of a certificate that is accepted; nothing of another one.
    fn hear(&mut self, id: B256, memory: &mut Memory) -> Option<Heard> {
        self.accepted.get_mut(&id)?.proven = true;
        let proven: Vec<_> = self
            .accepted
            .values()
            .filter(|candidate| candidate.proven)
            .collect();
        let certificates: Vec<_> = proven.iter().map(|candidate| &*candidate.certificate).collect();
        let outcome = confirmable(&self.worlds.confirmed, &certificates, memory);
        let admitted = outcome.admitted.iter();
        Some(Heard {
            id,
            confirmed: admitted
                .map(|admitted| proven[admitted.certificate.position].id)
                .collect(),
            world: outcome.world,
        })
    }

    /// Writes it down.
    fn write_down(&self, change: &Change<'_>, heard: &Heard) -> Result<(), JournalError> {
        for id in &heard.confirmed {
            if let Some(candidate) = self.accepted.get(id) {
                step(change, *id, candidate.standing, Standing::Confirmed, None)?;
            }
        }
        match self.accepted.get(&heard.id) {
            Some(candidate) if !heard.confirmed.contains(&heard.id) => {
                step(change, heard.id, candidate.standing, Standing::Proven, None)
            }
            _ => Ok(()),
        }
    }

    /// Goes on with it.
    fn take(&mut self, heard: Heard) {
        self.worlds.confirmed = heard.world;
        if let Some(candidate) = self.accepted.get_mut(&heard.id) {
            candidate.standing = Standing::Proven;
            candidate.reason = None;
        }
        for id in heard.confirmed {
            if let Some(candidate) = self.accepted.remove(&id) {
                self.levels
                    .insert(place(&candidate.certificate), AcceptOthers::Confirmed);
            }
            if let Some(transition) = self.transitions.get(&id) {
                let entry = transition.payload();
                self.confirmed.insert(entry.network, entry);
            }
        }
    }
}

impl Coordinator {
    /// A transition is proven: the proof is kept before anybody hears of it.
    ///
    /// # Errors
    /// A [`CoordinatorError`].
    pub fn proved_transition(
        &self,
        job: &ProofJob,
        proof: &[u8],
        now: Timestamp,
    ) -> Result<(), CoordinatorError> {
        let mut inner = self.lock();
        let asked = self.journal.read(|view| view.proof(job.id))?;
        if asked.is_some_and(|asked| asked.standing == ProofStanding::Failed) {
            info!(
                job = job.id,
                "a proof is of no use any more: it was given up while it was made"
            );
            return Ok(());
        }
        // Whatever goes wrong here, all are judged again, with the proof.
        let mut judged = inner.judged.take();
        let heard = match (&mut judged, job.subject.parse()) {
            (Some(judged), Ok(id)) => judged.hear(id, &mut inner.memory),
            _ => None,
        };
        let Some((mut judged, heard)) = judged.zip(heard) else {
            self.journal
                .change(now, |change| change.finish_proof(job.id, proof))?;
            drop(inner);
            self.stir();
            return Ok(());
        };
        let told = self.journal.change(now, |change| {
            change.finish_proof(job.id, proof)?;
            judged.write_down(change, &heard)
        });
        if let Err(error) = told {
            self.journal
                .change(now, |change| change.finish_proof(job.id, proof))?;
            return Err(error.into());
        }
        let confirms = !heard.confirmed.is_empty();
        judged.take(heard);
        let waits = confirms && !judged.waiting.is_empty();
        inner.judged = Some(judged);
        if waits {
            // Some may have waited for what is confirmed now.
            self.judge_waiting(&mut inner, now)?;
        }
        drop(inner);
        self.stir();
        Ok(())
    }

    /// Judges those that wait again, on top of what is accepted.
    fn judge_waiting(&self, inner: &mut Inner, now: Timestamp) -> Result<(), CoordinatorError> {
        let Some((mut judged, candidates, judgement)) = self.judge_more(inner, None, now) else {
            return Ok(());
        };
        self.journal.change(now, |change| {
            for (candidate, verdict) in candidates.iter().zip(&judgement.verdicts) {
                carry_out(change, candidate, verdict)?;
            }
            Ok::<_, JournalError>(())
        })?;
        judged.go_on(candidates, judgement, now);
        inner.judged = Some(judged);
        Ok(())
    }

    /// Judges those that wait and a new one on top of what is accepted, for all that are accepted stay so: the greatest set only grows.
    /// What was judged is taken out, so that all are judged again unless whoever asks puts it back.
    pub(super) fn judge_more(
        &self,
        inner: &mut Inner,
        new: Option<Candidate>,
        now: Timestamp,
    ) -> Option<(Judged, Vec<Candidate>, Judgement)> {
        let judged = inner.judged.take()?;
        let mut candidates = judged.waiting.clone();
        candidates.extend(new);
        let judgement = self.judge(inner, &judged.worlds, &candidates, &judged.levels, now);
        Some((judged, candidates, judgement))
    }
}

pub(super) fn place(certificate: &Certificate) -> (NetworkId, u64) {
    (certificate.network, certificate.height)
}
