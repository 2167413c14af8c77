//! `causeway db`: the journal's file.

use std::path::PathBuf;

use anyhow::Result;
use causeway_console::{Console, Report};
use causeway_journal::Journal;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::Answer;
use crate::ask::ConfigOption;
use crate::exit::{self, Failure};

/// Look after the journal
///
/// It is the only truth about what the relayer means to do. A copy that is older than L1 is good enough: what L1 shows is taken up.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  causeway db check
  causeway db backup --to /mnt/relayer.db
  causeway db restore /mnt/relayer.db

Exit code 5 if the journal, or the copy, is damaged, in use or of another deployment.")]
pub(crate) struct Db {
    #[command(subcommand)]
    command: Command,
    /// The journal; else `storage.path` of the configuration
    #[arg(long, global = true, value_name = "FILE")]
    db: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigOption,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say what is wrong with the journal, while it is in use or not
    ///
    /// JSON: path, findings: rule, detail.
    Check,
    /// Copy the journal, as it is at one moment, while it is in use
    ///
    /// JSON: path, copy.
    Backup {
        /// Where to; else a file in `storage.backup_dir`, called by its time
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Put a copy in the place of the journal, which nobody may have open
    ///
    /// The copy is checked first. What was there is kept beside it, as NAME.replaced. JSON: path, copy, replaced.
    Restore {
        /// The copy
        #[arg(value_name = "FILE")]
        from: PathBuf,
    },
}

impl Db {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let path = match &self.db {
            Some(path) => path.clone(),
            None => self.config.load()?.config.storage.path,
        };
        let report = match &self.command {
            Command::Check => {
                let journal = Journal::open_read_only(&path)?;
                let findings = console.work("checking the journal", || journal.check())?;
                if !findings.is_empty() {
                    let told: Vec<_> = findings
                        .iter()
                        .map(|finding| format!("{}: {}", finding.rule, finding.detail))
                        .collect();
                    return Err(Failure::new(exit::JOURNAL, told.join("\n")).into());
                }
                let text = format!("{}: nothing is wrong with it", path.display());
                Report::new("db check", text, &json!({ "path": path, "findings": findings }))?
            }
            Command::Backup { to } => {
                let to = match to {
                    Some(to) => to.clone(),
                    None => {
                        let folder = self.config.load()?.config.storage.backup_dir;
                        folder.join(format!("relayer-{}.db", causeway_relayer::clock::now().millis()))
                    }
                };
                let journal = Journal::open_read_only(&path)?;
                console.work("copying the journal", || journal.back_up(&to))?;
                let text = format!("{} is a copy of {}", to.display(), path.display());
                Report::new("db backup", text, &json!({ "path": path, "copy": to }))?
            }
            Command::Restore { from } => {
                console.work("checking and copying", || Journal::restore(&path, from))?;
                let mut replaced = path.clone().into_os_string();
                replaced.push(".replaced");
                let replaced = PathBuf::from(replaced);
                let text = format!("{} is {} now", path.display(), from.display());
                let fields = json!({ "path": path, "copy": from, "replaced": replaced });
                Report::new("db restore", text, &fields)?
            }
        };
        Ok(Answer {
            report,
            left_out: false,
        })
    }
}
