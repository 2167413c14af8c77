//! A job's first transaction.

use std::time::Duration;

use alloy_primitives::{Bytes, U64, U256};
use causeway_chain::{CallError, Fees, Pinned, SendAnswer, SignedTransaction};
use causeway_journal::{Hold, Job, JobKind, JobStanding, JournalError, Signed, Timestamp};
use serde_json::json;
use tracing::info;

use super::{Outbox, OutboxError, OverBudget, Purpose, Round, Spent};

/// Gas of a transaction that does nothing.
const NOTHING: u64 = 21_000;

/// Seconds of a day: budgets are of the last one.
const DAY: u64 = 86_400;

/// How often a job has to be refused by simulation before it has failed.
const MOST_REVERTS: u32 = 8;

/// Why nothing is signed for a job.
struct Refusal {
    /// Whether the contract would revert it.
    reverts: bool,
    detail: String,
}

impl Refusal {
    const fn passing(detail: String) -> Self {
        Self {
            reverts: false,
            detail,
        }
    }
}

impl Outbox {
    /// Signs a job's first transaction, writes it down and sends it; or holds the job and says why.
    pub(super) async fn send_first(
        &self,
        purpose: &dyn Purpose,
        job: &Job,
        pinned: &Pinned<'_>,
        now: Timestamp,
        round: &mut Round,
    ) -> Result<(), OutboxError> {
        let market = self.account.pool().market().await?;
        let Some(fees) = self.account.policy().first(&market) else {
            let detail = format!(
                "the base fee is {} wei a gas, and no more than {} is paid",
                market.base_fee,
                self.account.fees().max_fee.0
            );
            return self.hold(job.id, Hold::Ceiling, &detail, now);
        };
        let gas = match self.gas(purpose, job, pinned).await? {
            Ok(gas) => gas,
            Err(refusal) if refusal.reverts && self.reverted(job.id) >= MOST_REVERTS => {
                self.remember(|memory| memory.reverts.remove(&job.id));
                let detail = refusal.detail;
                self.journal.change(now, |change| {
                    change.move_job(job.id, JobStanding::Failed, Some("would_revert"), Some(&detail))
                })?;
                return Ok(());
            }
            Err(refusal) => return self.hold(job.id, Hold::Simulation, &refusal.detail, now),
        };
        self.remember(|memory| memory.reverts.remove(&job.id));
        if let Some((hold, detail)) = self.unaffordable(job, gas, fees, round.balance, now)? {
            return self.hold(job.id, hold, &detail, now);
        }
        if self.dry_run {
            info!(job = job.id, target_contract = %job.target, calldata = %Bytes::copy_from_slice(&job.calldata), gas, "dry run: it would be signed now");
            return self.hold(job.id, Hold::Paused, "a dry run signs nothing", now);
        }
        let mined = round.nonce;
        let nonce = self
            .journal
            .change(now, |change| change.next_nonce(job.id, mined))?;
        let signed = self.sign(job, nonce, gas, fees).await?;
        self.record(job, nonce, gas, fees, &signed, now)?;
        round.signed += 1;
        fail::fail_point!("settle::after_commit_before_send", |_| std::process::abort());
        self.remember(|memory| memory.since.insert(signed.hash, pinned.head().number));
        self.send(job, &signed, now).await
    }

    pub(super) async fn sign(
        &self,
        job: &Job,
        nonce: u64,
        gas: u64,
        fees: Fees,
    ) -> Result<SignedTransaction, OutboxError> {
        let data = Bytes::copy_from_slice(&job.calldata);
        self.account
            .sign(nonce, job.target, data, job.value, (gas, fees))
            .await
    }

    /// The transaction is on the disk before its first byte leaves the house.
    pub(super) fn record(
        &self,
        job: &Job,
        nonce: u64,
        gas: u64,
        fees: Fees,
        signed: &SignedTransaction,
        now: Timestamp,
    ) -> Result<(), OutboxError> {
        let fees = causeway_journal::Fees {
            max_fee: fees.max_fee,
            tip: fees.tip,
        };
        self.journal.change(now, |change| {
            change.hold_job(job.id, None, None, now)?;
            change.record_attempt(&Signed {
                job: job.id,
                nonce,
                hash: signed.hash,
                raw: &signed.raw,
                fees,
                gas,
            })
        })?;
        Ok(())
    }

