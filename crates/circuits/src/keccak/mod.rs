//! Keccak-256, deferred: a circuit hashes by appending to a list, and one proof shows whole lists right.

pub mod block;
pub mod closing;
pub mod gadget;
pub mod list;
pub mod permutation;
pub mod table;

pub use block::{Block, DIGEST_LIMBS, RATE_LIMBS, blocks, digest_limbs, limbs_digest};
pub use closing::{ClosingError, ListClosing, Size, SizeError, closed_list_inputs};
pub use gadget::{BlockTarget, DigestTarget, hash_block, hash_blocks, hash_pair, hash_pair_if, pair_block};
pub use list::{Entry, EntryTarget, List, ListTarget};
