//! A prover at work: it leases what is to be proven, says again and again that it is at it, and hands in what it has.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use causeway_journal::ProofJob;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::clock;
use crate::coordinator::{Coordinator, CoordinatorError, Work};
use crate::prove::{Prover, ProverError};

/// Between two looks for work, if nobody wakes it by unparking its thread.
const PAUSE: Duration = Duration::from_millis(250);

/// How often it says what it is at, at most.
const SPEAKS: Duration = Duration::from_secs(1);

/// A prover at work.
#[derive(Debug)]
pub struct Worker<P> {
    coordinator: Arc<Coordinator>,
    prover: P,
    holder: String,
    stop: CancellationToken,
}

impl<P: Prover> Worker<P> {
    /// A prover, under a name that no other has.
    pub const fn new(
        coordinator: Arc<Coordinator>,
        prover: P,
        holder: String,
        stop: CancellationToken,
    ) -> Self {
        Self {
            coordinator,
            prover,
            holder,
            stop,
        }
    }

    /// Works until it is told to stop; what it was at then goes back. Whoever unparks its thread has it look for work at once.
    pub fn run(mut self, mut tick: impl FnMut()) {
        // What a prover of this name had when it died is nobody's: there is one at a time.
        let journal = self.coordinator.journal();
        if let Err(error) = journal.change(clock::now(), |change| change.release_proofs(&self.holder)) {
            warn!(%error, "leases of a former run are not free yet");
        }
        while !self.stop.is_cancelled() {
            tick();
            match self.step(&mut tick) {
                Ok(true) => {}
                Ok(false) => thread::park_timeout(PAUSE),
                Err(error) => {
                    error!(%error, "the prover cannot be given work, or its work cannot be kept");
                    thread::sleep(PAUSE * 8);
                }
            }
        }
        let journal = self.coordinator.journal();
        if let Err(error) = journal.change(clock::now(), |change| change.release_proofs(&self.holder)) {
            warn!(%error, "leases are not given back: they end by themselves");
        }
    }

    fn step(&mut self, tick: &mut impl FnMut()) -> Result<bool, CoordinatorError> {
        let Some((job, work)) = self.coordinator.lease(&self.holder, clock::now())? else {
            return Ok(false);
        };
        let begun = Instant::now();
        info!(
            proof = job.id,
            kind = job.kind.name(),
            subject = job.subject,
            tries = job.tries,
            "proving"
        );
        let outcome = self.prove(&job, work, tick);
        match outcome {
            Ok(()) => {
                info!(proof = job.id, seconds = begun.elapsed().as_secs_f64(), "proven");
                Ok(true)
            }
            Err(Trouble::Prover(error)) => {
                if !matches!(error, ProverError::Stopped) {
                    warn!(proof = job.id, %error, "not proven");
                }
                self.coordinator
                    .not_proved(&job, &self.holder, &error, clock::now())?;
                Ok(true)
            }
            Err(Trouble::Coordinator(error)) => Err(error),
        }
    }

    fn prove(&mut self, job: &ProofJob, work: Work, tick: &mut impl FnMut()) -> Result<(), Trouble> {
        let lease = self.coordinator.config().prover.lease.0;
        let (coordinator, stop) = (self.coordinator.clone(), self.stop.clone());
        let holder = self.holder.clone();
        let id = job.id;
        let (spoken, mut said) = (SPEAKS.min(lease / 4), None::<Instant>);
        let mut progress = |stage: &str| {
            tick();
            if stop.is_cancelled() {
                return ControlFlow::Break(());
            }
            if said.is_some_and(|said| said.elapsed() < spoken) {
                return ControlFlow::Continue(());
            }
            said = Some(Instant::now());
            let renewed = coordinator.journal().change(clock::now(), |change| {
                change.renew_proof(id, &holder, lease, Some(stage))
            });
            match renewed {
                Ok(()) => ControlFlow::Continue(()),
                // Another has it: this work is for nothing.
                Err(causeway_journal::JournalError::LeaseLost { .. }) => ControlFlow::Break(()),
                // The proof is worth more than the note that it is being made.
                Err(error) => {
                    warn!(%error, "the lease is not renewed");
                    ControlFlow::Continue(())
                }
            }
        };
        match work {
            Work::Transition(inputs, own) => {
                let proof = caught(|| {
                    self.prover
                        .prove_transition(&inputs, own.as_deref(), &mut progress)
                })?;
                fail::fail_point!("prove::after_result_before_store", |_| std::process::abort());
                self.coordinator.proved_transition(job, &proof, clock::now())?;
            }
            Work::Epoch(work, statement) => {
                let proof = caught(|| self.prover.prove_epoch(&work, &mut progress))?;
                fail::fail_point!("prove::after_result_before_store", |_| std::process::abort());
                let kept = self
                    .coordinator
                    .proved_epoch(job, statement, &proof, clock::now());
                match kept {
                    Err(error @ CoordinatorError::Epoch { .. }) => {
                        return Err(ProverError::Wrong(error.to_string()).into());
                    }
                    other => other?,
                }
            }
        }
        Ok(())
    }
}

/// A prover that falls has no proof, and may have one the next time: it keeps nothing between two pieces of work but finished stages.
fn caught<T>(prove: impl FnOnce() -> Result<T, ProverError>) -> Result<T, ProverError> {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(prove));
    outcome.unwrap_or_else(|_| Err(ProverError::Wrong("the prover fell".to_owned())))
}

enum Trouble {
    Prover(ProverError),
    Coordinator(CoordinatorError),
}

impl From<ProverError> for Trouble {
    fn from(error: ProverError) -> Self {
        Self::Prover(error)
    }
}

impl From<CoordinatorError> for Trouble {
    fn from(error: CoordinatorError) -> Self {
        Self::Coordinator(error)
    }
}
