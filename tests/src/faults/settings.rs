//! How a relayer is set up for a row: quick, on a chain of developers, with everything in one folder.

use std::fmt::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256};
use anyhow::Result;
use causeway_devnet::deploy::ChainDeployment;
use causeway_devnet::{Account, Deployment};

/// Names the file into which the mock prover writes what it does.
pub const PROVER_LOG: &str = "CAUSEWAY_MOCK_PROVER_LOG";
/// Names the file from which the mock prover reads what it is to do wrongly.
pub const PROVER_SCRIPT: &str = "CAUSEWAY_MOCK_PROVER_SCRIPT";
/// Names the points at which the process is to die, as the crate `fail` reads them.
pub const FAILPOINTS: &str = "FAILPOINTS";

/// The least ether that is paid for, in wei.
pub const LEAST: u64 = 1_000;

/// What rows change.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// From which block on something counts as settled: `latest`, `safe` or `finalized`.
    pub settled_at: &'static str,
    /// Blocks that must stand on it besides.
    pub confirmations: u64,
    /// Between two looks at L1, in milliseconds.
    pub poll_ms: u64,
    /// How long a node may take, in milliseconds.
    pub call_timeout_ms: u64,
    /// How long a node may show no new block, in seconds.
    pub stall_after_s: u64,
    /// Headers that are kept.
    pub reorg_window: u64,
    /// An epoch is closed with so many certificates.
    pub max_certificates: usize,
    /// Or so long after the oldest, in milliseconds.
    pub max_wait_ms: u64,
    /// What proving and settling may take, in seconds.
    pub proving_margin_s: u64,
    /// When a turn is reserved: `never`, `contested` or `always`.
    pub turns: &'static str,
    /// The most per gas, in gwei.
    pub max_fee_gwei: u64,
    /// The least tip per gas, in wei.
    pub tip_floor_wei: u64,
    /// After how many blocks a transaction is raised.
    pub bump_after: u64,
    /// How long certificates wait for what they depend on, in seconds.
    pub contingency_timeout_s: u64,
    /// How long the mock prover may be silent, in milliseconds.
    pub lease_ms: u64,
    /// How often a proof is begun.
    pub max_tries: u32,
    /// Certificates of one network per second.
    pub rate_per_second: f64,
    /// And at once.
    pub rate_burst: u32,
    /// Certificates from one address per second.
    pub sender_rate_per_second: f64,
    /// And at once.
    pub sender_rate_burst: u32,
    /// The most gas of one transaction.
    pub gas_max: u64,
    /// Where the service is that signs; the key itself if none does.
    pub signer: Option<String>,
    /// Networks, 0 being L1, on which messages are paid for.
    pub messages: &'static [u32],
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            settled_at: "latest",
            confirmations: 1,
            poll_ms: 150,
            call_timeout_ms: 1_500,
            stall_after_s: 5,
            reorg_window: 64,
            max_certificates: 16,
            max_wait_ms: 400,
            proving_margin_s: 60,
            turns: "never",
            max_fee_gwei: 100,
            tip_floor_wei: 10_000_000,
            bump_after: 2,
            contingency_timeout_s: 600,
            lease_ms: 5_000,
            max_tries: 5,
            rate_per_second: 1_000.0,
            rate_burst: 10_000,
            sender_rate_per_second: 1_000.0,
            sender_rate_burst: 10_000,
            gas_max: 5_000_000,
            signer: None,
            messages: &[0],
        }
    }
}

/// Where a relayer listens and where it keeps things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Its folder.
    pub folder: PathBuf,
    /// The port for anybody.
    pub public: u16,
    /// The port for operators.
    pub admin: u16,
    /// The port of metrics.
    pub metrics: u16,
}

impl Places {
    /// Three free ports, and a folder.
    ///
    /// # Errors
    /// If the system has none.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        // All at once, so that no two are the same.
        let listeners = [0; 3].map(|port| TcpListener::bind(("127.0.0.1", port)));
        let mut ports = Vec::new();
        for listener in listeners {
            ports.push(listener?.local_addr()?.port());
        }
        Ok(Self {
            folder: folder.to_owned(),
            public: ports[0],
            admin: ports[1],
            metrics: ports[2],
        })
    }

    /// The journal.
    pub fn journal(&self) -> PathBuf {
        self.folder.join("relayer.db")
    }

    /// The configuration.
    pub fn config(&self) -> PathBuf {
        self.folder.join("causeway.toml")
    }

    /// What the mock prover did.
    pub fn prover_log(&self) -> PathBuf {
        self.folder.join("prover.log")
    }

    /// What the mock prover is to do wrongly.
    pub fn prover_script(&self) -> PathBuf {
        self.folder.join("prover.script")
    }
}

/// Who signs.
fn signer(settings: &Settings, account: &Account) -> String {
    match &settings.signer {
        None => format!("kind = \"key\"\nkey = \"{}\"", account.key()),
        Some(url) => format!(
            "kind = \"remote\"\nurl = \"{url}\"\naddress = \"{}\"\ntimeout = \"1s\"",
            account.address()
        ),
    }
}

