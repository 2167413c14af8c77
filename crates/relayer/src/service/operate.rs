//! What operators do: each in one transaction with the entry that tells of it.

use alloy_primitives::B256;
use causeway_journal::{
    Change, ClaimKey, Job, JobStanding, JournalError, NewJob, Reason, ReasonClass, Standing,
};

use super::Service;
use crate::clock;
use crate::desk::{Acted, ClaimCall, Code, Operator, Refusal};

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

    pub(super) fn call_of(&self, claim: ClaimKey) -> Result<ClaimCall, Refusal> {
        let known = self.coordinator.journal().read(|view| view.claim(claim));
        match known {
            Ok(Some(_)) => Err(Refusal::new(
                Code::NotReady,
                "this relayer follows no exit trees, so it cannot make the call",
            )),
            Ok(None) => Err(Refusal::new(Code::NotFound, format!("there is no claim {claim}"))),
            Err(error) => Err(Refusal::new(Code::Storage, JournalError::to_string(&error))),
        }
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
