//! The file, who may open it, and the two ways to use it.

use std::fs::{File, OpenOptions, TryLockError};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::error::JournalError;
use crate::fingerprint::Fingerprint;
use crate::schema;
use crate::time::Timestamp;

/// A journal: one file, beside it a lock that its one writer holds.
///
/// Reading goes on beside writing, in this process and in others.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    observer: OnceLock<Observer>,
    /// Held as long as the journal is open for writing; the system takes it back however the process ends.
    _lock: Option<File>,
}

/// Who hears how long changes take.
struct Observer(Box<dyn Fn(Duration) + Send + Sync>);

impl std::fmt::Debug for Observer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Observer").finish_non_exhaustive()
    }
}

impl Journal {
    /// Opens a journal for writing, and makes it if it is not there. A journal with an older schema is copied beside itself first
    /// (`NAME.schema-N`) and brought up to date.
    ///
    /// # Errors
    /// [`JournalError::InUse`], [`JournalError::Newer`], [`JournalError::Foreign`], [`JournalError::Corrupt`], or what the file system
    /// says.
    pub fn open(path: &Path, fingerprint: &Fingerprint) -> Result<Self, JournalError> {
        let lock = lock(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut writer = connect(path, flags)?;
        let version = schema::version(&writer)?;
        check_version(version)?;
        if version > 0 && version < schema::NEWEST {
            crate::check::copy(&writer, &beside(path, &format!("schema-{version}")))?;
        }
        // The log in front of the file, and every commit on the disk before it counts.
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", "FULL")?;
        schema::migrate(&mut writer)?;
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        fingerprint.check(&transaction)?;
        transaction.commit()?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            reader: Mutex::new(connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?),
            observer: OnceLock::new(),
            _lock: Some(lock),
        })
    }

    /// Opens a journal for reading alone, beside whoever writes it.
    ///
    /// # Errors
    /// [`JournalError::Absent`], [`JournalError::Newer`] or [`JournalError::Corrupt`].
    pub fn open_read_only(path: &Path) -> Result<Self, JournalError> {
        if !path.exists() {
            return Err(JournalError::Absent {
                path: path.to_owned(),
            });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let writer = connect(path, flags)?;
        check_version(schema::version(&writer)?)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            reader: Mutex::new(connect(path, flags)?),
            observer: OnceLock::new(),
            _lock: None,
        })
    }

    /// Holds the journal to a deployment of which more is known by now.
    ///
    /// # Errors
    /// [`JournalError::Foreign`], or one of the database.
    pub fn hold_to(&self, fingerprint: &Fingerprint) -> Result<(), JournalError> {
        let mut writer = unpoisoned(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        fingerprint.check(&transaction)?;
        transaction.commit()?;
        Ok(())
    }

    /// Lets somebody hear how long each change takes, from its beginning until it is on the disk. The first one who asks hears it.
    pub fn observe(&self, observer: impl Fn(Duration) + Send + Sync + 'static) {
        let _ = self.observer.set(Observer(Box::new(observer)));
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Changes it: all of what is done, or, after an error, nothing. What was changed is on the disk when this returns.
    ///
    /// # Errors
    /// What `change` returns, or a [`JournalError`] of the commit.
    pub fn change<T, E: From<JournalError>>(
        &self,
        at: Timestamp,
        change: impl FnOnce(&Change<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = unpoisoned(&self.writer);
        let began = Instant::now();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(JournalError::from)?;
        let changing = Change { transaction, at };
        let outcome = change(&changing)?;
        changing.transaction.commit().map_err(JournalError::from)?;
        if let Some(Observer(observer)) = self.observer.get() {
            observer(began.elapsed());
        }
        Ok(outcome)
    }

    /// Reads it, all of it as it is at one moment.
    ///
    /// # Errors
    /// What `read` returns, or a [`JournalError`].
    pub fn read<T, E: From<JournalError>>(
        &self,
        read: impl FnOnce(&View<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = unpoisoned(&self.reader);
        let transaction = connection.transaction().map_err(JournalError::from)?;
        read(&View {
            connection: &transaction,
        })
    }

    /// Brings all that is in the log beside the file into the file, as at an end in order: until then a copy of the file alone is none.
    ///
    /// # Errors
    /// A [`JournalError`] of the database.
    pub fn fold_log(&self) -> Result<(), JournalError> {
        let connection = unpoisoned(&self.writer);
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// The reading connection, for checks of the whole file.
    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        unpoisoned(&self.reader)
    }

    /// Lets the file grow by so many pages and no more, as a full disk does; for tests of what happens then.
    ///
    /// # Errors
    /// A [`JournalError`] of the database.
    pub fn limit_growth(&self, pages: Option<u32>) -> Result<(), JournalError> {
        let connection = unpoisoned(&self.writer);
        let now: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let most = pages.map_or(0xffff_fffe, |pages| now.saturating_add(pages));
        connection.pragma_update(None, "max_page_count", most)?;
        Ok(())
    }
}

/// A transaction left by a panic was rolled back when it was dropped, so the connection is as good as before.
fn unpoisoned(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The path of a file beside the journal.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

pub(crate) fn lock(path: &Path) -> Result<File, JournalError> {
    let path = beside(path, "lock");
    let failed = |source| JournalError::File {
        path: path.clone(),
        source,
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse { path }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn check_version(found: u32) -> Result<(), JournalError> {
    let known = schema::NEWEST;
    (found <= known)
        .then_some(())
        .ok_or(JournalError::Newer { found, known })
}

/// A connection, and whether what is there is a database at all.
pub(crate) fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, JournalError> {
    let corrupt = |error: rusqlite::Error| match JournalError::from(error) {
        JournalError::Database(error) => JournalError::Corrupt {
            path: path.to_owned(),
            detail: error.to_string(),
        },
        other => other,
    };
    let connection = Connection::open_with_flags(path, flags).map_err(corrupt)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    // All statements are kept, and none is planned again for what is bound to it.
    connection.set_prepared_statement_cache_capacity(256);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection
        .pragma_update(None, "foreign_keys", true)
        .map_err(corrupt)?;
    let read: Result<u32, _> = connection.pragma_query_value(None, "schema_version", |row| row.get(0));
    read.map_err(corrupt)?;
    Ok(connection)
}

/// The journal as it is at one moment.
#[derive(Debug)]
pub struct View<'c> {
    connection: &'c Connection,
}

impl View<'_> {
    pub(crate) const fn sql(&self) -> &Connection {
        self.connection
    }
}

/// A change under way. It reads what it has written.
#[derive(Debug)]
pub struct Change<'c> {
    transaction: Transaction<'c>,
    at: Timestamp,
}

impl Change<'_> {
    /// When it happens.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// What the journal is by now.
    pub fn view(&self) -> View<'_> {
        View {
            connection: self.transaction.deref(),
        }
    }

    pub(crate) fn sql(&self) -> &Connection {
        self.transaction.deref()
    }
}
