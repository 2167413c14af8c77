//! `causeway epoch`: what is proven and settled together.

use anyhow::Result;
use causeway_console::Report;
use clap::{Args, Subcommand};

use crate::Answer;
use crate::ask::ApiOption;
use crate::ask::text::{field, items, since, table};

/// Ask after epochs: certificates that are proven and settled together
#[derive(Debug, Args)]
pub(crate) struct Epoch {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List epochs, the newest first
    ///
    /// JSON: epochs: id, standing, certificates, proof, job, transactions; next.
    List {
        /// Before this number: `next` of the page before
        #[arg(long, value_name = "ID")]
        before: Option<u64>,
        /// So many at most
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: u32,
        #[command(flatten)]
        api: ApiOption,
    },
    /// Tell of an epoch
    ///
    /// JSON: id, standing, before, after, certificates, reason, proof, job, transactions.
    Get {
        /// Its number
        #[arg(value_name = "ID")]
        id: u64,
        #[command(flatten)]
        api: ApiOption,
    },
}

impl Epoch {
    pub(crate) fn run(&self) -> Result<Answer> {
        let report = match &self.command {
            Command::List { before, limit, api } => {
                let before = before.map_or_else(String::new, |before| format!("&before={before}"));
                let answer = api.relayer()?.get(&format!("/v1/epochs?limit={limit}{before}"))?;
                let rows = items(&answer, "epochs").iter().map(|epoch| {
                    [
                        field(epoch, "id"),
                        field(epoch, "standing"),
                        since(epoch, "standing_at"),
                        items(epoch, "certificates").len().to_string(),
                        field(epoch, "job"),
                    ]
                });
                let text = table(["epoch", "standing", "for", "certificates", "job"], rows);
                Report::new("epoch list", text, &answer)?
            }
            Command::Get { id, api } => {
                let answer = api.relayer()?.get(&format!("/v1/epochs/{id}"))?;
                let age = since(&answer, "standing_at");
                let mut text = format!("epoch {id} {} for {age}\n", field(&answer, "standing"));
                text += &format!(
                    "  from {}\n  to   {}\n",
                    field(&answer, "before"),
                    field(&answer, "after")
                );
                if let Some(reason) = answer.get("reason") {
                    text += &format!("  because: {}\n", field(reason, "detail"));
                }
                if let Some(proof) = answer.get("proof") {
                    let [standing, stage, tries] =
                        ["standing", "stage", "tries"].map(|name| field(proof, name));
                    text += &format!("  proof {standing} {stage}, begun {tries} times\n");
                }
                for (name, label) in [("certificates", "certificate"), ("transactions", "transaction")] {
                    for id in items(&answer, name) {
                        text += &format!("  {label} {}\n", id.as_str().unwrap_or_default());
                    }
                }
                Report::new("epoch get", text, &answer)?
            }
        };
        Ok(Answer {
            report,
            left_out: false,
        })
    }
}