    /// Sends a transaction that is written down, and takes note of what the nodes say.
    pub(super) async fn send(
        &self,
        job: &Job,
        signed: &SignedTransaction,
        now: Timestamp,
    ) -> Result<(), OutboxError> {
        let sent = self.account.pool().send(&signed.raw).await;
        fail::fail_point!("settle::after_send_before_record", |_| std::process::abort());
        info!(job = job.id, transaction = %signed.hash, answer = ?sent.answer, "sent");
        let accepted = sent.answer == SendAnswer::Accepted;
        self.journal.change(now, |change| {
            change.note_sent(signed.hash, accepted)?;
            let hold = match &sent.answer {
                SendAnswer::InsufficientFunds => {
                    Some((Hold::Balance, "the nodes say that it cannot pay".to_owned()))
                }
                SendAnswer::NodeFeeCap => Some((
                    Hold::Ceiling,
                    "the nodes let nobody pay so much, by their own configuration".to_owned(),
                )),
                SendAnswer::GasLimit => Some((
                    Hold::Simulation,
                    "its gas limit is above what the chain lets one transaction have".to_owned(),
                )),
                _ => None,
            };
            match hold {
                Some((hold, detail)) => change.hold_job(job.id, Some(hold), Some(&detail), now)?,
                // What held it has passed; only fees above the ceiling, and a signer, are somebody else's to notice.
                None if accepted
                    && job
                        .hold
                        .is_some_and(|hold| !matches!(hold, Hold::Ceiling | Hold::Signer)) =>
                {
                    change.hold_job(job.id, None, None, now)?;
                }
                None => {}
            }
            Ok::<_, JournalError>(())
        })?;
        if sent.answer == SendAnswer::Underpriced {
            self.remember(|memory| memory.underpriced.insert(signed.hash, ()));
        }
        Ok(())
    }

    /// How often a job would have been reverted, one time after another, this one among them.
    fn reverted(&self, job: u64) -> u32 {
        self.remember(|memory| {
            let count = memory.reverts.entry(job).or_default();
            *count += 1;
            *count
        })
    }

    /// The gas limit of a job, or why nothing is signed for it.
    async fn gas(
        &self,
        purpose: &dyn Purpose,
        job: &Job,
        pinned: &Pinned<'_>,
    ) -> Result<Result<u64, Refusal>, OutboxError> {
        if job.kind == JobKind::Cancel {
            return Ok(Ok(NOTHING));
        }
        let from = self.account.wallet().address;
        let simulated = pinned.simulate(from, job.target, &job.calldata, job.value).await;
        if let Err(error) = simulated {
            return match &error {
                CallError::Refused { error, .. } => {
                    let data = error.revert_data();
                    let why = purpose.explain_revert(data.as_ref().map(|data| &data[..]));
                    Ok(Err(Refusal {
                        // Nodes refuse for reasons of their own too, which say nothing of the job.
                        reverts: data.is_some() || error.message.contains("revert"),
                        detail: format!("it would be reverted: {why}"),
                    }))
                }
                _ => Err(error.into()),
            };
        }
        let call = json!({ "from": from, "to": job.target, "data": Bytes::copy_from_slice(&job.calldata), "value": job.value });
        let estimate: Result<U64, CallError> = self.account.pool().call("eth_estimateGas", [call]).await;
        let estimate: u64 = match estimate {
            Ok(estimate) => estimate.to(),
            Err(CallError::Refused { error, .. }) => {
                return Ok(Err(Refusal::passing(format!(
                    "its gas cannot be estimated: {error}"
                ))));
            }
            Err(error) => return Err(error.into()),
        };
        let settings = self.account.fees();
        let margin = estimate.saturating_mul(u64::from(settings.gas_margin_percent)) / 100;
        let gas = estimate.saturating_add(margin);
        if estimate > settings.gas_max {
            let most = settings.gas_max;
            return Ok(Err(Refusal::passing(format!(
                "it takes {estimate} gas, and no more than {most} is used (fees.gas_max)"
            ))));
        }
        Ok(Ok(gas.min(settings.gas_max)))
    }

    /// Why a transaction is not paid for.
    pub(super) fn unaffordable(
        &self,
        job: &Job,
        gas: u64,
        fees: Fees,
        balance: U256,
        now: Timestamp,
    ) -> Result<Option<(Hold, String)>, OutboxError> {
        let most = u128::from(gas).saturating_mul(fees.max_fee);
        let since = Timestamp::from_millis(
            now.millis()
                .saturating_sub(Duration::from_secs(DAY).as_millis() as u64),
        );
        let wallet = self.account.wallet();
        let spent = self.journal.read(|view| {
            Ok::<_, JournalError>(Spent {
                paid: view.paid_since(wallet, since)?,
                reserved: view.reserved_fees(wallet, job.id)?,
            })
        })?;
        if let Err(over) = self.account.budget().affords(most, spent) {
            let hold = match over {
                OverBudget::Each { .. } => Hold::Ceiling,
                OverBudget::Day { .. } => Hold::Budget,
            };
            return Ok(Some((hold, over.to_string())));
        }
        let needed = U256::from(most).saturating_add(job.value);
        if balance < needed {
            let detail = format!(
                "the wallet {} has {balance} wei and needs {needed}",
                wallet.address
            );
            return Ok(Some((Hold::Balance, detail)));
        }
        Ok(None)
    }
}
