//! `causeway cert`: certificates, from a network's side.

mod build;
mod explain;
mod folder;
mod get;
mod list;
mod sign;
mod submit;

use anyhow::Result;
use causeway_console::Console;
use clap::{Args, Subcommand};

use crate::Answer;

/// Make certificates from what a network's bridge logged, sign them, hand them to a relayer, and ask after them
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway cert build --network 1 --rpc $RPC --bridge 0x... --l1-rpc $L1 --settlement 0x... --l1-bridge 0x... \\
      --state certificates --out next.json
  causeway cert sign next.json --state certificates --l1-rpc $L1 --settlement 0x... --l1-bridge 0x... \\
      --keystore signer.json --password-file password
  causeway cert submit next.json
  causeway cert explain 0x...

A network that proves and does not sign hands in its proof of the digest that `cert build` tells: `cert submit next.json --own-proof FILE`.

Whoever builds keeps every certificate that was handed in as a file of the folder --state: nobody else has what a network's balances are
made of.")]
pub(crate) struct Cert {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Build(Box<build::Build>),
    Sign(Box<sign::Sign>),
    Submit(submit::Submit),
    Get(get::Get),
    List(list::List),
    Explain(explain::Explain),
}

impl Cert {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        match &self.command {
            Command::Build(command) => command.run(console),
            Command::Sign(command) => command.run(console),
            Command::Submit(command) => command.run(console),
            Command::Get(command) => command.run(),
            Command::List(command) => command.run(),
            Command::Explain(command) => command.run(),
        }
    }
}
