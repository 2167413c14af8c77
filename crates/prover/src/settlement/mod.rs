//! Certificates in, epochs that Ethereum accepts out.
//!
//! What can be proven of a certificate is proven on [`arrival`], when nobody knows yet what else its epoch settles; the rest when the
//! [`epoch`] is closed. Both are stages of a [`run`](mod@crate::run) whose statements all follow from what is given: they are computed
//! before anything is proven, each proof is held to its own when it is made and when it is read back, and a stage is known by it.

pub mod arrival;
pub mod epoch;
pub mod error;
mod join;
pub mod kind;
pub mod list;
pub mod says;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use causeway_aggregation::ShapedProof;
use causeway_circuits::settlement::{Attest, SettlementProgram};
use causeway_ledger::{GlobalState, TransitionInputs};

pub use arrival::{ArrivalPlan, ArrivalStep, Arrived, ArrivedError, Certified};
pub use epoch::{EpochContents, EpochInputs, EpochPlan, EpochStep, ProvenEpoch};
pub use error::{ArrivalError, EpochError, ProvingError, StageError};
pub use kind::SettlementKind;
pub use list::PlannedList;
pub use says::{Programs, Says, Stated, identities};

use arrival::Arriving;
use epoch::Settling;

use crate::aggregation::Outcome;
use crate::closer::Closer;
use crate::run::{Event, Keep, RunError, run};
use crate::store::Store;
use crate::wrapping::Wrapping;

/// Is told of what a run does, and may break it off.
pub type Listener<'a> = dyn FnMut(Event<'_, SettlementKind>) -> ControlFlow<()> + 'a;

/// Proves certificates and epochs, each stage once, however often it is begun.
#[derive(Debug)]
pub struct SettlementProver<'a, W> {
    program: &'a SettlementProgram,
    store: Store,
    wrapping: W,
    keep: Keep,
    closer: Closer,
}

impl<'a, W> SettlementProver<'a, W> {
    /// With the circuits of a program, finished stages in a store, and what wraps the program's closing proofs; whoever proves no epoch
    /// needs nothing that does.
    pub fn new(program: &'a SettlementProgram, store: Store, wrapping: W) -> Self {
        Self {
            program,
            store,
            wrapping,
            keep: Keep::default(),
            closer: Closer::default(),
        }
    }

    /// Keeps other stages than those that a run needs that goes on.
    #[must_use]
    pub const fn keeping(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// The finished stages.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// What wraps.
    pub const fn wrapping(&self) -> &W {
        &self.wrapping
    }

    /// Proves a certificate that the ledger applied. `own` is the normalised proof of a network that proves its certificates itself.
    ///
    /// The outcome stays in the store until it is pruned: asked for again it is there.
    ///
    /// # Errors
    /// A [`ProvingError`]; one of [`ProvingError::Run`] loses nothing but the stage it was at.
    pub fn prove_certificate(
        &mut self,
        inputs: &TransitionInputs,
        own: Option<&ShapedProof>,
        listener: &mut Listener<'_>,
    ) -> Result<Arrived, ProvingError> {
        let key = own.map(ShapedProof::key_digest);
        let plan = ArrivalPlan::new(inputs, key)?;
        let certified = plan.certified();
        if let Some(own) = own {
            let certificate = certified.statement.certificate;
            Attest::check_own(own, certificate).map_err(ArrivalError::from)?;
        }
        let mut circuits = Arriving {
            program: self.program,
            own,
            closer: &mut self.closer,
        };
        let proof = run(&mut circuits, &plan, &self.store, self.keep, listener)?;
        Ok(Arrived { proof, certified })
    }
}

impl<W: Wrapping> SettlementProver<'_, W> {
    /// Proves the epoch after a state.
    ///
    /// # Errors
    /// A [`ProvingError`]; one of [`ProvingError::Run`] loses nothing but the stage it was at.
    pub fn prove_epoch(
        &mut self,
        before: &GlobalState,
        inputs: &EpochInputs,
        listener: &mut Listener<'_>,
    ) -> Result<ProvenEpoch, ProvingError> {
        for (position, arrived) in inputs.certificates.iter().enumerate() {
            let certificate = arrived.certified.reference(position);
            let checked = self.program.check_transition(&arrived.transition());
            checked.map_err(|source| EpochError::Certificate { certificate, source })?;
        }
        let plan = EpochPlan::new(before, &inputs.contents())?;
        let mut circuits = Settling {
            program: self.program,
            certificates: &inputs.certificates,
            closer: &mut self.closer,
            wrapping: &mut self.wrapping,
        };
        let outcome = run(&mut circuits, &plan, &self.store, self.keep, listener)?;
        let Outcome::Wrapped(proof) = outcome else {
            let last = plan.steps().len() - 1;
            return Err(RunError::Stage {
                kind: SettlementKind::Wrap,
                step: last,
                source: StageError::Outcome { stage: last },
            }
            .into());
        };
        Ok(ProvenEpoch {
            proof,
            values: plan.public_values(),
            payload: plan.payload().to_vec(),
            authorisations: plan.authorisations().to_vec(),
            state: plan.after().clone(),
        })
    }
}
