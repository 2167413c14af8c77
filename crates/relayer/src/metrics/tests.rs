use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alloy_primitives::{Address, B256, U256, address, b256};
use causeway_journal::{
    ClaimKey, ClaimStanding, Fees, Fingerprint, Hold, JobKind, Mined, NewCertificate, NewEpoch, NewJob,
    ProofKind, Scope, Signed, Standing, Wallet, certificate_id,
};
use causeway_types::{Certificate, ExitRoot, Expiry, LxlyAuthorisation, NetworkId};
use tempfile::TempDir;

use super::*;
use crate::desk::{Component, Exits, TaskStatus, TierExits, WalletStatus};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn journal(folder: &TempDir) -> Journal {
    let fingerprint = Fingerprint {
        chain_id: 1,
        genesis: Some(b256!(
            "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"
        )),
        settlement: address!("1111111111111111111111111111111111111111"),
        bridge: address!("2222222222222222222222222222222222222222"),
    };
    Journal::open(&folder.path().join("relayer.db"), &fingerprint).expect("a journal")
}

fn certificate(height: u64) -> Certificate {
    Certificate {
        network: NetworkId::new(7),
        height,
        prev_local_exit_root: ExitRoot::EMPTY,
        new_local_exit_root: ExitRoot::EMPTY,
        exits: Vec::new(),
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

fn wallet() -> Wallet {
    Wallet {
        chain: 1,
        address: Address::with_last_byte(3),
    }
}

fn status() -> Status {
    Status {
        chain_id: 1,
        settlement: Address::ZERO,
        block: Some(100),
        commitment: None,
        components: vec![Component {
            name: "wallet",
            ready: false,
            detail: "it is empty".to_owned(),
        }],
        endpoints: vec![causeway_chain::EndpointStatus {
            name: "own-node".to_owned(),
            well: true,
            head: Some(100),
            faults: 0,
            last_fault: None,
        }],
        wallets: vec![WalletStatus {
            name: "settlement".to_owned(),
            chain: 1,
            address: wallet().address,
            balance: Some(U256::from(5)),
            low_below: U256::from(7),
            nonce: Some(4),
        }],
        tasks: vec![TaskStatus {
            name: "settle".to_owned(),
            last_tick: Some(NOW),
            limit_s: 60,
            restarts: 2,
        }],
    }
}

const NONE: Exits = Exits {
    exit_count: 0,
    exit_root: B256::ZERO,
};

fn network() -> NetworkStatus {
    NetworkStatus {
        network: NetworkId::new(7),
        name: None,
        kind: 1,
        signer: None,
        settled_height: 3,
        exit_root: B256::ZERO,
        exit_count: 0,
        state_root: B256::ZERO,
        exits: TierExits {
            pre_confirmed: NONE,
            confirmed: NONE,
            settled: NONE,
            finalized: NONE,
        },
        history_complete: true,
        next_height: 5,
        oldest_unsettled: Some(Timestamp::from_millis(NOW.millis() - 90_000)),
        blocked_until: None,
    }
}

fn take(journal: &Journal, certificate: &Certificate, at: Timestamp) {
    let taken = journal.change(at, |change| {
        change.take_certificate(&NewCertificate {
            certificate,
            digest: None,
            source: "test",
            standing: Standing::Accepted,
            reason: None,
            deadline: None,
        })
    });
    taken
        .map(|_| ())
        .map_err(|error: JournalError| error.to_string())
        .expect("taken in");
}

/// Everything that is counted happens once, five seconds after what was before it.
fn live(journal: &Journal, metrics: &Metrics) -> Result<(), JournalError> {
    let later = |seconds| NOW.after(Duration::from_secs(seconds));
    take(journal, &certificate(0), later(0));
    take(journal, &certificate(1), later(0));
    let id = certificate_id(&certificate(0));
    let key = ClaimKey {
        origin: NetworkId::new(7),
        destination: NetworkId::MAINNET,
        deposit: 1,
    };
    journal.change(later(5), |change| -> Result<(), JournalError> {
        change.move_certificate(id, Standing::Proven, None)?;
        change.move_certificate(id, Standing::Confirmed, None)?;
        let epoch = change.open_epoch(&NewEpoch {
            before: B256::ZERO,
            after: B256::with_last_byte(1),
            inputs: "{}",
            certificates: &[id],
        })?;
        let proof = change.ask_proof(ProofKind::Epoch, "1")?;
        change.finish_proof(proof, b"proof")?;
        change.ask_proof(ProofKind::Transition, "2")?;
        change.prove_epoch(epoch, "{}")?;
        change.see_claim(key, U256::from(1), "{}")?;
        change.move_claim(key, ClaimStanding::Claimed, None, None)?;
        change.pause(Scope::Claims, "ann", "x", None)?;
        change.quarantine("jobs", 99, "it cannot be read")
    })?;
    let signed = |hash, tip| Signed {
        job: 1,
        nonce: 4,
        hash: B256::with_last_byte(hash),
        raw: &[9],
        fees: Fees { max_fee: 30, tip },
        gas: 21_000,
    };
    let job = |kind, subject: &'static str| NewJob {
        kind,
        subject,
        wallet: wallet(),
        target: Address::ZERO,
        calldata: &[],
        value: U256::ZERO,
    };
    journal.change(later(5), |change| -> Result<(), JournalError> {
        change.make_job(&job(JobKind::Settle, "1"))?;
        change.record_attempt(&signed(1, 1))?;
        change.record_attempt(&signed(2, 2))?;
        let held = change.make_job(&job(JobKind::Push, "7"))?;
        change.record_attempt(&Signed {
            job: held,
            nonce: 5,
            ..signed(3, 1)
        })?;
        change.hold_job(held, Some(Hold::Ceiling), None, later(60))
    })?;
    journal.change(later(10), |change| -> Result<(), JournalError> {
        let mined = Mined {
            block: 100,
            block_hash: B256::with_last_byte(7),
            gas_used: 21_000,
            fee_paid: 630_000,
        };
        change.note_mined(B256::with_last_byte(2), true, &mined, None)?;
        change.note_reorg(1, 2)?;
        change.move_certificate(id, Standing::Settled, None)?;
        change.move_certificate(id, Standing::Finalized, None)
    })?;
    take(journal, &certificate(2), later(10));
    let second = Duration::from_secs(1);
    metrics.answered("public", "/healthz", 200, second);
    metrics.handed_in("new");
    let silent = CallError::Missing {
        endpoint: "own-node".to_owned(),
        method: "eth_call",
    };
    metrics.called("own-node", "eth_call", second, Some(&silent));
    metrics.committed(second);
    metrics.backed_up(NOW);
    Ok(())
}

/// What is printed of a relayer in which everything happened.
fn printed() -> String {
    let folder = TempDir::new().expect("a folder");
    let (journal, metrics) = (journal(&folder), Metrics::new());
    let text = || {
        metrics.text(
            &journal,
            &status(),
            &[network()],
            NOW.after(Duration::from_secs(10)),
        )
    };
    text().expect("metrics");
    live(&journal, &metrics).expect("a life");
    text().expect("metrics")
}

/// The names of all samples in a text of metrics.
fn names_in(text: &str) -> BTreeSet<String> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let name = |line: &str| line.split(['{', ' ']).next().map(str::to_owned);
    samples.filter_map(name).collect()
}

