//! An epoch: registry, deposits and certificates in, one Groth16 proof out.

mod contents;
mod deposits;
mod items;
mod layout;
mod plan;
mod step;

use causeway_aggregation::ShapedProof;
use causeway_circuits::keccak::List;
use causeway_circuits::settlement::{
    AnchorInputs, EpochRun, SettlementProgram, SharedContext, TransitionProof,
};
use causeway_ledger::{AuthorisationEntry, GlobalState, PayloadEntry};
use causeway_types::PublicValues;
use causeway_verifier_gen::wrapped_proof::WrappedProof;

pub use contents::{EpochContents, EpochInputs};
pub use deposits::{DepositRun, Deposited};
pub use items::{Anchored, ItemInputs, PlannedItem};
pub use plan::EpochPlan;
pub use step::EpochStep;

use super::arrival::Arrived;
use super::error::StageError;
use super::kind::SettlementKind;
use super::says::{Given, Programs, check, identities};
use crate::aggregation::Outcome;
use crate::closer::Closer;
use crate::run::{Circuits, RunErrorOf};
use crate::store::StageId;
use crate::wrapping::Wrapping;

/// A proven epoch: all that the settlement contract is given, and the state after it.
#[derive(Clone, Debug)]
pub struct ProvenEpoch {
    /// The Groth16 proof.
    pub proof: WrappedProof,
    /// What it says.
    pub values: PublicValues,
    /// What is published.
    pub payload: Vec<PayloadEntry>,
    /// Whose agreement it rests on.
    pub authorisations: Vec<AuthorisationEntry>,
    /// The state after.
    pub state: GlobalState,
}

/// Proves the stages of one epoch.
pub(super) struct Settling<'a, W> {
    pub(super) program: &'a SettlementProgram,
    pub(super) certificates: &'a [Arrived],
    pub(super) closer: &'a mut Closer,
    pub(super) wrapping: &'a mut W,
}

impl<W: Wrapping> Settling<'_, W> {
    /// Where an item puts its certificate.
    fn place<'a>(&self, plan: &'a EpochPlan, index: usize) -> Option<Place<'a>> {
        let item = &plan.items()[index];
        let ItemInputs::Anchor(anchored) = &item.inputs else {
            return None;
        };
        Some(Place {
            transition: self.certificates.get(anchored.certificate.position)?.transition(),
            shared: plan.shared(),
            before: &item.before,
            list: item.plan.span.list_in,
            anchored,
        })
    }

    fn prove_step(
        &mut self,
        plan: &EpochPlan,
        stage: usize,
        inputs: Vec<Outcome>,
    ) -> Result<Outcome, StageError> {
        let program = self.program;
        let mut given = Given::new(plan, stage, proofs(stage, inputs)?);
        let missing = StageError::Outcome { stage };
        let proof = match plan.steps()[stage] {
            EpochStep::Item { index } => match &plan.items()[index].inputs {
                ItemInputs::Registry(openings) => {
                    let (context, before) = (plan.shared().hash(), &plan.items()[index].before);
                    let list = plan.span(stage).ok_or(missing)?.list_in;
                    let circuit = program.registry();
                    circuit.prove_item(context, before, openings, list)?.proof
                }
                ItemInputs::L1(_) => return Err(missing),
                ItemInputs::Anchor(_) => {
                    let place = self.place(plan, index).ok_or(missing)?;
                    program.prove_anchor(&place.transition, &place.inputs())?.proof
                }
            },
            EpochStep::Deposit { index, run } => {
                let run = &plan.deposited(index).ok_or(missing)?.runs[run];
                let list = plan.span(stage).ok_or(StageError::Outcome { stage })?.list_in;
                program.prove_deposits(&run.opening, list)?.proof
            }
            EpochStep::Deposits { .. } => program.fold_deposits(&given.item()?, &given.item()?)?.proof,
            EpochStep::DepositShut { .. } => {
                let list = plan.span(stage).ok_or(missing)?.list_in;
                program
                    .shut_deposits(&given.item()?, &given.proof()?, list)?
                    .proof
            }
            EpochStep::L1 { index, .. } => {
                let deposited = plan.deposited(index).ok_or(missing)?;
                let inputs = deposited.inputs(plan.shared().hash(), &plan.items()[index].before);
                program.prove_l1(&given.item()?, &inputs)?.proof
            }
            EpochStep::Part { index } => {
                let place = self.place(plan, index).ok_or(missing)?;
                program
                    .prove_anchor_part(&place.transition, &place.inputs())?
                    .proof
            }
            EpochStep::More { index, opened, .. } => {
                let openings = plan.openings(index, opened);
                program.prove_more(&given.part()?, openings)?.proof
            }
            EpochStep::Open { index, opened, .. } => {
                let openings = plan.openings(index, opened);
                program.prove_open(&given.part()?, openings)?.proof
            }
            EpochStep::Fold { .. } => program.prove_fold(&given.item()?, &given.item()?)?.proof,
            EpochStep::Epoch { .. } => program.prove_epoch(&given.item()?, plan.opening(), plan.end())?,
            EpochStep::Keccak { list } => {
                let list = &plan.lists()[list];
                self.closer.close(list.size, &list.entries)?
            }
            EpochStep::Seal { .. } => {
                // Circuits that close lists are not needed any longer, and the wrap takes their place.
                self.closer.free();
                program.prove_seal(&given.proof()?, &given.proof()?)?
            }
            EpochStep::Closing { .. } => program.close(&given.proof()?)?,
            EpochStep::Wrap { .. } => {
                let wrapped = self.wrapping.wrap(&given.proof()?)?;
                self.wrapping.check(&wrapped, plan.statement())?;
                return Ok(Outcome::Wrapped(wrapped));
            }
        };
        check(program, plan, stage, &proof)?;
        Ok(Outcome::Proof(proof))
    }
}

