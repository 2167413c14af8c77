//! Epochs: what is proven together, and how far that is.

use alloy_primitives::B256;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use crate::columns::{Columns, integer, names};
use crate::error::JournalError;
use crate::journal::{Change, View};
use crate::standing::{Reason, Standing};
use crate::time::Timestamp;

/// Where an epoch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpochStanding {
    /// A prover has it, or is to have it.
    Proving,
    /// Its proof is here and was verified; it is to be settled.
    Proven,
    /// A canonical block of L1 has it.
    Settled,
    /// L1 has finalized that block.
    Finalized,
    /// It will not settle: L1's state is another one by now, or a proof of it cannot be had.
    Abandoned,
}

names!(EpochStanding {
    Proving = "proving",
    Proven = "proven",
    Settled = "settled",
    Finalized = "finalized",
    Abandoned = "abandoned",
});

impl EpochStanding {
    /// Whether it is to be proven or settled yet.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Proving | Self::Proven)
    }

    /// Whether an epoch can go from the one to the other. A reorg takes it back to proven, with the proof it has.
    pub const fn becomes(self, to: Self) -> bool {
        matches!(
            (self, to),
            (Self::Proving, Self::Proven | Self::Abandoned)
                | (Self::Proven, Self::Settled | Self::Abandoned)
                | (Self::Settled, Self::Proven | Self::Finalized | Self::Abandoned)
                | (Self::Abandoned, Self::Settled)
        )
    }
}

/// An epoch that is to be proven.
#[derive(Clone, Debug)]
pub struct NewEpoch<'a> {
    /// The state commitment that it stands on.
    pub before: B256,
    /// The one that it leads to.
    pub after: B256,
    /// What else it was composed of, L1's prefixes and times, in JSON of the relayer's own.
    pub inputs: &'a str,
    /// Its certificates, in the order in which it settles them.
    pub certificates: &'a [B256],
}

/// An epoch in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochRecord {
    /// Its number here; L1 knows nothing of it.
    pub id: u64,
    /// Where it stands.
    pub standing: EpochStanding,
    /// The state commitment that it stands on.
    pub before: B256,
    /// The one that it leads to.
    pub after: B256,
    /// What else it was composed of.
    pub inputs: String,
    /// Proof, payload, signatures and public values, once it is proven.
    pub submission: Option<String>,
    /// Why it stands there.
    pub reason: Option<Reason>,
    /// When it was composed.
    pub created_at: Timestamp,
    /// Since when it stands there.
    pub standing_at: Timestamp,
    /// Its certificates, in order.
    pub certificates: Vec<B256>,
}

#[derive(Serialize)]
struct Moved<'a> {
    standing: EpochStanding,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a Reason>,
}

