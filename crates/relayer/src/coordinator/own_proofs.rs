//! Proofs that networks make of their own certificates: with them or after them, verified before anything is kept.
//!
//! Under the lock it is found what a proof has to be of; it is verified without the lock, for that may take long; and under the lock again
//! it is kept if it still is what is wanted.

use std::borrow::Cow;

use alloy_primitives::B256;
use causeway_journal::{CertificateRecord, ProofKind, ProofStanding, Standing, Timestamp, certificate_id};
use causeway_ledger::{Memory, apply};
use causeway_types::{Authority, Certificate, CertificateJson, GoldilocksDigest};
use serde_json::json;

use super::intake::{internal, not_ready, storage, submitted};
use super::{Coordinator, Inner, Judged};
use crate::desk::{Code, Refusal, Submitted, ToProve};

/// How often what a proof has to be of may become something else while it is verified.
const MOST_TRIES: usize = 3;

/// A network's own proof that came, and what it was found to be one of.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnProof<'a> {
    bytes: &'a [u8],
    of: Option<ToProve>,
}

/// Why something is not taken in, or not yet.
#[derive(Debug)]
pub(super) enum Halt {
    /// It is refused.
    Refused(Refusal),
    /// The proof that came with it has to be verified first.
    Unverified(ToProve),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Coordinator {
    /// Takes a certificate in, with the proof that its network made of it if that comes with it: a network that signs nothing has to
    /// send it so. The same one again is answered as it stands; a proof that was not here is kept.
    ///
    /// # Errors
    /// A [`Refusal`]. Nothing is kept of what is refused.
    pub fn submit_with_proof(
        &self,
        certificate: CertificateJson,
        proof: Option<&[u8]>,
        source: &str,
        now: Timestamp,
    ) -> Result<Submitted, Refusal> {
        let certificate = Certificate::try_from(certificate)
            .map_err(|error| Refusal::new(Code::Malformed, error.to_string()))?;
        let id = certificate_id(&certificate);
        let taken = match proof {
            Some(proof) => self.verifying(id, proof, |own| {
                self.take_in(id, Cow::Borrowed(&certificate), Some(own), source, now)
            }),
            None => {
                let taken = self.take_in(id, Cow::Owned(certificate), None, source, now);
                taken.map_err(|halt| match halt {
                    Halt::Refused(refusal) => refusal,
                    // There is nothing to be verified.
                    Halt::Unverified(_) => not_ready(),
                })
            }
        };
        self.stir_after(taken)
    }

    /// Takes in the proof that a network made of its own certificate, which is here.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub fn submit_own_proof(&self, id: B256, proof: &[u8], now: Timestamp) -> Result<Submitted, Refusal> {
        let taken = self.verifying(id, proof, |own| self.add_proof(&mut self.lock(), id, own, now));
        self.stir_after(taken)
    }

    /// Lets it be heard that something was taken in.
    fn stir_after(&self, taken: Result<Submitted, Refusal>) -> Result<Submitted, Refusal> {
        if taken.is_ok() {
            self.stir();
        }
        taken
    }

