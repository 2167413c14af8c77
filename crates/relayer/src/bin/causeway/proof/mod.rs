//! `causeway proof`: many plonky2 proofs become one that Ethereum verifies.

mod aggregate;
mod inclusion;
mod info;
mod input;
mod normalize;
mod source;
mod verify;

use anyhow::Result;
use causeway_console::Console;
use clap::{Args, Subcommand};

use crate::Answer;

/// Make one proof of many, and show any of them to be in it
///
/// Users write a circuit file for their program and a proof file for each proof (`causeway_aggregation::files`). `normalize`
/// brings each to the shape that every aggregator takes; `aggregate` makes one proof of any number of them; `inclusion` finds a
/// proof in an aggregation; `verify` checks all of it offline.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway proof normalize --circuit payments.circuit proofs/ --out normalized/
  causeway proof aggregate --chain-id 1 --contract 0x... normalized/ --out aggregation/
  causeway proof verify aggregation/submission.json --inclusion aggregation/inclusion/
  cast send $(jq -r '.call.to,.call.data' aggregation/submission.json)")]
pub(crate) struct Proof {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Normalize(normalize::Normalize),
    Aggregate(aggregate::Aggregate),
    Inclusion(inclusion::FindInclusion),
    Verify(verify::Verify),
    Info(info::Info),
}

impl Proof {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        match &self.command {
            Command::Normalize(command) => command.run(console),
            Command::Aggregate(command) => command.run(console),
            Command::Inclusion(command) => command.run(console),
            Command::Verify(command) => command.run(console),
            Command::Info(command) => command.run(console),
        }
    }
}
