//! Values of the ledger in circuits: each under the name of its native twin, hashed to the same digest.
//!
//! A type says what is constrained already: the words of [`U32Target`] are below 2^32. Trees open under bits, so that which way a
//! path turns is no prover's choice once its index is.

mod balance;
mod bytes;
mod exit;
mod exit_block;
mod frontier;
mod global;
mod message;
mod nullifier;
mod state;
mod tree;
mod word;

#[cfg(test)]
pub(crate) mod testing;

pub use balance::{BalanceAccessTarget, BalanceLeafTarget, BalanceTreeTarget};
pub use bytes::{ByteTarget, BytesTarget, keccak_limbs, keccak_words};
pub use exit::{ExitTarget, TokenTarget, shadow_leaf};
pub use exit_block::exit_block;
pub use frontier::{AppendingTarget, ExitFrontierTarget, ShadowFrontierTarget, append_entries, root_entries};
pub use global::{AuthorityTarget, L1StateTarget, StateCommitmentTarget};
pub use message::MessageTarget;
pub use nullifier::nullify;
pub use state::{CertificateStatementTarget, HistoryEntryTarget, NetworkStateTarget};
pub(crate) use tree::climb;
pub use tree::{PathTarget, TreeTarget};
pub use word::{AddressTarget, AmountTarget, Bytes32Target, DigestTarget, U32Target, U64Target, WordsTarget};
pub(crate) use word::{constant, digest_of, elements, is_below, set_digest, set_u32};