    /// Does something with a proof, which is verified as soon as it is known what it has to be of. The lock is not held meanwhile.
    fn verifying(
        &self,
        id: B256,
        bytes: &[u8],
        mut with: impl FnMut(OwnProof<'_>) -> Result<Submitted, Halt>,
    ) -> Result<Submitted, Refusal> {
        let mut own = OwnProof { bytes, of: None };
        for _ in 0..MOST_TRIES {
            let wanted = match with(own) {
                Ok(submitted) => return Ok(submitted),
                Err(Halt::Refused(refusal)) => return Err(refusal),
                Err(Halt::Unverified(wanted)) => wanted,
            };
            // Whatever is not the proof is not kept, or it would stand in the proof's way.
            let checked = self.own_proofs.check(wanted.key, wanted.digest, bytes);
            checked.map_err(|why| {
                let message = format!("it is no proof of certificate {id}: {why}");
                Refusal::new(Code::Unauthorised, message).with(json!({ "to_prove": wanted }))
            })?;
            own.of = Some(wanted);
        }
        let message = "what it has to prove became something else while it was verified: send it again";
        Err(Refusal::new(Code::NotReady, message).after(1))
    }

    /// Keeps the proof of a certificate that is here. One that is proven, over, or whose proof is here is answered as it stands.
    pub(super) fn add_proof(
        &self,
        inner: &mut Inner,
        id: B256,
        own: OwnProof<'_>,
        now: Timestamp,
    ) -> Result<Submitted, Halt> {
        let record = self.journal.read(|view| view.certificate(id)).map_err(storage)?;
        let Some(record) = record else {
            return Err(Refusal::new(Code::NotFound, format!("no certificate {id}")).into());
        };
        if inner.judged.is_none() {
            self.judge_all(inner, now).map_err(internal)?;
        }
        let Inner {
            judged: Some(judged),
            memory,
            ..
        } = &mut *inner
        else {
            return Err(not_ready().into());
        };
        let known = judged.worlds.accepted.network(record.certificate.network);
        let authority = known.ok_or_else(not_ready)?.authority;
        let key = authority.validity_key().ok_or_else(not_asked_for)?;
        if !matches!(record.standing, Standing::Waiting | Standing::Accepted) {
            return Ok(submitted(record));
        }
        let digest = digest_now(judged, memory, &record).ok_or_else(|| {
            let message = "what it has to prove is known once its predecessors are here";
            Refusal::new(Code::NotReady, message).after(30)
        })?;
        let earlier = self
            .journal
            .read(|view| view.own_proof_digest(id))
            .map_err(storage)?;
        if earlier == Some(digest.into()) {
            return Ok(submitted(record));
        }
        let bytes = own.of(ToProve { digest, key })?;
        let kept = self.journal.change(now, |change| {
            let subject = id.to_string();
            let transition = change.view().proof_of(ProofKind::Transition, &subject)?;
            // What was proven with the earlier one stands on another state.
            if let Some(transition) = transition
                && earlier.is_some()
                && transition.standing != ProofStanding::Failed
            {
                change.fail_proof(transition.id, "its predecessor is another one")?;
            }
            change.keep_own_proof(id, digest, bytes)
        });
        kept.map_err(storage)?;
        self.judge_all(inner, now).map_err(internal)?;
        let record = self.journal.read(|view| view.certificate(id)).map_err(storage)?;
        Ok(submitted(record.ok_or_else(not_ready)?))
    }

    /// What a network authorised beside the live certificate of a height, if it made two. Of one that only proves, what comes has to have
    /// its proof: anybody can write down the rest.
    pub(super) fn equivocates(
        &self,
        judged: &Judged,
        certificate: &Certificate,
        live: B256,
        own: Option<OwnProof<'_>>,
    ) -> Result<Option<GoldilocksDigest>, Halt> {
        let known = judged.worlds.accepted.network(certificate.network);
        let (Some(known), Some(rival)) = (known, judged.transitions.get(&live)) else {
            return Ok(None);
        };
        let Ok(transition) = apply(rival.before(), certificate) else {
            return Ok(None);
        };
        let digest = transition.digest();
        let made = Memory::new().check_authority(&judged.worlds.accepted, &transition);
        if made.is_err() || digest == rival.digest() {
            return Ok(None);
        }
        match (known.authority.signer_address(), own) {
            (Some(_), _) => Ok(Some(digest)),
            (None, None) => Ok(None),
            (None, own) => proven(&known.authority, digest, own).map(|own| own.map(|_| digest)),
        }
    }
}

impl<'a> OwnProof<'a> {
    /// The proof, if it was found to be one of what is wanted.
    fn of(self, wanted: ToProve) -> Result<&'a [u8], Halt> {
        if self.of == Some(wanted) {
            Ok(self.bytes)
        } else {
            Err(Halt::Unverified(wanted))
        }
    }
}

/// The proof that came with a certificate, verified, if its network's authority has a key for one. A network that signs too may send it later.
pub(super) fn proven<'a>(
    authority: &Authority,
    digest: GoldilocksDigest,
    own: Option<OwnProof<'a>>,
) -> Result<Option<&'a [u8]>, Halt> {
    match (authority.validity_key(), own) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(not_asked_for().into()),
        (Some(key), Some(own)) => own.of(ToProve { digest, key }).map(Some),
        (Some(_), None) if authority.signer_address().is_some() => Ok(None),
        (Some(key), None) => {
            // Of a proof only the key is named in a certificate, and anybody can name it.
            let message = "its network proves its certificates and signs none: its proof of the digest in the details comes with it";
            let details = json!({ "to_prove": ToProve { digest, key } });
            Err(Refusal::new(Code::Unsigned, message).with(details).into())
        }
    }
}

fn not_asked_for() -> Refusal {
    let message = "its network signs its certificates: no proof of its own is asked for";
    Refusal::new(Code::Refused, message)
}

/// What a certificate that is here has to be proven to be, on top of what of its network is accepted and waits.
fn digest_now(judged: &Judged, memory: &mut Memory, record: &CertificateRecord) -> Option<GoldilocksDigest> {
    if let Some(transition) = judged.transitions.get(&record.id) {
        return Some(transition.digest());
    }
    let certificate = &record.certificate;
    let mut state = judged.worlds.accepted.network(certificate.network)?.state.clone();
    let waiting = judged.waiting.iter().map(|waiting| &*waiting.certificate);
    let mut before: Vec<_> = waiting
        .filter(|other| other.network == certificate.network && other.height < certificate.height)
        .collect();
    before.sort_by_key(|other| other.height);
    for other in before {
        if other.height == state.height()
            && let Ok(transition) = memory.apply(&state, other)
        {
            state = transition.after().clone();
        }
    }
    Some(memory.apply(&state, certificate).ok()?.digest())
}
