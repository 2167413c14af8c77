use anyhow::Result;
use causeway_console::Report;
use clap::Args;

use crate::Answer;
use crate::ask::ApiOption;
use crate::ask::text::{field, items};

/// Tell why a certificate stands where it does
///
/// The nearest cause first; the last one is what would have to happen.
#[derive(Debug, Args)]
#[command(after_long_help = "JSON: id, standing, causes: code, detail, about.")]
pub(crate) struct Explain {
    /// Its id, or LxLy's
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    api: ApiOption,
}

impl Explain {
    pub(crate) fn run(&self) -> Result<Answer> {
        let path = format!("/v1/certificates/{}/explain", self.id);
        let answer = self.api.relayer()?.get(&path)?;
        let mut text = format!("{} is {}\n", field(&answer, "id"), field(&answer, "standing"));
        for cause in items(&answer, "causes") {
            text += &format!("  {}: {}\n", field(cause, "code"), field(cause, "detail"));
        }
        Ok(Answer {
            report: Report::new("cert explain", text, &answer)?,
            left_out: false,
        })
    }
}
