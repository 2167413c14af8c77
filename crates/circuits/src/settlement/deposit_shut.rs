//! Closes the list of a run of deposits before the whole is known, so that no list grows with the number of deposits.
//!
//! What is closed appends nothing: it leads from any list to the same one, and its prover chooses which, to put it between others.
//!
//! The circuit does not hold the key that folds deposits, for that fold holds this circuit's: it takes what is single or folded
//! under any key that it exposes. Whoever takes its proof compares that with the key he knows.

use causeway_aggregation::{D, F, KeyDigest, Shape, ShapedProof};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{SettlementError, Stage};
use super::item::Item;
use super::roles::joined_role;
use super::span::{DEPOSITS, Span, SpanTarget};
use crate::keccak::{List, ListTarget};
use crate::recursion::{Circuit, InnerTargets, KeccakKeys, TakeIn, connect};

/// Targets of the circuit.
#[derive(Clone, Debug)]
pub struct DepositShutTargets {
    /// Digest of the key that folds deposits, as it is carried.
    pub key: HashOutTarget,
    /// The deposits.
    pub deposits: InnerTargets,
    /// What they say.
    pub inner: SpanTarget,
    /// The proof that closes their list.
    pub keccak: InnerTargets,
    /// The list before and after.
    pub list: ListTarget,
}

/// The circuit that closes lists of deposits.
pub type DepositShut = Circuit<DepositShutTargets>;

impl Circuit<DepositShutTargets> {
    /// Builds the circuit over the keys of what is a single run of deposits, and of those that close lists.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new(single: &[KeyDigest], keccak: &KeccakKeys) -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, (single, keccak));
        Self::build(builder, targets).map_err(Stage::DepositShut.unfit())
    }

    /// What deposits say behind a list once their own is closed.
    pub const fn plan(deposits: &Span, list: List) -> Span {
        Span {
            list_in: list,
            list_out: list,
            ..*deposits
        }
    }

    /// A prover's inputs, given the key that folds deposits; `None` if a proof is not of the standard shape.
    pub fn witness(
        &self,
        fold: KeyDigest,
        deposits: &Item,
        keccak: &ShapedProof,
        list: List,
    ) -> Option<PartialWitness<F>> {
        let targets = self.targets();
        let mut witness = PartialWitness::new();
        witness
            .set_target_arr(&targets.key.elements, &fold.elements())
            .ok()?;
        targets.deposits.set(&mut witness, &deposits.proof)?;
        targets.inner.set(&mut witness, &deposits.span)?;
        targets.keccak.set(&mut witness, keccak)?;
        targets.list.set(&mut witness, list)?;
        Some(witness)
    }

    /// Closes the list of deposits and puts them behind another.
    ///
    /// # Errors
    /// Those of [`Item::verify`] of the deposits, [`SettlementError::Keccak`] of the proof that closes the list;
    /// [`SettlementError::Prove`].
    pub fn prove_item(
        &self,
        fold: KeyDigest,
        deposits: &Item,
        (keys, keccak): (&KeccakKeys, &ShapedProof),
        list: List,
    ) -> Result<Item, SettlementError> {
        deposits.verify_as(DEPOSITS, Stage::DepositShut)?;
        keys.check(keccak, deposits.span.list_out)?;
        let proof = self
            .prove(self.witness(fold, deposits, keccak, list))
            .map_err(Stage::DepositShut.unproven())?;
        Ok(Item {
            proof,
            span: Self::plan(&deposits.span, list),
        })
    }
}

/// The constraints of closing.
pub(super) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    (single, keys): (&[KeyDigest], &KeccakKeys),
) -> DepositShutTargets {
    let key = builder.add_virtual_hash();
    let deposits = take_in(builder);
    joined_role(builder, &deposits, key, (single, None));
    let inner = SpanTarget::new_unchecked(builder);
    let digest = inner.hash(builder, DEPOSITS);
    connect(builder, digest.elements, deposits.public_inputs(4));
    let keccak = keys.verify(builder, take_in, inner.list_out);
    let list = ListTarget::new(builder.add_virtual_hash());
    let span = SpanTarget {
        list_in: list,
        list_out: list,
        ..inner
    };
    span.register_joined(builder, DEPOSITS, key);
    DepositShutTargets {
        key,
        deposits,
        inner,
        keccak,
        list,
    }
}
