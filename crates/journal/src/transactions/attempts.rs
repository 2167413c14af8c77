//! Attempts and their nonces.

use alloy_primitives::{B256, U256, keccak256};
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use super::{
    Attempt, AttemptOutcome, Fees, JobKind, JobStanding, Mined, NewJob, Signed, SlotStanding, Wallet,
};
use crate::columns::{Columns, integer};
use crate::error::JournalError;
use crate::journal::{Change, View};
use crate::time::Timestamp;

const COLUMNS: &str = "SELECT rowid AS rowid_, * FROM attempts";

#[derive(Serialize)]
struct Told {
    job: u64,
    nonce: u64,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fees: Option<Fees>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mined: Option<Mined>,
}

impl Change<'_> {
    /// The nonce for a job's next transaction: the one that it holds, or else the lowest that no job holds and nothing was mined with,
    /// beginning with the chain's own count of mined transactions. There is no counter that could run ahead of the chain or behind it.
    /// It is reserved when the transaction is recorded.
    ///
    /// # Errors
    /// [`JournalError::UnknownJob`], or one of the database.
    pub fn next_nonce(&self, job: u64, mined: u64) -> Result<u64, JournalError> {
        let wallet = self
            .view()
            .job(job)?
            .ok_or(JournalError::UnknownJob { id: job })?
            .wallet;
        if let Some(held) = self.view().held_nonce(job)? {
            return Ok(held);
        }
        let mut taken = self.sql().prepare_cached(
            "SELECT nonce FROM slots WHERE chain = ?1 AND wallet = ?2 AND nonce >= ?3 ORDER BY nonce",
        )?;
        let mut rows = taken.query(params![
            integer(wallet.chain)?,
            wallet.address.as_slice(),
            integer(mined)?
        ])?;
        let mut next = mined;
        while let Some(row) = rows.next()? {
            let nonce: i64 = row.get(0)?;
            if nonce.unsigned_abs() != next {
                break;
            }
            next += 1;
        }
        Ok(next)
    }

    /// Records a signed transaction before it is sent: its nonce is the job's from here on, and the job is live.
    ///
    /// # Errors
    /// [`JournalError::UnknownJob`], [`JournalError::NonceTaken`], [`JournalError::NonceHeld`] if the job holds another nonce,
    /// [`JournalError::JobMove`] if the job is over, or one of the database.
    pub fn record_attempt(&self, signed: &Signed<'_>) -> Result<(), JournalError> {
        let job = self
            .view()
            .job(signed.job)?
            .ok_or(JournalError::UnknownJob { id: signed.job })?;
        if !matches!(job.standing, JobStanding::Queued | JobStanding::Live) {
            return Err(JournalError::JobMove {
                id: job.id,
                from: job.standing,
                to: JobStanding::Live,
            });
        }
        let wallet = job.wallet;
        match self.view().held_nonce(job.id)? {
            Some(held) if held != signed.nonce => {
                return Err(JournalError::NonceHeld {
                    id: job.id,
                    held,
                    nonce: signed.nonce,
                });
            }
            Some(_) => {}
            None => {
                if self.view().slot(wallet, signed.nonce)?.is_some() {
                    return Err(JournalError::NonceTaken { nonce: signed.nonce });
                }
                self.sql().execute(
                    "INSERT INTO slots(chain, wallet, nonce, job, standing) VALUES (?1, ?2, ?3, ?4, 'reserved')",
                    params![
                        integer(wallet.chain)?,
                        wallet.address.as_slice(),
                        integer(signed.nonce)?,
                        integer(job.id)?
                    ],
                )?;
            }
        }
        self.move_job(job.id, JobStanding::Live, None, None)?;
        self.sql().execute(
            "INSERT INTO attempts(hash, job, chain, wallet, nonce, raw, max_fee, tip, gas, signed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                signed.hash.as_slice(),
                integer(job.id)?,
                integer(wallet.chain)?,
                wallet.address.as_slice(),
                integer(signed.nonce)?,
                signed.raw,
                signed.fees.max_fee.to_string(),
                signed.fees.tip.to_string(),
                integer(signed.gas)?,
                integer(self.at().millis())?,
            ],
        )?;
        let told = Told {
            job: job.id,
            nonce: signed.nonce,
            outcome: "signed",
            fees: Some(signed.fees),
            mined: None,
        };
        self.tell("attempt", &signed.hash.to_string(), &told)
    }

    /// A transaction was sent to at least one endpoint; whether one took it is another question.
    ///
    /// # Errors
    /// [`JournalError::UnknownAttempt`], or one of the database.
    pub fn note_sent(&self, hash: B256, accepted: bool) -> Result<(), JournalError> {
        let updated = self.sql().execute(
            "UPDATE attempts SET sends = sends + 1, sent_at = ?2,
             accepted_at = CASE WHEN ?3 THEN coalesce(accepted_at, ?2) ELSE accepted_at END WHERE hash = ?1",
            params![hash.as_slice(), integer(self.at().millis())?, accepted],
        )?;
        if updated == 0 {
            return Err(JournalError::UnknownAttempt { hash });
        }
        Ok(())
    }

    /// Puts the bytes of a transaction in their place again that were damaged here.
    ///
    /// # Errors
    /// [`JournalError::UnknownAttempt`], or one of the database.
    pub fn mend_attempt(&self, raw: &[u8]) -> Result<(), JournalError> {
        let hash = keccak256(raw);
        let updated = self.sql().execute(
            "UPDATE attempts SET raw = ?2 WHERE hash = ?1",
            params![hash.as_slice(), raw],
        )?;
        if updated == 0 {
            return Err(JournalError::UnknownAttempt { hash });
        }
        let why = "its bytes were damaged, and are signed again";
        self.tell("quarantine", &format!("attempts:{hash}"), &why)
    }

    /// A canonical block has the transaction: its nonce is used up and its siblings are over. Its job is included or has failed.
    ///
    /// # Errors
    /// [`JournalError::UnknownAttempt`], or one of the database.
    pub fn note_mined(
        &self,
        hash: B256,
        success: bool,
        mined: &Mined,
        detail: Option<&str>,
    ) -> Result<(), JournalError> {
        let attempt = self
            .view()
            .attempt(hash)?
            .ok_or(JournalError::UnknownAttempt { hash })?;
        let slot = params![
            integer(attempt.wallet.chain)?,
            attempt.wallet.address.as_slice(),
            integer(attempt.nonce)?,
        ];
        // First all of the nonce are replaced, so that never two of them are mined.
        self.sql().execute(
            "UPDATE attempts SET outcome = 'replaced', block = NULL, block_hash = NULL, gas_used = NULL, fee_paid = NULL
             WHERE chain = ?1 AND wallet = ?2 AND nonce = ?3",
            slot,
        )?;
        let outcome = if success {
            AttemptOutcome::Success
        } else {
            AttemptOutcome::Revert
        };
        self.sql().execute(
            "UPDATE attempts SET outcome = ?2, block = ?3, block_hash = ?4, gas_used = ?5, fee_paid = ?6 WHERE hash = ?1",
            params![
                hash.as_slice(),
                outcome.name(),
                integer(mined.block)?,
                mined.block_hash.as_slice(),
                integer(mined.gas_used)?,
                mined.fee_paid.to_string(),
            ],
        )?;
        self.sql().execute(
            "UPDATE slots SET standing = 'mined' WHERE chain = ?1 AND wallet = ?2 AND nonce = ?3",
            slot,
        )?;
        let to = if success {
            JobStanding::Included
        } else {
            JobStanding::Failed
        };
        // What a block has is a fact: it is recorded even where the job is over and has nothing to become.
        if self.may_become(attempt.job, to)? {
            self.move_job(attempt.job, to, (!success).then_some("reverted"), detail)?;
        }
        // What was to use the nonce up instead is not needed any more.
        let holder = self.view().slot_job(attempt.wallet, attempt.nonce)?;
        if let Some(holder) = holder.filter(|&holder| holder != attempt.job) {
            self.move_job(holder, JobStanding::Abandoned, Some("nonce_used"), None)?;
        }
        let told = Told {
            job: attempt.job,
            nonce: attempt.nonce,
            outcome: outcome.name(),
            fees: None,
            mined: Some(*mined),
        };
        self.tell("attempt", &hash.to_string(), &told)
    }

    /// A reorg took the block away that the transaction was in: all of its nonce may be mined again, and its job is live.
    ///
    /// # Errors
    /// [`JournalError::UnknownAttempt`], [`JournalError::NotMined`], [`JournalError::NonceHeld`] if its job holds another nonce by now:
    /// that one is to be used up first; [`JournalError::JobMove`], or one of the database.
    pub fn note_unmined(&self, hash: B256) -> Result<(), JournalError> {
        let attempt = self
            .view()
            .attempt(hash)?
            .ok_or(JournalError::UnknownAttempt { hash })?;
        if attempt.mined.is_none() {
            return Err(JournalError::NotMined { hash });
        }
        let holder = self.view().slot_job(attempt.wallet, attempt.nonce)?;
        if let Some(held) = self.view().held_nonce(holder.unwrap_or(attempt.job))? {
            return Err(JournalError::NonceHeld {
                id: holder.unwrap_or(attempt.job),
                held,
                nonce: attempt.nonce,
            });
        }
        let slot = params![
            integer(attempt.wallet.chain)?,
            attempt.wallet.address.as_slice(),
            integer(attempt.nonce)?,
        ];
        self.sql().execute(
            "UPDATE attempts SET outcome = NULL, block = NULL, block_hash = NULL, gas_used = NULL, fee_paid = NULL
             WHERE chain = ?1 AND wallet = ?2 AND nonce = ?3",
            slot,
        )?;
        self.sql().execute(
            "UPDATE slots SET standing = 'reserved' WHERE chain = ?1 AND wallet = ?2 AND nonce = ?3",
            slot,
        )?;
        // One that another has taken the place of stays over, and its nonce is an orphan.
        if self.may_become(attempt.job, JobStanding::Live)? {
            self.move_job(
                attempt.job,
                JobStanding::Live,
                Some("reorg"),
                Some("a reorg took its block away"),
            )?;
        }
        let told = Told {
            job: attempt.job,
            nonce: attempt.nonce,
            outcome: "unmined",
            fees: None,
            mined: None,
        };
        self.tell("attempt", &hash.to_string(), &told)
    }

    /// Whether a job can go there: it may, and if it was over, no other of its kind and subject has taken its place.
    fn may_become(&self, id: u64, to: JobStanding) -> Result<bool, JournalError> {
        let Some(job) = self.view().job(id)? else {
            return Ok(false);
        };
        let newest = self.view().job_of(job.kind, &job.subject)?;
        let replaced = newest.is_some_and(|newest| newest.id != id);
        Ok(job.standing.becomes(to) && !replaced)
    }

    /// Somebody else used a nonce with the same key. A job that held it takes another one: none of its transactions can be mined.
    ///
    /// # Errors
    /// [`JournalError::JobMove`], or one of the database.
    pub fn note_external(&self, wallet: Wallet, nonce: u64) -> Result<(), JournalError> {
        let slot = params![integer(wallet.chain)?, wallet.address.as_slice(), integer(nonce)?];
        let held: Option<Option<i64>> = self
            .sql()
            .query_row(
                "SELECT job FROM slots WHERE chain = ?1 AND wallet = ?2 AND nonce = ?3",
                slot,
                |row| row.get(0),
            )
            .optional()?;
        self.sql().execute(
            "INSERT INTO slots(chain, wallet, nonce, standing) VALUES (?1, ?2, ?3, 'external')
             ON CONFLICT(chain, wallet, nonce) DO UPDATE SET standing = 'external'",
            slot,
        )?;
        self.sql().execute(
            "UPDATE attempts SET outcome = 'replaced', block = NULL, block_hash = NULL, gas_used = NULL, fee_paid = NULL
             WHERE chain = ?1 AND wallet = ?2 AND nonce = ?3",
            slot,
        )?;
        let Some(job) = held.flatten().map(i64::unsigned_abs) else {
            return Ok(());
        };
        let standing = self.view().job(job)?.map(|job| job.standing);
        // One that failed stays so: whoever still wants it makes another.
        if matches!(standing, Some(JobStanding::Live | JobStanding::Included)) {
            let detail = format!("nonce {nonce} was used by a transaction that is not ours");
            self.move_job(job, JobStanding::Queued, Some("nonce_external"), Some(&detail))?;
        }
        Ok(())
    }
}

