//! What operators set: a file, variables of the environment above it, and what holds if nothing is said.
//!
//! A name that is no setting is an error, with the one that was probably meant; every error says which line or variable it is about.

pub mod check;
pub mod error;
mod json_schema;
mod overlay;
mod provenance;
pub mod schema;
pub mod secret;
#[cfg(test)]
mod tests;
pub mod units;

use std::path::{Path, PathBuf};

pub use check::{Problem, is_developers_chain};
pub use error::ConfigError;
pub use json_schema::json_schema;
pub use provenance::{Origin, Provenance, Setting};
pub use schema::Config;
pub use secret::{Secret, SecretError};

/// What begins the name of every variable: `CAUSEWAY__L1__CONFIRMATIONS=5` sets `l1.confirmations`.
pub const PREFIX: &str = "CAUSEWAY__";

/// A configuration to begin with, each setting with what it means.
pub const EXAMPLE: &str = include_str!("example.toml");

/// A configuration, and where each of its settings was made.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// It.
    pub config: Config,
    /// Where each setting was made.
    pub provenance: Provenance,
    /// The file.
    pub path: PathBuf,
}

impl Loaded {
    /// Reads a file, and what variables set instead.
    ///
    /// # Errors
    /// A [`ConfigError`]. What is set wrongly but can be read is found by [`check::problems`].
    pub fn read(
        path: &Path,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::File {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, &text, variables)
    }

    /// [`Self::read`] of a file's text.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(
        path: &Path,
        text: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let syntax = |error: toml::de::Error| ConfigError::Syntax {
            path: path.to_owned(),
            detail: error.to_string(),
        };
        let mut table: toml::Table = toml::from_str(text).map_err(syntax)?;
        // Before all else: what a newer version's settings mean is not known here.
        if let Some(found) = table.get("version").and_then(toml::Value::as_integer)
            && found != i64::from(schema::VERSION)
        {
            return Err(ConfigError::Version {
                found,
                known: schema::VERSION,
            });
        }
        let mut provenance = Provenance::of(path, text).map_err(syntax)?;
        let mut variables: Vec<_> = variables
            .into_iter()
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        variables.sort();
        for (name, value) in variables {
            overlay::set(&mut table, &mut provenance, &name, &value)?;
        }
        let config: Config =
            serde_path_to_error::deserialize(toml::Value::Table(table)).map_err(|error| {
                let setting = error.path().to_string();
                let origin = provenance.nearest(&setting);
                ConfigError::setting(setting, origin, error.inner())
            })?;
        Ok(Self {
            config,
            provenance,
            path: path.to_owned(),
        })
    }

    /// Every setting with its value and where it was made, in order; secrets are not shown.
    ///
    /// # Errors
    /// [`ConfigError::Syntax`] if the configuration has a value that TOML has not.
    pub fn settings(&self) -> Result<Vec<Setting>, ConfigError> {
        let value = toml::Value::try_from(&self.config).map_err(|error| ConfigError::Syntax {
            path: self.path.clone(),
            detail: error.to_string(),
        })?;
        Ok(self.provenance.settings(&value))
    }
}
