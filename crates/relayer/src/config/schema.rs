//! Every setting, what it means, and its default.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use alloy_primitives::{Address, U256};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::secret::Secret;
use super::units::{Bytes, Time, Wei};

/// The newest version of the configuration.
pub const VERSION: u32 = 1;

/// All of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Version of the configuration.
    pub version: u32,
    /// Ethereum.
    pub l1: L1,
    /// The deployment.
    pub contracts: Contracts,
    /// Who pays on L1.
    pub signer: Signer,
    /// What is paid on L1.
    #[serde(default)]
    pub fees: FeeSettings,
    /// Which certificates settle together, and when.
    #[serde(default)]
    pub epochs: Epochs,
    /// What holds for networks that have no settings of their own.
    #[serde(default)]
    pub network_defaults: NetworkPolicy,
    /// Networks with settings of their own.
    #[serde(default, rename = "network", skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<NetworkSettings>,
    /// Who proves.
    #[serde(default)]
    pub prover: ProverSettings,
    /// Claims that this relayer pays for.
    #[serde(default)]
    pub claims: Claims,
    /// Where everything is kept.
    #[serde(default)]
    pub storage: Storage,
    /// Who may ask and where.
    #[serde(default)]
    pub api: Api,
    /// What is told, and how.
    #[serde(default)]
    pub log: Log,
    /// How it ends.
    #[serde(default)]
    pub shutdown: Shutdown,
}

/// Ethereum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct L1 {
    /// Its chain id.
    pub chain_id: u64,
    /// The block from which on a settlement counts as settled.
    #[serde(default)]
    pub settled_at: SettledAt,
    /// How many blocks must stand on it besides.
    #[serde(default = "L1::confirmations")]
    pub confirmations: u64,
    /// How many headers are kept: a deeper reorg stops settlement and calls a person.
    #[serde(default = "L1::reorg_window")]
    pub reorg_window: u64,
    /// Blocks of logs asked for at once.
    #[serde(default = "L1::log_range")]
    pub log_range: u64,
    /// Between two looks at the chain.
    #[serde(default = "L1::poll")]
    pub poll: Time,
    /// How nodes are judged.
    #[serde(default)]
    pub rpc: Rpc,
    /// The nodes.
    pub endpoint: Vec<EndpointSettings>,
}

impl L1 {
    const fn confirmations() -> u64 {
        12
    }

    const fn reorg_window() -> u64 {
        128
    }

    const fn log_range() -> u64 {
        2_000
    }

    const fn poll() -> Time {
        Time(std::time::Duration::from_secs(4))
    }
}

/// From which block on something counts as settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettledAt {
    /// At once: for chains of developers.
    Latest,
    /// Once the chain calls it safe.
    #[default]
    Safe,
    /// Once the chain has finalized it.
    Finalized,
}

/// How nodes are judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rpc {
    /// To be let in.
    pub connect_timeout: Time,
    /// To have an answer.
    pub call_timeout: Time,
    /// Without a new block, a node is asked last.
    pub stall_after: Time,
    /// So many blocks behind the others, too.
    pub most_lag: u64,
}

impl Default for Rpc {
    fn default() -> Self {
        Self {
            connect_timeout: seconds(3),
            call_timeout: seconds(10),
            stall_after: seconds(60),
            most_lag: 3,
        }
    }
}

/// A node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointSettings {
    /// Its name, in logs and metrics.
    pub name: String,
    /// Its address: a secret, for it may hold a key.
    pub url: Secret,
    /// What it is asked for; everything if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
    /// The lowest is asked first.
    #[serde(default)]
    pub priority: u32,
}

/// What a node is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// To be read.
    Read,
    /// To take transactions.
    Submit,
}

/// The deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contracts {
    /// `Settlement`.
    #[schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$", example = "0x1111111111111111111111111111111111111111")]
    pub settlement: Address,
    /// `SharedBridge` on L1.
    #[schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$", example = "0x1111111111111111111111111111111111111111")]
    pub bridge: Address,
    /// The block in which the first of them was deployed: logs are read from there.
    pub deploy_block: u64,
}

/// Who signs for whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// Who settles.
    pub settlement: SignerSettings,
    /// Who claims, by name.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub claims: std::collections::BTreeMap<String, SignerSettings>,
}

/// Where a key is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SignerSettings {
    /// In a keystore file (version 3).
    Keystore {
        /// The file.
        #[schema(value_type = String)]
        path: PathBuf,
        /// Its password.
        password: Secret,
    },
    /// In plain: for chains of developers alone.
    Key {
        /// The key.
        key: Secret,
    },
    /// With a service that signs what it is asked to, over JSON-RPC: `eth_signTransaction`, as Web3Signer and op-signer have it.
    Remote {
        /// Its address: a secret, for it may hold a key.
        url: Secret,
        /// Whose key it signs with: every signature is held to it.
        #[schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$", example = "0x1111111111111111111111111111111111111111")]
        address: Address,
        /// How long it may take.
        #[serde(default = "SignerSettings::timeout")]
        timeout: Time,
    },
}

