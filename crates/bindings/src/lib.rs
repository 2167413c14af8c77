//! Bindings of Causeway's contracts, generated from their source by `bindings-gen`.

#[macro_use]
mod contract;
mod generated;

#[cfg(feature = "rpc")]
pub use alloy;

pub use generated::*;
