//! Every contract, deployed by transactions as on any chain.
//!
//! One account deploys everything and has every role. The bridge goes where the deterministic deployer puts it, so it has one address on
//! all chains; exit roots are told settlement's address before it is there, as in `DeploySettlement.s.sol`.

use alloy_primitives::{Address, B256, Bytes, FixedBytes, U256, address, keccak256};
use alloy_sol_types::SolValue;
use causeway_bindings::{
    GlobalExitRoot, GlobalExitRootL2, Groth16Verifier, Settlement, SharedBridge, SharedBridgeL2,
    VerifierGateway,
};
use causeway_types::{Authority, NetworkId};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::error::DevnetError;
use crate::node::Node;

/// The deterministic deployer, which anvil has from the start and other chains as well.
const DEPLOYER: Address = address!("4e59b44847b379578588920cA78FbF26c0B4956C");

/// What an L2's bridge has of ether before anybody claims any, in wei: more than anybody brings.
const GENESIS: u128 = 1_000_000_000 * 1_000_000_000_000_000_000;

/// What checks proofs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierCode {
    /// Its creation code, the arguments of its constructor behind it.
    pub creation: Bytes,
    /// The program that settlement pins.
    pub program_digest: U256,
}

/// Everything that is deployed, where it is, and who may do what: enough to configure whoever works with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// L1's chain id.
    pub chain_id: u64,
    /// L1's node.
    pub url: String,
    /// `Settlement`.
    pub settlement: Address,
    /// `SharedBridge` on L1.
    pub bridge: Address,
    /// `GlobalExitRoot`.
    pub global_exit_root: Address,
    /// `VerifierGateway`.
    pub gateway: Address,
    /// What checks proofs.
    pub verifier: Address,
    /// The route that settlement pins.
    pub selector: FixedBytes<4>,
    /// The program that settlement pins.
    pub program_digest: U256,
    /// The block before the first of the contracts.
    pub deploy_block: u64,
    /// Who deployed everything and has every role, on every chain.
    pub owner: Address,
    /// That account's key: such chains have no secrets.
    pub owner_key: B256,
    /// The networks, in the order of their ids.
    pub networks: Vec<NetworkDeployment>,
}

/// A network that is registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkDeployment {
    /// Its id.
    pub network: NetworkId,
    /// What people call it.
    pub name: String,
    /// Its authority's kind: 1 signer, 2 validity, 3 both.
    pub kind: u8,
    /// Its signer, if it has one.
    pub signer: Option<Address>,
    /// Its chain, if it has one here.
    pub chain: Option<ChainDeployment>,
}

/// An L2's chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainDeployment {
    /// Its id.
    pub chain_id: u64,
    /// Its node.
    pub url: String,
    /// `SharedBridge`.
    pub bridge: Address,
    /// `GlobalExitRootL2`.
    pub global_exit_root: Address,
}

/// Deploys L1's contracts.
///
/// # Errors
/// A [`DevnetError`].
pub async fn deploy_l1(
    node: &Node,
    owner: &Account,
    verifier: &VerifierCode,
) -> Result<Deployment, DevnetError> {
    fund(node, owner.address()).await?;
    let deploy_block = node.head(causeway_chain::Tag::Latest).await?.number;
    let me = owner.address();
    let checks = node
        .create(owner, "the verifier", verifier.creation.clone())
        .await?;
    let key_hash = node.view(checks, &Groth16Verifier::KEY_HASHCall {}).await?;
    let selector = FixedBytes::from_slice(&key_hash[..4]);
    let code = with_arguments(&VerifierGateway::BYTECODE, &(me, true).abi_encode_params());
    let gateway = node.create(owner, "the gateway", code).await?;
    let add = VerifierGateway::addRouteCall { verifier: checks };
    node.execute(owner, gateway, U256::ZERO, &add).await?;

    let bridge = deploy_bridge(node, owner).await?;
    let settlement = me.create(node.nonce(me).await? + 1);
    let code = with_arguments(
        &GlobalExitRoot::BYTECODE,
        &(settlement, bridge).abi_encode_params(),
    );
    let global_exit_root = node.create(owner, "global exit roots", code).await?;
    let arguments = (
        gateway,
        global_exit_root,
        verifier.program_digest,
        selector,
        (me, me, me),
    );
    let code = with_arguments(&Settlement::BYTECODE, &arguments.abi_encode_params());
    let found = node.create(owner, "settlement", code).await?;
    if found != settlement {
        return Err(DevnetError::Elsewhere {
            what: "settlement",
            found,
            expected: settlement,
        });
    }
    node.execute(
        owner,
        global_exit_root,
        U256::ZERO,
        &GlobalExitRoot::initializeCall {},
    )
    .await?;
    let initialize = SharedBridge::initialize_1Call {
        _networkID: NetworkId::MAINNET.get(),
        _gasToken: Address::ZERO,
        _gasNetwork: 0,
        _manager: global_exit_root,
        _polygonRollupManager: settlement,
        _metadata: Bytes::new(),
    };
    node.execute(owner, bridge, U256::ZERO, &initialize).await?;
    Ok(Deployment {
        chain_id: node.chain_id(),
        url: node.url().to_owned(),
        settlement,
        bridge,
        global_exit_root,
        gateway,
        verifier: checks,
        selector,
        program_digest: verifier.program_digest,
        deploy_block,
        owner: me,
        owner_key: owner.key(),
        networks: Vec::new(),
    })
}

