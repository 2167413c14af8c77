//! The leaf circuit: verifies one or two users' proofs and commits to them.

use causeway_aggregation::limbs::canonical_bits;
use causeway_aggregation::normalize::message::{MAX_BLOCKS, PREFIX_LIMBS, digest_target, message_blocks};
use causeway_aggregation::{D, F, Shape};
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{ProgramError, Stage};
use super::native::{NO_LEAF, join};
use super::state::{State, StateTarget};
use super::subtree::Subtree;
use super::user::{Beside, UserProof};
use crate::keccak::{
    BlockTarget, DIGEST_LIMBS, DigestTarget, Entry, EntryTarget, List, ListTarget, RATE_LIMBS, hash_pair_if,
};
use crate::recursion::{Circuit, InnerTargets, TakeIn, connect, falls, is_zero, select};

/// Limbs of a node's one block before its padding.
const NODE_LIMBS: usize = 2 * DIGEST_LIMBS;

/// Targets of one user's proof.
#[derive(Clone, Debug)]
pub struct UserTargets {
    /// The proof.
    pub inner: InnerTargets,
    /// The message's blocks; the limbs that hold nothing but prefix are computed, and so is the one after them.
    pub blocks: [BlockTarget; MAX_BLOCKS],
    /// The bytes of the limb that the prefix ends in, but for the lowest.
    pub shared: Target,
    /// Whether each block is part of the message.
    pub active: Vec<BoolTarget>,
    /// The bits of each element of the key digest, computed, lowest first.
    pub key_bits: Vec<[BoolTarget; 64]>,
    /// What the sponge gives after each block.
    pub outputs: [DigestTarget; MAX_BLOCKS],
    /// The commitment.
    pub commitment: DigestTarget,
}

/// Targets of the leaf circuit.
#[derive(Clone, Debug)]
pub struct LeafTargets {
    /// The proofs; the second one is the first again where there is but one.
    pub users: [UserTargets; 2],
    /// Whether the root is a node: height 1.
    pub joined: BoolTarget,
    /// Whether the second proof counts.
    pub pair: BoolTarget,
    /// What the leaf states.
    pub state: StateTarget,
}

/// The leaf circuit.
pub type Leaf = Circuit<LeafTargets>;

impl Circuit<LeafTargets> {
    /// Builds the circuit.
    ///
    /// # Errors
    /// [`ProgramError::Circuit`] if it does not fit.
    pub fn new() -> Result<Self, ProgramError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify);
        Self::build(builder, targets).map_err(Stage::Leaf.unfit())
    }

    /// The entries that a leaf appends, and its state.
    pub fn plan(left: &UserProof, right: Beside<'_>, list_in: List) -> (Vec<Entry>, State) {
        let (mut entries, first) = left.entries();
        let (second, root) = match right {
            Beside::NoPlace => (Vec::new(), first),
            Beside::EmptyPlace => join(first, NO_LEAF),
            Beside::Proof(right) => {
                let (of_right, second) = right.entries();
                entries.extend(of_right);
                join(first, second)
            }
        };
        entries.extend(second);
        let state = State {
            count: 1 + u32::from(matches!(right, Beside::Proof(_))),
            height: u8::from(!matches!(right, Beside::NoPlace)),
            root,
            list_in,
            list_out: list_in.extend(&entries),
        };
        (entries, state)
    }

    /// A prover's inputs; `None` if a proof is not of the standard shape or has too many public inputs.
    pub fn witness(&self, left: &UserProof, right: Beside<'_>, list_in: List) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        let targets = self.targets();
        witness
            .set_target_arr(&targets.state.list_in.digest().elements, &list_in.elements())
            .ok()?;
        let (second, pair, joined) = match right {
            Beside::NoPlace => (left, false, false),
            Beside::EmptyPlace => (left, false, true),
            Beside::Proof(right) => (right, true, true),
        };
        witness.set_bool_target(targets.pair, pair).ok()?;
        witness.set_bool_target(targets.joined, joined).ok()?;
        for (targets, user) in targets.users.iter().zip([left, second]) {
            targets.set(&mut witness, user)?;
        }
        Some(witness)
    }

    /// Proves a leaf over one or two users' proofs, verifying them first.
    ///
    /// # Errors
    /// Those of [`UserProof::verify`], or [`ProgramError::Prove`].
    pub fn prove_leaf(
        &self,
        left: &UserProof,
        right: Beside<'_>,
        list_in: List,
    ) -> Result<Subtree, ProgramError> {
        left.verify(0)?;
        if let Beside::Proof(right) = right {
            right.verify(1)?;
        }
        let proof = self
            .prove(self.witness(left, right, list_in))
            .map_err(Stage::Leaf.unproven())?;
        let (_, state) = Self::plan(left, right, list_in);
        Ok(Subtree { proof, state })
    }
}

impl UserTargets {
    fn set(&self, witness: &mut PartialWitness<F>, user: &UserProof) -> Option<()> {
        self.inner.set(witness, &user.proof)?;
        let blocks = message_blocks(&user.public_inputs)?;
        let shared = blocks.first()?[PREFIX_LIMBS] >> 8;
        witness
            .set_target(self.shared, F::from_canonical_u32(shared))
            .ok()?;
        let (entries, _) = user.entries();
        for (index, targets) in self.blocks.iter().enumerate() {
            let skipped = if index == 0 { PREFIX_LIMBS + 1 } else { 0 };
            let block = blocks.get(index).copied().unwrap_or([0; RATE_LIMBS]);
            for (&target, limb) in targets.iter().zip(block).skip(skipped) {
                witness.set_target(target, F::from_canonical_u32(limb)).ok()?;
            }
            let output = entries.get(index).map_or([0; DIGEST_LIMBS], |entry| entry.output);
            let output = output.map(F::from_canonical_u32);
            witness.set_target_arr(&self.outputs[index], &output).ok()?;
            if index > 0 {
                let active = index < blocks.len();
                witness.set_bool_target(self.active[index], active).ok()?;
            }
        }
        Some(())
    }
}

