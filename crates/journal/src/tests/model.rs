//! Random operations against what must never be, whatever was asked for in whatever order.

use alloy_primitives::B256;
use proptest::prelude::*;
use tempfile::tempdir;

use super::transactions::{WALLET, make, sign};
use super::{NOW, certificate, open, take};
use crate::{
    EpochStanding, JobKind, JobStanding, Journal, JournalError, Mined, NewEpoch, Standing, certificate_id,
};

#[derive(Clone, Debug)]
enum Operation {
    Take { network: u32, height: u64, salt: u64 },
    Move { certificate: usize, to: usize },
    OpenEpoch,
    Prove,
    MoveEpoch { epoch: u64, to: usize },
    Job { subject: u8 },
    Sign { job: u64, mined: u64 },
    Mined { attempt: u8, success: bool },
    Unmined { attempt: u8 },
    External { nonce: u64 },
    Cancel,
    MoveJob { job: u64, to: usize },
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        (1_u32..3, 0_u64..3, 0_u64..3).prop_map(|(network, height, salt)| Operation::Take {
            network,
            height,
            salt
        }),
        (any::<usize>(), any::<usize>()).prop_map(|(certificate, to)| Operation::Move { certificate, to }),
        Just(Operation::OpenEpoch),
        Just(Operation::Prove),
        (1_u64..4, any::<usize>()).prop_map(|(epoch, to)| Operation::MoveEpoch { epoch, to }),
        (0_u8..3).prop_map(|subject| Operation::Job { subject }),
        (1_u64..5, 0_u64..3).prop_map(|(job, mined)| Operation::Sign { job, mined }),
        (any::<u8>(), any::<bool>()).prop_map(|(attempt, success)| Operation::Mined { attempt, success }),
        any::<u8>().prop_map(|attempt| Operation::Unmined { attempt }),
        (0_u64..4).prop_map(|nonce| Operation::External { nonce }),
        Just(Operation::Cancel),
        (1_u64..5, any::<usize>()).prop_map(|(job, to)| Operation::MoveJob { job, to }),
    ]
}

struct Run {
    journal: Journal,
    certificates: Vec<B256>,
    attempts: u8,
}

impl Run {
    fn apply(&mut self, operation: &Operation) -> Result<(), JournalError> {
        match *operation {
            Operation::Take {
                network,
                height,
                salt,
            } => {
                let certificate = certificate(network, height, salt);
                take(&self.journal, &certificate)?;
                self.certificates.push(certificate_id(&certificate));
                Ok(())
            }
            Operation::Move { certificate, to } => {
                let Some(&id) = self
                    .certificates
                    .get(certificate % self.certificates.len().max(1))
                else {
                    return Ok(());
                };
                // An epoch moves its own certificates; nothing else moves one there.
                let to = [
                    Standing::Waiting,
                    Standing::Accepted,
                    Standing::Proven,
                    Standing::Confirmed,
                    Standing::Rejected,
                    Standing::Expired,
                    Standing::Superseded,
                ][to % 7];
                if self.journal.read(|view| view.standing(id))? == Some(Standing::Assigned) {
                    return Ok(());
                }
                if self.journal.read(|view| view.epoch_of(id))?.is_some() {
                    return Ok(());
                }
                self.journal
                    .change(NOW, |change| change.move_certificate(id, to, None))
            }
            Operation::OpenEpoch => {
                let confirmed = self
                    .journal
                    .read(|view| view.certificates_at(Standing::Confirmed))?;
                let ids: Vec<_> = confirmed.iter().map(|record| record.id).collect();
                let opened = self.journal.change(NOW, |change| {
                    change.open_epoch(&NewEpoch {
                        before: B256::ZERO,
                        after: B256::ZERO,
                        inputs: "{}",
                        certificates: &ids,
                    })
                });
                opened.map(drop)
            }
            Operation::Prove => {
                let open = self.journal.read(|view| view.open_epoch())?;
                open.map_or(Ok(()), |epoch| {
                    self.journal
                        .change(NOW, |change| change.prove_epoch(epoch.id, "{}"))
                })
            }
            Operation::MoveEpoch { epoch, to } => {
                let to = EpochStanding::ALL[to % EpochStanding::ALL.len()];
                self.journal
                    .change(NOW, |change| change.move_epoch(epoch, to, None))
            }
            Operation::Job { subject } => {
                make(&self.journal, JobKind::Claim, &subject.to_string());
                Ok(())
            }
            Operation::Sign { job, mined } => {
                self.attempts = self.attempts.wrapping_add(1);
                sign(&self.journal, job, mined, self.attempts).map(drop)
            }
            Operation::Mined { attempt, success } => {
                let hash = B256::repeat_byte(attempt % self.attempts.max(1) + 1);
                let mined = Mined {
                    block: 1,
                    block_hash: B256::ZERO,
                    gas_used: 1,
                    fee_paid: 1,
                };
                self.journal
                    .change(NOW, |change| change.note_mined(hash, success, &mined, None))
            }
            Operation::Unmined { attempt } => {
                let hash = B256::repeat_byte(attempt % self.attempts.max(1) + 1);
                self.journal.change(NOW, |change| change.note_unmined(hash))
            }
            Operation::External { nonce } => self
                .journal
                .change(NOW, |change| change.note_external(WALLET, nonce)),
            Operation::Cancel => {
                let orphans = self.journal.read(|view| view.orphan_nonces(WALLET))?;
                orphans.first().map_or(Ok(()), |&nonce| {
                    let cancelled = self
                        .journal
                        .change(NOW, |change| change.cancel_nonce(WALLET, nonce));
                    cancelled.map(drop)
                })
            }
            Operation::MoveJob { job, to } => {
                // Moves that go with a transaction are made with it.
                let to = [JobStanding::Adopted, JobStanding::Queued][to % 2];
                let free = self.journal.read(|view| view.held_nonce(job))?.is_none();
                let standing = self.journal.read(|view| view.job(job))?.map(|job| job.standing);
                if !free || standing == Some(JobStanding::Included) {
                    return Ok(());
                }
                self.journal
                    .change(NOW, |change| change.move_job(job, to, None, None))
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_operations_breaks_a_rule(operations in prop::collection::vec(operation(), 1..60)) {
        let folder = tempdir().expect("a folder");
        let mut run = Run { journal: open(&folder), certificates: Vec::new(), attempts: 0 };
        for operation in &operations {
            // What is refused is refused by name, never by the last line of defence.
            if let Err(error) = run.apply(operation) {
                prop_assert!(!matches!(error, JournalError::Database(_) | JournalError::Damaged { .. }), "{operation:?}: {error}");
            }
            prop_assert_eq!(run.journal.check().expect("a check"), [], "after {:?}", operation);
        }
        let Run { journal, .. } = run;
        drop(journal);
        prop_assert_eq!(open(&folder).check().expect("a check"), []);
    }
}
