//! The message that Ethereum hashes of a proof, without the part that names the circuit.
//!
//! A proof's commitment is keccak256(0x00 ‖ normalised key digest ‖ public inputs), each field element as 8 bytes, big-endian.
//! A normaliser cannot know its own key, so it exposes a digest of the padded message with zeros in the place of the 33 bytes
//! in front. The circuit that commits puts in what it verified under. Turning elements into bytes costs four rows each,
//! which a circuit that verifies two proofs does not have.
//!
//! Like every public input of a normalised proof, this digest is the word of the circuit that its key names. A foreign circuit
//! can put anything there, and only ever says it of itself.

use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use crate::config::{D, F};
use crate::domain;
use crate::limbs::canonical_bits;

/// Bytes of a block of Keccak-256.
const BLOCK_BYTES: usize = 136;
/// Bytes in front of the public inputs: a zero and a key digest.
pub const PREFIX_BYTES: usize = 33;
/// Limbs of a message block.
pub const BLOCK_LIMBS: usize = BLOCK_BYTES / 4;
/// Limbs of the first block that hold nothing but prefix. The next one's lowest byte is the prefix's last.
pub const PREFIX_LIMBS: usize = PREFIX_BYTES / 4;
/// Blocks of the longest message that can be committed to.
pub const MAX_BLOCKS: usize = 8;
/// Public inputs of the longest message: those that fit its blocks with one byte of padding at least.
pub const MAX_PUBLIC_INPUTS: usize = (MAX_BLOCKS * BLOCK_BYTES - PREFIX_BYTES - 1) / 8;

/// A block of a padded message: 32-bit limbs of four bytes, the first one lowest.
pub type MessageBlock = [u32; BLOCK_LIMBS];

/// The padded blocks of the message of these public inputs with zeros as its prefix; `None` if there are more than
/// [`MAX_PUBLIC_INPUTS`].
pub fn message_blocks(public_inputs: &[F]) -> Option<Vec<MessageBlock>> {
    if public_inputs.len() > MAX_PUBLIC_INPUTS {
        return None;
    }
    let mut bytes = vec![0; PREFIX_BYTES];
    bytes.extend(
        public_inputs
            .iter()
            .flat_map(|element| element.to_canonical_u64().to_be_bytes()),
    );
    bytes.push(0x01);
    bytes.resize(bytes.len().next_multiple_of(BLOCK_BYTES), 0);
    *bytes.last_mut()? |= 0x80;
    let limb = |bytes: &[u8]| u32::from_le_bytes(std::array::from_fn(|byte| bytes[byte]));
    Some(
        bytes
            .chunks_exact(BLOCK_BYTES)
            .map(|block| std::array::from_fn(|index| limb(&block[4 * index..])))
            .collect(),
    )
}

/// Digest of a program's message as normalised proofs expose it: of the number of its blocks, and of the blocks with empty ones
/// behind them. `None` for more than [`MAX_PUBLIC_INPUTS`], where normalised proofs expose zeros.
pub fn message_digest(public_inputs: &[F]) -> Option<[F; 4]> {
    let blocks = message_blocks(public_inputs)?;
    let mut message = vec![F::from_canonical_usize(blocks.len())];
    let limbs = blocks.as_flattened().iter().skip(PREFIX_LIMBS);
    message.extend(limbs.map(|&limb| F::from_canonical_u32(limb)));
    message.resize(1 + MAX_BLOCKS * BLOCK_LIMBS - PREFIX_LIMBS, F::ZERO);
    Some(domain::MESSAGE.hash(&message).elements)
}

/// The digest of a message of `count` blocks, given with empty ones behind them. Limbs of the prefix are not read.
pub fn digest_target(
    builder: &mut CircuitBuilder<F, D>,
    count: Target,
    blocks: &[[Target; BLOCK_LIMBS]; MAX_BLOCKS],
) -> HashOutTarget {
    let message = [&[count], &blocks.as_flattened()[PREFIX_LIMBS..]].concat();
    domain::MESSAGE.hash_target(builder, &message)
}

/// [`message_digest`] in a circuit, zeros included.
pub(super) fn message_digest_target(
    builder: &mut CircuitBuilder<F, D>,
    public_inputs: &[Target],
) -> [Target; 4] {
    let zero = builder.zero();
    if public_inputs.len() > MAX_PUBLIC_INPUTS {
        return [zero; 4];
    }
    let mut blocks = [[zero; BLOCK_LIMBS]; MAX_BLOCKS];
    let taken = blocks_target(builder, public_inputs);
    let count = builder.constant(F::from_canonical_usize(taken.len()));
    for (block, taken) in blocks.iter_mut().zip(taken) {
        *block = taken;
    }
    digest_target(builder, count, &blocks).elements
}

/// A byte of a message.
#[derive(Clone, Copy)]
enum Byte {
    Constant(u8),
    /// The lowest bit first.
    Bits([BoolTarget; 8]),
}

/// [`message_blocks`] in a circuit.
fn blocks_target(builder: &mut CircuitBuilder<F, D>, public_inputs: &[Target]) -> Vec<[Target; BLOCK_LIMBS]> {
    let mut bytes = vec![Byte::Constant(0); PREFIX_BYTES];
    for &element in public_inputs {
        let bits = canonical_bits(builder, element);
        bytes.extend(bits.as_chunks::<8>().0.iter().rev().map(|&bits| Byte::Bits(bits)));
    }
    bytes.push(Byte::Constant(0x01));
    bytes.resize(bytes.len().next_multiple_of(BLOCK_BYTES), Byte::Constant(0));
    // What is last is padding.
    if let Some(Byte::Constant(last)) = bytes.last_mut() {
        *last |= 0x80;
    }
    bytes
        .chunks_exact(BLOCK_BYTES)
        .map(|block| std::array::from_fn(|limb| limb_target(builder, &block[4 * limb..4 * limb + 4])))
        .collect()
}

