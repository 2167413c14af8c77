//! The settlement program: what the certificates of an epoch do to the state that Ethereum keeps one word of.

pub mod attest;
pub mod epoch;
pub mod error;
pub mod item;
pub mod join;
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

pub use attest::Attest;
pub use epoch::{Epoch, EpochOpening};
pub use error::{SettlementError, Stage};
pub use item::{Item, ItemPlan};
pub use join::Join;
pub use registry::Registry;
pub use roles::ItemKeys;
pub use run::{EpochRun, EpochRunTarget, SharedContext, SharedContextTarget};
pub use seal::Seal;
pub use shut::Shut;
pub use span::{Span, SpanTarget};
pub use statement::{TransitionProof, TransitionStatement, TransitionStatementTarget};
