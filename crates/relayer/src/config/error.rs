//! What is wrong with a configuration.

use std::path::PathBuf;

use super::provenance::Origin;

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no TOML.
    #[error("{}: {detail}", path.display())]
    Syntax {
        /// Which one.
        path: PathBuf,
        /// Where and why.
        detail: String,
    },
    /// Its version is another.
    #[error("the configuration has version {found}, this program reads version {known}")]
    Version {
        /// Its version.
        found: i64,
        /// The one that is known.
        known: u32,
    },
    /// A setting is none, or has no value of its kind.
    #[error("{origin}: {setting}: {detail}{}", hint.as_deref().map_or(String::new(), |name| format!("; is `{name}` meant?")))]
    Setting {
        /// Its name.
        setting: String,
        /// Where it was made.
        origin: Origin,
        /// What is wrong.
        detail: String,
        /// What was probably meant.
        hint: Option<String>,
    },
    /// A variable whose name leads nowhere.
    #[error("the variable {name} sets nothing: {detail}")]
    Variable {
        /// Its name.
        name: String,
        /// Why.
        detail: &'static str,
    },
}

impl ConfigError {
    pub(super) fn setting(setting: String, origin: Origin, error: &toml::de::Error) -> Self {
        let detail = error.message().to_owned();
        let hint = hint(&detail);
        Self::Setting {
            setting,
            origin,
            detail,
            hint,
        }
    }
}

/// Of the names that serde says it expected, the one that is nearest to the one that it found.
fn hint(detail: &str) -> Option<String> {
    let rest = detail
        .strip_prefix("unknown field `")
        .or_else(|| detail.strip_prefix("unknown variant `"))?;
    let (found, rest) = rest.split_once('`')?;
    let names = rest.split('`').skip(1).step_by(2);
    let nearest = names.min_by_key(|name| distance(found, name))?;
    (distance(found, nearest) <= found.len().div_ceil(3)).then(|| nearest.to_owned())
}

/// Letters to change, add or take away.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (position, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = position + 1;
        for (column, other) in right.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}
