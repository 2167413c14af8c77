//! A prover that takes no time, for a verifier that takes statements for their own proofs.
//!
//! A transition's bytes say what it does; an epoch's statement is computed from them natively, as the seal would say it. What it does
//! is written down line by line in a file, before and after; a script in another file makes it slow, wrong or fall, and can be changed
//! while the relayer runs.

mod log;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alloy_primitives::{B256, Bytes, U256};
use alloy_sol_types::SolValue;
use causeway_ledger::{
    AuthorisationEntry, CertificateStatement, ImportId, PayloadEntry, TransitionInputs, authorisations_chain,
    contingencies_digest, imports_digest, payload_chain, rollup_height, shadow_leaf,
};
use causeway_relayer::prove::{EpochProof, EpochWork, OwnProofs, Progress, Prover, ProverError};
use causeway_types::{Expiry, GoldilocksDigest, NetworkId, PublicValues};
use serde::{Deserialize, Serialize};

pub use log::proofs;

use super::settings::{PROVER_LOG, PROVER_SCRIPT};
use crate::world::MOCK_PROGRAM;

/// A transition as this prover proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Transition {
    payload: Bytes,
    digest: GoldilocksDigest,
    expiry: Expiry,
}

/// What this prover is told to do instead of proving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Slow(Duration),
    Panic,
    Abort,
    Wrong,
    Impossible,
    Machine,
}

/// The prover.
#[derive(Clone, Debug, Default)]
pub struct MockProver {
    log: Option<PathBuf>,
    script: Option<PathBuf>,
}

impl MockProver {
    /// One that writes what it does into the file that [`PROVER_LOG`] names, and does what the file that [`PROVER_SCRIPT`] names says.
    ///
    /// Each line of a script is `WHAT ACT [TIMES]`. WHAT is `transition`, `transition:NETWORK`, `transition:NETWORK:HEIGHT` or `epoch`;
    /// ACT is `slow:MILLISECONDS`, `panic`, `abort`, `wrong`, `impossible` or `machine`. How often it was done already stands in the
    /// log, so that a relayer that is started again goes on counting.
    pub fn from_environment() -> Self {
        let path = |name| std::env::var_os(name).map(PathBuf::from);
        Self {
            log: path(PROVER_LOG),
            script: path(PROVER_SCRIPT),
        }
    }

    fn note(&self, line: &str) {
        let Some(path) = &self.log else {
            return;
        };
        let file = fs::OpenOptions::new().create(true).append(true).open(path);
        if let Ok(mut file) = file {
            // One write: lines of two processes do not mix.
            let _ = file.write_all(format!("{line}\n").as_bytes());
        }
    }

    /// What the script says of a piece of work.
    fn act(&self, work: &str) -> Option<Act> {
        let script = fs::read_to_string(self.script.as_ref()?).ok()?;
        let done = self.log.as_ref().and_then(|path| fs::read_to_string(path).ok());
        let done = done.unwrap_or_default();
        let line = script.lines().find(|line| {
            let mut words = line.split_whitespace();
            let fits = words.next().is_some_and(|what| {
                work == what || work.strip_prefix(what).is_some_and(|rest| rest.starts_with(':'))
            });
            let times = words.nth(1).and_then(|times| times.parse().ok());
            let note = acted(line);
            fits && times.is_none_or(|times| done.lines().filter(|line| *line == note).count() < times)
        })?;
        self.note(&acted(line));
        parse(line.split_whitespace().nth(1)?)
    }

