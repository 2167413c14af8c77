//! Claims: what anybody sends to have an exit paid out where it goes.
//!
//! [`calldata`] is a function of logs. It makes no claim that its destination would refuse for its proofs: whatever is missing is the
//! error. [`run`] sends one.

mod calldata;
mod error;
mod run;

pub use calldata::{ClaimCall, calldata};
pub use error::ClaimsError;
pub use run::{Claiming, Destination, Ran, is_claimed, run};