impl Change<'_> {
    /// Composes an epoch: its certificates are assigned to it.
    ///
    /// # Errors
    /// [`JournalError::EpochOpen`], [`JournalError::CertificateMove`] of a certificate that is not confirmed, or one of the database.
    pub fn open_epoch(&self, new: &NewEpoch<'_>) -> Result<u64, JournalError> {
        if let Some(open) = self.view().open_epoch()? {
            return Err(JournalError::EpochOpen { open: open.id });
        }
        self.sql().execute(
            "INSERT INTO epochs(standing, before, after, inputs, created_at, standing_at) VALUES ('proving', ?1, ?2, ?3, ?4, ?4)",
            params![
                new.before.as_slice(),
                new.after.as_slice(),
                new.inputs,
                integer(self.at().millis())?
            ],
        )?;
        let id = self.sql().last_insert_rowid();
        for (position, certificate) in new.certificates.iter().enumerate() {
            self.move_certificate(*certificate, Standing::Assigned, None)?;
            self.sql().execute(
                "INSERT INTO epoch_certificates(epoch, position, certificate, active) VALUES (?1, ?2, ?3, 1)",
                params![id, integer(position as u64)?, certificate.as_slice()],
            )?;
        }
        let moved = Moved {
            standing: EpochStanding::Proving,
            reason: None,
        };
        self.tell("epoch", &id.to_string(), &moved)?;
        Ok(id.unsigned_abs())
    }

    /// Keeps what settles an epoch, in JSON of the relayer's own. From now on it is never proven again.
    ///
    /// # Errors
    /// [`JournalError::UnknownEpoch`], [`JournalError::EpochMove`], or one of the database.
    pub fn prove_epoch(&self, id: u64, submission: &str) -> Result<(), JournalError> {
        self.sql().execute(
            "UPDATE epochs SET submission = ?2 WHERE id = ?1",
            params![integer(id)?, submission],
        )?;
        self.set_epoch(id, EpochStanding::Proven, None)
    }

    /// Moves an epoch, and its certificates with it: settled and finalized with it, back where it is abandoned, assigned again where a
    /// reorg takes it away.
    ///
    /// # Errors
    /// [`JournalError::UnknownEpoch`], [`JournalError::EpochMove`], [`JournalError::CertificateMove`], or one of the database.
    pub fn move_epoch(
        &self,
        id: u64,
        to: EpochStanding,
        reason: Option<&Reason>,
    ) -> Result<(), JournalError> {
        let before = self.view().epoch(id)?.ok_or(JournalError::UnknownEpoch { id })?;
        if before.standing == to {
            return Ok(());
        }
        if before.standing == EpochStanding::Abandoned {
            for &certificate in &before.certificates {
                if let Some(other) = self.view().epoch_of(certificate)? {
                    return Err(JournalError::CertificateElsewhere {
                        certificate,
                        other: other.id,
                    });
                }
            }
        }
        self.set_epoch(id, to, reason)?;
        let certificates = match to {
            EpochStanding::Settled => Standing::Settled,
            EpochStanding::Finalized => Standing::Finalized,
            EpochStanding::Proven => Standing::Assigned,
            EpochStanding::Abandoned => Standing::Confirmed,
            EpochStanding::Proving => return Ok(()),
        };
        for certificate in &before.certificates {
            let standing = self.view().standing(*certificate)?;
            // What L1 settled otherwise meanwhile, or what was given up, stays where it is.
            let follows = match to {
                EpochStanding::Abandoned => {
                    matches!(standing, Some(Standing::Assigned | Standing::Settled))
                }
                _ => standing.is_some(),
            };
            if follows {
                self.move_certificate(*certificate, certificates, reason)?;
            }
        }
        let active = to != EpochStanding::Abandoned;
        self.sql().execute(
            "UPDATE epoch_certificates SET active = ?2 WHERE epoch = ?1",
            params![integer(id)?, active],
        )?;
        Ok(())
    }

    fn set_epoch(&self, id: u64, to: EpochStanding, reason: Option<&Reason>) -> Result<(), JournalError> {
        let epoch = self.view().epoch(id)?.ok_or(JournalError::UnknownEpoch { id })?;
        let from = epoch.standing;
        if !from.becomes(to) {
            return Err(JournalError::EpochMove { id, from, to });
        }
        if to != EpochStanding::Abandoned && epoch.submission.is_none() {
            return Err(JournalError::EpochUnproven { id, to });
        }
        if to.is_open()
            && let Some(open) = self.view().open_epoch()?
            && open.id != id
        {
            return Err(JournalError::EpochOpen { open: open.id });
        }
        self.sql().execute(
            "UPDATE epochs SET standing = ?2, code = ?3, detail = ?4, standing_at = ?5 WHERE id = ?1",
            params![
                integer(id)?,
                to.name(),
                reason.map(|reason| &reason.code),
                reason.map(|reason| &reason.detail),
                integer(self.at().millis())?
            ],
        )?;
        let moved = Moved { standing: to, reason };
        self.tell("epoch", &id.to_string(), &moved)
    }
}

