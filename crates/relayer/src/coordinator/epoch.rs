//! Epochs: closed when there is enough to settle or somebody has waited long enough, and settled by one call.

use alloy_primitives::{B256, Bytes, FixedBytes, U256};
use alloy_sol_types::SolCall;
use causeway_bindings::Settlement;
use causeway_journal::{
    CertificateRecord, Change, EpochRecord, EpochStanding, JournalError, NewEpoch, Pause, ProofKind, Reason,
    ReasonClass, Scope, Standing, Timestamp, View,
};
use causeway_ledger::{
    AuthorisationEntry, CertificateRef, EpochOutcome, Memory, PayloadEntry, World, authorisations_chain,
    payload_chain, settle_epoch_with,
};
use causeway_types::{Certificate, PublicValues, SettlementDomain, Signature};
use serde::{Deserialize, Serialize};

use super::{Coordinator, CoordinatorError, Inner};
use crate::config::schema::Epochs;
use crate::known::Base;

/// What an epoch was closed with: all that its call says but the proof, and all that its prover needs to find again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochPlan {
    /// How many entries of the registry it consumes.
    pub entries: usize,
    /// How many exits of L1 it consumes.
    pub exits: usize,
    /// What its proof has to say.
    pub statement: B256,
    /// The program that proves it.
    pub program: U256,
    /// The route of its proof.
    pub selector: FixedBytes<4>,
    /// `inputs` of the call, as the contract's ABI has them.
    pub inputs: Bytes,
    /// Who had to agree.
    pub authorisations: Bytes,
    /// And did.
    pub signatures: Bytes,
    /// What is published.
    pub payload: Bytes,
    /// Until when it can settle, in seconds.
    pub expiry: u64,
}

/// What an epoch can be closed over.
#[derive(Debug)]
pub(super) struct Ready {
    /// The epoch that is open.
    pub(super) open: Option<EpochRecord>,
    /// Who stopped proving.
    pub(super) paused: Option<Pause>,
    /// Confirmed certificates.
    pub(super) confirmed: Vec<CertificateRecord>,
    /// Those whose networks are stopped.
    pub(super) stopped: Vec<(CertificateRecord, Pause)>,
    /// How many an epoch takes.
    pub(super) most: usize,
}

/// What settles an epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The proof, without the route.
    pub proof: Bytes,
    /// The call, whole.
    pub calldata: Bytes,
}

impl EpochPlan {
    /// The plan of an epoch.
    ///
    /// # Errors
    /// [`CoordinatorError::Epoch`] if it does not read.
    pub fn of(epoch: &EpochRecord) -> Result<Self, CoordinatorError> {
        serde_json::from_str(&epoch.inputs).map_err(|error| CoordinatorError::Epoch {
            epoch: epoch.id,
            detail: error.to_string(),
        })
    }

    /// The call that settles it with a proof.
    ///
    /// # Errors
    /// [`CoordinatorError::Epoch`] if the inputs do not read.
    pub fn call(&self, epoch: u64, proof: &Bytes) -> Result<Bytes, CoordinatorError> {
        use alloy_sol_types::SolValue;
        let inputs =
            Settlement::EpochInputs::abi_decode(&self.inputs).map_err(|error| CoordinatorError::Epoch {
                epoch,
                detail: error.to_string(),
            })?;
        let call = Settlement::settleCall {
            inputs,
            authorisations: self.authorisations.clone(),
            signatures: self.signatures.clone(),
            payload: self.payload.clone(),
            proof: [&self.selector[..], proof].concat().into(),
        };
        Ok(call.abi_encode().into())
    }
}

impl EpochPlan {
    /// More gas than its settlement takes: what its calldata costs, at the floor of EIP-7623 if that is more, and more than its execution
    /// takes by the number of its certificates.
    fn most_gas(&self) -> Result<u64, CoordinatorError> {
        let data = self.call(0, &[0xff; PROOF].into())?;
        let zeros = data.iter().filter(|byte| **byte == 0).count() as u64;
        let tokens = zeros + 4 * (data.len() as u64 - zeros);
        let certificates = (self.payload.len() / PayloadEntry::ENCODED_LEN) as u64;
        let executed = EXECUTION + EXECUTION_EACH * certificates;
        Ok(TRANSACTION + (4 * tokens + executed).max(10 * tokens))
    }
}

/// Gas of any transaction.
const TRANSACTION: u64 = 21_000;
/// More gas than settlement takes whatever it settles: the verifier, what is stored, what is logged.
const EXECUTION: u64 = 420_000;
/// More than each certificate adds to that: its signature, its hashes, its part of the log.
const EXECUTION_EACH: u64 = 10_000;
/// No proof is longer.
const PROOF: usize = 512;

