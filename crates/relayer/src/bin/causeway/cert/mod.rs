//! `causeway cert`: certificates, from a network's side.

mod explain;
mod get;
mod list;
mod submit;

use anyhow::Result;
use causeway_console::Console;
use clap::{Args, Subcommand};

use crate::Answer;

/// Hand certificates to a relayer, and ask after them
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway cert submit certificate.json
  causeway cert explain 0x...")]
pub(crate) struct Cert {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Submit(submit::Submit),
    Get(get::Get),
    List(list::List),
    Explain(explain::Explain),
}

impl Cert {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        match &self.command {
            Command::Submit(command) => command.run(console),
            Command::Get(command) => command.run(),
            Command::List(command) => command.run(),
            Command::Explain(command) => command.run(),
        }
    }
}
