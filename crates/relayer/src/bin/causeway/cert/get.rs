use anyhow::Result;
use causeway_console::Report;
use clap::Args;

use crate::Answer;
use crate::ask::ApiOption;
use crate::ask::text::{field, items, time};

/// Tell all of a certificate
#[derive(Debug, Args)]
#[command(after_long_help = "\
JSON: id, lxly_id, network, height, standing, tier, reason, epoch, position, transactions, history, body.")]
pub(crate) struct Get {
    /// Its id, or LxLy's
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    api: ApiOption,
}

impl Get {
    pub(crate) fn run(&self) -> Result<Answer> {
        let answer = self
            .api
            .relayer()?
            .get(&format!("/v1/certificates/{}", self.id))?;
        let line = |name: &str| format!("{name:<12} {}\n", field(&answer, name));
        let mut text: String = ["id", "lxly_id", "network", "height", "standing", "tier", "epoch"]
            .map(line)
            .concat();
        if let Some(reason) = answer.get("reason") {
            text += &format!(
                "{:<12} {}: {}\n",
                "reason",
                field(reason, "code"),
                field(reason, "detail")
            );
        }
        for hash in items(&answer, "transactions") {
            text += &format!("{:<12} {}\n", "transaction", hash.as_str().unwrap_or_default());
        }
        for event in items(&answer, "history") {
            let body = &event["body"];
            let why = body
                .get("reason")
                .map(|reason| format!(": {}", field(reason, "detail")));
            text += &format!(
                "  {} {}{}\n",
                time(event, "at"),
                field(body, "standing"),
                why.unwrap_or_default()
            );
        }
        Ok(Answer {
            report: Report::new("cert get", text, &answer)?,
            left_out: false,
        })
    }
}
