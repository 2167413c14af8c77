use alloy_primitives::{Address, B256, Bytes};
use anyhow::Result;
use causeway_console::{Console, Report};
use clap::Args;
use serde::Serialize;

use super::exit::ClaimOption;
use crate::Answer;
use crate::chains::wait;

/// Print the call that pays an exit out, for anybody to send
#[derive(Debug, Args)]
#[command(after_long_help = "JSON: to, data, root.")]
pub(super) struct Calldata {
    #[command(flatten)]
    claim: ClaimOption,
}

#[derive(Serialize)]
struct Fields {
    to: Address,
    data: Bytes,
    root: B256,
}

impl Calldata {
    pub(super) fn run(&self, console: &Console) -> Result<Answer> {
        let fields = console.work("reading chains", || {
            wait(async {
                let l1 = self.claim.l1.read().await?;
                let sources = self.claim.sources.read(&l1.ethereum).await?;
                let place = self.claim.place().await?;
                let ahead = self.claim.ahead(&sources)?;
                let destination = place.destination();
                let call = self.claim.claiming(&ahead).call(&sources, &destination).await?;
                Ok(Fields {
                    to: destination.bridge,
                    data: call.calldata,
                    root: call.root.get(),
                })
            })
        })?;
        Ok(Answer {
            report: Report::new("claim calldata", fields.data.to_string(), &fields)?,
            left_out: false,
        })
    }
}