impl View<'_> {
    /// An epoch.
    ///
    /// # Errors
    /// One of the database.
    pub fn epoch(&self, id: u64) -> Result<Option<EpochRecord>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT id AS rowid_, * FROM epochs WHERE id = ?1")?;
        let mut rows = select.query([integer(id)?])?;
        rows.next()?.map(|row| self.epoch_record(row)).transpose()
    }

    /// The epoch that is being proven or to be settled.
    ///
    /// # Errors
    /// One of the database.
    pub fn open_epoch(&self) -> Result<Option<EpochRecord>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT id AS rowid_, * FROM epochs WHERE standing IN ('proving', 'proven')")?;
        let mut rows = select.query([])?;
        rows.next()?.map(|row| self.epoch_record(row)).transpose()
    }

    /// The newest epoch that leads to a state commitment, one that is not abandoned before others.
    ///
    /// # Errors
    /// One of the database.
    pub fn epoch_after(&self, after: B256) -> Result<Option<EpochRecord>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT id AS rowid_, * FROM epochs WHERE after = ?1 ORDER BY standing = 'abandoned', id DESC LIMIT 1",
        )?;
        let mut rows = select.query([after.as_slice()])?;
        rows.next()?.map(|row| self.epoch_record(row)).transpose()
    }

    /// All epochs of a standing, in order.
    ///
    /// # Errors
    /// One of the database.
    pub fn epochs_at(&self, standing: EpochStanding) -> Result<Vec<EpochRecord>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT id AS rowid_, * FROM epochs WHERE standing = ?1 ORDER BY id")?;
        let mut rows = select.query([standing.name()])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(self.epoch_record(row)?);
        }
        Ok(records)
    }

    /// A page of epochs before a number, the newest first.
    ///
    /// # Errors
    /// One of the database.
    pub fn epochs(&self, before: Option<u64>, most: u32) -> Result<Vec<EpochRecord>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT id AS rowid_, * FROM epochs WHERE (?1 IS NULL OR id < ?1) ORDER BY id DESC LIMIT ?2",
        )?;
        let mut rows = select.query(params![before.map(integer).transpose()?, most])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(self.epoch_record(row)?);
        }
        Ok(records)
    }

    /// The epoch that a certificate is in, if it is in one that was not abandoned.
    ///
    /// # Errors
    /// One of the database.
    pub fn epoch_of(&self, certificate: B256) -> Result<Option<EpochRecord>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT e.id AS rowid_, e.* FROM epochs e JOIN epoch_certificates c ON c.epoch = e.id
             WHERE c.certificate = ?1 AND c.active = 1",
        )?;
        let mut rows = select.query([certificate.as_slice()])?;
        rows.next()?.map(|row| self.epoch_record(row)).transpose()
    }

    fn epoch_record(&self, row: &Row<'_>) -> Result<EpochRecord, JournalError> {
        let columns = Columns::of("epochs", row);
        let id = columns.number("id")?;
        let code: Option<String> = columns.get("code")?;
        let detail: Option<String> = columns.get("detail")?;
        Ok(EpochRecord {
            id,
            standing: columns.parse("standing", EpochStanding::of_name)?,
            before: columns.hash("before")?,
            after: columns.hash("after")?,
            inputs: columns.get("inputs")?,
            submission: columns.get("submission")?,
            reason: code.map(|code| Reason {
                code,
                class: None,
                detail: detail.unwrap_or_default(),
            }),
            created_at: columns.time("created_at")?,
            standing_at: columns.time("standing_at")?,
            certificates: self.certificates_of(id)?,
        })
    }

    fn certificates_of(&self, epoch: u64) -> Result<Vec<B256>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT epoch AS rowid_, certificate FROM epoch_certificates WHERE epoch = ?1 ORDER BY position",
        )?;
        let mut rows = select.query([integer(epoch)?])?;
        let mut ids = Vec::new();
        while let Some(row) = rows.next()? {
            ids.push(Columns::of("epoch_certificates", row).hash("certificate")?);
        }
        Ok(ids)
    }
}
