//! The aggregation program: any number of users' proofs under one keccak Merkle root.
//!
//! Four circuits of the standard shape. A [`leaf`] verifies one or two normalised proofs and commits to them, a [`node`] joins
//! subtrees and is its own child, a [`chunk`] closes a subtree's list of keccak blocks early, a [`seal`] closes what is left and
//! states root, depth and count. [`program`] holds them together.
//!
//! - A proof's *commitment* is keccak256(0x00 ‖ K ‖ public inputs), elements as 8 bytes big-endian, K being the digest of the
//!   normalised key. That key holds the user's verifier data as constants, so K names his circuit, gates and degree
//!   included. The digest of his own key, which a normalised proof exposes too, names nothing: a foreign circuit can expose it.
//! - A *node* is keccak256(left ‖ right). Leaves are contiguous from the left; what is missing on the right of them is Z_0, 32
//!   zero bytes, or Z_{k+1} = keccak256(Z_k ‖ Z_k).
//! - No commitment is a node: its message has 33 + 8 n bytes, never 64. Of a foreign circuit, which may expose any block as
//!   its message, the leaf circuit refuses one that is padded behind 64 bytes.
//! - The *statement* is keccak256(abi.encode(domain, root, depth, count)), of which the low 248 bits are stated.

pub mod chunk;
pub mod error;
pub mod leaf;
pub mod native;
pub mod node;
pub mod program;
pub mod seal;
pub mod state;
pub mod subtree;
pub mod user;

#[cfg(test)]
mod tests;

pub use chunk::Chunk;
pub use error::{ProgramError, Stage};
pub use leaf::Leaf;
pub use native::{MAX_DEPTH, commitment, statement, zero_hash};
pub use node::Node;
pub use program::{AggregationProgram, Role};
pub use seal::Seal;
pub use state::State;
pub use subtree::Subtree;
pub use user::{Beside, UserProof};
