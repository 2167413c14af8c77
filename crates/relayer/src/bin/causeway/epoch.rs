//! `causeway epoch`: what is proven and settled together.

use anyhow::Result;
use causeway_console::Report;
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::Answer;
use crate::ask::ApiOption;
use crate::ask::text::{field, items, since, table, time};

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
    /// Tell what the next epoch would have if it was closed now, and what keeps it from being closed
    ///
    /// Only the relayer that runs knows. JSON: holds: code, detail, about; closes_at, missing, most, certificates: id, network, height,
    /// group, confirmed_at; deposits, registry_entries, gas, expiry, waiting: id, network, height, standing, because; waiting_count.
    Plan {
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
            Command::Plan { api } => {
                let answer = api.relayer()?.get("/v1/epochs/plan")?;
                Report::new("epoch plan", planned(&answer), &answer)?
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

/// A plan as text: what is in it, when it closes, what is in the way, what waits.
fn planned(plan: &Value) -> String {
    let certificates = items(plan, "certificates");
    let [most, missing, deposits, entries, gas, count] = [
        "most",
        "missing",
        "deposits",
        "registry_entries",
        "gas",
        "waiting_count",
    ]
    .map(|name| field(plan, name));
    let mut text = format!(
        "the next epoch has {} of {most} certificates, {deposits} deposits and {entries} registry entries",
        certificates.len()
    );
    if !gas.is_empty() {
        text += &format!("; its settlement takes some {gas} gas");
    }
    text += &match time(plan, "closes_at") {
        at if at.is_empty() => {
            format!("\nit closes once {missing} certificates are confirmed, or some time after the first\n")
        }
        at => format!("\nit closes at {at}, or with {missing} more certificates\n"),
    };
    for hold in items(plan, "holds") {
        text += &format!("  not now: {}\n", field(hold, "detail"));
    }
    if !certificates.is_empty() {
        let rows = certificates.iter().map(|one| {
            let age = since(one, "confirmed_at");
            [
                field(one, "id"),
                field(one, "network"),
                field(one, "height"),
                field(one, "group"),
                age,
            ]
        });
        text += &table(
            ["certificate", "network", "height", "group", "confirmed for"],
            rows,
        );
    }
    let waiting = items(plan, "waiting");
    if !waiting.is_empty() {
        text += &format!("{count} certificates are not in it\n");
        let rows = waiting.iter().map(|one| {
            let why = one
                .get("because")
                .map_or_else(String::new, |because| field(because, "detail"));
            [
                field(one, "id"),
                field(one, "network"),
                field(one, "height"),
                field(one, "standing"),
                why,
            ]
        });
        text += &table(["certificate", "network", "height", "standing", "because"], rows);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plan_says_what_is_in_it_and_what_is_in_its_way() {
        let plan = json!({
            "holds": [{ "code": "not_full", "detail": "1 of 64 certificates are confirmed" }],
            "closes_at": 1_700_000_000_000_u64, "missing": 63, "most": 64, "deposits": 2, "registry_entries": 0, "gas": 349_500,
            "certificates": [{ "id": "0x01", "network": 7, "height": 3, "group": 0, "confirmed_at": u64::MAX }],
            "waiting": [{ "id": "0x02", "network": 8, "height": 0, "standing": "waiting", "because": { "detail": "it needs 0x01" } }],
            "waiting_count": 1,
        });
        assert_eq!(
            planned(&plan),
            "the next epoch has 1 of 64 certificates, 2 deposits and 0 registry entries; its settlement takes some 349500 gas\n\
             it closes at 2023-11-14 22:13:20Z, or with 63 more certificates\n  \
               not now: 1 of 64 certificates are confirmed\n\
             certificate  network  height  group  confirmed for\n\
             0x01         7        3       0      0s\n\
             1 certificates are not in it\n\
             certificate  network  height  standing  because\n\
             0x02         8        0       waiting   it needs 0x01\n"
        );
    }
}
