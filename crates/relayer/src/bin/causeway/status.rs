//! `causeway status`: how the relayer is.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use anyhow::{Context, Result};
use causeway_console::{Console, Report};
use causeway_journal::{Journal, JournalError};
use clap::Args;
use serde_json::{Value, json};

use crate::Answer;
use crate::ask::ApiOption;
use crate::ask::text::{field, items, since, table};
use crate::exit;

/// Tell how the relayer is
///
/// It asks the relayer that runs. If none answers, it reads the journal that the configuration names, and says so.
#[derive(Debug, Args)]
#[command(after_long_help = "\
JSON: source (relayer or journal), ready, components, certificates, epoch, jobs, pauses; of a relayer also chain_id, settlement, block,
commitment, endpoints, wallets, tasks.

Exit code 8 if something is not well, or no relayer runs.")]
pub(crate) struct Status {
    /// Tell again every so many seconds, until it is stopped
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "2")]
    watch: Option<u64>,
    #[command(flatten)]
    api: ApiOption,
}

impl Status {
    pub(crate) fn run(&self, console: &Console, as_json: bool) -> Result<Answer> {
        while let Some(seconds) = self.watch {
            let status = self.status(console)?;
            let mut out = std::io::stdout().lock();
            if as_json {
                writeln!(out, "{status}")?;
            } else {
                if out.is_terminal() {
                    // To the upper left, and nothing below.
                    write!(out, "\u{1b}[H\u{1b}[J")?;
                }
                writeln!(out, "{}", told(&status))?;
            }
            out.flush()?;
            drop(out);
            std::thread::sleep(Duration::from_secs(seconds.max(1)));
        }
        let status = self.status(console)?;
        let well = status["ready"] == true;
        Ok(Answer {
            report: Report::new("status", told(&status), &status)?,
            left_out: !well,
        })
    }

    fn status(&self, console: &Console) -> Result<Value> {
        let error = match self.api.relayer()?.get("/v1/status") {
            Ok(mut status) => {
                status["source"] = json!("relayer");
                return Ok(status);
            }
            Err(error) if exit::code_of(&error) == exit::UNREACHABLE => error,
            Err(error) => return Err(error),
        };
        // Nobody answers: what is on the disk says where everything stands all the same.
        let Some(config) = self.api.config.if_there()? else {
            return Err(error);
        };
        console.note(&format!("{error}; reading the journal instead"));
        let path = &config.storage.path;
        let journal =
            Journal::open_read_only(path).context("no relayer answers, and its journal cannot be read")?;
        from_journal(&journal).context("the journal cannot be read")
    }
}

fn from_journal(journal: &Journal) -> Result<Value, JournalError> {
    journal.read(|view| {
        let count = |name: &str, count: u64| json!({ "name": name, "count": count });
        let certificates = view.count_certificates()?.into_iter();
        let certificates: Vec<_> = certificates
            .map(|(standing, number)| count(standing.name(), number))
            .collect();
        let jobs = view.open_jobs()?.into_iter().map(|job| {
            json!({
                "id": job.id, "kind": job.kind, "subject": job.subject, "standing": job.standing, "hold": job.hold,
                "detail": job.detail, "standing_at": job.standing_at,
            })
        });
        let epoch = view.open_epoch()?.map(|epoch| {
            json!({
                "id": epoch.id, "standing": epoch.standing, "certificates": epoch.certificates,
                "standing_at": epoch.standing_at,
            })
        });
        let quarantined = view.count_quarantined()?.into_iter();
        Ok(json!({
            "source": "journal",
            "ready": false,
            "components": [{ "name": "relayer", "ready": false, "detail": "none runs: causeway run" }],
            "certificates": certificates,
            "epoch": epoch,
            "jobs": jobs.collect::<Vec<_>>(),
            "pauses": view.pauses(causeway_relayer::clock::now())?,
            "quarantined": quarantined.map(|(table, number)| count(&table, number)).collect::<Vec<_>>(),
        }))
    })
}

/// The answer for people.
fn told(status: &Value) -> String {
    let ready = if status["ready"] == true {
        "ready"
    } else {
        "NOT READY"
    };
    let mut text = format!("{ready} (told by the {})\n", field(status, "source"));
    if let Some(block) = status.get("block").and_then(Value::as_u64) {
        text += &format!("L1 {} at block {block}\n", field(status, "chain_id"));
    }
    for component in items(status, "components") {
        let mark = if component["ready"] == true {
            "well"
        } else {
            "ILL "
        };
        text += &format!(
            "  {mark} {}: {}\n",
            field(component, "name"),
            field(component, "detail")
        );
    }
    for pause in items(status, "pauses") {
        let [scope, actor, reason] = ["scope", "actor", "reason"].map(|name| field(pause, name));
        text += &format!("paused: {scope} by {actor}: {reason}\n");
    }
    for set in items(status, "quarantined") {
        text += &format!(
            "set aside: {} rows of {}\n",
            field(set, "count"),
            field(set, "name")
        );
    }
    if let Some(epoch) = status.get("epoch").filter(|epoch| !epoch.is_null()) {
        let proof = epoch
            .get("proof")
            .map(|proof| field(proof, "stage"))
            .unwrap_or_default();
        let (id, standing, age) = (
            field(epoch, "id"),
            field(epoch, "standing"),
            since(epoch, "standing_at"),
        );
        let number = items(epoch, "certificates").len();
        text += &format!("epoch {id} {standing} for {age}, {number} certificates {proof}\n");
    }
    let counts = items(status, "certificates")
        .iter()
        .map(|one| [field(one, "name"), field(one, "count")]);
    text += &table(["certificates", ""], counts);
    let jobs = items(status, "jobs").iter().map(|job| {
        let why = [field(job, "hold"), field(job, "detail")];
        [
            field(job, "id"),
            field(job, "kind"),
            field(job, "subject"),
            field(job, "standing"),
            why.join(" ").trim().to_owned(),
        ]
    });
    text += &table(["job", "kind", "of", "standing", "held by"], jobs);
    text
}
