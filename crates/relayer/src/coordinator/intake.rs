//! Taking certificates in.

use std::sync::Arc;

use alloy_primitives::B256;
use causeway_journal::{
    CertificateRecord, Intake, JournalError, NewCertificate, ProofKind, Scope, Standing, Timestamp,
    certificate_id,
};
use causeway_ledger::{LedgerError, Memory, Transition, World, apply};
use causeway_types::{Certificate, CertificateJson, GoldilocksDigest, NetworkId};
use serde_json::json;

use super::{Coordinator, CoordinatorError, Inner, Judged, Stored, carry_out, step};
use crate::desk::{Code, Refusal, Submitted, ToSign};
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
        let certificate = Certificate::try_from(certificate)
            .map_err(|error| Refusal::new(Code::Malformed, error.to_string()))?;
        let id = certificate_id(&certificate);
        let mut inner = self.lock();
        if let Some(known) = self.known_already(&mut inner, id, &certificate, now)? {
            return Ok(known);
        }
        self.check_open(certificate.network, now)?;
        // As long as L1 is being read, nobody knows who is registered.
        if inner.known.is_none() || inner.heights.head.is_none() {
            return Err(not_ready());
        }
        if let Some(filled) = self.fill(&mut inner, id, &certificate, source, now)? {
            return Ok(filled);
        }
        if inner.judged.as_ref().is_none_or(|judged| judged.due <= now) {
            self.judge_all(&mut inner, now).map_err(internal)?;
        }
        let transition = self.check(&mut inner, id, &certificate, now)?;
        let candidate = Candidate {
            id,
            certificate: Arc::new(certificate),
            standing: Standing::Waiting,
            reason: None,
            deadline: None,
            proven: false,
            own_proof: false,
            asked: false,
            digest: None,
        };
        self.take(&mut inner, candidate, &transition, source, now)
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

    /// Whether a certificate follows its network's others, breaks no rule of its own, and was made by its network.
    fn check(
        &self,
        inner: &mut Inner,
        id: B256,
        certificate: &Certificate,
        now: Timestamp,
    ) -> Result<Arc<Transition>, Refusal> {
        let Inner {
            judged: Some(judged),
            memory,
            heights,
            ..
        } = inner
        else {
            return Err(not_ready());
        };
        let network = certificate.network;
        let world = &judged.worlds.accepted;
        let known = world.network(network);
        let Some(known) = known else {
            let message = format!("network {} is not registered on L1", network.get());
            return Err(Refusal::new(Code::UnknownNetwork, message));
        };
        let live = self
            .journal
            .read(|view| view.live_certificate(network, certificate.height))
            .map_err(storage)?;
        if let Some(live) = live {
            return Err(self.conflict(judged, id, certificate, live, now));
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
            return Err(Refusal::new(Code::TooMany, message).after(30));
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
            return Err(refused(&LedgerError::ExpiresTooSoon { expiry, settles_at }));
        }
        let transition = memory
            .apply(&state, certificate)
            .map_err(|error| refused(&error))?;
        if let Err(error) = memory.check_authority(world, &transition) {
            // Whoever likes sends what nobody has signed: nothing of it stays.
            memory.forget(&transition);
            return Err(unauthorised(world, &transition, error));
        }
        if known.authority.signer_address().is_none() {
            // Of a proof only the key is named in a certificate, and anybody can name it.
            let message = format!(
                "network {} proves its certificates and signs none: whoever likes could have written this one, and proofs that come \
                 with certificates are not taken in yet",
                network.get()
            );
            return Err(Refusal::new(Code::Unauthorised, message));
        }
        Ok(transition)
    }

    /// Another live certificate has the height. Two that were both authorised are an offence.
    fn conflict(
        &self,
        judged: &Judged,
        id: B256,
        certificate: &Certificate,
        live: B256,
        now: Timestamp,
    ) -> Refusal {
        let network = certificate.network;
        let rival = judged.transitions.get(&live);
        let made = rival.and_then(|rival| {
            let transition = apply(rival.before(), certificate).ok()?;
            let world = &judged.worlds.accepted;
            Memory::new().check_authority(world, &transition).ok()?;
            (transition.digest() != rival.digest()).then_some(())
        });
        let equivocates = made.is_some();
        if equivocates {
            let noted = self.journal.change(now, |change| {
                change.note_offence(network, "equivocation", &id.to_string())
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
        let details = json!({ "live": live, "equivocation": equivocates });
        Refusal::new(Code::HeightConflict, message).with(details)
    }

    /// Judges one that breaks no rule of its own, beside those that wait, and keeps it.
    fn take(
        &self,
        inner: &mut Inner,
        new: Candidate,
        transition: &Transition,
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

    /// Takes in the proof that a network made of its own certificate.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub fn submit_own_proof(&self, id: B256, proof: &[u8], now: Timestamp) -> Result<Submitted, Refusal> {
        let record = self.journal.read(|view| view.certificate(id)).map_err(storage)?;
        let Some(record) = record else {
            return Err(Refusal::new(Code::NotFound, format!("no certificate {id}")));
        };
        let key = {
            let inner = self.lock();
            let judged = inner.judged.as_ref().ok_or_else(not_ready)?;
            let known = judged.worlds.accepted.network(record.certificate.network);
            known.and_then(|known| known.authority.validity_key())
        };
        let Some(key) = key else {
            let message = "its network signs its certificates: no proof of its own is asked for";
            return Err(Refusal::new(Code::Refused, message));
        };
        let digest = record
            .digest
            .and_then(|digest| GoldilocksDigest::try_from(digest).ok());
        let digest = digest.ok_or_else(|| {
            Refusal::new(
                Code::NotReady,
                "what it has to prove is known once its predecessors are here",
            )
            .after(30)
        })?;
        // Whatever is not the proof is not kept, or it would stand in the proof's way.
        let checked = self.own_proofs.check(key, digest, proof);
        checked.map_err(|why| {
            Refusal::new(
                Code::Unauthorised,
                format!("it is no proof of certificate {id}: {why}"),
            )
        })?;
        let mut inner = self.lock();
        let standing = self
            .journal
            .read(|view| view.standing(id))
            .map_err(storage)?
            .unwrap_or(record.standing);
        let kept = self.journal.change(now, |change| {
            change.keep_own_proof(id, proof)?;
            if standing == Standing::Accepted {
                change.set_deadline(id, None)?;
                step(change, id, standing, Standing::Accepted, None)?;
                change.ask_proof(ProofKind::Transition, &id.to_string())?;
            }
            Ok::<_, JournalError>(())
        });
        kept.map_err(storage)?;
        inner.judged = None;
        Ok(Submitted {
            id,
            lxly_id: record.lxly_id,
            standing,
            reason: record.reason.filter(|_| standing != Standing::Accepted),
            known: true,
        })
    }
}

fn submitted(record: CertificateRecord) -> Submitted {
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
    match error {
        LedgerError::UnknownNetwork { .. } => refused(&error),
        LedgerError::MissingAuthorisation | LedgerError::MissingSignature { .. } => {
            let digest = transition.digest();
            let network = transition.certificate().network;
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

fn not_ready() -> Refusal {
    Refusal::new(Code::NotReady, "L1 has not been read yet: ask again soon").after(5)
}

fn storage(error: JournalError) -> Refusal {
    Refusal::new(Code::Storage, error.to_string()).after(5)
}

fn internal(error: CoordinatorError) -> Refusal {
    match error {
        CoordinatorError::Journal(error) => storage(error),
        CoordinatorError::NotReady => not_ready(),
        other => Refusal::new(Code::NotReady, other.to_string()).after(5),
    }
}
