use alloy_primitives::{Address, B256, U256};
use tempfile::tempdir;

use super::{NOW, no_findings, open};
use crate::{
    AttemptOutcome, Fees, Hold, JobKind, JobStanding, Journal, JournalError, Mined, NewJob, Signed,
    SlotStanding, Wallet,
};

pub(super) const WALLET: Wallet = Wallet {
    chain: 1,
    address: Address::repeat_byte(0xaa),
};

pub(super) fn make(journal: &Journal, kind: JobKind, subject: &str) -> u64 {
    journal
        .change(NOW, |change| {
            change.make_job(&NewJob {
                kind,
                subject,
                wallet: WALLET,
                target: Address::repeat_byte(0xbb),
                calldata: &[1, 2, 3],
                value: U256::from(5),
            })
        })
        .expect("a job")
}

/// Signs with the next nonce and tells it.
pub(super) fn sign(journal: &Journal, job: u64, mined: u64, hash: u8) -> Result<u64, JournalError> {
    journal.change(NOW, |change| {
        let nonce = change.next_nonce(job, mined)?;
        change.record_attempt(&Signed {
            job,
            nonce,
            hash: B256::repeat_byte(hash),
            raw: &[hash],
            fees: Fees {
                max_fee: 30_000_000_000,
                tip: 1,
            },
            gas: 400_000,
        })?;
        Ok(nonce)
    })
}

fn mined(block: u64) -> Mined {
    Mined {
        block,
        block_hash: B256::with_last_byte(u8::try_from(block).unwrap_or_default()),
        gas_used: 21_000,
        fee_paid: 7,
    }
}

fn note_mined(journal: &Journal, hash: u8, success: bool) -> Result<(), JournalError> {
    journal.change(NOW, |change| {
        change.note_mined(B256::repeat_byte(hash), success, &mined(9), None)
    })
}

fn standing(journal: &Journal, job: u64) -> JobStanding {
    let job = journal.read(|view| view.job(job)).expect("read");
    job.expect("there").standing
}

#[test]
fn a_job_is_made_once() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let job = make(&journal, JobKind::Settle, "1");
    assert_eq!(make(&journal, JobKind::Settle, "1"), job);
    assert_ne!(make(&journal, JobKind::Settle, "2"), job);
    journal
        .change(NOW, |change| {
            change.move_job(job, JobStanding::Failed, Some("reverted"), None)
        })
        .expect("failed");
    assert_ne!(make(&journal, JobKind::Settle, "1"), job);
}

#[test]
fn nonces_have_no_gaps_and_no_second_holder() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let jobs = ["1", "2", "3"].map(|subject| make(&journal, JobKind::Claim, subject));
    assert_eq!(sign(&journal, jobs[0], 4, 1).expect("signed"), 4);
    assert_eq!(sign(&journal, jobs[1], 4, 2).expect("signed"), 5);
    // A job's second transaction takes the place of its first.
    assert_eq!(sign(&journal, jobs[0], 4, 3).expect("bumped"), 4);
    note_mined(&journal, 3, true).expect("mined");
    let attempts = journal.read(|view| view.attempts(jobs[0])).expect("read");
    assert_eq!(
        attempts.iter().map(|attempt| attempt.outcome).collect::<Vec<_>>(),
        [Some(AttemptOutcome::Replaced), Some(AttemptOutcome::Success)]
    );
    assert_eq!(sign(&journal, jobs[2], 5, 4).expect("signed"), 6);
    let other = journal.change(NOW, |change| {
        change.record_attempt(&Signed {
            job: jobs[2],
            nonce: 7,
            hash: B256::repeat_byte(9),
            raw: &[9],
            fees: Fees { max_fee: 1, tip: 1 },
            gas: 1,
        })
    });
    assert!(
        matches!(
            other,
            Err(JournalError::NonceHeld {
                held: 6,
                nonce: 7,
                ..
            })
        ),
        "{other:?}"
    );
    let fourth = make(&journal, JobKind::Claim, "4");
    let taken = journal.change(NOW, |change| {
        change.record_attempt(&Signed {
            job: fourth,
            nonce: 5,
            hash: B256::repeat_byte(9),
            raw: &[9],
            fees: Fees { max_fee: 1, tip: 1 },
            gas: 1,
        })
    });
    assert!(
        matches!(taken, Err(JournalError::NonceTaken { nonce: 5 })),
        "{taken:?}"
    );
    assert_eq!(
        journal.read(|view| view.reserved_nonces(WALLET)).expect("read"),
        [(5, jobs[1]), (6, jobs[2])]
    );
    no_findings(&journal);
}

