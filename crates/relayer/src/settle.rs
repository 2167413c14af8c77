//! Settling epochs: a job for each that is proven, a turn before it where others settle too.

use std::sync::Arc;
use std::time::Duration;

use alloy_primitives::{Address, U256, hex};
use alloy_sol_types::{SolCall, SolInterface};
use causeway_bindings::Settlement;
use causeway_chain::{CallError, Pinned};
use causeway_journal::{
    EpochRecord, EpochStanding, Hold, Job, JobKind, JobStanding, NewJob, Reason, ReasonClass, Scope,
    Timestamp, Wallet,
};

use crate::config::schema::Turns;
use crate::coordinator::{Coordinator, CoordinatorError, EpochPlan, Submission};
use crate::outbox::{Check, Checking, OutboxError, Purpose};

/// How many of an epoch's transactions may be reverted before it is given up.
const MOST_REVERTS: usize = 3;

/// How long it takes until a job that L1 had gone on without is made again: by then L1 was read, and its epoch is mostly given up.
const PAUSE: Duration = Duration::from_secs(30);

/// Whether a job that is over is not made again: an operator gave it up, or it was stale a moment ago.
fn is_not_again(job: &Job, now: Timestamp) -> bool {
    let by_operator = job.code.as_deref() == Some("operator");
    job.standing == JobStanding::Abandoned && (by_operator || job.standing_at.after(PAUSE) > now)
}

/// In which time an epoch of ours that others overtook shows that others settle.
const LATELY: Duration = Duration::from_secs(86_400);

/// How many of the newest turns are looked at for their bonds: more than settle in the time in which L1 makes one final.
const TURNS: u32 = 32;

/// Settles epochs.
#[derive(Debug)]
pub struct Settler {
    coordinator: Arc<Coordinator>,
    wallet: Wallet,
}

impl Settler {
    /// For a wallet.
    pub const fn new(coordinator: Arc<Coordinator>, wallet: Wallet) -> Self {
        Self { coordinator, wallet }
    }

    /// Makes the jobs that epochs ask for; whether there is a new one.
    ///
    /// # Errors
    /// A [`CoordinatorError`].
    pub fn arrange(&self, now: Timestamp) -> Result<bool, CoordinatorError> {
        self.fetch_bonds(now)?;
        let journal = self.coordinator.journal();
        let Some(epoch) = journal.read(|view| view.open_epoch())? else {
            return Ok(false);
        };
        let mut arranged = false;
        let subject = epoch.id.to_string();
        let settlement = self.coordinator.config().contracts.settlement;
        if self.wants_turn(&epoch, now)?
            && journal
                .read(|view| view.job_of(JobKind::Reserve, &subject))?
                .is_none()
        {
            let calldata = Settlement::reserveCall {}.abi_encode();
            let new = NewJob {
                kind: JobKind::Reserve,
                subject: &subject,
                wallet: self.wallet,
                target: settlement,
                calldata: &calldata,
                // Its price is asked for when it is signed.
                value: U256::ZERO,
            };
            journal.change(now, |change| change.make_job(&new))?;
            arranged = true;
        }
        if epoch.standing != EpochStanding::Proven {
            return Ok(arranged);
        }
        let Some(submission) = Submission::of(&epoch)? else {
            return Ok(arranged);
        };
        let before = journal.read(|view| view.job_of(JobKind::Settle, &subject))?;
        if before.as_ref().is_some_and(|job| is_not_again(job, now)) {
            return Ok(arranged);
        }
        if let Some(job) = &before
            && job.standing == JobStanding::Adopted
            && job.standing_at.after(PAUSE) <= now
            && self.coordinator.commitment() == Some(epoch.before)
        {
            // What had settled it is gone from L1.
            journal.change(now, |change| {
                change.move_job(
                    job.id,
                    JobStanding::Queued,
                    Some("reorg"),
                    Some("what had settled its epoch is not on L1 any more"),
                )
            })?;
            return Ok(true);
        }
        if before
            .as_ref()
            .is_some_and(|job| !matches!(job.standing, JobStanding::Failed | JobStanding::Abandoned))
        {
            return Ok(arranged);
        }
        if before.is_some_and(|job| job.standing == JobStanding::Failed) {
            let jobs = journal.read(|view| view.jobs(Some(JobKind::Settle), None, 100))?;
            let failed = jobs
                .iter()
                .filter(|job| job.subject == subject && job.standing == JobStanding::Failed);
            let reverts = failed.count();
            if reverts >= MOST_REVERTS {
                let detail = format!("{reverts} of its transactions were reverted");
                let reason = Reason::new("reverted", ReasonClass::Operator, detail);
                self.coordinator.abandon(epoch.id, &reason, now)?;
                return Ok(arranged);
            }
        }
        let new = NewJob {
            kind: JobKind::Settle,
            subject: &subject,
            wallet: self.wallet,
            target: settlement,
            calldata: &submission.calldata,
            value: U256::ZERO,
        };
        journal.change(now, |change| change.make_job(&new))?;
        Ok(true)
    }

