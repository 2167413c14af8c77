//! The one word by which a contract knows a statement.

use alloy_primitives::{B256, keccak256};

/// The low 248 bits of keccak over a statement's encoding: as a number it is below the order of BN254's scalar field, and four limbs
/// of 62 bits hold it.
pub(crate) fn statement_digest(encoding: &[u8]) -> B256 {
    let mut digest = keccak256(encoding);
    digest[0] = 0;
    digest
}