fn limb_target(builder: &mut CircuitBuilder<F, D>, bytes: &[Byte]) -> Target {
    let mut constant = Some(0);
    let mut bits = Vec::with_capacity(32);
    for (&byte, shift) in bytes.iter().zip([0, 8, 16, 24]) {
        match byte {
            Byte::Constant(byte) => {
                constant = constant.map(|limb| limb | u32::from(byte) << shift);
                bits.extend((0..8).map(|bit| builder.constant_bool(byte >> bit & 1 == 1)));
            }
            Byte::Bits(byte) => {
                constant = None;
                bits.extend(byte);
            }
        }
    }
    match constant {
        Some(limb) => builder.constant(F::from_canonical_u32(limb)),
        None => builder.le_sum(bits.iter()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use plonky2::field::types::{Field64, Sample};
    use plonky2::iop::witness::{PartialWitness, WitnessWrite};
    use plonky2::plonk::circuit_data::CircuitData;

    use super::*;
    use crate::check::Trace;
    use crate::config::C;
    use crate::shape::Shape;

    fn circuit(count: usize) -> (CircuitData<F, C, D>, Vec<Target>) {
        let mut builder = Shape::Standard.builder();
        let elements = builder.add_virtual_targets(count);
        let digest = message_digest_target(&mut builder, &elements);
        builder.register_public_inputs(&digest);
        (builder.build::<C>(), elements)
    }

    fn inputs(targets: &[Target], values: &[F]) -> PartialWitness<F> {
        let mut inputs = PartialWitness::new();
        inputs.set_target_arr(targets, values).unwrap();
        inputs
    }

    #[test]
    fn blocks_are_the_padded_message() {
        let elements: Vec<F> = (1..=13_u64).map(|i| F::from_canonical_u64(i << 40 | i)).collect();
        let [first, second] = message_blocks(&elements).unwrap().try_into().unwrap();
        // Bytes 33..41 are 0, 0, 1, 0, 0, 0, 0, 1; the padding is byte 137 and byte 271.
        assert_eq!(first[..11], [0, 0, 0, 0, 0, 0, 0, 0, 0x0100_0000, 0, 0x0200_0001]);
        assert_eq!(second[0], 0x0000_010d);
        assert_eq!(second[1..33], [0; 32]);
        assert_eq!(second[33], 0x8000_0000);
        // 131 fill eight blocks but for six bytes.
        assert_eq!(MAX_PUBLIC_INPUTS, 131);
        assert_eq!(message_blocks(&[F::ONE; 131]).unwrap().len(), MAX_BLOCKS);
        assert_eq!(message_blocks(&[F::ONE; 132]), None);
        // One byte of padding is both the first and the last.
        let tight = (0..MAX_PUBLIC_INPUTS).find(|n| (PREFIX_BYTES + 8 * n) % BLOCK_BYTES == BLOCK_BYTES - 1);
        assert_eq!(
            tight, None,
            "the prefix is odd, so the padding's two bytes never meet at 135 + 136 k"
        );
    }

    #[test]
    fn digests_agree_with_the_native_ones() {
        for count in [0, 1, 4, 12, 13, 14, 29, MAX_PUBLIC_INPUTS] {
            let (data, targets) = circuit(count);
            let mut values = F::rand_vec(count);
            if let Some(first) = values.first_mut() {
                *first = F::NEG_ONE;
            }
            let trace = Trace::honest(&data, &inputs(&targets, &values));
            assert_eq!(trace.violations(), vec![]);
            assert_eq!(trace.public_inputs(), message_digest(&values).unwrap(), "{count}");
        }
    }

    #[test]
    fn too_many_inputs_have_no_digest() {
        let (data, targets) = circuit(MAX_PUBLIC_INPUTS + 1);
        let values = vec![F::ONE; MAX_PUBLIC_INPUTS + 1];
        let trace = Trace::honest(&data, &inputs(&targets, &values));
        assert_eq!(trace.public_inputs(), [F::ZERO; 4]);
        assert_eq!(message_digest(&values), None);
    }

    #[test]
    fn the_digest_binds_number_and_order() {
        let digest = |values: &[u64]| {
            let values: Vec<F> = values.iter().map(|&value| F::from_canonical_u64(value)).collect();
            message_digest(&values).unwrap()
        };
        assert_ne!(digest(&[]), digest(&[0]));
        assert_ne!(digest(&[1, 2]), digest(&[2, 1]));
        // Equal but for the number of blocks and the place of the padding.
        assert_ne!(digest(&[0; 12]), digest(&[0; 13]));
    }

    #[test]
    fn an_element_has_no_second_bytes() {
        let mut builder = Shape::Standard.builder();
        let element = builder.add_virtual_target();
        let bits = canonical_bits(&mut builder, element);
        let data = builder.build::<C>();
        let small = 5_u64;
        let other = small + F::ORDER;
        let forged: Vec<_> = bits
            .iter()
            .enumerate()
            .map(|(bit, target)| (target.target, F::from_canonical_u64(other >> bit & 1)))
            .collect();
        let inputs = inputs(&[element], &[F::from_canonical_u64(small)]);
        assert_eq!(Trace::honest(&data, &inputs).violations(), vec![]);
        assert_ne!(Trace::forged(&data, &inputs, &forged).violations(), vec![]);
    }
}
