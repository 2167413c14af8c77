use std::time::Duration;

use tempfile::tempdir;

use super::{NOW, open};
use crate::{Journal, JournalError, ProofJob, ProofKind, ProofStanding, Timestamp};

const LEASE: Duration = Duration::from_secs(120);
const BOTH: &[ProofKind] = &[ProofKind::Epoch, ProofKind::Transition];

fn lease(journal: &Journal, at: Timestamp, holder: &str) -> Option<ProofJob> {
    journal
        .change(at, |change| change.lease_proof(holder, LEASE, BOTH))
        .expect("asked")
}

#[test]
fn work_is_asked_for_once_and_epochs_come_first() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let ask = |kind, subject| {
        journal
            .change(NOW, |change| change.ask_proof(kind, subject))
            .expect("asked")
    };
    let transition = ask(ProofKind::Transition, "0x01");
    assert_eq!(ask(ProofKind::Transition, "0x01"), transition);
    let epoch = ask(ProofKind::Epoch, "1");
    assert_eq!(lease(&journal, NOW, "a").map(|job| job.id), Some(epoch));
    assert_eq!(lease(&journal, NOW, "b").map(|job| job.id), Some(transition));
    assert_eq!(lease(&journal, NOW, "c"), None);
    journal
        .change(NOW, |change| change.finish_proof(transition, b"proof"))
        .expect("done");
    assert_eq!(
        ask(ProofKind::Transition, "0x01"),
        transition,
        "what is proven is not proven again"
    );
    let result = |kind, subject| {
        journal
            .read(|view| view.proof_result(kind, subject))
            .expect("read")
    };
    assert_eq!(
        result(ProofKind::Transition, "0x01").as_deref(),
        Some(&b"proof"[..])
    );
    assert_eq!(result(ProofKind::Epoch, "1"), None);
    journal
        .change(NOW, |change| change.fail_proof(epoch, "given up"))
        .expect("failed");
    // Whoever was at it still comes too late.
    let late = journal.change(NOW, |change| change.finish_proof(epoch, b"late"));
    assert!(!late.expect("it is there"));
    assert_eq!(result(ProofKind::Epoch, "1"), None);
    assert_ne!(ask(ProofKind::Epoch, "1"), epoch);
}

#[test]
fn a_lease_ends_unless_it_is_renewed() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let id = journal
        .change(NOW, |change| change.ask_proof(ProofKind::Epoch, "1"))
        .expect("asked");
    lease(&journal, NOW, "a").expect("leased");
    let soon = NOW.after(LEASE / 2);
    journal
        .change(soon, |change| change.renew_proof(id, "a", LEASE, Some("fold 3")))
        .expect("renewed");
    assert_eq!(lease(&journal, NOW.after(LEASE), "b"), None);
    let late = soon.after(LEASE);
    let taken = lease(&journal, late, "b").expect("taken over");
    assert_eq!((taken.tries, taken.stage), (2, None));
    let lost = journal
        .change(late, |change| change.renew_proof(id, "a", LEASE, None))
        .expect_err("lost");
    assert!(
        matches!(
            &lost,
            JournalError::LeaseLost {
                standing: ProofStanding::Leased,
                holder,
                ..
            } if holder == "a"
        ),
        "{lost}"
    );
    let due = late.after(Duration::from_secs(5));
    journal
        .change(late, |change| {
            change.return_proof(id, "b", due, Some("out of memory"))
        })
        .expect("returned");
    assert_eq!(lease(&journal, late, "b"), None, "not before it is due");
    assert_eq!(
        lease(&journal, due, "b").and_then(|job| job.detail).as_deref(),
        Some("out of memory")
    );
    let released = journal
        .change(due, |change| change.release_proofs("b"))
        .expect("released");
    assert_eq!(released, 1);
    assert_eq!(lease(&journal, due, "c").map(|job| job.tries), Some(4));
    let unknown = journal
        .change(due, |change| change.finish_proof(99, b"proof"))
        .expect_err("unknown");
    assert!(matches!(unknown, JournalError::UnknownProof { id: 99 }));
}
