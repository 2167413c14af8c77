//! `causeway config`: the relayer's configuration.

mod check;
pub(crate) mod online;

use anyhow::Result;
use causeway_console::{Console, Report};
use causeway_relayer::config::{EXAMPLE, Loaded, json_schema};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::Answer;
use crate::ask::ConfigOption;

/// Check and show the relayer's configuration
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway config check --online
  causeway config show --provenance")]
pub(crate) struct Config {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Show(Show),
    Schema(Schema),
}

/// Show every setting as it holds: file, variables and defaults together
///
/// Secrets are not shown.
#[derive(Debug, Args)]
#[command(after_long_help = "JSON: settings: name, value, origin.")]
struct Show {
    /// Show where each setting was made
    #[arg(long)]
    provenance: bool,
    #[command(flatten)]
    config: ConfigOption,
}

/// Print a JSON Schema of the configuration: every setting, what it means, what holds if it is missing
///
/// With --example a configuration instead that has every setting, each with what it means.
#[derive(Debug, Args)]
#[command(after_long_help = "JSON: schema; with --example: settings: name, value; example.")]
struct Schema {
    /// Print a configuration to begin with
    #[arg(long)]
    example: bool,
}

impl Config {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        match &self.command {
            Command::Check(command) => command.run(console),
            Command::Show(command) => command.run(),
            Command::Schema(command) => command.run(),
        }
    }
}

impl Show {
    fn run(&self) -> Result<Answer> {
        let settings = self.config.load()?.settings()?;
        let line = |setting: &causeway_relayer::config::Setting| {
            let origin = if self.provenance {
                format!("  # {}", setting.origin)
            } else {
                String::new()
            };
            format!("{} = {}{origin}\n", setting.name, setting.value)
        };
        let text: String = settings.iter().map(line).collect();
        Ok(Answer {
            report: Report::new("config show", text, &json!({ "settings": settings }))?,
            left_out: false,
        })
    }
}

impl Schema {
    fn run(&self) -> Result<Answer> {
        if !self.example {
            let schema = json_schema()?;
            let text = serde_json::to_string_pretty(&schema)?;
            return Ok(Answer {
                report: Report::new("config schema", text, &json!({ "schema": schema }))?,
                left_out: false,
            });
        }
        let settings = Loaded::parse("example.toml".as_ref(), EXAMPLE, [])?.settings()?;
        let settings: Vec<_> = settings
            .into_iter()
            .map(|setting| json!({ "name": setting.name, "value": setting.value }))
            .collect();
        let fields = json!({ "settings": settings, "example": EXAMPLE });
        Ok(Answer {
            report: Report::new("config schema", EXAMPLE, &fields)?,
            left_out: false,
        })
    }
}
