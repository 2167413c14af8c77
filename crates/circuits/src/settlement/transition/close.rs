//! The close circuit: what the segments of a certificate come to.

use causeway_aggregation::{D, F, Shape};
use causeway_ledger::inputs::TransitionInputs;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::ends::{BeginTargets, EndTargets, ExitTree};
use super::plan::SegmentPlan;
use super::run::RunTarget;
use super::segment::segment_context_target;
use super::witness::statement;
use crate::keccak::ListTarget;
use crate::recursion::{Circuit, InnerTargets, TakeIn, connect};
use crate::settlement::error::{SettlementError, Stage};
use crate::settlement::item::Item;
use crate::settlement::roles::{ItemKeys, item_role};
use crate::settlement::span::{SEGMENT, SpanTarget};
use crate::settlement::statement::TransitionProof;
use crate::targets::{DigestTarget, ExitFrontierTarget, set_digest};

/// Targets of the close circuit.
#[derive(Clone, Debug)]
pub struct CloseTargets {
    /// The proof of all segments.
    pub inner: InnerTargets,
    /// Where the certificate begins.
    pub begin: BeginTargets,
    /// Digest of the point at which moves are summed.
    pub challenge: DigestTarget,
    /// The run after the last segment.
    pub after: RunTarget,
    /// The exit tree's frontier then.
    pub frontier: ExitFrontierTarget,
    /// What the segments say.
    pub span: SpanTarget,
    /// What the certificate comes to.
    pub end: EndTargets,
}

/// The close circuit.
pub type Close = Circuit<CloseTargets>;

impl Circuit<CloseTargets> {
    /// Builds the circuit over the keys of what segments may be.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new(keys: &ItemKeys) -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, keys);
        Self::build(builder, targets).map_err(Stage::Close.unfit())
    }

    /// A prover's inputs; `None` if the proof is not of the standard shape.
    pub fn witness(
        &self,
        inputs: &TransitionInputs,
        plan: &SegmentPlan,
        segments: &Item,
    ) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        let targets = self.targets();
        targets.inner.set(&mut witness, &segments.proof)?;
        targets.begin.set(&mut witness, inputs)?;
        set_digest(&mut witness, targets.challenge, plan.challenge)?;
        targets.after.set(&mut witness, &plan.after)?;
        targets.frontier.set(&mut witness, &plan.after.exits)?;
        targets.span.list_out.set(&mut witness, segments.span.list_out)?;
        targets.end.set(&mut witness, inputs, segments.span.list_in)?;
        Some(witness)
    }

    /// Proves a certificate from its joined segments, the last of which was planned so.
    ///
    /// # Errors
    /// Those of [`Item::verify`], or [`SettlementError::Prove`] if the segments are not the certificate's.
    pub fn prove_certificate(
        &self,
        inputs: &TransitionInputs,
        last: &SegmentPlan,
        segments: &Item,
    ) -> Result<TransitionProof, SettlementError> {
        segments.verify_as(SEGMENT, Stage::Close)?;
        let proof = self
            .prove(self.witness(inputs, last, segments))
            .map_err(Stage::Close.unproven())?;
        Ok(TransitionProof {
            proof,
            statement: statement(inputs, segments.span.list_in),
        })
    }
}

/// The constraints of a close.
pub(in crate::settlement) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    keys: &ItemKeys,
) -> CloseTargets {
    let inner = take_in(builder);
    item_role(builder, &inner, keys);
    let begin = BeginTargets::new(builder);
    let challenge = builder.add_virtual_hash();
    let before = begin.run(builder);
    let after = RunTarget::new_unchecked(builder);
    let span = SpanTarget {
        context: segment_context_target(builder, begin.old.network, challenge),
        before: before.hash(builder),
        after: after.hash(builder),
        list_in: ListTarget::new(builder.add_virtual_hash()),
        list_out: ListTarget::new(builder.add_virtual_hash()),
    };
    let digest = span.hash(builder, SEGMENT);
    connect(builder, digest.elements, inner.public_inputs(4));

    let frontier = ExitFrontierTarget::new(builder);
    let digest = frontier.digest(builder, after.exit_count);
    connect(builder, digest.elements, after.frontier.elements);
    let count = after.exit_count.bits(builder);
    let same = builder.is_equal(begin.old.exit_count.target(), after.exit_count.target());
    let exits = ExitTree {
        frontier: &frontier,
        count: &count,
        grown: builder.not(same),
    };
    let end = EndTargets::new(
        builder,
        &begin,
        &after,
        challenge,
        &exits,
        (span.list_in, span.list_out),
    );
    CloseTargets {
        inner,
        begin,
        challenge,
        after,
        frontier,
        span,
        end,
    }
}