impl SignerSettings {
    const fn timeout() -> Time {
        seconds(10)
    }
}

/// What is paid on L1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FeeSettings {
    /// The least tip.
    pub tip_floor: Wei,
    /// The most that a transaction offers per gas. Above it nothing is given up: the transaction waits and is sent again.
    pub max_fee: Wei,
    /// By how much in a hundred a transaction is raised; nodes ask for 10.
    pub bump_percent: f64,
    /// After how many blocks without it.
    pub bump_after: u64,
    /// What is added to the gas that a simulation used, in a hundred.
    pub gas_margin_percent: u32,
    /// The most gas of one transaction; no chain takes more than 16,777,216 (EIP-7825).
    pub gas_max: u64,
    /// The most that is paid in a day.
    pub budget_day: Wei,
    /// Below this the wallet is reported as low.
    pub low_balance: Wei,
}

impl Default for FeeSettings {
    fn default() -> Self {
        Self {
            tip_floor: Wei(10_000_000),
            max_fee: Wei(150_000_000_000),
            bump_percent: 12.5,
            bump_after: 3,
            gas_margin_percent: 20,
            gas_max: 5_000_000,
            budget_day: Wei(1_000_000_000_000_000_000),
            low_balance: Wei(200_000_000_000_000_000),
        }
    }
}

/// Which certificates settle together, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Epochs {
    /// An epoch is closed as soon as so many certificates are confirmed.
    pub max_certificates: usize,
    /// Or when the oldest of them has waited so long.
    pub max_wait: Time,
    /// What proving and settling may take: a certificate that expires sooner is left out.
    pub proving_margin: Time,
    /// Whether a turn is reserved on L1 when others settle too.
    pub turns: Turns,
}

impl Default for Epochs {
    fn default() -> Self {
        Self {
            max_certificates: 64,
            max_wait: seconds(600),
            proving_margin: seconds(1_800),
            turns: Turns::Contested,
        }
    }
}

/// When a turn is reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Turns {
    /// Never.
    Never,
    /// When somebody else has settled or reserved lately.
    Contested,
    /// Before each epoch.
    Always,
}

/// What a network asks of others, and what is asked of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkPolicy {
    /// At which tier others' state is good enough to be built on.
    pub accept_others: AcceptOthers,
    /// How long its certificates wait for what they depend on.
    pub contingency_timeout: Time,
    /// How long it may take to prove what it had accepted, if it proves its certificates itself.
    pub proving_timeout: Time,
    /// After so many certificates that were accepted and never proven in `offence_window`, nothing of it is taken in.
    pub most_offences: u64,
    /// In which offences count, and for how long it is blocked.
    pub offence_window: Time,
}

impl Default for NetworkPolicy {
    fn default() -> Self {
        Self {
            accept_others: AcceptOthers::PreConfirmed,
            contingency_timeout: seconds(3_600),
            proving_timeout: seconds(3_600),
            most_offences: 3,
            offence_window: seconds(86_400),
        }
    }
}

/// At which tier others' state is good enough to be built on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AcceptOthers {
    /// As soon as the ledger accepted it.
    PreConfirmed,
    /// Once it is proven with all it depends on.
    Confirmed,
    /// Only when it is final on L1.
    Finalized,
}

/// A network with settings of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkSettings {
    /// Its id.
    pub id: u32,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its node: with that, its bridge and its chain's id, claims of and on it are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpc: Option<Secret>,
    /// Its bridge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^0x[0-9a-fA-F]{40}$", example = "0x1111111111111111111111111111111111111111")]
    pub bridge: Option<Address>,
    /// Its chain's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain_id: Option<u64>,
    /// The block in which its bridge was deployed: logs are read from there.
    #[serde(default)]
    pub deploy_block: u64,
    /// What it asks of others and what is asked of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<NetworkPolicy>,
}

impl NetworkSettings {
    /// Whether its chain can be read.
    pub const fn is_followed(&self) -> bool {
        self.rpc.is_some() && self.bridge.is_some() && self.chain_id.is_some()
    }
}

/// Who proves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProverSettings {
    /// Which prover.
    pub backend: ProverBackend,
    /// How long one that does not speak keeps its work.
    pub lease: Time,
    /// How long a proof may take.
    pub timeout: Time,
    /// How often a proof is begun before a person is called.
    pub max_tries: u32,
    /// Whether the development key of this machine is good enough: never on a public chain.
    pub development_key: bool,
}

impl Default for ProverSettings {
    fn default() -> Self {
        Self {
            backend: ProverBackend::Local,
            lease: seconds(120),
            timeout: seconds(2_700),
            max_tries: 5,
            development_key: false,
        }
    }
}

/// Which prover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProverBackend {
    /// In this process.
    Local,
}

/// Claims that this relayer pays for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Claims {
    /// Whether it pays for any.
    pub enabled: bool,
    /// Where, by whom, and which.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub destination: Vec<ClaimDestination>,
}

