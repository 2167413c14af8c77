//! Blocks of Keccak-256, in 32-bit limbs.
//!
//! A limb is four bytes, the first one lowest, as Keccak reads its lanes: two limbs are a lane, its low half first.

use super::permutation::{State, permute};

/// Bytes of a block.
pub const RATE_BYTES: usize = 136;
/// Limbs of a block.
pub const RATE_LIMBS: usize = RATE_BYTES / 4;
/// Limbs of a digest.
pub const DIGEST_LIMBS: usize = 8;
/// Limbs of a state.
pub const STATE_LIMBS: usize = 50;

/// A block of a padded message.
pub type Block = [u32; RATE_LIMBS];

/// A message as Keccak-256 pads it: 0x01 behind it, 0x80 at the end of the last block; one block at least.
pub fn blocks(message: &[u8]) -> Vec<Block> {
    let mut bytes = message.to_vec();
    bytes.push(0x01);
    bytes.resize(bytes.len().next_multiple_of(RATE_BYTES), 0);
    if let Some(last) = bytes.last_mut() {
        *last |= 0x80;
    }
    bytes
        .chunks_exact(RATE_BYTES)
        .map(|block| {
            std::array::from_fn(|limb| u32::from_le_bytes(std::array::from_fn(|byte| block[4 * limb + byte])))
        })
        .collect()
}

/// The limbs of a digest's 32 bytes.
pub fn digest_limbs(digest: [u8; 32]) -> [u32; DIGEST_LIMBS] {
    std::array::from_fn(|limb| u32::from_le_bytes(std::array::from_fn(|byte| digest[4 * limb + byte])))
}

/// The bytes of a digest's limbs.
pub fn limbs_digest(limbs: [u32; DIGEST_LIMBS]) -> [u8; 32] {
    std::array::from_fn(|byte| limbs[byte / 4].to_le_bytes()[byte % 4])
}

/// Adds a block to a state and permutes it.
pub fn absorb(state: &State, block: &Block) -> State {
    let mut state = *state;
    for (lane, limbs) in state.iter_mut().zip(block.as_chunks::<2>().0) {
        *lane ^= u64::from(limbs[0]) | u64::from(limbs[1]) << 32;
    }
    permute(&state)
}

/// Limbs of a state.
pub fn state_limbs(state: &State) -> [u32; STATE_LIMBS] {
    std::array::from_fn(|limb| (state[limb / 2] >> (32 * (limb % 2))) as u32)
}

/// The limbs of a state that a digest is made of.
pub fn output_limbs(state: &State) -> [u32; DIGEST_LIMBS] {
    std::array::from_fn(|limb| (state[limb / 2] >> (32 * (limb % 2))) as u32)
}
