//! Hashing in a circuit: the digest is a witness, filled by a generator, and the list is told of it.
//!
//! Generators prove nothing; the proof that closes the list does.

use causeway_aggregation::{D, F};
use plonky2::field::types::Field;
use plonky2::hash::hash_types::RichField;
use plonky2::iop::generator::{GeneratedValues, SimpleGenerator};
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartitionWitness, Witness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::CommonCircuitData;
use plonky2::util::serialization::{Buffer, IoResult, Read, Write};

use super::block::{DIGEST_LIMBS, RATE_LIMBS, absorb, output_limbs};
use super::list::{EntryTarget, ListTarget};

/// A block's limbs. That each is below 2^32 the closing proof shows.
pub type BlockTarget = [Target; RATE_LIMBS];
/// A digest's limbs. That each is below 2^32 the closing proof shows.
pub type DigestTarget = [Target; DIGEST_LIMBS];

/// Keccak-256 of a message of one block, padding included; appends it to the list.
pub fn hash_block(
    builder: &mut CircuitBuilder<F, D>,
    list: &mut ListTarget,
    block: BlockTarget,
) -> DigestTarget {
    let entry = entries(builder, &[block])[0];
    list.append(builder, &entry);
    entry.output
}

/// Keccak-256 of a message of as many of these blocks as are active, padding included; appends them to the list.
///
/// The caller constrains `active` to fall only once, from true to false, and its first to be true unless nothing is to be
/// hashed at all: then nothing is appended, and the digest is that of the first block.
pub fn hash_blocks(
    builder: &mut CircuitBuilder<F, D>,
    list: &mut ListTarget,
    blocks: &[BlockTarget],
    active: &[BoolTarget],
) -> DigestTarget {
    let entries = entries(builder, blocks);
    let mut digest = entries[0].output;
    for (index, (entry, &active)) in entries.iter().zip(active).enumerate() {
        list.append_if(builder, active, entry);
        if index > 0 {
            for (digest, limb) in digest.iter_mut().zip(entry.output) {
                *digest = builder.select(active, limb, *digest);
            }
        }
    }
    digest
}

/// Keccak-256 of two digests: the node above two nodes.
pub fn hash_pair(
    builder: &mut CircuitBuilder<F, D>,
    list: &mut ListTarget,
    left: DigestTarget,
    right: DigestTarget,
) -> DigestTarget {
    let block = pair_block(builder, left, right);
    hash_block(builder, list, block)
}

/// [`hash_pair`] that appends to the list only where `active`.
pub fn hash_pair_if(
    builder: &mut CircuitBuilder<F, D>,
    list: &mut ListTarget,
    active: BoolTarget,
    left: DigestTarget,
    right: DigestTarget,
) -> DigestTarget {
    let block = pair_block(builder, left, right);
    hash_blocks(builder, list, &[block], &[active])
}

/// The one block of a message of two digests.
pub fn pair_block(
    builder: &mut CircuitBuilder<F, D>,
    left: DigestTarget,
    right: DigestTarget,
) -> BlockTarget {
    let zero = builder.zero();
    let first = builder.one();
    let last = builder.constant(F::from_canonical_u32(0x8000_0000));
    std::array::from_fn(|limb| match limb {
        limb if limb < DIGEST_LIMBS => left[limb],
        limb if limb < 2 * DIGEST_LIMBS => right[limb - DIGEST_LIMBS],
        limb if limb == 2 * DIGEST_LIMBS => first,
        limb if limb == RATE_LIMBS - 1 => last,
        _ => zero,
    })
}

/// Entries of a message's blocks, their outputs witnessed.
fn entries(builder: &mut CircuitBuilder<F, D>, blocks: &[BlockTarget]) -> Vec<EntryTarget> {
    let entries: Vec<EntryTarget> = (0..)
        .zip(blocks)
        .map(|(place, &block)| EntryTarget {
            place: builder.constant(F::from_canonical_u32(place)),
            block,
            output: builder.add_virtual_target_arr(),
        })
        .collect();
    builder.add_simple_generator(SpongeGenerator {
        blocks: blocks.concat(),
        outputs: entries.iter().flat_map(|entry| entry.output).collect(),
    });
    entries
}

/// Fills the outputs of a message's blocks. Limbs that are no limbs are cut: a circuit with such a witness cannot be closed.
#[derive(Debug, Default)]
struct SpongeGenerator {
    blocks: Vec<Target>,
    outputs: Vec<Target>,
}

impl<T: RichField + plonky2::field::extension::Extendable<D2>, const D2: usize> SimpleGenerator<T, D2>
    for SpongeGenerator
{
    fn id(&self) -> String {
        "KeccakSpongeGenerator".into()
    }

    fn dependencies(&self) -> Vec<Target> {
        self.blocks.clone()
    }

    fn run_once(&self, witness: &PartitionWitness<T>, out: &mut GeneratedValues<T>) -> anyhow::Result<()> {
        let mut state = [0; 25];
        for (block, output) in self
            .blocks
            .as_chunks::<RATE_LIMBS>()
            .0
            .iter()
            .zip(self.outputs.chunks_exact(DIGEST_LIMBS))
        {
            let limbs = block.map(|limb| witness.get_target(limb).to_canonical_u64() as u32);
            state = absorb(&state, &limbs);
            for (&target, limb) in output.iter().zip(output_limbs(&state)) {
                out.set_target(target, T::from_canonical_u32(limb))?;
            }
        }
        Ok(())
    }

    fn serialize(&self, to: &mut Vec<u8>, _: &CommonCircuitData<T, D2>) -> IoResult<()> {
        to.write_target_vec(&self.blocks)?;
        to.write_target_vec(&self.outputs)
    }

    fn deserialize(from: &mut Buffer<'_>, _: &CommonCircuitData<T, D2>) -> IoResult<Self> {
        Ok(Self {
            blocks: from.read_target_vec()?,
            outputs: from.read_target_vec()?,
        })
    }
}
