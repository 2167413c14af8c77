//! What the program says: results on stdout at the end, progress and warnings on stderr meanwhile.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use causeway_verifier_gen::groth16::Step;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// A command's result, as text and as one JSON object.
#[derive(Debug)]
pub(crate) struct Report {
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
    pub(crate) fn new(
        command: &'static str,
        text: impl Into<String>,
        fields: &impl Serialize,
    ) -> Result<Self> {
        let success = Success {
            ok: true,
            command,
            fields,
        };
        Ok(Self {
            text: text.into(),
            json: serde_json::to_string_pretty(&success)?,
        })
    }

    /// The result of a command that failed; its text is on stderr.
    pub(crate) fn failure(error: &anyhow::Error) -> Self {
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

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn json(&self) -> &str {
        &self.json
    }
}

/// The causes of an error, less those whose text the error before them already holds.
fn causes(error: &anyhow::Error) -> Vec<String> {
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

/// A text for a terminal: what a file said must not move its cursor or recolour it.
fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && character != '\n' {
            printable.extend(character.escape_default());
        } else {
            printable.push(character);
        }
    }
    printable
}

/// Standard error.
#[derive(Debug)]
pub(crate) struct Console {
    quiet: bool,
    terminal: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Console {
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            quiet,
            terminal: io::stderr().is_terminal(),
            bar: Mutex::new(None),
        }
    }

    /// Takes the reports of long work: a bar for each stage on a terminal, else a line.
    pub(crate) fn step(&self, step: Step) {
        if self.quiet {
            return;
        }
        if !self.terminal {
            if step.done == 0 {
                eprintln!("{} ...", step.stage);
            }
            return;
        }
        let mut bar = self.bar();
        if step.done == 0 {
            if let Some(last) = bar.take() {
                last.finish();
            }
            *bar = Some(stage(step));
        }
        if let Some(bar) = bar.as_ref() {
            bar.set_position(step.done);
            if step.done == step.total {
                bar.finish();
            }
        }
    }

    /// Does work that cannot tell how far it is.
    pub(crate) fn work<T>(&self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        let at = |done| {
            self.step(Step {
                stage,
                done,
                total: 1,
            });
        };
        at(0);
        let result = work();
        at(1);
        result
    }

    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.finish();
            eprintln!("{text}");
        }
    }

    pub(crate) fn warn(&self, text: &str) {
        self.finish();
        eprintln!("WARNING: {text}");
    }

    pub(crate) fn error(&self, error: &anyhow::Error) {
        self.finish();
        eprintln!("error: {}", printable(&error.to_string()));
        for cause in causes(error) {
            eprintln!("  because: {}", printable(&cause));
        }
    }

    /// Leaves the last bar as it stands.
    pub(crate) fn finish(&self) {
        if let Some(bar) = self.bar().take() {
            bar.abandon();
        }
    }

    fn bar(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stage(step: Step) -> ProgressBar {
    let template = if step.total == 1 {
        "{spinner} {msg:32} {elapsed:>6}"
    } else {
        "{spinner} {msg:32} {elapsed:>6} {wide_bar} {percent:>3} %"
    };
    let bar = ProgressBar::new(step.total).with_message(step.stage);
    let bar = match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    };
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(
            printable("no key\x1b[2J\r\n\u{9b}1m größe"),
            "no key\\u{1b}[2J\\r\n\\u{9b}1m größe"
        );
    }
}
