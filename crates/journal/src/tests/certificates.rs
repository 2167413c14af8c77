use alloy_primitives::B256;
use causeway_types::{Certificate, Expiry, GoldilocksDigest, NetworkId};
use serde_json::json;
use tempfile::tempdir;

use super::{NOW, at, certificate, no_findings, open, take};
use crate::{
    CertificateFilter, Change, EpochStanding, Intake, Journal, JournalError, NewEpoch, Reason, Standing,
    Tier, certificate_id,
};

fn open_epoch(journal: &Journal, certificates: &[B256]) -> Result<u64, JournalError> {
    journal.change(NOW, |change| {
        change.open_epoch(&NewEpoch {
            before: B256::with_last_byte(1),
            after: B256::with_last_byte(2),
            inputs: r#"{"deposits":3}"#,
            certificates,
        })
    })
}

fn move_epoch(journal: &Journal, id: u64, to: EpochStanding) -> Result<(), JournalError> {
    journal.change(NOW, |change| change.move_epoch(id, to, None))
}

fn standing(journal: &Journal, id: B256) -> Standing {
    journal
        .read(|view| view.standing(id))
        .expect("read")
        .expect("there")
}

#[test]
fn a_certificate_is_taken_in_once() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let first = certificate(1, 0, 5);
    assert_eq!(take(&journal, &first).expect("new"), Intake::New);
    assert_eq!(
        take(&journal, &first).expect("known"),
        Intake::Known(Standing::Accepted)
    );
    let record = journal
        .read(|view| view.certificate(certificate_id(&first)))
        .expect("read")
        .expect("there");
    assert_eq!(record.certificate, first);
    let events = journal
        .read(|view| view.events_of("certificate", &certificate_id(&first).to_string()))
        .expect("events");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].body, json!({ "standing": "accepted" }));
}

#[test]
fn the_same_exits_with_another_expiry_are_another_certificate() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let first = certificate(1, 0, 5);
    let later = Certificate {
        expiry: Expiry::new(9),
        ..first.clone()
    };
    assert_eq!(first.id(), later.id());
    take(&journal, &first).expect("new");
    let refused = take(&journal, &later).expect_err("taken");
    assert!(
        matches!(refused, JournalError::HeightTaken { live, .. } if live == certificate_id(&first)),
        "{refused}"
    );
    // Once the first is given up, the other is what LxLy's id means.
    let by_lxly = || {
        let found = journal.read(|view| view.certificate_by_lxly_id(first.id()));
        found.expect("read").expect("there").id
    };
    assert_eq!(by_lxly(), certificate_id(&first));
    let expired =
        |change: &Change<'_>| change.move_certificate(certificate_id(&first), Standing::Expired, None);
    journal.change(NOW, expired).expect("a move");
    assert_eq!(take(&journal, &later).expect("new"), Intake::New);
    assert_eq!(by_lxly(), certificate_id(&later));
}

#[test]
fn a_network_s_own_proof_is_kept_until_it_is_found_to_be_none() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let first = certificate(1, 0, 5);
    let id = certificate_id(&first);
    let digests = [1, 2].map(|last| GoldilocksDigest::reduced([0, 0, 0, last]));
    let keep =
        |digest, bytes: &'static [u8]| journal.change(NOW, |change| change.keep_own_proof(id, digest, bytes));
    let unknown = keep(digests[0], b"early").expect_err("no certificate");
    assert!(
        matches!(unknown, JournalError::UnknownCertificate { id: named } if named == id),
        "{unknown}"
    );
    take(&journal, &first).expect("new");
    let kept = || {
        let kept =
            journal.read(|view| Ok::<_, JournalError>((view.own_proof_digest(id)?, view.own_proof(id)?)));
        kept.expect("read")
    };
    assert_eq!(kept(), (None, None));
    keep(digests[0], b"first").expect("kept");
    keep(digests[0], b"second").expect("kept");
    assert_eq!(kept(), (Some(digests[0].into()), Some(b"first".to_vec())));
    // Its predecessor is another one.
    keep(digests[1], b"third").expect("kept");
    assert_eq!(kept(), (Some(digests[1].into()), Some(b"third".to_vec())));
    journal
        .change(NOW, |change| change.drop_own_proof(id))
        .expect("dropped");
    assert_eq!(kept(), (None, None));
}

