//! Chains as arguments name them: by a node, or by files of logs.

use std::path::PathBuf;
use std::str::FromStr;

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall;
use anyhow::{Context, Result, bail, ensure};
use causeway_bindings::SharedBridge;
use causeway_chain::{EndpointConfig, Pool, PoolConfig, Roles, SignerSource, Tag};
use causeway_console::files::read;
use causeway_relayer::known::Deployment;
use causeway_relayer::network::{self, BridgeLog, Ethereum, Key, Sources};
use causeway_relayer::state::LogJson;
use causeway_types::{NetworkId, SettlementDomain};
use clap::{Args, ValueEnum};
use serde::de::DeserializeOwned;

/// Which block is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum At {
    /// The newest: it may leave the chain
    Latest,
    /// The newest that leaves the chain only if many validators fail
    Safe,
    /// The newest that never leaves it
    Finalized,
}

impl From<At> for Tag {
    fn from(at: At) -> Self {
        match at {
            At::Latest => Self::Latest,
            At::Safe => Self::Safe,
            At::Finalized => Self::Finalized,
        }
    }
}

/// L1 and the deployment on it.
#[derive(Clone, Debug, Args)]
pub(crate) struct L1Option {
    /// Address of a node of L1
    #[arg(
        long,
        env = "CAUSEWAY_L1_RPC",
        hide_env_values = true,
        value_name = "URL",
        required_unless_present = "l1_logs"
    )]
    l1_rpc: Option<String>,
    /// Files of L1's logs instead, as `eth_getLogs` answers them
    #[arg(long, value_name = "FILE", conflicts_with = "l1_rpc")]
    l1_logs: Vec<PathBuf>,
    /// L1's chain id; asked of the node if it is not given
    #[arg(long, value_name = "N", required_unless_present = "l1_rpc")]
    l1_chain_id: Option<u64>,
    /// Address of the settlement contract
    #[arg(long, value_name = "ADDRESS")]
    settlement: Address,
    /// Address of the bridge on L1
    #[arg(long, value_name = "ADDRESS")]
    l1_bridge: Address,
    /// Address of the contract of global exit roots on L1; asked of the node if it is not given
    #[arg(long, value_name = "ADDRESS", required_unless_present = "l1_rpc")]
    l1_global_exit_root: Option<Address>,
    /// Block of L1 in which the first of the contracts was deployed
    #[arg(long, value_name = "N", default_value_t = 0)]
    l1_from: u64,
    /// Up to which block L1 is read
    #[arg(long, value_name = "BLOCK", default_value = "safe")]
    l1_at: At,
}

/// What L1 is and what its logs tell.
#[derive(Debug)]
pub(crate) struct L1 {
    pub(crate) ethereum: Ethereum,
    pub(crate) domain: SettlementDomain,
}

impl L1Option {
    /// L1's nodes.
    pub(crate) fn pool(&self) -> Result<Pool> {
        pool(
            "l1",
            self.l1_rpc.as_deref().context("--l1-rpc is needed for this")?,
        )
    }

    /// Address of the bridge on L1.
    pub(crate) const fn bridge(&self) -> Address {
        self.l1_bridge
    }

    /// Reads L1.
    pub(crate) async fn read(&self) -> Result<L1> {
        let pool = self.l1_rpc.as_deref().map(|url| pool("l1", url)).transpose()?;
        let chain_id = match (self.l1_chain_id, &pool) {
            (None, Some(pool)) => pool.chain_id().await?,
            (given, _) => given.context("--l1-chain-id is needed with files of logs")?,
        };
        let global_exit_root = match (self.l1_global_exit_root, &pool) {
            (None, Some(pool)) => global_exit_root_of(pool, self.l1_bridge).await?,
            (given, _) => given.context("--l1-global-exit-root is needed with files of logs")?,
        };
        let deployment = Deployment {
            chain_id,
            settlement: self.settlement,
            bridge: self.l1_bridge,
            global_exit_root,
        };
        let logs = match &pool {
            Some(pool) => {
                let (at, range) = (self.l1_at.into(), LOG_RANGE);
                network::read(pool, at, &deployment.addresses(), self.l1_from, range)
                    .await?
                    .logs
            }
            None => files(&self.l1_logs)?,
        };
        Ok(L1 {
            ethereum: Ethereum::of(deployment, &logs).context("L1's logs do not tell its state")?,
            domain: deployment.domain(),
        })
    }
}

