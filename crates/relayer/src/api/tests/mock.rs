//! A desk that does what a test says, on a real journal.

use std::sync::{Arc, Mutex};

use alloy_primitives::{Address, B256, U256, address, b256, bytes};
use causeway_journal::{
    CertificateRecord, ClaimKey, Fingerprint, Intake, Journal, JournalError, NewCertificate, Standing,
    Timestamp, certificate_id,
};
use causeway_types::{
    Certificate, CertificateJson, Exit, ExitRoot, Expiry, LeafType, LxlyAuthorisation, NetworkId, TokenId,
};
use serde_json::json;

use crate::api::now;
use crate::desk::{
    Acted, Cause, ClaimCall, Code, Component, Desk, Exits, NetworkStatus, NextEpoch, Operator, Refusal,
    Status, Submitted, TaskStatus, TierExits, WalletStatus,
};

pub(super) const FINGERPRINT: Fingerprint = Fingerprint {
    chain_id: 1,
    genesis: Some(b256!(
        "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"
    )),
    settlement: address!("1111111111111111111111111111111111111111"),
    bridge: address!("2222222222222222222222222222222222222222"),
};

/// A certificate with one exit; the salt tells those of one height apart.
pub(in crate::api) fn certificate(network: u32, height: u64, salt: u64) -> Certificate {
    let exit = Exit {
        leaf_type: LeafType::Transfer,
        token: TokenId {
            network: NetworkId::MAINNET,
            address: Address::ZERO,
        },
        destination_network: NetworkId::MAINNET,
        destination_address: Address::with_last_byte(7),
        amount: U256::from(salt),
        metadata_hash: causeway_types::EMPTY_METADATA_HASH,
    };
    Certificate {
        network: NetworkId::new(network),
        height,
        prev_local_exit_root: ExitRoot::EMPTY,
        new_local_exit_root: ExitRoot::new(B256::from(U256::from(salt))),
        exits: vec![exit],
        imports: Vec::new(),
        metadata: B256::ZERO,
        lxly: LxlyAuthorisation::None,
        custom_chain_data: Vec::new(),
        l1_info_tree_leaf_count: None,
        state_root: None,
        contingencies: Vec::new(),
        expiry: Expiry::NEVER,
        authority: None,
    }
}

/// Its JSON.
pub(in crate::api) fn body(certificate: &Certificate) -> String {
    serde_json::to_string(certificate).expect("a certificate's JSON")
}

/// A desk for tests.
#[derive(Debug)]
pub(super) struct MockDesk {
    journal: Arc<Journal>,
    /// What is answered to the next certificates, instead of taking them in.
    pub(super) refuses: Mutex<Option<Refusal>>,
    /// Whether a part is not well.
    pub(super) ill: Mutex<bool>,
    /// What operators asked for.
    pub(super) acted: Mutex<Vec<(String, Operator)>>,
    /// Proofs that came.
    pub(super) proofs: Mutex<Vec<(B256, Vec<u8>)>>,
}

impl MockDesk {
    pub(super) fn new(journal: Arc<Journal>) -> Self {
        Self {
            journal,
            refuses: Mutex::default(),
            ill: Mutex::default(),
            acted: Mutex::default(),
            proofs: Mutex::default(),
        }
    }

    pub(super) fn refuse(&self, refusal: Refusal) {
        *self.refuses.lock().expect("a lock") = Some(refusal);
    }

    fn act(&self, what: String, by: &Operator) -> Result<Acted, Refusal> {
        let entry = self.journal.change(now(), |change| {
            change.audit(&by.name, &what, "7", &by.reason, Some("live"), Some("queued"))?;
            change.view().newest_audit()
        });
        let entry = entry.map_err(|error: JournalError| Refusal::new(Code::Storage, error.to_string()))?;
        self.acted.lock().expect("a lock").push((what, by.clone()));
        Ok(entry.expect("an entry").into())
    }
}

/// Exits whose root is their number.
fn exits(exit_count: u32) -> Exits {
    Exits {
        exit_count,
        exit_root: B256::from(U256::from(exit_count)),
    }
}

pub(super) fn network(id: u32) -> NetworkStatus {
    NetworkStatus {
        network: NetworkId::new(id),
        name: Some("payments".to_owned()),
        kind: 1,
        signer: Some(Address::with_last_byte(9)),
        settled_height: 1,
        exit_root: B256::with_last_byte(1),
        exit_count: 3,
        state_root: B256::ZERO,
        exits: TierExits {
            pre_confirmed: exits(5),
            confirmed: exits(4),
            settled: exits(3),
            finalized: exits(2),
        },
        history_complete: true,
        next_height: 2,
        oldest_unsettled: Some(Timestamp::from_millis(1_700_000_000_000)),
        blocked_until: None,
    }
}

