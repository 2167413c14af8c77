//! The transition circuit: a whole certificate of one step.

use causeway_aggregation::{D, F, Shape};
use causeway_ledger::inputs::TransitionInputs;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::body::BodyTargets;
use super::ends::{BeginTargets, EndTargets, ExitTree};
use super::moves::ChallengeTarget;
use super::run::CertificateRun;
use super::tokens::TokenSum;
use super::witness::statement;
use crate::keccak::{List, ListTarget};
use crate::recursion::Circuit;
use crate::settlement::error::{SettlementError, Stage};
use crate::settlement::statement::TransitionProof;

/// Targets of the transition circuit.
#[derive(Clone, Debug)]
pub struct TransitionTargets {
    /// Where it begins.
    pub begin: BeginTargets,
    /// What it does.
    pub body: BodyTargets,
    /// What it comes to.
    pub end: EndTargets,
}

/// The transition circuit.
pub type Transition = Circuit<TransitionTargets>;

impl Circuit<TransitionTargets> {
    /// Builds the circuit.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new() -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder);
        Self::build(builder, targets).map_err(Stage::Transition.unfit())
    }

    /// A prover's inputs; `None` if the certificate takes more than one step.
    pub fn witness(&self, inputs: &TransitionInputs, list_in: List) -> Option<PartialWitness<F>> {
        let [step] = inputs.steps.as_slice() else {
            return None;
        };
        let mut witness = PartialWitness::new();
        let targets = self.targets();
        let before = CertificateRun::begin(inputs);
        targets.begin.set(&mut witness, inputs)?;
        targets
            .body
            .set(&mut witness, inputs, step, &before, &TokenSum::of(inputs))?;
        targets.end.set(&mut witness, inputs, list_in)?;
        Some(witness)
    }

    /// Proves a certificate whose blocks follow a list.
    ///
    /// # Errors
    /// [`SettlementError::Steps`] if the certificate takes more than one, [`SettlementError::Prove`] if the inputs are not those of a
    /// certificate that the ledger applied.
    pub fn prove_certificate(
        &self,
        inputs: &TransitionInputs,
        list_in: List,
    ) -> Result<TransitionProof, SettlementError> {
        let steps = inputs.steps.len();
        if steps != 1 {
            return Err(SettlementError::Steps { steps });
        }
        let proof = self
            .prove(self.witness(inputs, list_in))
            .map_err(Stage::Transition.unproven())?;
        Ok(TransitionProof {
            proof,
            statement: statement(inputs, list_in),
        })
    }
}

/// The constraints of a transition.
pub(super) fn constrain(builder: &mut CircuitBuilder<F, D>) -> TransitionTargets {
    let begin = BeginTargets::new(builder);
    let list_in = ListTarget::new(builder.add_virtual_hash());
    let mut list = list_in;
    let digest = builder.add_virtual_hash();
    let challenge = ChallengeTarget::new(builder, digest);
    let mut run = begin.run(builder);
    let body = BodyTargets::new(builder, begin.old.network, &challenge, &mut run, &mut list);
    let exits = ExitTree {
        frontier: &body.exits.frontier_after,
        count: &body.exits.count_after,
        grown: body.exits.slots[0].active,
    };
    let end = EndTargets::new(builder, &begin, &run, digest, &exits, (list_in, list));
    TransitionTargets { begin, body, end }
}
