//! `causeway claim`: exits that can be claimed, and the call for each.

use anyhow::Result;
use causeway_console::Report;
use clap::{Args, Subcommand};

use crate::Answer;
use crate::ask::ApiOption;
use crate::ask::text::{field, items, since, table};

/// Ask after claims, and make the call that claims an exit
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway claim list --destination 0 --standing claimable
  causeway --json claim calldata 7:0:12 | jq -r '.to,.data' | xargs cast send")]
pub(crate) struct Claim {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List claims, in the order of destination, origin and deposit
    ///
    /// JSON: claims: id, origin, destination, deposit, global_index, standing, leaf, detail.
    List {
        /// Claimed on this network: 0 is L1
        #[arg(long, value_name = "N")]
        destination: Option<u32>,
        /// That stand there: seen, claimable, approved, refused, sending, claimed, failed
        #[arg(long, value_name = "STANDING")]
        standing: Option<String>,
        /// So many at most
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
        #[command(flatten)]
        api: ApiOption,
    },
    /// Make the call that claims an exit: anybody may send it
    ///
    /// Whoever sends it pays for it; what is claimed goes where the exit says. JSON: network, to, data, value.
    Calldata {
        /// origin:destination:deposit
        #[arg(value_name = "CLAIM")]
        claim: String,
        #[command(flatten)]
        api: ApiOption,
    },
}

impl Claim {
    pub(crate) fn run(&self) -> Result<Answer> {
        let report = match &self.command {
            Command::List {
                destination,
                standing,
                limit,
                api,
            } => {
                let mut path = format!("/v1/claims?limit={limit}");
                if let Some(destination) = destination {
                    path += &format!("&destination={destination}");
                }
                if let Some(standing) = standing {
                    path += &format!("&standing={standing}");
                }
                let answer = api.relayer()?.get(&path)?;
                let rows = items(&answer, "claims").iter().map(|claim| {
                    [
                        field(claim, "id"),
                        field(claim, "standing"),
                        since(claim, "standing_at"),
                        field(&claim["leaf"], "amount"),
                        field(claim, "detail"),
                    ]
                });
                let text = table(["claim", "standing", "for", "amount", "why"], rows);
                Report::new("claim list", text, &answer)?
            }
            Command::Calldata { claim, api } => {
                let answer = api.relayer()?.get(&format!("/v1/claims/{claim}/calldata"))?;
                let [network, to, data] = ["network", "to", "data"].map(|name| field(&answer, name));
                let text = format!("on network {network}, to {to}:\n{data}");
                Report::new("claim calldata", text, &answer)?
            }
        };
        Ok(Answer {
            report,
            left_out: false,
        })
    }
}
