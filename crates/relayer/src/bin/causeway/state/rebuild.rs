use std::path::PathBuf;

use alloy_primitives::{Address, B256};
use anyhow::{Context, Result};
use causeway_console::files::read;
use causeway_console::{Console, Report};
use causeway_relayer::state::{LogJson, Source};
use causeway_types::NetworkId;
use clap::Args;
use serde::Serialize;

use crate::Answer;

/// Replay logs and hold the state that they give to every commitment that was settled
///
/// Files are JSON arrays of logs as `eth_getLogs` answers them, in any order; logs of other contracts and events are passed over. A
/// log that is missing, changed or no longer in the chain is named, and nothing is believed that does not lead to what was settled.
#[derive(Debug, Args)]
#[command(after_long_help = "\
JSON: epochs, commitment, deposits, registry_entries, pending_deposits, pending_registry_entries, networks: network, kind, height,
exit_count, exit_root, state_root.")]
pub(crate) struct Rebuild {
    /// Address of the settlement contract
    #[arg(long, value_name = "ADDRESS")]
    settlement: Address,
    /// Address of the bridge on Ethereum
    #[arg(long, value_name = "ADDRESS")]
    bridge: Address,
    /// Files of logs
    #[arg(required = true, value_name = "FILE")]
    logs: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Fields {
    epochs: u64,
    commitment: B256,
    deposits: u32,
    registry_entries: u32,
    pending_deposits: usize,
    pending_registry_entries: usize,
    networks: Vec<Network>,
}

#[derive(Serialize)]
struct Network {
    network: NetworkId,
    kind: u8,
    height: u64,
    exit_count: u32,
    exit_root: B256,
    state_root: B256,
}

impl Rebuild {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let mut logs: Vec<LogJson> = Vec::new();
        for path in &self.logs {
            let bytes = read(path)?;
            let file: Vec<LogJson> = serde_json::from_slice(&bytes)
                .with_context(|| format!("{} is no array of logs", path.display()))?;
            logs.extend(file);
        }
        let source = Source {
            settlement: self.settlement,
            bridge: self.bridge,
        };
        let replay = console.work("replaying logs", || source.rebuild(&logs))?;
        let state = replay.state();
        let commitment = state.commitment();
        let networks = state.networks().map(|known| Network {
            network: known.state.network,
            kind: known.authority.kind(),
            height: known.state.height,
            exit_count: known.state.exit_count,
            exit_root: known.state.exit_root.get(),
            state_root: known.state.state_root.get(),
        });
        let fields = Fields {
            epochs: replay.epochs(),
            commitment: commitment.hash().into(),
            deposits: commitment.deposits,
            registry_entries: commitment.registry_entries,
            pending_deposits: replay.pending_exits().count(),
            pending_registry_entries: replay.pending_entries().count(),
            networks: networks.collect(),
        };
        let text = format!(
            "state {} after {} epochs: {} networks, {} deposits; {} deposits and {} registry entries are not consumed yet",
            fields.commitment,
            fields.epochs,
            fields.networks.len(),
            fields.deposits,
            fields.pending_deposits,
            fields.pending_registry_entries,
        );
        Ok(Answer {
            report: Report::new("state rebuild", text, &fields)?,
            left_out: false,
        })
    }
}
