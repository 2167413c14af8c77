//! What the circuits of the program have in common.

use causeway_aggregation::{
    C, D, F, KeyDigest, ProveError, Shape, ShapedProof, domain, key_digest, key_digest_target, prove,
};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitData, VerifierCircuitTarget, VerifierOnlyCircuitData};
use plonky2::plonk::proof::ProofWithPublicInputsTarget;

use super::error::{ProgramError, Stage};
use super::state::{StateTarget, Subtree};
use crate::keccak::{List, ListTarget, Size, closed_list_inputs};

/// A circuit of the standard shape with the targets that its prover fills.
#[derive(Debug)]
pub struct Circuit<T> {
    data: CircuitData<F, C, D>,
    targets: T,
    rows: usize,
    digest: KeyDigest,
    stage: Stage,
}

impl<T> Circuit<T> {
    /// Brings a circuit to the standard shape.
    pub(super) fn build(
        stage: Stage,
        builder: CircuitBuilder<F, D>,
        targets: T,
    ) -> Result<Self, ProgramError> {
        let shaped = Shape::Standard
            .build(builder)
            .map_err(|source| ProgramError::Circuit { stage, source })?;
        Ok(Self {
            digest: key_digest(&shaped.data.verifier_only),
            data: shaped.data,
            targets,
            rows: shaped.rows,
            stage,
        })
    }

    /// A circuit of whatever shape it takes, for tests.
    #[cfg(test)]
    pub(super) fn build_small(stage: Stage, builder: CircuitBuilder<F, D>, targets: T) -> Self {
        let rows = builder.num_gates();
        let data = builder.build::<C>();
        Self {
            digest: key_digest(&data.verifier_only),
            data,
            targets,
            rows,
            stage,
        }
    }

    /// The circuit's key.
    pub const fn key(&self) -> &VerifierOnlyCircuitData<C, D> {
        &self.data.verifier_only
    }

    /// Digest of [`Self::key`].
    pub const fn key_digest(&self) -> KeyDigest {
        self.digest
    }

    /// Rows that the circuit takes before padding, public inputs and constants.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The circuit, for the constraint checker.
    pub const fn data(&self) -> &CircuitData<F, C, D> {
        &self.data
    }

    /// The circuit's targets, for those who fill or forge its witness.
    pub const fn targets(&self) -> &T {
        &self.targets
    }

    /// Proves a witness, or says what is wrong with it.
    pub(super) fn prove(&self, witness: Option<PartialWitness<F>>) -> Result<ShapedProof, ProgramError> {
        let proof = witness
            .ok_or(ProveError::Assignment)
            .and_then(|witness| prove(&self.data, &witness))
            .map_err(|source| ProgramError::Prove {
                stage: self.stage,
                source,
            })?;
        Ok(ShapedProof {
            shape: Shape::Standard,
            proof,
            key: self.key().clone(),
        })
    }
}

/// A proof of the standard shape, verified under a witnessed key.
#[derive(Clone, Debug)]
pub struct InnerTargets {
    /// The proof.
    pub proof: ProofWithPublicInputsTarget<D>,
    /// The key.
    pub key: VerifierCircuitTarget,
    /// The key's digest, computed.
    pub digest: HashOutTarget,
}

/// How a circuit takes in a proof: [`InnerTargets::verify`], but in tests of what else it constrains.
pub(super) type TakeIn = fn(&mut CircuitBuilder<F, D>) -> InnerTargets;

impl InnerTargets {
    /// Verifies a proof.
    pub(super) fn verify(builder: &mut CircuitBuilder<F, D>) -> Self {
        let inner = Self::new_unchecked(builder);
        builder.verify_proof::<C>(&inner.proof, &inner.key, Shape::Standard.common());
        inner
    }

    /// A proof that is not verified.
    pub(super) fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        let common = Shape::Standard.common();
        let proof = builder.add_virtual_proof_with_pis(common);
        let key = builder.add_virtual_verifier_data(common.config.fri_config.cap_height);
        let digest = key_digest_target(builder, &key);
        Self { proof, key, digest }
    }

    /// Four public inputs, from the one of index `at` on.
    pub(super) fn public_inputs(&self, at: usize) -> [Target; 4] {
        std::array::from_fn(|i| self.proof.public_inputs[at + i])
    }

    /// Fills proof and key; `None` if the proof is not of the standard shape.
    pub(super) fn set(&self, witness: &mut PartialWitness<F>, proof: &ShapedProof) -> Option<()> {
        // Setting targets zips lists and panics where their lengths differ.
        if proof.shape != Shape::Standard || proof.check_shape().is_err() {
            return None;
        }
        witness
            .set_proof_with_pis_target(&self.proof, &proof.proof)
            .ok()?;
        witness.set_verifier_data_target(&self.key, &proof.key).ok()
    }
}

/// A subtree's proof, verified, and its state.
#[derive(Clone, Debug)]
pub struct SubtreeTargets {
    /// The proof.
    pub inner: InnerTargets,
    /// The state, held to the proof's digest.
    pub state: StateTarget,
}

