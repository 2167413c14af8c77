use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use alloy_primitives::Bytes;
use anyhow::{Context, Result};
use causeway_console::files::read;
use causeway_console::{Console, Report};
use clap::Args;
use reqwest::Method;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Answer;
use crate::ask::text::field;
use crate::ask::{ApiOption, Relayer};
use crate::exit::{self, Failure};

/// Hand certificates in
///
/// Each file holds one. The same one again changes nothing, so whoever had no answer does it once more. One that is refused ends it: the
/// exit code says whether to ask again, and the reason what to do.
#[derive(Debug, Args)]
#[command(after_long_help = "JSON: certificates: id, lxly_id, standing, tier, known.")]
pub(crate) struct Submit {
    /// Certificates, in the order of their heights
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The proof that the network made of its own certificate, which is sent with it; with one certificate alone
    #[arg(long, value_name = "FILE")]
    own_proof: Option<PathBuf>,
    /// Wait until each certificate has come so far
    #[arg(long, value_name = "TIER", value_parser = ["pre_confirmed", "confirmed", "finalized"])]
    wait: Option<String>,
    #[command(flatten)]
    api: ApiOption,
}

/// Tiers, in order.
const TIERS: [&str; 4] = ["waiting", "pre_confirmed", "confirmed", "finalized"];

impl Submit {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        if self.own_proof.is_some() && self.files.len() != 1 {
            return Err(Failure::new(exit::USAGE, "--own-proof goes with one certificate").into());
        }
        let relayer = self.api.relayer()?;
        let mut answers = Vec::new();
        for file in &self.files {
            let mut body = read(file)?;
            if let Some(proof) = &self.own_proof {
                body = with_proof(&body, read(proof)?)
                    .with_context(|| format!("{} is no certificate", file.display()))?;
            }
            let mut answer = relayer
                .send(Method::POST, "/v1/certificates", body, "application/json")
                .with_context(|| format!("{} is not taken in", file.display()))?;
            let id = field(&answer, "id");
            if let Some(tier) = &self.wait {
                answer = wait(&relayer, console, &id, tier)?;
            }
            answers.push(answer);
        }
        let text: String = answers
            .iter()
            .map(|answer| {
                let known = if answer["known"] == true {
                    ", known already"
                } else {
                    ""
                };
                let [id, standing, tier] = ["id", "standing", "tier"].map(|name| field(answer, name));
                format!("{id} {standing} ({tier}){known}\n")
            })
            .collect();
        Ok(Answer {
            report: Report::new(
                "cert submit",
                text,
                &serde_json::json!({ "certificates": answers }),
            )?,
            left_out: false,
        })
    }
}

/// A certificate with its network's own proof of it in a field of its own; nothing else of it is touched.
fn with_proof(certificate: &[u8], proof: Vec<u8>) -> Result<Vec<u8>> {
    let mut fields: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(certificate)?;
    let proof = serde_json::value::to_raw_value(&Bytes::from(proof))?;
    fields.insert("own_proof".to_owned(), proof);
    Ok(serde_json::to_vec(&fields)?)
}

/// Asks until a certificate has come so far, or will not.
fn wait(relayer: &Relayer, console: &Console, id: &str, tier: &str) -> Result<Value> {
    let rank = |tier: &str| TIERS.iter().position(|other| *other == tier);
    let mut told = String::new();
    loop {
        let answer = relayer.get(&format!("/v1/certificates/{id}"))?;
        let (standing, now) = (field(&answer, "standing"), field(&answer, "tier"));
        let Some(reached) = rank(&now) else {
            let reason = answer["reason"]["detail"]
                .as_str()
                .unwrap_or("no reason is known")
                .to_owned();
            let message = format!("certificate {id} is {standing} and goes no further");
            return Err(anyhow::Error::msg(reason).context(Failure::new(exit::CONFLICT, message)));
        };
        if Some(reached) >= rank(tier) {
            return Ok(answer);
        }
        if told != standing {
            console.note(&format!("{id} {standing}"));
            told = standing;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}
