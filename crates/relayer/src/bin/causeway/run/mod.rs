//! `causeway run`.

mod local;

use std::path::PathBuf;

use anyhow::{Context, Result};
use causeway_console::{Console, Report};
use causeway_relayer::config::Loaded;
use causeway_relayer::prove::Prover;
use causeway_relayer::service::{RunOptions, refuse, relay};
use clap::Args;
use serde::Serialize;

pub(crate) use self::local::LocalProver;
use crate::Answer;

/// Run the relayer until it is told to end
///
/// It reads L1, takes certificates in, proves them and the epochs that they make, and settles those. All that it means to do is in its
/// journal before it does it: killed at any time, it goes on where it was. SIGTERM and SIGINT end it in order within `shutdown.drain`, a
/// second one at once.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The configuration
    #[arg(
        long,
        value_name = "FILE",
        env = "CAUSEWAY_CONFIG",
        default_value = "causeway.toml"
    )]
    config: PathBuf,
    /// Do everything but signing, and say what would be signed
    #[arg(long)]
    dry_run: bool,
    /// End as soon as nothing is left to do
    #[arg(long)]
    once: bool,
    /// Settle nothing
    #[arg(long)]
    no_settle: bool,
}

#[derive(Serialize)]
struct Fields {
    ended: &'static str,
}

impl Run {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let loaded = Loaded::read(&self.config, std::env::vars())
            .with_context(|| "`causeway init` writes a configuration")?;
        // Before minutes are spent on it.
        refuse(&loaded)?;
        let options = RunOptions {
            dry_run: self.dry_run,
            once: self.once,
            no_settle: self.no_settle,
        };
        let prover = console.work("building the settlement program", || {
            LocalProver::new(&loaded.config)
        })?;
        console.note(&format!("proofs are of program {:#x}", prover.program_digest()));
        console.finish();
        relay(loaded, options, prover)?;
        Ok(Answer {
            report: Report::new("run", "ended", &Fields { ended: "in order" })?,
            left_out: false,
        })
    }
}
