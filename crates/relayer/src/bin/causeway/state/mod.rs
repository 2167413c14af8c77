//! `causeway state`: what settlement knows, from Ethereum's logs alone.

mod rebuild;

use anyhow::Result;
use causeway_console::Console;
use clap::{Args, Subcommand};

use crate::Answer;

/// Rebuild what settlement knows from Ethereum's logs alone
///
/// Whoever has the logs of the bridge and of settlement can prove the next epoch: nobody's disk is needed for it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  cast logs --json --from-block 0 --address 0x... > settlement.json
  cast logs --json --from-block 0 --address 0x... > bridge.json
  causeway state rebuild --settlement 0x... --bridge 0x... settlement.json bridge.json
  causeway state rebuild --settlement 0x... --rpc $L1 --from 21000000")]
pub(crate) struct State {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Rebuild(rebuild::Rebuild),
}

impl State {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        match &self.command {
            Command::Rebuild(command) => command.run(console),
        }
    }
}
