//! `causeway network`: networks as L1 and their certificates have them.

use anyhow::Result;
use causeway_console::Report;
use clap::{Args, Subcommand};

use crate::Answer;
use crate::ask::text::{field, items, since, table};
use crate::ask::{AdminOption, ApiOption};
use crate::pause;

/// List networks, stop one, let one go on
#[derive(Debug, Args)]
pub(crate) struct Network {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List networks
    ///
    /// JSON: networks: network, name, kind, signer, settled_height, exits at each tier, next_height, oldest_unsettled, blocked_until, paused.
    List {
        #[command(flatten)]
        api: ApiOption,
    },
    /// Neither take in nor settle a network's certificates
    ///
    /// JSON: changed, before, after, audit_seq.
    Pause {
        /// Its id
        #[arg(value_name = "N")]
        network: u32,
        /// For how long; until it is resumed if nothing is said
        #[arg(long = "for", value_name = "TIME")]
        time: Option<String>,
        #[command(flatten)]
        admin: AdminOption,
    },
    /// Let a network's certificates go on
    ///
    /// JSON: changed, before, after, audit_seq.
    Resume {
        /// Its id
        #[arg(value_name = "N")]
        network: u32,
        #[command(flatten)]
        admin: AdminOption,
    },
}

impl Network {
    pub(crate) fn run(&self) -> Result<Answer> {
        match &self.command {
            Command::List { api } => {
                let answer = api.relayer()?.get("/v1/networks")?;
                let rows = items(&answer, "networks").iter().map(|network| {
                    let paused = network.get("paused").map(|pause| field(pause, "reason"));
                    [
                        field(network, "network"),
                        field(network, "name"),
                        field(network, "settled_height"),
                        field(network, "next_height"),
                        since(network, "oldest_unsettled"),
                        paused.unwrap_or_default(),
                    ]
                });
                let headings = [
                    "network",
                    "name",
                    "settled",
                    "next height",
                    "oldest waits",
                    "paused",
                ];
                Ok(Answer {
                    report: Report::new("network list", table(headings, rows), &answer)?,
                    left_out: false,
                })
            }
            Command::Pause { network, time, admin } => pause::pause(
                "network pause",
                &format!("network:{network}"),
                time.as_deref(),
                admin,
            ),
            Command::Resume { network, admin } => {
                pause::resume("network resume", &format!("network:{network}"), admin)
            }
        }
    }
}
