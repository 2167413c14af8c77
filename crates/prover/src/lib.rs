//! From normalised proofs to one proof that Ethereum verifies, in stages.
//!
//! A [`plan`] says which stages there are, from the number of proofs alone. A [`run`] proves them one after the other and keeps
//! each in a [`store`], from which the next run takes them up: whatever ends a run costs the stage it was at, and nothing else.

pub mod aggregation;
pub mod plan;
pub mod run;
pub mod store;

pub use aggregation::{
    Aggregation, AggregationError, InMemory, Outcome, StoredWrapping, UserProofs, Wrapping,
};
pub use plan::{Plan, PlanError, StageKind, Step};
pub use run::{Circuits, Event, Keep, RunError, run};
pub use store::{Damage, Found, StageId, Store, StoreError};
