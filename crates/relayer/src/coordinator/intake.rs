//! Taking certificates in.

use std::borrow::Cow;
use std::sync::Arc;

use alloy_primitives::B256;
use causeway_journal::{
    CertificateRecord, Intake, JournalError, NewCertificate, ProofKind, Scope, Standing, Timestamp,
};
use causeway_ledger::{LedgerError, Transition, World};
use causeway_types::{Certificate, CertificateJson, GoldilocksDigest, NetworkId};
use serde_json::json;

use super::own_proofs::{Halt, OwnProof, proven};
use super::pending::carry_out;
use super::{Coordinator, CoordinatorError, Inner, Stored};
use crate::desk::{Code, Refusal, Submitted, ToProve, ToSign};
use crate::judge::{Candidate, Verdict, rule};

/// How many certificates of one network may wait for others.
const MOST_WAITING: usize = 64;

impl Coordinator {
    /// Takes a certificate in. The same one again is answered as it stands.
    ///
    /// # Errors
    /// A [`Refusal`]. Nothing is kept of what is refused.
    pub fn submit(
        &self,
        certificate: CertificateJson,
        source: &str,
        now: Timestamp,
    ) -> Result<Submitted, Refusal> {
        self.submit_with_proof(certificate, None, source, now)
    }

    /// Takes a certificate in, as far as that can be done without verifying what came with it.
    pub(super) fn take_in(
        &self,
        id: B256,
        certificate: Cow<'_, Certificate>,
        own: Option<OwnProof<'_>>,
        source: &str,
        now: Timestamp,
    ) -> Result<Submitted, Halt> {
        let mut inner = self.lock();
        if let Some(known) = self.known_already(&mut inner, id, &certificate, now)? {
            return match own {
                Some(own) => self.add_proof(&mut inner, id, own, now),
                None => Ok(known),
            };
        }
        self.check_open(certificate.network, now)?;
        // As long as L1 is being read, nobody knows who is registered.
        if inner.known.is_none() || inner.heights.head.is_none() {
            return Err(not_ready().into());
        }
        if let Some(filled) = self.fill(&mut inner, id, &certificate, source, now)? {
            return Ok(filled);
        }
        if inner.judged.as_ref().is_none_or(|judged| judged.due <= now) {
            self.judge_all(&mut inner, now).map_err(internal)?;
        }
        let (transition, own) = self.check(&mut inner, &certificate, own, now)?;
        let candidate = Candidate {
            id,
            certificate: Arc::new(certificate.into_owned()),
            standing: Standing::Waiting,
            reason: None,
            deadline: None,
            proven: false,
            own_proof: own.map(|_| transition.digest().into()),
            asked: false,
            digest: None,
        };
        Ok(self.take(&mut inner, candidate, &transition, own, source, now)?)
    }

    /// The certificate as it stands, if it is here. One that was damaged here is whole again: its id is the hash of all of it.
    fn known_already(
        &self,
        inner: &mut Inner,
        id: B256,
        certificate: &Certificate,
        now: Timestamp,
    ) -> Result<Option<Submitted>, Refusal> {
        let mut record = self.journal.read(|view| view.certificate(id));
        if matches!(record, Err(JournalError::Damaged { .. })) {
            self.journal
                .change(now, |change| change.mend_certificate(certificate))
                .map_err(storage)?;
            if let Some(known) = &mut inner.known {
                known.fill(certificate, &Stored(&self.journal));
            }
            inner.judged = None;
            record = self.journal.read(|view| view.certificate(id));
        }
        Ok(record.map_err(storage)?.map(submitted))
    }

    fn known(&self, id: B256) -> Result<Option<Submitted>, Refusal> {
        let record = self.journal.read(|view| view.certificate(id));
        Ok(record.map_err(storage)?.map(submitted))
    }