#[test]
fn a_reorg_brings_a_transaction_back() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let job = make(&journal, JobKind::Settle, "1");
    sign(&journal, job, 0, 1).expect("signed");
    sign(&journal, job, 0, 2).expect("bumped");
    note_mined(&journal, 2, true).expect("mined");
    assert_eq!(standing(&journal, job), JobStanding::Included);
    journal
        .change(NOW, |change| change.note_unmined(B256::repeat_byte(2)))
        .expect("unmined");
    assert_eq!(standing(&journal, job), JobStanding::Live);
    assert_eq!(journal.read(|view| view.held_nonce(job)).expect("read"), Some(0));
    no_findings(&journal);
    // The other one this time, and reverted; then another reorg makes it good.
    note_mined(&journal, 1, false).expect("mined");
    assert_eq!(standing(&journal, job), JobStanding::Failed);
    journal
        .change(NOW, |change| change.note_unmined(B256::repeat_byte(1)))
        .expect("unmined");
    note_mined(&journal, 1, true).expect("mined");
    assert_eq!(standing(&journal, job), JobStanding::Included);
    let paid = journal.read(|view| view.paid_since(WALLET, NOW)).expect("read");
    assert_eq!(paid, 7);
    no_findings(&journal);
}

#[test]
fn a_nonce_that_somebody_else_used_is_given_up() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let job = make(&journal, JobKind::Settle, "1");
    sign(&journal, job, 3, 1).expect("signed");
    journal
        .change(NOW, |change| change.note_external(WALLET, 3))
        .expect("external");
    assert_eq!(standing(&journal, job), JobStanding::Queued);
    assert_eq!(
        journal.read(|view| view.slot(WALLET, 3)).expect("read"),
        Some(SlotStanding::External)
    );
    assert_eq!(sign(&journal, job, 4, 2).expect("signed"), 4);
    no_findings(&journal);
}

#[test]
fn a_hold_says_why_and_ends() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let job = make(&journal, JobKind::Settle, "1");
    let hold = |hold, detail| {
        journal
            .change(NOW, |change| change.hold_job(job, hold, detail, NOW))
            .expect("held");
    };
    hold(Some(Hold::Ceiling), Some("base fee 212 gwei > 150"));
    hold(Some(Hold::Ceiling), Some("base fee 213 gwei > 150"));
    let held = journal.read(|view| view.job(job)).expect("read").expect("there");
    assert_eq!(held.hold, Some(Hold::Ceiling));
    assert_eq!(held.detail.as_deref(), Some("base fee 213 gwei > 150"));
    hold(None, None);
    let events = journal
        .read(|view| view.events_of("job", &job.to_string()))
        .expect("events");
    assert_eq!(events.len(), 3, "made, held, let go; not each look at it");
    sign(&journal, job, 0, 1).expect("signed");
    let sent = journal.change(NOW, |change| change.note_sent(B256::repeat_byte(1), true));
    sent.expect("sent");
    let unknown = journal
        .change(NOW, |change| change.note_sent(B256::repeat_byte(8), true))
        .expect_err("unknown");
    assert!(matches!(unknown, JournalError::UnknownAttempt { .. }));
    let over = journal
        .change(NOW, |change| {
            change.move_job(job, JobStanding::Finalized, None, None)
        })
        .expect_err("not included");
    assert!(
        matches!(
            over,
            JournalError::JobMove {
                from: JobStanding::Live,
                to: JobStanding::Finalized,
                ..
            }
        ),
        "{over}"
    );
}

#[test]
fn a_nonce_of_a_job_that_is_over_is_used_up() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let job = make(&journal, JobKind::Settle, "1");
    sign(&journal, job, 0, 1).expect("signed");
    let live = journal
        .change(NOW, |change| change.cancel_nonce(WALLET, 0))
        .expect_err("it is not over");
    assert!(matches!(live, JournalError::NonceTaken { nonce: 0 }), "{live}");
    journal
        .change(NOW, |change| {
            change.move_job(job, JobStanding::Adopted, None, None)
        })
        .expect("somebody else did it");
    assert_eq!(
        journal.read(|view| view.orphan_nonces(WALLET)).expect("read"),
        [0]
    );
    let cancel = journal
        .change(NOW, |change| change.cancel_nonce(WALLET, 0))
        .expect("a job");
    assert_eq!(sign(&journal, cancel, 0, 2).expect("signed"), 0);
    // The old one wins the race.
    note_mined(&journal, 1, false).expect("mined");
    assert_eq!(standing(&journal, cancel), JobStanding::Abandoned);
    let unmined = journal.change(NOW, |change| change.note_unmined(B256::repeat_byte(2)));
    assert!(
        matches!(unmined, Err(JournalError::NotMined { .. })),
        "{unmined:?}"
    );
    no_findings(&journal);
}
