//! Spans: what neighbours of one family say of a state that is threaded through them, so that two can be joined.

use causeway_aggregation::{D, F};
use causeway_ledger::poseidon::{Domain, Message};
use causeway_types::GoldilocksDigest;
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::Stage;
use crate::keccak::{List, ListTarget};
use crate::targets::{DigestTarget, MessageTarget, set_digest};

/// Segments of a large certificate.
pub const SEGMENT: Domain = Domain::new("cw.span");
/// Runs of L1's deposits.
pub const DEPOSITS: Domain = Domain::new("cw.depo");
/// Items of an epoch.
pub const ITEM: Domain = Domain::new("cw.item");

/// What can be folded with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Segments of a large certificate.
    Segments,
    /// Runs of L1's deposits.
    Deposits,
    /// Items of an epoch.
    Items,
}

impl Family {
    /// The domain of its spans.
    pub const fn domain(self) -> Domain {
        match self {
            Self::Segments => SEGMENT,
            Self::Deposits => DEPOSITS,
            Self::Items => ITEM,
        }
    }

    /// The circuit that folds them.
    pub const fn stage(self) -> Stage {
        match self {
            Self::Segments => Stage::Segments,
            Self::Deposits => Stage::Deposits,
            Self::Items => Stage::Fold,
        }
    }
}

/// From one state to another, in a context that all of a family share. What context and states are depends on the family, whose
/// domain is in the digest: no proof of one family passes in another.
///
/// Public inputs of a proof that says this: the digest of the key that joins such spans if it was made under it, else zeros; the
/// digest of this; zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Digest of what all spans share.
    pub context: GoldilocksDigest,
    /// Digest of the state before.
    pub before: GoldilocksDigest,
    /// Digest of the state after.
    pub after: GoldilocksDigest,
    /// The list before its keccak blocks, as its prover chose it.
    pub list_in: List,
    /// The list with them.
    pub list_out: List,
}

impl Span {
    /// The digest that proofs of a family expose.
    pub fn hash(&self, family: Domain) -> GoldilocksDigest {
        Message::new()
            .digest(self.context)
            .digest(self.before)
            .digest(self.after)
            .digest(self.list_in.into())
            .digest(self.list_out.into())
            .hash(family)
    }
}

/// [`Span`] in a circuit.
#[derive(Clone, Copy, Debug)]
pub struct SpanTarget {
    /// Digest of what all spans share.
    pub context: DigestTarget,
    /// Digest of the state before.
    pub before: DigestTarget,
    /// Digest of the state after.
    pub after: DigestTarget,
    /// The list before.
    pub list_in: ListTarget,
    /// The list after.
    pub list_out: ListTarget,
}

impl SpanTarget {
    /// A span that is the prover's word until its digest is compared with that of a proof.
    pub fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            context: builder.add_virtual_hash(),
            before: builder.add_virtual_hash(),
            after: builder.add_virtual_hash(),
            list_in: ListTarget::new(builder.add_virtual_hash()),
            list_out: ListTarget::new(builder.add_virtual_hash()),
        }
    }

    /// The digest: three rows.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>, family: Domain) -> DigestTarget {
        self.message().hash(builder, family)
    }

    fn message(&self) -> MessageTarget {
        MessageTarget::new()
            .digest(self.context)
            .digest(self.before)
            .digest(self.after)
            .digest(self.list_in.digest())
            .digest(self.list_out.digest())
    }

    /// Its targets in the order in which they are hashed.
    pub fn targets(&self) -> Vec<Target> {
        self.message().elements().to_vec()
    }

    /// Registers the public inputs of a proof that says this, made under a key that joins nothing.
    pub fn register(&self, builder: &mut CircuitBuilder<F, D>, family: Domain) {
        let zero = builder.zero();
        let none = DigestTarget { elements: [zero; 4] };
        self.register_joined(builder, family, none);
    }

    /// Registers the public inputs of a proof that says this, made under the key of this digest.
    pub fn register_joined(&self, builder: &mut CircuitBuilder<F, D>, family: Domain, key: DigestTarget) {
        let digest = self.hash(builder, family);
        builder.register_public_inputs(&key.elements);
        builder.register_public_inputs(&digest.elements);
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, span: &Span) -> Option<()> {
        set_digest(witness, self.context, span.context)?;
        set_digest(witness, self.before, span.before)?;
        set_digest(witness, self.after, span.after)?;
        self.list_in.set(witness, span.list_in)?;
        self.list_out.set(witness, span.list_out)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::targets::elements;
    use crate::targets::testing::{Gadget, digest, words};

    #[test]
    fn a_span_has_its_digest_and_every_field_is_in_it() {
        let list = |number| List::from_elements(elements(digest(number)));
        let span = Span {
            context: digest(1),
            before: digest(2),
            after: digest(3),
            list_in: list(4),
            list_out: list(5),
        };
        for family in [SEGMENT, DEPOSITS, ITEM] {
            let mut target = None;
            let gadget = Gadget::new(|builder| {
                let span = SpanTarget::new_unchecked(builder);
                target = Some(span);
                [span.targets(), span.hash(builder, family).elements.to_vec()].concat()
            });
            let fields = (1..=5).flat_map(|number| words(digest(number)));
            let fields: Vec<u64> = fields.chain(words(span.hash(family))).collect();
            gadget.holds_alone(&fields);
            let mut witness = PartialWitness::new();
            target.unwrap().set(&mut witness, &span).unwrap();
            assert_eq!(gadget.read(&witness, fields.len()), fields);
        }
    }
}
