//! What a chain's logs came to at a block, in bytes that only their writer understands: a start goes on from there.
//!
//! Nothing is lost with one. Whoever finds it damaged, or of a block that is not there any more, reads the logs instead.

use alloy_primitives::{B256, keccak256};
use rusqlite::params;

use crate::columns::{Columns, integer};
use crate::error::JournalError;
use crate::journal::{Change, View};

/// How many of a chain are kept: if the newest is damaged there is another.
const KEPT: u32 = 2;

/// A snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The block after which everything was so.
    pub block: u64,
    /// What was kept, if it still is what was kept.
    pub bytes: Result<Vec<u8>, DamagedSnapshot>,
}

/// The bytes are not those that were kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its bytes are not those that were kept")]
pub struct DamagedSnapshot;

impl Change<'_> {
    /// Keeps what all logs up to a block came to, and forgets old ones.
    ///
    /// # Errors
    /// One of the database.
    pub fn keep_snapshot(
        &self,
        chain: u64,
        block: u64,
        block_hash: B256,
        bytes: &[u8],
    ) -> Result<(), JournalError> {
        let chain = integer(chain)?;
        self.sql().execute(
            "INSERT OR REPLACE INTO snapshots(chain, block, block_hash, digest, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                chain,
                integer(block)?,
                block_hash.as_slice(),
                keccak256(bytes).as_slice(),
                bytes
            ],
        )?;
        self.sql().execute(
            "DELETE FROM snapshots WHERE chain = ?1 AND block NOT IN (
               SELECT block FROM snapshots WHERE chain = ?1 ORDER BY block DESC LIMIT ?2)",
            params![chain, KEPT],
        )?;
        Ok(())
    }

    /// Forgets one.
    ///
    /// # Errors
    /// One of the database.
    pub fn drop_snapshot(&self, chain: u64, block: u64) -> Result<(), JournalError> {
        self.sql().execute(
            "DELETE FROM snapshots WHERE chain = ?1 AND block = ?2",
            params![integer(chain)?, integer(block)?],
        )?;
        Ok(())
    }
}

impl View<'_> {
    /// The newest snapshot of a chain whose block is one that was read and not taken back.
    ///
    /// # Errors
    /// One of the database.
    pub fn newest_snapshot(&self, chain: u64) -> Result<Option<Snapshot>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT s.rowid AS rowid_, s.* FROM snapshots s
             JOIN headers h ON h.chain = s.chain AND h.number = s.block AND h.hash = s.block_hash
             WHERE s.chain = ?1 ORDER BY s.block DESC LIMIT 1",
        )?;
        let mut rows = select.query(params![integer(chain)?])?;
        rows.next()?
            .map(|row| {
                let columns = Columns::of("snapshots", row);
                let bytes: Vec<u8> = columns.get("bytes")?;
                let whole = keccak256(&bytes) == columns.hash("digest")?;
                Ok(Snapshot {
                    block: columns.number("block")?,
                    bytes: whole.then_some(bytes).ok_or(DamagedSnapshot),
                })
            })
            .transpose()
    }
}
