//! Where settings were made.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use toml::Value;
use toml::de::{DeTable, DeValue};

/// Where a setting was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// Nowhere: it is what holds if nothing is said.
    Default,
    /// In the file.
    File {
        /// Which one.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// In a variable of the environment.
    Variable {
        /// Its name.
        name: String,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable { name } => write!(f, "variable {name}"),
        }
    }
}

/// A setting, its value, and where it was made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// Its name, parts separated by dots.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Where it was made.
    pub origin: Origin,
}

/// Where each setting was made.
#[derive(Clone, Debug)]
pub struct Provenance {
    path: PathBuf,
    made: BTreeMap<String, Origin>,
}

impl Provenance {
    /// Of a file.
    pub(super) fn of(path: &Path, text: &str) -> Result<Self, toml::de::Error> {
        let table = DeTable::parse(text)?;
        let mut provenance = Self {
            path: path.to_owned(),
            made: BTreeMap::new(),
        };
        provenance.note_table("", table.get_ref(), text);
        Ok(provenance)
    }

    fn note_table(&mut self, name: &str, table: &DeTable<'_>, text: &str) {
        for (key, value) in table {
            let name = joined(name, key.get_ref());
            let line = text[..key.span().start].lines().count().max(1)
                + usize::from(text[..key.span().start].ends_with('\n'));
            self.note(name, value.get_ref(), line, text);
        }
    }

    fn note(&mut self, name: String, value: &DeValue<'_>, line: usize, text: &str) {
        match value {
            DeValue::Table(table) => self.note_table(&name, table, text),
            DeValue::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    self.note(joined(&name, &place.to_string()), item.get_ref(), line, text);
                }
            }
            _ => {}
        }
        let origin = Origin::File {
            path: self.path.clone(),
            line,
        };
        self.made.insert(name, origin);
    }

    pub(super) fn set(&mut self, name: String, origin: Origin) {
        self.made.insert(name, origin);
    }

    /// Where a setting was made, or else what it is in.
    pub fn nearest(&self, name: &str) -> Origin {
        let mut name = normal(name);
        loop {
            if let Some(origin) = self.made.get(&name) {
                return origin.clone();
            }
            match name.rfind('.') {
                Some(end) => name.truncate(end),
                None => {
                    return Origin::File {
                        path: self.path.clone(),
                        line: 1,
                    };
                }
            }
        }
    }

    pub(super) fn settings(&self, value: &Value) -> Vec<Setting> {
        let mut settings = Vec::new();
        self.flatten("", value, &mut settings);
        settings
    }

    fn flatten(&self, name: &str, value: &Value, settings: &mut Vec<Setting>) {
        match value {
            Value::Table(table) if !table.is_empty() => {
                for (key, value) in table {
                    self.flatten(&joined(name, key), value, settings);
                }
            }
            Value::Array(items) if items.iter().any(Value::is_table) => {
                for (place, item) in items.iter().enumerate() {
                    self.flatten(&joined(name, &place.to_string()), item, settings);
                }
            }
            _ => settings.push(Setting {
                name: name.to_owned(),
                value: value.clone(),
                origin: self.made.get(name).cloned().unwrap_or(Origin::Default),
            }),
        }
    }
}

fn joined(name: &str, key: &str) -> String {
    if name.is_empty() {
        key.to_owned()
    } else {
        format!("{name}.{key}")
    }
}

/// `l1.endpoint[0].url` as it is noted: `l1.endpoint.0.url`.
fn normal(name: &str) -> String {
    name.replace('[', ".").replace(']', "")
}
