//! What provers are given, and what becomes of what they bring.

use std::time::Duration;

use alloy_primitives::B256;
use causeway_journal::{EpochStanding, ProofJob, ProofKind, Reason, ReasonClass, Scope, Standing, Timestamp};
use causeway_ledger::TransitionInputs;

use super::epoch::give_up;
use super::{Coordinator, CoordinatorError, EpochPlan, Submission};
use crate::prove::{EpochProof, EpochWork, ProverError};

/// Work for a prover.
#[derive(Debug)]
pub enum Work {
    /// A certificate, with the proof that its network made of it.
    Transition(Box<TransitionInputs>, Option<Vec<u8>>),
    /// An epoch, and what its proof has to say.
    Epoch(Box<EpochWork>, B256),
}

impl Coordinator {
    /// The next work for a prover, leased to it. Work that is wanted no more is given up on the way.
    ///
    /// # Errors
    /// A [`CoordinatorError`].
    pub fn lease(&self, holder: &str, now: Timestamp) -> Result<Option<(ProofJob, Work)>, CoordinatorError> {
        let lease = self.config.prover.lease.0;
        let mut inner = self.lock();
        if inner.known.is_none()
            || self
                .journal
                .read(|view| view.pause(Scope::Proving, now))?
                .is_some()
        {
            return Ok(None);
        }
        loop {
            if inner.judged.is_none() {
                self.judge_all(&mut inner, now)?;
            }
            let kinds = [ProofKind::Epoch, ProofKind::Transition];
            let job = self
                .journal
                .change(now, |change| change.lease_proof(holder, lease, &kinds))?;
            let Some(job) = job else {
                return Ok(None);
            };
            let work = match job.kind {
                ProofKind::Transition => self.transition(&inner, &job)?,
                ProofKind::Epoch => self.epoch_work(&inner, &job)?,
            };
            match work {
                Some(work) => return Ok(Some((job, work))),
                // Its certificate or epoch is over, or waits: asked for again when it is wanted.
                None => {
                    self.journal.change(now, |change| {
                        change.fail_proof(job.id, "it is not wanted any more")
                    })?;
                    inner.judged = None;
                }
            }
        }
    }

    fn transition(&self, inner: &super::Inner, job: &ProofJob) -> Result<Option<Work>, CoordinatorError> {
        let (Some(judged), Ok(id)) = (&inner.judged, job.subject.parse::<B256>()) else {
            return Ok(None);
        };
        let Some(transition) = judged.transitions.get(&id) else {
            return Ok(None);
        };
        let inputs = TransitionInputs::new(transition, &judged.worlds.accepted)?;
        let own = self.journal.read(|view| view.own_proof(id))?;
        Ok(Some(Work::Transition(Box::new(inputs), own)))
    }

    fn epoch_work(&self, inner: &super::Inner, job: &ProofJob) -> Result<Option<Work>, CoordinatorError> {
        let (Some(known), Ok(id)) = (&inner.known, job.subject.parse::<u64>()) else {
            return Ok(None);
        };
        let Some(epoch) = self.journal.read(|view| view.epoch(id))? else {
            return Ok(None);
        };
        if epoch.standing != EpochStanding::Proving || known.commitment() != epoch.before {
            return Ok(None);
        }
        let plan = EpochPlan::of(&epoch)?;
        let mut transitions = Vec::with_capacity(epoch.certificates.len());
        for certificate in &epoch.certificates {
            let subject = certificate.to_string();
            let proof = self
                .journal
                .read(|view| view.proof_result(ProofKind::Transition, &subject))?;
            match proof {
                Some(proof) => transitions.push(proof),
                None => {
                    return Err(CoordinatorError::Epoch {
                        epoch: id,
                        detail: format!("the proof of certificate {certificate} is gone"),
                    });
                }
            }
        }
        let replay = known.replay();
        let work = EpochWork {
            domain: known.deployment().domain(),
            before: replay.state().clone(),
            registry: replay.pending_entries().take(plan.entries).copied().collect(),
            deposits: replay.pending_exits().take(plan.exits).copied().collect(),
            transitions,
        };
        Ok(Some(Work::Epoch(Box::new(work), plan.statement)))
    }

