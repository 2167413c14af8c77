//! Claims that somebody may want paid: one row an exit.

use alloy_primitives::U256;
use causeway_types::NetworkId;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use crate::columns::{Columns, integer, names};
use crate::error::JournalError;
use crate::journal::{Change, View};
use crate::time::Timestamp;

/// Which exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClaimKey {
    /// Where it was made.
    pub origin: NetworkId,
    /// Where it is claimed.
    pub destination: NetworkId,
    /// Its index in its origin's exit tree.
    pub deposit: u32,
}

/// How far a claim is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimStanding {
    /// Its destination does not know a root that covers it.
    Seen,
    /// Anybody can claim it.
    Claimable,
    /// The policy of its destination pays for it.
    Approved,
    /// It does not.
    Refused,
    /// A transaction for it is under way.
    Sending,
    /// Its destination shows it claimed, by whomever.
    Claimed,
    /// It cannot be claimed for a reason of its own.
    Failed,
}

names!(ClaimStanding {
    Seen = "seen",
    Claimable = "claimable",
    Approved = "approved",
    Refused = "refused",
    Sending = "sending",
    Claimed = "claimed",
    Failed = "failed",
});

/// A claim in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRecord {
    /// Which exit.
    pub key: ClaimKey,
    /// LxLy's global index of it.
    pub global_index: U256,
    /// How far it is.
    pub standing: ClaimStanding,
    /// The exit, in LxLy's JSON.
    pub leaf: String,
    /// A code of what happened last.
    pub code: Option<String>,
    /// In words.
    pub detail: Option<String>,
    /// How often it was tried and would not be paid out.
    pub tries: u32,
    /// Before that it is not tried again.
    pub due: Timestamp,
    /// When it was first seen.
    pub seen_at: Timestamp,
    /// Since when it stands there.
    pub standing_at: Timestamp,
}

const COLUMNS: &str = "SELECT rowid AS rowid_, * FROM claims";

impl Change<'_> {
    /// Takes note of an exit that can be claimed one day. One that is known stays as it is.
    ///
    /// # Errors
    /// One of the database.
    pub fn see_claim(&self, key: ClaimKey, global_index: U256, leaf: &str) -> Result<(), JournalError> {
        let mut insert = self.sql().prepare_cached(
            "INSERT INTO claims(origin, destination, deposit, global_index, standing, leaf, seen_at, standing_at)
             VALUES (?1, ?2, ?3, ?4, 'seen', ?5, ?6, ?6) ON CONFLICT DO NOTHING",
        )?;
        insert.execute(params![
            key.origin.get(),
            key.destination.get(),
            key.deposit,
            global_index.to_be_bytes::<32>().as_slice(),
            leaf,
            integer(self.at().millis())?,
        ])?;
        Ok(())
    }

    /// A reorg took an exit away before anything was sent for it.
    ///
    /// # Errors
    /// One of the database.
    pub fn forget_claim(&self, key: ClaimKey) -> Result<(), JournalError> {
        self.sql().execute(
            "DELETE FROM claims WHERE origin = ?1 AND destination = ?2 AND deposit = ?3 AND standing IN ('seen', 'claimable', 'approved', 'refused')",
            params![key.origin.get(), key.destination.get(), key.deposit],
        )?;
        Ok(())
    }

    /// Moves a claim. It can go anywhere, for its destination alone says what it is.
    ///
    /// # Errors
    /// [`JournalError::UnknownClaim`], or one of the database.
    pub fn move_claim(
        &self,
        key: ClaimKey,
        to: ClaimStanding,
        code: Option<&str>,
        detail: Option<&str>,
    ) -> Result<(), JournalError> {
        #[derive(Serialize)]
        struct Moved<'a> {
            standing: ClaimStanding,
            #[serde(skip_serializing_if = "Option::is_none")]
            code: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<&'a str>,
        }
        let unknown = JournalError::UnknownClaim {
            origin: key.origin,
            destination: key.destination,
            deposit: key.deposit,
        };
        let from = self.view().claim(key)?.ok_or(unknown)?.standing;
        self.sql().execute(
            "UPDATE claims SET standing = ?4, code = ?5, detail = ?6,
             standing_at = CASE standing WHEN ?4 THEN standing_at ELSE ?7 END
             WHERE origin = ?1 AND destination = ?2 AND deposit = ?3",
            params![
                key.origin.get(),
                key.destination.get(),
                key.deposit,
                to.name(),
                code,
                detail,
                integer(self.at().millis())?
            ],
        )?;
        if from == to {
            return Ok(());
        }
        let moved = Moved {
            standing: to,
            code,
            detail,
        };
        self.tell("claim", &key.to_string(), &moved)
    }
}

impl Change<'_> {
    /// A claim that is approved waits for a while: after it was tried in vain, which counts, or because it would cost too much now.
    ///
    /// # Errors
    /// [`JournalError::UnknownClaim`], or one of the database.
    pub fn put_off_claim(
        &self,
        key: ClaimKey,
        due: Timestamp,
        tried: bool,
        (code, detail): (&str, &str),
    ) -> Result<(), JournalError> {
        self.move_claim(key, ClaimStanding::Approved, Some(code), Some(detail))?;
        self.sql().execute(
            "UPDATE claims SET tries = tries + ?5, due = ?4 WHERE origin = ?1 AND destination = ?2 AND deposit = ?3",
            params![
                key.origin.get(),
                key.destination.get(),
                key.deposit,
                integer(due.millis())?,
                tried
            ],
        )?;
        Ok(())
    }
}

