use alloy_primitives::B256;
use anyhow::Result;
use causeway_console::{Console, Report};
use causeway_relayer::claims::{Ran, run};
use clap::Args;
use serde::Serialize;

use super::exit::ClaimOption;
use crate::Answer;
use crate::chains::{KeyOption, wait};
use crate::payment::PaymentOption;

/// Claim an exit and pay for it
///
/// What is claimed already is not claimed again, and what the bridge would refuse is not sent.
#[derive(Debug, Args)]
#[command(after_long_help = "JSON: already_claimed, transaction, block.")]
pub(super) struct Run {
    #[command(flatten)]
    claim: ClaimOption,
    #[command(flatten)]
    key: KeyOption,
    #[command(flatten)]
    payment: PaymentOption,
}

#[derive(Serialize)]
struct Fields {
    already_claimed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<B256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<u64>,
}

impl Run {
    pub(super) fn run(&self, console: &Console) -> Result<Answer> {
        let key = self.key.open()?;
        let ran = console.work("claiming", || {
            wait(async {
                let l1 = self.claim.l1.read().await?;
                let sources = self.claim.sources.read(&l1.ethereum).await?;
                let place = self.claim.place().await?;
                let ahead = self.claim.ahead(&sources)?;
                let destination = place.destination();
                let sender = self.payment.sender(destination.pool, key);
                Ok(run(&self.claim.claiming(&ahead), &sources, &destination, &sender).await?)
            })
        })?;
        let (fields, text) = match ran {
            Ran::AlreadyClaimed => (
                Fields {
                    already_claimed: true,
                    transaction: None,
                    block: None,
                },
                "it is claimed already".to_owned(),
            ),
            Ran::Claimed(mined) => (
                Fields {
                    already_claimed: false,
                    transaction: Some(mined.hash),
                    block: Some(mined.block),
                },
                format!("claimed by transaction {} in block {}", mined.hash, mined.block),
            ),
        };
        Ok(Answer {
            report: Report::new("claim run", text, &fields)?,
            left_out: false,
        })
    }
}
