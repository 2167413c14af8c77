//! `causeway`: what operators and users of Causeway run.

mod about;
mod ask;
mod cert;
mod chains;
mod claim;
mod config;
mod db;
mod devnet;
mod doctor;
mod epoch;
mod exit;
mod ger;
mod init;
mod network;
mod options;
mod pause;
mod payment;
mod proof;
mod run;
mod settle;
mod state;
mod status;
mod wallet;

use std::process::ExitCode;

use anyhow::Result;
use causeway_console::{Console, Report};
use clap::{Parser, Subcommand};

/// Certificates and proofs on their way to Ethereum
///
/// `causeway cert` hands certificates to a relayer and asks after them; `causeway status`, `causeway doctor` and what stands beside them are
/// for whoever runs one.
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
  3  the configuration is not valid
  4  nothing that was asked can be reached
  5  the journal refuses: it is damaged, in use, or of another deployment
  6  something else is there, or is not as it has to be
  7  there is no such thing
  8  something is not well, or some of the input was left out; each is named, with the reason";

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Run(run::Run),
    Devnet(devnet::DevnetCommand),
    Config(config::Config),
    Status(status::Status),
    Cert(cert::Cert),
    Epoch(epoch::Epoch),
    Settle(settle::Settle),
    Claim(claim::Claim),
    Network(network::Network),
    Pause(pause::Pause),
    Resume(pause::Resume),
    Wallet(wallet::Wallet),
    Ger(ger::Ger),
    Proof(proof::Proof),
    State(state::State),
    Db(db::Db),
    Doctor(doctor::Doctor),
    Completions(about::Completions),
    Version(about::Version),
}

/// How a command that was carried out ended.
#[derive(Debug)]
struct Answer {
    report: Report,
    /// Whether some of the input was left out, or something that was asked after is not well.
    left_out: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let console = Console::new(cli.quiet);
    let result: Result<Answer> = match &cli.command {
        Command::Init(command) => command.run(&console),
        Command::Run(command) => command.run(&console),
        Command::Devnet(command) => command.run(&console),
        Command::Config(command) => command.run(&console),
        Command::Status(command) => command.run(&console, cli.json),
        Command::Cert(command) => command.run(&console),
        Command::Epoch(command) => command.run(),
        Command::Settle(command) => command.run(),
        Command::Claim(command) => command.run(&console),
        Command::Network(command) => command.run(),
        Command::Pause(command) => command.run(),
        Command::Resume(command) => command.run(),
        Command::Wallet(command) => command.run(&console),
        Command::Ger(command) => command.run(&console),
        Command::Proof(command) => command.run(&console),
        Command::State(command) => command.run(&console),
        Command::Db(command) => command.run(&console),
        Command::Doctor(command) => command.run(&console),
        Command::Completions(command) => command.run(),
        Command::Version(command) => command.run(),
    };
    console.finish();
    let (report, code) = match result {
        Ok(Answer { report, left_out }) => {
            let code = if left_out {
                ExitCode::from(exit::UNHEALTHY)
            } else {
                ExitCode::SUCCESS
            };
            (report, code)
        }
        Err(error) => {
            // With --json whoever reads stdout learns of the failure too.
            console.error(&error);
            (Report::failure(&error), ExitCode::from(exit::code_of(&error)))
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
