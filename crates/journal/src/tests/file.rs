use std::fs;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use alloy_primitives::B256;
use serde_json::json;
use tempfile::tempdir;

use super::{FINGERPRINT, NOW, certificate, no_findings, open, path, take};
use crate::{CertificateFilter, Fingerprint, Journal, JournalError, Scope, Standing, certificate_id};

fn standings(journal: &Journal) -> Result<Vec<Standing>, JournalError> {
    let page = journal.read(|view| view.certificates(&CertificateFilter::default(), 100))?;
    Ok(page.iter().map(|record| record.standing).collect())
}

#[test]
fn one_process_writes_and_others_read() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let second = Journal::open(&path(&folder), &FINGERPRINT).expect_err("in use");
    assert!(matches!(second, JournalError::InUse { .. }), "{second}");
    assert!(second.is_transient());
    take(&journal, &certificate(1, 0, 1)).expect("new");
    let reader = Journal::open_read_only(&path(&folder)).expect("a reader");
    assert_eq!(standings(&reader).expect("read"), [Standing::Accepted]);
    take(&journal, &certificate(2, 0, 1)).expect("new");
    assert_eq!(standings(&reader).expect("read").len(), 2);
    let written = take(&reader, &certificate(3, 0, 1)).expect_err("read only");
    assert!(matches!(written, JournalError::Database(_)), "{written}");
    drop(journal);
    open(&folder);
}

#[test]
fn a_journal_serves_one_deployment() {
    let folder = tempdir().expect("a folder");
    drop(open(&folder));
    let other = Fingerprint {
        chain_id: 2,
        ..FINGERPRINT
    };
    let refused = Journal::open(&path(&folder), &other).expect_err("another chain");
    assert!(
        matches!(&refused, JournalError::Foreign { field: "chain_id", stored, configured } if stored == "1" && configured == "2"),
        "{refused}"
    );
    let absent = Journal::open_read_only(&folder.path().join("other.db")).expect_err("none there");
    assert!(matches!(absent, JournalError::Absent { .. }), "{absent}");
}

#[test]
fn what_is_newer_or_no_database_is_refused() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    journal
        .change::<_, JournalError>(NOW, |change| {
            Ok(change.sql().pragma_update(None, "user_version", 99)?)
        })
        .expect("another schema");
    drop(journal);
    let newer = Journal::open(&path(&folder), &FINGERPRINT).expect_err("newer");
    assert!(matches!(newer, JournalError::Newer { found: 99, .. }), "{newer}");

    let folder = tempdir().expect("a folder");
    fs::write(path(&folder), [7_u8; 8_192]).expect("written");
    let corrupt = Journal::open(&path(&folder), &FINGERPRINT).expect_err("no database");
    assert!(matches!(corrupt, JournalError::Corrupt { .. }), "{corrupt}");
}

#[test]
fn a_failed_change_leaves_nothing() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let outcome = journal.change::<(), JournalError>(NOW, |change| {
        change.pause(Scope::Proving, "me", "a test", None)?;
        Err(JournalError::UnknownEpoch { id: 1 })
    });
    assert!(matches!(outcome, Err(JournalError::UnknownEpoch { id: 1 })));
    assert_eq!(journal.read(|view| view.pauses(NOW)).expect("read"), []);
    assert_eq!(journal.read(|view| view.audits(0, 10)).expect("read"), []);
    // Nor does one whose code panics.
    let journal = std::sync::Arc::new(journal);
    let inner = std::sync::Arc::clone(&journal);
    let panicked = std::thread::spawn(move || {
        inner.change::<(), JournalError>(NOW, |change| {
            change.pause(Scope::Intake, "me", "a test", None)?;
            panic!("in the middle of a change")
        })
    })
    .join();
    assert!(panicked.is_err());
    assert_eq!(journal.read(|view| view.pauses(NOW)).expect("read"), []);
    take(&journal, &certificate(1, 0, 1)).expect("it goes on");
}

