//! The settlement program: what the certificates of an epoch do to the state that Ethereum keeps one word of.

pub mod anchor;
pub mod attest;
pub mod deposit;
pub mod deposit_shut;
pub mod epoch;
pub mod error;
pub mod exit_trees;
pub mod exits;
pub mod fold;
pub mod item;
pub mod l1;
pub mod open;
pub mod opening;
pub mod part;
pub mod program;
pub mod registry;
pub mod roles;
pub mod rollup;
pub mod run;
pub mod seal;
pub mod shut;
pub mod span;
pub mod statement;
pub mod transition;

#[cfg(test)]
mod tests;

pub use anchor::{Anchor, AnchorInputs, Ends, MAX_OPENINGS, TransitionKeys};
pub use attest::Attest;
pub use deposit::{Deposit, DepositPlan};
pub use deposit_shut::DepositShut;
pub use epoch::{Epoch, EpochOpening};
pub use error::{SettlementError, Stage};
pub use exit_trees::{ExitTrees, ExitTreesTarget};
pub use exits::{ExitSlotTarget, ExitsTarget};
pub use fold::Fold;
pub use item::{Item, ItemPlan};
pub use l1::{L1, L1Inputs};
pub use open::{More, Open};
pub use part::{MAX_MORE, Part, PartProof};
pub use program::SettlementProgram;
pub use registry::Registry;
pub use roles::ItemKeys;
pub use run::{EpochRun, EpochRunTarget, SharedContext, SharedContextTarget};
pub use seal::Seal;
pub use shut::Shut;
pub use span::{Span, SpanTarget};
pub use statement::{TransitionProof, TransitionStatement, TransitionStatementTarget};