    /// Whether anything of a network is taken in now.
    fn check_open(&self, network: NetworkId, now: Timestamp) -> Result<(), Refusal> {
        let policy = self.policy(network);
        let since = Timestamp::from_millis(
            now.millis()
                .saturating_sub(u64::try_from(policy.offence_window.0.as_millis()).unwrap_or(u64::MAX)),
        );
        let (paused, offences) = self
            .journal
            .read(|view| {
                let paused = match view.pause(Scope::Intake, now)? {
                    Some(pause) => Some(pause),
                    None => view.pause(Scope::Network(network), now)?,
                };
                Ok::<_, JournalError>((paused, view.count_offences(network, since)?))
            })
            .map_err(storage)?;
        if let Some(pause) = paused {
            let message = format!("{} is paused: {}", pause.scope, pause.reason);
            return Err(Refusal::new(Code::Paused, message));
        }
        if offences >= policy.most_offences {
            let message = format!(
                "network {} is blocked: {offences} offences within {:?}",
                network.get(),
                policy.offence_window.0
            );
            return Err(Refusal::new(Code::Blocked, message).after(policy.offence_window.0.as_secs()));
        }
        Ok(())
    }

    /// A certificate that L1 has and the journal has not: a network's state goes on with it.
    fn fill(
        &self,
        inner: &mut Inner,
        id: B256,
        certificate: &Certificate,
        source: &str,
        now: Timestamp,
    ) -> Result<Option<Submitted>, Refusal> {
        let Some(known) = &mut inner.known else {
            return Ok(None);
        };
        let Some(missing) = known.missing(certificate.network).copied() else {
            return Ok(None);
        };
        let wanted = missing.height;
        let refuse = |message: String| {
            let details = json!({ "height": wanted, "exit_root": missing.exit_root.get() });
            Err(Refusal::new(Code::HistoryMissing, message).with(details))
        };
        let network = certificate.network.get();
        if certificate.height != wanted {
            return refuse(format!(
                "L1 has certificates of network {network} that are not here: hand in the one of height {wanted} first"
            ));
        }
        let mut next = known.clone();
        if !next.fill(certificate, &Stored(&self.journal)) {
            return refuse(format!(
                "this is not the certificate of network {network} at height {wanted} that L1 settled"
            ));
        }
        let not_final = inner
            .settled
            .iter_mut()
            .flat_map(|epoch| &mut epoch.entries)
            .find(|(entry, _)| *entry == missing);
        let standing = match not_final {
            Some((_, settled)) => {
                *settled = Some(id);
                Standing::Settled
            }
            None => Standing::Finalized,
        };
        let displaced = self
            .journal
            .read(|view| view.live_certificate(certificate.network, wanted))
            .map_err(storage)?;
        let taken = self.journal.change(now, |change| {
            if let Some(live) = displaced {
                change.move_certificate(live, Standing::Superseded, None)?;
            }
            change.take_certificate(&NewCertificate {
                certificate,
                digest: None,
                source,
                standing: Standing::Waiting,
                reason: None,
                deadline: None,
            })?;
            change.move_certificate(id, Standing::Settled, None)?;
            change.move_certificate(id, standing, None)
        });
        taken.map_err(storage)?;
        *known = next;
        inner.judged = None;
        Ok(Some(Submitted {
            id,
            lxly_id: certificate.id(),
            standing,
            reason: None,
            known: false,
        }))
    }

