//! What the bridge, the ledger and the circuits speak of, with LxLy's bytes.
//!
//! No type here can hold what no chain would accept: conversions refuse it by name.

pub mod exit;
pub mod global_index;
pub mod l1_info;
pub mod merkle;
pub mod network;
pub mod root;

pub use exit::{EMPTY_METADATA_HASH, Exit, LeafType, TokenId, UnknownLeafType};
pub use global_index::{GlobalIndex, GlobalIndexError};
pub use l1_info::L1InfoLeaf;
pub use merkle::{DEPTH, MerkleProof};
pub use network::{NetworkId, NoRollupIndex, NoSuchNetwork, RollupIndex};
pub use root::{ExitRoot, GlobalExitRoot, L1InfoRoot, RollupExitRoot, StateRoot};
