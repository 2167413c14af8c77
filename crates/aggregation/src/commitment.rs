//! What a tree of proofs commits to.

use std::fmt::Debug;

use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use crate::config::{D, F};
use crate::domain;
use crate::key::KeyDigest;

/// How leaves become values and two values one. The native and the circuit half say the same.
///
/// A node circuit evaluates `leaf_target` for children that are nodes too, and `join_target` where there is no right
/// child: both must leave the circuit satisfiable then, and bind only where `active`.
pub trait Commitment: Debug + Send + Sync {
    /// Field elements of a value; at most [`crate::tree::MAX_WIDTH`].
    fn width(&self) -> usize;

    /// Value of one proof, by the digest of its (normalised) key and all its public inputs.
    fn leaf(&self, key: KeyDigest, public_inputs: &[F]) -> Vec<F>;

    /// Value of two neighbours.
    fn join(&self, left: &[F], right: &[F]) -> Vec<F>;

    /// [`Self::leaf`] in a circuit.
    fn leaf_target(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        key: HashOutTarget,
        public_inputs: &[Target],
        active: BoolTarget,
    ) -> Vec<Target>;

    /// [`Self::join`] in a circuit.
    fn join_target(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        left: &[Target],
        right: &[Target],
        active: BoolTarget,
    ) -> Vec<Target>;
}

/// The default: a Poseidon Merkle root, four elements, with different tags for leaves and nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoseidonCommitment;

impl Commitment for PoseidonCommitment {
    fn width(&self) -> usize {
        4
    }

    fn leaf(&self, key: KeyDigest, public_inputs: &[F]) -> Vec<F> {
        domain::LEAF
            .hash(&[&key.elements(), public_inputs].concat())
            .elements
            .to_vec()
    }

    fn join(&self, left: &[F], right: &[F]) -> Vec<F> {
        domain::NODE.hash(&[left, right].concat()).elements.to_vec()
    }

    fn leaf_target(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        key: HashOutTarget,
        public_inputs: &[Target],
        _active: BoolTarget,
    ) -> Vec<Target> {
        domain::LEAF
            .hash_target(builder, &[&key.elements, public_inputs].concat())
            .elements
            .to_vec()
    }

    fn join_target(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        left: &[Target],
        right: &[Target],
        _active: BoolTarget,
    ) -> Vec<Target> {
        domain::NODE
            .hash_target(builder, &[left, right].concat())
            .elements
            .to_vec()
    }
}