#[test]
fn a_height_has_one_live_certificate() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let (first, other) = (certificate(1, 0, 5), certificate(1, 0, 6));
    take(&journal, &first).expect("new");
    let refused = take(&journal, &other).expect_err("taken");
    assert!(
        matches!(refused, JournalError::HeightTaken { height: 0, live, .. } if live == certificate_id(&first)),
        "{refused}"
    );
    // The schema holds it, not only the question above.
    let id = certificate_id(&first);
    let forced = journal.change::<_, JournalError>(NOW, |change| {
        Ok(change.sql().execute(
            "INSERT INTO certificates(id, lxly_id, network, height, digest, standing, payload, source, received_at, standing_at)
             SELECT zeroblob(32), lxly_id, network, height, digest, standing, payload, source, 0, 0 FROM certificates WHERE id = ?1",
            [id.as_slice()],
        )?)
    });
    assert!(matches!(forced, Err(JournalError::Database(error)) if error.to_string().contains("UNIQUE")));
    let reason = Reason::new("withdrawn", causeway_ledger::Class::Rebuild, "by its network");
    journal
        .change(NOW, |change| {
            change.move_certificate(id, Standing::Superseded, Some(&reason))
        })
        .expect("given up");
    take(&journal, &other).expect("the height is free");
    let page = journal
        .read(|view| view.certificates(&CertificateFilter::default(), 10))
        .expect("a page");
    assert_eq!(
        page.iter().map(|record| record.standing).collect::<Vec<_>>(),
        [Standing::Accepted, Standing::Superseded]
    );
    assert_eq!(page[1].reason.as_ref(), Some(&reason));
}

#[test]
fn a_standing_leads_only_where_it_may() {
    for &from in Standing::ALL {
        // What L1 has finalized stays so, and nothing leads out of what is over but L1.
        for &to in Standing::ALL {
            if from == Standing::Finalized {
                assert!(!from.becomes(to), "{from:?} {to:?}");
            }
            if from.is_dead() && from.becomes(to) {
                assert_eq!(to, Standing::Settled);
            }
        }
        assert!(!from.becomes(from), "{from:?}");
        assert_eq!(Standing::of_name(from.name()), Some(from));
        assert_eq!(from.is_live(), !from.is_dead());
    }
    assert_eq!(Standing::Settled.tier(), Tier::Confirmed);
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let id = at(&journal, &certificate(1, 0, 5), Standing::Accepted);
    let refused = journal
        .change(NOW, |change| {
            change.move_certificate(id, Standing::Assigned, None)
        })
        .expect_err("unproven");
    assert!(
        matches!(
            refused,
            JournalError::CertificateMove {
                from: Standing::Accepted,
                to: Standing::Assigned,
                ..
            }
        ),
        "{refused}"
    );
    let unknown = journal
        .change(NOW, |change| {
            change.move_certificate(B256::ZERO, Standing::Proven, None)
        })
        .expect_err("unknown");
    assert!(matches!(unknown, JournalError::UnknownCertificate { .. }));
}

