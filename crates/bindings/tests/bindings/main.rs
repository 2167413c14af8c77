//! The generated bindings against what forge built, and against one another.

#![allow(clippy::unwrap_used)]

mod ethers;
mod forge;
mod rpc;
