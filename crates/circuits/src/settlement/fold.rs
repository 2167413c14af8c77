//! The fold circuit of a family: two neighbouring spans become one. It is its own child.
//!
//! It compares digests and nothing else: what spans say is the family's. Its key digest cannot be a constant of itself, so every fold
//! carries it in its public inputs. A child under the carried key *is* a fold and must carry the same; a child under one of the
//! constant keys is single; one that closes the list of what is folded must have been made over the carried key; nothing else is a
//! child. Whoever takes the last one compares what it carries with the true digest.

use causeway_aggregation::{D, F, KeyDigest, Shape};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::BoolTarget;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::SettlementError;
use super::item::Item;
use super::roles::joined_role;
use super::span::{Family, Span, SpanTarget};
use crate::recursion::{Circuit, InnerTargets, TakeIn, connect};

/// Targets of the fold circuit.
#[derive(Clone, Debug)]
pub struct FoldTargets {
    /// The carried digest of the circuit's own key.
    pub key: HashOutTarget,
    /// The two children.
    pub children: [InnerTargets; 2],
    /// Whether each is a fold: computed from its key.
    pub folded: [BoolTarget; 2],
    /// What the two say. The right one begins where the left one ends.
    pub spans: [SpanTarget; 2],
}

/// The fold circuit.
pub type Fold = Circuit<FoldTargets>;

impl Circuit<FoldTargets> {
    /// Builds the circuit of a family over the keys of what is single, and of what closes lists, if the family has such.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new(
        family: Family,
        single: &[KeyDigest],
        shut: Option<KeyDigest>,
    ) -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, family, (single, shut));
        Self::build(builder, targets).map_err(family.stage().unfit())
    }

    /// What the fold of two spans says.
    ///
    /// # Errors
    /// [`SettlementError::NotThreaded`] if the second does not begin where the first ends.
    pub fn plan(family: Family, left: &Span, right: &Span) -> Result<Span, SettlementError> {
        let threaded =
            left.context == right.context && left.after == right.before && left.list_out == right.list_in;
        if threaded {
            Ok(Span {
                after: right.after,
                list_out: right.list_out,
                ..*left
            })
        } else {
            Err(SettlementError::NotThreaded {
                stage: family.stage(),
            })
        }
    }

    /// A prover's inputs; `None` if a proof is not of the standard shape, or the items do not go together.
    pub fn witness(&self, left: &Item, right: &Item) -> Option<PartialWitness<F>> {
        let targets = self.targets();
        let mut witness = PartialWitness::new();
        witness
            .set_target_arr(&targets.key.elements, &self.key_digest().elements())
            .ok()?;
        for (index, item) in [left, right].into_iter().enumerate() {
            targets.children[index].set(&mut witness, &item.proof)?;
            targets.spans[index].set(&mut witness, &item.span)?;
        }
        Some(witness)
    }

    /// Proves the fold of two spans of the circuit's family.
    ///
    /// # Errors
    /// [`SettlementError::NotThreaded`], those of [`Item::verify`], or [`SettlementError::Prove`].
    pub fn prove_item(&self, family: Family, left: &Item, right: &Item) -> Result<Item, SettlementError> {
        let span = Self::plan(family, &left.span, &right.span)?;
        for item in [left, right] {
            item.verify_as(family.domain(), family.stage())?;
        }
        let proof = self
            .prove(self.witness(left, right))
            .map_err(family.stage().unproven())?;
        Ok(Item { proof, span })
    }
}

/// The constraints of a fold.
pub(super) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    family: Family,
    keys: (&[KeyDigest], Option<KeyDigest>),
) -> FoldTargets {
    let key = builder.add_virtual_hash();
    let children = [(); 2].map(|()| take_in(builder));
    let folded = children
        .each_ref()
        .map(|child| joined_role(builder, child, key, keys));

    let left = SpanTarget::new_unchecked(builder);
    let right = SpanTarget {
        context: left.context,
        before: left.after,
        list_in: left.list_out,
        ..SpanTarget::new_unchecked(builder)
    };
    let spans = [left, right];
    for (child, span) in children.iter().zip(&spans) {
        let digest = span.hash(builder, family.domain());
        connect(builder, digest.elements, child.public_inputs(4));
    }
    let whole = SpanTarget {
        after: right.after,
        list_out: right.list_out,
        ..left
    };
    whole.register_joined(builder, family.domain(), key);
    FoldTargets {
        key,
        children,
        folded,
        spans,
    }
}