#[test]
fn a_full_disk_loses_nothing_and_ends() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    take(&journal, &certificate(1, 0, 1)).expect("new");
    journal.limit_growth(Some(2)).expect("limited");
    let full = (2..200)
        .map(|network| take(&journal, &certificate(network, 0, 1)))
        .find_map(Result::err)
        .expect("no space at last");
    assert!(matches!(full, JournalError::Full), "{full}");
    assert!(full.is_transient());
    let before = standings(&journal).expect("read").len();
    journal.limit_growth(None).expect("unlimited");
    take(&journal, &certificate(500, 0, 1)).expect("it goes on");
    assert_eq!(standings(&journal).expect("read").len(), before + 1);
    no_findings(&journal);
}

#[test]
fn a_copy_is_made_while_somebody_reads() {
    let folder = tempdir().expect("a folder");
    let copy = folder.path().join("1.db");
    let journal = Arc::new(open(&folder));
    take(&journal, &certificate(1, 0, 1)).expect("new");
    let (done, copied) = mpsc::channel();
    let (copying, to) = (Arc::clone(&journal), copy.clone());
    let copied = journal.read(|_| {
        thread::spawn(move || done.send(copying.back_up(&to)));
        Ok::<_, JournalError>(copied.recv_timeout(Duration::from_secs(30)))
    });
    let copied = copied.expect("read").expect("it does not wait for the reader");
    copied.expect("a copy");
    let copy = Journal::open_read_only(&copy).expect("a copy");
    assert_eq!(standings(&copy).expect("read").len(), 1);
}

/// What is written while a copy is made is not in it, and does not have it begin anew.
#[test]
fn a_copy_is_made_while_somebody_writes() {
    let folder = tempdir().expect("a folder");
    let copy = folder.path().join("1.db");
    let journal = Arc::new(open(&folder));
    let long = vec![7; 64 << 20];
    journal
        .change(NOW, |change| change.keep_snapshot(1, 1, B256::ZERO, &long))
        .expect("kept");
    let (done, copied) = mpsc::channel();
    let (copying, to) = (Arc::clone(&journal), copy.clone());
    thread::spawn(move || done.send(copying.back_up(&to)));
    let began = std::time::Instant::now();
    let mut block = 0;
    let copied = loop {
        if let Ok(copied) = copied.try_recv() {
            break copied;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "it does not end");
        block += 1;
        journal
            .change(NOW, |change| change.set_cursor(1, "test", block, B256::ZERO))
            .expect("written");
    };
    copied.expect("a copy");
    let copy = Journal::open_read_only(&copy).expect("a copy");
    assert_eq!(copy.check().expect("read"), []);
}

#[test]
fn a_copy_takes_the_place_of_what_was_lost() {
    let folder = tempdir().expect("a folder");
    let copy = folder.path().join("backups/1.db");
    let journal = open(&folder);
    take(&journal, &certificate(1, 0, 1)).expect("new");
    journal.back_up(&copy).expect("a copy");
    take(&journal, &certificate(2, 0, 1)).expect("new");
    let open_still = Journal::restore(&path(&folder), &copy).expect_err("in use");
    assert!(matches!(open_still, JournalError::InUse { .. }), "{open_still}");
    drop(journal);
    Journal::restore(&path(&folder), &copy).expect("restored");
    let journal = open(&folder);
    assert_eq!(standings(&journal).expect("read").len(), 1);
    no_findings(&journal);
    let replaced = folder.path().join("relayer.db.replaced");
    let was = Journal::open_read_only(&replaced).expect("what was there");
    assert_eq!(standings(&was).expect("read").len(), 2);
}