impl Deployment {
    /// Registers the next network.
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn register(
        &mut self,
        node: &Node,
        owner: &Account,
        name: &str,
        authority: &Authority,
    ) -> Result<NetworkId, DevnetError> {
        let call = Settlement::addNetworkCall {
            kind: authority.kind(),
            signer: authority.signer_address().unwrap_or_default(),
            key: authority.validity_key().map_or(B256::ZERO, B256::from),
            admin: owner.address(),
        };
        let receipt = node.execute(owner, self.settlement, U256::ZERO, &call).await?;
        let added = receipt
            .decoded_log::<Settlement::RegistryEntryAdded>()
            .ok_or_else(|| missing("RegistryEntryAdded"))?;
        let expected = self.networks.len() as u32 + 1;
        if added.network != expected {
            return Err(DevnetError::OtherNetwork {
                found: added.network,
                expected,
            });
        }
        let network = NetworkId::new(added.network);
        self.networks.push(NetworkDeployment {
            network,
            name: name.to_owned(),
            kind: authority.kind(),
            signer: authority.signer_address(),
            chain: None,
        });
        Ok(network)
    }

    /// Deploys a registered network's contracts on its chain, whose native token is ether.
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn deploy_l2(
        &mut self,
        node: &Node,
        owner: &Account,
        network: NetworkId,
    ) -> Result<(), DevnetError> {
        fund(node, owner.address()).await?;
        let me = owner.address();
        let bridge = deploy_bridge(node, owner).await?;
        let code = with_arguments(&GlobalExitRootL2::BYTECODE, &(bridge, me).abi_encode_params());
        let global_exit_root = node.create(owner, "global exit roots", code).await?;
        let initialize = GlobalExitRootL2::initializeCall {
            _globalExitRootUpdater: me,
            _globalExitRootRemover: me,
        };
        node.execute(owner, global_exit_root, U256::ZERO, &initialize)
            .await?;
        let initialize = SharedBridgeL2::initializeCall {
            _networkID: network.get(),
            _gasToken: Address::ZERO,
            _gasNetwork: 0,
            _manager: global_exit_root,
            _polygonRollupManager: Address::ZERO,
            _metadata: Bytes::new(),
            _bridgeManager_: me,
            _sovereignWETHAddress: Address::ZERO,
            _sovereignWETHAddressIsNotMintable: false,
            _emergencyBridgePauser: me,
            _emergencyBridgeUnpauser: me,
            _proxiedTokensManager: Address::ZERO,
        };
        node.execute(owner, bridge, U256::ZERO, &initialize).await?;
        node.set_balance(bridge, U256::from(GENESIS)).await?;
        let chain = ChainDeployment {
            chain_id: node.chain_id(),
            url: node.url().to_owned(),
            bridge,
            global_exit_root,
        };
        let known = self
            .networks
            .iter_mut()
            .find(|known| known.network == network)
            .ok_or(DevnetError::OtherNetwork {
                found: 0,
                expected: network.get(),
            })?;
        known.chain = Some(chain);
        Ok(())
    }

    /// A network.
    pub fn network(&self, network: NetworkId) -> Option<&NetworkDeployment> {
        self.networks.iter().find(|known| known.network == network)
    }
}

/// Gives an account more than it will ever need.
async fn fund(node: &Node, account: Address) -> Result<(), DevnetError> {
    node.set_balance(account, U256::from(GENESIS)).await
}

/// The bridge, at the same address on every chain for one initializer.
async fn deploy_bridge(node: &Node, owner: &Account) -> Result<Address, DevnetError> {
    let salt = keccak256("Causeway SharedBridge 1");
    let code = with_arguments(&SharedBridge::BYTECODE, &owner.address().abi_encode());
    let bridge = DEPLOYER.create2(salt, keccak256(&code));
    let data = [salt.as_slice(), &code].concat();
    node.pay(owner, DEPLOYER, U256::ZERO, data.into()).await?;
    let found: Bytes = node.call("eth_getCode", (bridge, "latest")).await?;
    if found.is_empty() {
        return Err(DevnetError::Elsewhere {
            what: "the bridge",
            found: Address::ZERO,
            expected: bridge,
        });
    }
    Ok(bridge)
}

fn with_arguments(code: &[u8], arguments: &[u8]) -> Bytes {
    [code, arguments].concat().into()
}

pub(crate) fn missing(event: &'static str) -> DevnetError {
    DevnetError::Answer {
        what: event,
        detail: "no such log is in the receipt".to_owned(),
    }
}
