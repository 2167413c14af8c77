//! Results on stdout at the end, as text or as one JSON object.

use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;

use crate::console::printable;

/// A command's result, as text and as one JSON object.
#[derive(Debug)]
pub struct Report {
    text: String,
    json: String,
}

#[derive(Serialize)]
struct Success<'a, T> {
    ok: bool,
    command: &'static str,
    #[serde(flatten)]
    fields: &'a T,
}

#[derive(Serialize)]
struct Failure {
    ok: bool,
    error: String,
    causes: Vec<String>,
}

impl Report {
    /// The result of a command that was carried out.
    ///
    /// # Errors
    /// If the fields cannot be written as JSON.
    pub fn new(command: &'static str, text: impl Into<String>, fields: &impl Serialize) -> Result<Self> {
        let success = Success {
            ok: true,
            command,
            fields,
        };
        Ok(Self {
            // Names of files and what stands in them may be a stranger's.
            text: printable(&text.into()),
            json: serde_json::to_string_pretty(&success)?,
        })
    }

    /// The result of a command that failed; its text is on stderr.
    pub fn failure(error: &anyhow::Error) -> Self {
        let failure = Failure {
            ok: false,
            error: error.to_string(),
            causes: causes(error),
        };
        let json = serde_json::to_string_pretty(&failure).unwrap_or_else(|_| r#"{"ok":false}"#.to_owned());
        Self {
            text: String::new(),
            json,
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The JSON object.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Writes it to stdout.
    ///
    /// # Errors
    /// If stdout does not take it.
    pub fn print(&self, json: bool) -> io::Result<()> {
        let text = if json { &self.json } else { &self.text };
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        if !text.is_empty() && !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        out.flush()
    }
}

/// The causes of an error, less those whose text the error before them already holds.
pub(crate) fn causes(error: &anyhow::Error) -> Vec<String> {
    let mut said = error.to_string();
    let mut causes = Vec::new();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.contains(&cause) {
            causes.push(cause.clone());
            said = cause;
        }
    }
    causes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_a_file_is_called_does_not_move_the_cursor() {
        let report = Report::new("test", "wrote \u{1b}[2Ja.proof\n\tdone", &()).unwrap();
        assert_eq!(report.text(), "wrote \\u{1b}[2Ja.proof\n\tdone");
    }
}
