//! Work for provers: leased, so that what a dead one left is taken up by another, and kept, so that nothing is proven twice.

use std::time::Duration;

use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use crate::columns::{Columns, integer, names};
use crate::error::JournalError;
use crate::journal::{Change, View};
use crate::time::Timestamp;

/// What is to be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofKind {
    /// The transition of a certificate.
    Transition,
    /// An epoch.
    Epoch,
}

names!(ProofKind {
    Transition = "transition",
    Epoch = "epoch",
});

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofStanding {
    /// Nobody has it.
    Queued,
    /// A prover has it, until its lease ends.
    Leased,
    /// It is proven.
    Done,
    /// It was given up.
    Failed,
}

names!(ProofStanding {
    Queued = "queued",
    Leased = "leased",
    Done = "done",
    Failed = "failed",
});

/// Work for a prover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProofJob {
    /// Its number.
    pub id: u64,
    /// What is to be proven.
    pub kind: ProofKind,
    /// Of which certificate or epoch.
    pub subject: String,
    /// How far it is.
    pub standing: ProofStanding,
    /// Who has it.
    pub holder: Option<String>,
    /// Until when.
    pub lease_until: Option<Timestamp>,
    /// How often it was begun.
    pub tries: u64,
    /// When it is to be begun again.
    pub due: Timestamp,
    /// The stage that its holder was at when it last spoke.
    pub stage: Option<String>,
    /// What went wrong the last time.
    pub detail: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Since when it stands there.
    pub standing_at: Timestamp,
}

const COLUMNS: &str = "SELECT id AS rowid_, * FROM proofs";

impl Change<'_> {
    /// Asks for a proof. What was asked for and not given up is not asked for again.
    ///
    /// # Errors
    /// One of the database.
    pub fn ask_proof(&self, kind: ProofKind, subject: &str) -> Result<u64, JournalError> {
        if let Some(asked) = self.view().proof_of(kind, subject)?
            && asked.standing != ProofStanding::Failed
        {
            return Ok(asked.id);
        }
        self.sql().execute(
            "INSERT INTO proofs(kind, subject, standing, due, created_at, standing_at) VALUES (?1, ?2, 'queued', ?3, ?3, ?3)",
            params![kind.name(), subject, integer(self.at().millis())?],
        )?;
        Ok(self.sql().last_insert_rowid().unsigned_abs())
    }

    /// Gives a prover the work that is due first, if there is some: queued, or leased by one that has not spoken in time. Epochs come
    /// first, because everything waits for them.
    ///
    /// # Errors
    /// One of the database.
    pub fn lease_proof(
        &self,
        holder: &str,
        lease: Duration,
        kinds: &[ProofKind],
    ) -> Result<Option<ProofJob>, JournalError> {
        let now = integer(self.at().millis())?;
        let names: String = kinds
            .iter()
            .fold("|".to_owned(), |list, kind| list + kind.name() + "|");
        let id: Option<i64> = {
            let mut select = self.sql().prepare_cached(
                "SELECT id FROM proofs WHERE instr(?2, '|' || kind || '|') > 0 AND due <= ?1
                 AND (standing = 'queued' OR (standing = 'leased' AND lease_until <= ?1)) ORDER BY kind, id LIMIT 1",
            )?;
            let mut rows = select.query(params![now, names])?;
            rows.next()?.map(|row| row.get(0)).transpose()?
        };
        let Some(id) = id else {
            return Ok(None);
        };
        self.sql().execute(
            "UPDATE proofs SET standing = 'leased', holder = ?2, lease_until = ?3, tries = tries + 1, standing_at = ?4,
             stage = NULL WHERE id = ?1",
            params![id, holder, integer(self.at().after(lease).millis())?, now],
        )?;
        self.view().proof(id.unsigned_abs())
    }

    /// A holder says that it is at work, and at which stage: its lease begins anew.
    ///
    /// # Errors
    /// [`JournalError::LeaseLost`] if another has it by now; then its work is for nothing and it stops.
    pub fn renew_proof(
        &self,
        id: u64,
        holder: &str,
        lease: Duration,
        stage: Option<&str>,
    ) -> Result<(), JournalError> {
        self.hold_proof(id, holder)?;
        self.sql().execute(
            "UPDATE proofs SET lease_until = ?2, stage = coalesce(?3, stage) WHERE id = ?1",
            params![integer(id)?, integer(self.at().after(lease).millis())?, stage],
        )?;
        Ok(())
    }

    /// It is proven, and this is the proof. Whoever brings it may have lost the lease: a proof is a proof. One that was given up meanwhile
    /// stays so, for it may be of something that has changed; whether it counts.
    ///
    /// # Errors
    /// [`JournalError::UnknownProof`], or one of the database.
    pub fn finish_proof(&self, id: u64, result: &[u8]) -> Result<bool, JournalError> {
        let asked = self.view().proof(id)?.ok_or(JournalError::UnknownProof { id })?;
        if asked.standing == ProofStanding::Failed {
            return Ok(false);
        }
        self.set_proof(id, ProofStanding::Done, self.at(), None)?;
        self.sql().execute(
            "INSERT OR REPLACE INTO proof_results(proof, bytes) VALUES (?1, ?2)",
            params![integer(id)?, result],
        )?;
        Ok(true)
    }

    /// Gives work back: to be begun again at a time.
    ///
    /// # Errors
    /// [`JournalError::LeaseLost`], or one of the database.
    pub fn return_proof(
        &self,
        id: u64,
        holder: &str,
        due: Timestamp,
        detail: Option<&str>,
    ) -> Result<(), JournalError> {
        self.hold_proof(id, holder)?;
        self.set_proof(id, ProofStanding::Queued, due, detail)
    }

    /// Gives work up.
    ///
    /// # Errors
    /// [`JournalError::UnknownProof`], or one of the database.
    pub fn fail_proof(&self, id: u64, detail: &str) -> Result<(), JournalError> {
        self.set_proof(id, ProofStanding::Failed, self.at(), Some(detail))
    }

    /// Frees all that a holder has, as when it is known to be gone: nobody waits for its leases.
    ///
    /// # Errors
    /// One of the database.
    pub fn release_proofs(&self, holder: &str) -> Result<u64, JournalError> {
        let released = self.sql().execute(
            "UPDATE proofs SET standing = 'queued', holder = NULL, lease_until = NULL, standing_at = ?2
             WHERE standing = 'leased' AND holder = ?1",
            params![holder, integer(self.at().millis())?],
        )?;
        Ok(released as u64)
    }

    fn hold_proof(&self, id: u64, holder: &str) -> Result<(), JournalError> {
        let job = self.view().proof(id)?.ok_or(JournalError::UnknownProof { id })?;
        if job.standing == ProofStanding::Leased && job.holder.as_deref() == Some(holder) {
            return Ok(());
        }
        Err(JournalError::LeaseLost {
            id,
            standing: job.standing,
            holder: holder.to_owned(),
        })
    }

    fn set_proof(
        &self,
        id: u64,
        to: ProofStanding,
        due: Timestamp,
        detail: Option<&str>,
    ) -> Result<(), JournalError> {
        #[derive(Serialize)]
        struct Moved<'a> {
            standing: ProofStanding,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<&'a str>,
        }
        let updated = self.sql().execute(
            "UPDATE proofs SET standing = ?2, holder = NULL, lease_until = NULL, due = ?3, detail = ?4, standing_at = ?5
             WHERE id = ?1",
            params![
                integer(id)?,
                to.name(),
                integer(due.millis())?,
                detail,
                integer(self.at().millis())?
            ],
        )?;
        if updated == 0 {
            return Err(JournalError::UnknownProof { id });
        }
        let moved = Moved { standing: to, detail };
        self.tell("proof", &id.to_string(), &moved)
    }
}