impl Change<'_> {
    /// Makes a job that uses a nonce up, which a job holds that is over: nothing after it could be mined otherwise. The nonce is the new
    /// job's from then on.
    ///
    /// # Errors
    /// [`JournalError::NonceTaken`] if the nonce is not one of [`View::orphan_nonces`], or one of the database.
    pub fn cancel_nonce(&self, wallet: Wallet, nonce: u64) -> Result<u64, JournalError> {
        if !self.view().orphan_nonces(wallet)?.contains(&nonce) {
            return Err(JournalError::NonceTaken { nonce });
        }
        let job = self.make_job(&NewJob {
            kind: JobKind::Cancel,
            subject: &format!("{}:{}:{nonce}", wallet.chain, wallet.address),
            wallet,
            target: wallet.address,
            calldata: &[],
            value: U256::ZERO,
        })?;
        self.sql().execute(
            "UPDATE slots SET job = ?4 WHERE chain = ?1 AND wallet = ?2 AND nonce = ?3",
            params![
                integer(wallet.chain)?,
                wallet.address.as_slice(),
                integer(nonce)?,
                integer(job)?
            ],
        )?;
        Ok(job)
    }
}

impl View<'_> {
    /// The nonces of a wallet that jobs hold which are over, in order: see [`Change::cancel_nonce`].
    ///
    /// # Errors
    /// One of the database.
    pub fn orphan_nonces(&self, wallet: Wallet) -> Result<Vec<u64>, JournalError> {
        let mut orphans = Vec::new();
        for (nonce, job) in self.reserved_nonces(wallet)? {
            let standing = self.job(job)?.map(|job| job.standing);
            if !matches!(standing, Some(JobStanding::Queued | JobStanding::Live)) {
                orphans.push(nonce);
            }
        }
        Ok(orphans)
    }

    fn slot_job(&self, wallet: Wallet, nonce: u64) -> Result<Option<u64>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT job FROM slots WHERE chain = ?1 AND wallet = ?2 AND nonce = ?3")?;
        let job: Option<Option<i64>> = select
            .query_row(
                params![integer(wallet.chain)?, wallet.address.as_slice(), integer(nonce)?],
                |row| row.get(0),
            )
            .optional()?;
        Ok(job.flatten().map(i64::unsigned_abs))
    }

    /// A transaction.
    ///
    /// # Errors
    /// One of the database.
    pub fn attempt(&self, hash: B256) -> Result<Option<Attempt>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!("{COLUMNS} WHERE hash = ?1"))?;
        let mut rows = select.query([hash.as_slice()])?;
        rows.next()?.map(record).transpose()
    }

    /// All transactions of a job, in the order in which they were signed.
    ///
    /// # Errors
    /// One of the database.
    pub fn attempts(&self, job: u64) -> Result<Vec<Attempt>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached(&format!("{COLUMNS} WHERE job = ?1 ORDER BY rowid"))?;
        let mut rows = select.query([integer(job)?])?;
        let mut attempts = Vec::new();
        while let Some(row) = rows.next()? {
            attempts.push(record(row)?);
        }
        Ok(attempts)
    }

    /// The transactions of a wallet that are mined above a block, in the order of their nonces: those that a reorg may take back.
    ///
    /// # Errors
    /// One of the database.
    pub fn attempts_above(&self, wallet: Wallet, block: u64) -> Result<Vec<Attempt>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE chain = ?1 AND wallet = ?2 AND block > ?3 ORDER BY nonce"
        ))?;
        let mut rows = select.query(params![
            integer(wallet.chain)?,
            wallet.address.as_slice(),
            integer(block)?
        ])?;
        let mut attempts = Vec::new();
        while let Some(row) = rows.next()? {
            attempts.push(record(row)?);
        }
        Ok(attempts)
    }

    /// The nonce that a job holds and nothing is mined with.
    ///
    /// # Errors
    /// One of the database.
    pub fn held_nonce(&self, job: u64) -> Result<Option<u64>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT nonce FROM slots WHERE job = ?1 AND standing = 'reserved'")?;
        let nonce: Option<i64> = select.query_row([integer(job)?], |row| row.get(0)).optional()?;
        Ok(nonce.map(i64::unsigned_abs))
    }

    /// Whose a nonce is.
    ///
    /// # Errors
    /// One of the database.
    pub fn slot(&self, wallet: Wallet, nonce: u64) -> Result<Option<SlotStanding>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT rowid AS rowid_, standing FROM slots WHERE chain = ?1 AND wallet = ?2 AND nonce = ?3",
        )?;
        let mut rows = select.query(params![
            integer(wallet.chain)?,
            wallet.address.as_slice(),
            integer(nonce)?
        ])?;
        rows.next()?
            .map(|row| Columns::of("slots", row).parse("standing", SlotStanding::of_name))
            .transpose()
    }

    /// The nonces of a wallet that jobs hold, in order.
    ///
    /// # Errors
    /// One of the database.
    pub fn reserved_nonces(&self, wallet: Wallet) -> Result<Vec<(u64, u64)>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT rowid AS rowid_, nonce, job FROM slots WHERE chain = ?1 AND wallet = ?2 AND standing = 'reserved'
             ORDER BY nonce",
        )?;
        let mut rows = select.query(params![integer(wallet.chain)?, wallet.address.as_slice()])?;
        let mut nonces = Vec::new();
        while let Some(row) = rows.next()? {
            let columns = Columns::of("slots", row);
            nonces.push((columns.number("nonce")?, columns.number("job")?));
        }
        Ok(nonces)
    }

    /// Wei that a wallet's transactions paid since a time.
    ///
    /// # Errors
    /// One of the database.
    pub fn paid_since(&self, wallet: Wallet, since: Timestamp) -> Result<u128, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT rowid AS rowid_, fee_paid FROM attempts WHERE chain = ?1 AND wallet = ?2 AND signed_at >= ?3
             AND fee_paid IS NOT NULL",
        )?;
        let mut rows = select.query(params![
            integer(wallet.chain)?,
            wallet.address.as_slice(),
            integer(since.millis())?
        ])?;
        let mut paid = 0_u128;
        while let Some(row) = rows.next()? {
            paid = paid.saturating_add(Columns::of("attempts", row).wei("fee_paid")?);
        }
        Ok(paid)
    }
}

