//! Everything a row needs: a chain, two endpoints in front of it, networks, and a relayer.

mod wait;

use std::time::Duration;

use alloy_primitives::{B256, Bytes, U256};
use alloy_sol_types::SolValue;
use anyhow::{Context, Result};
use causeway_bindings::mocks::MockStatementVerifier;
use causeway_devnet::{Account, Devnet, DevnetOptions, Mining, NetworkPlan, VerifierCode};
use causeway_types::{NetworkId, SettlementDomain};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use super::certificates::{Made, Maker, authority};
use super::prover::proofs;
use super::proxy::Proxy;
use super::relayer::Relayer;
use super::settings::{self, Places, Settings};
use crate::world::MOCK_PROGRAM;

/// How long a relayer has until it answers.
const ALIVE: Duration = Duration::from_secs(15);

/// What a row begins with.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// How many networks are registered.
    pub networks: u32,
    /// How many of them, the last ones, prove their certificates and sign nothing.
    pub proving: u32,
    /// How many of them, the first ones, have a chain of their own on which claims are paid for, as on L1.
    pub destinations: u32,
    /// How many blocks an epoch of the chain has: two epochs on a block make it final.
    pub slots_in_an_epoch: u64,
    /// How the relayer is set up.
    pub settings: Settings,
    /// Where random choices begin.
    pub seed: u64,
    /// How often a process is killed where a row kills at random.
    pub kills: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            networks: 4,
            proving: 0,
            destinations: 0,
            slots_in_an_epoch: 1,
            settings: Settings::default(),
            seed: 1,
            kills: 10,
        }
    }
}

/// Everything a row needs.
#[derive(Debug)]
pub struct Kit {
    options: Options,
    devnet: Devnet,
    /// Endpoints `a` and `b`; one that is gone refuses.
    proxies: [Option<Proxy>; 2],
    urls: [String; 2],
    maker: Maker,
    folder: TempDir,
    places: Places,
    wallet: Account,
    /// Who pays for claims.
    payer: Account,
    /// In front of the nodes of the networks with chains.
    gates: Vec<Proxy>,
    relayer: Option<Relayer>,
    /// Whether blocks are made while something is waited for.
    mining: bool,
    random: ChaCha8Rng,
    /// What was handed in: what should settle, and what should never.
    expected: Vec<Made>,
    unexpected: Vec<Made>,
    /// What the proxies that are gone were sent.
    sent: Vec<Bytes>,
}

impl Kit {
    /// A chain with everything deployed and endpoints in front of it; no relayer runs yet.
    ///
    /// # Errors
    /// Whatever goes wrong.
    pub async fn new(options: Options) -> Result<Self> {
        let devnet = Devnet::start_with_epochs(&devnet_options(&options)?, options.slots_in_an_epoch).await?;
        let url = devnet.l1().url();
        let proxies = [Proxy::start(url).await?, Proxy::start(url).await?];
        let urls = [0, 1].map(|place: usize| proxies[place].url().to_owned());
        let domain = SettlementDomain {
            chain_id: devnet.deployment().chain_id,
            settlement: devnet.deployment().settlement,
        };
        let folder = tempfile::tempdir()?;
        let places = Places::in_folder(folder.path())?;
        let wallet = Account::named("relayer");
        let ether = U256::from(1_000_000_000_000_000_000_u128);
        devnet
            .l1()
            .node()
            .set_balance(wallet.address(), ether * U256::from(10))
            .await?;
        let payer = Account::named("claims");
        let mut gates = Vec::new();
        for id in 0..=options.destinations {
            let node = devnet.node(NetworkId::new(id)).context("it has a node")?;
            node.set_balance(payer.address(), ether).await?;
            if id > 0 {
                gates.push(Proxy::start(node.url()).await?);
            }
        }
        let kit = Self {
            maker: Maker::new(domain, options.networks, options.proving, options.seed)?,
            random: ChaCha8Rng::seed_from_u64(options.seed),
            options,
            devnet,
            proxies: proxies.map(Some),
            urls,
            folder,
            places,
            wallet,
            payer,
            gates,
            relayer: None,
            mining: true,
            expected: Vec::new(),
            unexpected: Vec::new(),
            sent: Vec::new(),
        };
        kit.write_config()?;
        Ok(kit)
    }

