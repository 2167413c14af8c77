//! Faults, on real nodes and the real process: a proxy that makes a node fail as it is told, networks that sign certificates, a prover that
//! takes no time, the relayer as a process, and what has to be true after whatever happened.

pub mod certificates;
pub mod chain;
pub mod invariants;
pub mod kit;
#[cfg(test)]
mod matrix;
pub mod prover;
pub mod proxy;
pub mod relayer;
pub mod rival;
pub mod rows;
pub mod settings;
pub mod signing;

pub use certificates::{Draft, Maker};
pub use kit::Kit;
pub use prover::MockProver;
pub use proxy::{Fault, Proxy};
pub use relayer::Relayer;
