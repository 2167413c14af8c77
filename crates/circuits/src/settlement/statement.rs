//! What the proof of a transition says.

use alloy_primitives::B256;
use causeway_aggregation::{D, F, Shape, ShapedProof};
use causeway_ledger::poseidon::{Domain, Message};
use causeway_types::{Expiry, GoldilocksDigest};
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{SettlementError, Stage};
use crate::keccak::{List, ListTarget};
use crate::targets::{Bytes32Target, DigestTarget, MessageTarget, U64Target, elements, set_digest};

/// Digests of what transitions state.
pub const TRANSITION: Domain = Domain::new("cw.trn");

/// What the proof of a transition says: one certificate turns this state of its network into that one, if all that it depends on
/// holds.
///
/// Public inputs of such a proof: zeros; the digest of this; zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransitionStatement {
    /// Digest of the network's state before.
    pub old: GoldilocksDigest,
    /// Digest of its state after.
    pub new: GoldilocksDigest,
    /// The certificate digest.
    pub certificate: GoldilocksDigest,
    /// Digest of the deployment.
    pub domain: B256,
    /// Until when it can settle.
    pub expiry: Expiry,
    /// Digest of the key under which the network's own proof of the certificate digest was verified, zeros if none was.
    pub validity: GoldilocksDigest,
    /// The chain of what it depends on.
    pub dependencies: GoldilocksDigest,
    /// The list before its keccak blocks, as its prover chose it.
    pub list_in: List,
    /// The list with them.
    pub list_out: List,
}

impl TransitionStatement {
    /// The digest that proofs expose.
    pub fn hash(&self) -> GoldilocksDigest {
        Message::new()
            .digest(self.old)
            .digest(self.new)
            .digest(self.certificate)
            .bytes32(self.domain)
            .u64(self.expiry.get())
            .digest(self.validity)
            .digest(self.dependencies)
            .digest(self.list_in.into())
            .digest(self.list_out.into())
            .hash(TRANSITION)
    }

    /// Whether it hands on the list that it was given: its own is closed, or has nothing in it.
    pub fn hashes_nothing(&self) -> bool {
        self.list_in == self.list_out
    }
}

/// The proof of a transition and the statement whose digest it exposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitionProof {
    /// The proof.
    pub proof: ShapedProof,
    /// What it says.
    pub statement: TransitionStatement,
}

impl TransitionProof {
    /// Verifies the proof and holds the statement to it. Of which circuit it is remains to be seen.
    ///
    /// # Errors
    /// [`SettlementError::Inner`] or [`SettlementError::OtherStatement`], of the stage that takes the proof.
    pub fn verify(&self, stage: Stage) -> Result<(), SettlementError> {
        self.proof
            .verify_as(Shape::Standard)
            .map_err(|source| SettlementError::Inner { stage, source })?;
        if self.proof.public_inputs()[4..8] == elements(self.statement.hash()) {
            Ok(())
        } else {
            Err(SettlementError::OtherStatement { stage })
        }
    }
}

/// [`TransitionStatement`] in a circuit.
#[derive(Clone, Copy, Debug)]
pub struct TransitionStatementTarget {
    /// Digest of the network's state before.
    pub old: DigestTarget,
    /// Digest of its state after.
    pub new: DigestTarget,
    /// The certificate digest.
    pub certificate: DigestTarget,
    /// Digest of the deployment.
    pub domain: Bytes32Target,
    /// Until when it can settle.
    pub expiry: U64Target,
    /// Digest of the key of the network's own proof, zeros if there is none.
    pub validity: DigestTarget,
    /// The chain of what it depends on.
    pub dependencies: DigestTarget,
    /// The list before.
    pub list_in: ListTarget,
    /// The list after.
    pub list_out: ListTarget,
}

impl TransitionStatementTarget {
    /// A statement that is the prover's word until its digest is compared with that of a proof: words included, which the proof's
    /// own circuit has constrained.
    pub fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            old: builder.add_virtual_hash(),
            new: builder.add_virtual_hash(),
            certificate: builder.add_virtual_hash(),
            domain: Bytes32Target::new_unchecked(builder),
            expiry: U64Target::new_unchecked(builder),
            validity: builder.add_virtual_hash(),
            dependencies: builder.add_virtual_hash(),
            list_in: ListTarget::new(builder.add_virtual_hash()),
            list_out: ListTarget::new(builder.add_virtual_hash()),
        }
    }

    /// The digest: five rows.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        self.message().hash(builder, TRANSITION)
    }

    fn message(&self) -> MessageTarget {
        MessageTarget::new()
            .digest(self.old)
            .digest(self.new)
            .digest(self.certificate)
            .words(&self.domain)
            .words(&self.expiry)
            .digest(self.validity)
            .digest(self.dependencies)
            .digest(self.list_in.digest())
            .digest(self.list_out.digest())
    }

    /// Its targets in the order in which they are hashed.
    pub fn targets(&self) -> Vec<Target> {
        self.message().elements().to_vec()
    }

    /// Registers the public inputs of a proof that says this.
    pub fn register(&self, builder: &mut CircuitBuilder<F, D>) {
        let digest = self.hash(builder);
        let zero = builder.zero();
        builder.register_public_inputs(&[zero; 4]);
        builder.register_public_inputs(&digest.elements);
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, statement: &TransitionStatement) -> Option<()> {
        set_digest(witness, self.old, statement.old)?;
        set_digest(witness, self.new, statement.new)?;
        set_digest(witness, self.certificate, statement.certificate)?;
        self.domain.set(witness, statement.domain.as_slice())?;
        self.expiry.set(witness, &statement.expiry.get().to_be_bytes())?;
        set_digest(witness, self.validity, statement.validity)?;
        set_digest(witness, self.dependencies, statement.dependencies)?;
        self.list_in.set(witness, statement.list_in)?;
        self.list_out.set(witness, statement.list_out)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use plonky2::field::types::Field;
    use plonky2::iop::witness::PartialWitness;

    use super::*;
    use crate::targets::testing::{Gadget, digest, word, words};

    fn list(number: u64) -> List {
        List::from_elements(digest(number).words().map(F::from_canonical_u64))
    }

    #[test]
    fn a_statement_has_its_digest_and_every_field_is_in_it() {
        let statement = TransitionStatement {
            old: digest(1),
            new: digest(2),
            certificate: digest(3),
            domain: word(0xd0).0,
            expiry: Expiry::new(1 << 33 | 5),
            validity: digest(4),
            dependencies: digest(5),
            list_in: list(6),
            list_out: list(7),
        };
        let mut target = None;
        let gadget = Gadget::new(|builder| {
            let statement = TransitionStatementTarget::new_unchecked(builder);
            target = Some(statement);
            [statement.targets(), statement.hash(builder).elements.to_vec()].concat()
        });
        let fields = [
            &words(digest(1))[..],
            &words(digest(2)),
            &words(digest(3)),
            &word(0xd0).1,
            &[2, 5],
            &words(digest(4)),
            &words(digest(5)),
            &words(digest(6)),
            &words(digest(7)),
            &words(statement.hash()),
        ]
        .concat();
        gadget.holds_alone(&fields);
        let mut witness = PartialWitness::new();
        target.unwrap().set(&mut witness, &statement).unwrap();
        assert_eq!(gadget.read(&witness, fields.len()), fields);
    }
}