    /// An epoch is proven. A proof of something else is refused: it is never sent.
    ///
    /// # Errors
    /// A [`CoordinatorError`]; [`CoordinatorError::Epoch`] if the proof does not say what was wanted.
    pub fn proved_epoch(
        &self,
        job: &ProofJob,
        wanted: B256,
        proof: &EpochProof,
        now: Timestamp,
    ) -> Result<(), CoordinatorError> {
        let id = job.subject.parse::<u64>().unwrap_or_default();
        if proof.statement != wanted {
            return Err(CoordinatorError::Epoch {
                epoch: id,
                detail: format!("its proof says {}, and has to say {wanted}", proof.statement),
            });
        }
        let mut inner = self.lock();
        let Some(epoch) = self.journal.read(|view| view.epoch(id))? else {
            return Ok(());
        };
        let calldata = EpochPlan::of(&epoch)?.call(id, &proof.proof)?;
        let submission = Submission {
            proof: proof.proof.clone(),
            calldata,
        };
        let text = serde_json::to_string(&submission).unwrap_or_default();
        self.journal.change(now, |change| {
            change.finish_proof(job.id, &proof.proof)?;
            // One that was given up meanwhile stays so.
            if epoch.standing == EpochStanding::Proving {
                change.prove_epoch(id, &text)?;
            }
            Ok::<_, CoordinatorError>(())
        })?;
        inner.judged = None;
        drop(inner);
        self.stir();
        Ok(())
    }

    /// A prover has no proof. It is asked again with growing pauses: for ever if it is the machine's fault, some times if it is the
    /// prover's, and otherwise what is to be proven is given up.
    ///
    /// # Errors
    /// A [`CoordinatorError`].
    pub fn not_proved(
        &self,
        job: &ProofJob,
        holder: &str,
        error: &ProverError,
        now: Timestamp,
    ) -> Result<(), CoordinatorError> {
        let mut inner = self.lock();
        inner.judged = None;
        let detail = error.to_string();
        if matches!(error, ProverError::Stopped) {
            return Ok(self.journal.change(now, |change| {
                change.return_proof(job.id, holder, now, Some(&detail))
            })?);
        }
        let tries = u32::try_from(job.tries).unwrap_or(u32::MAX);
        if tries < error.tries(self.config.prover.max_tries) {
            let pause = Duration::from_secs(5 << tries.min(6));
            return Ok(self.journal.change(now, |change| {
                change.return_proof(job.id, holder, now.after(pause), Some(&detail))
            })?);
        }
        match job.kind {
            ProofKind::Transition => self.no_transition(job, error, now),
            ProofKind::Epoch => self.no_epoch(job, error, now),
        }
    }

    fn no_transition(
        &self,
        job: &ProofJob,
        error: &ProverError,
        now: Timestamp,
    ) -> Result<(), CoordinatorError> {
        let Ok(id) = job.subject.parse::<B256>() else {
            return Ok(());
        };
        let own = matches!(error, ProverError::OwnProof(_));
        self.journal.change(now, |change| {
            change.fail_proof(job.id, &error.to_string())?;
            let Some(record) = change.view().certificate(id)? else {
                return Ok(());
            };
            if own {
                // Another proof may come, in the time that there is.
                change.drop_own_proof(id)?;
                return Ok(());
            }
            if record.standing.is_pending() {
                let reason = Reason::new("not_provable", ReasonClass::Operator, error.to_string());
                change.move_certificate(id, Standing::Rejected, Some(&reason))?;
            }
            Ok::<_, CoordinatorError>(())
        })
    }

    fn no_epoch(&self, job: &ProofJob, error: &ProverError, now: Timestamp) -> Result<(), CoordinatorError> {
        let id = job.subject.parse::<u64>().unwrap_or_default();
        self.journal.change(now, |change| {
            change.fail_proof(job.id, &error.to_string())?;
            let Some(epoch) = change.view().epoch(id)? else {
                return Ok(());
            };
            let ProverError::Transition { position, .. } = error else {
                if epoch.standing.is_open() {
                    let reason = Reason::new("not_provable", ReasonClass::Operator, error.to_string());
                    give_up(change, id, &reason)?;
                }
                return Ok(());
            };
            if epoch.standing.is_open() {
                let reason = Reason::new("transition_lost", ReasonClass::Retry, error.to_string());
                change.move_epoch(id, EpochStanding::Abandoned, Some(&reason))?;
            }
            if let Some(certificate) = epoch.certificates.get(*position) {
                // It is proven again.
                let subject = certificate.to_string();
                if let Some(proof) = change.view().proof_of(ProofKind::Transition, &subject)? {
                    change.fail_proof(proof.id, &error.to_string())?;
                }
            }
            Ok::<_, CoordinatorError>(())
        })
    }
}
