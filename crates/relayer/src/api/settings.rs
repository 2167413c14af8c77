//! What the interface has to know.

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::config::{Config, SecretError};

/// How long a request may take, from its first byte to its answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections of one listener at a time.
const MOST_CONNECTIONS: usize = 1_024;

/// What the interface has to know.
#[derive(Clone, PartialEq)]
pub struct Settings {
    /// The longest question, in bytes.
    pub max_body: usize,
    /// Certificates of one network per second.
    pub rate_per_second: f64,
    /// And how many at once.
    pub rate_burst: u32,
    /// Certificates from one address per second, whatever networks they name.
    pub sender_rate_per_second: f64,
    /// And how many at once.
    pub sender_rate_burst: u32,
    /// Bytes of all questions that are being read or answered.
    pub max_pending: usize,
    /// Proxies that say who is behind them.
    pub trusted_proxies: Vec<IpAddr>,
    /// What operators show.
    pub admin_token: Option<String>,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How many connections a listener takes at a time.
    pub most_connections: usize,
    /// What clients of AggLayer ask for.
    pub epochs: EpochConfiguration,
}

impl std::fmt::Debug for Settings {
    /// The token is not shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("max_body", &self.max_body)
            .field("request_timeout", &self.request_timeout)
            .finish_non_exhaustive()
    }
}

/// Epochs as AggLayer's clients know them: counted in blocks of L1. Causeway's close by size or age, so this is the longest one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EpochConfiguration {
    /// Blocks of an epoch.
    pub epoch_duration: u64,
    /// The block in which the first one began.
    pub genesis_block: u64,
}

impl Settings {
    /// Those of a configuration.
    ///
    /// # Errors
    /// If the token of operators is not where it should be.
    pub fn of(config: &Config) -> Result<Self, SecretError> {
        let api = &config.api;
        let token = api.admin_token.as_ref().map(crate::config::Secret::read);
        Ok(Self {
            max_body: api.max_body.0,
            rate_per_second: api.rate_per_second,
            rate_burst: api.rate_burst,
            sender_rate_per_second: api.sender_rate_per_second,
            sender_rate_burst: api.sender_rate_burst,
            max_pending: api.max_pending.0,
            trusted_proxies: api.trusted_proxies.clone(),
            admin_token: token.transpose()?,
            request_timeout: REQUEST_TIMEOUT,
            most_connections: MOST_CONNECTIONS,
            epochs: EpochConfiguration {
                // A block of L1 takes 12 seconds.
                epoch_duration: (config.epochs.max_wait.0.as_secs() / 12).max(1),
                genesis_block: config.contracts.deploy_block,
            },
        })
    }
}
