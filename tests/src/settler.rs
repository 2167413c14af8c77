//! Epochs proven for real.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use alloy_primitives::{Bytes, U256};
use anyhow::{Context, Result, ensure};
use causeway_aggregation::ShapedProof;
use causeway_circuits::settlement::SettlementProgram;
use causeway_ledger::TransitionInputs;
use causeway_prover::{EpochInputs, Event, Kind, SettlementKind, SettlementProver, Store, StoredWrapping};
use causeway_types::NetworkId;
use causeway_verifier_gen::groth16::{KeyStore, Step};
use causeway_verifier_gen::last::Profile;

use crate::world::Epoch;

/// One stage and how long it took.
#[derive(Clone, Debug)]
pub struct Timed {
    /// What the stage does.
    pub kind: SettlementKind,
    /// Wall-clock time.
    pub time: Duration,
}

/// The normalised proof of a network that proves its own certificates: given the network's certificate in the epoch.
pub type OwnProof<'a> = dyn FnMut(NetworkId, &TransitionInputs) -> Result<Option<ShapedProof>> + 'a;

/// Proves epochs of a world.
#[derive(Debug)]
pub struct Settler<'a> {
    prover: SettlementProver<'a, StoredWrapping<'a>>,
    program: U256,
    /// What was proven since the last look, on arrival and after the close.
    stages: [Vec<Timed>; 2],
}

impl<'a> Settler<'a> {
    /// With a program, finished stages in a folder, and the development key of this machine.
    ///
    /// # Errors
    /// If there is no such key, or the folder cannot be used.
    pub fn new(
        program: &'a SettlementProgram,
        folder: &Path,
        progress: &'a (dyn Fn(Step) + Sync),
    ) -> Result<Self> {
        let keys = KeyStore::from_environment()?;
        let wrapping = StoredWrapping::development(program.closing(), Profile::Default, keys, progress)?;
        Ok(Self {
            program: U256::from_be_bytes(wrapping.program_digest()),
            prover: SettlementProver::new(program, Store::open(folder)?, wrapping),
            stages: [Vec::new(), Vec::new()],
        })
    }

    /// The program that settlement pins.
    pub const fn program_digest(&self) -> U256 {
        self.program
    }

    /// Proves an epoch as the ledger judged it: each certificate on arrival, then all of them together.
    ///
    /// # Errors
    /// Whatever goes wrong, and if the proof says something else than the epoch.
    pub fn prove(&mut self, epoch: &Epoch, own: &mut OwnProof<'_>) -> Result<Bytes> {
        let [arrival, close] = &mut self.stages;
        let mut certificates = Vec::new();
        for admitted in &epoch.outcome.admitted {
            let inputs = TransitionInputs::new(&admitted.transition, &epoch.outcome.world)?;
            let own = own(admitted.certificate.network, &inputs)?;
            let arrived = self
                .prover
                .prove_certificate(&inputs, own.as_ref(), &mut clock(arrival))
                .with_context(|| format!("network {}", admitted.certificate.network.get()))?;
            certificates.push(arrived);
        }
        let inputs = EpochInputs {
            domain: epoch.domain,
            registry: epoch.registered.clone(),
            deposits: epoch.deposits.clone(),
            certificates,
        };
        let proven = self.prover.prove_epoch(&epoch.old, &inputs, &mut clock(close))?;
        ensure!(
            proven.values == epoch.public_values(),
            "the proof says {:?}, the epoch {:?}",
            proven.values,
            epoch.public_values()
        );
        Ok(proven.proof.proof.to_bytes().into())
    }

    /// What was proven since the last time that this was asked: on arrival, and after the close.
    pub fn take_stages(&mut self) -> [Vec<Timed>; 2] {
        std::mem::take(&mut self.stages)
    }
}

/// Listens to a run and notes how long its stages take.
fn clock(stages: &mut Vec<Timed>) -> impl FnMut(Event<'_, SettlementKind>) -> ControlFlow<()> {
    let mut begun = Instant::now();
    move |event| {
        match event {
            Event::Started { .. } => begun = Instant::now(),
            Event::Proven { kind, .. } => stages.push(Timed {
                kind,
                time: begun.elapsed(),
            }),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// Stages in words: how many of each kind, and how long they took.
pub fn summary(stages: &[Timed]) -> String {
    let mut kinds: Vec<(SettlementKind, usize, Duration)> = Vec::new();
    for stage in stages {
        match kinds.iter_mut().find(|(kind, ..)| *kind == stage.kind) {
            Some((_, count, time)) => {
                *count += 1;
                *time += stage.time;
            }
            None => kinds.push((stage.kind, 1, stage.time)),
        }
    }
    kinds.iter().fold(String::new(), |mut text, (kind, count, time)| {
        let separator = if text.is_empty() { "" } else { ", " };
        let _ = write!(
            text,
            "{separator}{count} {} {:.1} s",
            kind.name(),
            time.as_secs_f64()
        );
        text
    })
}
