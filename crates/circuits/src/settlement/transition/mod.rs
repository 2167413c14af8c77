//! Certificates: each from its network's state before to its state after.
//!
//! A proof of one depends on nothing but these, and on the entries of other networks that the certificate names: whether they are
//! settled the anchor asks. What the words of an imported exit, of a balance leaf or of the state before are, whoever put them under a
//! root of this system has constrained: an exit here or where L1's are consumed, a leaf here, a state in the anchor.
//!
//! A certificate of one step is proven by [`Transition`] alone. One of more has a proof of a [`Segment`] for each step, these are joined,
//! and [`Close`] says what they come to.

mod body;
mod close;
mod dependencies;
mod ends;
mod imports;
mod moves;
mod plan;
mod run;
mod segment;
mod tokens;
mod whole;
mod witness;

pub use body::BodyTargets;
#[cfg(test)]
pub(super) use close::constrain as constrain_close;
pub use close::{Close, CloseTargets};
pub use dependencies::{ContingencyTarget, DependenciesTarget, DependencyTarget};
pub use ends::{BeginTargets, EndTargets};
pub use imports::ImportTarget;
pub use moves::{Challenge, ChallengeTarget, MovesTarget, SUM_CHALLENGE, SUM_CHALLENGE_MORE, sum_challenge};
pub use plan::SegmentPlan;
pub use run::{CertificateRun, RUN, RunTarget};
pub use segment::{SEGMENT_CONTEXT, Segment, SegmentTargets, segment_context};
pub use tokens::{SUM, TokenSum, TokenSumTarget};
pub use whole::{Transition, TransitionTargets};
pub use witness::{entries, statement};

#[cfg(test)]
mod tests;