/// A network's own chain.
#[derive(Clone, Debug, Args)]
pub(crate) struct ChainOption {
    /// Address of a node of the network
    #[arg(
        long,
        env = "CAUSEWAY_RPC",
        hide_env_values = true,
        value_name = "URL",
        required_unless_present = "logs"
    )]
    rpc: Option<String>,
    /// Files of the network's logs instead, as `eth_getLogs` answers them
    #[arg(long, value_name = "FILE", conflicts_with = "rpc")]
    logs: Vec<PathBuf>,
    /// Files with what claims of messages were called with, a JSON array of calldata: logs do not have all of a message
    #[arg(long, value_name = "FILE", requires = "logs")]
    calls: Vec<PathBuf>,
    /// Address of the network's bridge
    #[arg(long, value_name = "ADDRESS")]
    bridge: Address,
    /// Block of the network in which its bridge was deployed
    #[arg(long, value_name = "N", default_value_t = 0)]
    from: u64,
    /// Up to which block the network is read: an exit that leaves the chain after it was certified stops the network
    #[arg(long, value_name = "BLOCK", default_value = "finalized")]
    at: At,
}

impl ChainOption {
    /// Reads the network's bridge, claims of messages by what they were called with.
    pub(crate) async fn read(&self, network: NetworkId) -> Result<BridgeLog> {
        let Some(url) = self.rpc.as_deref() else {
            let mut log = BridgeLog::of(network, self.bridge, &files(&self.logs)?)?;
            for call in files::<Bytes>(&self.calls)? {
                log.take_call(&call)?;
            }
            return Ok(log);
        };
        read_bridge(&pool("network", url)?, network, self.bridge, self.from, self.at).await
    }
}

/// Logs of so many blocks are asked for at once.
const LOG_RANGE: u64 = 2_000;

async fn read_bridge(
    pool: &Pool,
    network: NetworkId,
    bridge: Address,
    from: u64,
    at: At,
) -> Result<BridgeLog> {
    let reading = network::read(pool, at.into(), &[bridge], from, LOG_RANGE).await?;
    let mut log = BridgeLog::of(network, bridge, &reading.logs)?;
    let mut transactions: Vec<_> = log.undetailed().filter_map(|claim| claim.transaction).collect();
    transactions.dedup();
    for input in network::inputs(pool, transactions).await? {
        log.take_call(&input)?;
    }
    Ok(log)
}

/// Another network's bridge: `NETWORK:BRIDGE:URL` or `NETWORK:BRIDGE:FILE`.
#[derive(Clone, Debug)]
pub(crate) struct SourceArgument {
    network: NetworkId,
    bridge: Address,
    place: String,
}

impl FromStr for SourceArgument {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.splitn(3, ':');
        let (Some(network), Some(bridge), Some(place)) = (parts.next(), parts.next(), parts.next()) else {
            bail!("it is written NETWORK:BRIDGE:URL or NETWORK:BRIDGE:FILE");
        };
        let network: u32 = network.parse().context("the network is a number")?;
        ensure!(network != 0, "L1 is read by --l1-rpc or --l1-logs");
        Ok(Self {
            network: NetworkId::new(network),
            bridge: bridge.parse().context("the bridge is an address")?,
            place: place.to_owned(),
        })
    }
}

/// Other networks, from which imports come.
#[derive(Clone, Debug, Args)]
pub(crate) struct SourcesOption {
    /// Another network's bridge, by a node or a file of its logs: its exits are shown by its history
    #[arg(long = "source", value_name = "NETWORK:BRIDGE:URL")]
    sources: Vec<SourceArgument>,
    /// Up to which block other networks are read
    #[arg(long, value_name = "BLOCK", default_value = "latest")]
    sources_at: At,
}

