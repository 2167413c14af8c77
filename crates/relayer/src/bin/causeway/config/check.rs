use anyhow::Result;
use causeway_console::{Console, Report};
use causeway_relayer::config::check::problems;
use clap::Args;
use serde_json::json;

use super::online;
use crate::Answer;
use crate::ask::ConfigOption;
use crate::exit::{self, Failure};

/// Say what is wrong with the configuration
///
/// All of it, not the first alone; exit code 3. With --online also whether every secret is where it should be, the nodes are of the right
/// chain and the contracts are there; exit code 4 if no node answers.
#[derive(Debug, Args)]
#[command(after_long_help = "JSON: path, checks: name, ok, detail.")]
pub(crate) struct Check {
    /// Read the secrets, and ask the nodes
    #[arg(long)]
    online: bool,
    #[command(flatten)]
    config: ConfigOption,
}

impl Check {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let loaded = self.config.load()?;
        let problems = problems(&loaded.config);
        if !problems.is_empty() {
            let told: Vec<_> = problems
                .iter()
                .map(|problem| {
                    let origin = loaded.provenance.nearest(&problem.setting);
                    format!("{origin}: {}: {}", problem.setting, problem.detail)
                })
                .collect();
            return Err(Failure::new(exit::CONFIG, told.join("\n")).into());
        }
        let checks = if self.online {
            console.work("asking nodes", || online::checks(&loaded.config))?
        } else {
            Vec::new()
        };
        let mut text = format!("{}: nothing is wrong with it\n", loaded.path.display());
        for check in &checks {
            text += &check.line();
        }
        let failed: Vec<_> = checks.iter().filter(|check| !check.ok).collect();
        if failed.is_empty() {
            let fields = json!({ "path": loaded.path, "checks": checks });
            return Ok(Answer {
                report: Report::new("config check", text, &fields)?,
                left_out: false,
            });
        }
        let code = if failed.iter().all(|check| check.unreachable) {
            exit::UNREACHABLE
        } else {
            exit::CONFIG
        };
        let told: Vec<_> = failed
            .iter()
            .map(|check| format!("{}: {}", check.name, check.detail))
            .collect();
        Err(Failure::new(code, told.join("\n")).into())
    }
}
