//! `causeway doctor`: what is wrong, from the configuration to the nodes, and what to do.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};
use causeway_console::{Console, Report};
use causeway_journal::{Event, Finding, Journal, JournalError};
use causeway_relayer::config::{Config, Loaded, check};
use clap::Args;
use serde_json::{Value, json};

use crate::Answer;
use crate::ask::ApiOption;
use crate::ask::text::{field, items};
use crate::config::online::{self, Check};

/// Events in a bundle.
const EVENTS: u64 = 500;

/// Look at everything that a relayer needs, and say what to do about what is not well
///
/// Configuration, secrets, nodes, contracts, wallet, journal, backups, and the relayer itself if one runs. With --bundle all of it is
/// written into a file that can be shown to others: it has no secret.
#[derive(Debug, Args)]
#[command(after_long_help = "\
JSON: checks: name, ok, detail; bundle.

Exit code 8 if something is not well.")]
pub(crate) struct Doctor {
    /// Write settings, findings, status and the newest events into a file
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    #[command(flatten)]
    api: ApiOption,
}

impl Doctor {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let mut checks = Vec::new();
        let loaded = self.api.config.load();
        let settings = loaded.as_ref().ok().and_then(|loaded| loaded.settings().ok());
        let mut events = Vec::new();
        match loaded {
            Ok(loaded) => {
                checks.push(Check::of("configuration", valid(&loaded)));
                checks.extend(console.work("asking nodes", || online::checks(&loaded.config))?);
                checks.push(Check::of("wallet", wallet(&loaded.config)));
                let journal = Journal::open_read_only(&loaded.config.storage.path);
                checks.push(Check::of("backups", backups(&loaded.config)));
                match journal {
                    Ok(journal) => {
                        let sound = console.work("checking the journal", || journal.check());
                        checks.push(Check::of("journal", found(sound)));
                        events = newest(&journal).unwrap_or_default();
                    }
                    Err(error) => checks.push(Check::of("journal", Err(error.into()))),
                }
            }
            Err(error) => checks.push(Check::of(
                "configuration",
                Err(error.context("name it with --config, or make one with causeway init")),
            )),
        }
        let status = self.api.relayer().and_then(|relayer| relayer.get("/v1/status"));
        checks.push(Check::of("relayer", well(&status)));
        let ill = checks.iter().filter(|check| !check.ok).count();
        let mut text: String = checks.iter().map(Check::line).collect();
        text += &match ill {
            0 => "all is well\n".to_owned(),
            _ => format!("{ill} of {} are not well\n", checks.len()),
        };
        if let Some(path) = &self.bundle {
            let bundle = json!({
                "version": env!("CARGO_PKG_VERSION"),
                "settings": settings,
                "checks": checks,
                "status": status.ok(),
                "events": events,
            });
            causeway_console::files::write_text(path, &serde_json::to_string_pretty(&bundle)?)?;
            text += &format!("wrote {}\n", path.display());
        }
        let fields = json!({ "checks": checks, "bundle": self.bundle });
        Ok(Answer {
            report: Report::new("doctor", text, &fields)?,
            left_out: ill > 0,
        })
    }
}

fn valid(loaded: &Loaded) -> Result<String> {
    let problems = check::problems(&loaded.config);
    let told: Vec<_> = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.setting, problem.detail))
        .collect();
    ensure!(told.is_empty(), "{}", told.join("; "));
    Ok(loaded.path.display().to_string())
}

fn wallet(config: &Config) -> Result<String> {
    let address = online::signer(config)?;
    let balance = online::account(config, address)?.balance;
    let low = config.fees.low_balance;
    ensure!(
        balance >= alloy_primitives::U256::from(low.0),
        "{address} has {balance} wei, below fees.low_balance, {low}: send it more"
    );
    Ok(format!("{address} has {balance} wei"))
}

fn found(findings: Result<Vec<Finding>, JournalError>) -> Result<String> {
    let findings = findings?;
    let told: Vec<_> = findings
        .iter()
        .map(|finding| format!("{}: {}", finding.rule, finding.detail))
        .collect();
    ensure!(
        told.is_empty(),
        "{}; put a backup in its place: causeway db restore",
        told.join("; ")
    );
    Ok("nothing is wrong with it".to_owned())
}

fn backups(config: &Config) -> Result<String> {
    let folder = &config.storage.backup_dir;
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} has none: causeway db backup", folder.display()))?;
    let newest = entries
        .filter_map(|entry| entry.ok()?.metadata().ok()?.modified().ok())
        .max()
        .ok_or_else(|| anyhow!("{} has none: causeway db backup", folder.display()))?;
    let age = newest.elapsed().unwrap_or_default();
    ensure!(
        age < config.storage.backup_every.0 * 3,
        "the newest in {} is {} s old: is the relayer running?",
        folder.display(),
        age.as_secs()
    );
    Ok(format!("the newest is {} s old", age.as_secs()))
}

fn well(status: &Result<Value>) -> Result<String> {
    let status = match status {
        Ok(status) => status,
        Err(error) => return Err(anyhow!("{error}")),
    };
    let components = items(status, "components").iter();
    let ill: Vec<_> = components
        .filter(|component| component["ready"] != true)
        .map(|component| format!("{}: {}", field(component, "name"), field(component, "detail")))
        .collect();
    ensure!(ill.is_empty(), "{}", ill.join("; "));
    Ok("it is ready".to_owned())
}

fn newest(journal: &Journal) -> Result<Vec<Event>, JournalError> {
    journal.read(|view| {
        let newest = view.newest_event()?;
        view.events(newest.saturating_sub(EVENTS), u32::MAX)
    })
}
