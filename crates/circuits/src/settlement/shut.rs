//! The shut circuit: a transition whose list is closed, and which hands on any other.

use causeway_aggregation::{D, F, KeyDigest, Shape, ShapedProof};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{SettlementError, Stage};
use super::roles::one_of;
use super::statement::{TransitionProof, TransitionStatement, TransitionStatementTarget};
use crate::keccak::{List, ListTarget};
use crate::recursion::{Circuit, InnerTargets, KeccakKeys, TakeIn, connect};

/// Targets of the shut circuit.
#[derive(Clone, Debug)]
pub struct ShutTargets {
    /// The proof of the transition.
    pub transition: InnerTargets,
    /// What it says.
    pub inner: TransitionStatementTarget,
    /// The proof that closes its list.
    pub keccak: InnerTargets,
    /// What is said.
    pub statement: TransitionStatementTarget,
}

/// The shut circuit.
pub type Shut = Circuit<ShutTargets>;

impl Circuit<ShutTargets> {
    /// Builds the circuit over the keys of the circuits whose transitions have lists, and of those that close lists.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new(transitions: &[KeyDigest], keccak: &KeccakKeys) -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, (transitions, keccak));
        Self::build(builder, targets).map_err(Stage::Shut.unfit())
    }

    /// A prover's inputs; `None` if a proof is not of the standard shape.
    pub fn witness(&self, transition: &TransitionProof, keccak: &ShapedProof) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        let targets = self.targets();
        targets.transition.set(&mut witness, &transition.proof)?;
        targets.inner.set(&mut witness, &transition.statement)?;
        targets.keccak.set(&mut witness, keccak)?;
        Some(witness)
    }

    /// Closes a transition's list.
    ///
    /// # Errors
    /// [`SettlementError::Inner`] or [`SettlementError::OtherStatement`] of the transition, [`SettlementError::Keccak`] of the proof
    /// that closes the list; [`SettlementError::Prove`].
    pub fn shut(
        &self,
        transition: &TransitionProof,
        (keys, keccak): (&KeccakKeys, &ShapedProof),
    ) -> Result<TransitionProof, SettlementError> {
        transition.verify(Stage::Shut)?;
        keys.check(keccak, transition.statement.list_out)?;
        let proof = self
            .prove(self.witness(transition, keccak))
            .map_err(Stage::Shut.unproven())?;
        Ok(TransitionProof {
            proof,
            statement: TransitionStatement {
                list_in: List::EMPTY,
                list_out: List::EMPTY,
                ..transition.statement
            },
        })
    }
}

/// The constraints of shutting.
pub(super) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    (transitions, keys): (&[KeyDigest], &KeccakKeys),
) -> ShutTargets {
    let transition = take_in(builder);
    one_of(builder, &transition, transitions);
    let inner = TransitionStatementTarget::new_unchecked(builder);
    let digest = inner.hash(builder);
    connect(builder, digest.elements, transition.public_inputs(4));
    let keccak = keys.verify(builder, take_in, inner.list_out);
    let empty = ListTarget::new(HashOutTarget {
        elements: [builder.zero(); 4],
    });
    let statement = TransitionStatementTarget {
        list_in: empty,
        list_out: empty,
        ..inner
    };
    statement.register(builder);
    ShutTargets {
        transition,
        inner,
        keccak,
        statement,
    }
}
