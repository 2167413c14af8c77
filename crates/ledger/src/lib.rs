//! The rules, natively: trees, states, what a certificate does to one, and which of them settle together.
//!
//! Everything is a pure function of values: no I/O, clock or randomness. Layouts are listed in `docs/encodings.md`.

pub mod apply;
pub mod authority;
#[cfg(test)]
mod authority_tests;
pub mod balances;
pub mod chains;
pub mod commitment;
pub mod digest;
pub mod epoch;
pub mod error;
pub mod exit_tree;
pub mod frontier;
pub mod global;
#[cfg(test)]
mod golden_tests;
pub mod history;
pub mod inputs;
mod known_paths;
pub mod l1_info_tree;
mod map;
pub mod nullifiers;
pub mod poseidon;
pub mod rollup_exit_tree;
#[cfg(test)]
mod settlement_tests;
pub mod shadow;
pub mod state;
pub mod stored;
#[cfg(test)]
mod testing;
pub mod tree;
#[cfg(test)]
mod trees_tests;
pub mod world;

pub use apply::{BalanceOpening, Dependency, Transition, apply, draft};
pub use authority::{check_authority, check_lxly_signer};
pub use balances::{BalanceAccess, BalanceLeaf, BalanceTree};
pub use chains::{
    AuthorisationEntry, PayloadEntry, RegistryChain, authorisations_chain, decode_payload, payload_chain,
};
pub use commitment::{L1State, NetworkState, StateCommitment};
pub use digest::{
    CertificateStatement, DependencyEntry, ImportId, contingencies_digest, dependencies_digest,
    extend_dependencies, imports_digest,
};
pub use epoch::{
    Admitted, Because, CertificateRef, EpochOutcome, LeftOut, Memory, RootCause, settle_epoch,
    settle_epoch_at, settle_epoch_with,
};
pub use error::{Class, LedgerError, Sums};
pub use exit_tree::{ExitFrontier, ExitTree};
pub use global::{
    AnchorOpening, DependencyLeaf, DependencyOpening, DepositOpening, GlobalError, GlobalNetwork,
    GlobalState, L1Frontiers, L1Log, L1Opening, RegistryOpening, Replay, SettledEpoch, rollup_height,
};
pub use history::{HistoryTree, history_entry};
pub use inputs::{ContingencyInputs, ImportInputs, Sources, Step, TransitionInputs};
pub use l1_info_tree::L1InfoTree;
pub use nullifiers::NullifierTree;
pub use poseidon::Domain;
pub use rollup_exit_tree::{RollupExitTree, rollup_leaf};
pub use shadow::{ShadowTree, shadow_leaf};
pub use state::State;
pub use stored::{Stored, StoredError, Stream};
pub use world::{ForeignState, Network, World};