#[test]
fn an_epoch_takes_its_certificates_along() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let ids = [1, 2].map(|network| at(&journal, &certificate(network, 0, 5), Standing::Confirmed));
    let epoch = open_epoch(&journal, &ids).expect("an epoch");
    assert_eq!(standing(&journal, ids[1]), Standing::Assigned);
    let other = at(&journal, &certificate(3, 0, 5), Standing::Confirmed);
    let second = open_epoch(&journal, &[other]).expect_err("one is open");
    assert!(matches!(second, JournalError::EpochOpen { open } if open == epoch));

    let early = move_epoch(&journal, epoch, EpochStanding::Settled).expect_err("unproven");
    assert!(
        matches!(
            early,
            JournalError::EpochMove {
                from: EpochStanding::Proving,
                ..
            }
        ),
        "{early}"
    );
    assert_eq!(
        standing(&journal, ids[0]),
        Standing::Assigned,
        "a refused change changes nothing"
    );
    journal
        .change(NOW, |change| change.prove_epoch(epoch, r#"{"proof":"0x"}"#))
        .expect("proven");
    move_epoch(&journal, epoch, EpochStanding::Settled).expect("settled");
    assert_eq!(standing(&journal, ids[0]), Standing::Settled);
    no_findings(&journal);
    // A reorg, and the same proof again.
    move_epoch(&journal, epoch, EpochStanding::Proven).expect("back");
    assert_eq!(standing(&journal, ids[0]), Standing::Assigned);
    no_findings(&journal);
    move_epoch(&journal, epoch, EpochStanding::Settled).expect("settled again");
    move_epoch(&journal, epoch, EpochStanding::Finalized).expect("finalized");
    assert_eq!(standing(&journal, ids[1]), Standing::Finalized);
    let record = journal
        .read(|view| view.epoch_of(ids[1]))
        .expect("read")
        .expect("in it");
    assert_eq!((record.id, record.certificates), (epoch, ids.to_vec()));
    no_findings(&journal);
}

#[test]
fn an_abandoned_epoch_gives_its_certificates_back() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let id = at(&journal, &certificate(1, 0, 5), Standing::Confirmed);
    let epoch = open_epoch(&journal, &[id]).expect("an epoch");
    move_epoch(&journal, epoch, EpochStanding::Abandoned).expect("abandoned");
    assert_eq!(standing(&journal, id), Standing::Confirmed);
    assert_eq!(journal.read(|view| view.epoch_of(id)).expect("read"), None);
    let again = open_epoch(&journal, &[id]).expect("another epoch");
    assert_ne!(again, epoch);
    no_findings(&journal);
}

#[test]
fn an_epoch_of_what_is_not_confirmed_is_not_opened() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    let confirmed = at(&journal, &certificate(1, 0, 5), Standing::Confirmed);
    let proven = at(&journal, &certificate(2, 0, 5), Standing::Proven);
    let refused = open_epoch(&journal, &[confirmed, proven]).expect_err("not confirmed");
    assert!(
        matches!(
            refused,
            JournalError::CertificateMove {
                from: Standing::Proven,
                ..
            }
        ),
        "{refused}"
    );
    assert_eq!(standing(&journal, confirmed), Standing::Confirmed);
    assert_eq!(journal.read(|view| view.open_epoch()).expect("read"), None);
}

#[test]
fn heights_and_offences_are_counted_by_network() {
    let folder = tempdir().expect("a folder");
    let journal = open(&folder);
    for height in 0..3 {
        at(&journal, &certificate(1, height, 5), Standing::Accepted);
    }
    let highest = |standings: &[Standing]| {
        journal
            .read(|view| view.highest_certificate(NetworkId::new(1), standings))
            .expect("read")
            .map(|record| record.certificate.height)
    };
    assert_eq!(highest(&[Standing::Accepted, Standing::Proven]), Some(2));
    assert_eq!(highest(&[Standing::Settled]), None);
    let note = |kind: &str, subject: &str| {
        journal
            .change(NOW, |change| {
                change.note_offence(NetworkId::new(1), kind, subject)
            })
            .expect("noted");
    };
    note("never_proven", "0x01");
    // It counts once.
    note("never_proven", "0x01");
    let count = |since| {
        journal
            .read(|view| view.count_offences(NetworkId::new(1), since))
            .expect("read")
    };
    assert_eq!(count(NOW), 1);
    assert_eq!(count(NOW.after(std::time::Duration::from_secs(1))), 0);
    note("never_proven", "0x02");
    note("equivocation", "0x02");
    assert_eq!(count(NOW), 3);
}
