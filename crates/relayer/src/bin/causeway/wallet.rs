//! `causeway wallet`: who pays on L1.

use anyhow::Result;
use causeway_console::{Console, Report};
use causeway_relayer::config::units::Wei;
use clap::Args;
use serde_json::json;

use crate::Answer;
use crate::ask::ConfigOption;
use crate::config::online;

/// Tell who pays on L1, what he has and how many transactions of his are mined
///
/// It opens the signer that the configuration names and asks the configured nodes; no relayer has to run.
#[derive(Debug, Args)]
#[command(after_long_help = "\
JSON: address, balance (wei), nonce, low.

Exit code 8 if the balance is below fees.low_balance, 4 if no node answers.")]
pub(crate) struct Wallet {
    #[command(flatten)]
    config: ConfigOption,
}

impl Wallet {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let config = self.config.load()?.config;
        let address = online::signer(&config)?;
        let (balance, nonce) = console.work("asking nodes", || online::balance(&config, address))?;
        let low = balance < alloy_primitives::U256::from(config.fees.low_balance.0);
        // Nobody has more wei than 128 bits hold.
        let amount =
            u128::try_from(balance).map_or_else(|_| format!("{balance} wei"), |wei| Wei(wei).to_string());
        let mut text = format!("{address} has {amount} and {nonce} mined transactions");
        if low {
            text += &format!(
                ": below fees.low_balance, {}; send it more",
                config.fees.low_balance
            );
        }
        let fields =
            json!({ "address": address, "balance": balance.to_string(), "nonce": nonce, "low": low });
        Ok(Answer {
            report: Report::new("wallet", text, &fields)?,
            left_out: low,
        })
    }
}
