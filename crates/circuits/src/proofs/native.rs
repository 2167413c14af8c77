//! What the circuits compute, natively.

use causeway_aggregation::{F, KeyDigest};
use plonky2::field::types::PrimeField64;

use crate::keccak::Entry;

/// The highest tree.
pub const MAX_DEPTH: u8 = 20;

/// Z_0, which stands where there is no proof: nobody knows a message with this hash.
pub const NO_LEAF: [u8; 32] = [0; 32];

/// The message of a proof's commitment.
pub fn commitment_message(key: KeyDigest, public_inputs: &[F]) -> Vec<u8> {
    let elements = key.elements();
    let bytes = elements
        .iter()
        .chain(public_inputs)
        .flat_map(|element| element.to_canonical_u64().to_be_bytes());
    std::iter::once(0).chain(bytes).collect()
}

/// The commitment of a proof: keccak256(0x00 ‖ normalised key digest ‖ public inputs).
pub fn commitment(key: KeyDigest, public_inputs: &[F]) -> [u8; 32] {
    Entry::of_message(&commitment_message(key, public_inputs)).1
}

/// The node above two, and the entry that shows it.
pub fn join(left: [u8; 32], right: [u8; 32]) -> (Vec<Entry>, [u8; 32]) {
    Entry::of_message(&[left, right].concat())
}

/// Z_height: the root of a tree without leaves.
pub fn zero_hash(height: u8) -> [u8; 32] {
    (0..height).fold(NO_LEAF, |zero, _| join(zero, zero).1)
}

/// The message of a statement: four words, as `abi.encode` puts them.
pub fn statement_message(domain: [u8; 32], root: [u8; 32], depth: u8, count: u32) -> [u8; 128] {
    let mut message = [0; 128];
    message[..32].copy_from_slice(&domain);
    message[32..64].copy_from_slice(&root);
    message[95] = depth;
    message[124..].copy_from_slice(&count.to_be_bytes());
    message
}

/// The limbs of a statement, lowest first, 62 bits each: the low 248 bits of its hash.
pub fn statement(domain: [u8; 32], root: [u8; 32], depth: u8, count: u32) -> [u64; 4] {
    let (_, digest) = Entry::of_message(&statement_message(domain, root, depth, count));
    let bit = |at: usize| u64::from(digest[31 - at / 8] >> (at % 8) & 1);
    std::array::from_fn(|limb| (0..62).fold(0, |value, at| value | bit(62 * limb + at) << at))
}
