use std::path::PathBuf;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolCall;
use anyhow::{Context, Result};
use causeway_bindings::Settlement;
use causeway_chain::Pinned;
use causeway_console::{Console, Report};
use causeway_relayer::network;
use causeway_relayer::state::{LogJson, Source};
use causeway_types::NetworkId;
use clap::Args;
use serde::Serialize;

use crate::Answer;
use crate::chains::{At, files, pool, wait};
use crate::exit::{self, Failure};

/// Replay logs and hold the state that they give to every commitment that was settled
///
/// Files are JSON arrays of logs as `eth_getLogs` answers them, in any order; logs of other contracts and events are passed over. A
/// log that is missing, changed or no longer in the chain is named, and nothing is believed that does not lead to what was settled.
///
/// With --rpc the logs are read from a node, all of them up to one block, and the state is compared with the commitment that settlement has at
/// that block.
#[derive(Debug, Args)]
#[command(after_long_help = "\
JSON: epochs, commitment, deposits, registry_entries, pending_deposits, pending_registry_entries, networks: network, kind, height,
exit_count, exit_root, state_root; with --rpc also chain: block, block_hash, commitment, logs.

Exit code 6 if the logs of a node lead to another commitment than settlement has.")]
pub(crate) struct Rebuild {
    /// Address of the settlement contract
    #[arg(long, value_name = "ADDRESS")]
    settlement: Address,
    /// Address of the bridge on Ethereum; with --rpc settlement is asked if it is not given
    #[arg(long, value_name = "ADDRESS", required_unless_present = "rpc")]
    bridge: Option<Address>,
    /// Address of a node of Ethereum, instead of files
    #[arg(long, env = "CAUSEWAY_L1_RPC", hide_env_values = true, value_name = "URL")]
    rpc: Option<String>,
    /// The block in which the first of the contracts was deployed
    #[arg(long, value_name = "N", default_value_t = 0, requires = "rpc")]
    from: u64,
    /// Up to which block logs are read
    #[arg(long, value_name = "BLOCK", default_value = "finalized", requires = "rpc")]
    at: At,
    /// Logs of so many blocks are asked for at once
    #[arg(long, value_name = "N", default_value_t = 2_000, requires = "rpc", value_parser = clap::value_parser!(u64).range(1..))]
    range: u64,
    /// Files of logs
    #[arg(required_unless_present = "rpc", conflicts_with = "rpc", value_name = "FILE")]
    logs: Vec<PathBuf>,
}

/// What a node said.
#[derive(Serialize)]
struct Chain {
    block: u64,
    block_hash: B256,
    /// What settlement has there.
    commitment: B256,
    logs: usize,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    chain: Option<Chain>,
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
        let (source, logs, chain) = match &self.rpc {
            Some(url) => self.of_node(url, console)?,
            None => self.of_files()?,
        };
        let replay = console.work("replaying logs", || source.rebuild(&logs))?;
        let state = replay.state();
        let commitment = state.commitment();
        let hash = B256::from(commitment.hash());
        if let Some(chain) = &chain
            && chain.commitment != hash
        {
            let message = format!(
                "the logs lead to {hash}, and settlement has {} at block {}: the node leaves logs out, or --from {} comes after the \
                 contracts' first block",
                chain.commitment, chain.block, self.from
            );
            return Err(Failure::new(exit::CONFLICT, message).into());
        }
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
            commitment: hash,
            deposits: commitment.deposits,
            registry_entries: commitment.registry_entries,
            pending_deposits: replay.pending_exits().count(),
            pending_registry_entries: replay.pending_entries().count(),
            networks: networks.collect(),
            chain,
        };
        let mut text = format!(
            "state {} after {} epochs: {} networks, {} deposits; {} deposits and {} registry entries are not consumed yet",
            fields.commitment,
            fields.epochs,
            fields.networks.len(),
            fields.deposits,
            fields.pending_deposits,
            fields.pending_registry_entries,
        );
        if let Some(chain) = &fields.chain {
            text += &format!(
                "\nsettlement has the same at block {}, {}; {} logs were read",
                chain.block, chain.block_hash, chain.logs
            );
        }
        Ok(Answer {
            report: Report::new("state rebuild", text, &fields)?,
            left_out: false,
        })
    }
}

/// What is read: whose logs, they, and what a node said of them.
type Found = (Source, Vec<LogJson>, Option<Chain>);

impl Rebuild {
    fn of_files(&self) -> Result<Found> {
        let source = Source {
            settlement: self.settlement,
            bridge: self.bridge.context("--bridge is needed with files of logs")?,
        };
        Ok((source, files(&self.logs)?, None))
    }

    fn of_node(&self, url: &str, console: &Console) -> Result<Found> {
        wait(async {
            let pool = pool("l1", url)?;
            let pinned = pool.pin(self.at.into()).await?;
            let bridge = match self.bridge {
                Some(bridge) => bridge,
                None => self.ask(&pinned, &Settlement::BRIDGECall {}).await?,
            };
            let commitment = self.ask(&pinned, &Settlement::stateCommitmentCall {}).await?;
            let source = Source {
                settlement: self.settlement,
                bridge,
            };
            let addresses = [source.settlement, source.bridge];
            let tell = |done, total| console.step("reading logs", done, total);
            let reading = network::read_at(&pinned, &addresses, (self.from, self.range), tell).await?;
            let chain = Chain {
                block: reading.head.number,
                block_hash: reading.head.hash,
                commitment,
                logs: reading.logs.len(),
            };
            Ok((source, reading.logs, Some(chain)))
        })
    }

    /// What settlement answers at the block up to which logs are read.
    async fn ask<C: SolCall>(&self, pinned: &Pinned<'_>, call: &C) -> Result<C::Return> {
        let answer = pinned.call(self.settlement, &call.abi_encode()).await?;
        let absent = || {
            format!(
                "{} is no settlement contract at block {}",
                self.settlement,
                pinned.head().number
            )
        };
        C::abi_decode_returns(&answer).with_context(absent)
    }
}