    /// A bond comes back with the settlement for which its turn was taken, and stays on L1 until it is asked for: once that is final.
    fn fetch_bonds(&self, now: Timestamp) -> Result<(), CoordinatorError> {
        let journal = self.coordinator.journal();
        let used = journal.read(|view| {
            let mut used = Vec::new();
            for turn in view.jobs(Some(JobKind::Reserve), None, TURNS)? {
                let had = matches!(turn.standing, JobStanding::Finalized | JobStanding::Adopted);
                let asked = view.job_of(JobKind::Withdraw, &turn.subject)?.is_some();
                if !had || asked {
                    continue;
                }
                let epoch = turn.subject.parse().ok().map(|id| view.epoch(id)).transpose()?;
                if epoch
                    .flatten()
                    .is_some_and(|epoch| epoch.standing == EpochStanding::Finalized)
                {
                    used.push(turn);
                }
            }
            Ok::<_, CoordinatorError>(used)
        })?;
        let calldata = Settlement::withdrawCall {}.abi_encode();
        for turn in used {
            let new = NewJob {
                kind: JobKind::Withdraw,
                subject: &turn.subject,
                wallet: turn.wallet,
                target: turn.target,
                calldata: &calldata,
                value: U256::ZERO,
            };
            journal.change(now, |change| change.make_job(&new))?;
        }
        Ok(())
    }

    /// Whether others settle too, so that a proof could be for nothing.
    fn wants_turn(&self, epoch: &EpochRecord, now: Timestamp) -> Result<bool, CoordinatorError> {
        if epoch.standing != EpochStanding::Proving {
            return Ok(false);
        }
        match self.coordinator.config().epochs.turns {
            Turns::Never => Ok(false),
            Turns::Always => Ok(true),
            Turns::Contested => {
                let recent = self.coordinator.journal().read(|view| view.epochs(None, 10))?;
                let overtaken = recent.iter().any(|epoch| {
                    let lost = epoch
                        .reason
                        .as_ref()
                        .is_some_and(|reason| reason.code == "overtaken");
                    lost && epoch.standing_at.after(LATELY) > now
                });
                Ok(overtaken)
            }
        }
    }

    async fn check_settle(&self, job: &Job, at: &Pinned<'_>) -> Result<Check, OutboxError> {
        let Some(epoch) = self.epoch(job)? else {
            return Ok(Check::Stale("its epoch is gone".to_owned()));
        };
        let commitment = read(
            at,
            job.target,
            "stateCommitment",
            &Settlement::stateCommitmentCall {},
        )
        .await?;
        if commitment == epoch.after {
            return Ok(Check::Done);
        }
        if commitment != epoch.before {
            return Ok(Check::Stale(format!(
                "it stands on state {}, and L1 is at {commitment}",
                epoch.before
            )));
        }
        if epoch.standing != EpochStanding::Proven {
            return Ok(Check::Stale(format!("its epoch is {}", epoch.standing.name())));
        }
        let plan = EpochPlan::of(&epoch).map_err(coordinator)?;
        if plan.expiry < at.head().timestamp {
            return Ok(Check::Stale(format!(
                "the first of its certificates expired at {}",
                plan.expiry
            )));
        }
        let stopped = read(at, job.target, "stoppedUntil", &Settlement::stoppedUntilCall {}).await?;
        if stopped > at.head().timestamp {
            let detail = format!("the guardian has stopped settlement until {stopped}");
            return Ok(Check::Wait(Hold::Simulation, detail));
        }
        let turn = read(at, job.target, "turn", &Settlement::turnCall {}).await?;
        if turn.endsAt > at.head().timestamp && turn.holder != self.wallet.address {
            let detail = format!("it is the turn of {} until {}", turn.holder, turn.endsAt);
            return Ok(Check::Wait(Hold::Turn, detail));
        }
        Ok(Check::Go)
    }

