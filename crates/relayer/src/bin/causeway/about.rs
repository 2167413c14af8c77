//! `causeway completions` and `causeway version`.

use anyhow::{Context, Result};
use causeway_console::Report;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use serde_json::json;

use crate::{Answer, Cli};

/// Write a script that completes commands in a shell
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway completions bash > /etc/bash_completion.d/causeway

JSON: shell, script.")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Tell what program this is
#[derive(Debug, Args)]
#[command(after_long_help = "JSON: version, commit (if whoever built it said so).")]
pub(crate) struct Version {}

impl Completions {
    pub(crate) fn run(&self) -> Result<Answer> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "causeway", &mut script);
        let script = String::from_utf8(script).context("the script is no text")?;
        let fields = json!({ "shell": self.shell.to_string(), "script": script });
        Ok(Answer {
            report: Report::new("completions", script, &fields)?,
            left_out: false,
        })
    }
}

impl Version {
    pub(crate) fn run(&self) -> Result<Answer> {
        let (version, commit) = (env!("CARGO_PKG_VERSION"), option_env!("CAUSEWAY_COMMIT"));
        let text = match commit {
            Some(commit) => format!("causeway {version} ({commit})"),
            None => format!("causeway {version}"),
        };
        Ok(Answer {
            report: Report::new("version", text, &json!({ "version": version, "commit": commit }))?,
            left_out: false,
        })
    }
}
