//! The join circuit of a family: two neighbouring spans become one. It is its own child.
//!
//! Its key digest cannot be a constant of itself, so a joined span carries it in its public inputs. A child under the carried key
//! *is* a join of this family and must carry the same; a child under one of the constant keys is what it is; nothing else is a child.
//! Whoever takes the last one compares what it carries with the true digest.

use causeway_aggregation::{D, F, KeyDigest, Shape};
use causeway_ledger::Domain;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{SettlementError, Stage};
use super::item::Item;
use super::span::{Span, SpanTarget};
use crate::recursion::{Circuit, InnerTargets, TakeIn, connect, connect_if, constant_key, is_equal};

/// Targets of a join circuit.
#[derive(Clone, Debug)]
pub struct JoinTargets {
    /// The carried digest of the circuit's own key.
    pub join_key: HashOutTarget,
    /// Left and right.
    pub children: [(InnerTargets, SpanTarget); 2],
    /// What both say together.
    pub span: SpanTarget,
}

/// A join circuit.
pub type Join = Circuit<JoinTargets>;

impl Circuit<JoinTargets> {
    /// Builds the circuit of a family over the keys of what is not joined.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new(family: Domain, stage: Stage, single: &[KeyDigest]) -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, (family, single));
        Self::build(builder, targets).map_err(stage.unfit())
    }

    /// What two neighbours say together.
    ///
    /// # Errors
    /// [`SettlementError::NotThreaded`] if they are none.
    pub fn plan(stage: Stage, left: &Span, right: &Span) -> Result<Span, SettlementError> {
        let neighbours =
            left.context == right.context && left.after == right.before && left.list_out == right.list_in;
        neighbours
            .then_some(Span {
                after: right.after,
                list_out: right.list_out,
                ..*left
            })
            .ok_or(SettlementError::NotThreaded { stage })
    }

    /// A prover's inputs; `None` if a proof is not of the standard shape.
    pub fn witness(&self, left: &Item, right: &Item) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        let targets = self.targets();
        witness
            .set_target_arr(&targets.join_key.elements, &self.key_digest().elements())
            .ok()?;
        for ((inner, span), child) in targets.children.iter().zip([left, right]) {
            inner.set(&mut witness, &child.proof)?;
            span.set(&mut witness, &child.span)?;
        }
        Some(witness)
    }

    /// Joins two neighbours.
    ///
    /// # Errors
    /// Those of [`Self::plan`] and [`Item::verify_as`], or [`SettlementError::Prove`].
    pub fn join(
        &self,
        (family, stage): (Domain, Stage),
        left: &Item,
        right: &Item,
    ) -> Result<Item, SettlementError> {
        let span = Self::plan(stage, &left.span, &right.span)?;
        for child in [left, right] {
            child.verify_as(family, stage)?;
        }
        let proof = self.prove(self.witness(left, right)).map_err(stage.unproven())?;
        Ok(Item { proof, span })
    }
}

/// The constraints of a join.
pub(super) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    (family, single): (Domain, &[KeyDigest]),
) -> JoinTargets {
    let join_key = builder.add_virtual_hash();
    let children = [(); 2].map(|()| child(builder, take_in, join_key, (family, single)));
    let [left, right] = [&children[0].1, &children[1].1];
    // One context, one state, one list.
    for (left, right) in [
        (left.context, right.context),
        (left.after, right.before),
        (left.list_out.digest(), right.list_in.digest()),
    ] {
        connect(builder, left.elements, right.elements);
    }
    let span = SpanTarget {
        context: left.context,
        before: left.before,
        after: right.after,
        list_in: left.list_in,
        list_out: right.list_out,
    };
    span.register_joined(builder, family, join_key);
    JoinTargets {
        join_key,
        children,
        span,
    }
}

/// Takes in a child, which is a join under the carried key or one of the others.
fn child(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    join_key: HashOutTarget,
    (family, single): (Domain, &[KeyDigest]),
) -> (InnerTargets, SpanTarget) {
    let inner = take_in(builder);
    let span = SpanTarget::new_unchecked(builder);
    let digest = span.hash(builder, family);
    connect(builder, digest.elements, inner.public_inputs(4));
    let joined = is_equal(builder, inner.digest, join_key);
    let mut roles = vec![joined.target];
    for key in single {
        let key = constant_key(builder, *key);
        roles.push(is_equal(builder, inner.digest, key).target);
    }
    let known = builder.add_many(roles);
    builder.assert_one(known);
    connect_if(builder, joined.target, inner.public_inputs(0), join_key.elements);
    (inner, span)
}
