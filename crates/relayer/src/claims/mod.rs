//! Claims: what anybody sends to have an exit paid out where it goes.
//!
//! [`calldata`] is a function of logs. It makes no claim that its destination would refuse for its proofs: whatever is missing is the
//! error. [`run`] sends one.
//!
//! The service follows the chains that are configured ([`Chain`]), keeps their exit trees ([`Trees`]), writes down which claims there are
//! ([`Book`]), and pays for those that the terms of their destination allow ([`Payer`]).

mod book;
mod calldata;
mod chain;
mod error;
mod payer;
mod policy;
mod run;
mod trees;

pub use book::Book;
pub use calldata::{ClaimCall, calldata};
pub use chain::{Chain, ChainError, Followed, Generation, Place};
pub use error::ClaimsError;
pub use payer::Payer;
pub use policy::{NotPaidFor, judge};
pub use run::{Claiming, Destination, Ran, is_claimed, run};
pub use trees::{Bridge, Trees, TreesError, Unclaimable};
