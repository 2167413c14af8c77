//! `causeway wallet`: who pays on L1.

use alloy_primitives::U256;
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
JSON: address, balance (wei), owed (wei: bonds of turns that settlement has not paid back yet), nonce, low.

Exit code 8 if the balance is below fees.low_balance, 4 if no node answers.")]
pub(crate) struct Wallet {
    #[command(flatten)]
    config: ConfigOption,
}

impl Wallet {
    pub(crate) fn run(&self, console: &Console) -> Result<Answer> {
        let config = self.config.load()?.config;
        let address = online::signer(&config)?;
        let account = console.work("asking nodes", || online::account(&config, address))?;
        let online::Account { balance, owed, nonce } = account;
        let low = balance < U256::from(config.fees.low_balance.0);
        let mut text = format!("{address} has {} and {nonce} mined transactions", amount(balance));
        if !owed.is_zero() {
            text += &format!("; settlement owes it {}", amount(owed));
        }
        if low {
            text += &format!(
                ": below fees.low_balance, {}; send it more",
                config.fees.low_balance
            );
        }
        let fields = json!({ "address": address, "balance": balance.to_string(), "owed": owed.to_string(), "nonce": nonce, "low": low });
        Ok(Answer {
            report: Report::new("wallet", text, &fields)?,
            left_out: low,
        })
    }
}

fn amount(wei: U256) -> String {
    // Nobody has more wei than 128 bits hold.
    u128::try_from(wei).map_or_else(|_| format!("{wei} wei"), |wei| Wei(wei).to_string())
}
