//! Transactions that are out: mined, replaced by dearer ones, sent again.

use alloy_primitives::{Bytes, TxHash};
use alloy_rpc_types_eth::TransactionReceipt;
use causeway_chain::{Bump, Fees, Pinned, SignedTransaction, Tag};
use causeway_journal::{Attempt, Hold, Job, Mined, Timestamp};
use tracing::{info, warn};

use super::{Outbox, OutboxError, Purpose, Round, SEEN};

impl Outbox {
    /// Whether a block has one of a job's transactions, or somebody else's with its nonce.
    pub(super) async fn look_for_receipts(
        &self,
        purpose: &dyn Purpose,
        job: &Job,
        pinned: &Pinned<'_>,
        now: Timestamp,
        round: &mut Round,
    ) -> Result<bool, OutboxError> {
        let attempts = self.journal.read(|view| view.attempts(job.id))?;
        let held = self.journal.read(|view| view.held_nonce(job.id))?;
        // The dearest first: it is the likeliest.
        for attempt in attempts
            .iter()
            .rev()
            .filter(|attempt| Some(attempt.nonce) == held)
        {
            let receipt = self.account.pool().receipt(attempt.hash).await?;
            if let Some(receipt) = receipt
                && self
                    .note_receipt(purpose, job, attempt, &receipt, pinned, now)
                    .await?
            {
                round.included += 1;
                return Ok(true);
            }
        }
        if held.is_some_and(|nonce| round.nonce > nonce) {
            if self.doubt(job.id, true) <= SEEN {
                return Ok(true);
            }
            self.doubt(job.id, false);
            let nonce = held.unwrap_or_default();
            warn!(
                job = job.id,
                nonce, "the nonce was used by a transaction that is not ours"
            );
            let wallet = self.account.wallet();
            self.journal
                .change(now, |change| change.note_external(wallet, nonce))?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Takes note of a receipt, if its block is in the chain that is looked at.
    async fn note_receipt(
        &self,
        purpose: &dyn Purpose,
        job: &Job,
        attempt: &Attempt,
        receipt: &TransactionReceipt,
        pinned: &Pinned<'_>,
        now: Timestamp,
    ) -> Result<bool, OutboxError> {
        let (Some(block), Some(block_hash)) = (receipt.block_number, receipt.block_hash) else {
            return Ok(false);
        };
        if block > pinned.head().number {
            return Ok(false);
        }
        let canonical = if block == pinned.head().number {
            pinned.head().hash
        } else {
            pinned.block(Tag::Number(block)).await?.hash
        };
        if canonical != block_hash {
            return Ok(false);
        }
        let mined = Mined {
            block,
            block_hash,
            gas_used: receipt.gas_used,
            fee_paid: u128::from(receipt.gas_used).saturating_mul(receipt.effective_gas_price),
        };
        let detail = if receipt.status() {
            None
        } else {
            Some(self.why_reverted(purpose, job, pinned).await)
        };
        fail::fail_point!("settle::after_mined_before_record", |_| std::process::abort());
        self.journal.change(now, |change| {
            change.note_mined(attempt.hash, receipt.status(), &mined, detail.as_deref())
        })?;
        info!(job = job.id, transaction = %attempt.hash, block, success = receipt.status(), "mined");
        self.forget(attempt.hash);
        Ok(true)
    }

    /// What the chain says if it is asked again.
    async fn why_reverted(&self, purpose: &dyn Purpose, job: &Job, pinned: &Pinned<'_>) -> String {
        let from = self.account.wallet().address;
        match pinned.simulate(from, job.target, &job.calldata, job.value).await {
            Ok(_) => "it would succeed now".to_owned(),
            Err(error) => {
                let data = error.refusal().and_then(causeway_chain::RpcError::revert_data);
                purpose.explain_revert(data.as_ref().map(|data| &data[..]))
            }
        }
    }

    fn forget(&self, hash: TxHash) {
        self.remember(|memory| {
            memory.since.remove(&hash);
            memory.underpriced.remove(&hash);
        });
    }

    /// Sends a transaction again that no block has: the same bytes, or, after some blocks without it, dearer ones.
    pub(super) async fn send_again(
        &self,
        job: &Job,
        pinned: &Pinned<'_>,
        now: Timestamp,
        round: &mut Round,
    ) -> Result<(), OutboxError> {
        let attempts = self.journal.read(|view| view.attempts(job.id))?;
        let held = self.journal.read(|view| view.held_nonce(job.id))?;
        let newest = attempts.iter().rev().find(|attempt| Some(attempt.nonce) == held);
        let Some(newest) = newest else {
            return Ok(());
        };
        let head = pinned.head().number;
        let (since, underpriced) = self.remember(|memory| {
            let since = *memory.since.entry(newest.hash).or_insert(head);
            (since, memory.underpriced.contains_key(&newest.hash))
        });
        let late = head.saturating_sub(since) >= self.account.fees().bump_after;
        if late || underpriced {
            match self.raise(job, newest, head, now, round).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                // What is signed needs nobody: the same bytes go on.
                Err(OutboxError::Signer(detail)) => self.hold(job.id, Hold::Signer, &detail, now)?,
                Err(error) => return Err(error),
            }
        }
        let same = if newest.raw.is_empty() {
            self.sign_anew(job, newest, now).await?
        } else {
            SignedTransaction {
                hash: newest.hash,
                raw: Bytes::copy_from_slice(&newest.raw),
            }
        };
        round.resent += 1;
        self.send(job, &same, now).await
    }

    /// Signs a transaction again whose bytes were damaged on the disk: a key here gives the same ones, a service may give others.
    async fn sign_anew(
        &self,
        job: &Job,
        old: &Attempt,
        now: Timestamp,
    ) -> Result<SignedTransaction, OutboxError> {
        let fees = Fees {
            max_fee: old.fees.max_fee,
            tip: old.fees.tip,
        };
        warn!(job = job.id, transaction = %old.hash, "its bytes are damaged and are signed again");
        let signed = self.sign(job, old.nonce, old.gas, fees).await?;
        if signed.hash == old.hash {
            self.journal
                .change(now, |change| change.mend_attempt(&signed.raw))?;
        } else {
            self.record(job, old.nonce, old.gas, fees, &signed, now)?;
        }
        Ok(signed)
    }

    /// Replaces a transaction by a dearer one, if that is within what is paid.
    async fn raise(
        &self,
        job: &Job,
        old: &Attempt,
        head: u64,
        now: Timestamp,
        round: &mut Round,
    ) -> Result<bool, OutboxError> {
        let market = self.account.pool().market().await?;
        let fees = Fees {
            max_fee: old.fees.max_fee,
            tip: old.fees.tip,
        };
        let fees = match self.account.policy().bump(&fees, &market) {
            Bump::To(fees) => fees,
            Bump::AtCeiling => {
                let detail = format!(
                    "it pays {} wei a gas, more would be above {}; the base fee is {}",
                    old.fees.max_fee,
                    self.account.fees().max_fee.0,
                    market.base_fee
                );
                self.hold(job.id, Hold::Ceiling, &detail, now)?;
                return Ok(false);
            }
        };
        if let Some((hold, detail)) = self.unaffordable(job, old.gas, fees, round.balance, now)? {
            self.hold(job.id, hold, &detail, now)?;
            return Ok(false);
        }
        let signed = self.sign(job, old.nonce, old.gas, fees).await?;
        self.record(job, old.nonce, old.gas, fees, &signed, now)?;
        round.bumped += 1;
        fail::fail_point!("bump::after_commit_before_send", |_| std::process::abort());
        self.remember(|memory| memory.since.insert(signed.hash, head));
        self.send(job, &signed, now).await?;
        Ok(true)
    }
}