    /// Does what the script says; whether the proof is to be a wrong one.
    fn obey(&self, work: &str, progress: &mut Progress<'_>) -> Result<bool, ProverError> {
        self.note(&format!("begin {work}"));
        if progress("mock").is_break() {
            return Err(ProverError::Stopped);
        }
        match self.act(work) {
            None => Ok(false),
            Some(Act::Wrong) => Ok(true),
            Some(Act::Slow(time)) => wait(time, progress).map(|()| false),
            Some(Act::Impossible) => Err(ProverError::Impossible("the script says so".to_owned())),
            Some(Act::Machine) => Err(ProverError::Machine("the script says so".to_owned())),
            Some(Act::Panic) => panic!("the script of the prover says so"),
            // As a machine that runs out of memory would.
            Some(Act::Abort) => std::process::abort(),
        }
    }
}

fn acted(line: &str) -> String {
    format!("act {}", line.trim())
}

fn parse(act: &str) -> Option<Act> {
    Some(match act {
        "panic" => Act::Panic,
        "abort" => Act::Abort,
        "wrong" => Act::Wrong,
        "impossible" => Act::Impossible,
        "machine" => Act::Machine,
        _ => Act::Slow(Duration::from_millis(act.strip_prefix("slow:")?.parse().ok()?)),
    })
}

/// Lets time pass, asking all the while whether to go on.
fn wait(time: Duration, progress: &mut Progress<'_>) -> Result<(), ProverError> {
    let began = Instant::now();
    while began.elapsed() < time {
        std::thread::sleep(Duration::from_millis(20));
        if let ControlFlow::Break(()) = progress("mock: waiting") {
            return Err(ProverError::Stopped);
        }
    }
    Ok(())
}

/// The digest of the certificate behind a transition.
fn digest_of(inputs: &TransitionInputs) -> GoldilocksDigest {
    let imports: Vec<_> = inputs
        .imports
        .iter()
        .map(|import| ImportId {
            source: import.source,
            leaf_index: import.leaf_index,
            shadow_leaf: shadow_leaf(&import.exit),
        })
        .collect();
    let contingencies: Vec<_> = inputs.contingencies.iter().map(|on| on.contingency).collect();
    CertificateStatement {
        domain: inputs.domain,
        network: inputs.old.network,
        height: inputs.old.height,
        expiry: inputs.expiry,
        old_state_root: inputs.old.state_root,
        new_state_root: inputs.new.state_root,
        exit_count: inputs.new.exit_count,
        shadow_root: inputs.new.shadow_root,
        imports: imports_digest(&imports),
        contingencies: contingencies_digest(&contingencies),
    }
    .hash()
}

/// The key of the proofs that a network makes of its own certificates.
pub fn own_key(network: NetworkId) -> GoldilocksDigest {
    GoldilocksDigest::reduced([0x07, 0, 0, network.get().into()])
}

/// A network's own proof of a certificate, as this prover takes it: its key, and what it says.
pub fn own_proof(network: NetworkId, certificate: GoldilocksDigest) -> Vec<u8> {
    proof_under(own_key(network), certificate)
}

fn proof_under(key: GoldilocksDigest, certificate: GoldilocksDigest) -> Vec<u8> {
    [key, certificate].map(|part| B256::from(part).0).concat()
}

/// Takes a key and what it says for a proof.
#[derive(Debug)]
struct MockOwnProofs;

impl OwnProofs for MockOwnProofs {
    fn check(
        &self,
        key: GoldilocksDigest,
        certificate: GoldilocksDigest,
        proof: &[u8],
    ) -> Result<(), String> {
        if proof == proof_under(key, certificate) {
            Ok(())
        } else {
            Err("it is not the mock's".to_owned())
        }
    }
}

impl Prover for MockProver {
    fn own_proofs(&self) -> Arc<dyn OwnProofs> {
        Arc::new(MockOwnProofs)
    }

    fn program_digest(&self) -> U256 {
        MOCK_PROGRAM
    }