impl View<'_> {
    /// What everything of a kind and subject has cost, in wei: all transactions of all of its jobs that blocks have.
    ///
    /// # Errors
    /// One of the database.
    pub fn cost_of(&self, kind: JobKind, subject: &str) -> Result<u128, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT attempts.rowid AS rowid_, fee_paid FROM attempts JOIN jobs ON jobs.id = attempts.job
             WHERE jobs.kind = ?1 AND jobs.subject = ?2 AND fee_paid IS NOT NULL",
        )?;
        let mut rows = select.query(params![kind.name(), subject])?;
        let mut cost = 0_u128;
        while let Some(row) = rows.next()? {
            cost = cost.saturating_add(Columns::of("attempts", row).wei("fee_paid")?);
        }
        Ok(cost)
    }

    /// The most that a wallet's transactions which are out may cost yet, in wei, but for those of one job: of each nonce one is mined at
    /// most.
    ///
    /// # Errors
    /// One of the database.
    pub fn reserved_fees(&self, wallet: Wallet, but: u64) -> Result<u128, JournalError> {
        let mut reserved = 0_u128;
        for (nonce, job) in self.reserved_nonces(wallet)? {
            if job == but {
                continue;
            }
            let mut select = self.sql().prepare_cached(&format!(
                "{COLUMNS} WHERE chain = ?1 AND wallet = ?2 AND nonce = ?3"
            ))?;
            let mut rows = select.query(params![
                integer(wallet.chain)?,
                wallet.address.as_slice(),
                integer(nonce)?
            ])?;
            let mut most = 0_u128;
            while let Some(row) = rows.next()? {
                let attempt = record(row)?;
                most = most.max(u128::from(attempt.gas).saturating_mul(attempt.fees.max_fee));
            }
            reserved = reserved.saturating_add(most);
        }
        Ok(reserved)
    }
}

