//! `causeway ger`: the global exit roots of an L2.

mod push;

use anyhow::Result;
use causeway_console::Console;
use clap::{Args, Subcommand};

use crate::Answer;

/// Feed an L2 the global exit roots that its users claim against
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway ger push --l1-rpc $L1 --l1-bridge 0x... --rpc $RPC --bridge 0x... --keystore updater.json --password-file password")]
pub(crate) struct Ger {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Push(Box<push::Push>),
}

impl Ger {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        match &self.command {
            Command::Push(command) => command.run(console),
        }
    }
}
