//! `causeway claim`: exits, where they are paid out.

mod calldata;
mod exit;
mod list;
mod run;

use anyhow::Result;
use causeway_console::Console;
use clap::{Args, Subcommand};

use crate::Answer;

/// Claim exits where they go
///
/// Anybody can send a claim: it pays out to whom the exit names, whoever sends it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway claim list --destination 0 --standing claimable
  causeway claim calldata 1:0:7 --l1-rpc $L1 --settlement 0x... --l1-bridge 0x... --source 1:0x...:$RPC

An exit is named ORIGIN:DESTINATION:NUMBER; network 0 is L1.")]
pub(crate) struct Claim {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    Calldata(Box<calldata::Calldata>),
    Run(Box<run::Run>),
}

impl Claim {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        match &self.command {
            Command::List(command) => command.run(),
            Command::Calldata(command) => command.run(console),
            Command::Run(command) => command.run(console),
        }
    }
}
