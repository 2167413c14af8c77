//! Networks, exits, roots, claims and certificates, byte for byte as LxLy and Causeway exchange them; and many
//! proofs in one.
//!
//! Everything here is a value: it can be read, written, hashed and compared. Whether a certificate may be applied is
//! the ledger's question. Layouts are listed in `docs/encodings.md`.

pub mod aggregation;
pub mod amount;
pub mod authority;
pub mod certificate;
pub mod claim;
pub mod error;
pub mod exit;
pub mod global_index;
pub mod goldilocks;
pub mod network;
pub mod proof;
pub mod roots;
pub mod settlement;
pub mod signature;
mod statement;

pub use aggregation::{
    AggregationBlob, AggregationDomain, AggregationError, AggregationRecord, AggregationStatement,
    AggregationTree, InclusionProof, MAX_AGGREGATION_DEPTH, ProofCommitment, PublicInputs,
};
pub use authority::{Authorisation, Authority, SettlementDomain};
pub use certificate::{
    Backing, BackingEntry, Certificate, CertificateJson, Contingency, Expiry, HistoryBacking, HistoryEntry,
    ImportedExit, L1Entry, LxlyAuthorisation, Prehash, ShadowPath,
};
pub use claim::{ClaimData, ClaimProof, L1InfoLeaf, L1InfoLeafInner};
pub use error::TypesError;
pub use exit::{EMPTY_METADATA_HASH, Exit, LeafType, TokenId};
pub use global_index::GlobalIndex;
pub use goldilocks::GoldilocksDigest;
pub use network::{NetworkId, RollupIndex};
pub use proof::{MerkleProof, TREE_DEPTH, hash_pair};
pub use roots::{ExitRoot, GlobalExitRoot, L1InfoRoot, RollupExitRoot, StateRoot};
pub use settlement::PublicValues;
pub use signature::Signature;
