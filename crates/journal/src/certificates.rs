//! Certificates: what was received, and where each stands.
//!
//! They are known by the hash of all that they say. LxLy's id leaves out Causeway's fields and every authorisation: the same exits with
//! another expiry are another certificate.

use alloy_primitives::{B256, keccak256};
use causeway_types::{Certificate, GoldilocksDigest, NetworkId};
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use crate::columns::{Columns, integer};
use crate::error::JournalError;
use crate::journal::{Change, View};
use crate::standing::{Reason, ReasonClass, Standing};
use crate::time::Timestamp;

/// A certificate on its arrival.
#[derive(Clone, Copy, Debug)]
pub struct NewCertificate<'a> {
    /// It.
    pub certificate: &'a Certificate,
    /// What its network signs or proves, if its predecessors are here.
    pub digest: Option<GoldilocksDigest>,
    /// Who sent it, as the service knows him.
    pub source: &'a str,
    /// Waiting or accepted.
    pub standing: Standing,
    /// Why it waits.
    pub reason: Option<&'a Reason>,
    /// Until when it may wait for others.
    pub deadline: Option<Timestamp>,
}

/// What became of a certificate on its arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intake {
    /// It is new.
    New,
    /// It was here already; nothing changed.
    Known(Standing),
}

/// A certificate in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRecord {
    /// Its number in the order of arrival.
    pub seq: u64,
    /// Its id: see [`certificate_id`].
    pub id: B256,
    /// LxLy's id, which others may share.
    pub lxly_id: B256,
    /// What its network signs or proves, as 32 bytes, if that is known.
    pub digest: Option<B256>,
    /// It.
    pub certificate: Certificate,
    /// Where it stands.
    pub standing: Standing,
    /// Why there.
    pub reason: Option<Reason>,
    /// Who sent it.
    pub source: String,
    /// Until when it may wait for others.
    pub deadline: Option<Timestamp>,
    /// When it came.
    pub received_at: Timestamp,
    /// Since when it stands there.
    pub standing_at: Timestamp,
}

/// Which certificates to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct CertificateFilter {
    /// Of this network.
    pub network: Option<NetworkId>,
    /// That stand there.
    pub standing: Option<Standing>,
    /// That came before this number: lists begin with the newest.
    pub before: Option<u64>,
}

#[derive(Serialize)]
struct Moved<'a> {
    standing: Standing,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a Reason>,
}

/// The id of a certificate: keccak256 of all of it, in the JSON in which it is kept.
pub fn certificate_id(certificate: &Certificate) -> B256 {
    keccak256(payload(certificate))
}

fn payload(certificate: &Certificate) -> Vec<u8> {
    // A certificate always has a JSON: it is made of plain values.
    serde_json::to_vec(certificate).unwrap_or_default()
}

const COLUMNS: &str = "SELECT seq AS rowid_, * FROM certificates";
const SOUND: &str = "seq NOT IN (SELECT row FROM quarantine WHERE source = 'certificates')";

