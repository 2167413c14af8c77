//! The columns of the table, and what they hold on which rows.
//!
//! A message takes, for each of its blocks, an absorb row and 24 round rows; but the absorb row is there only for blocks that
//! continue a message, and once as the first row of the table.

use crate::keccak::block::{DIGEST_LIMBS, RATE_LIMBS, STATE_LIMBS};
use crate::keccak::permutation::{LANE_BITS, ROTATIONS, ROUNDS};

/// Which round a row is; all zero on absorb rows.
pub const FLAGS: usize = 0;
/// Whether a row is an absorb row.
pub const ABSORB: usize = FLAGS + ROUNDS;
/// The block, in limbs; the same on the block's absorb row and its rounds.
pub const BLOCK: usize = ABSORB + 1;
/// Round rows: the state after the round, in limbs. Absorb rows: the state before the block is added.
pub const OUTPUT: usize = BLOCK + RATE_LIMBS;
/// Round rows: the parity C of each column of the state before the round, in bits. Absorb rows: whatever theta would
/// take to the bits that follow.
pub const PARITY: usize = OUTPUT + STATE_LIMBS;
/// Round rows: the state after the round's theta, in bits. Absorb rows: the block, in bits, and anything behind it.
pub const THETA: usize = PARITY + 5 * LANE_BITS;
/// How often the block is looked up; zero but on rows of the last round.
pub const TIMES: usize = THETA + 25 * LANE_BITS;
/// The number of the message, one more with each.
pub const MESSAGE: usize = TIMES + 1;
/// The place of the block in its message.
pub const PLACE: usize = MESSAGE + 1;
/// Number of columns.
pub const COLUMNS: usize = PLACE + 1;

/// The flag of a round.
pub const fn flag(round: usize) -> usize {
    FLAGS + round
}

/// A limb of the block.
pub const fn block(limb: usize) -> usize {
    BLOCK + limb
}

/// A limb of the output.
pub const fn output(limb: usize) -> usize {
    OUTPUT + limb
}

/// A bit of a column's parity; x and z are taken modulo 5 and 64.
pub const fn parity(x: usize, z: usize) -> usize {
    PARITY + x % 5 * LANE_BITS + z % LANE_BITS
}

/// A bit of the state after theta; x, y and z are taken modulo 5, 5 and 64.
pub const fn theta(x: usize, y: usize, z: usize) -> usize {
    THETA + (x % 5 + y % 5 * 5) * LANE_BITS + z % LANE_BITS
}

/// The bit after theta that rho and pi move to (x, y, z).
pub const fn moved(x: usize, y: usize, z: usize) -> usize {
    // Pi takes lane (x, y) to (y, 2 x + 3 y), so what is at (x, y) came from (x + 3 y, x).
    let (from_x, from_y) = ((x % 5 + 3 * (y % 5)) % 5, x % 5);
    theta(from_x, from_y, z + LANE_BITS - ROTATIONS[from_x][from_y])
}

/// The lane and the bits in it that a limb is made of: (x, y, first bit).
pub const fn limb_bits(limb: usize) -> (usize, usize, usize) {
    let lane = limb / 2;
    (lane % 5, lane / 5, 32 * (limb % 2))
}

/// Whether lookups read a column.
pub const fn is_looked_up(column: usize) -> bool {
    (column >= BLOCK && column < OUTPUT + DIGEST_LIMBS) || column >= TIMES
}
