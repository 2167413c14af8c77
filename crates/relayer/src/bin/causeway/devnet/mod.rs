//! `causeway devnet`.

mod play;
mod setup;
mod town;
mod watch;

use std::path::PathBuf;
use std::thread;

use alloy_primitives::U256;
use anyhow::{Context, Result, anyhow};
use causeway_bindings::Groth16Verifier;
use causeway_console::{Console, Report};
use causeway_devnet::{Devnet, VerifierCode};
use causeway_relayer::config::Loaded;
use causeway_relayer::prove::Prover;
use causeway_relayer::service::{RunOptions, relay_until};
use clap::Args;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use self::town::Town;
use crate::Answer;
use crate::run::LocalProver;

/// Start L1 and two networks on this machine, with every contract, and a relayer that proves for real
///
/// Three anvils, the bridge on each, settlement and its verifier on L1, and this relayer with its own prover under the development key of
/// this machine. With --play it shows what all of it is for: a deposit, a burn on A that is minted on B before anything is final and
/// settles with it by one proof, certificates that hold only with each other, and a withdrawal. All certificates are made of what the
/// networks' bridges logged. Without, it runs until it is told to end, and what it needs to be used stands in its folder.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway devnet --play
  causeway devnet --folder devnet

The folder holds devnet.json (addresses, nodes and keys) and causeway.toml, the relayer's configuration.
JSON: folder, epochs, seconds.")]
pub(crate) struct DevnetCommand {
    /// Where its files are; made if it is not there, and never used twice
    #[arg(long, value_name = "FOLDER", default_value = "devnet")]
    folder: PathBuf,
    /// Tell the story, and end
    #[arg(long)]
    play: bool,
}

#[derive(Serialize)]
struct Fields {
    folder: PathBuf,
    epochs: u64,
    seconds: u64,
}

impl DevnetCommand {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let began = std::time::Instant::now();
        let folder = setup::folder(&self.folder)?;
        let runtime = tokio::runtime::Runtime::new()?;
        // The program first: settlement pins it.
        let config = setup::first_config(&folder)?;
        let prover = console.work("building the settlement program", || LocalProver::new(&config))?;
        let verifier = VerifierCode {
            creation: Groth16Verifier::BYTECODE.clone(),
            program_digest: prover.program_digest(),
        };
        let devnet = runtime.block_on(Devnet::start(&setup::options(verifier)?))?;
        console.note("L1 and networks A and B are up, with every contract");
        let loaded = setup::write(&folder, &devnet)?;
        let public = loaded.config.api.public;
        let stop = CancellationToken::new();
        let relayer = start(loaded, prover, stop.clone())?;
        console.finish();
        let epochs = if self.play {
            let town = Town::new(&devnet, public)?;
            let outcome = runtime.block_on(play::play(&town));
            stop.cancel();
            join(relayer)?;
            outcome?
        } else {
            println!("{}", setup::how_to(&folder, &devnet, public));
            join(relayer)?;
            0
        };
        let seconds = began.elapsed().as_secs();
        let text = format!("all of it in {seconds} s; its files are in {}", folder.display());
        let fields = Fields {
            folder,
            epochs,
            seconds,
        };
        Ok(Answer {
            report: Report::new("devnet", text, &fields)?,
            left_out: false,
        })
    }
}

type Running = thread::JoinHandle<Result<(), causeway_relayer::service::ServiceError>>;

fn start(loaded: Loaded, prover: LocalProver, stop: CancellationToken) -> Result<Running> {
    thread::Builder::new()
        .name("relayer".to_owned())
        .spawn(move || relay_until(loaded, RunOptions::default(), prover, stop))
        .context("no thread for the relayer")
}

fn join(relayer: Running) -> Result<()> {
    relayer.join().map_err(|_| anyhow!("the relayer fell"))??;
    Ok(())
}

/// One ether, in wei.
const ETHER: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);
