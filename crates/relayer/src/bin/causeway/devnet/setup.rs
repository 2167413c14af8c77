//! What a devnet begins with, and what is written down of it.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256};
use anyhow::{Context, Result, ensure};
use causeway_devnet::{Account, Devnet, DevnetOptions, Mining, NetworkPlan, VerifierCode};
use causeway_relayer::config::{Config, Loaded};
use causeway_types::Authority;

/// L1's chain id, which is one of developers, and those of the networks.
const CHAINS: [u64; 3] = [31_337, 31_338, 31_339];

/// Whose names are the networks'.
pub(super) const NAMES: [&str; 2] = ["A", "B"];

/// Who signs for a network.
pub(super) fn signer(name: &str) -> Account {
    Account::named(&format!("signer of {name}"))
}

/// A folder that nothing is in.
pub(super) fn folder(path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path).context("the folder has no path")?;
    ensure!(
        !path.join("devnet.json").exists(),
        "{} is that of another devnet, whose chains are gone: remove it, or name another with --folder",
        path.display()
    );
    fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
    Ok(path)
}

/// Chains that make a block a second, so that L1 is final in two.
pub(super) fn options(verifier: VerifierCode) -> Result<DevnetOptions> {
    let plan = |(name, chain_id): (&str, u64)| -> Result<NetworkPlan> {
        Ok(NetworkPlan {
            name: name.to_owned(),
            authority: Authority::signer(signer(name).address())?,
            chain_id: Some(chain_id),
        })
    };
    Ok(DevnetOptions {
        chain_id: CHAINS[0],
        l1_mining: Mining::Every(1),
        l2_mining: Mining::Auto,
        hardfork: None,
        verifier,
        networks: NAMES
            .into_iter()
            .zip(CHAINS[1..].iter().copied())
            .map(plan)
            .collect::<Result<_>>()?,
    })
}

/// What the prover has to know before there are chains.
pub(super) fn first_config(folder: &Path) -> Result<Config> {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let text = text(
        folder,
        "http://127.0.0.1:1",
        [Address::ZERO; 2],
        0,
        B256::repeat_byte(1),
        [nowhere; 3],
    );
    Ok(Loaded::parse(&folder.join("causeway.toml"), &text, [])?.config)
}

/// Writes what whoever uses the devnet needs, and the relayer's configuration.
pub(super) fn write(folder: &Path, devnet: &Devnet) -> Result<Loaded> {
    let deployment = devnet.deployment();
    let json = serde_json::to_string_pretty(deployment)?;
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| path.display().to_string())
    };
    write("devnet.json", &json)?;
    let contracts = [deployment.settlement, deployment.bridge];
    let key = Account::named("relayer").key();
    let text = text(
        folder,
        &deployment.url,
        contracts,
        deployment.deploy_block,
        key,
        free_addresses()?,
    );
    write("causeway.toml", &text)?;
    Ok(Loaded::read(&folder.join("causeway.toml"), [])?)
}

/// Three addresses that nobody listens on.
fn free_addresses() -> Result<[SocketAddr; 3]> {
    let mut listeners = Vec::new();
    for _ in 0..3 {
        // All at once, so that no two are the same.
        listeners.push(TcpListener::bind(("127.0.0.1", 0))?);
    }
    let address = |place: usize| listeners[place].local_addr();
    Ok([address(0)?, address(1)?, address(2)?])
}

fn text(
    folder: &Path,
    url: &str,
    [settlement, bridge]: [Address; 2],
    deploy_block: u64,
    key: B256,
    [public, admin, metrics]: [SocketAddr; 3],
) -> String {
    let folder = folder.display();
    let chain = CHAINS[0];
    format!(
        r#"# Of a devnet: its key is everybody's, and its proofs are under a development key.
version = 1

[l1]
chain_id = {chain}
settled_at = "latest"
confirmations = 1
poll = "500ms"

[[l1.endpoint]]
name = "anvil"
url = "{url}"

[contracts]
settlement = "{settlement}"
bridge = "{bridge}"
deploy_block = {deploy_block}

[signer.settlement]
kind = "key"
key = "{key}"

[fees]
low_balance = "0.01 ether"

[epochs]
max_wait = "2s"
proving_margin = "5m"

[prover]
development_key = true
lease = "10m"

[storage]
path = "{folder}/relayer.db"
proofs = "{folder}/proofs"
backup_dir = "{folder}/backups"

[api]
public = "{public}"
admin = "{admin}"
metrics = "{metrics}"

[log]
format = "text"
filter = "warn"
"#
    )
}

/// What whoever looks at a devnet that runs does next.
pub(super) fn how_to(folder: &Path, devnet: &Devnet, public: SocketAddr) -> String {
    let deployment = devnet.deployment();
    let mut lines = vec![format!(
        "L1   {}  settlement {}",
        deployment.url, deployment.settlement
    )];
    for network in &deployment.networks {
        if let Some(chain) = &network.chain {
            lines.push(format!(
                "{}    {}  bridge {}",
                network.name, chain.url, chain.bridge
            ));
        }
    }
    lines.push(format!("the relayer answers at http://{public}; try"));
    lines.push(format!("  causeway status --api http://{public}"));
    lines.push(format!(
        "keys and addresses are in {}",
        folder.join("devnet.json").display()
    ));
    lines.push("it runs until Ctrl-C".to_owned());
    lines.join("\n")
}
