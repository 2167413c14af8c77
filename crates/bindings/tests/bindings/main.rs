//! The generated bindings against what forge built, and against one another.

#![allow(clippy::unwrap_used)]

#[cfg(feature = "ethers")]
mod ethers;
mod forge;
#[cfg(feature = "rpc")]
mod rpc;