impl View<'_> {
    /// Work for a prover.
    ///
    /// # Errors
    /// One of the database.
    pub fn proof(&self, id: u64) -> Result<Option<ProofJob>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
        let mut rows = select.query([integer(id)?])?;
        rows.next()?.map(job).transpose()
    }

    /// The newest work for the proof of something.
    ///
    /// # Errors
    /// One of the database.
    pub fn proof_of(&self, kind: ProofKind, subject: &str) -> Result<Option<ProofJob>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE kind = ?1 AND subject = ?2 ORDER BY id DESC LIMIT 1"
        ))?;
        let mut rows = select.query(params![kind.name(), subject])?;
        rows.next()?.map(job).transpose()
    }

    /// What was proven of something, in the prover's own bytes.
    ///
    /// # Errors
    /// One of the database.
    pub fn proof_result(&self, kind: ProofKind, subject: &str) -> Result<Option<Vec<u8>>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT r.bytes FROM proof_results r JOIN proofs p ON p.id = r.proof
             WHERE p.kind = ?1 AND p.subject = ?2 AND p.standing = 'done' ORDER BY p.id DESC LIMIT 1",
        )?;
        Ok(select
            .query_row(params![kind.name(), subject], |row| row.get(0))
            .optional()?)
    }

    /// All work of a standing, in order.
    ///
    /// # Errors
    /// One of the database.
    pub fn proofs_at(&self, standing: ProofStanding) -> Result<Vec<ProofJob>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached(&format!("{COLUMNS} WHERE standing = ?1 ORDER BY id"))?;
        let mut rows = select.query([standing.name()])?;
        let mut jobs = Vec::new();
        while let Some(row) = rows.next()? {
            jobs.push(job(row)?);
        }
        Ok(jobs)
    }
}

fn job(row: &Row<'_>) -> Result<ProofJob, JournalError> {
    let columns = Columns::of("proofs", row);
    Ok(ProofJob {
        id: columns.number("id")?,
        kind: columns.parse("kind", ProofKind::of_name)?,
        subject: columns.get("subject")?,
        standing: columns.parse("standing", ProofStanding::of_name)?,
        holder: columns.get("holder")?,
        lease_until: columns.time_maybe("lease_until")?,
        tries: columns.number("tries")?,
        due: columns.time("due")?,
        stage: columns.get("stage")?,
        detail: columns.get("detail")?,
        created_at: columns.time("created_at")?,
        standing_at: columns.time("standing_at")?,
    })
}
