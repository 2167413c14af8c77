//! What an epoch's proof says, and to whom.

mod public_values;
#[cfg(test)]
mod tests;

pub use public_values::PublicValues;
