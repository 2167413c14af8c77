//! Certificates and networks in AggLayer's words.

use alloy_primitives::B256;
use causeway_journal::{
    AttemptOutcome, CertificateRecord, EpochStanding, JobKind, JournalError, Standing, View,
};
use causeway_types::{ExitRoot, NetworkId};
use serde::Serialize;
use serde_json::{Value, json};

use crate::desk::NetworkStatus;

/// AggLayer's header of a certificate.
#[derive(Debug, Serialize)]
pub(super) struct Header {
    network_id: NetworkId,
    height: u64,
    epoch_number: Option<u64>,
    certificate_index: Option<u64>,
    certificate_id: B256,
    prev_local_exit_root: ExitRoot,
    new_local_exit_root: ExitRoot,
    metadata: B256,
    status: Value,
    settlement_job_id: Option<String>,
    settlement_tx_hash: Option<B256>,
}

/// AggLayer's summary of a network.
#[derive(Debug, Serialize)]
pub(super) struct NetworkInfo {
    network_status: &'static str,
    network_type: &'static str,
    network_id: NetworkId,
    settled_height: Option<u64>,
    settled_certificate_id: Option<B256>,
    // Causeway has no pessimistic root, and no claim is the last one.
    settled_pp_root: Option<B256>,
    settled_ler: Option<B256>,
    settled_let_leaf_count: Option<u64>,
    settled_claim: Option<Value>,
    latest_pending_height: Option<u64>,
    latest_pending_status: Option<Value>,
    latest_pending_error: Option<Value>,
    latest_epoch_with_settlement: Option<u64>,
}

/// What AggLayer calls where a certificate stands. Proven is what nobody can take back but L1; a candidate has a proof that goes there.
fn status(record: &CertificateRecord, epoch_proven: bool) -> Value {
    match record.standing {
        Standing::Waiting | Standing::Accepted => Value::from("Pending"),
        Standing::Assigned if epoch_proven => Value::from("Candidate"),
        Standing::Proven | Standing::Confirmed | Standing::Assigned => Value::from("Proven"),
        Standing::Settled | Standing::Finalized => Value::from("Settled"),
        Standing::Rejected | Standing::Expired | Standing::Superseded => {
            json!({ "InError": { "error": fault(record) } })
        }
    }
}

/// AggLayer's error of a certificate, with our reason as its text.
fn fault(record: &CertificateRecord) -> Value {
    let name = record.standing.name();
    let text = match &record.reason {
        Some(reason) => format!("{name}: {}: {}", reason.code, reason.detail),
        None => name.to_owned(),
    };
    json!({ "CertificationError": text })
}

impl Header {
    pub(super) fn of(view: &View<'_>, record: &CertificateRecord) -> Result<Self, JournalError> {
        let epoch = view.epoch_of(record.id)?;
        let index = epoch
            .as_ref()
            .and_then(|epoch| epoch.certificates.iter().position(|id| *id == record.id));
        let job = match &epoch {
            Some(epoch) => view.job_of(JobKind::Settle, &epoch.id.to_string())?,
            None => None,
        };
        let settled = record.standing.is_settled();
        let transaction = match &job {
            Some(job) if settled => view
                .attempts(job.id)?
                .into_iter()
                .find(|attempt| attempt.outcome == Some(AttemptOutcome::Success))
                .map(|attempt| attempt.hash),
            _ => None,
        };
        let proven = epoch
            .as_ref()
            .is_some_and(|epoch| epoch.standing == EpochStanding::Proven);
        let certificate = &record.certificate;
        Ok(Self {
            network_id: certificate.network,
            height: certificate.height,
            epoch_number: epoch.map(|epoch| epoch.id),
            certificate_index: index.map(|index| index as u64),
            certificate_id: record.lxly_id,
            prev_local_exit_root: certificate.prev_local_exit_root,
            new_local_exit_root: certificate.new_local_exit_root,
            metadata: certificate.metadata,
            status: status(record, proven),
            settlement_job_id: job.filter(|_| !settled).map(|job| job.id.to_string()),
            settlement_tx_hash: transaction,
        })
    }
}

/// Standings that AggLayer counts as pending: everything that is not settled, errors included.
pub(super) const PENDING: &[Standing] = &[
    Standing::Waiting,
    Standing::Accepted,
    Standing::Proven,
    Standing::Confirmed,
    Standing::Assigned,
    Standing::Rejected,
    Standing::Expired,
];

/// The highest certificate of a network that L1 does not have, if it is above all that L1 has.
pub(super) fn pending(
    view: &View<'_>,
    network: NetworkId,
) -> Result<Option<CertificateRecord>, JournalError> {
    let highest = view.highest_certificate(network, PENDING)?;
    let settled = settled(view, network)?.map(|record| record.certificate.height);
    Ok(highest.filter(|record| settled.is_none_or(|settled| record.certificate.height > settled)))
}

/// The highest certificate of a network that L1 has.
pub(super) fn settled(
    view: &View<'_>,
    network: NetworkId,
) -> Result<Option<CertificateRecord>, JournalError> {
    view.highest_certificate(network, &[Standing::Settled, Standing::Finalized])
}

impl NetworkInfo {
    pub(super) fn of(view: &View<'_>, network: &NetworkStatus) -> Result<Self, JournalError> {
        let settled = settled(view, network.network)?;
        let pending = pending(view, network.network)?;
        let epoch = match &settled {
            Some(record) => view.epoch_of(record.id)?,
            None => None,
        };
        let header = pending
            .as_ref()
            .map(|record| Header::of(view, record))
            .transpose()?;
        let dead = pending.as_ref().filter(|record| record.standing.is_dead());
        let any = network.settled_height > 0;
        Ok(Self {
            network_status: match (network.blocked_until.is_some(), network.history_complete) {
                (true, _) => "Error",
                (false, false) => "Syncing",
                (false, true) => "Active",
            },
            network_type: match network.kind {
                1 => "Ecdsa",
                2 => "Generic",
                3 => "MultisigAndAggchainProof",
                _ => "Unspecified",
            },
            network_id: network.network,
            settled_height: network.settled_height.checked_sub(1),
            settled_certificate_id: settled.map(|record| record.lxly_id),
            settled_pp_root: None,
            settled_ler: any.then_some(network.exit_root),
            settled_let_leaf_count: any.then_some(u64::from(network.exit_count)),
            settled_claim: None,
            latest_pending_height: header.as_ref().map(|header| header.height),
            latest_pending_status: header.map(|header| header.status),
            latest_pending_error: dead.map(fault),
            latest_epoch_with_settlement: epoch.map(|epoch| epoch.id),
        })
    }
}
