//! Transactions of one wallet: signed once they are written down, sent until a block has them, watched until that is final.
//!
//! The journal says what is meant and the chain what happened; a round compares the two and takes the next step for each job. Nothing
//! that matters is remembered between rounds, so it does not matter where a round is broken off.

mod account;
mod budget;
mod error;
mod first;
mod live;

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alloy_primitives::{B256, U256};
use causeway_chain::{Pinned, Tag};
use causeway_journal::{Hold, Job, JobKind, JobStanding, Journal, JournalError, Scope, Timestamp};

pub use account::Account;
pub use budget::{Budget, OverBudget, Spent};
pub use error::OutboxError;

/// What the chain says of a job before anything is signed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// It is to be done.
    Go,
    /// It is to be done, and so many wei are to be paid with it.
    Pay(U256),
    /// It is done, by whomever.
    Done,
    /// It cannot be done any more.
    Stale(String),
    /// It cannot be done now.
    Wait(Hold, String),
}

/// An answer that takes a while.
pub type Checking<'a> = Pin<Box<dyn Future<Output = Result<Check, OutboxError>> + Send + 'a>>;

/// Whoever knows what jobs are for.
pub trait Purpose: Send + Sync {
    /// What the chain says of a job at a block.
    fn check<'a>(&'a self, job: &'a Job, at: &'a Pinned<'a>) -> Checking<'a>;

    /// What a job's revert means, in words.
    fn explain_revert(&self, data: Option<&[u8]>) -> String;

    /// The pause under which a job stands.
    fn scope(&self, job: &Job) -> Scope;
}

/// What a round saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// The block that it looked at.
    pub block: u64,
    /// What the wallet holds, in wei.
    pub balance: U256,
    /// How many of the wallet's transactions are mined.
    pub nonce: u64,
    /// Transactions that were signed.
    pub signed: u32,
    /// Transactions that were replaced by dearer ones.
    pub bumped: u32,
    /// Transactions that were sent again as they are.
    pub resent: u32,
    /// Jobs that blocks have now.
    pub included: u32,
    /// Transactions that a reorg took back.
    pub taken_back: u32,
}

/// Transactions of one wallet.
#[expect(missing_debug_implementations, reason = "a signer has none")]
pub struct Outbox {
    journal: Arc<Journal>,
    account: Account,
    /// Only what speeds things up: in which block a transaction was first seen pending, and how often something doubtful was seen.
    memory: Mutex<Memory>,
    /// Whether nothing is signed.
    dry_run: bool,
    /// How long a job that is held before anything is signed for it is not looked at.
    patience: Duration,
}

#[derive(Debug, Default)]
struct Memory {
    since: HashMap<B256, u64>,
    doubts: HashMap<u64, u32>,
    underpriced: HashMap<B256, ()>,
    reverts: HashMap<u64, u32>,
    /// The newest block of the last whole round, and what the wallet had there.
    last: Option<(B256, Round)>,
}

/// How often something has to be seen before it is believed that our transaction is not the one.
const SEEN: u32 = 2;

impl Outbox {
    /// Of a journal and an account.
    pub fn new(journal: Arc<Journal>, account: Account, dry_run: bool) -> Self {
        Self {
            journal,
            account,
            memory: Mutex::default(),
            dry_run,
            patience: Duration::ZERO,
        }
    }

