//! What happened, and what operators did. Both are written in the transaction that they tell of.

use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::columns::{Columns, integer};
use crate::error::JournalError;
use crate::journal::{Change, View};
use crate::time::Timestamp;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number; they only grow.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Of what kind of thing: `certificate`, `epoch`, `job`, `attempt`, `proof`, `claim`, `pause`, `quarantine`, `reorg`.
    pub kind: String,
    /// Which one: an id as its table has it.
    pub subject: String,
    /// What it became, and why.
    pub body: Value,
}

/// Something that an operator did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub target: String,
    /// Why, in the operator's words.
    pub reason: String,
    /// What it was before.
    pub before: Option<String>,
    /// What it is now.
    pub after: Option<String>,
}

impl Change<'_> {
    pub(crate) fn tell(
        &self,
        kind: &'static str,
        subject: &str,
        body: &impl Serialize,
    ) -> Result<(), JournalError> {
        // Plain values only: they always have a JSON.
        let body = serde_json::to_string(body).unwrap_or_default();
        let mut insert = self
            .sql()
            .prepare_cached("INSERT INTO events(at, kind, subject, body) VALUES (?1, ?2, ?3, ?4)")?;
        insert.execute(params![integer(self.at().millis())?, kind, subject, body])?;
        Ok(())
    }

    /// Takes note of what an operator did.
    ///
    /// # Errors
    /// A [`JournalError`] of the database.
    pub fn audit(
        &self,
        actor: &str,
        action: &str,
        target: &str,
        reason: &str,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Result<u64, JournalError> {
        self.sql().execute(
            "INSERT INTO audit(at, actor, action, target, reason, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![integer(self.at().millis())?, actor, action, target, reason, before, after],
        )?;
        Ok(self.sql().last_insert_rowid().unsigned_abs())
    }
}

impl View<'_> {
    /// Events after a number, in order, so many at most.
    ///
    /// # Errors
    /// A [`JournalError`] of the database.
    pub fn events(&self, after: u64, most: u32) -> Result<Vec<Event>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT seq AS rowid_, * FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2")?;
        let mut rows = select.query(params![integer(after)?, most])?;
        let mut events = Vec::new();
        while let Some(row) = rows.next()? {
            events.push(event(row)?);
        }
        Ok(events)
    }

    /// All events of one thing, in order.
    ///
    /// # Errors
    /// A [`JournalError`] of the database.
    pub fn events_of(&self, kind: &str, subject: &str) -> Result<Vec<Event>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT seq AS rowid_, * FROM events WHERE kind = ?1 AND subject = ?2 ORDER BY seq",
        )?;
        let mut rows = select.query(params![kind, subject])?;
        let mut events = Vec::new();
        while let Some(row) = rows.next()? {
            events.push(event(row)?);
        }
        Ok(events)
    }

    /// The number of the newest event; 0 if there is none.
    ///
    /// # Errors
    /// A [`JournalError`] of the database.
    pub fn newest_event(&self) -> Result<u64, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT coalesce(max(seq), 0) FROM events")?;
        let seq: i64 = select.query_row([], |row| row.get(0))?;
        Ok(seq.unsigned_abs())
    }

    /// What an operator did last: in a change that audits, what was done just now.
    ///
    /// # Errors
    /// A [`JournalError`] of the database.
    pub fn newest_audit(&self) -> Result<Option<AuditEntry>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT seq AS rowid_, * FROM audit ORDER BY seq DESC LIMIT 1")?;
        let mut rows = select.query([])?;
        rows.next()?.map(audit_entry).transpose()
    }

    /// What operators did after a number, in order, so many at most.
    ///
    /// # Errors
    /// A [`JournalError`] of the database.
    pub fn audits(&self, after: u64, most: u32) -> Result<Vec<AuditEntry>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT seq AS rowid_, * FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2")?;
        let mut rows = select.query(params![integer(after)?, most])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(audit_entry(row)?);
        }
        Ok(entries)
    }
}

fn audit_entry(row: &Row<'_>) -> Result<AuditEntry, JournalError> {
    let columns = Columns::of("audit", row);
    Ok(AuditEntry {
        seq: columns.number("seq")?,
        at: columns.time("at")?,
        actor: columns.get("actor")?,
        action: columns.get("action")?,
        target: columns.get("target")?,
        reason: columns.get("reason")?,
        before: columns.get("before")?,
        after: columns.get("after")?,
    })
}

fn event(row: &Row<'_>) -> Result<Event, JournalError> {
    let columns = Columns::of("events", row);
    Ok(Event {
        seq: columns.number("seq")?,
        at: columns.time("at")?,
        kind: columns.get("kind")?,
        subject: columns.get("subject")?,
        body: columns.parse("body", |text| serde_json::from_str(text).ok())?,
    })
}
