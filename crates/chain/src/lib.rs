//! Talking to Ethereum nodes.
//!
//! Nodes fail, lag and disagree, and each has its own words for what it refuses. A [`Pool`] asks several of them and says of each how it
//! is; a [`Pinned`] view reads one node at one block; [`dialect`] turns answers to a transaction into what to do next; [`fees`] says what
//! to pay. Nothing here decides what to send, and nothing keeps state that matters: nonces and transactions are the journal's.

pub mod dialect;
pub mod endpoint;
pub mod error;
pub mod fees;
pub mod head;
pub mod pinned;
pub mod pool;
#[cfg(test)]
mod pool_tests;
pub mod remote;
#[cfg(test)]
mod remote_tests;
pub mod signer;
pub mod signing;
#[cfg(test)]
mod testing;
pub mod transaction;

pub use dialect::SendAnswer;
pub use endpoint::{CallObserver, Endpoint, EndpointConfig, Timeouts, client};
pub use error::{CallError, RpcError};
pub use fees::{Bump, FeePolicy, Fees, Market};
pub use head::{Head, Tag};
pub use pinned::Pinned;
pub use pool::{EndpointStatus, Pool, PoolConfig, Roles, Sent};
pub use remote::RemoteSigner;
pub use signer::{SignerError, SignerSource, new_keystore, new_secret};
pub use signing::{HeldKey, Signing, SigningError, TransactionSigner};
pub use transaction::{SignedTransaction, Unsigned};
