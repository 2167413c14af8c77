//! What operators do: each in one transaction with the entry that tells of it.

use alloy_primitives::B256;
use causeway_journal::{Change, Job, JobStanding, JournalError, NewJob, Reason, ReasonClass, Standing};

use super::Service;
use crate::clock;
use crate::desk::{Acted, Code, Operator, Refusal};

/// Why a change was not made.
enum Stop {
    Refused(Refusal),
    Journal(JournalError),
}

impl From<JournalError> for Stop {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Service {
    fn act(&self, act: impl FnOnce(&Change<'_>) -> Result<u64, Stop>) -> Result<Acted, Refusal> {
        let outcome = self.coordinator.journal().change(clock::now(), |change| {
            let seq = act(change)?;
            let entry = change.view().newest_audit()?;
            Ok::<_, Stop>(entry.filter(|entry| entry.seq == seq))
        });
        match outcome {
            Ok(Some(entry)) => Ok(entry.into()),
            Ok(None) => Err(Refusal::new(
                Code::Storage,
                "the entry that tells of it is not there",
            )),
            Err(Stop::Refused(refusal)) => Err(refusal),
            Err(Stop::Journal(error)) => Err(Refusal::new(Code::Storage, error.to_string())),
        }
    }

    pub(super) fn retry(&self, id: u64, by: &Operator) -> Result<Acted, Refusal> {
        self.act(|change| {
            let job = find(change, id)?;
            let after = match job.standing {
                JobStanding::Queued | JobStanding::Live => {
                    change.hold_job(id, None, None, change.at())?;
                    format!("{}, looked at again", job.standing.name())
                }
                JobStanding::Failed | JobStanding::Abandoned => {
                    let new = change.make_job(&NewJob {
                        kind: job.kind,
                        subject: &job.subject,
                        wallet: job.wallet,
                        target: job.target,
                        calldata: &job.calldata,
                        value: job.value,
                    })?;
                    format!("made again as job {new}")
                }
                JobStanding::Included | JobStanding::Finalized | JobStanding::Adopted => {
                    return Err(over(&job).into());
                }
            };
            let before = match job.hold {
                Some(hold) => format!("{}, held: {}", job.standing.name(), hold.name()),
                None => job.standing.name().to_owned(),
            };
            Ok(written(
                change,
                "retry",
                &format!("job:{id}"),
                by,
                &before,
                &after,
            )?)
        })
    }

    pub(super) fn abort(&self, id: u64, by: &Operator) -> Result<Acted, Refusal> {
        self.act(|change| {
            let job = find(change, id)?;
            if !matches!(job.standing, JobStanding::Queued | JobStanding::Live) {
                return Err(over(&job).into());
            }
            // Its nonce has nobody from now on, and is used up by another transaction.
            change.move_job(id, JobStanding::Abandoned, Some("operator"), Some(&by.reason))?;
            let (before, after) = (job.standing.name(), JobStanding::Abandoned.name());
            Ok(written(change, "abort", &format!("job:{id}"), by, before, after)?)
        })
    }

    pub(super) fn reject(&self, id: B256, by: &Operator) -> Result<Acted, Refusal> {
        let acted = self.act(|change| {
            let standing = change.view().standing(id)?;
            let Some(before) = standing else {
                return Err(Refusal::new(Code::NotFound, format!("there is no certificate {id}")).into());
            };
            let free = matches!(
                before,
                Standing::Waiting | Standing::Accepted | Standing::Proven | Standing::Confirmed
            );
            if !free {
                let detail = format!(
                    "certificate {id} is {}: only one that is in no epoch and not over can be rejected",
                    before.name()
                );
                return Err(Refusal::new(Code::Refused, detail).into());
            }
            let reason = Reason::new("operator", ReasonClass::Operator, by.reason.clone());
            change.move_certificate(id, Standing::Rejected, Some(&reason))?;
            let after = Standing::Rejected.name();
            Ok(written(
                change,
                "reject",
                &format!("certificate:{id}"),
                by,
                before.name(),
                after,
            )?)
        })?;
        // What was built on it is judged again.
        self.coordinator.forget();
        Ok(acted)
    }
}

fn find(change: &Change<'_>, id: u64) -> Result<Job, Stop> {
    let job = change.view().job(id)?;
    job.ok_or_else(|| Refusal::new(Code::NotFound, format!("there is no job {id}")).into())
}

fn over(job: &Job) -> Refusal {
    let detail = format!(
        "job {} is {}: nothing is left to be done",
        job.id,
        job.standing.name()
    );
    Refusal::new(Code::Refused, detail)
}

fn written(
    change: &Change<'_>,
    action: &str,
    target: &str,
    by: &Operator,
    before: &str,
    after: &str,
) -> Result<u64, JournalError> {
    change.audit(&by.name, action, target, &by.reason, Some(before), Some(after))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use alloy_primitives::{Address, U256};
    use causeway_journal::{Hold, JobKind, NewCertificate, Wallet, certificate_id};
    use causeway_types::{Certificate, ExitRoot, Expiry, LxlyAuthorisation, NetworkId};
    use tempfile::TempDir;

    use causeway_types::GoldilocksDigest;

    use super::*;
    use crate::config::Loaded;
    use crate::prove::OwnProofs;
    use crate::service::RunOptions;

    const CONFIG: &str = r#"
        version = 1
        [l1]
        chain_id = 31337
        [[l1.endpoint]]
        name = "nobody"
        url = "http://127.0.0.1:9"
        [contracts]
        settlement = "0x1111111111111111111111111111111111111111"
        bridge = "0x2222222222222222222222222222222222222222"
        deploy_block = 0
        [signer.settlement]
        kind = "key"
        key = "0x0101010101010101010101010101010101010101010101010101010101010101"
    "#;

    /// Takes no proof.
    #[derive(Debug)]
    struct NoProofs;

    impl OwnProofs for NoProofs {
        fn check(&self, _: GoldilocksDigest, _: GoldilocksDigest, _: &[u8]) -> Result<(), String> {
            Err("nobody proves here".to_owned())
        }
    }

    fn service(folder: &TempDir) -> Arc<Service> {
        let mut config = Loaded::parse("test.toml".as_ref(), CONFIG, [])
            .expect("a configuration")
            .config;
        config.storage.path = folder.path().join("relayer.db");
        Service::open(
            Arc::new(config),
            RunOptions::default(),
            U256::ZERO,
            Arc::new(NoProofs),
        )
        .expect("a service")
    }

    fn operator() -> Operator {
        Operator {
            name: "ann".to_owned(),
            reason: "stuck".to_owned(),
        }
    }

    fn change<T>(service: &Service, change: impl FnOnce(&Change<'_>) -> Result<T, JournalError>) -> T {
        let journal = service.coordinator.journal();
        journal.change(clock::now(), change).expect("a change")
    }

    fn job(service: &Service) -> u64 {
        change(service, |change| {
            let job = change.make_job(&NewJob {
                kind: JobKind::Settle,
                subject: "1",
                wallet: Wallet {
                    chain: 31_337,
                    address: Address::with_last_byte(3),
                },
                target: Address::ZERO,
                calldata: &[],
                value: U256::ZERO,
            })?;
            let later = change.at().after(std::time::Duration::from_secs(600));
            change.hold_job(job, Some(Hold::Balance), None, later)?;
            Ok(job)
        })
    }

    fn acted(before: &str, after: &str, audit_seq: u64) -> Acted {
        Acted {
            changed: true,
            before: Some(before.to_owned()),
            after: Some(after.to_owned()),
            audit_seq,
        }
    }

    #[test]
    fn a_job_is_looked_at_again_given_up_and_made_again() {
        let folder = TempDir::new().expect("a folder");
        let service = service(&folder);
        let id = job(&service);
        let again = service.retry(id, &operator()).expect("done");
        assert_eq!(
            again,
            acted("queued, held: balance", "queued, looked at again", 1)
        );
        let now = change(&service, |change| change.view().job(id)).expect("a job");
        assert_eq!(now.hold, None);
        assert!(now.due <= clock::now());
        let given_up = service.abort(id, &operator()).expect("done");
        assert_eq!(given_up, acted("queued", "abandoned", 2));
        let over = service.abort(id, &operator()).expect_err("it is over");
        assert_eq!(
            (over.code, over.message.as_str()),
            (Code::Refused, "job 1 is abandoned: nothing is left to be done")
        );
        let made = service.retry(id, &operator()).expect("done");
        assert_eq!(made, acted("abandoned", "made again as job 2", 3));
        let absent = service.retry(9, &operator()).expect_err("it is not there");
        assert_eq!(
            (absent.code, absent.message.as_str()),
            (Code::NotFound, "there is no job 9")
        );
        let entries = change(&service, |change| change.view().audits(0, 10));
        let told: Vec<_> = entries
            .iter()
            .map(|entry| (entry.action.as_str(), entry.reason.as_str()))
            .collect();
        assert_eq!(told, [("retry", "stuck"), ("abort", "stuck"), ("retry", "stuck")]);
    }

    #[test]
    fn a_certificate_that_is_in_no_epoch_is_rejected_once() {
        let folder = TempDir::new().expect("a folder");
        let service = service(&folder);
        let certificate = Certificate {
            network: NetworkId::new(7),
            height: 0,
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
        };
        change(&service, |change| {
            change.take_certificate(&NewCertificate {
                certificate: &certificate,
                digest: None,
                source: "test",
                standing: Standing::Waiting,
                reason: None,
                deadline: None,
            })
        });
        let id = certificate_id(&certificate);
        let rejected = service.reject(id, &operator()).expect("done");
        assert_eq!(rejected, acted("waiting", "rejected", 1));
        let again = service.reject(id, &operator()).expect_err("it is over");
        assert_eq!(again.code, Code::Refused);
        assert_eq!(change(&service, |change| change.view().audits(0, 10)).len(), 1);
    }
}