impl Change<'_> {
    /// Takes a certificate in. The same one again changes nothing.
    ///
    /// # Errors
    /// [`JournalError::HeightTaken`] if another live one has its height, or one of the database.
    pub fn take_certificate(&self, new: &NewCertificate<'_>) -> Result<Intake, JournalError> {
        let payload = payload(new.certificate);
        let id = keccak256(&payload);
        let (network, height) = (new.certificate.network, new.certificate.height);
        if let Some(known) = self.view().standing(id)? {
            return Ok(Intake::Known(known));
        }
        if let Some(live) = self.view().live_certificate(network, height)? {
            return Err(JournalError::HeightTaken {
                network,
                height,
                live,
            });
        }
        let mut insert = self.sql().prepare_cached(
            "INSERT INTO certificates(id, lxly_id, network, height, digest, standing, code, class, detail, payload, source,
             deadline, received_at, standing_at) VALUES (?1, ?13, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)",
        )?;
        insert.execute(params![
            id.as_slice(),
            network.get(),
            integer(height)?,
            new.digest
                .map(B256::from)
                .as_ref()
                .map(|digest| digest.as_slice()),
            new.standing.name(),
            new.reason.map(|reason| &reason.code),
            new.reason.and_then(|reason| reason.class).map(ReasonClass::name),
            new.reason.map(|reason| &reason.detail),
            payload,
            new.source,
            new.deadline.map(|at| integer(at.millis())).transpose()?,
            integer(self.at().millis())?,
            new.certificate.id().as_slice(),
        ])?;
        let moved = Moved {
            standing: new.standing,
            reason: new.reason,
        };
        self.tell("certificate", &id.to_string(), &moved)?;
        Ok(Intake::New)
    }

    /// Moves a certificate. Where it stands already, only its reason is renewed, and nobody is told.
    ///
    /// # Errors
    /// [`JournalError::UnknownCertificate`], [`JournalError::CertificateMove`], or one of the database.
    pub fn move_certificate(
        &self,
        id: B256,
        to: Standing,
        reason: Option<&Reason>,
    ) -> Result<(), JournalError> {
        let from = self
            .view()
            .standing(id)?
            .ok_or(JournalError::UnknownCertificate { id })?;
        if from != to && !from.becomes(to) {
            return Err(JournalError::CertificateMove { id, from, to });
        }
        let mut update = self.sql().prepare_cached(
            "UPDATE certificates SET standing = ?2, code = ?3, class = ?4, detail = ?5,
             standing_at = CASE standing WHEN ?2 THEN standing_at ELSE ?6 END WHERE id = ?1",
        )?;
        update.execute(params![
            id.as_slice(),
            to.name(),
            reason.map(|reason| &reason.code),
            reason.and_then(|reason| reason.class).map(ReasonClass::name),
            reason.map(|reason| &reason.detail),
            integer(self.at().millis())?,
        ])?;
        if from != to {
            let moved = Moved { standing: to, reason };
            self.tell("certificate", &id.to_string(), &moved)?;
        }
        Ok(())
    }

    /// Puts a certificate that was damaged here in its place again, whole: it is no longer set aside.
    ///
    /// # Errors
    /// [`JournalError::UnknownCertificate`], or one of the database.
    pub fn mend_certificate(&self, certificate: &Certificate) -> Result<(), JournalError> {
        let payload = payload(certificate);
        let id = keccak256(&payload);
        let seq: Option<i64> = self
            .sql()
            .query_row(
                "UPDATE certificates SET payload = ?2 WHERE id = ?1 RETURNING seq",
                params![id.as_slice(), payload],
                |row| row.get(0),
            )
            .optional()?;
        let seq = seq.ok_or(JournalError::UnknownCertificate { id })?;
        self.release("certificates", seq.unsigned_abs())?;
        Ok(())
    }

    /// Notes what a certificate's network authorises, once that is known.
    ///
    /// # Errors
    /// [`JournalError::UnknownCertificate`], or one of the database.
    pub fn set_digest(&self, id: B256, digest: GoldilocksDigest) -> Result<(), JournalError> {
        let updated = self.sql().execute(
            "UPDATE certificates SET digest = ?2 WHERE id = ?1",
            params![id.as_slice(), B256::from(digest).as_slice()],
        )?;
        (updated > 0)
            .then_some(())
            .ok_or(JournalError::UnknownCertificate { id })
    }

    /// Sets until when a certificate may wait for others.
    ///
    /// # Errors
    /// [`JournalError::UnknownCertificate`], or one of the database.
    pub fn set_deadline(&self, id: B256, deadline: Option<Timestamp>) -> Result<(), JournalError> {
        let updated = self.sql().execute(
            "UPDATE certificates SET deadline = ?2 WHERE id = ?1",
            params![
                id.as_slice(),
                deadline.map(|at| integer(at.millis())).transpose()?
            ],
        )?;
        (updated > 0)
            .then_some(())
            .ok_or(JournalError::UnknownCertificate { id })
    }

    /// Keeps the proof that a network made of its own certificate. The first one of a digest counts.
    ///
    /// # Errors
    /// [`JournalError::UnknownCertificate`], or one of the database.
    pub fn keep_own_proof(
        &self,
        id: B256,
        digest: GoldilocksDigest,
        bytes: &[u8],
    ) -> Result<(), JournalError> {
        if self.view().standing(id)?.is_none() {
            return Err(JournalError::UnknownCertificate { id });
        }
        self.sql().execute(
            "INSERT INTO own_proofs(certificate, digest, bytes, received_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT(certificate) DO UPDATE SET digest = excluded.digest, bytes = excluded.bytes,
             received_at = excluded.received_at WHERE digest <> excluded.digest",
            params![
                id.as_slice(),
                B256::from(digest).as_slice(),
                bytes,
                integer(self.at().millis())?
            ],
        )?;
        Ok(())
    }

    /// Throws the proof away that a network made of its own certificate, because it is none: another may come.
    ///
    /// # Errors
    /// One of the database.
    pub fn drop_own_proof(&self, id: B256) -> Result<(), JournalError> {
        self.sql()
            .execute("DELETE FROM own_proofs WHERE certificate = ?1", [id.as_slice()])?;
        Ok(())
    }

    /// Notes something for which a network may be blocked: a certificate that was accepted and never proven, say. The same of the same
    /// subject counts once.
    ///
    /// # Errors
    /// One of the database.
    pub fn note_offence(&self, network: NetworkId, kind: &str, subject: &str) -> Result<(), JournalError> {
        self.sql().execute(
            "INSERT INTO offences(network, kind, subject, at) SELECT ?1, ?2, ?3, ?4
             WHERE NOT EXISTS (SELECT 1 FROM offences WHERE network = ?1 AND kind = ?2 AND subject = ?3)",
            params![network.get(), kind, subject, integer(self.at().millis())?],
        )?;
        Ok(())
    }
}