impl SubtreeTargets {
    /// Verifies a subtree's proof. The caller holds the key to what may stand there.
    pub(super) fn verify(builder: &mut CircuitBuilder<F, D>, take_in: TakeIn) -> Self {
        let inner = take_in(builder);
        let state = StateTarget::new_unchecked(builder);
        let digest = state.digest(builder);
        connect(builder, digest.elements, inner.public_inputs(4));
        Self { inner, state }
    }

    /// The digest of the node key that the proof carries.
    pub(super) fn node_key(&self) -> [Target; 4] {
        self.inner.public_inputs(0)
    }

    /// Fills proof, key and state.
    pub(super) fn set(&self, witness: &mut PartialWitness<F>, subtree: &Subtree) -> Option<()> {
        self.inner.set(witness, &subtree.proof)?;
        self.state.set(witness, &subtree.state)
    }
}

/// The keys of the circuits that close lists, one per size: constants of whatever takes their proofs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeccakKeys(Vec<KeyDigest>);

impl KeccakKeys {
    /// Keys whose proofs expose, at public inputs 4 to 7, the digest of the list that they close.
    ///
    /// # Errors
    /// [`ProgramError::NoKeccakKeys`] or [`ProgramError::KeccakKeyShape`].
    pub fn new(keys: &[VerifierOnlyCircuitData<C, D>]) -> Result<Self, ProgramError> {
        if keys.is_empty() {
            return Err(ProgramError::NoKeccakKeys);
        }
        for (index, key) in keys.iter().enumerate() {
            causeway_aggregation::proof_shape::check_key(key, Shape::Standard.common())
                .map_err(|source| ProgramError::KeccakKeyShape { index, source })?;
        }
        Ok(Self(keys.iter().map(key_digest).collect()))
    }

    /// The keys of every [`Size`]: those of the program that contracts pin.
    pub fn pinned() -> Self {
        Self(Size::ALL.map(Size::key_digest).to_vec())
    }

    /// Verifies a proof that closes a list.
    ///
    /// # Errors
    /// [`ProgramError::Keccak`], [`ProgramError::KeccakKey`] or [`ProgramError::OtherList`].
    pub fn check(&self, proof: &ShapedProof, list: List) -> Result<(), ProgramError> {
        proof.verify_as(Shape::Standard).map_err(ProgramError::Keccak)?;
        let got = proof.key_digest();
        if !self.0.contains(&got) {
            return Err(ProgramError::KeccakKey { got });
        }
        if proof.public_inputs()[4..8] == closed_list_inputs(&list) {
            Ok(())
        } else {
            Err(ProgramError::OtherList)
        }
    }

    /// Verifies a proof that closes this list, under one of the keys.
    pub(super) fn verify(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        take_in: TakeIn,
        list: ListTarget,
    ) -> InnerTargets {
        let inner = take_in(builder);
        let known: Vec<BoolTarget> = self
            .0
            .iter()
            .map(|key| {
                let key = constant_key(builder, *key);
                is_equal(builder, inner.digest, key)
            })
            .collect();
        let any = builder.add_many(known.iter().map(|known| known.target));
        // Not one, but at least one: the same key may be given twice.
        let none = is_zero(builder, any);
        builder.assert_zero(none.target);
        let digest = domain::PUBLIC_INPUTS.hash_target(builder, &list.digest().elements);
        connect(builder, digest.elements, inner.public_inputs(4));
        inner
    }
}

/// A key digest as constants.
pub(super) fn constant_key(builder: &mut CircuitBuilder<F, D>, key: KeyDigest) -> HashOutTarget {
    HashOutTarget {
        elements: key.elements().map(|element| builder.constant(element)),
    }
}

/// Holds digests to one another.
pub(super) fn connect(builder: &mut CircuitBuilder<F, D>, left: [Target; 4], right: [Target; 4]) {
    for (left, right) in left.into_iter().zip(right) {
        builder.connect(left, right);
    }
}

/// Holds digests to one another where a condition holds.
pub(super) fn connect_if(
    builder: &mut CircuitBuilder<F, D>,
    condition: Target,
    left: [Target; 4],
    right: [Target; 4],
) {
    for (left, right) in left.into_iter().zip(right) {
        builder.conditional_assert_eq(condition, left, right);
    }
}

/// One digest or the other.
pub(super) fn select<const N: usize>(
    builder: &mut CircuitBuilder<F, D>,
    condition: BoolTarget,
    yes: [Target; N],
    no: [Target; N],
) -> [Target; N] {
    std::array::from_fn(|i| builder.select(condition, yes[i], no[i]))
}

/// Whether two digests are equal.
pub(super) fn is_equal(
    builder: &mut CircuitBuilder<F, D>,
    left: HashOutTarget,
    right: HashOutTarget,
) -> BoolTarget {
    let mut equal = builder._true();
    for (left, right) in left.elements.into_iter().zip(right.elements) {
        let same = builder.is_equal(left, right);
        equal = builder.and(equal, same);
    }
    equal
}

/// Whether an element is zero.
pub(super) fn is_zero(builder: &mut CircuitBuilder<F, D>, element: Target) -> BoolTarget {
    let zero = builder.zero();
    builder.is_equal(element, zero)
}