/// The constraints of a leaf.
pub(super) fn constrain(builder: &mut CircuitBuilder<F, D>, take_in: TakeIn) -> LeafTargets {
    let joined = builder.add_virtual_bool_target_safe();
    let pair = builder.add_virtual_bool_target_safe();
    falls(builder, joined, pair);

    let list_in = ListTarget::new(builder.add_virtual_hash());
    let mut list = list_in;
    let left = user(builder, take_in, &mut list, None);
    let right = user(builder, take_in, &mut list, Some(pair));
    // Z_0 is zero.
    let beside = right.commitment.map(|limb| builder.mul(pair.target, limb));
    let node = hash_pair_if(builder, &mut list, joined, left.commitment, beside);
    let one = builder.one();
    let state = StateTarget {
        count: builder.add(one, pair.target),
        height: joined.target,
        root: select(builder, joined, node, left.commitment),
        list_in,
        list_out: list,
    };
    let no_key = HashOutTarget {
        elements: [builder.zero(); 4],
    };
    state.register(builder, no_key);
    LeafTargets {
        users: [left, right],
        joined,
        pair,
        state,
    }
}

/// Verifies a user's proof and commits to it, appending to the list where it `counts`.
fn user(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    list: &mut ListTarget,
    counts: Option<BoolTarget>,
) -> UserTargets {
    let inner = take_in(builder);

    // The message as the proof exposes it: zeros in the place of the prefix, and below the rest of the limb it ends in.
    let shared = builder.add_virtual_target();
    builder.range_check(shared, 24);
    let mut blocks: [BlockTarget; MAX_BLOCKS] = std::array::from_fn(|_| builder.add_virtual_target_arr());
    blocks[0][PREFIX_LIMBS] = builder.mul_const(F::from_canonical_u32(1 << 8), shared);
    let mut active = vec![builder._true()];
    while active.len() < MAX_BLOCKS {
        let next = builder.add_virtual_bool_target_safe();
        falls(builder, active[active.len() - 1], next);
        active.push(next);
    }
    let count = builder.add_many(active.iter().map(|active| active.target));
    let digest = digest_target(builder, count, &blocks);
    connect(builder, digest.elements, inner.public_inputs(8));

    // The message itself: a zero and the digest of the key that was verified.
    let key_bits: Vec<[BoolTarget; 64]> = inner
        .digest
        .elements
        .iter()
        .map(|&element| canonical_bits(builder, element))
        .collect();
    let zero = [builder._false(); 8];
    let bytes: Vec<[BoolTarget; 8]> = std::iter::once(zero)
        .chain(
            key_bits
                .iter()
                .flat_map(|bits| bits.as_chunks::<8>().0.iter().rev().copied()),
        )
        .collect();
    let (whole, last) = bytes.as_chunks::<4>();
    for (limb, bytes) in blocks[0].iter_mut().zip(whole) {
        *limb = builder.le_sum(bytes.as_flattened().iter());
    }
    let last = builder.le_sum(last.as_flattened().iter());
    blocks[0][PREFIX_LIMBS] = builder.add(blocks[0][PREFIX_LIMBS], last);
    refuse_node(builder, &blocks[0], active[1]);

    let outputs = [(); MAX_BLOCKS].map(|()| builder.add_virtual_target_arr());
    let mut commitment = [builder.zero(); DIGEST_LIMBS];
    let before = *list;
    let mut after = [builder.zero(); 4];
    for (index, (&block, output)) in blocks.iter().zip(outputs).enumerate() {
        let place = builder.constant(F::from_canonical_usize(index));
        list.append(builder, &EntryTarget { place, block, output });
        // Of the chain over all blocks what counts is the last one of the message.
        let next = active
            .get(index + 1)
            .map_or_else(|| builder.zero(), |next| next.target);
        let last = builder.sub(active[index].target, next);
        commitment = add_if(builder, last, output, commitment);
        after = add_if(builder, last, list.digest().elements, after);
    }
    if let Some(counts) = counts {
        after = select(builder, counts, after, before.digest().elements);
    }
    *list = ListTarget::new(HashOutTarget { elements: after });
    UserTargets {
        inner,
        blocks,
        shared,
        active,
        key_bits,
        outputs,
        commitment,
    }
}

/// The sum of targets and of others where a flag is set.
fn add_if<const N: usize>(
    builder: &mut CircuitBuilder<F, D>,
    flag: Target,
    terms: [Target; N],
    sums: [Target; N],
) -> [Target; N] {
    std::array::from_fn(|i| builder.mul_add(flag, terms[i], sums[i]))
}

/// Refuses a message of one block that is padded behind 64 bytes, as a node's is: limb 16 is one, what follows it empty.
///
/// A message of public inputs has its padding in limb 8 + 2 n, second byte. So of the limbs that follow the even ones suffice, and
/// as each has 32 bits, as the proof that closes the list shows, their sum.
fn refuse_node(builder: &mut CircuitBuilder<F, D>, block: &BlockTarget, further: BoolTarget) {
    let one = builder.one();
    let behind = block[NODE_LIMBS + 2..].iter().step_by(2);
    let behind = builder.add_many(behind);
    let single = builder.not(further);
    let (ends, empty) = (builder.is_equal(block[NODE_LIMBS], one), is_zero(builder, behind));
    let node = builder.and(ends, empty);
    let node = builder.and(node, single);
    builder.assert_zero(node.target);
}