fn record(row: &Row<'_>) -> Result<Attempt, JournalError> {
    let columns = Columns::of("attempts", row);
    let mined = match columns.number_maybe("block")? {
        None => None,
        Some(block) => Some(Mined {
            block,
            block_hash: columns.hash("block_hash")?,
            gas_used: columns.number("gas_used")?,
            fee_paid: columns.wei("fee_paid")?,
        }),
    };
    let hash = columns.hash("hash")?;
    let mut raw: Vec<u8> = columns.get("raw")?;
    if keccak256(&raw) != hash {
        raw.clear();
    }
    Ok(Attempt {
        hash,
        job: columns.number("job")?,
        wallet: Wallet {
            chain: columns.number("chain")?,
            address: columns.address("wallet")?,
        },
        nonce: columns.number("nonce")?,
        raw,
        fees: Fees {
            max_fee: columns.wei("max_fee")?,
            tip: columns.wei("tip")?,
        },
        gas: columns.number("gas")?,
        signed_at: columns.time("signed_at")?,
        accepted_at: columns.time_maybe("accepted_at")?,
        sent_at: columns.time_maybe("sent_at")?,
        sends: columns.number("sends")?,
        outcome: columns.parse_maybe("outcome", AttemptOutcome::of_name)?,
        mined,
    })
}
