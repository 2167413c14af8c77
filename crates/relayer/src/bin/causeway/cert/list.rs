use anyhow::Result;
use causeway_console::Report;
use clap::Args;

use crate::Answer;
use crate::ask::ApiOption;
use crate::ask::text::{field, items, since, table};

/// List certificates, the newest first
#[derive(Debug, Args)]
#[command(after_long_help = "JSON: certificates: seq, id, network, height, standing, tier, reason; next.")]
pub(crate) struct List {
    /// Of this network alone
    #[arg(long, value_name = "N")]
    network: Option<u32>,
    /// That stand there
    #[arg(long, value_name = "STANDING")]
    standing: Option<String>,
    /// That came before this number: `next` of the page before
    #[arg(long, value_name = "SEQ")]
    before: Option<u64>,
    /// So many at most
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
    #[command(flatten)]
    api: ApiOption,
}

impl List {
    pub(crate) fn run(&self) -> Result<Answer> {
        let mut path = format!("/v1/certificates?limit={}", self.limit);
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                path += &format!("&{name}={value}");
            }
        };
        add("network", self.network.map(|network| network.to_string()));
        add("standing", self.standing.clone());
        add("before", self.before.map(|before| before.to_string()));
        let answer = self.api.relayer()?.get(&path)?;
        let rows = items(&answer, "certificates").iter().map(|one| {
            let reason = one.get("reason").map(|reason| field(reason, "code"));
            [
                field(one, "network"),
                field(one, "height"),
                field(one, "standing"),
                since(one, "standing_at"),
                reason.unwrap_or_default(),
                field(one, "id"),
            ]
        });
        let text = table(["network", "height", "standing", "for", "reason", "id"], rows);
        Ok(Answer {
            report: Report::new("cert list", text, &answer)?,
            left_out: false,
        })
    }
}
