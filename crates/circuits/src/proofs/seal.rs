//! The seal circuit: closes the last list and states what the whole tree is.

use causeway_aggregation::{D, F, KeyDigest, Shape, ShapedProof};
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{ProgramError, Stage};
use super::native::statement_message;
use super::state::State;
use super::subtree::{Subtree, SubtreeTargets};
use crate::keccak::{
    BlockTarget, DigestTarget, Entry, List, ListTarget, RATE_LIMBS, digest_limbs, hash_block,
};
use crate::recursion::{
    Circuit, InnerTargets, KeccakKeys, TakeIn, connect_if, constant_key, is_equal, select, statement_limbs,
};

/// Limbs of the statement's four words.
const STATEMENT_LIMBS: usize = 32;

/// Targets of the seal circuit.
#[derive(Clone, Debug)]
pub struct SealTargets {
    /// The whole tree.
    pub child: SubtreeTargets,
    /// The proof that closes its list and the statement.
    pub keccak: InnerTargets,
    /// The domain: the prover's word, which whoever reads the statement compares.
    pub domain: DigestTarget,
    /// What stands before the statement in the list if the child is a chunk, whose own list is closed.
    pub list_in: HashOutTarget,
    /// The statement's block.
    pub block: BlockTarget,
    /// The statement's limbs, lowest first.
    pub limbs: [Target; 4],
}

/// The seal circuit.
pub type Seal = Circuit<SealTargets>;

impl Circuit<SealTargets> {
    /// Builds the circuit over the keys of the leaf's, the node's and the chunk's.
    ///
    /// # Errors
    /// [`ProgramError::Circuit`] if it does not fit.
    pub fn new(
        leaf: KeyDigest,
        node: KeyDigest,
        chunk: KeyDigest,
        keccak_keys: &KeccakKeys,
    ) -> Result<Self, ProgramError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(
            &mut builder,
            InnerTargets::verify,
            [leaf, node, chunk],
            keccak_keys,
        );
        Self::build(builder, targets).map_err(Stage::Seal.unfit())
    }

    /// The entry that the seal appends to the list.
    pub fn plan(domain: [u8; 32], child: &State) -> Vec<Entry> {
        let message = statement_message(domain, child.root, child.height, child.count);
        Entry::of_message(&message).0
    }

    /// A prover's inputs; `None` if a proof is not of the standard shape. `list_in` is read if the child is a chunk.
    pub fn witness(
        &self,
        child: &Subtree,
        keccak: &ShapedProof,
        domain: [u8; 32],
        list_in: List,
    ) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        let targets = self.targets();
        targets.child.set(&mut witness, child)?;
        targets.keccak.set(&mut witness, keccak)?;
        witness
            .set_target_arr(&targets.domain, &digest_limbs(domain).map(F::from_canonical_u32))
            .ok()?;
        witness
            .set_target_arr(&targets.list_in.elements, &list_in.elements())
            .ok()?;
        Some(witness)
    }
}

/// The constraints of a seal.
pub(super) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    [leaf, node, chunk]: [KeyDigest; 3],
    keccak_keys: &KeccakKeys,
) -> SealTargets {
    let child = SubtreeTargets::verify(builder, take_in);
    let node_key = constant_key(builder, node);
    let [is_leaf, is_node, is_chunk] = [leaf, node, chunk].map(|key| {
        let key = constant_key(builder, key);
        is_equal(builder, child.inner.digest, key)
    });
    let roles = builder.add_many([is_leaf, is_node, is_chunk].map(|role| role.target));
    let one = builder.one();
    builder.connect(roles, one);
    let carries = builder.not(is_leaf);
    connect_if(builder, carries.target, child.node_key(), node_key.elements);

    let domain = builder.add_virtual_target_arr();
    let block = statement_block(builder, domain, &child);
    let list_in = builder.add_virtual_hash();
    let before = child.state.list_out.digest().elements;
    let mut list = ListTarget::new(HashOutTarget {
        elements: select(builder, is_chunk, list_in.elements, before),
    });
    let digest = hash_block(builder, &mut list, block);
    let keccak = keccak_keys.verify(builder, take_in, list);
    let limbs = statement_limbs(builder, digest);
    builder.register_public_inputs(&limbs);
    SealTargets {
        child,
        keccak,
        domain,
        list_in,
        block,
        limbs,
    }
}

/// The one block of keccak256(domain ‖ root ‖ depth ‖ count), words as `abi.encode` puts them.
fn statement_block(
    builder: &mut CircuitBuilder<F, D>,
    domain: DigestTarget,
    child: &SubtreeTargets,
) -> BlockTarget {
    let state = &child.state;
    let zero = builder.zero();
    // A height is at most 20: one byte, the last of its word.
    let depth = builder.mul_const(F::from_canonical_u32(1 << 24), state.height);
    let count = builder.split_le(state.count, 32);
    let swapped: Vec<BoolTarget> = count.chunks(8).rev().flatten().copied().collect();
    let count = builder.le_sum(swapped.iter());
    let first = builder.one();
    let last = builder.constant(F::from_canonical_u32(0x8000_0000));
    let mut block = [zero; RATE_LIMBS];
    block[..8].copy_from_slice(&domain);
    block[8..16].copy_from_slice(&state.root);
    block[23] = depth;
    block[31] = count;
    block[STATEMENT_LIMBS] = first;
    block[RATE_LIMBS - 1] = last;
    block
}
