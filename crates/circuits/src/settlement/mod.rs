//! The settlement program: what the certificates of an epoch do to the state that Ethereum keeps one word of.

pub mod run;
pub mod span;
pub mod statement;
pub mod transition;

pub use run::{EpochRun, EpochRunTarget, SharedContext, SharedContextTarget};
pub use span::{Span, SpanTarget};
pub use statement::{TransitionStatement, TransitionStatementTarget};
