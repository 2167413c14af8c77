//! Where a key comes from. Development and ceremony keys are different types, and their files, JSON and contracts
//! say which they are.

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use super::hex_bytes;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Development {}
    impl Sealed for super::Ceremony {}
    impl Sealed for super::Provenance {}
}

/// The kinds of origin: [`Development`], [`Ceremony`], or [`Provenance`] where it is known at run time only.
pub trait Origin: sealed::Sealed + Clone + Debug + PartialEq + Eq + Into<Provenance> + Send + Sync {}

impl Origin for Development {}
impl Origin for Ceremony {}
impl Origin for Provenance {}

/// A key made by one party from a seed: whoever knows the seed forges proofs. For development only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Development {
    /// The seed. It is no secret: the same seed gives the same key on every machine.
    #[serde(with = "hex_bytes")]
    pub seed: [u8; 32],
}

/// A key made in a ceremony of many parties: sound if one of them forgot their secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ceremony {
    /// SHA-256 of the `.zkey` file.
    #[serde(with = "hex_bytes")]
    pub zkey_sha256: [u8; 32],
    /// Hash of the ceremony's first state, as snarkjs prints it.
    #[serde(with = "hex_bytes")]
    pub initial_hash: [u8; 64],
    /// The contributions in order.
    pub contributions: Vec<Contribution>,
}

/// One party's part in a ceremony.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// Name the party gave, if any.
    pub name: Option<String>,
    /// The contribution's hash (BLAKE2b-512), which its party publishes and snarkjs prints.
    #[serde(with = "hex_bytes")]
    pub hash: [u8; 64],
    /// Set if the contribution was derived from a public beacon.
    pub beacon: Option<Beacon>,
}

/// A public random value that nobody could choose, applied last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beacon {
    /// The value.
    #[serde(with = "hex_bytes")]
    pub value: Vec<u8>,
    /// Binary logarithm of the number of hash iterations applied to it.
    pub iterations_log2: u8,
}

/// The origin of a key, of either kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Provenance {
    /// See [`Development`].
    #[serde(rename = "DEVELOPMENT")]
    Development(Development),
    /// See [`Ceremony`].
    #[serde(rename = "CEREMONY")]
    Ceremony(Ceremony),
}

impl Provenance {
    /// "DEVELOPMENT" or "CEREMONY": the word in key files and contracts.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Development(_) => "DEVELOPMENT",
            Self::Ceremony(_) => "CEREMONY",
        }
    }
}

impl From<Development> for Provenance {
    fn from(origin: Development) -> Self {
        Self::Development(origin)
    }
}

impl From<Ceremony> for Provenance {
    fn from(origin: Ceremony) -> Self {
        Self::Ceremony(origin)
    }
}

/// A key of the other kind where one from a development setup or from a ceremony was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key is of kind {found} where {expected} is asked for")]
pub struct WrongOrigin {
    /// Kind of the key.
    pub found: &'static str,
    /// Kind asked for.
    pub expected: &'static str,
}

impl TryFrom<Provenance> for Ceremony {
    type Error = WrongOrigin;

    fn try_from(origin: Provenance) -> Result<Self, WrongOrigin> {
        match origin {
            Provenance::Ceremony(origin) => Ok(origin),
            other => Err(WrongOrigin {
                found: other.label(),
                expected: "CEREMONY",
            }),
        }
    }
}

impl TryFrom<Provenance> for Development {
    type Error = WrongOrigin;

    fn try_from(origin: Provenance) -> Result<Self, WrongOrigin> {
        match origin {
            Provenance::Development(origin) => Ok(origin),
            other => Err(WrongOrigin {
                found: other.label(),
                expected: "DEVELOPMENT",
            }),
        }
    }
}