    async fn check_reserve(&self, job: &Job, at: &Pinned<'_>) -> Result<Check, OutboxError> {
        let open = self.epoch(job)?.is_some_and(|epoch| epoch.standing.is_open());
        if !open {
            return Ok(Check::Stale("its epoch is over".to_owned()));
        }
        let turn = read(at, job.target, "turn", &Settlement::turnCall {}).await?;
        if turn.endsAt <= at.head().timestamp {
            let price = read(at, job.target, "turnPrice", &Settlement::turnPriceCall {}).await?;
            return Ok(Check::Pay(price));
        }
        if turn.holder == self.wallet.address {
            return Ok(Check::Done);
        }
        let detail = format!("{} has a turn until {}", turn.holder, turn.endsAt);
        Ok(Check::Wait(Hold::Turn, detail))
    }

    async fn check_withdraw(&self, job: &Job, at: &Pinned<'_>) -> Result<Check, OutboxError> {
        let account = job.wallet.address;
        let owed = read(at, job.target, "owed", &Settlement::owedCall { account }).await?;
        let bond = read(at, job.target, "BOND", &Settlement::BONDCall {}).await?;
        if owed >= bond {
            return Ok(Check::Go);
        }
        // By our own transaction, or by that of another turn.
        if job.standing == JobStanding::Live {
            return Ok(Check::Done);
        }
        let detail = format!("settlement owes {account} {owed} wei, less than a bond");
        Ok(Check::Stale(detail))
    }

    fn epoch(&self, job: &Job) -> Result<Option<EpochRecord>, OutboxError> {
        let Ok(id) = job.subject.parse() else {
            return Ok(None);
        };
        Ok(self.coordinator.journal().read(|view| view.epoch(id))?)
    }
}

fn coordinator(error: CoordinatorError) -> OutboxError {
    OutboxError::Coordinator(error.to_string())
}

async fn read<C: SolCall>(
    at: &Pinned<'_>,
    contract: Address,
    call: &'static str,
    data: &C,
) -> Result<C::Return, OutboxError> {
    let answer = at.call(contract, &data.abi_encode()).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(CallError::Refused { error, .. }) => {
            return Err(OutboxError::Answer {
                contract: "settlement",
                call,
                detail: error.to_string(),
            });
        }
        Err(error) => return Err(error.into()),
    };
    C::abi_decode_returns(&answer).map_err(|error| OutboxError::Answer {
        contract: "settlement",
        call,
        detail: error.to_string(),
    })
}

impl Purpose for Settler {
    fn check<'a>(&'a self, job: &'a Job, at: &'a Pinned<'a>) -> Checking<'a> {
        Box::pin(async move {
            match job.kind {
                JobKind::Settle => self.check_settle(job, at).await,
                JobKind::Reserve => self.check_reserve(job, at).await,
                JobKind::Withdraw => self.check_withdraw(job, at).await,
                JobKind::Claim | JobKind::Push | JobKind::Cancel => Ok(Check::Go),
            }
        })
    }

    fn explain_revert(&self, data: Option<&[u8]>) -> String {
        let Some(data) = data.filter(|data| !data.is_empty()) else {
            return "the contract gives no reason".to_owned();
        };
        Settlement::SettlementErrors::abi_decode(data).map_or_else(
            |_| format!("{} (unknown)", hex::encode_prefixed(data)),
            |error| format!("{error:?}"),
        )
    }

    fn scope(&self, _: &Job) -> Scope {
        Scope::Settlement
    }
}
