//! `causeway settle`: jobs, and the transactions that were signed for them.

use anyhow::{Context, Result};
use causeway_console::Report;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::Answer;
use crate::ask::text::{field, items, table, time};
use crate::ask::{AdminOption, ApiOption};
use crate::pause::acted;

/// Ask after what is to happen on chains, do it again, give it up
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway settle list
  causeway settle retry 17 --reason 'the wallet is filled'")]
pub(crate) struct Settle {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List jobs, the newest first
    ///
    /// JSON: jobs: id, kind, subject, chain, wallet, standing, hold, detail; next.
    List {
        /// Of this kind: settle, reserve, withdraw, claim, push, cancel
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,
        /// Before this number: `next` of the page before
        #[arg(long, value_name = "ID")]
        before: Option<u64>,
        /// So many at most
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: u32,
        #[command(flatten)]
        api: ApiOption,
    },
    /// Tell of a job and every transaction that was signed for it
    ///
    /// JSON: the job's fields; attempts: hash, nonce, max_fee, tip, gas, sends, outcome, block, fee_paid.
    Get {
        /// Its number
        #[arg(value_name = "ID")]
        id: u64,
        #[command(flatten)]
        api: ApiOption,
    },
    /// Look at a job again at once, whatever it is held for; one that failed is made again
    ///
    /// JSON: changed, before, after, audit_seq.
    Retry {
        /// Its number
        #[arg(value_name = "ID")]
        id: u64,
        #[command(flatten)]
        admin: AdminOption,
    },
    /// Give a job up: what is signed is cancelled by another transaction of its nonce
    ///
    /// JSON: changed, before, after, audit_seq.
    Abort {
        /// Its number
        #[arg(value_name = "ID")]
        id: u64,
        #[command(flatten)]
        admin: AdminOption,
    },
}

impl Settle {
    pub(crate) fn run(&self) -> Result<Answer> {
        let report = match &self.command {
            Command::List {
                kind,
                before,
                limit,
                api,
            } => {
                let mut path = format!("/v1/jobs?limit={limit}");
                if let Some(kind) = kind {
                    path += &format!("&kind={kind}");
                }
                if let Some(before) = before {
                    path += &format!("&before={before}");
                }
                let answer = api.relayer()?.get(&path)?;
                let rows = items(&answer, "jobs").iter().map(|job| {
                    let why = [field(job, "hold"), field(job, "detail")].join(" ");
                    [
                        field(job, "id"),
                        field(job, "kind"),
                        field(job, "subject"),
                        field(job, "standing"),
                        why.trim().to_owned(),
                    ]
                });
                let text = table(["job", "kind", "of", "standing", "why"], rows);
                Report::new("settle list", text, &answer)?
            }
            Command::Get { id, api } => {
                let answer = api.relayer()?.get(&format!("/v1/jobs/{id}"))?;
                let [kind, subject, standing, hold, detail] =
                    ["kind", "subject", "standing", "hold", "detail"].map(|name| field(&answer, name));
                let mut text = format!("job {id} {kind} of {subject}: {standing} {hold} {detail}\n");
                let rows = items(&answer, "attempts").iter().map(|attempt| {
                    [
                        field(attempt, "nonce"),
                        field(attempt, "max_fee"),
                        time(attempt, "signed_at"),
                        field(attempt, "sends"),
                        field(attempt, "outcome"),
                        field(attempt, "block"),
                        field(attempt, "hash"),
                    ]
                });
                text += &table(
                    ["nonce", "max fee", "signed", "sent", "outcome", "block", "hash"],
                    rows,
                );
                Report::new("settle get", text, &answer)?
            }
            Command::Retry { id, admin } => return act("settle retry", "retry", *id, admin),
            Command::Abort { id, admin } => return act("settle abort", "abort", *id, admin),
        };
        Ok(Answer {
            report,
            left_out: false,
        })
    }
}

fn act(command: &'static str, what: &str, id: u64, admin: &AdminOption) -> Result<Answer> {
    let body = json!({ "reason": admin.reason, "by": admin.by });
    let answer = admin
        .relayer()?
        .post(&format!("/v1/admin/jobs/{id}/{what}"), &body)
        .with_context(|| format!("job {id} stays as it is"))?;
    acted(command, &format!("job {id}"), &answer)
}
