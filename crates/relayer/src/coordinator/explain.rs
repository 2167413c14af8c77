//! Why a certificate stands where it does, cause by cause.

use alloy_primitives::B256;
use causeway_journal::{CertificateRecord, EpochStanding, JobKind, JournalError, ProofKind, Standing, View};

use super::Coordinator;
use crate::desk::Cause;

/// How many causes are followed.
const MOST: usize = 16;

impl Coordinator {
    /// Why a certificate stands where it does: the nearest cause first.
    pub fn explain(&self, certificate: &CertificateRecord) -> Vec<Cause> {
        // Never asked for while the journal is read: others read the journal while they hold the lock.
        let chain = self.waits_for(certificate.id);
        let told = self.journal.read(|view| {
            let mut causes = own(view, certificate)?;
            for id in chain {
                if let Some(other) = view.certificate(id)? {
                    causes.extend(own(view, &other)?);
                }
            }
            Ok::<_, JournalError>(causes)
        });
        told.unwrap_or_else(|error| {
            vec![Cause {
                code: "journal".to_owned(),
                detail: error.to_string(),
                about: None,
            }]
        })
    }
}

impl Coordinator {
    /// For whom a certificate waits, for whom that one does, and so on.
    fn waits_for(&self, certificate: B256) -> Vec<B256> {
        let inner = self.lock();
        let mut chain = Vec::new();
        let mut next = Some(certificate);
        while let (Some(id), Some(judged)) = (next, &inner.judged) {
            next = judged.on.get(&id).copied();
            if next.is_none_or(|next| next == certificate || chain.contains(&next)) || chain.len() >= MOST {
                break;
            }
            chain.extend(next);
        }
        chain
    }
}

/// What a certificate says of itself, and of its proof, epoch and transaction.
fn own(view: &View<'_>, record: &CertificateRecord) -> Result<Vec<Cause>, JournalError> {
    let about = Some(record.id.to_string());
    let standing = record.standing.name();
    let detail = record.reason.as_ref().map_or_else(
        || format!("it is {standing}"),
        |reason| format!("it is {standing}: {}", reason.detail),
    );
    let code = record.reason.as_ref().map_or(standing, |reason| &reason.code);
    let mut causes = vec![Cause {
        code: code.to_owned(),
        detail,
        about,
    }];
    if record.standing == Standing::Accepted
        && let Some(proof) = view.proof_of(ProofKind::Transition, &record.id.to_string())?
    {
        let at = proof.stage.map_or(String::new(), |stage| format!(", at {stage}"));
        let wrong = proof.detail.map_or(String::new(), |detail| format!(": {detail}"));
        causes.push(Cause {
            code: format!("proof_{}", proof.standing.name()),
            detail: format!(
                "its proof is {}{at}, begun {} times{wrong}",
                proof.standing.name(),
                proof.tries
            ),
            about: Some(format!("proof {}", proof.id)),
        });
    }
    if record.standing == Standing::Confirmed {
        let detail =
            "it goes into the next epoch, which is closed when it is full or somebody has waited long enough";
        causes.push(Cause {
            code: "next_epoch".to_owned(),
            detail: detail.to_owned(),
            about: None,
        });
    }
    if matches!(record.standing, Standing::Assigned | Standing::Settled)
        && let Some(epoch) = view.epoch_of(record.id)?
    {
        let number = epoch.id.to_string();
        causes.push(Cause {
            code: format!("epoch_{}", epoch.standing.name()),
            detail: format!("its epoch is {}", epoch.standing.name()),
            about: Some(format!("epoch {number}")),
        });
        let asked = match epoch.standing {
            EpochStanding::Proving => view.proof_of(ProofKind::Epoch, &number)?.map(|proof| {
                let stage = proof.stage.unwrap_or_else(|| "the beginning".to_owned());
                (
                    format!("proof_{}", proof.standing.name()),
                    format!("its proof is {}, at {stage}", proof.standing.name()),
                    format!("proof {}", proof.id),
                )
            }),
            _ => view.job_of(JobKind::Settle, &number)?.map(|job| {
                let why = job.detail.unwrap_or_default();
                let held = job
                    .hold
                    .map_or(String::new(), |hold| format!(", held by {}", hold.name()));
                (
                    job.hold.map_or_else(
                        || format!("job_{}", job.standing.name()),
                        |hold| format!("held_{}", hold.name()),
                    ),
                    format!("its transaction is {}{held} {why}", job.standing.name()),
                    format!("job {}", job.id),
                )
            }),
        };
        causes.extend(asked.map(|(code, detail, about)| Cause {
            code,
            detail,
            about: Some(about),
        }));
    }
    Ok(causes)
}
