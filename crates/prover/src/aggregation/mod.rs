//! The circuits of the aggregation program behind [`crate::run`]: users' normalised proofs in, one Groth16 proof out.

mod error;
mod lists;
mod source;

use causeway_aggregation::{Shape, ShapedProof};
use causeway_circuits::keccak::Size;
use causeway_circuits::proofs::{AggregationProgram, Beside, Role, Subtree, UserProof, statement};
use causeway_verifier_gen::wrapped_proof::WrappedProof;
use plonky2::field::types::PrimeField64;

use crate::closer::Closer;
use crate::plan::{Plan, Programs, StageKind, Step, identities};
use crate::run::{Circuits, RunError};
use crate::store::StageId;
use crate::wrapping::Wrapping;

pub use error::AggregationError;
pub use lists::Lists;
pub use source::{InMemory, NoProof, UserProofs, proof_digest};

/// What a stage gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A plonky2 proof. What else is known of it the plan says.
    Proof(ShapedProof),
    /// The Groth16 proof.
    Wrapped(WrappedProof),
}

/// Proves the stages of one aggregation.
#[derive(Debug)]
pub struct Aggregation<'a, S, W> {
    program: &'a AggregationProgram,
    source: S,
    wrapping: W,
    domain: [u8; 32],
    lists: Lists,
    closer: Closer,
}

impl<'a, S: UserProofs, W: Wrapping> Aggregation<'a, S, W> {
    /// Walks the plan natively: what every stage will state follows from the proofs' keys and public inputs.
    ///
    /// # Errors
    /// [`AggregationError::Source`], or proofs that the plan is not for.
    pub fn new(
        program: &'a AggregationProgram,
        plan: &Plan,
        source: S,
        wrapping: W,
        domain: [u8; 32],
    ) -> Result<Self, AggregationError> {
        let lists = Lists::new(plan, &source, domain)?;
        Ok(Self {
            program,
            source,
            wrapping,
            domain,
            lists,
            closer: Closer::default(),
        })
    }

    /// What the stages state.
    pub const fn lists(&self) -> &Lists {
        &self.lists
    }

    /// What wraps the closing proof.
    pub const fn wrapping(&self) -> &W {
        &self.wrapping
    }

    fn user(&self, index: u32) -> Result<UserProof, AggregationError> {
        self.source
            .load(index)
            .map_err(|source| AggregationError::Source {
                index,
                source: source.into(),
            })
    }

    fn subtree(&self, step: usize, proof: ShapedProof) -> Result<Subtree, AggregationError> {
        let state = *self.lists.state(step).ok_or(AggregationError::Outcome { step })?;
        Ok(Subtree { proof, state })
    }

    fn close(&mut self, plan: &Plan, list: usize) -> Result<ShapedProof, AggregationError> {
        let size = self.size(plan, list)?;
        Ok(self.closer.close(size, self.lists.entries(list))?)
    }

    fn size(&self, plan: &Plan, list: usize) -> Result<Size, AggregationError> {
        plan.lists()
            .get(list)
            .and_then(|planned| planned.size())
            .ok_or(AggregationError::ListTooLong { list })
    }

    /// The statement's limbs.
    fn statement(&self, plan: &Plan) -> Result<[u64; 4], AggregationError> {
        let root = self.lists.root(plan).ok_or(AggregationError::NoSeal)?;
        Ok(statement(self.domain, root, plan.depth(), plan.count()))
    }

    /// Holds a proof that a file or stage gave to what the plan says of it.
    fn check(&self, plan: &Plan, step: usize, proof: &ShapedProof) -> Result<(), AggregationError> {
        let other = || AggregationError::Outcome { step };
        let states = |proof: &ShapedProof, limbs: [u64; 4]| {
            proof
                .public_inputs()
                .iter()
                .zip(limbs)
                .all(|(input, limb)| input.to_canonical_u64() == limb)
        };
        match plan.steps().get(step) {
            Some(Step::Leaf { .. } | Step::Node { .. } | Step::Chunk { .. }) => {
                let role = self.program.check(&self.subtree(step, proof.clone())?)?;
                let expected = match plan.steps()[step].kind() {
                    StageKind::Leaf => Role::Leaf,
                    StageKind::Node => Role::Node,
                    _ => Role::Chunk,
                };
                if role == expected { Ok(()) } else { Err(other()) }
            }
            Some(&Step::Keccak { list }) => {
                let digest = self.lists.closed(list).ok_or_else(other)?;
                Ok(self.program.check_keccak(proof, digest)?)
            }
            Some(Step::Seal { .. }) => {
                proof.verify_as(Shape::Standard)?;
                let right = proof.key == *self.program.seal().key() && states(proof, self.statement(plan)?);
                if right { Ok(()) } else { Err(other()) }
            }
            Some(Step::Closing { .. }) => {
                proof.verify_as(Shape::Closing)?;
                let right =
                    proof.key == *self.program.closing().key() && states(proof, self.statement(plan)?);
                if right { Ok(()) } else { Err(other()) }
            }
            Some(Step::Wrap { .. }) | None => Err(other()),
        }
    }

