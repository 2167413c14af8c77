//! Chains of developers on this machine.
//!
//! [`Anvil`] is a real node, started and killed as a process; [`Node`] speaks with one, as whoever deploys, uses and disturbs a chain;
//! [`Devnet`] is Ethereum and networks with every contract deployed. Keys are known to everybody: nothing here is for public chains.

pub mod account;
pub mod anvil;
pub mod deploy;
pub mod devnet;
mod disturb;
pub mod error;
pub mod guard;
pub mod node;
pub mod user;

pub use account::Account;
pub use anvil::{Anvil, AnvilOptions, Mining};
pub use deploy::{Deployment, NetworkDeployment, VerifierCode};
pub use devnet::{Devnet, DevnetOptions, NetworkPlan};
pub use error::DevnetError;
pub use guard::Guard;
pub use node::Node;
pub use user::{Bridged, ClaimAsset};
