//! The chains of a devnet as those see them who live there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use alloy_primitives::{Address, B256, U256};
use anyhow::{Context, Result, bail};
use causeway_chain::{FeePolicy, Pool, Tag};
use causeway_devnet::{Account, Deployment, Devnet, Node};
use causeway_relayer::claims::{Claiming, Destination, run};
use causeway_relayer::known;
use causeway_relayer::network::{
    self, BridgeLog, Ethereum, GlobalRoot, NetworkExits, Past, Prefer, Sender, Settled, Sources, Terms,
    authorise,
};
use causeway_types::{
    Certificate, CertificateJson, Contingency, ExitRoot, Expiry, GlobalIndex, NetworkId, StateRoot,
};

use super::setup::signer;
use crate::chains::pool;

/// L1.
pub(super) const L1: NetworkId = NetworkId::MAINNET;

/// The chains of a devnet, and its relayer.
pub(super) struct Town<'d> {
    pub(super) devnet: &'d Devnet,
    pools: BTreeMap<NetworkId, Pool>,
    /// Every certificate that was handed in, by network.
    past: RefCell<BTreeMap<NetworkId, Vec<Certificate>>>,
    pub(super) relayer: SocketAddr,
    pub(super) client: reqwest::Client,
}

impl<'d> Town<'d> {
    pub(super) fn new(devnet: &'d Devnet, relayer: SocketAddr) -> Result<Self> {
        let deployment = devnet.deployment();
        let mut pools = BTreeMap::from([(L1, pool("l1", &deployment.url)?)]);
        for network in &deployment.networks {
            if let Some(chain) = &network.chain {
                pools.insert(network.network, pool(&network.name, &chain.url)?);
            }
        }
        Ok(Self {
            devnet,
            pools,
            past: RefCell::default(),
            relayer,
            client: reqwest::Client::builder()
                .timeout(Duration::from_secs(30))
                .build()?,
        })
    }

    pub(super) const fn deployment(&self) -> &Deployment {
        self.devnet.deployment()
    }

    pub(super) fn name(&self, network: NetworkId) -> String {
        let known = self.deployment().network(network);
        known.map_or_else(|| "L1".to_owned(), |known| known.name.clone())
    }

    pub(super) fn node(&self, network: NetworkId) -> Result<&Node> {
        self.devnet.node(network).context("a network without a chain")
    }

    fn pool(&self, network: NetworkId) -> Result<&Pool> {
        self.pools.get(&network).context("a network without a chain")
    }

    /// A network's bridge and its contract of global exit roots.
    pub(super) fn contracts(&self, network: NetworkId) -> Result<(Address, Address)> {
        let deployment = self.deployment();
        if network == L1 {
            return Ok((deployment.bridge, deployment.global_exit_root));
        }
        let chain = deployment.network(network).and_then(|known| known.chain.as_ref());
        let chain = chain.context("a network without a chain")?;
        Ok((chain.bridge, chain.global_exit_root))
    }

    /// What L1's logs tell.
    pub(super) async fn ethereum(&self) -> Result<Ethereum> {
        let deployment = self.deployment();
        let deployed = known::Deployment {
            chain_id: deployment.chain_id,
            settlement: deployment.settlement,
            bridge: deployment.bridge,
            global_exit_root: deployment.global_exit_root,
        };
        let addresses = deployed.addresses();
        let (pool, from) = (self.pool(L1)?, deployment.deploy_block);
        let reading = network::read(pool, Tag::Latest, &addresses, from, 10_000).await?;
        Ok(Ethereum::of(deployed, &reading.logs)?)
    }

    /// A network's bridge as its logs tell.
    pub(super) async fn log(&self, network: NetworkId) -> Result<BridgeLog> {
        let (bridge, _) = self.contracts(network)?;
        let pool = self.pool(network)?;
        let reading = network::read(pool, Tag::Latest, &[bridge], 0, 10_000).await?;
        let mut log = BridgeLog::of(network, bridge, &reading.logs)?;
        let calls: Vec<B256> = log.undetailed().filter_map(|claim| claim.transaction).collect();
        for input in network::inputs(pool, calls).await? {
            log.take_call(&input)?;
        }
        Ok(log)
    }