    /// The same, which looks only after this at a job again that it held before anything was signed for it.
    #[must_use]
    pub const fn patient(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Whose transactions they are.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    fn remember<T>(&self, with: impl FnOnce(&mut Memory) -> T) -> T {
        with(&mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the next step for each open job of the wallet.
    ///
    /// # Errors
    /// An [`OutboxError`]; jobs that came before are a step further.
    pub async fn round(&self, purpose: &dyn Purpose, now: Timestamp) -> Result<Round, OutboxError> {
        let wallet = self.account.wallet();
        let pinned = match self.account.pool().pin(Tag::Latest).await {
            Ok(pinned) => pinned,
            Err(error) => {
                self.hold_all(Hold::Endpoints, &error.to_string(), now)?;
                return Err(error.into());
            }
        };
        let last = self.remember(|memory| memory.last.clone());
        if let Some((hash, last)) = last
            && hash == pinned.head().hash
            && self.open()?.is_empty()
            && self.journal.read(|view| view.orphan_nonces(wallet))?.is_empty()
        {
            // The wallet has what it had, and nothing is to be done with it.
            return Ok(last);
        }
        let mut round = Round {
            block: pinned.head().number,
            balance: pinned.balance(wallet.address).await?,
            nonce: pinned.nonce(wallet.address).await?,
            ..Round::default()
        };
        let finalized = match pinned.block(Tag::Finalized).await {
            Ok(head) => head.number,
            Err(causeway_chain::CallError::Missing { .. }) => 0,
            Err(error) => return Err(error.into()),
        };
        self.take_back(&pinned, finalized, now, &mut round).await?;
        for job in self.open()? {
            let (id, standing) = (job.id, job.standing);
            let outcome = match standing {
                JobStanding::Included => self.finalize(&job, finalized, now),
                _ => self.advance(purpose, job, &pinned, now, &mut round).await,
            };
            match outcome {
                // One job's trouble is not the others'.
                Err(OutboxError::Signer(detail)) => {
                    self.hold(id, Hold::Signer, &detail, now)?;
                }
                Err(error) => return Err(error),
                Ok(()) => {}
            }
        }
        self.free_orphans(round.nonce, now)?;
        let last = Round {
            block: round.block,
            balance: round.balance,
            nonce: round.nonce,
            ..Round::default()
        };
        self.remember(|memory| memory.last = Some((pinned.head().hash, last)));
        Ok(round)
    }

    fn open(&self) -> Result<Vec<Job>, JournalError> {
        let wallet = self.account.wallet();
        let mut jobs = self.journal.read(|view| view.open_jobs())?;
        jobs.retain(|job| job.wallet == wallet);
        Ok(jobs)
    }

    /// What a reorg took back can be mined again.
    async fn take_back(
        &self,
        pinned: &Pinned<'_>,
        finalized: u64,
        now: Timestamp,
        round: &mut Round,
    ) -> Result<(), OutboxError> {
        let wallet = self.account.wallet();
        let mined = self.journal.read(|view| view.attempts_above(wallet, finalized))?;
        // The highest nonce first: a job holds one nonce at a time.
        for attempt in mined.iter().rev() {
            let Some(block) = attempt.mined else {
                continue;
            };
            // A node that is behind says nothing of what comes after.
            if block.block > pinned.head().number {
                let gone = round.nonce <= attempt.nonce && self.doubt(attempt.job, true) > SEEN;
                if !gone {
                    continue;
                }
            } else {
                let hash = match pinned.block(Tag::Number(block.block)).await {
                    Ok(head) => Some(head.hash),
                    Err(causeway_chain::CallError::Missing { .. }) => None,
                    Err(error) => return Err(error.into()),
                };
                if hash == Some(block.block_hash) {
                    continue;
                }
            }
            let unmined = self
                .journal
                .change(now, |change| change.note_unmined(attempt.hash));
            match unmined {
                Ok(()) => round.taken_back += 1,
                // Its job goes on with another nonce, which is settled first.
                Err(JournalError::NonceHeld { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// What a block has is done once that is final.
    fn finalize(&self, job: &Job, finalized: u64, now: Timestamp) -> Result<(), OutboxError> {
        let attempts = self.journal.read(|view| view.attempts(job.id))?;
        let block = attempts
            .iter()
            .filter_map(|attempt| attempt.mined)
            .map(|mined| mined.block)
            .max();
        if block.is_some_and(|block| block <= finalized) {
            fail::fail_point!("finalize::before_commit", |_| std::process::abort());
            self.journal.change(now, |change| {
                change.move_job(job.id, JobStanding::Finalized, None, None)
            })?;
        }
        Ok(())
    }

    /// The next step of a job that no block has.
    async fn advance(
        &self,
        purpose: &dyn Purpose,
        mut job: Job,
        pinned: &Pinned<'_>,
        now: Timestamp,
        round: &mut Round,
    ) -> Result<(), OutboxError> {
        // A clock that went back keeps nobody waiting longer than that.
        if job.standing == JobStanding::Queued && job.due > now && job.due <= now.after(self.patience) {
            return Ok(());
        }
        if job.standing == JobStanding::Live
            && self.look_for_receipts(purpose, &job, pinned, now, round).await?
        {
            return Ok(());
        }
        let scope = purpose.scope(&job);
        if let Some(pause) = self.journal.read(|view| view.pause(scope, now))? {
            // What is out may be mined, but nothing more is done about it.
            return self.hold(job.id, Hold::Paused, &pause.reason, now);
        }
        let check = if job.kind == JobKind::Cancel {
            Check::Go
        } else {
            purpose.check(&job, pinned).await?
        };
        if let Check::Pay(value) = check {
            job.value = value;
        }
        match check {
            Check::Go | Check::Pay(_) => {
                self.doubt(job.id, false);
                match job.standing {
                    JobStanding::Queued => self.send_first(purpose, &job, pinned, now, round).await,
                    _ => self.send_again(&job, pinned, now, round).await,
                }
            }
            Check::Wait(hold, detail) => {
                self.doubt(job.id, false);
                self.hold(job.id, hold, &detail, now)
            }
            // It may be our own transaction, whose receipt another node has: twice, and it is believed.
            Check::Done if job.standing == JobStanding::Live && self.doubt(job.id, true) < SEEN => Ok(()),
            Check::Stale(_) if job.standing == JobStanding::Live && self.doubt(job.id, true) < SEEN => Ok(()),
            Check::Done => Ok(self.journal.change(now, |change| {
                change.move_job(job.id, JobStanding::Adopted, Some("done_already"), None)
            })?),
            Check::Stale(detail) => Ok(self.journal.change(now, |change| {
                change.move_job(job.id, JobStanding::Abandoned, Some("stale"), Some(&detail))
            })?),
        }
    }

    /// Counts how often something doubtful was seen of a job one time after another.
    fn doubt(&self, job: u64, seen: bool) -> u32 {
        self.remember(|memory| {
            if !seen {
                memory.doubts.remove(&job);
                return 0;
            }
            let count = memory.doubts.entry(job).or_default();
            *count += 1;
            *count
        })
    }

    /// Nonces of jobs that are over are used up, so that those after them can be mined.
    fn free_orphans(&self, mined: u64, now: Timestamp) -> Result<(), OutboxError> {
        let wallet = self.account.wallet();
        let orphans = self.journal.read(|view| view.orphan_nonces(wallet))?;
        for nonce in orphans {
            if nonce >= mined {
                self.journal
                    .change(now, |change| change.cancel_nonce(wallet, nonce))?;
            }
        }
        Ok(())
    }

    fn hold(&self, job: u64, hold: Hold, detail: &str, now: Timestamp) -> Result<(), OutboxError> {
        let due = now.after(self.patience);
        Ok(self
            .journal
            .change(now, |change| change.hold_job(job, Some(hold), Some(detail), due))?)
    }

    fn hold_all(&self, hold: Hold, detail: &str, now: Timestamp) -> Result<(), OutboxError> {
        for job in self.open()? {
            if job.standing != JobStanding::Included && job.hold != Some(hold) {
                self.hold(job.id, hold, detail, now)?;
            }
        }
        Ok(())
    }
}