impl std::fmt::Display for ClaimKey {
    /// `origin:destination:deposit`, as commands and the API have it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            origin,
            destination,
            deposit,
        } = self;
        write!(f, "{}:{}:{deposit}", origin.get(), destination.get())
    }
}

impl View<'_> {
    /// A claim.
    ///
    /// # Errors
    /// One of the database.
    pub fn claim(&self, key: ClaimKey) -> Result<Option<ClaimRecord>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE origin = ?1 AND destination = ?2 AND deposit = ?3"
        ))?;
        let mut rows = select.query(params![key.origin.get(), key.destination.get(), key.deposit])?;
        rows.next()?.map(record).transpose()
    }

    /// Claims of a destination and standing, in the order of origin and deposit, so many at most.
    ///
    /// # Errors
    /// One of the database.
    pub fn claims(
        &self,
        destination: Option<NetworkId>,
        standing: Option<ClaimStanding>,
        most: u32,
    ) -> Result<Vec<ClaimRecord>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE (?1 IS NULL OR destination = ?1) AND (?2 IS NULL OR standing = ?2)
             ORDER BY destination, origin, deposit LIMIT ?3"
        ))?;
        let mut rows = select.query(params![
            destination.map(NetworkId::get),
            standing.map(ClaimStanding::name),
            most
        ])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(record(row)?);
        }
        Ok(records)
    }
}

impl std::str::FromStr for ClaimKey {
    type Err = NoClaimKey;

    fn from_str(text: &str) -> Result<Self, NoClaimKey> {
        let parts: Option<Vec<u32>> = text.split(':').map(|part| part.parse().ok()).collect();
        match parts.as_deref() {
            Some(&[origin, destination, deposit]) => Ok(Self {
                origin: NetworkId::new(origin),
                destination: NetworkId::new(destination),
                deposit,
            }),
            _ => Err(NoClaimKey),
        }
    }
}

/// A text names no claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no claim: origin:destination:deposit, three numbers")]
pub struct NoClaimKey;

impl View<'_> {
    /// Claims that stand somewhere and whose time has come, those that have waited longest first, so many at most.
    ///
    /// # Errors
    /// One of the database.
    pub fn claims_due(
        &self,
        destination: NetworkId,
        standing: ClaimStanding,
        now: Timestamp,
        most: u32,
    ) -> Result<Vec<ClaimRecord>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE destination = ?1 AND standing = ?2 AND due <= ?3 ORDER BY due, seen_at, origin, deposit LIMIT ?4"
        ))?;
        let mut rows = select.query(params![
            destination.get(),
            standing.name(),
            integer(now.millis())?,
            most
        ])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(record(row)?);
        }
        Ok(records)
    }

    /// Claims of one source at a destination from a deposit on, in their order, so many at most.
    ///
    /// # Errors
    /// One of the database.
    pub fn claims_of(
        &self,
        origin: NetworkId,
        destination: NetworkId,
        from: u32,
        most: u32,
    ) -> Result<Vec<ClaimRecord>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE origin = ?1 AND destination = ?2 AND deposit >= ?3 ORDER BY deposit LIMIT ?4"
        ))?;
        let mut rows = select.query(params![origin.get(), destination.get(), from, most])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(record(row)?);
        }
        Ok(records)
    }

    /// How many claims of each destination and standing there are.
    ///
    /// # Errors
    /// One of the database.
    pub fn count_claims(&self) -> Result<Vec<(NetworkId, ClaimStanding, u64)>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT 0 AS rowid_, destination, standing, count(*) AS number FROM claims GROUP BY destination, standing",
        )?;
        let mut rows = select.query([])?;
        let mut counts = Vec::new();
        while let Some(row) = rows.next()? {
            let columns = Columns::of("claims", row);
            let destination =
                u32::try_from(columns.number("destination")?).map_err(|_| columns.damaged("destination"))?;
            counts.push((
                NetworkId::new(destination),
                columns.parse("standing", ClaimStanding::of_name)?,
                columns.number("number")?,
            ));
        }
        Ok(counts)
    }
}

fn record(row: &Row<'_>) -> Result<ClaimRecord, JournalError> {
    let columns = Columns::of("claims", row);
    let network = |column| {
        let id = u32::try_from(columns.number(column)?).map_err(|_| columns.damaged(column))?;
        Ok::<_, JournalError>(NetworkId::new(id))
    };
    Ok(ClaimRecord {
        key: ClaimKey {
            origin: network("origin")?,
            destination: network("destination")?,
            deposit: u32::try_from(columns.number("deposit")?).map_err(|_| columns.damaged("deposit"))?,
        },
        global_index: columns.word("global_index")?,
        standing: columns.parse("standing", ClaimStanding::of_name)?,
        leaf: columns.get("leaf")?,
        code: columns.get("code")?,
        detail: columns.get("detail")?,
        tries: u32::try_from(columns.number("tries")?).map_err(|_| columns.damaged("tries"))?,
        due: columns.time("due")?,
        seen_at: columns.time("seen_at")?,
        standing_at: columns.time("standing_at")?,
    })
}
