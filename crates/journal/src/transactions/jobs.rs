//! Jobs: made once, held, moved.

use rusqlite::{Row, params};
use serde::Serialize;

use super::{Hold, Job, JobKind, JobStanding, NewJob, Wallet};
use crate::columns::{Columns, integer};
use crate::error::JournalError;
use crate::journal::{Change, View};
use crate::time::Timestamp;

const COLUMNS: &str = "SELECT id AS rowid_, * FROM jobs";
const SOUND: &str = "id NOT IN (SELECT row FROM quarantine WHERE source = 'jobs')";

#[derive(Serialize)]
struct Moved<'a> {
    standing: JobStanding,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<Hold>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

impl Change<'_> {
    /// Makes a job. One of its kind and subject that has not failed and was not given up is not made again.
    ///
    /// # Errors
    /// One of the database.
    pub fn make_job(&self, new: &NewJob<'_>) -> Result<u64, JournalError> {
        if let Some(job) = self.view().job_of(new.kind, new.subject)?
            && !matches!(job.standing, JobStanding::Failed | JobStanding::Abandoned)
        {
            return Ok(job.id);
        }
        self.sql().execute(
            "INSERT INTO jobs(kind, subject, chain, wallet, target, calldata, value, standing, due, created_at, standing_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', ?8, ?8, ?8)",
            params![
                new.kind.name(),
                new.subject,
                integer(new.wallet.chain)?,
                new.wallet.address.as_slice(),
                new.target.as_slice(),
                new.calldata,
                new.value.to_string(),
                integer(self.at().millis())?,
            ],
        )?;
        let id = self.sql().last_insert_rowid().unsigned_abs();
        let moved = Moved {
            standing: JobStanding::Queued,
            hold: None,
            code: None,
            detail: None,
        };
        self.tell("job", &id.to_string(), &moved)?;
        Ok(id)
    }

    /// Holds a job, or lets it go on, until it is looked at again.
    ///
    /// # Errors
    /// [`JournalError::UnknownJob`], or one of the database.
    pub fn hold_job(
        &self,
        id: u64,
        hold: Option<Hold>,
        detail: Option<&str>,
        due: Timestamp,
    ) -> Result<(), JournalError> {
        let job = self.view().job(id)?.ok_or(JournalError::UnknownJob { id })?;
        self.sql().execute(
            "UPDATE jobs SET hold = ?2, detail = ?3, due = ?4 WHERE id = ?1",
            params![integer(id)?, hold.map(Hold::name), detail, integer(due.millis())?],
        )?;
        if job.hold != hold {
            let moved = Moved {
                standing: job.standing,
                hold,
                code: None,
                detail,
            };
            self.tell("job", &id.to_string(), &moved)?;
        }
        Ok(())
    }

    /// Moves a job.
    ///
    /// # Errors
    /// [`JournalError::UnknownJob`], [`JournalError::JobMove`], or one of the database.
    pub fn move_job(
        &self,
        id: u64,
        to: JobStanding,
        code: Option<&str>,
        detail: Option<&str>,
    ) -> Result<(), JournalError> {
        let from = self
            .view()
            .job(id)?
            .ok_or(JournalError::UnknownJob { id })?
            .standing;
        if from == to {
            return Ok(());
        }
        if !from.becomes(to) {
            return Err(JournalError::JobMove { id, from, to });
        }
        self.sql().execute(
            "UPDATE jobs SET standing = ?2, hold = NULL, code = ?3, detail = ?4, due = ?5, standing_at = ?5 WHERE id = ?1",
            params![
                integer(id)?,
                to.name(),
                code,
                detail,
                integer(self.at().millis())?
            ],
        )?;
        let moved = Moved {
            standing: to,
            hold: None,
            code,
            detail,
        };
        self.tell("job", &id.to_string(), &moved)
    }
}

impl View<'_> {
    /// A job.
    ///
    /// # Errors
    /// One of the database.
    pub fn job(&self, id: u64) -> Result<Option<Job>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
        let mut rows = select.query([integer(id)?])?;
        rows.next()?.map(record).transpose()
    }

    /// The newest job of a kind and subject.
    ///
    /// # Errors
    /// One of the database.
    pub fn job_of(&self, kind: JobKind, subject: &str) -> Result<Option<Job>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE kind = ?1 AND subject = ?2 ORDER BY id DESC LIMIT 1"
        ))?;
        let mut rows = select.query(params![kind.name(), subject])?;
        rows.next()?.map(record).transpose()
    }

    /// All jobs that are open and not in quarantine, in order.
    ///
    /// # Errors
    /// One of the database.
    pub fn open_jobs(&self) -> Result<Vec<Job>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE standing IN ('queued', 'live', 'included') AND {SOUND} ORDER BY id"
        ))?;
        let mut rows = select.query([])?;
        let mut jobs = Vec::new();
        while let Some(row) = rows.next()? {
            jobs.push(record(row)?);
        }
        Ok(jobs)
    }

    /// A page of jobs before a number, the newest first.
    ///
    /// # Errors
    /// One of the database.
    pub fn jobs(
        &self,
        kind: Option<JobKind>,
        before: Option<u64>,
        most: u32,
    ) -> Result<Vec<Job>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR id < ?2) AND {SOUND} ORDER BY id DESC LIMIT ?3"
        ))?;
        let mut rows = select.query(params![
            kind.map(JobKind::name),
            before.map(integer).transpose()?,
            most
        ])?;
        let mut jobs = Vec::new();
        while let Some(row) = rows.next()? {
            jobs.push(record(row)?);
        }
        Ok(jobs)
    }
}

fn record(row: &Row<'_>) -> Result<Job, JournalError> {
    let columns = Columns::of("jobs", row);
    Ok(Job {
        id: columns.number("id")?,
        kind: columns.parse("kind", JobKind::of_name)?,
        subject: columns.get("subject")?,
        wallet: Wallet {
            chain: columns.number("chain")?,
            address: columns.address("wallet")?,
        },
        target: columns.address("target")?,
        calldata: columns.get("calldata")?,
        value: columns.parse("value", |text| text.parse().ok())?,
        standing: columns.parse("standing", JobStanding::of_name)?,
        hold: columns.parse_maybe("hold", Hold::of_name)?,
        code: columns.get("code")?,
        detail: columns.get("detail")?,
        due: columns.time("due")?,
        created_at: columns.time("created_at")?,
        standing_at: columns.time("standing_at")?,
    })
}
