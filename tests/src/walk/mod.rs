//! Random walks: what people, operators and thieves may do next, whatever happened before.
//!
//! A [`Step`] says what somebody tries in terms that mean something in any world, so that a walk stays a walk when steps
//! are left out: that is how proptest shrinks it. What a step does, and with which error it has to be refused, is found
//! out from the world; the world tells its story in words.

mod claims;
mod run;
mod shrink;
mod step;

pub use run::{Walk, WalkError};
pub use shrink::{WalkTree, Walks, walks};
pub use step::{Forgery, Step, steps};