    fn prove_step(
        &mut self,
        plan: &Plan,
        step: usize,
        inputs: Vec<Outcome>,
    ) -> Result<Outcome, AggregationError> {
        let other = || AggregationError::Outcome { step };
        let mut inputs = inputs
            .into_iter()
            .map(|input| match input {
                Outcome::Proof(proof) => Ok(proof),
                Outcome::Wrapped(_) => Err(other()),
            })
            .collect::<Result<Vec<_>, _>>()?
            .into_iter();
        let mut next = || inputs.next().ok_or_else(other);
        let list_in = self.lists.before(step);
        let program = self.program;
        let subtree = match *plan.steps().get(step).ok_or_else(other)? {
            Step::Leaf {
                first, pair, joined, ..
            } => {
                let left = self.user(first)?;
                let right = pair.then(|| self.user(first + 1)).transpose()?;
                let beside = match &right {
                    Some(right) => Beside::Proof(right),
                    None if joined => Beside::EmptyPlace,
                    None => Beside::NoPlace,
                };
                program.prove_leaf(&left, beside, list_in)?
            }
            Step::Node { left, right, .. } => {
                let left = self.subtree(left, next()?)?;
                let right = right.map(|right| self.subtree(right, next()?)).transpose()?;
                program.prove_node(&left, right.as_ref(), list_in)?
            }
            Step::Chunk { subtree, .. } => {
                let child = self.subtree(subtree, next()?)?;
                program.prove_chunk(&child, &next()?)?
            }
            Step::Keccak { list } => return Ok(Outcome::Proof(self.close(plan, list)?)),
            Step::Seal { subtree, .. } => {
                // Circuits that close lists are not needed any longer, and the wrap takes their place.
                self.closer.free();
                let child = self.subtree(subtree, next()?)?;
                let proof = program.prove_seal(&child, &next()?, self.domain, list_in)?;
                return Ok(Outcome::Proof(proof));
            }
            Step::Closing { .. } => return Ok(Outcome::Proof(program.close(&next()?)?)),
            Step::Wrap { .. } => return Ok(Outcome::Wrapped(self.wrapping.wrap(&next()?)?)),
        };
        // What was proven is what the plan said.
        if self.lists.state(step) == Some(&subtree.state) {
            Ok(Outcome::Proof(subtree.proof))
        } else {
            Err(other())
        }
    }
}

impl<S: UserProofs, W: Wrapping> Programs for Aggregation<'_, S, W> {
    type Error = AggregationError;

    fn program(&self, kind: StageKind) -> [u8; 32] {
        let program = self.program;
        let keys = match kind {
            StageKind::Leaf => vec![program.leaf().key_digest()],
            StageKind::Node => vec![program.node().key_digest()],
            StageKind::Chunk => vec![program.chunk().key_digest()],
            StageKind::Keccak => Size::ALL.map(Size::key_digest).to_vec(),
            StageKind::Seal => vec![program.seal().key_digest()],
            StageKind::Closing | StageKind::Wrap => vec![program.closing().key_digest()],
        };
        let mut parts: Vec<Vec<u8>> = keys
            .iter()
            .map(|key| {
                key.elements()
                    .iter()
                    .flat_map(|element| element.to_canonical_u64().to_le_bytes())
                    .collect()
            })
            .collect();
        if kind == StageKind::Wrap {
            parts.push(self.wrapping.identity());
        }
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        *StageId::of(&parts).bytes()
    }

    fn domain(&self) -> [u8; 32] {
        self.domain
    }

    fn input(&self, index: u32) -> Result<[u8; 32], AggregationError> {
        self.source
            .digest(index)
            .map_err(|source| AggregationError::Source {
                index,
                source: source.into(),
            })
    }
}

impl<S: UserProofs, W: Wrapping> Circuits for Aggregation<'_, S, W> {
    type Graph = Plan;
    type Outcome = Outcome;
    type Error = AggregationError;

    fn identities(&self, plan: &Plan) -> Result<Vec<StageId>, RunError<AggregationError>> {
        identities(self, plan)
    }

    fn prove(&mut self, plan: &Plan, step: usize, inputs: Vec<Outcome>) -> Result<Outcome, AggregationError> {
        self.prove_step(plan, step, inputs)
    }

    fn encode(&self, outcome: &Outcome) -> Result<Vec<u8>, AggregationError> {
        Ok(match outcome {
            Outcome::Proof(proof) => proof.to_bytes()?,
            Outcome::Wrapped(wrapped) => serde_json::to_vec(wrapped)?,
        })
    }

    fn decode(&mut self, plan: &Plan, step: usize, bytes: &[u8]) -> Result<Outcome, AggregationError> {
        if let Some(Step::Wrap { .. }) = plan.steps().get(step) {
            let wrapped: WrappedProof = serde_json::from_slice(bytes)?;
            self.wrapping.check(&wrapped, self.statement(plan)?)?;
            return Ok(Outcome::Wrapped(wrapped));
        }
        let proof = ShapedProof::from_bytes(bytes)?;
        self.check(plan, step, &proof)?;
        Ok(Outcome::Proof(proof))
    }
}
