//! The attest circuit: a network's own proof of its certificate, beside that of the transition.

use causeway_aggregation::{D, F, KeyDigest, Shape, ShapedProof, domain};
use causeway_types::GoldilocksDigest;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{SettlementError, Stage};
use super::roles::one_of;
use super::statement::{TransitionProof, TransitionStatement, TransitionStatementTarget};
use crate::recursion::{Circuit, InnerTargets, TakeIn, connect};
use crate::targets::{digest_of, elements};

/// Targets of the attest circuit.
#[derive(Clone, Debug)]
pub struct AttestTargets {
    /// The proof of the transition.
    pub transition: InnerTargets,
    /// What it says: nothing of a network's own proof.
    pub inner: TransitionStatementTarget,
    /// The network's own proof, of the standard shape, under whatever key.
    pub own: InnerTargets,
    /// What is said.
    pub statement: TransitionStatementTarget,
}

/// The attest circuit.
pub type Attest = Circuit<AttestTargets>;

impl Circuit<AttestTargets> {
    /// Builds the circuit over the keys of the circuits that prove transitions.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new(transitions: &[KeyDigest]) -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, transitions);
        Self::build(builder, targets).map_err(Stage::Attest.unfit())
    }

    /// A prover's inputs; `None` if a proof is not of the standard shape.
    pub fn witness(&self, transition: &TransitionProof, own: &ShapedProof) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        let targets = self.targets();
        targets.transition.set(&mut witness, &transition.proof)?;
        targets.inner.set(&mut witness, &transition.statement)?;
        targets.own.set(&mut witness, own)?;
        Some(witness)
    }

    /// Takes in a network's own proof of its certificate.
    ///
    /// # Errors
    /// [`SettlementError::Inner`] or [`SettlementError::OtherStatement`] of either proof; [`SettlementError::Prove`].
    pub fn attest(
        &self,
        transition: &TransitionProof,
        own: &ShapedProof,
    ) -> Result<TransitionProof, SettlementError> {
        let stage = Stage::Attest;
        transition.verify(stage)?;
        Self::check_own(own, transition.statement.certificate)?;
        let proof = self
            .prove(self.witness(transition, own))
            .map_err(stage.unproven())?;
        Ok(TransitionProof {
            proof,
            statement: TransitionStatement {
                validity: digest_of(own.key_digest().elements()),
                ..transition.statement
            },
        })
    }

    /// Verifies a network's normalised proof of a certificate, under its own key.
    ///
    /// # Errors
    /// [`SettlementError::Inner`] or [`SettlementError::OtherStatement`].
    pub fn check_own(own: &ShapedProof, certificate: GoldilocksDigest) -> Result<(), SettlementError> {
        let stage = Stage::Attest;
        own.verify_as(Shape::Standard)
            .map_err(|source| SettlementError::Inner { stage, source })?;
        if own.public_inputs()[4..8] == Self::exposed(certificate) {
            Ok(())
        } else {
            Err(SettlementError::OtherStatement { stage })
        }
    }

    /// What a network's normalised proof of a certificate exposes at public inputs 4 to 7: the digest of the four elements of the
    /// certificate digest, which are all public inputs of the proof that was normalised.
    pub fn exposed(certificate: GoldilocksDigest) -> [F; 4] {
        domain::PUBLIC_INPUTS.hash(&elements(certificate)).elements
    }
}

/// The constraints of an attestation.
pub(super) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    transitions: &[KeyDigest],
) -> AttestTargets {
    let transition = take_in(builder);
    one_of(builder, &transition, transitions);
    let inner = TransitionStatementTarget::new_unchecked(builder);
    let digest = inner.hash(builder);
    connect(builder, digest.elements, transition.public_inputs(4));

    // What the proof says of its own key or of that of what it normalised names nothing: a foreign circuit exposes what it likes. The
    // key under which it is verified does.
    let own = take_in(builder);
    let exposed = domain::PUBLIC_INPUTS.hash_target(builder, &inner.certificate.elements);
    connect(builder, exposed.elements, own.public_inputs(4));
    let statement = TransitionStatementTarget {
        validity: own.digest,
        ..inner
    };
    statement.register(builder);
    AttestTargets {
        transition,
        inner,
        own,
        statement,
    }
}
