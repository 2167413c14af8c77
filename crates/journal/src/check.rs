//! Looking after the file: what is wrong with it, copies of it, and rows that are set aside.

use std::path::{Path, PathBuf};

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags, params};
use serde::Serialize;
use std::time::Duration;

use crate::columns::integer;
use crate::error::JournalError;
use crate::journal::{Change, Journal, View, connect};

/// Something that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which rule.
    pub rule: &'static str,
    /// What breaks it.
    pub detail: String,
}

/// Rules that no single row or index can hold: each a query of what breaks it.
const RULES: &[(&str, &str)] = &[
    (
        "a certificate is assigned exactly if it is in an open epoch",
        "SELECT 'certificate ' || hex(c.id) FROM certificates c WHERE (c.standing = 'assigned') <> EXISTS(
           SELECT 1 FROM epoch_certificates m JOIN epochs e ON e.id = m.epoch
           WHERE m.certificate = c.id AND m.active = 1 AND e.standing IN ('proving', 'proven'))",
    ),
    (
        "an epoch's certificates stand where it stands",
        "SELECT 'epoch ' || e.id || ' certificate ' || hex(c.id) FROM epochs e
         JOIN epoch_certificates m ON m.epoch = e.id AND m.active = 1 JOIN certificates c ON c.id = m.certificate
         WHERE e.standing IN ('settled', 'finalized') AND c.standing <> e.standing",
    ),
    (
        "a live job has a nonce and a transaction",
        "SELECT 'job ' || j.id FROM jobs j WHERE j.standing = 'live' AND (
           NOT EXISTS(SELECT 1 FROM slots s WHERE s.job = j.id AND s.standing = 'reserved')
           OR NOT EXISTS(SELECT 1 FROM attempts a WHERE a.job = j.id))",
    ),
    (
        "an included job has a mined transaction",
        "SELECT 'job ' || j.id FROM jobs j WHERE j.standing IN ('included', 'finalized') AND NOT EXISTS(
           SELECT 1 FROM attempts a WHERE a.job = j.id AND a.outcome = 'success')
           AND NOT EXISTS(SELECT 1 FROM events e WHERE e.kind = 'job' AND e.subject = CAST(j.id AS TEXT)
             AND e.body LIKE '%\"adopted\"%')",
    ),
];

impl Journal {
    /// What is wrong with the file: its pages, its references, and what must hold between its tables.
    ///
    /// # Errors
    /// One of the database.
    pub fn check(&self) -> Result<Vec<Finding>, JournalError> {
        let connection = self.connection();
        let mut findings = Vec::new();
        let mut add = |rule, sql: &str| -> Result<(), JournalError> {
            let mut select = connection.prepare(sql)?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let detail: String = row.get(0)?;
                if detail != "ok" {
                    findings.push(Finding { rule, detail });
                }
            }
            Ok(())
        };
        add("the file is whole", "PRAGMA integrity_check(100)")?;
        add(
            "what is referred to is there",
            "SELECT \"table\" || ' row ' || coalesce(rowid, '?') FROM pragma_foreign_key_check",
        )?;
        for (rule, sql) in RULES {
            add(rule, sql)?;
        }
        Ok(findings)
    }

    /// Copies the journal, as it is at one moment, while it is in use. The copy is whole or not there.
    ///
    /// # Errors
    /// [`JournalError::File`], or one of the database.
    pub fn back_up(&self, to: &Path) -> Result<(), JournalError> {
        // By a connection of its own: a long copy keeps no reader waiting. It reads what there is at one moment, or each commit meanwhile
        // would have it begin anew.
        let connection = connect(self.path(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.execute_batch("BEGIN")?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        copy(&connection, to)
    }

    /// Puts a copy in the place of a journal that nobody has open. What was there is kept beside it (`NAME.replaced`).
    ///
    /// # Errors
    /// [`JournalError::Corrupt`] if the copy is damaged, [`JournalError::InUse`], or what the file system says.
    pub fn restore(path: &Path, from: &Path) -> Result<(), JournalError> {
        let copy = Self::open_read_only(from)?;
        if let Some(finding) = copy.check()?.into_iter().next() {
            return Err(JournalError::Corrupt {
                path: from.to_owned(),
                detail: format!("{}: {}", finding.rule, finding.detail),
            });
        }
        let _lock = crate::journal::lock(path)?;
        let failed = |source| JournalError::File {
            path: path.to_owned(),
            source,
        };
        let new = crate::journal::beside(path, "restoring");
        copy.back_up(&new)?;
        // With its log: what stands there alone was committed too, and would be replayed over the copy.
        let replaced = crate::journal::beside(path, "replaced");
        for suffix in ["", "-wal", "-shm"] {
            match std::fs::rename(with_suffix(path, suffix), with_suffix(&replaced, suffix)) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(failed(error)),
            }
        }
        std::fs::rename(&new, path).map_err(failed)
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Copies a database into a file that appears when it is whole.
pub(crate) fn copy(from: &Connection, to: &Path) -> Result<(), JournalError> {
    let failed = |source| JournalError::File {
        path: to.to_owned(),
        source,
    };
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let partial = crate::journal::beside(to, "partial");
    let _ = std::fs::remove_file(&partial);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut target = Connection::open_with_flags(&partial, flags)?;
    Backup::new(from, &mut target)?.run_to_completion(1_000, Duration::ZERO, None)?;
    target.pragma_update(None, "journal_mode", "DELETE")?;
    target.close().map_err(|(_, error)| error)?;
    let file = std::fs::File::open(&partial).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(&partial, to).map_err(failed)
}

impl Change<'_> {
    /// Sets a row aside that cannot be read, or makes a task fail again and again: lists pass over it.
    ///
    /// # Errors
    /// One of the database.
    pub fn quarantine(&self, table: &str, row: u64, error: &str) -> Result<(), JournalError> {
        self.sql().execute(
            "INSERT OR REPLACE INTO quarantine(source, row, error, at) VALUES (?1, ?2, ?3, ?4)",
            params![table, integer(row)?, error, integer(self.at().millis())?],
        )?;
        self.tell("quarantine", &format!("{table}:{row}"), &error)
    }

    /// Takes a row back, when an operator has mended it; whether it was there.
    ///
    /// # Errors
    /// One of the database.
    pub fn release(&self, table: &str, row: u64) -> Result<bool, JournalError> {
        let released = self.sql().execute(
            "DELETE FROM quarantine WHERE source = ?1 AND row = ?2",
            params![table, integer(row)?],
        )?;
        Ok(released > 0)
    }
}

impl View<'_> {
    /// How many rows of each table are set aside.
    ///
    /// # Errors
    /// One of the database.
    pub fn count_quarantined(&self) -> Result<Vec<(String, u64)>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT source, count(*) FROM quarantine GROUP BY source")?;
        let mut rows = select.query([])?;
        let mut counts = Vec::new();
        while let Some(row) = rows.next()? {
            let count: i64 = row.get(1)?;
            counts.push((row.get(0)?, count.unsigned_abs()));
        }
        Ok(counts)
    }
}
