use std::path::PathBuf;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolCall;
use anyhow::{Context, Result};
use causeway_bindings::GlobalExitRoot as Contract;
use causeway_chain::{Pool, Tag};
use causeway_console::{Console, Report};
use causeway_relayer::network::{GlobalRoot, NetworkExits, Pushed, final_root, is_known, push};
use causeway_types::{ExitRoot, GlobalExitRoot};
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::{Value, json};

use crate::Answer;
use crate::ask::ApiOption;
use crate::ask::text::items;
use crate::chains::{KeyOption, files, global_exit_root_of, pool, wait};
use crate::payment::PaymentOption;

/// Insert a global exit root into an L2
///
/// A root that the L2 knows is not inserted again: the command can be run as often as one likes.
#[derive(Debug, Args)]
#[command(after_long_help = "\
A final root is L1's own, of its newest finalized block; a settled one, of its newest safe block. The other tiers let users claim before
anything is final, under the root that L1 will have once certificates have settled. With which exits of which networks, the relayer says, or
a file: --exits, a JSON array of network, exit_count and exit_root. If one of these never settles, nothing that was claimed under such a
root can.

JSON: root, known, transaction, block.")]
pub(super) struct Push {
    /// Address of a node of L1
    #[arg(long, env = "CAUSEWAY_L1_RPC", hide_env_values = true, value_name = "URL")]
    l1_rpc: String,
    /// Address of the bridge on L1
    #[arg(long, value_name = "ADDRESS")]
    l1_bridge: Address,
    /// Address of a node of the L2
    #[arg(long, env = "CAUSEWAY_RPC", hide_env_values = true, value_name = "URL")]
    rpc: String,
    /// Address of the L2's bridge
    #[arg(long, value_name = "ADDRESS")]
    bridge: Address,
    /// Whose exits count
    #[arg(
        long,
        value_name = "TIER",
        default_value = "finalized",
        visible_alias = "tier"
    )]
    policy: Policy,
    /// Exits of networks by confirmed or pre-confirmed certificates, all networks that have any; else the relayer is asked
    #[arg(long, value_name = "FILE", conflicts_with = "api")]
    exits: Vec<PathBuf>,
    #[command(flatten)]
    relayer: ApiOption,
    #[command(flatten)]
    key: KeyOption,
    #[command(flatten)]
    payment: PaymentOption,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Policy {
    /// What L1 has finalized
    Finalized,
    /// What L1 calls safe
    Settled,
    /// What is proven, with all it depends on
    Confirmed,
    /// What the ledger accepted
    PreConfirmed,
}

impl Policy {
    /// The name of its tier, if L1 does not have what counts.
    const fn speculative(self) -> Option<&'static str> {
        match self {
            Self::Finalized | Self::Settled => None,
            Self::Confirmed => Some("confirmed"),
            Self::PreConfirmed => Some("pre_confirmed"),
        }
    }
}

/// The exits of all networks at a tier, as a relayer tells them.
fn exits_of(answer: &Value, tier: &str) -> Result<Vec<NetworkExits>> {
    let networks = items(answer, "networks").iter();
    let exits = networks.map(|network| {
        let exits = network.get("exits").and_then(|exits| exits.get(tier));
        let told = exits.context("the relayer does not tell the exits of a network: it is an older one")?;
        let told = json!({
            "network": network.get("network"),
            "exit_count": told.get("exit_count"),
            "exit_root": told.get("exit_root"),
        });
        serde_json::from_value(told).context("the relayer tells a network's exits in another form")
    });
    exits.collect()
}

#[derive(Serialize)]
struct Fields {
    root: B256,
    known: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<B256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<u64>,
}

impl Push {
    pub(super) fn run(&self, console: &Console) -> Result<Answer> {
        let key = self.key.open()?;
        let exits = self.exits()?;
        let (root, pushed) = console.work("pushing", || {
            wait(async {
                let (l1, l2) = (pool("l1", &self.l1_rpc)?, pool("network", &self.rpc)?);
                let root = self.root(&l1, exits).await?;
                let contract = global_exit_root_of(&l2, self.bridge).await?;
                let sender = self.payment.sender(&l2, key);
                Ok((root, push(&l2, contract, root, &sender).await?))
            })
        })?;
        let root = root.get();
        let (fields, text) = match pushed {
            Pushed::Known => (
                Fields {
                    root,
                    known: true,
                    transaction: None,
                    block: None,
                },
                format!("the network knows {root}"),
            ),
            Pushed::Inserted(mined) => (
                Fields {
                    root,
                    known: false,
                    transaction: Some(mined.hash),
                    block: Some(mined.block),
                },
                format!(
                    "{root} is inserted by transaction {} in block {}",
                    mined.hash, mined.block
                ),
            ),
        };
        Ok(Answer {
            report: Report::new("ger push", text, &fields)?,
            left_out: false,
        })
    }

    /// The exits of networks that do not stand on L1 yet, if such are asked for.
    fn exits(&self) -> Result<Vec<NetworkExits>> {
        let Some(tier) = self.policy.speculative() else {
            return Ok(Vec::new());
        };
        if !self.exits.is_empty() {
            return files(&self.exits);
        }
        exits_of(&self.relayer.relayer()?.get("/v1/networks")?, tier)
    }

    async fn root(&self, l1: &Pool, exits: Vec<NetworkExits>) -> Result<GlobalExitRoot> {
        let contract = global_exit_root_of(l1, self.l1_bridge).await?;
        let settled = match self.policy {
            Policy::Finalized => Some(Tag::Finalized),
            Policy::Settled => Some(Tag::Safe),
            Policy::Confirmed | Policy::PreConfirmed => None,
        };
        if let Some(tag) = settled {
            let root = final_root(l1, tag, contract).await?;
            let recorded = is_known(l1, contract, root).await?;
            return recorded
                .then_some(root)
                .context("L1 has recorded no global exit root yet: nothing was sent from it");
        }
        let call = Contract::lastMainnetExitRootCall {}.abi_encode();
        let answer = l1.pin(Tag::Latest).await?.call(contract, &call).await?;
        let mainnet = Contract::lastMainnetExitRootCall::abi_decode_returns(&answer)?;
        Ok(GlobalRoot::of(ExitRoot::new(mainnet), 0, exits)?.global())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exits_are_those_of_the_tier_that_was_asked_for() {
        let exits = |count: u32| json!({ "exit_count": count, "exit_root": B256::with_last_byte(1) });
        let answer = json!({ "networks": [{
            "network": 7, "exit_count": 2, "exits": { "pre_confirmed": exits(4), "confirmed": exits(3) },
        }]});
        for (policy, count) in [(Policy::PreConfirmed, 4), (Policy::Confirmed, 3)] {
            let tier = policy.speculative().expect("a tier");
            let found = exits_of(&answer, tier).expect("exits");
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].network.get(), found[0].exit_count), (7, count));
            assert_eq!(found[0].exit_root.get(), B256::with_last_byte(1));
        }
        let older = json!({ "networks": [{ "network": 7, "exit_count": 2 }] });
        let error = exits_of(&older, "confirmed").expect_err("it is not told");
        assert_eq!(
            error.to_string(),
            "the relayer does not tell the exits of a network: it is an older one"
        );
    }
}
