//! What can be found out of a configuration by opening secrets and asking nodes.

use alloy_primitives::{Address, Bytes, U64, U256};
use alloy_sol_types::SolCall;
use anyhow::{Context, Result};
use causeway_bindings::Settlement;
use causeway_chain::{CallError, Endpoint, EndpointConfig, SigningError, Timeouts};
use causeway_relayer::config::Config;
use causeway_relayer::service::signer as signer_of;
use serde::Serialize;
use serde_json::json;

use crate::ask::runtime;

/// Something that was looked at.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Check {
    /// What.
    pub(crate) name: String,
    /// Whether it is as it should be.
    pub(crate) ok: bool,
    /// What it is, or what is wrong and what to do.
    pub(crate) detail: String,
    /// Whether somebody did not answer.
    #[serde(skip)]
    pub(crate) unreachable: bool,
}

impl Check {
    pub(crate) fn of(name: impl Into<String>, outcome: Result<String>) -> Self {
        let name = name.into();
        match outcome {
            Ok(detail) => Self {
                name,
                ok: true,
                detail,
                unreachable: false,
            },
            Err(error) => Self {
                name,
                ok: false,
                unreachable: error.chain().any(|cause| {
                    matches!(
                        cause.downcast_ref(),
                        Some(
                            CallError::Unreachable { .. }
                                | CallError::TimedOut { .. }
                                | CallError::Status { .. }
                        )
                    )
                }),
                detail: format!("{error:#}"),
            },
        }
    }

    pub(crate) fn line(&self) -> String {
        let mark = if self.ok { "well" } else { "ILL " };
        format!("  {mark} {}: {}\n", self.name, self.detail)
    }
}

/// Everything that can be looked at.
pub(crate) fn checks(config: &Config) -> Result<Vec<Check>> {
    let runtime = runtime()?;
    let signer = signer_of("settlement", &config.signer.settlement);
    let asked = signer.map_err(anyhow::Error::from).and_then(|signer| {
        runtime.block_on(signer.check()).map_err(|error| match error {
            SigningError::Call(error) => anyhow::Error::from(error),
            error => error.into(),
        })?;
        Ok(signer.address().to_string())
    });
    let mut checks = vec![Check::of("signer.settlement", asked)];
    if let Some(token) = &config.api.admin_token {
        let read = token.read().map(|_| "it is there".to_owned());
        checks.push(Check::of("api.admin_token", read.map_err(Into::into)));
    }
    for (place, settings) in config.l1.endpoint.iter().enumerate() {
        let outcome = endpoint(config, place).and_then(|endpoint| {
            runtime.block_on(async {
                let chain: U64 = endpoint.call("eth_chainId", ()).await?;
                let (chain, expected) = (chain.to::<u64>(), config.l1.chain_id);
                anyhow::ensure!(
                    chain == expected,
                    "it is of chain {chain}, l1.chain_id is {expected}"
                );
                let contracts = [
                    ("settlement", config.contracts.settlement),
                    ("bridge", config.contracts.bridge),
                ];
                for (name, address) in contracts {
                    let code: Bytes = endpoint.call("eth_getCode", (address, "latest")).await?;
                    anyhow::ensure!(
                        !code.is_empty(),
                        "contracts.{name}: there is nothing at {address}"
                    );
                }
                let block: U64 = endpoint.call("eth_blockNumber", ()).await?;
                Ok(format!("chain {chain} at block {block}"))
            })
        });
        checks.push(Check::of(format!("l1.endpoint.{}", settings.name), outcome));
    }
    Ok(checks)
}

/// The address of who settles.
pub(crate) fn signer(config: &Config) -> Result<Address> {
    Ok(signer_of("settlement", &config.signer.settlement)?.address())
}

fn endpoint(config: &Config, place: usize) -> Result<Endpoint> {
    let settings = config
        .l1
        .endpoint
        .get(place)
        .context("there is no such endpoint")?;
    let address = settings.url.read()?;
    let url = address
        .parse()
        .ok()
        .context("what its url holds is no address of a node")?;
    let endpoint = EndpointConfig {
        name: settings.name.clone(),
        url,
    };
    let timeouts = Timeouts {
        connect: config.l1.rpc.connect_timeout.0,
        call: config.l1.rpc.call_timeout.0,
    };
    Ok(Endpoint::new(endpoint, timeouts)?)
}

/// What an address has on L1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    /// Wei.
    pub(crate) balance: U256,
    /// Wei that settlement owes it: bonds of turns.
    pub(crate) owed: U256,
    /// How many of its transactions are mined.
    pub(crate) nonce: u64,
}

/// What an address has, from the first node that answers.
pub(crate) fn account(config: &Config, address: Address) -> Result<Account> {
    let runtime = runtime()?;
    let mut last = anyhow::anyhow!("no node is configured: l1.endpoint");
    for place in 0..config.l1.endpoint.len() {
        let outcome = endpoint(config, place).and_then(|endpoint| {
            runtime.block_on(async {
                let balance: U256 = endpoint.call("eth_getBalance", (address, "latest")).await?;
                let nonce: U64 = endpoint
                    .call("eth_getTransactionCount", (address, "latest"))
                    .await?;
                let call = json!({
                    "to": config.contracts.settlement,
                    "data": Bytes::from(Settlement::owedCall { account: address }.abi_encode()),
                });
                let owed: Bytes = endpoint.call("eth_call", (call, "latest")).await?;
                Ok(Account {
                    balance,
                    // There may be no contract yet: then it owes nothing.
                    owed: Settlement::owedCall::abi_decode_returns(&owed).unwrap_or_default(),
                    nonce: nonce.to(),
                })
            })
        });
        match outcome {
            Ok(found) => return Ok(found),
            Err(error) => last = error,
        }
    }
    Err(last.context("no node answers"))
}