impl Submission {
    /// What settles an epoch, if it is proven.
    ///
    /// # Errors
    /// [`CoordinatorError::Epoch`] if it does not read.
    pub fn of(epoch: &EpochRecord) -> Result<Option<Self>, CoordinatorError> {
        let Some(text) = &epoch.submission else {
            return Ok(None);
        };
        serde_json::from_str(text)
            .map(Some)
            .map_err(|error| CoordinatorError::Epoch {
                epoch: epoch.id,
                detail: error.to_string(),
            })
    }
}

impl Coordinator {
    /// Closes an epoch, if none is open and it is time: as many certificates are confirmed as an epoch takes, or one of them has waited
    /// long enough.
    ///
    /// # Errors
    /// A [`CoordinatorError`].
    pub fn close_epoch(&self, now: Timestamp) -> Result<Option<u64>, CoordinatorError> {
        let mut inner = self.lock();
        let Some((program, selector)) = inner.program else {
            return Ok(None);
        };
        let settings = &self.config.epochs;
        // Most of the time it is not time, and nothing has to be read to know that.
        if !self.journal.read(|view| may_close(view, settings, now))? {
            return Ok(None);
        }
        if inner.known.is_none() {
            return Ok(None);
        }
        // What is confirmed is confirmed on what L1 has now.
        if inner.judged.is_none() {
            self.judge_all(&mut inner, now)?;
        }
        let read = self.journal.read(|view| Ready::read(view, settings, now));
        let ready = self.without_damage(read, now)?;
        let waited = ready.closes_at(settings).is_some_and(|at| at <= now);
        if ready.open.is_some() || ready.paused.is_some() || !(ready.is_full() || waited) {
            return Ok(None);
        }
        let (confirmed, most) = (ready.confirmed, ready.most);
        let Some(known) = &inner.known else {
            return Ok(None);
        };
        // What L1 may yet take back is not built upon.
        let base = known.base(inner.heights.settled)?;
        let certificates: Vec<_> = confirmed.iter().map(|record| &record.certificate).collect();
        let settles_at = inner.heights.settles_at(now, settings.proving_margin.0);
        let domain = known.deployment().domain();
        let before = known.replay().state().commitment().hash();
        let block = inner.heights.gas_limit.unwrap_or(u64::MAX);
        let gas_max = self.config.fees.gas_max.min(block);
        let mut most = most;
        let memory = &mut inner.memory;
        let (outcome, plan) = loop {
            let all = settle_epoch_with(&base.world, &certificates, settles_at, memory);
            let outcome = first_of(all, &base.world, &certificates, settles_at, most, memory);
            if outcome.admitted.is_empty() {
                return Ok(None);
            }
            let plan = plan(domain, before, &base, &outcome, program, selector);
            // What L1 has no room for is parted before it is proven. Those that need each other are not.
            let number = outcome.admitted.len();
            if number == 1 || number > most || plan.most_gas()? <= gas_max {
                break (outcome, plan);
            }
            most = number / 2;
        };
        let admitted = outcome.admitted.iter();
        let ids: Vec<_> = admitted
            .map(|admitted| of(&confirmed, &admitted.certificate).map_or(B256::ZERO, |record| record.id))
            .collect();
        let after = outcome.world.commitment().hash();
        let inputs = serde_json::to_string(&plan).unwrap_or_default();
        let epoch = self.journal.change(now, |change| {
            let epoch = change.open_epoch(&NewEpoch {
                before: before.into(),
                after: after.into(),
                inputs: &inputs,
                certificates: &ids,
            })?;
            change.ask_proof(ProofKind::Epoch, &epoch.to_string())?;
            Ok::<_, CoordinatorError>(epoch)
        })?;
        inner.judged = None;
        Ok(Some(epoch))
    }

    /// Gives the open epoch up if L1 has gone on without it, or it can settle no more: its certificates go into another.
    ///
    /// # Errors
    /// A [`CoordinatorError`].
    pub fn review_epoch(&self, now: Timestamp) -> Result<Option<u64>, CoordinatorError> {
        let mut inner = self.lock();
        let Some(epoch) = self.journal.read(|view| view.open_epoch())? else {
            return Ok(None);
        };
        let Some(reason) = Self::stale(&inner, &epoch, now)? else {
            return Ok(None);
        };
        self.journal.change(now, |change| {
            change.move_epoch(epoch.id, EpochStanding::Abandoned, Some(&reason))
        })?;
        inner.judged = None;
        Ok(Some(epoch.id))
    }

