//! What was read of chains: headers, by which a reorg is found, and the logs that states are rebuilt from.

use alloy_primitives::{Address, B256, keccak256};
use rusqlite::{Row, params};
use serde::Serialize;

use crate::columns::{Columns, integer};
use crate::error::JournalError;
use crate::journal::{Change, View};

/// A block's place in its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// The hash of the one before it.
    pub parent: B256,
}

/// A log of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLog {
    /// Its block.
    pub block: u64,
    /// Its index in the block.
    pub position: u64,
    /// The block's hash.
    pub block_hash: B256,
    /// The contract.
    pub address: Address,
    /// All of it, in the JSON of nodes.
    pub log: String,
}

impl Change<'_> {
    /// Takes in a part of a chain: its logs, and the header under which they were read.
    ///
    /// # Errors
    /// One of the database.
    pub fn extend_chain(&self, chain: u64, header: &Header, logs: &[StoredLog]) -> Result<(), JournalError> {
        let chain = integer(chain)?;
        self.sql().execute(
            "INSERT OR REPLACE INTO headers(chain, number, hash, parent) VALUES (?1, ?2, ?3, ?4)",
            params![
                chain,
                integer(header.number)?,
                header.hash.as_slice(),
                header.parent.as_slice()
            ],
        )?;
        let mut insert = self.sql().prepare_cached(
            "INSERT OR REPLACE INTO logs(chain, block, position, block_hash, address, log, digest)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for log in logs {
            insert.execute(params![
                chain,
                integer(log.block)?,
                integer(log.position)?,
                log.block_hash.as_slice(),
                log.address.as_slice(),
                log.log,
                keccak256(&log.log).as_slice(),
            ])?;
        }
        Ok(())
    }

    /// A reorg: forgets all that was read above a block, and what it came to.
    ///
    /// # Errors
    /// One of the database.
    pub fn shorten_chain(&self, chain: u64, last: u64) -> Result<(), JournalError> {
        let at = params![integer(chain)?, integer(last)?];
        self.sql()
            .execute("DELETE FROM headers WHERE chain = ?1 AND number > ?2", at)?;
        self.sql()
            .execute("DELETE FROM logs WHERE chain = ?1 AND block > ?2", at)?;
        self.sql()
            .execute("DELETE FROM snapshots WHERE chain = ?1 AND block > ?2", at)?;
        Ok(())
    }

    /// Tells that a chain took so many blocks back that were read.
    ///
    /// # Errors
    /// One of the database.
    pub fn note_reorg(&self, chain: u64, depth: u64) -> Result<(), JournalError> {
        #[derive(Serialize)]
        struct Reorg {
            depth: u64,
        }
        self.tell("reorg", &chain.to_string(), &Reorg { depth })
    }

    /// Forgets headers below a block that the chain has finalized: they are never asked for again. Logs stay.
    ///
    /// # Errors
    /// One of the database.
    pub fn trim_headers(&self, chain: u64, first: u64) -> Result<(), JournalError> {
        self.sql().execute(
            "DELETE FROM headers WHERE chain = ?1 AND number < ?2",
            params![integer(chain)?, integer(first)?],
        )?;
        Ok(())
    }

    /// How far something has read a chain.
    ///
    /// # Errors
    /// One of the database.
    pub fn set_cursor(&self, chain: u64, name: &str, block: u64, hash: B256) -> Result<(), JournalError> {
        self.sql().execute(
            "INSERT OR REPLACE INTO cursors(chain, name, block, hash) VALUES (?1, ?2, ?3, ?4)",
            params![integer(chain)?, name, integer(block)?, hash.as_slice()],
        )?;
        Ok(())
    }
}

impl View<'_> {
    /// The newest header that was read.
    ///
    /// # Errors
    /// One of the database.
    pub fn newest_header(&self, chain: u64) -> Result<Option<Header>, JournalError> {
        Ok(self.headers(chain, 1)?.pop())
    }

    /// The newest headers, the newest first.
    ///
    /// # Errors
    /// One of the database.
    pub fn headers(&self, chain: u64, most: u32) -> Result<Vec<Header>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT rowid AS rowid_, * FROM headers WHERE chain = ?1 ORDER BY number DESC LIMIT ?2",
        )?;
        let mut rows = select.query(params![integer(chain)?, most])?;
        let mut headers = Vec::new();
        while let Some(row) = rows.next()? {
            let columns = Columns::of("headers", row);
            headers.push(Header {
                number: columns.number("number")?,
                hash: columns.hash("hash")?,
                parent: columns.hash("parent")?,
            });
        }
        Ok(headers)
    }

    /// All logs of a chain above a block, in order, so many at most.
    ///
    /// # Errors
    /// One of the database.
    pub fn logs_above(
        &self,
        chain: u64,
        block: Option<u64>,
        most: u32,
    ) -> Result<Vec<StoredLog>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT rowid AS rowid_, * FROM logs WHERE chain = ?1 AND (?2 IS NULL OR block > ?2)
             ORDER BY block, position LIMIT ?3",
        )?;
        let mut rows = select.query(params![integer(chain)?, block.map(integer).transpose()?, most])?;
        let mut logs = Vec::new();
        while let Some(row) = rows.next()? {
            logs.push(stored_log(row)?);
        }
        Ok(logs)
    }

    /// How far something has read a chain.
    ///
    /// # Errors
    /// One of the database.
    pub fn cursor(&self, chain: u64, name: &str) -> Result<Option<(u64, B256)>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT rowid AS rowid_, * FROM cursors WHERE chain = ?1 AND name = ?2")?;
        let mut rows = select.query(params![integer(chain)?, name])?;
        rows.next()?
            .map(|row| {
                let columns = Columns::of("cursors", row);
                Ok((columns.number("block")?, columns.hash("hash")?))
            })
            .transpose()
    }
}

fn stored_log(row: &Row<'_>) -> Result<StoredLog, JournalError> {
    let columns = Columns::of("logs", row);
    let log: String = columns.get("log")?;
    if keccak256(&log) != columns.hash("digest")? {
        return Err(columns.damaged("log"));
    }
    Ok(StoredLog {
        block: columns.number("block")?,
        position: columns.number("position")?,
        block_hash: columns.hash("block_hash")?,
        address: columns.address("address")?,
        log,
    })
}
