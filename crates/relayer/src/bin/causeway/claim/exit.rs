//! An exit as arguments name it, and where it is claimed.

use std::path::PathBuf;
use std::str::FromStr;

use alloy_primitives::Address;
use anyhow::{Context, Result, bail};
use causeway_chain::Pool;
use causeway_relayer::claims::{Claiming, Destination};
use causeway_relayer::network::{GlobalRoot, NetworkExits, Sources};
use causeway_types::{GlobalIndex, NetworkId};
use clap::Args;

use crate::chains::{L1Option, SourcesOption, files, global_exit_root_of, pool};

/// `ORIGIN:DESTINATION:NUMBER`.
#[derive(Clone, Copy, Debug)]
pub(super) struct ExitArgument {
    pub(super) index: GlobalIndex,
    pub(super) destination: NetworkId,
}

impl FromStr for ExitArgument {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts: Vec<_> = text.split(':').collect();
        let [origin, destination, number] = parts[..] else {
            bail!("it is written ORIGIN:DESTINATION:NUMBER");
        };
        let origin = NetworkId::new(origin.parse().context("the origin is a network's number")?);
        let number = number.parse().context("the last part is the exit's number")?;
        Ok(Self {
            index: GlobalIndex::new(origin, number),
            destination: NetworkId::new(
                destination
                    .parse()
                    .context("the destination is a network's number")?,
            ),
        })
    }
}

/// Which exit, where it was made and where it goes.
#[derive(Debug, Args)]
pub(super) struct ClaimOption {
    /// The exit
    #[arg(value_name = "ORIGIN:DESTINATION:NUMBER")]
    pub(super) exit: ExitArgument,
    #[command(flatten)]
    pub(super) l1: L1Option,
    #[command(flatten)]
    pub(super) sources: SourcesOption,
    /// Address of a node of the destination, unless it is L1
    #[arg(long, env = "CAUSEWAY_RPC", hide_env_values = true, value_name = "URL")]
    rpc: Option<String>,
    /// Address of the destination's bridge, unless it is L1
    #[arg(long, value_name = "ADDRESS")]
    bridge: Option<Address>,
    /// Exits of networks by which a root was pushed that L1 does not know, as for `causeway ger push`
    #[arg(long, value_name = "FILE")]
    exits: Vec<PathBuf>,
}

/// Where it goes.
pub(super) struct Place {
    pool: Pool,
    bridge: Address,
    global_exit_root: Address,
    network: NetworkId,
}

impl Place {
    pub(super) const fn destination(&self) -> Destination<'_> {
        Destination {
            network: self.network,
            pool: &self.pool,
            bridge: self.bridge,
            global_exit_root: self.global_exit_root,
        }
    }
}

impl ClaimOption {
    pub(super) async fn place(&self) -> Result<Place> {
        let network = self.exit.destination;
        let (pool, bridge) = if network.is_mainnet() {
            (self.l1.pool()?, self.l1.bridge())
        } else {
            let rpc = self
                .rpc
                .as_deref()
                .context("--rpc of the destination is needed")?;
            let bridge = self.bridge.context("--bridge of the destination is needed")?;
            (pool("destination", rpc)?, bridge)
        };
        let global_exit_root = global_exit_root_of(&pool, bridge).await?;
        Ok(Place {
            pool,
            bridge,
            global_exit_root,
            network,
        })
    }

    /// Roots that L1 does not know.
    pub(super) fn ahead(&self, sources: &Sources<'_>) -> Result<Vec<GlobalRoot>> {
        let exits: Vec<NetworkExits> = files(&self.exits)?;
        if exits.is_empty() {
            return Ok(Vec::new());
        }
        let deposits = sources.ethereum().bridge().tree();
        let recorded = sources.ethereum().recorded();
        Ok(vec![GlobalRoot::of(deposits.root_at(recorded), recorded, exits)?])
    }

    pub(super) const fn claiming<'r>(&self, ahead: &'r [GlobalRoot]) -> Claiming<'r> {
        Claiming {
            index: self.exit.index,
            ahead,
        }
    }
}
