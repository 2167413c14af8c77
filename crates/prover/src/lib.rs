//! From normalised proofs or certificates to one proof that Ethereum verifies, in stages.
//!
//! A [`graph`] says which stages there are: that of an aggregation is its [`plan`], made from the number of proofs alone, and those of
//! [`settlement`] are made from all that it settles. A [`run`](mod@run) proves them one after the other and keeps each in a [`store`],
//! from which the next run takes them up: whatever ends a run costs the stage it was at, and nothing else.

pub mod aggregation;
mod closer;
pub mod graph;
pub mod plan;
pub mod run;
pub mod settlement;
pub mod store;
pub mod wrapping;

pub use aggregation::{Aggregation, AggregationError, InMemory, Outcome, UserProofs};
pub use graph::{Graph, Kind};
pub use plan::{Plan, PlanError, StageKind, Step};
pub use run::{Circuits, Event, EventOf, Keep, KindOf, RunError, RunErrorOf, run};
pub use settlement::{Arrived, EpochInputs, ProvenEpoch, ProvingError, SettlementKind, SettlementProver};
pub use store::{Damage, Found, StageId, Store, StoreError};
pub use wrapping::{StoredWrapping, Wrapping, WrappingError};