    /// Writes the relayer's configuration as the settings are.
    ///
    /// # Errors
    /// The system's.
    pub fn write_config(&self) -> Result<()> {
        let mut text = settings::config(
            &self.options.settings,
            self.devnet.deployment(),
            &self.places,
            &[&self.urls[0], &self.urls[1]],
            &self.wallet,
        );
        let gates = self.gates.iter().zip(&self.devnet.deployment().networks);
        let chains: Vec<_> = gates
            .filter_map(|(gate, network)| Some((gate.url(), network.chain.as_ref()?)))
            .collect();
        text += &settings::claims(&self.options.settings, &chains, self.payer.key());
        Ok(std::fs::write(self.places.config(), text)?)
    }

    /// The chain.
    pub const fn devnet(&self) -> &Devnet {
        &self.devnet
    }

    /// The chain, to be killed and started again.
    pub const fn devnet_mut(&mut self) -> &mut Devnet {
        &mut self.devnet
    }

    /// Endpoint `a`, which is asked first.
    ///
    /// # Errors
    /// If it is gone.
    pub fn a(&self) -> Result<&Proxy> {
        self.proxies[0].as_ref().context("endpoint a is gone")
    }

    /// Endpoint `b`.
    ///
    /// # Errors
    /// If it is gone.
    pub fn b(&self) -> Result<&Proxy> {
        self.proxies[1].as_ref().context("endpoint b is gone")
    }

    /// The endpoints that are there.
    pub fn endpoints(&self) -> impl Iterator<Item = &Proxy> {
        self.proxies.iter().flatten()
    }

    /// Endpoint `a` is there no longer: whoever asks it is refused.
    pub fn lose_a(&mut self) {
        if let Some(proxy) = self.proxies[0].take() {
            self.sent.extend(proxy.sent());
        }
    }

    /// Every transaction that any endpoint was sent.
    pub fn sent(&self) -> Vec<Bytes> {
        let there = self.endpoints().flat_map(Proxy::sent);
        self.sent.iter().cloned().chain(there).collect()
    }

    /// The networks, and what they did.
    pub const fn maker(&mut self) -> &mut Maker {
        &mut self.maker
    }

    /// The networks' ids.
    pub fn networks(&self) -> Vec<NetworkId> {
        (1..=self.options.networks).map(NetworkId::new).collect()
    }

    /// Where the relayer keeps things.
    pub const fn places(&self) -> &Places {
        &self.places
    }

    /// A folder for whatever a row keeps.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Who pays for the relayer.
    pub const fn wallet(&self) -> &Account {
        &self.wallet
    }

    /// Who pays for claims.
    pub const fn payer(&self) -> &Account {
        &self.payer
    }

    /// The proxy in front of a network's node.
    ///
    /// # Errors
    /// If it has no chain.
    pub fn gate(&self, network: NetworkId) -> Result<&Proxy> {
        let place = (network.get() as usize).checked_sub(1);
        place
            .and_then(|place| self.gates.get(place))
            .context("the network has no chain")
    }

    /// L1 and the networks on which claims are paid for; none if there are none.
    pub fn destinations(&self) -> Vec<NetworkId> {
        let last = self.options.destinations;
        (0..=last).filter(|_| last > 0).map(NetworkId::new).collect()
    }

    /// How the relayer is set up.
    pub const fn settings(&self) -> &Settings {
        &self.options.settings
    }

    /// How the relayer is set up, to be changed before it is started.
    pub const fn settings_mut(&mut self) -> &mut Settings {
        &mut self.options.settings
    }

    /// How often a process is killed where a row kills at random.
    pub const fn kills(&self) -> u32 {
        self.options.kills
    }

