//! Claims of one destination that this relayer pays for: which, one transaction each, and never more than is allowed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alloy_primitives::{Address, Bytes, U64, U256, hex};
use alloy_sol_types::{SolCall, SolInterface};
use causeway_bindings::{SharedBridge, SharedBridgeL2};
use causeway_chain::{CallError, Pinned, Tag};
use causeway_journal::{
    ClaimKey, ClaimRecord, ClaimStanding, Job, JobKind, JobStanding, JournalError, NewJob, Scope, Timestamp,
};
use causeway_types::GlobalIndex;
use serde_json::json;
use tracing::info;

use super::book::Book;
use super::calldata::ClaimCall;
use super::policy::judge;
use super::trees::Unclaimable;
use crate::config::schema::ClaimDestination;
use crate::outbox::{Check, Checking, Outbox, OutboxError, Purpose, Round};

/// No claim is tried again later than this.
const LATEST: Duration = Duration::from_secs(86_400);

/// How long a claim that somebody else made is believed although the logs do not have it.
const BELIEVED: Duration = Duration::from_secs(120);

/// Pays for the claims of one destination.
#[expect(missing_debug_implementations, reason = "a signer has none")]
pub struct Payer {
    book: Arc<Book>,
    terms: ClaimDestination,
    bridge: Address,
    outbox: Outbox,
    /// Whether claims that were refused before the process began were judged again: the terms may be others.
    reviewed: AtomicBool,
}

