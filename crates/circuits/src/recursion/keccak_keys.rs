//! The keys of the circuits that close lists.

use causeway_aggregation::proof_shape::{ProofShapeError, check_key};
use causeway_aggregation::{C, D, F, KeyDigest, ProofError, Shape, ShapedProof, domain, key_digest};
use plonky2::iop::target::BoolTarget;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::VerifierOnlyCircuitData;

use super::compare::{connect, constant_key, is_equal, is_zero};
use super::inner::{InnerTargets, TakeIn};
use crate::keccak::{List, ListTarget, Size, closed_list_inputs};

/// Why a proof that closes a list, or the key of one, is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeccakError {
    /// There is no circuit that closes lists.
    #[error("no key of a circuit that closes lists is given")]
    NoKeys,
    /// A key of a circuit that closes lists is malformed.
    #[error("key {index} of those that close lists: {source}")]
    KeyShape {
        /// Its index.
        index: usize,
        /// What is wrong with it.
        source: ProofShapeError,
    },
    /// The proof is refused.
    #[error("proof of a list: {0}")]
    Proof(ProofError),
    /// The proof is of an unknown circuit.
    #[error("key {got} is of no circuit that closes lists")]
    ForeignKey {
        /// Digest of its key.
        got: KeyDigest,
    },
    /// The proof closes another list than is to be closed.
    #[error("the proof closes another list")]
    OtherList,
}

/// The keys of the circuits that close lists, one per size: constants of whatever takes their proofs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeccakKeys(Vec<KeyDigest>);

impl KeccakKeys {
    /// Keys whose proofs expose, at public inputs 4 to 7, the digest of the list that they close.
    ///
    /// # Errors
    /// [`KeccakError::NoKeys`] or [`KeccakError::KeyShape`].
    pub fn new(keys: &[VerifierOnlyCircuitData<C, D>]) -> Result<Self, KeccakError> {
        if keys.is_empty() {
            return Err(KeccakError::NoKeys);
        }
        for (index, key) in keys.iter().enumerate() {
            check_key(key, Shape::Standard.common())
                .map_err(|source| KeccakError::KeyShape { index, source })?;
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
    /// [`KeccakError::Proof`], [`KeccakError::ForeignKey`] or [`KeccakError::OtherList`].
    pub fn check(&self, proof: &ShapedProof, list: List) -> Result<(), KeccakError> {
        proof.verify_as(Shape::Standard).map_err(KeccakError::Proof)?;
        let got = proof.key_digest();
        if !self.0.contains(&got) {
            return Err(KeccakError::ForeignKey { got });
        }
        if proof.public_inputs()[4..8] == closed_list_inputs(&list) {
            Ok(())
        } else {
            Err(KeccakError::OtherList)
        }
    }

    /// Verifies a proof that closes this list, under one of the keys.
    pub(crate) fn verify(
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