    /// Gives an epoch up that L1 does not take. The next one has half as many certificates; one that fails alone is rejected.
    ///
    /// # Errors
    /// A [`CoordinatorError`].
    pub fn abandon(&self, epoch: u64, reason: &Reason, now: Timestamp) -> Result<(), CoordinatorError> {
        let mut inner = self.lock();
        self.journal
            .change(now, |change| give_up(change, epoch, reason))?;
        inner.judged = None;
        Ok(())
    }

    /// Why an open epoch cannot settle any more.
    fn stale(inner: &Inner, epoch: &EpochRecord, now: Timestamp) -> Result<Option<Reason>, CoordinatorError> {
        let Some(known) = &inner.known else {
            return Ok(None);
        };
        let commitment = known.commitment();
        // After it: L1 has it already, and is not deep enough for that to count.
        if commitment != epoch.before && commitment != epoch.after {
            let later = inner
                .settled
                .iter()
                .any(|settled| B256::from(settled.commitment) == epoch.after);
            if !later {
                let detail = format!(
                    "it stands on state {}, and L1 is at {commitment}: somebody else has settled, or L1 was reorganised",
                    epoch.before
                );
                return Ok(Some(Reason::new("overtaken", ReasonClass::Retry, detail)));
            }
        }
        let plan = EpochPlan::of(epoch)?;
        let chain = inner.heights.head.map_or(0, |(_, timestamp)| timestamp);
        if commitment == epoch.before && plan.expiry < now.seconds().min(chain) {
            let detail = format!("the first of its certificates expired at {}", plan.expiry);
            return Ok(Some(Reason::new("epoch_expired", ReasonClass::Rebuild, detail)));
        }
        if let Some((program, selector)) = inner.program
            && commitment == epoch.before
            && (program, selector) != (plan.program, plan.selector)
        {
            let detail = "L1 has adopted another program since it was closed";
            return Ok(Some(Reason::new("program_changed", ReasonClass::Retry, detail)));
        }
        Ok(None)
    }
}

/// Why epochs fail that are looked through by halves.
const FAILURES: [&str; 2] = ["not_provable", "reverted"];

/// After so many failures one after another certificates that need each other are not to be parted any more: all are at fault.
const MOST_FAILURES: u32 = 8;

/// How many of the newest epochs failed, one after another.
fn failures(view: &View<'_>) -> Result<u32, JournalError> {
    let newest = view.epochs(None, MOST_FAILURES)?;
    let failed = newest.iter().take_while(|epoch| {
        let reason = epoch.reason.as_ref();
        epoch.standing == EpochStanding::Abandoned
            && reason.is_some_and(|reason| FAILURES.contains(&reason.code.as_str()))
    });
    Ok(u32::try_from(failed.count()).unwrap_or(MOST_FAILURES))
}

/// Gives a failed epoch up; what failed alone is rejected, or it would fail for ever.
pub(super) fn give_up(change: &Change<'_>, id: u64, reason: &Reason) -> Result<(), JournalError> {
    let Some(epoch) = change.view().epoch(id)? else {
        return Err(JournalError::UnknownEpoch { id });
    };
    change.move_epoch(id, EpochStanding::Abandoned, Some(reason))?;
    let alone = epoch.certificates.len() == 1 || failures(&change.view())? >= MOST_FAILURES;
    if alone && FAILURES.contains(&reason.code.as_str()) {
        for &certificate in &epoch.certificates {
            if change.view().standing(certificate)? == Some(Standing::Confirmed) {
                change.move_certificate(certificate, Standing::Rejected, Some(reason))?;
            }
        }
    }
    Ok(())
}

/// Whether it can be time to close an epoch.
fn may_close(view: &View<'_>, settings: &Epochs, now: Timestamp) -> Result<bool, JournalError> {
    let (count, oldest) = view.certificates_since(Standing::Confirmed)?;
    let Some(oldest) = oldest else {
        return Ok(false);
    };
    if view.open_epoch()?.is_some() {
        return Ok(false);
    }
    Ok(oldest.after(settings.max_wait.0) <= now || count >= most(view, settings)? as u64)
}

/// How many certificates an epoch takes: what cannot be proven or settled together is looked for by halves.
fn most(view: &View<'_>, settings: &Epochs) -> Result<usize, JournalError> {
    Ok((settings.max_certificates >> failures(view)?).max(1))
}

impl Ready {
    /// Reads it.
    pub(super) fn read(view: &View<'_>, settings: &Epochs, now: Timestamp) -> Result<Self, JournalError> {
        let (mut confirmed, mut stopped) = (Vec::new(), Vec::new());
        for record in view.certificates_at(Standing::Confirmed)? {
            match view.pause(Scope::Network(record.certificate.network), now)? {
                None => confirmed.push(record),
                Some(pause) => stopped.push((record, pause)),
            }
        }
        Ok(Self {
            open: view.open_epoch()?,
            paused: view.pause(Scope::Proving, now)?,
            confirmed,
            stopped,
            most: most(view, settings)?,
        })
    }