impl SourcesOption {
    /// Reads all of them.
    pub(crate) async fn read<'e>(&self, ethereum: &'e Ethereum) -> Result<Sources<'e>> {
        let mut sources = Sources::new(ethereum)?;
        for source in &self.sources {
            let (network, bridge) = (source.network, source.bridge);
            let log = if source.place.contains("://") {
                let pool = pool("source", &source.place)?;
                read_bridge(&pool, network, bridge, 0, self.sources_at).await?
            } else {
                BridgeLog::of(
                    network,
                    bridge,
                    &files::<LogJson>(&[PathBuf::from(&source.place)])?,
                )?
            };
            sources.add(log)?;
        }
        Ok(sources)
    }
}

/// A key.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct KeyOption {
    /// Keystore file (version 3)
    #[arg(
        long,
        value_name = "FILE",
        requires = "password_file",
        conflicts_with = "key_env"
    )]
    keystore: Option<PathBuf>,
    /// File with the keystore's password
    #[arg(long, value_name = "FILE", requires = "keystore")]
    password_file: Option<PathBuf>,
    /// Variable of the environment with the key itself, in hexadecimal: for chains of developers
    #[arg(long, value_name = "NAME")]
    key_env: Option<String>,
}

impl KeyOption {
    /// Opens it.
    pub(crate) fn open(&self) -> Result<Box<Key>> {
        let source = match (&self.keystore, &self.password_file, &self.key_env) {
            (Some(path), Some(password), _) => {
                let text = String::from_utf8(read(password)?).context("the password is no text")?;
                SignerSource::Keystore {
                    path: path.clone(),
                    password: text.trim_end().to_owned(),
                }
            }
            (_, _, Some(name)) => {
                let text = std::env::var(name).with_context(|| format!("the variable {name} is not set"))?;
                let key = text.trim().parse();
                // What is wrong with it is not shown: it may be a key all the same.
                let key = key
                    .ok()
                    .with_context(|| format!("the variable {name} holds no key"))?;
                SignerSource::Plain { key }
            }
            _ => bail!("--keystore with --password-file, or --key-env, is needed"),
        };
        Ok(source.open()?)
    }
}

/// The contract of global exit roots that a bridge has.
pub(crate) async fn global_exit_root_of(pool: &Pool, bridge: Address) -> Result<Address> {
    let call = SharedBridge::globalExitRootManagerCall {}.abi_encode();
    let answer = pool.pin(Tag::Latest).await?.call(bridge, &call).await?;
    SharedBridge::globalExitRootManagerCall::abi_decode_returns(&answer)
        .with_context(|| format!("{bridge} is no bridge"))
}

/// A chain with one node.
pub(crate) fn pool(name: &str, url: &str) -> Result<Pool> {
    // The address may hold a key: it is not shown.
    let url = url
        .parse()
        .with_context(|| format!("the address of the node of {name} is no URL"))?;
    let endpoint = EndpointConfig {
        name: name.to_owned(),
        url,
    };
    Ok(Pool::new([(endpoint, Roles::BOTH, 0)], PoolConfig::default())?)
}

/// Lists in files, one behind the other.
pub(crate) fn files<T: DeserializeOwned>(paths: &[PathBuf]) -> Result<Vec<T>> {
    let mut all = Vec::new();
    for path in paths {
        let file: Vec<T> = json(path)?;
        all.extend(file);
    }
    Ok(all)
}

/// A file of JSON.
pub(crate) fn json<T: DeserializeOwned>(path: &std::path::Path) -> Result<T> {
    serde_json::from_slice(&read(path)?).with_context(|| format!("{} cannot be read", path.display()))
}

/// Waits for something.
pub(crate) fn wait<T>(what: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime can be started")?
        .block_on(what)
}
