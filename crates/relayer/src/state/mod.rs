//! The global state, rebuilt from Ethereum's logs and nothing else: whoever has these can prove the next epoch.

mod error;
mod logs;
#[cfg(test)]
mod tests;

pub use error::StateError;
pub use logs::{LogJson, Source, exit_of};
pub(crate) use logs::{decode, value};
