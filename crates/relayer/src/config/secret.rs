//! Values that are not shown, and where they come from.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a secret is: in a variable of the environment, in a file, or, on chains of developers alone, in the configuration itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Secret {
    /// `{ env = "NAME" }`
    Env {
        /// The variable.
        env: String,
    },
    /// `{ file = "PATH" }`
    File {
        /// The file; white space at its end is none of the secret.
        #[schema(value_type = String)]
        file: PathBuf,
    },
    /// In plain.
    Plain(#[serde(serialize_with = "hide")] String),
}

/// A secret that is not where it should be.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The variable is not set.
    #[error("the variable {name} is not set")]
    Unset {
        /// The variable.
        name: String,
    },
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Secret {
    /// Whether it is in the configuration itself.
    pub const fn is_plain(&self) -> bool {
        matches!(self, Self::Plain(_))
    }

    /// The secret.
    ///
    /// # Errors
    /// A [`SecretError`] that names where it should be, and nothing of it.
    pub fn read(&self) -> Result<String, SecretError> {
        match self {
            Self::Env { env } => std::env::var(env).map_err(|_| SecretError::Unset { name: env.clone() }),
            Self::File { file } => {
                let text = std::fs::read_to_string(file).map_err(|source| SecretError::File {
                    path: file.clone(),
                    source,
                })?;
                Ok(text.trim_end().to_owned())
            }
            Self::Plain(text) => Ok(text.clone()),
        }
    }
}

fn hide<S: serde::Serializer>(_: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("(hidden)")
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env { env } => write!(f, "env {env}"),
            Self::File { file } => write!(f, "file {}", file.display()),
            Self::Plain(_) => f.write_str("(hidden)"),
        }
    }
}