    fn sender(&self, network: NetworkId, account: &Account) -> Result<Sender<'_>> {
        Ok(Sender {
            pool: self.pool(network)?,
            signer: Box::new(account.signer().clone()),
            fees: FeePolicy {
                tip_floor: 10_000_000,
                ceiling: 150_000_000_000,
                bump_permille: 125,
            },
            patience: Duration::from_secs(60),
        })
    }

    /// Sends ether from one network to another, and has L1 record it where it is L1's.
    pub(super) async fn send(
        &self,
        (from, who): (NetworkId, &Account),
        (to, receiver): (NetworkId, Address),
        amount: U256,
    ) -> Result<GlobalIndex> {
        let (bridge, _) = self.contracts(from)?;
        let node = self.node(from)?;
        let sent = node
            .bridge_asset(who, bridge, (to, receiver), Address::ZERO, amount)
            .await?;
        if from == L1 {
            node.publish_exits(who, bridge).await?;
        }
        Ok(GlobalIndex::new(from, sent.index))
    }

    /// The root that L1 has now, and what it is with exits of these networks that are not settled yet.
    pub(super) async fn root(&self, ahead: &[NetworkId]) -> Result<GlobalRoot> {
        let ethereum = self.ethereum().await?;
        let newest = ethereum.newest_root();
        if ahead.is_empty() {
            return newest.context("L1 has no exit root yet");
        }
        let (mainnet, deposits) = newest
            .as_ref()
            .map_or((ExitRoot::EMPTY, 0), |root| (root.mainnet(), root.count(L1)));
        let mut exits = BTreeMap::new();
        for known in &self.deployment().networks {
            let count = newest.as_ref().map_or(0, |root| root.count(known.network));
            let root = newest
                .as_ref()
                .map_or(ExitRoot::EMPTY, |root| root.exit_root(known.network));
            exits.insert(known.network, (count, root));
        }
        for &network in ahead {
            let log = self.log(network).await?;
            let count = u32::try_from(log.exits().len())?;
            exits.insert(network, (count, log.tree().root()));
        }
        let networks = exits.into_iter().filter(|(_, (count, _))| *count > 0).map(
            |(network, (exit_count, exit_root))| NetworkExits {
                network,
                exit_count,
                exit_root,
            },
        );
        Ok(GlobalRoot::of(mainnet, deposits, networks)?)
    }

    /// Feeds a network a root.
    pub(super) async fn push(&self, network: NetworkId, root: &GlobalRoot) -> Result<()> {
        let (_, contract) = self.contracts(network)?;
        let sender = self.sender(network, self.devnet.owner())?;
        network::push(self.pool(network)?, contract, root.global(), &sender).await?;
        Ok(())
    }

    /// Claims an exit where it goes; anybody pays for it.
    pub(super) async fn claim(
        &self,
        index: GlobalIndex,
        destination: NetworkId,
        ahead: &[GlobalRoot],
    ) -> Result<()> {
        let ethereum = self.ethereum().await?;
        let mut sources = Sources::new(&ethereum)?;
        if index.source() != L1 {
            sources.add(self.log(index.source()).await?)?;
        }
        let (bridge, global_exit_root) = self.contracts(destination)?;
        let destination = Destination {
            network: destination,
            pool: self.pool(destination)?,
            bridge,
            global_exit_root,
        };
        let sender = self.sender(destination.network, self.devnet.owner())?;
        let claiming = Claiming { index, ahead };
        run(&claiming, &sources, &destination, &sender).await?;
        Ok(())
    }

    /// A network's next certificate, made of its bridge's logs, on top of certificates of others that are not settled.
    pub(super) async fn certificate(
        &self,
        network: NetworkId,
        ahead: &[Certificate],
        contingencies: Vec<Contingency>,
    ) -> Result<Certificate> {
        let ethereum = self.ethereum().await?;
        let mut sources = Sources::new(&ethereum)?;
        for other in &self.deployment().networks {
            if other.network != network {
                sources.add(self.log(other.network).await?)?;
            }
        }
        for certificate in ahead {
            sources.ahead(certificate)?;
        }
        let settled = ethereum.network(network)?;
        let past = self.past.borrow().get(&network).cloned().unwrap_or_default();
        let domain = causeway_types::SettlementDomain {
            chain_id: self.deployment().chain_id,
            settlement: self.deployment().settlement,
        };
        let past = Past::of(domain, network, past, Settled::L1(&settled))?;
        let head = self.node(network)?.head(Tag::Latest).await?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let terms = Terms {
            // A block of the network: what its state was.
            state_root: Some(StateRoot::new(head.hash)),
            contingencies,
            expiry: Expiry::new(now.as_secs() + 7_200),
            prefer: Prefer::History,
            even_if_empty: true,
        };
        let built = network::build(&self.log(network).await?, &past, &sources, terms)?;
        let mut certificate = built.certificate().clone();
        self.sign(&mut certificate, &past, &settled.authority).await?;
        Ok(certificate)
    }

    async fn sign(
        &self,
        certificate: &mut Certificate,
        past: &Past,
        authority: &causeway_types::Authority,
    ) -> Result<()> {
        let key = signer(&self.name(certificate.network));
        Ok(authorise(certificate, past, authority, key.signer()).await?)
    }

    /// The same certificate that holds only with others.
    pub(super) async fn only_with(
        &self,
        certificate: &Certificate,
        others: Vec<Contingency>,
    ) -> Result<Certificate> {
        let ethereum = self.ethereum().await?;
        let network = certificate.network;
        let settled = ethereum.network(network)?;
        let past = self.past.borrow().get(&network).cloned().unwrap_or_default();
        let domain = causeway_types::SettlementDomain {
            chain_id: self.deployment().chain_id,
            settlement: self.deployment().settlement,
        };
        let past = Past::of(domain, network, past, Settled::L1(&settled))?;
        let mut changed = Certificate {
            contingencies: others,
            ..certificate.clone()
        };
        self.sign(&mut changed, &past, &settled.authority).await?;
        Ok(changed)
    }

    /// Hands a certificate to the relayer, and keeps it.
    pub(super) async fn submit(&self, certificate: &Certificate) -> Result<String> {
        let url = format!("http://{}/v1/certificates", self.relayer);
        let json = CertificateJson::from(certificate.clone());
        let answer = self.client.post(url).json(&json).send().await?;
        let (status, body) = (answer.status(), answer.json::<serde_json::Value>().await?);
        let Some(id) = body["id"].as_str().filter(|_| status.is_success()) else {
            bail!("the relayer refuses the certificate: {status} {body}");
        };
        self.past
            .borrow_mut()
            .entry(certificate.network)
            .or_default()
            .push(certificate.clone());
        Ok(id.to_owned())
    }
}