/// Claims of one destination: by whom, which, and for how much. What `fees` says of prices holds here too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimDestination {
    /// The network: 0 is L1.
    pub network: u32,
    /// The name of a signer under `signer.claims`.
    pub signer: String,
    /// The networks whose exits are paid for, 0 being L1; all if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<u32>>,
    /// Whether tokens that are not listed are paid for too: anybody can make one that is worth nothing.
    #[serde(default)]
    pub other_tokens: bool,
    /// Whether messages are paid for: their receivers may do anything with the gas.
    #[serde(default)]
    pub messages: bool,
    /// The most gas of one claim.
    #[serde(default = "ClaimDestination::max_gas")]
    pub max_gas: u64,
    /// The most that one claim may cost.
    pub max_fee_per_claim: Wei,
    /// The most that is paid in a day.
    pub budget_day: Wei,
    /// Below this the wallet is reported as low.
    #[serde(default = "ClaimDestination::low_balance")]
    pub low_balance: Wei,
    /// So many claims are under way at once.
    #[serde(default = "ClaimDestination::at_once")]
    pub at_once: u32,
    /// After this a claim that would be reverted is tried again, then after twice as long, and so on.
    #[serde(default = "ClaimDestination::retry_after")]
    pub retry_after: Time,
    /// After so many times it is given up.
    #[serde(default = "ClaimDestination::max_tries")]
    pub max_tries: u32,
    /// The tokens that are paid for.
    #[serde(default, rename = "token", skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<ClaimToken>,
}

impl ClaimDestination {
    const fn max_gas() -> u64 {
        1_000_000
    }

    const fn low_balance() -> Wei {
        Wei(10_000_000_000_000_000)
    }

    const fn at_once() -> u32 {
        8
    }

    const fn retry_after() -> Time {
        seconds(60)
    }

    const fn max_tries() -> u32 {
        8
    }
}

/// A token whose claims are paid for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimToken {
    /// The network that issues it; 0 with address zero is ether.
    pub network: u32,
    /// Its address there.
    #[schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$", example = "0x1111111111111111111111111111111111111111")]
    pub address: Address,
    /// Less than this is not paid for, in the token's smallest unit.
    #[serde(default, skip_serializing_if = "U256::is_zero")]
    #[schema(value_type = String, example = "0x1")]
    pub least: U256,
}

/// Where everything is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// The journal.
    #[schema(value_type = String)]
    pub path: PathBuf,
    /// Finished stages of proofs.
    #[schema(value_type = String)]
    pub proofs: PathBuf,
    /// Copies of the journal.
    #[schema(value_type = String)]
    pub backup_dir: PathBuf,
    /// How often one is made.
    pub backup_every: Time,
    /// How many are kept.
    pub keep_backups: usize,
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            path: "causeway/relayer.db".into(),
            proofs: "causeway/proofs".into(),
            backup_dir: "causeway/backups".into(),
            backup_every: seconds(3_600),
            keep_backups: 48,
        }
    }
}

/// Who may ask, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Api {
    /// Where anybody may.
    #[schema(value_type = String)]
    pub public: SocketAddr,
    /// Where operators may: nobody else should reach it.
    #[schema(value_type = String)]
    pub admin: SocketAddr,
    /// What operators show; asked for wherever it is set, and it must be unless `admin` is this machine's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_token: Option<Secret>,
    /// Where metrics are.
    #[schema(value_type = String)]
    pub metrics: SocketAddr,
    /// The longest question.
    pub max_body: Bytes,
    /// The most that is kept of all questions while they are read and answered: nobody has more than a quarter of it.
    pub max_pending: Bytes,
    /// Certificates of one network per second.
    pub rate_per_second: f64,
    /// And how many at once.
    pub rate_burst: u32,
    /// Certificates from one address per second, whatever they say and whether or not they are any good.
    pub sender_rate_per_second: f64,
    /// And how many at once.
    pub sender_rate_burst: u32,
    /// Proxies in front of this, whose `X-Forwarded-For` says who sends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>, example = json!(["127.0.0.1"]))]
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Api {
    fn default() -> Self {
        Self {
            public: SocketAddr::from(([127, 0, 0, 1], 9090)),
            admin: SocketAddr::from(([127, 0, 0, 1], 9091)),
            admin_token: None,
            metrics: SocketAddr::from(([127, 0, 0, 1], 9092)),
            max_body: Bytes(10 << 20),
            max_pending: Bytes(64 << 20),
            rate_per_second: 2.0,
            rate_burst: 10,
            sender_rate_per_second: 20.0,
            sender_rate_burst: 200,
            trusted_proxies: Vec::new(),
        }
    }
}

/// What is told, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// In which form.
    pub format: LogFormat,
    /// From which level on; as `RUST_LOG`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Json,
            filter: "info".to_owned(),
        }
    }
}

/// In which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For machines.
    Json,
    /// For people.
    Text,
}

/// How it ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Shutdown {
    /// How long what is under way may take to its next safe point.
    pub drain: Time,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { drain: seconds(20) }
    }
}

const fn seconds(seconds: u64) -> Time {
    Time(std::time::Duration::from_secs(seconds))
}
