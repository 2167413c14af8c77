//! Progress and warnings on stderr while a command works.

use std::borrow::Cow;
use std::io::{self, IsTerminal};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::report::causes;

/// A text for a terminal: what a file said must not move its cursor or recolour it.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && !matches!(character, '\n' | '\t') {
            printable.extend(character.escape_default());
        } else {
            printable.push(character);
        }
    }
    printable
}

/// Standard error.
#[derive(Debug)]
pub struct Console {
    quiet: bool,
    terminal: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Console {
    /// Standard error. A quiet one reports no progress and no notes.
    pub fn new(quiet: bool) -> Self {
        Self {
            quiet,
            terminal: io::stderr().is_terminal(),
            bar: Mutex::new(None),
        }
    }

    /// Takes the reports of long work, `done` of `total` units, zero of them first: a bar for each stage on a terminal, else a line.
    pub fn step(&self, name: impl Into<Cow<'static, str>>, done: u64, total: u64) {
        if self.quiet {
            return;
        }
        if !self.terminal {
            if done == 0 {
                eprintln!("{} ...", name.into());
            }
            return;
        }
        let mut bar = self.bar();
        if done == 0 {
            if let Some(last) = bar.take() {
                last.finish();
            }
            *bar = Some(stage(name.into(), total));
        }
        if let Some(bar) = bar.as_ref() {
            bar.set_position(done);
            if done == total {
                bar.finish();
            }
        }
    }

    /// Does work that cannot tell how far it is.
    pub fn work<T>(&self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        self.step(stage, 0, 1);
        let result = work();
        self.step(stage, 1, 1);
        result
    }

    /// Says something that may be left unsaid.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.finish();
            eprintln!("{}", printable(text));
        }
    }

    /// Says what must not be overlooked.
    pub fn warn(&self, text: &str) {
        self.finish();
        eprintln!("WARNING: {}", printable(text));
    }

    /// Says why a command failed.
    pub fn error(&self, error: &anyhow::Error) {
        self.finish();
        eprintln!("error: {}", printable(&error.to_string()));
        for cause in causes(error) {
            eprintln!("  because: {}", printable(&cause));
        }
    }

    /// Leaves the last bar as it stands.
    pub fn finish(&self) {
        if let Some(bar) = self.bar().take() {
            bar.abandon();
        }
    }

    fn bar(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stage(name: Cow<'static, str>, total: u64) -> ProgressBar {
    let template = if total == 1 {
        "{spinner} {msg:32} {elapsed:>6}"
    } else {
        "{spinner} {msg:32} {elapsed:>6} {wide_bar} {percent:>3} %"
    };
    let bar = ProgressBar::new(total).with_message(name);
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
