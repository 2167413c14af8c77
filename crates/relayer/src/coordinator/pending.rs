//! What is pending in the journal, and where it goes by a verdict.

use std::sync::Arc;

use alloy_primitives::B256;
use causeway_journal::{
    CertificateRecord, Change, JournalError, ProofKind, ProofStanding, Reason, Standing, View,
};

use crate::judge::{Candidate, Verdict};

/// What is in the open epoch, and what else L1 does not have.
pub(super) fn pending(view: &View<'_>) -> Result<(Vec<CertificateRecord>, Vec<Candidate>), JournalError> {
    let mut candidates = Vec::new();
    for standing in [
        Standing::Waiting,
        Standing::Accepted,
        Standing::Proven,
        Standing::Confirmed,
    ] {
        for record in view.certificates_at(standing)? {
            candidates.push((record.seq, candidate(view, record)?));
        }
    }
    candidates.sort_by_key(|(seq, _)| *seq);
    let assigned = view.certificates_at(Standing::Assigned)?;
    Ok((
        assigned,
        candidates.into_iter().map(|(_, candidate)| candidate).collect(),
    ))
}

fn candidate(view: &View<'_>, record: CertificateRecord) -> Result<Candidate, JournalError> {
    let proof = view.proof_of(ProofKind::Transition, &record.id.to_string())?;
    let proof = proof.map(|proof| proof.standing);
    Ok(Candidate {
        id: record.id,
        proven: proof == Some(ProofStanding::Done),
        asked: proof.is_some_and(|standing| standing != ProofStanding::Failed),
        own_proof: view.own_proof_digest(record.id)?,
        certificate: Arc::new(record.certificate),
        standing: record.standing,
        reason: record.reason,
        deadline: record.deadline,
        digest: record.digest,
    })
}

/// Whether a proof is asked for by a verdict.
pub(super) fn asks(verdict: &Verdict) -> bool {
    verdict.standing == Standing::Accepted && verdict.reason.is_none()
}

/// Writes down where a certificate stands by a verdict, and what follows from it, as far as that is not there already.
pub(super) fn carry_out(
    change: &Change<'_>,
    candidate: &Candidate,
    verdict: &Verdict,
) -> Result<(), JournalError> {
    let id = verdict.id;
    if (candidate.standing, &candidate.reason) != (verdict.standing, &verdict.reason) {
        step(
            change,
            id,
            candidate.standing,
            verdict.standing,
            verdict.reason.as_ref(),
        )?;
    }
    if verdict.deadline != candidate.deadline && verdict.standing.is_pending() {
        change.set_deadline(id, verdict.deadline)?;
    }
    if let Some(digest) = verdict.digest
        && candidate.digest != Some(digest.into())
    {
        change.set_digest(id, digest)?;
    }
    if asks(verdict) && !candidate.asked {
        change.ask_proof(ProofKind::Transition, &id.to_string())?;
    }
    if verdict.standing == Standing::Expired
        && verdict
            .reason
            .as_ref()
            .is_some_and(|reason| reason.code == "never_proven")
    {
        change.note_offence(candidate.certificate.network, "never_proven", &id.to_string())?;
    }
    Ok(())
}

/// Moves a certificate, by the standings that lie between.
pub(super) fn step(
    change: &Change<'_>,
    id: B256,
    from: Standing,
    to: Standing,
    reason: Option<&Reason>,
) -> Result<(), JournalError> {
    use Standing::{Accepted, Confirmed, Proven, Waiting};
    let between: &[Standing] = match (from, to) {
        (Waiting, Proven) => &[Accepted],
        (Waiting, Confirmed) => &[Accepted, Proven],
        (Accepted, Confirmed) => &[Proven],
        (Proven | Confirmed, Accepted) => &[Waiting],
        _ => &[],
    };
    for &standing in between {
        change.move_certificate(id, standing, None)?;
    }
    change.move_certificate(id, to, reason)
}
