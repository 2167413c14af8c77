//! The prover in this process.

use std::ops::ControlFlow;
use std::sync::Arc;

use alloy_primitives::{B256, U256};
use anyhow::{Context, Result};
use causeway_aggregation::ShapedProof;
use causeway_circuits::settlement::{Attest, SettlementProgram};
use causeway_ledger::TransitionInputs;
use causeway_prover::settlement::{
    Arrived, EpochError, EpochInputs, ProvingError, SettlementKind, SettlementProver,
};
use causeway_prover::{Event, Kind, RunError, Store, StoredWrapping, WrappingError};
use causeway_relayer::config::Config;
use causeway_relayer::prove::{EpochProof, EpochWork, OwnProofs, Progress, Prover, ProverError};
use causeway_types::GoldilocksDigest;
use causeway_verifier_gen::groth16::{KeyStore, Step, StoreError};
use causeway_verifier_gen::last::Profile;
use plonky2::field::types::PrimeField64;

/// The prover in this process: the pinned program, and a key of this machine's store.
#[derive(Debug)]
pub(crate) struct LocalProver {
    program: &'static SettlementProgram,
    prover: SettlementProver<'static, StoredWrapping<'static>>,
    digest: U256,
}

/// Groth16 says how far it is nobody: the stage is in the journal.
const SILENT: &(dyn Fn(Step) + Sync) = &|_| {};

impl LocalProver {
    /// Builds the program's circuits and the last layer, which takes half a minute.
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let built = SettlementProgram::pinned().context("the settlement program cannot be built")?;
        // As long as the process.
        let program: &'static SettlementProgram = Box::leak(Box::new(built));
        let keys = KeyStore::from_environment()?;
        let profile = Profile::Default;
        let wrapping = if config.prover.development_key {
            StoredWrapping::development(program.closing(), profile, keys, SILENT)
        } else {
            StoredWrapping::new(program.closing(), profile, keys, SILENT)
        };
        let wrapping = wrapping.map_err(|error| match error {
            WrappingError::KeyStore(StoreError::Missing { .. }) => anyhow::Error::new(error).context(
                "no key to wrap under: import one from a ceremony with `verifier-gen import-zkey`; on chains of developers \
                 set prover.development_key",
            ),
            _ => error.into(),
        })?;
        let digest = U256::from_be_bytes(wrapping.program_digest());
        let store = Store::open(&config.storage.proofs)?;
        Ok(Self {
            program,
            prover: SettlementProver::new(program, store, wrapping),
            digest,
        })
    }
}

/// Networks' own proofs, normalised.
#[derive(Debug)]
struct NormalisedProofs;

impl OwnProofs for NormalisedProofs {
    fn check(
        &self,
        key: GoldilocksDigest,
        certificate: GoldilocksDigest,
        proof: &[u8],
    ) -> Result<(), String> {
        let own = ShapedProof::from_bytes(proof).map_err(|error| chain(&error))?;
        let named = own
            .key_digest()
            .elements()
            .map(|element| element.to_canonical_u64());
        let named = GoldilocksDigest::new(named).map_err(|error| chain(&error))?;
        if named != key {
            return Err(format!(
                "its key is {}, and the network's {}",
                B256::from(named),
                B256::from(key)
            ));
        }
        Attest::check_own(&own, certificate).map_err(|error| chain(&error))
    }
}

/// Tells the relayer of each stage, and stops between two when it says so.
fn listener<'a>(
    progress: &'a mut Progress<'_>,
) -> impl FnMut(Event<'_, SettlementKind>) -> ControlFlow<()> + 'a {
    move |event| match event {
        Event::Started {
            kind, done, total, ..
        } => progress(&format!("{} ({} of {total})", kind.name(), done + 1)),
        Event::Proven { .. } | Event::Found { .. } | Event::Refused { .. } | Event::Removed(_) => {
            ControlFlow::Continue(())
        }
    }
}

fn failed(error: ProvingError) -> ProverError {
    match error {
        ProvingError::Run(error) => match *error {
            RunError::Cancelled => ProverError::Stopped,
            RunError::Store(error) => ProverError::Machine(error.to_string()),
            other => ProverError::Impossible(chain(&other)),
        },
        ProvingError::Epoch(error) => match *error {
            EpochError::Certificate { certificate, source } => ProverError::Transition {
                position: certificate.position,
                detail: source.to_string(),
            },
            other => ProverError::Impossible(chain(&other)),
        },
        ProvingError::Arrival(error) => ProverError::Impossible(chain(&error)),
    }
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

impl Prover for LocalProver {
    fn program_digest(&self) -> U256 {
        self.digest
    }

    fn own_proofs(&self) -> Arc<dyn OwnProofs> {
        Arc::new(NormalisedProofs)
    }

    fn prove_transition(
        &mut self,
        inputs: &TransitionInputs,
        own: Option<&[u8]>,
        progress: &mut Progress<'_>,
    ) -> Result<Vec<u8>, ProverError> {
        let own = own.map(ShapedProof::from_bytes).transpose();
        let own = own.map_err(|error| ProverError::OwnProof(error.to_string()))?;
        if let Some(own) = &own {
            own.verify()
                .map_err(|error| ProverError::OwnProof(error.to_string()))?;
        }
        let proven = self
            .prover
            .prove_certificate(inputs, own.as_ref(), &mut listener(progress));
        let arrived = match proven {
            // The ledger took the certificate: what the circuits refuse before they prove is the network's proof.
            Err(ProvingError::Arrival(error)) if own.is_some() => {
                return Err(ProverError::OwnProof(chain(&error)));
            }
            other => other.map_err(failed)?,
        };
        arrived
            .to_bytes()
            .map_err(|error| ProverError::Impossible(error.to_string()))
    }

    fn prove_epoch(
        &mut self,
        work: &EpochWork,
        progress: &mut Progress<'_>,
    ) -> Result<EpochProof, ProverError> {
        let mut certificates = Vec::with_capacity(work.transitions.len());
        for (position, bytes) in work.transitions.iter().enumerate() {
            let arrived =
                Arrived::from_bytes(bytes, self.program).map_err(|error| ProverError::Transition {
                    position,
                    detail: error.to_string(),
                })?;
            certificates.push(arrived);
        }
        let inputs = EpochInputs {
            domain: work.domain,
            registry: work.registry.clone(),
            deposits: work.deposits.clone(),
            certificates,
        };
        let proven = self
            .prover
            .prove_epoch(&work.before, &inputs, &mut listener(progress))
            .map_err(failed)?;
        Ok(EpochProof {
            statement: proven.values.statement(),
            proof: proven.proof.proof.to_bytes().into(),
        })
    }
}