    /// Random choices, which the seed decides.
    pub const fn random(&mut self) -> &mut ChaCha8Rng {
        &mut self.random
    }

    /// Whether blocks are made while something is waited for.
    pub const fn mine_while_waiting(&mut self, mining: bool) {
        self.mining = mining;
    }

    /// What was handed in and should settle.
    pub fn expected(&self) -> impl Iterator<Item = &Made> {
        self.expected.iter()
    }

    /// What was handed in and should never.
    pub fn unexpected(&self) -> impl Iterator<Item = &Made> {
        self.unexpected.iter()
    }

    /// Takes note of a certificate that should settle, whoever settles it.
    pub fn expect(&mut self, made: &Made) {
        if self.expected.iter().all(|known| known.id != made.id) {
            self.expected.push(made.clone());
        }
    }

    /// Takes note of one that should never.
    pub fn expect_never(&mut self, made: &Made) {
        self.expected.retain(|known| known.id != made.id);
        self.unexpected.push(made.clone());
    }

    /// The relayer.
    ///
    /// # Errors
    /// If none runs.
    pub fn relayer(&self) -> Result<&Relayer> {
        self.relayer.as_ref().context("no relayer runs")
    }

    /// The relayer, to be killed.
    ///
    /// # Errors
    /// If none runs.
    pub fn relayer_mut(&mut self) -> Result<&mut Relayer> {
        self.relayer.as_mut().context("no relayer runs")
    }

    /// Copies everything that the relayer left to a folder, for whoever looks into it.
    ///
    /// # Errors
    /// The system's.
    pub fn keep(&self, to: &std::path::Path) -> Result<()> {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(self.folder.path())? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                std::fs::copy(entry.path(), to.join(entry.file_name()))?;
            }
        }
        Ok(())
    }

    /// Starts a relayer and waits until it answers.
    ///
    /// # Errors
    /// If it ends, or does not answer.
    pub async fn start(&mut self) -> Result<()> {
        self.start_failing("")?;
        self.relayer_mut()?.wait_until_alive(ALIVE).await
    }

    /// Starts a relayer that dies at a fail point, and does not wait.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start_failing(&mut self, failpoints: &str) -> Result<()> {
        self.relayer = None;
        self.relayer = Some(Relayer::start(&self.places, failpoints)?);
        Ok(())
    }

    /// Kills the relayer (SIGKILL).
    ///
    /// # Errors
    /// If none runs.
    pub fn kill(&mut self) -> Result<()> {
        self.relayer_mut()?.kill()?;
        self.relayer = None;
        Ok(())
    }

    /// Tells the mock prover what to do wrongly from now on.
    ///
    /// # Errors
    /// The system's.
    pub fn script_prover(&self, script: &str) -> Result<()> {
        Ok(std::fs::write(self.places.prover_script(), script)?)
    }

    /// What the mock prover began and finished, of work whose name begins so: name, begun, proven.
    ///
    /// # Errors
    /// If its log cannot be read.
    pub fn proofs(&self, prefix: &str) -> Result<Vec<(String, usize, usize)>> {
        proofs(&self.places.prover_log(), prefix)
    }
}

fn devnet_options(options: &Options) -> Result<DevnetOptions> {
    let networks = (1..=options.networks).map(|id| {
        Ok(NetworkPlan {
            name: format!("network {id}"),
            authority: authority(id, options.networks, options.proving)?,
            chain_id: (id <= options.destinations).then(|| 41_000 + u64::from(id)),
        })
    });
    let code = [
        &MockStatementVerifier::BYTECODE[..],
        &B256::repeat_byte(0xab).abi_encode(),
    ];
    Ok(DevnetOptions {
        chain_id: 31_337,
        l1_mining: Mining::Manual,
        l2_mining: Mining::Manual,
        hardfork: None,
        verifier: VerifierCode {
            creation: code.concat().into(),
            program_digest: MOCK_PROGRAM,
        },
        networks: networks.collect::<Result<_>>()?,
    })
}