    /// Whether a certificate follows its network's others, breaks no rule of its own, and was made by its network; what it does, and its
    /// network's proof if that came with it.
    fn check<'a>(
        &self,
        inner: &mut Inner,
        certificate: &Certificate,
        own: Option<OwnProof<'a>>,
        now: Timestamp,
    ) -> Result<(Arc<Transition>, Option<&'a [u8]>), Halt> {
        let Inner {
            judged: Some(judged),
            memory,
            heights,
            ..
        } = inner
        else {
            return Err(not_ready().into());
        };
        let network = certificate.network;
        let world = &judged.worlds.accepted;
        let known = world.network(network);
        let Some(known) = known else {
            let message = format!("network {} is not registered on L1", network.get());
            return Err(Refusal::new(Code::UnknownNetwork, message).into());
        };
        let live = self
            .journal
            .read(|view| view.live_certificate(network, certificate.height))
            .map_err(storage)?;
        if let Some(live) = live {
            let rival = self.equivocates(judged, certificate, live, own)?;
            return Err(self.conflict(certificate, live, rival, now).into());
        }
        let mut state = known.state.clone();
        let mut waiting: Vec<_> = judged
            .waiting
            .iter()
            .filter(|waiting| waiting.certificate.network == network)
            .collect();
        waiting.sort_by_key(|waiting| waiting.certificate.height);
        if waiting.len() >= MOST_WAITING {
            let message = format!(
                "{MOST_WAITING} certificates of network {} wait already",
                network.get()
            );
            return Err(Refusal::new(Code::TooMany, message).after(30).into());
        }
        for waiting in waiting {
            if waiting.certificate.height == state.height()
                && let Ok(transition) = memory.apply(&state, &waiting.certificate)
            {
                state = transition.after().clone();
            }
        }
        let settles_at = heights.settles_at(now, self.config.epochs.proving_margin.0);
        let expiry = certificate.expiry;
        if expiry.get() < settles_at {
            return Err(refused(&LedgerError::ExpiresTooSoon { expiry, settles_at }).into());
        }
        let transition = memory
            .apply(&state, certificate)
            .map_err(|error| refused(&error))?;
        let made = match memory.check_authority(world, &transition) {
            Ok(()) => proven(&known.authority, transition.digest(), own),
            Err(error) => Err(unauthorised(world, &transition, error).into()),
        };
        if made.is_err() {
            // Whoever likes sends what no network has made: nothing of it stays.
            memory.forget(&transition);
        }
        made.map(|own| (transition, own))
    }

    /// Another live certificate has the height. Two that were both authorised are an offence.
    fn conflict(
        &self,
        certificate: &Certificate,
        live: B256,
        rival: Option<GoldilocksDigest>,
        now: Timestamp,
    ) -> Refusal {
        let network = certificate.network;
        if let Some(rival) = rival {
            // Once for what was authorised, whoever sends it how often, in whatever form.
            let subject = B256::from(rival).to_string();
            let noted = self.journal.change(now, |change| {
                change.note_offence(network, "equivocation", &subject)
            });
            if let Err(error) = noted {
                return storage(error);
            }
        }
        let message = format!(
            "network {} has another certificate at height {}: {live}",
            network.get(),
            certificate.height
        );
        let details = json!({ "live": live, "equivocation": rival.is_some() });
        Refusal::new(Code::HeightConflict, message).with(details)
    }

    /// Judges one that breaks no rule of its own, beside those that wait, and keeps it.
    fn take(
        &self,
        inner: &mut Inner,
        new: Candidate,
        transition: &Transition,
        own: Option<&[u8]>,
        source: &str,
        now: Timestamp,
    ) -> Result<Submitted, Refusal> {
        let Some((mut judged, candidates, judgement)) = self.judge_more(inner, Some(new), now) else {
            return Err(not_ready());
        };
        let (Some(new), Some(verdict)) = (candidates.last(), judgement.verdicts.last()) else {
            return Err(not_ready());
        };
        if verdict.standing.is_dead() {
            let refusal = dead(verdict);
            inner.judged = Some(judged);
            return Err(refusal);
        }
        fail::fail_point!("intake::before_commit", |_| std::process::abort());
        let taken = self.journal.change(now, |change| {
            let taken = change.take_certificate(&NewCertificate {
                certificate: &new.certificate,
                digest: Some(transition.digest()),
                source,
                standing: verdict.standing,
                reason: verdict.reason.as_ref(),
                deadline: verdict.deadline,
            })?;
            if let Some(own) = own {
                change.keep_own_proof(new.id, transition.digest(), own)?;
            }
            if verdict.standing == Standing::Accepted && verdict.reason.is_none() {
                change.ask_proof(ProofKind::Transition, &new.id.to_string())?;
            }
            let others = candidates.iter().zip(&judgement.verdicts);
            for (candidate, verdict) in others.take(candidates.len() - 1) {
                carry_out(change, candidate, verdict)?;
            }
            Ok::<_, JournalError>(taken)
        });
        match taken {
            Ok(Intake::New) => {}
            Ok(Intake::Known(_)) => {
                let known = self.known(new.id)?;
                return known.ok_or_else(not_ready);
            }
            Err(error) => return Err(storage(error)),
        }
        let submitted = Submitted {
            id: new.id,
            lxly_id: new.certificate.id(),
            standing: verdict.standing,
            reason: verdict.reason.clone(),
            known: false,
        };
        judged.go_on(candidates, judgement, now);
        inner.judged = Some(judged);
        Ok(submitted)
    }
}