impl View<'_> {
    /// Where a certificate stands.
    ///
    /// # Errors
    /// One of the database.
    pub fn standing(&self, id: B256) -> Result<Option<Standing>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT seq AS rowid_, standing FROM certificates WHERE id = ?1")?;
        let mut rows = select.query([id.as_slice()])?;
        rows.next()?
            .map(|row| Columns::of("certificates", row).parse("standing", Standing::of_name))
            .transpose()
    }

    /// A certificate.
    ///
    /// # Errors
    /// One of the database.
    pub fn certificate(&self, id: B256) -> Result<Option<CertificateRecord>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
        let mut rows = select.query([id.as_slice()])?;
        rows.next()?.map(record).transpose()
    }

    /// The newest certificate of an id of LxLy's: the live one, if one of those that share it is.
    ///
    /// # Errors
    /// One of the database.
    pub fn certificate_by_lxly_id(&self, lxly_id: B256) -> Result<Option<CertificateRecord>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE lxly_id = ?1
             ORDER BY standing IN ('rejected', 'expired', 'superseded'), seq DESC LIMIT 1"
        ))?;
        let mut rows = select.query([lxly_id.as_slice()])?;
        rows.next()?.map(record).transpose()
    }

    /// The proof that a network made of its own certificate, if it has come.
    ///
    /// # Errors
    /// One of the database.
    pub fn own_proof(&self, id: B256) -> Result<Option<Vec<u8>>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT bytes FROM own_proofs WHERE certificate = ?1")?;
        Ok(select.query_row([id.as_slice()], |row| row.get(0)).optional()?)
    }

    /// What the proof that a network made of its own certificate proves, if it has come: the certificate's digest when it came.
    ///
    /// # Errors
    /// One of the database.
    pub fn own_proof_digest(&self, id: B256) -> Result<Option<B256>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT rowid AS rowid_, digest FROM own_proofs WHERE certificate = ?1")?;
        let mut rows = select.query([id.as_slice()])?;
        rows.next()?
            .map(|row| Columns::of("own_proofs", row).hash("digest"))
            .transpose()
    }

    /// The id of the live certificate at a height.
    ///
    /// # Errors
    /// One of the database.
    pub fn live_certificate(&self, network: NetworkId, height: u64) -> Result<Option<B256>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT id FROM certificates WHERE network = ?1 AND height = ?2
             AND standing NOT IN ('rejected', 'expired', 'superseded')",
        )?;
        let id: Option<Vec<u8>> = select
            .query_row(params![network.get(), integer(height)?], |row| row.get(0))
            .optional()?;
        Ok(id.and_then(|id| B256::try_from(id.as_slice()).ok()))
    }

    /// All certificates of a network at a height that can be read, the live one first.
    ///
    /// # Errors
    /// One of the database.
    pub fn certificates_of_height(
        &self,
        network: NetworkId,
        height: u64,
    ) -> Result<Vec<CertificateRecord>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE network = ?1 AND height = ?2 AND {SOUND}
             ORDER BY standing IN ('rejected', 'expired', 'superseded'), seq DESC"
        ))?;
        let mut rows = select.query(params![network.get(), integer(height)?])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(record(row)?);
        }
        Ok(records)
    }

    /// All certificates of a standing that are not in quarantine, in the order of their arrival.
    ///
    /// # Errors
    /// One of the database. A row that cannot be read is one: whoever puts it in quarantine can read the others.
    pub fn certificates_at(&self, standing: Standing) -> Result<Vec<CertificateRecord>, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached(&format!("{COLUMNS} WHERE standing = ?1 AND {SOUND} ORDER BY seq"))?;
        let mut rows = select.query([standing.name()])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(record(row)?);
        }
        Ok(records)
    }

    /// How many certificates of a standing there are that are not in quarantine, and since when the oldest of them stands there.
    ///
    /// # Errors
    /// One of the database.
    pub fn certificates_since(&self, standing: Standing) -> Result<(u64, Option<Timestamp>), JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "SELECT count(*), min(standing_at) FROM certificates WHERE standing = ?1 AND {SOUND}"
        ))?;
        let (count, oldest): (i64, Option<i64>) =
            select.query_row([standing.name()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((
            count.unsigned_abs(),
            oldest.map(|millis| Timestamp::from_millis(millis.unsigned_abs())),
        ))
    }

    /// The newest certificate of a network with one of these standings, by height.
    ///
    /// # Errors
    /// One of the database.
    pub fn highest_certificate(
        &self,
        network: NetworkId,
        standings: &[Standing],
    ) -> Result<Option<CertificateRecord>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE network = ?1 AND instr(?2, '|' || standing || '|') > 0 ORDER BY height DESC, seq DESC LIMIT 1"
        ))?;
        let mut rows = select.query(params![network.get(), name_list(standings)])?;
        rows.next()?.map(record).transpose()
    }

    /// When the oldest certificate of a network came that has one of these standings.
    ///
    /// # Errors
    /// One of the database.
    pub fn oldest_certificate(
        &self,
        network: NetworkId,
        standings: &[Standing],
    ) -> Result<Option<Timestamp>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT min(received_at) FROM certificates WHERE network = ?1 AND instr(?2, '|' || standing || '|') > 0",
        )?;
        let oldest: Option<i64> =
            select.query_row(params![network.get(), name_list(standings)], |row| row.get(0))?;
        Ok(oldest.map(|millis| Timestamp::from_millis(millis.unsigned_abs())))
    }

    /// A page of certificates, the newest first.
    ///
    /// # Errors
    /// One of the database.
    pub fn certificates(
        &self,
        filter: &CertificateFilter,
        most: u32,
    ) -> Result<Vec<CertificateRecord>, JournalError> {
        let mut select = self.sql().prepare_cached(&format!(
            "{COLUMNS} WHERE (?1 IS NULL OR network = ?1) AND (?2 IS NULL OR standing = ?2) AND (?3 IS NULL OR seq < ?3)
             AND {SOUND} ORDER BY seq DESC LIMIT ?4"
        ))?;
        let mut rows = select.query(params![
            filter.network.map(NetworkId::get),
            filter.standing.map(Standing::name),
            filter.before.map(integer).transpose()?,
            most,
        ])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(record(row)?);
        }
        Ok(records)
    }

    /// How many certificates of each standing there are.
    ///
    /// # Errors
    /// One of the database.
    pub fn count_certificates(&self) -> Result<Vec<(Standing, u64)>, JournalError> {
        let mut select = self.sql().prepare_cached(
            "SELECT 0 AS rowid_, standing, count(*) AS number FROM certificates GROUP BY standing",
        )?;
        let mut rows = select.query([])?;
        let mut counts = Vec::new();
        while let Some(row) = rows.next()? {
            let columns = Columns::of("certificates", row);
            counts.push((
                columns.parse("standing", Standing::of_name)?,
                columns.number("number")?,
            ));
        }
        Ok(counts)
    }

    /// How often a network did something for which it may be blocked, since a time.
    ///
    /// # Errors
    /// One of the database.
    pub fn count_offences(&self, network: NetworkId, since: Timestamp) -> Result<u64, JournalError> {
        let mut select = self
            .sql()
            .prepare_cached("SELECT count(*) FROM offences WHERE network = ?1 AND at >= ?2")?;
        let count: i64 =
            select.query_row(params![network.get(), integer(since.millis())?], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

/// Names between bars: a list that one parameter can hold.
pub(crate) fn name_list(standings: &[Standing]) -> String {
    let names = standings.iter().map(|standing| standing.name());
    names.fold("|".to_owned(), |list, name| list + name + "|")
}

fn record(row: &Row<'_>) -> Result<CertificateRecord, JournalError> {
    let columns = Columns::of("certificates", row);
    let payload: Vec<u8> = columns.get("payload")?;
    let certificate: Certificate =
        serde_json::from_slice(&payload).map_err(|_| columns.damaged("payload"))?;
    let id = columns.hash("id")?;
    // What was damaged on the disk and still reads as a certificate is another one.
    if keccak256(&payload) != id {
        return Err(columns.damaged("payload"));
    }
    let code: Option<String> = columns.get("code")?;
    let reason = match code {
        None => None,
        Some(code) => Some(Reason {
            code,
            class: columns.parse_maybe("class", ReasonClass::of_name)?,
            detail: columns.get::<Option<String>>("detail")?.unwrap_or_default(),
        }),
    };
    Ok(CertificateRecord {
        seq: columns.number("seq")?,
        id,
        lxly_id: columns.hash("lxly_id")?,
        digest: columns.hash_maybe("digest")?,
        certificate,
        standing: columns.parse("standing", Standing::of_name)?,
        reason,
        source: columns.get("source")?,
        deadline: columns.time_maybe("deadline")?,
        received_at: columns.time("received_at")?,
        standing_at: columns.time("standing_at")?,
    })
}
