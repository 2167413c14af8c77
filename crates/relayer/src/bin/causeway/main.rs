//! `causeway`: what operators and users of Causeway run.

mod cert;
mod chains;
mod claim;
mod ger;
mod options;
mod payment;
mod proof;
mod state;

use std::process::ExitCode;

use anyhow::Result;
use causeway_console::{Console, Report};
use clap::{Parser, Subcommand};

/// Proofs on their way to Ethereum
///
/// `causeway proof` makes one proof of many, which the contract `ProofAggregation` takes, and shows any of them to be in it.
/// `causeway state` rebuilds what settlement knows from Ethereum's logs. `causeway cert` and `causeway ger` are a network's own side:
/// certificates from what its bridge logged, and the exit roots that its users claim against. `causeway claim` pays exits out.
#[derive(Debug, Parser)]
#[command(name = "causeway", version, after_long_help = AFTER_HELP)]
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

Exit codes:
  0  done
  1  refused: a file is damaged, a proof invalid, a key missing, a disk full
  2  wrong usage
  8  done, but some of the input was left out; each is named, with the reason";

#[derive(Debug, Subcommand)]
enum Command {
    Cert(cert::Cert),
    Claim(claim::Claim),
    Ger(ger::Ger),
    Proof(proof::Proof),
    State(state::State),
}

/// How a command that was carried out ended.
#[derive(Debug)]
struct Answer {
    report: Report,
    /// Whether some of the input was left out.
    left_out: bool,
}

/// The exit code of a command that left out some of its input.
const LEFT_OUT: u8 = 8;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let console = Console::new(cli.quiet);
    let result: Result<Answer> = match &cli.command {
        Command::Cert(command) => command.run(&console),
        Command::Claim(command) => command.run(&console),
        Command::Ger(command) => command.run(&console),
        Command::Proof(command) => command.run(&console),
        Command::State(command) => command.run(&console),
    };
    console.finish();
    let (report, code) = match result {
        Ok(Answer { report, left_out }) => {
            let code = if left_out {
                ExitCode::from(LEFT_OUT)
            } else {
                ExitCode::SUCCESS
            };
            (report, code)
        }
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