    fn prove_transition(
        &mut self,
        inputs: &TransitionInputs,
        own: Option<&[u8]>,
        progress: &mut Progress<'_>,
    ) -> Result<Vec<u8>, ProverError> {
        let work = format!("transition:{}:{}", inputs.old.network.get(), inputs.old.height);
        let is_wrong = self.obey(&work, progress)?;
        let mut transition = Transition {
            payload: inputs.payload().encode().into(),
            digest: digest_of(inputs),
            expiry: inputs.expiry,
        };
        if own.is_some_and(|own| own != own_proof(inputs.old.network, transition.digest)) {
            return Err(ProverError::OwnProof("it is not the mock's".to_owned()));
        }
        if is_wrong {
            // What does not verify shows when the epoch is proven.
            transition.digest = GoldilocksDigest::ZERO;
        }
        let bytes =
            serde_json::to_vec(&transition).map_err(|error| ProverError::Machine(error.to_string()))?;
        self.note(&format!("proven {work}"));
        Ok(bytes)
    }

    fn prove_epoch(
        &mut self,
        work: &EpochWork,
        progress: &mut Progress<'_>,
    ) -> Result<EpochProof, ProverError> {
        let (values, name) = values_of(work)?;
        let is_wrong = self.obey(&name, progress)?;
        let mut statement = values.statement();
        if is_wrong {
            statement = B256::with_last_byte(1);
        }
        let proof = (MOCK_PROGRAM, U256::from_be_bytes(statement.0)).abi_encode();
        self.note(&format!("proven {name}"));
        Ok(EpochProof {
            statement,
            proof: proof.into(),
        })
    }
}

/// What an epoch says, and its name: `epoch:` and its certificates.
fn values_of(work: &EpochWork) -> Result<(PublicValues, String), ProverError> {
    let impossible = |error: &dyn std::error::Error| ProverError::Impossible(error.to_string());
    let mut state = work.before.clone();
    for (network, authority) in &work.registry {
        state
            .register(*network, *authority)
            .map_err(|error| impossible(&error))?;
    }
    state
        .deposit(&work.deposits)
        .map_err(|error| impossible(&error))?;
    let mut transitions = Vec::new();
    for (position, bytes) in work.transitions.iter().enumerate() {
        let unreadable = |detail: String| ProverError::Transition { position, detail };
        let transition: Transition =
            serde_json::from_slice(bytes).map_err(|error| unreadable(error.to_string()))?;
        if transition.digest == GoldilocksDigest::ZERO {
            return Err(unreadable("it does not verify".to_owned()));
        }
        let payload = transition.payload.as_ref().try_into();
        let payload: &[u8; PayloadEntry::ENCODED_LEN] =
            payload.map_err(|_| unreadable("the payload has another length".to_owned()))?;
        let entry = PayloadEntry::decode(payload).map_err(|error| unreadable(error.to_string()))?;
        transitions.push((transition, entry));
    }
    let height = rollup_height(transitions.iter().map(|(_, entry)| entry.network));
    let (mut authorisations, mut name) = (Vec::new(), "epoch".to_owned());
    for (transition, entry) in &transitions {
        name += &format!(":{}.{}", entry.network.get(), entry.height);
        let opening = state.anchor(entry, height).map_err(|error| impossible(&error))?;
        if let Some(signer) = opening.authority.signer_address() {
            authorisations.push(AuthorisationEntry {
                network: entry.network,
                digest: transition.digest,
                signer,
            });
        }
    }
    let commitment = state.commitment();
    let expiries = transitions.iter().map(|(transition, _)| transition.expiry);
    let values = PublicValues {
        domain: work.domain,
        old_commitment: work.before.commitment().hash(),
        new_commitment: commitment.hash(),
        rollup_exit_root: commitment.rollup_exit_root,
        deposits: commitment.deposits,
        deposit_root: state.l1().exit_root,
        registry_entries: commitment.registry_entries,
        registry_hash: state.registry().hash(),
        expiry: expiries.min().unwrap_or(Expiry::NEVER),
        authorisations_chain: authorisations_chain(&authorisations),
        payload_chain: payload_chain(transitions.iter().map(|(_, entry)| entry)),
    };
    Ok((values, name))
}