#[test]
fn every_metric_of_the_table_is_printed_and_nothing_else() {
    let expected: BTreeSet<String> = names::ALL.iter().flat_map(|name| name.printed()).collect();
    let found = names_in(&printed());
    assert_eq!(found, expected);
}

#[test]
fn what_happened_is_counted_once_and_timed() {
    let text = printed();
    for line in [
        "causeway_certificate_moves_total{standing=\"finalized\"} 1.0",
        "causeway_certificate_stage_seconds_sum{standing=\"accepted\"} 5.0",
        "causeway_certificate_total_seconds_sum 10.0",
        "causeway_attempts_total{kind=\"first\"} 2.0",
        "causeway_attempts_total{kind=\"bump\"} 1.0",
        "causeway_attempt_outcomes_total{outcome=\"success\"} 1.0",
        "causeway_fee_spent_wei_total{kind=\"settle\"} 630000.0",
        "causeway_inclusion_seconds_sum{kind=\"settle\"} 5.0",
        "causeway_job_holds_total{hold=\"ceiling\"} 1.0",
        "causeway_jobs_held{hold=\"ceiling\"} 1.0",
        "causeway_oldest_unsettled_seconds{network=\"7\"} 100.0",
        "causeway_task_restarts_total{task=\"settle\"} 2.0",
        "causeway_wallet_nonce{wallet=\"settlement\",chain=\"1\",kind=\"mined\"} 4.0",
        "causeway_wallet_nonce{wallet=\"settlement\",chain=\"1\",kind=\"lowest_open\"} 5.0",
        "causeway_reorgs_total 1",
        "causeway_reorg_depth_sum 2.0",
        "causeway_rpc_errors_total{endpoint=\"own-node\",class=\"missing\"} 1.0",
        "causeway_paused{scope=\"claims\"} 1.0",
        "causeway_component_ready{component=\"wallet\"} 0.0",
        "causeway_backup_timestamp_seconds{} 1700000000.0",
    ] {
        assert!(
            text.lines().any(|other| other == line),
            "{line} is not in\n{text}"
        );
    }
}

#[test]
fn what_was_before_the_start_is_not_counted() {
    let folder = TempDir::new().expect("a folder");
    let (journal, metrics) = (journal(&folder), Metrics::new());
    take(&journal, &certificate(0), NOW);
    for _ in 0..2 {
        let text = metrics.text(&journal, &status(), &[], NOW).expect("metrics");
        assert!(!text.contains("causeway_certificate_moves_total{"), "{text}");
        assert!(
            text.contains("causeway_certificates{standing=\"accepted\"} 1.0"),
            "{text}"
        );
    }
}

fn deployed(name: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../deploy")
        .join(name);
    std::fs::read_to_string(path).expect("a file")
}

/// Every name in a text that begins as ours do.
fn named_in(text: &str) -> BTreeSet<String> {
    let parts = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    parts
        .filter(|part| part.starts_with("causeway_"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn dashboards_and_alerts_name_metrics_that_are_there() {
    let there = names_in(&printed());
    for file in ["grafana/causeway.json", "prometheus/causeway.rules.yml"] {
        let named = named_in(&deployed(file));
        assert!(named.len() > 10, "{file} names {named:?}");
        let absent: Vec<_> = named.difference(&there).collect();
        assert_eq!(absent, Vec::<&String>::new(), "{file}");
    }
    let dashboard: serde_json::Value =
        serde_json::from_str(&deployed("grafana/causeway.json")).expect("JSON");
    assert_eq!(dashboard["uid"], "causeway");
}

#[test]
fn every_alert_has_a_page_that_says_what_to_do() {
    let operating = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operating.md");
    let operating = std::fs::read_to_string(operating).expect("docs/operating.md");
    let rules = deployed("prometheus/causeway.rules.yml");
    let alerts: Vec<_> = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "))
        .collect();
    assert!(alerts.len() > 10);
    for alert in alerts {
        assert!(
            operating.contains(&format!("`{alert}`")),
            "docs/operating.md says nothing of {alert}"
        );
    }
}
