//! `causeway pause` and `causeway resume`.

use anyhow::{Context, Result};
use causeway_console::Report;
use causeway_relayer::config::units::Time;
use clap::Args;
use serde_json::{Value, json};

use crate::Answer;
use crate::ask::AdminOption;
use crate::ask::text::field;
use crate::exit::{self, Failure};

/// Stop something: intake, proving, settlement, claims or network:N
///
/// What is under way comes to its next safe point. It is written down who stopped it and why.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway pause settlement --reason 'the contract is upgraded' --for 2h

JSON: changed, before, after, audit_seq.")]
pub(crate) struct Pause {
    /// What
    #[arg(value_name = "SCOPE")]
    scope: String,
    /// For how long; until it is resumed if nothing is said
    #[arg(long = "for", value_name = "TIME")]
    time: Option<String>,
    #[command(flatten)]
    admin: AdminOption,
}

/// Let something go on that was stopped
#[derive(Debug, Args)]
#[command(after_long_help = "JSON: changed, before, after, audit_seq.")]
pub(crate) struct Resume {
    /// What
    #[arg(value_name = "SCOPE")]
    scope: String,
    #[command(flatten)]
    admin: AdminOption,
}

impl Pause {
    pub(crate) fn run(&self) -> Result<Answer> {
        pause("pause", &self.scope, self.time.as_deref(), &self.admin)
    }
}

impl Resume {
    pub(crate) fn run(&self) -> Result<Answer> {
        resume("resume", &self.scope, &self.admin)
    }
}

/// Stops something.
pub(crate) fn pause(
    command: &'static str,
    scope: &str,
    time: Option<&str>,
    admin: &AdminOption,
) -> Result<Answer> {
    let seconds = match time {
        None => None,
        Some(time) => {
            let time = Time::try_from(time.to_owned())
                .map_err(|error| Failure::new(exit::USAGE, error.to_string()))?;
            Some(time.0.as_secs())
        }
    };
    let body = json!({ "scope": scope, "for_s": seconds, "reason": admin.reason, "by": admin.by });
    let answer = admin
        .relayer()?
        .post("/v1/admin/pause", &body)
        .with_context(|| format!("{scope} is not stopped"))?;
    acted(command, scope, &answer)
}

/// Lets something go on.
pub(crate) fn resume(command: &'static str, scope: &str, admin: &AdminOption) -> Result<Answer> {
    let body = json!({ "scope": scope, "reason": admin.reason, "by": admin.by });
    let answer = admin
        .relayer()?
        .post("/v1/admin/resume", &body)
        .with_context(|| format!("{scope} is not let go on"))?;
    acted(command, scope, &answer)
}

/// What became of what an operator did.
pub(crate) fn acted(command: &'static str, what: &str, answer: &Value) -> Result<Answer> {
    let [before, after, entry] = ["before", "after", "audit_seq"].map(|name| field(answer, name));
    let text = if answer["changed"] == true {
        format!("{what} was {before} and is {after} (entry {entry})")
    } else {
        format!("{what} is {after} as before (entry {entry})")
    };
    Ok(Answer {
        report: Report::new(command, text, answer)?,
        left_out: false,
    })
}