#[test]
fn a_damaged_copy_is_not_restored() {
    let folder = tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    let journal = open(&folder);
    for network in 1..200 {
        take(&journal, &certificate(network, 0, 1)).expect("new");
    }
    journal.back_up(&copy).expect("a copy");
    drop(journal);
    let file = fs::OpenOptions::new().write(true).open(&copy).expect("the copy");
    let length = file.metadata().expect("its length").len();
    file.write_all_at(&[0xff; 4_096], length / 2 / 4_096 * 4_096)
        .expect("damaged");
    let refused = Journal::restore(&path(&folder), &copy).expect_err("damaged");
    assert!(
        matches!(refused, JournalError::Corrupt { .. } | JournalError::Database(_)),
        "{refused}"
    );
    assert_eq!(standings(&open(&folder)).expect("read").len(), 100);
}

#[test]
fn a_folded_journal_is_whole_without_its_log() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    take(&journal, &certificate(1, 0, 1)).expect("new");
    journal.fold_log().expect("folded");
    let copy = tempdir().expect("a folder");
    fs::copy(path(&folder), path(&copy)).expect("a copy");
    assert_eq!(standings(&open(&copy)).expect("read").len(), 1);
}

#[test]
fn a_damaged_row_is_set_aside_and_the_others_go_on() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let (good, bad) = (certificate(1, 0, 1), certificate(2, 0, 1));
    take(&journal, &good).expect("new");
    take(&journal, &bad).expect("new");
    // Still a certificate, but another one.
    let other = serde_json::to_vec(&certificate(2, 0, 3)).expect("JSON");
    journal
        .change::<_, JournalError>(NOW, |change| {
            Ok(change.sql().execute(
                "UPDATE certificates SET payload = ?2 WHERE id = ?1",
                rusqlite::params![certificate_id(&bad).as_slice(), other],
            )?)
        })
        .expect("damaged");
    let damaged = journal
        .read(|view| view.certificates_at(Standing::Accepted))
        .expect_err("damaged");
    let JournalError::Damaged {
        table,
        column,
        row: Some(row),
    } = damaged
    else {
        panic!("{damaged}");
    };
    assert_eq!((table, column), ("certificates", "payload"));
    journal
        .change(NOW, |change| {
            change.quarantine(table, row.unsigned_abs(), "payload")
        })
        .expect("set aside");
    let others = journal
        .read(|view| view.certificates_at(Standing::Accepted))
        .expect("the others");
    assert_eq!(others.len(), 1);
    assert_eq!(others[0].certificate, good);
    assert_eq!(
        journal.read(|view| view.count_quarantined()).expect("read"),
        [("certificates".to_owned(), 1)]
    );
}

#[test]
fn a_pause_says_who_and_why_and_ends() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let scope = Scope::Network(causeway_types::NetworkId::new(7));
    let until = NOW.after(std::time::Duration::from_secs(60));
    journal
        .change(NOW, |change| {
            change.pause(scope, "ops", "its prover is down", Some(until))
        })
        .expect("paused");
    let pause = journal
        .read(|view| view.pause(scope, NOW))
        .expect("read")
        .expect("paused");
    assert_eq!(
        (pause.actor.as_str(), pause.reason.as_str()),
        ("ops", "its prover is down")
    );
    assert_eq!(journal.read(|view| view.pause(scope, until)).expect("read"), None);
    let resumed = journal
        .change(NOW, |change| change.resume(scope, "ops", "it is back"))
        .expect("resumed");
    assert!(resumed);
    let audit = journal.read(|view| view.audits(0, 10)).expect("read");
    assert_eq!(
        audit
            .iter()
            .map(|entry| (entry.action.as_str(), entry.after.as_deref()))
            .collect::<Vec<_>>(),
        [("pause", Some("paused")), ("resume", Some("running"))]
    );
    assert_eq!(
        serde_json::from_value::<Scope>(json!("network:7")).expect("a scope"),
        scope
    );
    let unknown = Scope::try_from("everything".to_owned()).expect_err("no scope");
    assert_eq!(
        unknown.to_string(),
        "everything is none of intake, proving, settlement, claims and network:N"
    );
}