/// The configuration of a relayer that asks these endpoints, the first one first, and pays from this account.
pub fn config(
    settings: &Settings,
    deployment: &Deployment,
    places: &Places,
    endpoints: &[&str],
    account: &Account,
) -> String {
    let mut text = format!(
        r#"version = 1

[l1]
chain_id = {chain}
settled_at = "{settled_at}"
confirmations = {confirmations}
reorg_window = {reorg_window}
poll = "{poll}ms"

[l1.rpc]
connect_timeout = "{timeout}ms"
call_timeout = "{timeout}ms"
stall_after = "{stall}s"
"#,
        chain = deployment.chain_id,
        settled_at = settings.settled_at,
        confirmations = settings.confirmations,
        reorg_window = settings.reorg_window,
        poll = settings.poll_ms,
        timeout = settings.call_timeout_ms,
        stall = settings.stall_after_s,
    );
    for (place, url) in endpoints.iter().enumerate() {
        let name = char::from(b'a' + place as u8);
        let _ = write!(
            text,
            "\n[[l1.endpoint]]\nname = \"{name}\"\nurl = \"{url}\"\npriority = {place}\n"
        );
    }
    let folder = places.folder.display();
    let signer = signer(settings, account);
    let _ = write!(
        text,
        r#"
[contracts]
settlement = "{settlement}"
bridge = "{bridge}"
deploy_block = {deploy_block}

[signer.settlement]
{signer}

[fees]
max_fee = "{max_fee} gwei"
tip_floor = "{tip_floor} wei"
bump_after = {bump_after}
gas_max = {gas_max}
low_balance = "0.01 ether"

[epochs]
max_certificates = {max_certificates}
max_wait = "{max_wait}ms"
proving_margin = "{margin}s"
turns = "{turns}"

[network_defaults]
contingency_timeout = "{contingency}s"

[prover]
lease = "{lease}ms"
max_tries = {tries}

[storage]
path = "{journal}"
proofs = "{folder}/proofs"
backup_dir = "{folder}/backups"

[api]
public = "127.0.0.1:{public}"
admin = "127.0.0.1:{admin}"
metrics = "127.0.0.1:{metrics}"
rate_per_second = {rate:.1}
rate_burst = {burst}
sender_rate_per_second = {sender_rate:.1}
sender_rate_burst = {sender_burst}

[log]
format = "json"
filter = "info"

[shutdown]
drain = "5s"
"#,
        settlement = deployment.settlement,
        bridge = deployment.bridge,
        deploy_block = deployment.deploy_block,
        max_fee = settings.max_fee_gwei,
        tip_floor = settings.tip_floor_wei,
        bump_after = settings.bump_after,
        max_certificates = settings.max_certificates,
        max_wait = settings.max_wait_ms,
        margin = settings.proving_margin_s,
        turns = settings.turns,
        contingency = settings.contingency_timeout_s,
        lease = settings.lease_ms,
        tries = settings.max_tries,
        journal = places.journal().display(),
        public = places.public,
        admin = places.admin,
        metrics = places.metrics,
        rate = settings.rate_per_second,
        burst = settings.rate_burst,
        sender_rate = settings.sender_rate_per_second,
        sender_burst = settings.sender_rate_burst,
        gas_max = settings.gas_max,
    );
    text
}

/// The part of the configuration that has claims paid for on L1 and on networks with chains, each behind an address; nothing if there
/// are none.
pub fn claims(settings: &Settings, chains: &[(&str, &ChainDeployment)], key: B256) -> String {
    if chains.is_empty() {
        return String::new();
    }
    let mut text = format!("\n[signer.claims.payer]\nkind = \"key\"\nkey = \"{key}\"\n");
    for (place, (url, chain)) in chains.iter().enumerate() {
        let _ = write!(
            text,
            "\n[[network]]\nid = {}\nrpc = \"{url}\"\nbridge = \"{}\"\nchain_id = {}\n",
            place + 1,
            chain.bridge,
            chain.chain_id
        );
    }
    text += "\n[claims]\nenabled = true\n";
    for network in 0..=chains.len() as u32 {
        let _ = write!(
            text,
            r#"
[[claims.destination]]
network = {network}
signer = "payer"
messages = {messages}
max_fee_per_claim = "0.1 ether"
budget_day = "0.5 ether"
retry_after = "300ms"
max_tries = 3

[[claims.destination.token]]
network = 0
address = "{ether}"
least = "{LEAST}"
"#,
            messages = settings.messages.contains(&network),
            ether = Address::ZERO,
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{FixedBytes, U256};
    use causeway_relayer::config::{Loaded, check};

    use super::*;

    #[test]
    fn the_relayer_takes_it() {
        let deployment = Deployment {
            chain_id: 31_337,
            url: "http://127.0.0.1:1".to_owned(),
            settlement: Address::repeat_byte(1),
            bridge: Address::repeat_byte(2),
            global_exit_root: Address::repeat_byte(3),
            gateway: Address::repeat_byte(4),
            verifier: Address::repeat_byte(5),
            selector: FixedBytes::from([1, 2, 3, 4]),
            program_digest: U256::from(7),
            deploy_block: 3,
            owner: Address::repeat_byte(6),
            owner_key: B256::repeat_byte(7),
            networks: Vec::new(),
        };
        let places = Places::in_folder(Path::new("/tmp/row")).expect("ports");
        let endpoints = ["http://127.0.0.1:2", "http://127.0.0.1:3"];
        let settings = Settings::default();
        let account = Account::named("relayer");
        let text = config(&settings, &deployment, &places, &endpoints, &account);
        let loaded = Loaded::parse(&places.config(), &text, []).expect("a configuration");
        assert_eq!(check::problems(&loaded.config), []);
        assert_eq!(loaded.config.contracts.deploy_block, 3);
        assert_eq!(loaded.config.l1.endpoint.len(), 2);
        assert_eq!(loaded.config.api.public.port(), places.public);
        let remote = Settings {
            signer: Some("http://127.0.0.1:4".to_owned()),
            ..settings
        };
        let text = config(&remote, &deployment, &places, &endpoints, &account);
        let loaded = Loaded::parse(&places.config(), &text, []).expect("a configuration");
        assert_eq!(check::problems(&loaded.config), []);
    }
}
