//! `verifier-gen`: keys, proofs and the Solidity verifier of the wrap.

mod circuit;
mod export;
mod import;
mod info;
mod options;
mod prove;
mod setup;
mod solidity;
mod verify;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use causeway_console::{Console, Report};

/// From a closed plonky2 proof to one that Ethereum verifies
///
/// The wrap is one fixed circuit per profile, the same for every program. A key is made for it once, by `setup` for
/// development or in a ceremony (`export-r1cs`, snarkjs, `import-zkey`); `solidity` writes the contract of the key;
/// `prove` turns a closed proof into a Groth16 proof, which `verify` and the contract accept.
#[derive(Debug, Parser)]
#[command(name = "verifier-gen", version, after_long_help = AFTER_HELP)]
struct Cli {
    /// Print one JSON object on stdout instead of text
    ///
    /// It has "ok": true and "command" with the command's fields, or "ok": false with "error" and "causes". Wrong
    /// usage is told as text on stderr only.
    #[arg(long, global = true)]
    json: bool,
    /// Report no progress; warnings are printed all the same
    #[arg(long, short, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Results go to stdout, progress and warnings to stderr.

Keys lie in --keys DIR, else $CAUSEWAY_KEYS, $XDG_CACHE_HOME/causeway/keys or ~/.cache/causeway/keys, each in a folder
named after its circuit. A ceremony key is preferred to a development key unless --development is given.

Exit codes:
  0  done, or the proof is valid
  1  refused: a file is damaged, a proof invalid, a key missing, a disk full
  2  wrong usage

Example, with a development key:
  verifier-gen setup
  verifier-gen solidity --out Groth16Verifier.sol
  verifier-gen prove closed.proof --out proof.json
  verifier-gen verify proof.json --program 0x...";

#[derive(Debug, Subcommand)]
enum Command {
    Setup(setup::Setup),
    ExportR1cs(export::Export),
    ImportZkey(import::Import),
    Prove(prove::Prove),
    Verify(verify::Verify),
    Solidity(solidity::Solidity),
    Info(info::Info),
}

impl Command {
    fn run(&self, console: &Console) -> Result<Report> {
        match self {
            Self::Setup(command) => command.run(console),
            Self::ExportR1cs(command) => command.run(console),
            Self::ImportZkey(command) => command.run(console),
            Self::Prove(command) => command.run(console),
            Self::Verify(command) => command.run(console),
            Self::Solidity(command) => command.run(console),
            Self::Info(command) => command.run(console),
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let console = Console::new(cli.quiet);
    let result = cli.command.run(&console);
    console.finish();
    let (report, code) = match result {
        Ok(report) => (report, ExitCode::SUCCESS),
        Err(error) => {
            // With --json whoever reads stdout learns of the failure too.
            console.error(&error);
            (Report::failure(&error), ExitCode::FAILURE)
        }
    };
    match report.print(cli.json) {
        Ok(()) => code,
        Err(error) => {
            console.error(&anyhow::Error::new(error).context("the result could not be written to stdout"));
            ExitCode::FAILURE
        }
    }
}
