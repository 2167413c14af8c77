//! A certificate on arrival: everything that can be proven of it before it is known what else its epoch settles.

mod certified;
mod file;
mod plan;

use causeway_aggregation::ShapedProof;
use causeway_circuits::settlement::SettlementProgram;
use causeway_circuits::settlement::span::Family;

pub use certified::{Arrived, Certified};
pub use file::ArrivedError;
pub use plan::{ArrivalPlan, ArrivalStep};

use super::error::StageError;
use super::says::{Given, check, identities};
use crate::closer::Closer;
use crate::run::{Circuits, RunErrorOf};
use crate::store::StageId;

/// Proves the stages of one certificate.
pub(super) struct Arriving<'a> {
    pub(super) program: &'a SettlementProgram,
    pub(super) own: Option<&'a ShapedProof>,
    pub(super) closer: &'a mut Closer,
}

impl Arriving<'_> {
    fn prove_step(
        &mut self,
        plan: &ArrivalPlan,
        stage: usize,
        inputs: Vec<ShapedProof>,
    ) -> Result<ShapedProof, StageError> {
        let (program, certificate) = (self.program, plan.inputs_of_circuits());
        let mut given = Given::new(plan, stage, inputs);
        let missing = StageError::Outcome { stage };
        Ok(match plan.steps()[stage] {
            ArrivalStep::Transition => {
                let circuit = program.transition();
                circuit.prove_certificate(certificate, plan.start())?.proof
            }
            ArrivalStep::Segment { index } => {
                let (segment, list_in) = plan.segment(index).ok_or(missing)?;
                let circuit = program.segment();
                circuit.prove_segment(certificate, segment, list_in)?.proof
            }
            ArrivalStep::Segments { .. } => {
                let (left, right) = (given.item()?, given.item()?);
                program
                    .segments()
                    .prove_item(Family::Segments, &left, &right)?
                    .proof
            }
            ArrivalStep::Close { .. } => {
                let last = plan.last_segment().ok_or(missing)?;
                let circuit = program.close_circuit();
                circuit
                    .prove_certificate(certificate, last, &given.item()?)?
                    .proof
            }
            ArrivalStep::Attest { .. } => {
                let own = self.own.ok_or(missing)?;
                program.attest().attest(&given.transition()?, own)?.proof
            }
            ArrivalStep::Keccak => {
                let list = plan.list().ok_or(missing)?;
                self.closer.close(list.size, &list.entries)?
            }
            ArrivalStep::Shut { .. } => program.prove_shut(&given.transition()?, &given.proof()?)?.proof,
        })
    }
}

impl Circuits for Arriving<'_> {
    type Graph = ArrivalPlan;
    type Outcome = ShapedProof;
    type Error = StageError;

    fn identities(&self, plan: &ArrivalPlan) -> Result<Vec<StageId>, RunErrorOf<Self>> {
        Ok(identities(self.program, plan))
    }

    fn prove(
        &mut self,
        plan: &ArrivalPlan,
        stage: usize,
        inputs: Vec<ShapedProof>,
    ) -> Result<ShapedProof, StageError> {
        let proof = self.prove_step(plan, stage, inputs)?;
        check(self.program, plan, stage, &proof)?;
        Ok(proof)
    }

    fn encode(&self, proof: &ShapedProof) -> Result<Vec<u8>, StageError> {
        Ok(proof.to_bytes()?)
    }

    fn decode(&mut self, plan: &ArrivalPlan, stage: usize, bytes: &[u8]) -> Result<ShapedProof, StageError> {
        let proof = ShapedProof::from_bytes(bytes)?;
        check(self.program, plan, stage, &proof)?;
        Ok(proof)
    }
}