    /// Whether as many are confirmed as an epoch takes.
    pub(super) const fn is_full(&self) -> bool {
        self.confirmed.len() >= self.most
    }

    /// When the oldest has waited long enough.
    pub(super) fn closes_at(&self, settings: &Epochs) -> Option<Timestamp> {
        let oldest = self.confirmed.iter().map(|record| record.standing_at).min();
        oldest.map(|oldest| oldest.after(settings.max_wait.0))
    }
}

/// The certificate at a place.
pub(super) fn of<'r>(
    records: &'r [CertificateRecord],
    reference: &CertificateRef,
) -> Option<&'r CertificateRecord> {
    records.iter().find(|record| {
        let certificate = &record.certificate;
        certificate.network == reference.network && certificate.height == reference.height
    })
}

/// The greatest epoch of no more certificates than one takes: those that need each other are in it together.
pub(super) fn first_of(
    outcome: EpochOutcome,
    world: &World,
    certificates: &[&Certificate],
    settles_at: u64,
    most: usize,
    memory: &mut Memory,
) -> EpochOutcome {
    if outcome.admitted.len() <= most {
        return outcome;
    }
    // Groups settle in their order, so any number of the first is an epoch; the first one is, whatever its size.
    let last = outcome.admitted[most.saturating_sub(1)].group;
    let ends_there = outcome.admitted.get(most).is_some_and(|next| next.group != last);
    let whole: Vec<_> = outcome
        .admitted
        .iter()
        .filter(|admitted| admitted.group < last || (admitted.group == last && (ends_there || last == 0)))
        .map(|admitted| certificates[admitted.certificate.position])
        .collect();
    settle_epoch_with(world, &whole, settles_at, memory)
}

fn plan(
    domain: SettlementDomain,
    before: causeway_types::GoldilocksDigest,
    base: &Base,
    outcome: &EpochOutcome,
    program: U256,
    selector: FixedBytes<4>,
) -> EpochPlan {
    use alloy_sol_types::SolValue;
    let (authorisations, signatures) = agreed(outcome);
    let payload = outcome.payload();
    let global = outcome.world.global();
    let commitment = global.commitment();
    let values = PublicValues {
        domain,
        old_commitment: before,
        new_commitment: commitment.hash(),
        rollup_exit_root: commitment.rollup_exit_root,
        deposits: commitment.deposits,
        deposit_root: global.l1().exit_root,
        registry_entries: commitment.registry_entries,
        registry_hash: global.registry().hash(),
        expiry: outcome.expiry(),
        authorisations_chain: authorisations_chain(&authorisations),
        payload_chain: payload_chain(&payload),
    };
    let inputs = Settlement::EpochInputs {
        oldCommitment: values.old_commitment.into(),
        newCommitment: values.new_commitment.into(),
        rollupExitRoot: values.rollup_exit_root.into(),
        deposits: values.deposits,
        registryEntries: values.registry_entries,
        expiry: values.expiry.get(),
        authorisationsChain: values.authorisations_chain,
        payloadChain: values.payload_chain,
    };
    EpochPlan {
        entries: base.registry.len(),
        exits: base.deposits.len(),
        statement: values.statement(),
        program,
        selector,
        inputs: inputs.abi_encode().into(),
        authorisations: authorisations.iter().flat_map(|entry| entry.encode()).collect(),
        signatures: signatures.into(),
        payload: payload.iter().flat_map(|entry| entry.encode()).collect(),
        expiry: values.expiry.get(),
    }
}

/// Who had to agree, and the signatures; zeros where the signer approved on L1.
fn agreed(outcome: &EpochOutcome) -> (Vec<AuthorisationEntry>, Vec<u8>) {
    let (mut entries, mut signatures) = (Vec::new(), Vec::new());
    for admitted in &outcome.admitted {
        let network = admitted.certificate.network;
        let known = outcome.world.network(network);
        let Some(signer) = known.and_then(|known| known.authority.signer_address()) else {
            continue;
        };
        entries.push(AuthorisationEntry {
            network,
            digest: admitted.transition.digest(),
            signer,
        });
        let authority = admitted.transition.certificate().authority;
        let signature = authority.and_then(|authority| authority.signature());
        signatures.extend(signature.map_or(Signature::APPROVED, |signature| signature.encode()));
    }
    (entries, signatures)
}
