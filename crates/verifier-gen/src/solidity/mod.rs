//! The Solidity verifier of a Groth16 key.
//!
//! The text depends on its arguments alone and stands as `forge fmt` leaves it, so a difference after a new run is a
//! difference of the key. What the contract says of the key's origin and circuit is what the key says, and there is no
//! [`VerifyingKey`] whose points are invalid or degenerate.

mod template;
mod words;

pub use words::{key_hash, selector};

use crate::groth16::{Origin, VerifyingKey};

use words::KeyWords;

/// How a verifier contract stands among others.
#[derive(Clone, Copy, Debug)]
pub struct Contract<'a> {
    /// Name of the contract.
    pub name: &'a str,
    /// Path of the folder with `IVerifyingKey.sol` and `IProofVerifier.sol`, as the contract's imports name it.
    pub interfaces: &'a str,
}

/// Why there is no contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenerateError {
    /// The name of the contract is no Solidity identifier.
    #[error("{name:?} is no name for a contract")]
    ContractName {
        /// The name.
        name: String,
    },
    /// The path would end the string literal of an import, or is empty.
    #[error("{path:?} is no import path")]
    ImportPath {
        /// The path.
        path: String,
    },
    /// A proof of nothing: Solidity has no arrays of length zero, and no statement needs one.
    #[error("a verifier needs a public input")]
    NoPublicInputs,
}

/// The source of a verifier for `key`. For a key with two public inputs it is an `IProofVerifier`; for any other number
/// its `verify` takes an array of that length.
///
/// # Errors
/// See [`GenerateError`].
pub fn generate<O: Origin>(key: &VerifyingKey<O>, contract: &Contract<'_>) -> Result<String, GenerateError> {
    let starts_name = |c: char| c.is_ascii_alphabetic() || c == '_';
    let in_name = |c: char| starts_name(c) || c.is_ascii_digit();
    if !contract.name.starts_with(starts_name) || !contract.name.chars().all(in_name) {
        return Err(GenerateError::ContractName {
            name: contract.name.to_owned(),
        });
    }
    let in_path = |c: char| c.is_ascii_alphanumeric() || "@._-/".contains(c);
    if contract.interfaces.is_empty() || !contract.interfaces.chars().all(in_path) {
        return Err(GenerateError::ImportPath {
            path: contract.interfaces.to_owned(),
        });
    }
    if key.num_public() == 0 {
        return Err(GenerateError::NoPublicInputs);
    }
    let origin = key.origin().clone().into();
    Ok(template::render(
        &KeyWords::new(key),
        contract,
        &origin,
        key.circuit(),
    ))
}

/// The source of `Groth16Verifier.sol`, as it stands in `contracts/src/verifier`.
///
/// # Errors
/// See [`GenerateError`].
pub fn generate_verifier<O: Origin>(key: &VerifyingKey<O>) -> Result<String, GenerateError> {
    let contract = Contract {
        name: "Groth16Verifier",
        interfaces: "../interfaces",
    };
    generate(key, &contract)
}

#[cfg(test)]
mod tests;
