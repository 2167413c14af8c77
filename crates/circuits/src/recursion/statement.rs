//! What a closing proof states.

use causeway_aggregation::limbs::LIMB_BITS;
use causeway_aggregation::{D, F};
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use crate::keccak::DigestTarget;

/// The low 248 bits of a digest, read as a big-endian number, in limbs of 62 bits, the lowest first.
pub(crate) fn statement_limbs(builder: &mut CircuitBuilder<F, D>, digest: DigestTarget) -> [Target; 4] {
    // Of each limb of the digest the lowest byte is the first one.
    let bits: Vec<BoolTarget> = digest
        .iter()
        .flat_map(|&limb| builder.split_le(limb, 32))
        .collect();
    let lowest_first: Vec<BoolTarget> = bits.as_chunks::<8>().0.iter().rev().flatten().copied().collect();
    std::array::from_fn(|limb| builder.le_sum(lowest_first[LIMB_BITS * limb..LIMB_BITS * (limb + 1)].iter()))
}
