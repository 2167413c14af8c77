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

use crate::Answer;
use crate::chains::{KeyOption, files, global_exit_root_of, pool, wait};
use crate::payment::PaymentOption;

/// Insert a global exit root into an L2
///
/// A root that the L2 knows is not inserted again: the command can be run as often as one likes.
#[derive(Debug, Args)]
#[command(after_long_help = "\
A final root is L1's own, of its newest finalized block. The other policies let users claim before anything is final, under the root that
L1 will have once certificates have settled: --exits says with which exits of which networks, a JSON array of network, exit_count and
exit_root. If one of these never settles, nothing that was claimed under such a root can.

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
    #[arg(long, value_name = "POLICY", default_value = "finalized")]
    policy: Policy,
    /// Exits of networks by confirmed or pre-confirmed certificates, all networks that have any
    #[arg(long, value_name = "FILE", required_if_eq_any([("policy", "confirmed"), ("policy", "pre-confirmed")]))]
    exits: Vec<PathBuf>,
    #[command(flatten)]
    key: KeyOption,
    #[command(flatten)]
    payment: PaymentOption,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Policy {
    /// What L1 has finalized
    Finalized,
    /// What is proven, with all it depends on
    Confirmed,
    /// What the ledger accepted
    PreConfirmed,
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
        let (root, pushed) = console.work("pushing", || {
            wait(async {
                let (l1, l2) = (pool("l1", &self.l1_rpc)?, pool("network", &self.rpc)?);
                let root = self.root(&l1).await?;
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

    async fn root(&self, l1: &Pool) -> Result<GlobalExitRoot> {
        let contract = global_exit_root_of(l1, self.l1_bridge).await?;
        if self.policy == Policy::Finalized {
            let root = final_root(l1, Tag::Finalized, contract).await?;
            let recorded = is_known(l1, contract, root).await?;
            return recorded
                .then_some(root)
                .context("L1 has recorded no global exit root yet: nothing was sent from it");
        }
        let call = Contract::lastMainnetExitRootCall {}.abi_encode();
        let answer = l1.pin(Tag::Latest).await?.call(contract, &call).await?;
        let mainnet = Contract::lastMainnetExitRootCall::abi_decode_returns(&answer)?;
        let exits: Vec<NetworkExits> = files(&self.exits)?;
        Ok(GlobalRoot::of(ExitRoot::new(mainnet), 0, exits)?.global())
    }
}
