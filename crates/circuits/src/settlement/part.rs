//! An anchor that has not opened all that its transition depends on.
//!
//! An anchor opens as much as one step of a certificate depends on. Of a certificate of more steps it says how far it came, instead
//! of the item that it would be; [`super::open`] comes to the end and says the item. Which of the two a proof says follows from what
//! its digest is for: no part is taken for an item.

use causeway_aggregation::{D, F, Shape, ShapedProof};
use causeway_ledger::poseidon::{Domain, Message};
use causeway_ledger::{DependencyOpening, extend_dependencies};
use causeway_types::GoldilocksDigest;
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{SettlementError, Stage};
use super::span::{ITEM, Span};
use crate::targets::{DigestTarget, MessageTarget, elements, set_digest};

/// Digests of anchors that are not at their end.
pub const PART: Domain = Domain::new("cw.part");

/// Dependencies that one proof more opens.
pub const MAX_MORE: usize = 24;

/// How far an anchor came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Digest of the item that it is if all dependencies are opened.
    pub item: GoldilocksDigest,
    /// The root under which they are.
    pub global_root: GoldilocksDigest,
    /// The chain of those that were.
    pub reached: GoldilocksDigest,
    /// The chain of all.
    pub wanted: GoldilocksDigest,
}

impl Part {
    /// With these dependencies opened too.
    ///
    /// # Errors
    /// [`SettlementError::TooMany`], of the stage that opens them.
    pub fn further(&self, stage: Stage, openings: &[DependencyOpening]) -> Result<Self, SettlementError> {
        if openings.len() > MAX_MORE {
            return Err(SettlementError::TooMany {
                stage,
                got: openings.len(),
                max: MAX_MORE,
            });
        }
        let opened: Vec<_> = openings.iter().map(|opening| opening.dependency).collect();
        Ok(Self {
            reached: extend_dependencies(self.reached, &opened),
            ..*self
        })
    }

    /// The digest that proofs expose.
    pub fn hash(&self) -> GoldilocksDigest {
        Message::new()
            .digest(self.item)
            .digest(self.global_root)
            .digest(self.reached)
            .digest(self.wanted)
            .hash(PART)
    }
}

/// An anchor's proof that is not at its end, and how far it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartProof {
    /// The proof.
    pub proof: ShapedProof,
    /// How far it came.
    pub part: Part,
    /// The item that it becomes.
    pub span: Span,
}

impl PartProof {
    /// Verifies the proof and holds what is said to it. Of which circuit it is remains to be seen.
    ///
    /// # Errors
    /// [`SettlementError::Inner`] or [`SettlementError::OtherStatement`], of the stage that takes the proof.
    pub fn verify(&self, stage: Stage) -> Result<(), SettlementError> {
        self.proof
            .verify_as(Shape::Standard)
            .map_err(|source| SettlementError::Inner { stage, source })?;
        let said = self.part.item == self.span.hash(ITEM)
            && self.proof.public_inputs()[4..8] == elements(self.part.hash());
        if said {
            Ok(())
        } else {
            Err(SettlementError::OtherStatement { stage })
        }
    }
}

/// [`Part`] in a circuit.
#[derive(Clone, Copy, Debug)]
pub struct PartTarget {
    /// Digest of the item.
    pub item: DigestTarget,
    /// The root under which dependencies are.
    pub global_root: DigestTarget,
    /// The chain of those that were opened.
    pub reached: DigestTarget,
    /// The chain of all.
    pub wanted: DigestTarget,
}

impl PartTarget {
    /// The prover's word until its digest is compared with that of a proof.
    pub fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            item: builder.add_virtual_hash(),
            global_root: builder.add_virtual_hash(),
            reached: builder.add_virtual_hash(),
            wanted: builder.add_virtual_hash(),
        }
    }

    /// The digest: two rows.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        self.message().hash(builder, PART)
    }

    fn message(&self) -> MessageTarget {
        MessageTarget::new()
            .digest(self.item)
            .digest(self.global_root)
            .digest(self.reached)
            .digest(self.wanted)
    }

    /// Its targets in the order in which they are hashed.
    pub fn targets(&self) -> Vec<Target> {
        self.message().elements().to_vec()
    }

    /// Registers the public inputs of a proof that says this, made under the key of this digest, or under none of its own.
    pub fn register(&self, builder: &mut CircuitBuilder<F, D>, key: DigestTarget) {
        let digest = self.hash(builder);
        builder.register_public_inputs(&key.elements);
        builder.register_public_inputs(&digest.elements);
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, part: &Part) -> Option<()> {
        set_digest(witness, self.item, part.item)?;
        set_digest(witness, self.global_root, part.global_root)?;
        set_digest(witness, self.reached, part.reached)?;
        set_digest(witness, self.wanted, part.wanted)
    }
}
