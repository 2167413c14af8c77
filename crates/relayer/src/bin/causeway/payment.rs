//! What a command may pay.

use std::time::Duration;

use anyhow::Result;
use causeway_chain::{FeePolicy, Pool};
use causeway_relayer::config::units::{Time, Wei};
use causeway_relayer::network::{Key, Sender};
use clap::Args;

/// What a transaction may pay, and how long it has.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct PaymentOption {
    /// The most that it pays per gas
    #[arg(long, value_name = "AMOUNT", default_value = "150 gwei", value_parser = wei)]
    max_fee: Wei,
    /// How long to wait until it is mined
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = time)]
    wait: Time,
}

fn wei(text: &str) -> Result<Wei> {
    Ok(Wei::try_from(text.to_owned())?)
}

fn time(text: &str) -> Result<Time> {
    Ok(Time::try_from(text.to_owned())?)
}

/// The least tip, in wei per gas.
const TIP_FLOOR: u128 = 10_000_000;

impl PaymentOption {
    /// Who sends and pays so.
    pub(crate) fn sender<'p>(&self, pool: &'p Pool, signer: Box<Key>) -> Sender<'p> {
        Sender {
            pool,
            signer,
            fees: FeePolicy {
                tip_floor: TIP_FLOOR.min(self.max_fee.0),
                ceiling: self.max_fee.0,
                bump_permille: causeway_chain::fees::LEAST_BUMP,
            },
            patience: Duration::from_millis(u64::try_from(self.wait.0.as_millis()).unwrap_or(u64::MAX)),
        }
    }
}