/// A certificate's transition and its place.
struct Place<'a> {
    transition: TransitionProof,
    anchored: &'a Anchored,
    shared: SharedContext,
    before: &'a EpochRun,
    list: List,
}

impl Place<'_> {
    fn inputs(&self) -> AnchorInputs<'_> {
        self.anchored.inputs(&self.shared, self.before, self.list)
    }
}

/// What a stage builds on: nothing is built on a Groth16 proof.
fn proofs(stage: usize, outcomes: Vec<Outcome>) -> Result<Vec<ShapedProof>, StageError> {
    let proof = |outcome| match outcome {
        Outcome::Proof(proof) => Ok(proof),
        Outcome::Wrapped(_) => Err(StageError::Outcome { stage }),
    };
    outcomes.into_iter().map(proof).collect()
}

/// The circuits' keys, and that of the wrap.
impl<W: Wrapping> Programs for Settling<'_, W> {
    fn program(&self, kind: SettlementKind) -> [u8; 32] {
        let program = self.program.program(kind);
        match kind {
            SettlementKind::Wrap => *StageId::of(&[&program, &self.wrapping.identity()]).bytes(),
            _ => program,
        }
    }
}

impl<W: Wrapping> Circuits for Settling<'_, W> {
    type Graph = EpochPlan;
    type Outcome = Outcome;
    type Error = StageError;

    fn identities(&self, plan: &EpochPlan) -> Result<Vec<StageId>, RunErrorOf<Self>> {
        Ok(identities(self, plan))
    }

    fn prove(&mut self, plan: &EpochPlan, stage: usize, inputs: Vec<Outcome>) -> Result<Outcome, StageError> {
        self.prove_step(plan, stage, inputs)
    }

    fn encode(&self, outcome: &Outcome) -> Result<Vec<u8>, StageError> {
        Ok(match outcome {
            Outcome::Proof(proof) => proof.to_bytes()?,
            Outcome::Wrapped(wrapped) => serde_json::to_vec(wrapped)?,
        })
    }

    fn decode(&mut self, plan: &EpochPlan, stage: usize, bytes: &[u8]) -> Result<Outcome, StageError> {
        if let Some(EpochStep::Wrap { .. }) = plan.steps().get(stage) {
            let wrapped: WrappedProof = serde_json::from_slice(bytes)?;
            self.wrapping.check(&wrapped, plan.statement())?;
            return Ok(Outcome::Wrapped(wrapped));
        }
        let proof = ShapedProof::from_bytes(bytes)?;
        check(self.program, plan, stage, &proof)?;
        Ok(Outcome::Proof(proof))
    }
}
