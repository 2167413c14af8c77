//! `causeway claim list`.

use anyhow::Result;
use causeway_console::Report;
use clap::Args;

use crate::Answer;
use crate::ask::ApiOption;
use crate::ask::text::{field, items, since, table};

/// List claims, in the order of destination, origin and deposit
///
/// JSON: claims: id, origin, destination, deposit, global_index, standing, leaf, fee_paid, detail.
#[derive(Debug, Args)]
pub(crate) struct List {
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
}

impl List {
    pub(crate) fn run(&self) -> Result<Answer> {
        let mut path = format!("/v1/claims?limit={}", self.limit);
        if let Some(destination) = self.destination {
            path += &format!("&destination={destination}");
        }
        if let Some(standing) = &self.standing {
            path += &format!("&standing={standing}");
        }
        let answer = self.api.relayer()?.get(&path)?;
        let rows = items(&answer, "claims").iter().map(|claim| {
            [
                field(claim, "id"),
                field(claim, "standing"),
                since(claim, "standing_at"),
                field(&claim["leaf"], "amount"),
                field(claim, "fee_paid"),
                field(claim, "detail"),
            ]
        });
        let text = table(["claim", "standing", "for", "amount", "cost, wei", "why"], rows);
        Ok(Answer {
            report: Report::new("claim list", text, &answer)?,
            left_out: false,
        })
    }
}