pub(super) fn submitted(record: CertificateRecord) -> Submitted {
    Submitted {
        id: record.id,
        lxly_id: record.lxly_id,
        standing: record.standing,
        reason: record.reason,
        known: true,
    }
}

/// Why a certificate is not taken for its network's.
fn unauthorised(world: &World, transition: &Transition, error: LedgerError) -> Refusal {
    let network = transition.certificate().network;
    let Some(known) = world.network(network) else {
        return refused(&LedgerError::UnknownNetwork { network });
    };
    let digest = transition.digest();
    match error {
        LedgerError::MissingAuthorisation | LedgerError::MissingSignature { .. } => {
            if let (None, Some(key)) = (known.authority.signer_address(), known.authority.validity_key()) {
                let message =
                    format!("{error}: it names the key in the details, and its network proves the digest");
                let to_prove = ToProve { digest, key };
                return Refusal::new(Code::Unsigned, message).with(json!({ "to_prove": to_prove }));
            }
            let to_sign = ToSign {
                digest: digest.into(),
                signing_hash: world.domain().signing_hash(network, digest),
            };
            let message = format!("{error}: its network signs the digest in the details");
            Refusal::new(Code::Unsigned, message).with(json!({ "to_sign": to_sign }))
        }
        error => {
            let details = json!({ "rule": rule(&error).code });
            Refusal::new(Code::Unauthorised, error.to_string()).with(details)
        }
    }
}

/// A rule is broken.
fn refused(error: &LedgerError) -> Refusal {
    let reason = rule(error);
    let code = match error {
        LedgerError::ExpiresTooSoon { .. } => Code::ExpiresTooSoon,
        LedgerError::UnknownNetwork { .. } => Code::UnknownNetwork,
        _ => Code::Refused,
    };
    let refusal = Refusal::new(code, reason.detail).with(json!({ "rule": reason.code }));
    match reason.class {
        Some(class) => refusal.of_class(class),
        None => refusal,
    }
}

fn dead(verdict: &Verdict) -> Refusal {
    match (&verdict.rule, &verdict.reason) {
        (Some(error), _) => refused(error),
        (None, Some(reason)) => {
            Refusal::new(Code::Refused, reason.detail.clone()).with(json!({ "rule": reason.code }))
        }
        (None, None) => Refusal::new(Code::Refused, "it does not settle"),
    }
}

pub(super) fn not_ready() -> Refusal {
    Refusal::new(Code::NotReady, "L1 has not been read yet: ask again soon").after(5)
}

pub(super) fn storage(error: JournalError) -> Refusal {
    Refusal::new(Code::Storage, error.to_string()).after(5)
}

pub(super) fn internal(error: CoordinatorError) -> Refusal {
    match error {
        CoordinatorError::Journal(error) => storage(error),
        CoordinatorError::NotReady => not_ready(),
        other => Refusal::new(Code::NotReady, other.to_string()).after(5),
    }
}
