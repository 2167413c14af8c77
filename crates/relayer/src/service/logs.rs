//! What is told while it runs: a line for each event on stderr, for machines or for people. Addresses of nodes and keys are in none: nodes
//! are told by their names, and secrets have no text.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

use super::ServiceError;
use crate::config::schema::{Log, LogFormat};

/// Writes logs from now on, by settings that `RUST_LOG` is above. In a process that does already nothing changes.
///
/// # Errors
/// [`ServiceError::Filter`].
pub fn write_logs(settings: &Log) -> Result<(), ServiceError> {
    let filter = std::env::var("RUST_LOG").unwrap_or_else(|_| settings.filter.clone());
    let filter = EnvFilter::try_new(&filter).map_err(|_| ServiceError::Filter { filter })?;
    let registry = tracing_subscriber::registry().with(filter);
    let begun = match settings.format {
        LogFormat::Json => registry
            .with(fmt::layer().json().flatten_event(true).with_writer(stderr))
            .try_init(),
        LogFormat::Text => registry
            .with(
                fmt::layer()
                    .with_ansi(stderr().is_terminal())
                    .with_target(false)
                    .with_writer(stderr),
            )
            .try_init(),
    };
    // Another part of the process was first.
    let _ = begun;
    Ok(())
}
