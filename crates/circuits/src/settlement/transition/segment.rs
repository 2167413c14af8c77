//! The segment circuit: one step of a certificate of many.
//!
//! Its proof says of a network and of a point at which moves are summed that one run becomes another. [`super::Close`] compares
//! the point with what it has to be.

use causeway_aggregation::{D, F, Shape};
use causeway_ledger::inputs::TransitionInputs;
use causeway_ledger::poseidon::{Domain, Message};
use causeway_types::{GoldilocksDigest, NetworkId};
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::body::BodyTargets;
use super::moves::ChallengeTarget;
use super::plan::SegmentPlan;
use super::run::RunTarget;
use crate::keccak::{List, ListTarget};
use crate::recursion::Circuit;
use crate::settlement::error::{SettlementError, Stage};
use crate::settlement::item::Item;
use crate::settlement::span::{SEGMENT, SpanTarget};
use crate::targets::{DigestTarget, MessageTarget, U32Target, set_digest, set_u32};

/// Digests of what segments of a certificate share.
pub const SEGMENT_CONTEXT: Domain = Domain::new("cw.ctx");

/// What segments of a certificate share: its network, and the digest of the point at which its moves are summed.
pub fn segment_context(network: NetworkId, challenge: GoldilocksDigest) -> GoldilocksDigest {
    Message::new()
        .u32(network.get())
        .digest(challenge)
        .hash(SEGMENT_CONTEXT)
}

/// [`segment_context`] in a circuit.
pub(super) fn segment_context_target(
    builder: &mut CircuitBuilder<F, D>,
    network: U32Target,
    challenge: DigestTarget,
) -> DigestTarget {
    MessageTarget::new()
        .u32(network)
        .digest(challenge)
        .hash(builder, SEGMENT_CONTEXT)
}

/// Targets of the segment circuit.
#[derive(Clone, Debug)]
pub struct SegmentTargets {
    /// The network.
    pub network: U32Target,
    /// Digest of the point.
    pub challenge: DigestTarget,
    /// The run before.
    pub before: RunTarget,
    /// What the step does.
    pub body: BodyTargets,
    /// The run after.
    pub after: RunTarget,
    /// What is said.
    pub span: SpanTarget,
}

/// The segment circuit.
pub type Segment = Circuit<SegmentTargets>;

impl Circuit<SegmentTargets> {
    /// Builds the circuit.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new() -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder);
        Self::build(builder, targets).map_err(Stage::Segment.unfit())
    }

    /// A prover's inputs; `None` if there is more than a step takes.
    pub fn witness(
        &self,
        inputs: &TransitionInputs,
        plan: &SegmentPlan,
        list_in: List,
    ) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        let targets = self.targets();
        set_u32(&mut witness, targets.network, inputs.old.network.get())?;
        set_digest(&mut witness, targets.challenge, plan.challenge)?;
        targets.before.set(&mut witness, &plan.before)?;
        targets
            .body
            .set(&mut witness, inputs, &plan.step, &plan.before, &plan.sums)?;
        targets.span.list_in.set(&mut witness, list_in)?;
        Some(witness)
    }

    /// Proves a step whose blocks follow a list.
    ///
    /// # Errors
    /// [`SettlementError::Prove`] if the inputs are not those of a certificate that the ledger applied.
    pub fn prove_segment(
        &self,
        inputs: &TransitionInputs,
        plan: &SegmentPlan,
        list_in: List,
    ) -> Result<Item, SettlementError> {
        let proof = self
            .prove(self.witness(inputs, plan, list_in))
            .map_err(Stage::Segment.unproven())?;
        let span = plan.span(inputs.old.network, list_in);
        Ok(Item { proof, span })
    }
}

/// The constraints of a segment.
pub(super) fn constrain(builder: &mut CircuitBuilder<F, D>) -> SegmentTargets {
    // Who closes names the same network, of which the state before has the word: it is held here so that a segment stands alone.
    let network = U32Target::new(builder);
    let challenge = builder.add_virtual_hash();
    let point = ChallengeTarget::new(builder, challenge);
    let before = RunTarget::new_unchecked(builder);
    let list_in = ListTarget::new(builder.add_virtual_hash());
    let (mut after, mut list_out) = (before, list_in);
    let body = BodyTargets::new(builder, network, &point, &mut after, &mut list_out);
    let span = SpanTarget {
        context: segment_context_target(builder, network, challenge),
        before: before.hash(builder),
        after: after.hash(builder),
        list_in,
        list_out,
    };
    span.register(builder, SEGMENT);
    SegmentTargets {
        network,
        challenge,
        before,
        body,
        after,
        span,
    }
}