/// What becomes of a claim before anything is made for it.
enum Prepared {
    Make(ClaimCall),
    Move(ClaimStanding, &'static str, String),
    /// It would be reverted, or take too much: it is tried again, some times.
    Vain(&'static str, String),
    /// Not now, which is not its fault.
    Later(&'static str, String),
}

impl Payer {
    /// Of a destination's claims and bridge, on terms, by a wallet.
    pub const fn new(book: Arc<Book>, terms: ClaimDestination, bridge: Address, outbox: Outbox) -> Self {
        Self {
            book,
            terms,
            bridge,
            outbox,
            reviewed: AtomicBool::new(false),
        }
    }

    /// On which terms.
    pub const fn terms(&self) -> &ClaimDestination {
        &self.terms
    }

    /// By which wallet.
    pub const fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Takes the next step for each claim.
    ///
    /// # Errors
    /// An [`OutboxError`]; claims that came before are a step further.
    pub async fn round(&self, now: Timestamp) -> Result<Round, OutboxError> {
        let round = self.outbox.round(self, now).await?;
        self.follow_jobs(now)?;
        self.judge_new(now)?;
        let paused = self.book.journal().read(|view| view.pause(Scope::Claims, now))?;
        if paused.is_none() {
            self.make_jobs(now).await?;
        }
        Ok(round)
    }

    fn claims(&self, standing: ClaimStanding) -> Result<Vec<ClaimRecord>, JournalError> {
        let destination = self.book.destination();
        self.book
            .journal()
            .read(|view| view.claims(Some(destination), Some(standing), u32::MAX))
    }

    fn move_claim(
        &self,
        key: ClaimKey,
        to: ClaimStanding,
        (code, detail): (&str, &str),
        now: Timestamp,
    ) -> Result<(), JournalError> {
        self.book
            .journal()
            .change(now, |change| change.move_claim(key, to, Some(code), Some(detail)))
    }

    /// Jobs that are not over.
    fn under_way(&self) -> Result<Vec<Job>, JournalError> {
        let wallet = self.outbox.account().wallet();
        let mut jobs = self.book.journal().read(|view| view.open_jobs())?;
        jobs.retain(|job| {
            let is_out = matches!(job.standing, JobStanding::Queued | JobStanding::Live);
            job.kind == JobKind::Claim && job.wallet == wallet && is_out
        });
        Ok(jobs)
    }

    /// Claims stand where their jobs have got to.
    fn follow_jobs(&self, now: Timestamp) -> Result<(), JournalError> {
        let journal = self.book.journal();
        for record in self.claims(ClaimStanding::Sending)? {
            let subject = record.key.to_string();
            let job = journal.read(|view| view.job_of(JobKind::Claim, &subject))?;
            match job {
                Some(job) => self.follow_job(&record, &job, now)?,
                None => journal.change(now, |change| {
                    change.move_claim(record.key, ClaimStanding::Approved, None, None)
                })?,
            }
        }
        // A reorg took one back, or an operator wants it made after all.
        for job in self.under_way()? {
            let Ok(key) = job.subject.parse::<ClaimKey>() else {
                continue;
            };
            let known = journal.read(|view| view.claim(key))?;
            if known.is_some_and(|known| known.standing != ClaimStanding::Sending) {
                let detail = format!("job {}", job.id);
                self.move_claim(key, ClaimStanding::Sending, ("sending", &detail), now)?;
            }
        }
        Ok(())
    }

    fn follow_job(&self, record: &ClaimRecord, job: &Job, now: Timestamp) -> Result<(), JournalError> {
        let key = record.key;
        match job.standing {
            JobStanding::Queued | JobStanding::Live => {
                let code = job.hold.map_or("sending", |hold| hold.name());
                let detail = match &job.detail {
                    Some(detail) => format!("job {}: {detail}", job.id),
                    None => format!("job {}", job.id),
                };
                if record.code.as_deref() != Some(code) || record.detail.as_ref() != Some(&detail) {
                    self.move_claim(key, ClaimStanding::Sending, (code, &detail), now)?;
                }
                Ok(())
            }
            JobStanding::Included | JobStanding::Finalized => {
                let detail = format!("by job {}", job.id);
                self.move_claim(key, ClaimStanding::Claimed, ("paid", &detail), now)
            }
            JobStanding::Adopted => {
                let index = GlobalIndex::new(key.origin, key.deposit);
                let bridge = self
                    .book
                    .trees()
                    .bridge(key.destination, |bridge| bridge.claimed.contains(&index));
                if bridge == Some(true) {
                    let detail = "somebody else claimed it";
                    return self.move_claim(key, ClaimStanding::Claimed, ("by_others", detail), now);
                }
                if job.standing_at.after(BELIEVED) > now {
                    return Ok(());
                }
                self.book.journal().change(now, |change| {
                    let detail = "the logs do not have the claim that was seen";
                    change.move_job(job.id, JobStanding::Queued, Some("taken_back"), Some(detail))
                })
            }
            JobStanding::Failed => {
                let code = job.code.as_deref().unwrap_or("failed");
                self.tried(record, code, job.detail.as_deref().unwrap_or_default(), now)
            }
            JobStanding::Abandoned if job.code.as_deref() == Some("operator") => {
                let detail = job.detail.as_deref().unwrap_or_default();
                self.move_claim(key, ClaimStanding::Refused, ("operator", detail), now)
            }
            JobStanding::Abandoned => self.book.journal().change(now, |change| {
                change.move_claim(key, ClaimStanding::Approved, None, None)
            }),
        }
    }

    /// A claim was tried in vain: it is tried again later and later, and given up in the end.
    fn tried(
        &self,
        record: &ClaimRecord,
        code: &str,
        detail: &str,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let wait = self
            .terms
            .retry_after
            .0
            .saturating_mul(2_u32.saturating_pow(record.tries))
            .min(LATEST);
        let is_last = record.tries.saturating_add(1) >= self.terms.max_tries;
        self.book.journal().change(now, |change| {
            change.put_off_claim(record.key, now.after(wait), true, (code, detail))?;
            if is_last {
                change.move_claim(record.key, ClaimStanding::Failed, Some(code), Some(detail))?;
            }
            Ok(())
        })
    }

    /// Whether claims that anybody can make are paid for.
    fn judge_new(&self, now: Timestamp) -> Result<(), JournalError> {
        let mut records = self.claims(ClaimStanding::Claimable)?;
        if !self.reviewed.load(Ordering::Relaxed) {
            let mut refused = self.claims(ClaimStanding::Refused)?;
            refused.retain(|record| record.code.as_deref() != Some("operator"));
            records.append(&mut refused);
        }
        for record in records {
            // What is not here any more is seen to by the book.
            let Ok((_, sent)) = self.book.trees().sent(record.key) else {
                continue;
            };
            match judge(&self.terms, record.key.origin, &sent.exit) {
                Ok(()) => self.book.journal().change(now, |change| {
                    change.move_claim(record.key, ClaimStanding::Approved, None, None)
                })?,
                Err(why) if record.code.as_deref() != Some(why.code()) => {
                    let why = (why.code(), why.to_string());
                    self.move_claim(record.key, ClaimStanding::Refused, (why.0, &why.1), now)?;
                }
                Err(_) => {}
            }
        }
        self.reviewed.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Makes jobs for claims whose time has come, as many as may be under way at once.
    async fn make_jobs(&self, now: Timestamp) -> Result<(), OutboxError> {
        let journal = self.book.journal();
        let out = u32::try_from(self.under_way()?.len()).unwrap_or(u32::MAX);
        let room = self.terms.at_once.saturating_sub(out);
        let destination = self.book.destination();
        let due = journal.read(|view| view.claims_due(destination, ClaimStanding::Approved, now, room))?;
        if due.is_empty() {
            return Ok(());
        }
        let pinned = self.outbox.account().pool().pin(Tag::Latest).await?;
        for record in due {
            let key = record.key;
            match self.prepare(&record, &pinned).await? {
                Prepared::Make(call) => self.make_job(key, &call, now)?,
                Prepared::Move(to, code, detail) => self.move_claim(key, to, (code, &detail), now)?,
                Prepared::Vain(code, detail) => self.tried(&record, code, &detail, now)?,
                Prepared::Later(code, detail) => {
                    let due = now.after(self.terms.retry_after.0);
                    journal.change(now, |change| {
                        change.put_off_claim(key, due, false, (code, &detail))
                    })?;
                }
            }
        }
        Ok(())
    }

    fn make_job(&self, key: ClaimKey, call: &ClaimCall, now: Timestamp) -> Result<(), JournalError> {
        let new = NewJob {
            kind: JobKind::Claim,
            subject: &key.to_string(),
            wallet: self.outbox.account().wallet(),
            target: self.bridge,
            calldata: &call.calldata,
            value: U256::ZERO,
        };
        let job = self.book.journal().change(now, |change| {
            let job = change.make_job(&new)?;
            let detail = format!("job {job}");
            change.move_claim(key, ClaimStanding::Sending, Some("sending"), Some(&detail))?;
            Ok::<_, JournalError>(job)
        })?;
        info!(claim = %key, job, "a claim is paid for");
        Ok(())
    }

    /// What the terms, the trees and the destination say of a claim before anything is made for it.
    async fn prepare(&self, record: &ClaimRecord, at: &Pinned<'_>) -> Result<Prepared, OutboxError> {
        let key = record.key;
        let trees = self.book.trees();
        if let Ok((_, sent)) = trees.sent(key)
            && let Err(why) = judge(&self.terms, key.origin, &sent.exit)
        {
            return Ok(Prepared::Move(
                ClaimStanding::Refused,
                why.code(),
                why.to_string(),
            ));
        }
        let call = match trees.call(key) {
            Ok(call) => call,
            Err(why @ Unclaimable::AlreadyClaimed { .. }) => {
                return Ok(Prepared::Move(
                    ClaimStanding::Claimed,
                    "by_others",
                    why.to_string(),
                ));
            }
            Err(why @ (Unclaimable::NotPushed { .. } | Unclaimable::NotSettled { .. })) => {
                return Ok(Prepared::Move(ClaimStanding::Seen, why.code(), why.to_string()));
            }
            Err(why) => return Ok(Prepared::Later(why.code(), why.to_string())),
        };
        if self.is_claimed(key, at).await? {
            let detail = "its destination shows it claimed";
            return Ok(Prepared::Later("already_claimed", detail.to_owned()));
        }
        self.weigh(call, at).await
    }

    /// Whether a claim would succeed, and what it would take.
    async fn weigh(&self, call: ClaimCall, at: &Pinned<'_>) -> Result<Prepared, OutboxError> {
        let account = self.outbox.account();
        let from = account.wallet().address;
        let simulated = at.simulate(from, self.bridge, &call.calldata, U256::ZERO).await;
        if let Err(error) = simulated {
            return self.refused(error);
        }
        let question = json!({ "from": from, "to": self.bridge, "data": call.calldata });
        let estimate: Result<U64, CallError> = account.pool().call("eth_estimateGas", [question]).await;
        let estimate: u64 = match estimate {
            Ok(estimate) => estimate.to(),
            Err(error) => return self.refused(error),
        };
        let most = self.terms.max_gas;
        if estimate > most {
            let detail = format!("it takes {estimate} gas, and no more than {most} is used for a claim");
            return Ok(Prepared::Vain("too_much_gas", detail));
        }
        let market = account.pool().market().await?;
        let Some(fees) = account.policy().first(&market) else {
            let detail = format!("the base fee is {} wei a gas", market.base_fee);
            return Ok(Prepared::Later("too_dear", detail));
        };
        let cost = u128::from(estimate).saturating_mul(fees.max_fee);
        let each = self.terms.max_fee_per_claim.0;
        if cost > each {
            let detail = format!("it may cost {cost} wei, and no more than {each} is paid for one");
            return Ok(Prepared::Later("too_dear", detail));
        }
        Ok(Prepared::Make(call))
    }

    /// A refusal is the claim's own trouble, everything else the destination's.
    fn refused(&self, error: CallError) -> Result<Prepared, OutboxError> {
        match error.refusal() {
            Some(refusal) => {
                let data = refusal.revert_data();
                let why = self.explain_revert(data.as_ref().map(|data| &data[..]));
                Ok(Prepared::Vain(
                    "would_revert",
                    format!("it would be reverted: {why}"),
                ))
            }
            None => Err(error.into()),
        }
    }

    async fn is_claimed(&self, key: ClaimKey, at: &Pinned<'_>) -> Result<bool, OutboxError> {
        let call = SharedBridge::isClaimedCall {
            leafIndex: key.deposit,
            sourceBridgeNetwork: key.origin.get(),
        };
        let wrong = |detail: String| OutboxError::Answer {
            contract: "bridge",
            call: "isClaimed",
            detail,
        };
        let answer: Bytes = match at.call(self.bridge, &call.abi_encode()).await {
            Err(CallError::Refused { error, .. }) => return Err(wrong(error.to_string())),
            answer => answer?,
        };
        SharedBridge::isClaimedCall::abi_decode_returns(&answer).map_err(|error| wrong(error.to_string()))
    }
}

impl Purpose for Payer {
    fn check<'a>(&'a self, job: &'a Job, at: &'a Pinned<'a>) -> Checking<'a> {
        Box::pin(async move {
            let Ok(key) = job.subject.parse::<ClaimKey>() else {
                return Ok(Check::Stale(format!("`{}` names no claim", job.subject)));
            };
            Ok(if self.is_claimed(key, at).await? {
                Check::Done
            } else {
                Check::Go
            })
        })
    }

    fn explain_revert(&self, data: Option<&[u8]>) -> String {
        let Some(data) = data.filter(|data| !data.is_empty()) else {
            return "the bridge gives no reason".to_owned();
        };
        SharedBridgeL2::SharedBridgeL2Errors::abi_decode(data).map_or_else(
            |_| format!("{} (unknown)", hex::encode_prefixed(data)),
            |error| format!("{error:?}"),
        )
    }

    fn scope(&self, _: &Job) -> Scope {
        Scope::Claims
    }
}
