//! Ethereum and networks beside it, all of them real nodes.

use causeway_types::{Authority, NetworkId};

use crate::account::Account;
use crate::anvil::{Anvil, AnvilOptions, Mining};
use crate::deploy::{Deployment, VerifierCode, deploy_l1};
use crate::error::DevnetError;
use crate::node::Node;

/// A network to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPlan {
    /// What people call it.
    pub name: String,
    /// Who speaks for it.
    pub authority: Authority,
    /// Its chain's id; a network without one is registered and has no chain here.
    pub chain_id: Option<u64>,
}

/// What a devnet begins with.
#[derive(Clone, Debug)]
pub struct DevnetOptions {
    /// L1's chain id.
    pub chain_id: u64,
    /// When L1 makes blocks.
    pub l1_mining: Mining,
    /// When the others do.
    pub l2_mining: Mining,
    /// The rules of all of them, by anvil's name.
    pub hardfork: Option<String>,
    /// What checks proofs.
    pub verifier: VerifierCode,
    /// The networks, in the order of their ids.
    pub networks: Vec<NetworkPlan>,
}

/// Ethereum, networks, and every contract. The nodes are killed when this is dropped.
#[derive(Debug)]
pub struct Devnet {
    l1: Anvil,
    chains: Vec<Option<Anvil>>,
    owner: Account,
    deployment: Deployment,
}

impl Devnet {
    /// Starts the nodes and deploys everything. Two blocks on another make it final.
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn start(options: &DevnetOptions) -> Result<Self, DevnetError> {
        Self::start_with_epochs(options, 1).await
    }

    /// The same on chains whose epochs have so many blocks: two epochs on a block make it final.
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn start_with_epochs(
        options: &DevnetOptions,
        slots_in_an_epoch: u64,
    ) -> Result<Self, DevnetError> {
        let owner = Account::named("owner");
        let anvil = |chain_id, mining| AnvilOptions {
            chain_id,
            mining,
            hardfork: options.hardfork.clone(),
            port: None,
            slots_in_an_epoch,
            fork: None,
        };
        let l1 = Anvil::start(anvil(options.chain_id, options.l1_mining)).await?;
        let mut deployment = deploy_l1(l1.node(), &owner, &options.verifier).await?;
        let mut chains = Vec::new();
        for plan in &options.networks {
            let network = deployment
                .register(l1.node(), &owner, &plan.name, &plan.authority)
                .await?;
            let Some(chain_id) = plan.chain_id else {
                chains.push(None);
                continue;
            };
            let chain = Anvil::start(anvil(chain_id, options.l2_mining)).await?;
            deployment.deploy_l2(chain.node(), &owner, network).await?;
            chains.push(Some(chain));
        }
        Ok(Self {
            l1,
            chains,
            owner,
            deployment,
        })
    }

    /// Ethereum.
    pub const fn l1(&self) -> &Anvil {
        &self.l1
    }

    /// Ethereum, to be killed and started again.
    pub const fn l1_mut(&mut self) -> &mut Anvil {
        &mut self.l1
    }

    /// The node of a network, 0 being L1; none if it has none here.
    pub fn node(&self, network: NetworkId) -> Option<&Node> {
        let Some(place) = (network.get() as usize).checked_sub(1) else {
            return Some(self.l1.node());
        };
        self.chains.get(place)?.as_ref().map(Anvil::node)
    }

    /// Who deployed everything and has every role.
    pub const fn owner(&self) -> &Account {
        &self.owner
    }

    /// What is where.
    pub const fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// Registers another network, which has no chain here.
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn register(&mut self, name: &str, authority: &Authority) -> Result<NetworkId, DevnetError> {
        self.deployment
            .register(self.l1.node(), &self.owner, name, authority)
            .await
    }

    /// Process ids of all nodes, L1's first.
    pub fn pids(&self) -> Vec<u32> {
        let chains = self.chains.iter().flatten().map(Anvil::pid);
        std::iter::once(self.l1.pid()).chain(chains).collect()
    }
}
