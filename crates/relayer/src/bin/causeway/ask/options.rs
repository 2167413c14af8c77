//! Where a relayer is: said, or as its configuration says.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Context, Result};
use causeway_relayer::config::{Config, Loaded};
use clap::Args;

use super::Relayer;

/// A configuration.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConfigOption {
    /// The relayer's configuration
    #[arg(
        long,
        env = "CAUSEWAY_CONFIG",
        value_name = "FILE",
        default_value = "causeway.toml"
    )]
    pub(crate) config: PathBuf,
}

impl ConfigOption {
    /// Reads it, with what variables set instead.
    pub(crate) fn load(&self) -> Result<Loaded> {
        Ok(Loaded::read(&self.config, std::env::vars())?)
    }

    /// It, if there is a file.
    pub(crate) fn if_there(&self) -> Result<Option<Config>> {
        if !self.config.exists() {
            return Ok(None);
        }
        Ok(Some(self.load()?.config))
    }
}

/// The public interface of a relayer.
#[derive(Clone, Debug, Args)]
pub(crate) struct ApiOption {
    /// Address of the relayer's public interface; else `api.public` of the configuration
    #[arg(long, env = "CAUSEWAY_API", value_name = "URL")]
    api: Option<String>,
    #[command(flatten)]
    pub(crate) config: ConfigOption,
}

impl ApiOption {
    pub(crate) fn relayer(&self) -> Result<Relayer> {
        let address = match (&self.api, self.config.if_there()?) {
            (Some(address), _) => address.clone(),
            (None, Some(config)) => url(config.api.public),
            (None, None) => "http://127.0.0.1:9090".to_owned(),
        };
        Relayer::at(address, None)
    }
}

/// The interface for operators.
#[derive(Clone, Debug, Args)]
pub(crate) struct AdminOption {
    /// Address of the relayer's interface for operators; else `api.admin` of the configuration
    #[arg(long, env = "CAUSEWAY_ADMIN", value_name = "URL")]
    admin: Option<String>,
    /// What operators show; else `api.admin_token` of the configuration
    #[arg(
        long,
        env = "CAUSEWAY_ADMIN_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    token: Option<String>,
    /// Why: it is written down
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Who says so; else the user of this machine
    #[arg(long, env = "USER", value_name = "NAME", default_value = "operator")]
    pub(crate) by: String,
    #[command(flatten)]
    config: ConfigOption,
}

impl AdminOption {
    pub(crate) fn relayer(&self) -> Result<Relayer> {
        let config = self.config.if_there()?;
        let address = match (&self.admin, &config) {
            (Some(address), _) => address.clone(),
            (None, Some(config)) => url(config.api.admin),
            (None, None) => "http://127.0.0.1:9091".to_owned(),
        };
        let token = match (&self.token, &config) {
            (Some(token), _) => Some(token.clone()),
            (None, Some(config)) => {
                let token = config.api.admin_token.as_ref();
                let read = token.map(causeway_relayer::config::Secret::read).transpose();
                read.context("the token of operators, api.admin_token, cannot be read")?
            }
            (None, None) => None,
        };
        Relayer::at(address, token)
    }
}

/// An address that is listened on, as one to ask: all addresses of a machine are none to ask.
fn url(address: SocketAddr) -> String {
    let ip = if address.ip().is_unspecified() {
        IpAddr::V4(Ipv4Addr::LOCALHOST)
    } else {
        address.ip()
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_are_asked_at_this_machine() {
        assert_eq!(
            url(SocketAddr::from(([0, 0, 0, 0], 9090))),
            "http://127.0.0.1:9090"
        );
        assert_eq!(url(SocketAddr::from(([10, 0, 0, 1], 80))), "http://10.0.0.1:80");
    }
}
