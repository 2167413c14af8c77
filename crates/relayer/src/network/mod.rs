//! A network's own side: from what its bridge logged to a certificate that its signer signs, and from L1's exit roots to those that the
//! network's users claim against.
//!
//! Everything but reading and sending is a function of logs, so that files do as well as nodes.

mod bridge;
mod build;
mod claimed;
mod error;
mod ethereum;
mod past;
mod push;
mod read;
mod roots;
mod send;
mod sign;
mod sources;
#[cfg(test)]
mod tests;

pub use bridge::{BridgeLog, Sent};
pub use build::{Built, Prefer, Terms, build};
pub use claimed::{ClaimDetails, Claimed};
pub use error::NetworkError;
pub use ethereum::Ethereum;
pub use past::{Past, Settled};
pub(crate) use push::not_answered;
pub use push::{Pushed, final_root, insertion, is_known, push};
pub use read::{Reading, inputs, read, read_at};
pub use roots::{GlobalRoot, NetworkExits, roots_known};
pub use send::{Mined, SendError, Sender};
pub use sign::{Key, authorise, sign_lxly};
pub use sources::Sources;