impl Desk for MockDesk {
    fn submit(
        &self,
        certificate: CertificateJson,
        own_proof: Option<&[u8]>,
        source: &str,
    ) -> Result<Submitted, Refusal> {
        if let Some(refusal) = self.refuses.lock().expect("a lock").clone() {
            return Err(refusal);
        }
        let certificate = Certificate::try_from(certificate)
            .map_err(|error| Refusal::new(Code::Malformed, error.to_string()))?;
        let taken = self.journal.change(now(), |change| {
            change.take_certificate(&NewCertificate {
                certificate: &certificate,
                digest: None,
                source,
                standing: Standing::Accepted,
                reason: None,
                deadline: None,
            })
        });
        if let (Ok(_), Some(proof)) = (&taken, own_proof) {
            let mut proofs = self.proofs.lock().expect("a lock");
            proofs.push((certificate_id(&certificate), proof.to_vec()));
        }
        match taken {
            Ok(intake) => Ok(Submitted {
                id: certificate_id(&certificate),
                lxly_id: certificate.id(),
                standing: Standing::Accepted,
                reason: None,
                known: matches!(intake, Intake::Known(_)),
            }),
            Err(error @ JournalError::HeightTaken { live, .. }) => {
                Err(Refusal::new(Code::HeightConflict, error.to_string()).with(json!({ "live": live })))
            }
            Err(error) => Err(Refusal::new(Code::Storage, error.to_string())),
        }
    }

    fn submit_own_proof(&self, certificate: B256, proof: &[u8]) -> Result<Submitted, Refusal> {
        let record = self
            .journal
            .read(|view| view.certificate(certificate))
            .map_err(|error: JournalError| Refusal::new(Code::Storage, error.to_string()))?;
        let record =
            record.ok_or_else(|| Refusal::new(Code::NotFound, format!("no certificate {certificate}")))?;
        self.proofs
            .lock()
            .expect("a lock")
            .push((certificate, proof.to_vec()));
        Ok(Submitted {
            id: record.id,
            lxly_id: record.lxly_id,
            standing: record.standing,
            reason: None,
            known: false,
        })
    }

    fn explain(&self, certificate: &CertificateRecord) -> Vec<Cause> {
        vec![Cause {
            code: "waits_for_epoch".to_owned(),
            detail: "an epoch closes with 64 certificates or after 10m".to_owned(),
            about: Some(certificate.id.to_string()),
        }]
    }

    fn network(&self, id: NetworkId) -> Option<NetworkStatus> {
        self.networks().into_iter().find(|network| network.network == id)
    }

    fn networks(&self) -> Vec<NetworkStatus> {
        vec![network(7), network(8)]
    }

    fn next_epoch(&self) -> Result<NextEpoch, Refusal> {
        if *self.ill.lock().expect("a lock") {
            return Err(Refusal::new(Code::NotReady, "L1 has not been read yet").after(5));
        }
        Ok(NextEpoch {
            holds: vec![Cause {
                code: "none_confirmed".to_owned(),
                detail: "no certificate is confirmed".to_owned(),
                about: None,
            }],
            closes_at: None,
            missing: 64,
            most: 64,
            certificates: Vec::new(),
            deposits: 2,
            registry_entries: 1,
            gas: None,
            expiry: None,
            waiting: Vec::new(),
            waiting_count: 0,
        })
    }

    fn status(&self) -> Status {
        let ready = !*self.ill.lock().expect("a lock");
        let detail = if ready { "2 nodes" } else { "no node answers" };
        Status {
            chain_id: 1,
            settlement: FINGERPRINT.settlement,
            block: Some(100),
            commitment: Some(B256::with_last_byte(5)),
            components: vec![Component {
                name: "l1_read",
                ready,
                detail: detail.to_owned(),
            }],
            endpoints: vec![causeway_chain::EndpointStatus {
                name: "own-node".to_owned(),
                well: ready,
                head: Some(100),
                faults: 0,
                last_fault: None,
            }],
            wallets: vec![WalletStatus {
                name: "settlement".to_owned(),
                chain: 1,
                address: Address::with_last_byte(3),
                balance: Some(U256::from(10_u64.pow(18))),
                low_below: U256::from(10_u64.pow(17)),
                nonce: Some(4),
            }],
            tasks: vec![TaskStatus {
                name: "settle".to_owned(),
                last_tick: Some(Timestamp::from_millis(1_700_000_000_000)),
                limit_s: 60,
                restarts: 1,
            }],
        }
    }

    fn claim_call(&self, claim: ClaimKey) -> Result<ClaimCall, Refusal> {
        if claim.deposit != 0 {
            return Err(Refusal::new(Code::NotReady, "network 7 knows no root that covers it").after(30));
        }
        Ok(ClaimCall {
            network: claim.destination,
            to: FINGERPRINT.bridge,
            data: bytes!("ccaa2d11"),
            value: U256::ZERO,
        })
    }

    fn retry_job(&self, job: u64, by: &Operator) -> Result<Acted, Refusal> {
        if job != 7 {
            return Err(Refusal::new(Code::NotFound, format!("there is no job {job}")));
        }
        self.act("retry".to_owned(), by)
    }

    fn abort_job(&self, _: u64, by: &Operator) -> Result<Acted, Refusal> {
        self.act("abort".to_owned(), by)
    }

    fn reject_certificate(&self, _: B256, by: &Operator) -> Result<Acted, Refusal> {
        self.act("reject".to_owned(), by)
    }
}
