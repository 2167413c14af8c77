//! The relayer as a process of its own, with a prover that takes no time: `causeway_mock run --config FILE`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use causeway_relayer::config::Loaded;
use causeway_relayer::service::{RunOptions, ServiceError, relay};
use causeway_tests::faults::prover::MockProver;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            // As `causeway` ends.
            ExitCode::from(match error.downcast_ref() {
                Some(ServiceError::Journal(_)) => 5,
                Some(ServiceError::Config { .. } | ServiceError::Signing(_)) => 3,
                _ => 1,
            })
        }
    }
}

fn run() -> Result<()> {
    let _points = fail::FailScenario::setup();
    let mut arguments = std::env::args().skip(1);
    let mut config = None;
    let mut options = RunOptions::default();
    if arguments.next().as_deref() != Some("run") {
        bail!("usage: causeway_mock run --config FILE [--once] [--dry-run]");
    }
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--config" => config = arguments.next().map(PathBuf::from),
            "--once" => options.once = true,
            "--dry-run" => options.dry_run = true,
            other => bail!("{other} is no argument of causeway_mock"),
        }
    }
    let config = config.context("--config FILE")?;
    let loaded = Loaded::read(&config, std::env::vars())?;
    relay(loaded, options, MockProver::from_environment())?;
    Ok(())
}
