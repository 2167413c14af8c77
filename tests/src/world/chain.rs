//! One network: its EVM, its contracts, and what people have there.

use alloy_primitives::{Address, Bytes, Log, U256};
use alloy_sol_types::sol_data::{String, Uint};
use alloy_sol_types::{SolCall, SolType, SolValue};
use causeway_bindings::{
    GlobalExitRoot, GlobalExitRootL2, SharedBridge, SharedBridgeL2, WrappedToken, mocks::MockToken,
};
use causeway_types::{NetworkId, TokenId};

use super::{FORTUNE, L1, WorldError};
use crate::evm::{Evm, EvmError, Receipt, SENDER};

/// What an L2's bridge has of the native token before anybody claims any, in wei.
const GENESIS: u64 = 1 << 60;

/// Whoever may do something that others may not.
pub mod role {
    use alloy_primitives::Address;

    /// Manages the tokens of an L2.
    pub const MANAGER: Address = Address::with_last_byte(0xc1);
    /// Stops an L2's bridge.
    pub const PAUSER: Address = Address::with_last_byte(0xc2);
    /// Starts it again.
    pub const UNPAUSER: Address = Address::with_last_byte(0xc3);
    /// Tells an L2 global exit roots.
    pub const UPDATER: Address = Address::with_last_byte(0xc4);
    /// Removes them.
    pub const REMOVER: Address = Address::with_last_byte(0xc5);
}

/// What a token is on a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    /// The native token.
    Native,
    /// A contract.
    Contract(Address),
}

/// One network.
#[derive(Debug)]
pub struct Chain {
    pub(super) evm: Evm,
    name: &'static str,
    network: NetworkId,
    bridge: Address,
    manager: Address,
    native: TokenId,
    weth: Address,
    /// The last root that the bridge told to whoever keeps roots covers so many exits.
    pub(super) published: u32,
    /// Roots that the network knows, oldest first.
    pub(super) known: Vec<usize>,
    pub(super) uncertified: Vec<super::Uncertified>,
    /// When the last stop began and ends at the latest, in seconds.
    pub(super) stop: (u64, u64),
    /// What its contracts logged.
    pub(super) logs: Vec<Log>,
    /// What its bridge was called with by those who claimed.
    pub(super) claims: Vec<Bytes>,
}

impl Chain {
    /// Ethereum.
    pub(super) fn l1(
        name: &'static str,
        mut evm: Evm,
        bridge: Address,
        settlement: Address,
    ) -> Result<Self, WorldError> {
        let arguments = (settlement, bridge).abi_encode_params();
        let manager = evm.deploy(&GlobalExitRoot::BYTECODE, &arguments)?.output;
        evm.call(manager, &GlobalExitRoot::initializeCall {})?;
        let initialize = SharedBridge::initialize_1Call {
            _networkID: L1.get(),
            _gasToken: Address::ZERO,
            _gasNetwork: 0,
            _manager: manager,
            _polygonRollupManager: settlement,
            _metadata: Bytes::new(),
        };
        evm.call(bridge, &initialize)?;
        Ok(Self::of(
            name,
            evm,
            L1,
            bridge,
            manager,
            TokenId::ETH,
            Address::ZERO,
        ))
    }

    /// An L2.
    pub(super) fn l2(
        name: &'static str,
        mut evm: Evm,
        bridge: Address,
        network: NetworkId,
        native: TokenId,
        native_name: &str,
        native_symbol: &str,
    ) -> Result<Self, WorldError> {
        let arguments = (bridge, SENDER).abi_encode_params();
        let manager = evm.deploy(&GlobalExitRootL2::BYTECODE, &arguments)?.output;
        let initialize = GlobalExitRootL2::initializeCall {
            _globalExitRootUpdater: role::UPDATER,
            _globalExitRootRemover: role::REMOVER,
        };
        evm.call(manager, &initialize)?;
        let metadata = <(String, String, Uint<8>)>::abi_encode_params(&(native_name, native_symbol, 18_u8));
        let initialize = SharedBridgeL2::initializeCall {
            _networkID: network.get(),
            _gasToken: native.address,
            _gasNetwork: native.network.get(),
            _manager: manager,
            _polygonRollupManager: Address::ZERO,
            _metadata: metadata.into(),
            _bridgeManager_: role::MANAGER,
            _sovereignWETHAddress: Address::ZERO,
            _sovereignWETHAddressIsNotMintable: false,
            _emergencyBridgePauser: role::PAUSER,
            _emergencyBridgeUnpauser: role::UNPAUSER,
            _proxiedTokensManager: Address::ZERO,
        };
        evm.call(bridge, &initialize)?;
        evm.set_balance(bridge, U256::from(GENESIS));
        let weth = evm.view(bridge, &SharedBridge::WETHTokenCall {})?;
        Ok(Self::of(name, evm, network, bridge, manager, native, weth))
    }

    const fn of(
        name: &'static str,
        evm: Evm,
        network: NetworkId,
        bridge: Address,
        manager: Address,
        native: TokenId,
        weth: Address,
    ) -> Self {
        Self {
            evm,
            name,
            network,
            bridge,
            manager,
            native,
            weth,
            published: 0,
            known: Vec::new(),
            uncertified: Vec::new(),
            stop: (0, 0),
            logs: Vec::new(),
            claims: Vec::new(),
        }
    }

    /// Gives people some of a token, if this is its home, and lets the bridge take it.
    pub(super) fn endow(&mut self, token: TokenId, people: [Address; 2]) -> Result<(), WorldError> {
        if token.network != self.network {
            return Ok(());
        }
        let value = U256::from(FORTUNE);
        for person in people {
            if self.native == token {
                self.evm.set_balance(person, value);
            } else {
                self.evm
                    .call(token.address, &MockToken::mintCall { to: person, value })?;
                let approve = MockToken::approveCall {
                    spender: self.bridge,
                    value: U256::MAX,
                };
                self.evm.call_from(person, token.address, &approve)?;
            }
        }
        Ok(())
    }

    /// The network's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The network.
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// Its bridge.
    pub const fn bridge(&self) -> Address {
        self.bridge
    }

    /// Its contract of global exit roots.
    pub const fn manager(&self) -> Address {
        self.manager
    }

    /// Its native token.
    pub const fn native(&self) -> TokenId {
        self.native
    }

    /// Its EVM.
    pub const fn evm(&mut self) -> &mut Evm {
        &mut self.evm
    }

    /// What the bridge would answer.
    ///
    /// # Errors
    /// If it refuses.
    pub fn ask<C: SolCall>(&mut self, call: &C) -> Result<C::Return, EvmError> {
        self.evm.view(self.bridge, call)
    }

    /// Calls the bridge.
    pub(super) fn call<C: SolCall>(
        &mut self,
        who: Address,
        value: U256,
        call: &C,
    ) -> Result<Receipt<C::Return>, EvmError> {
        self.evm.pay_from(who, self.bridge, value, call)
    }

    /// What a token is here; nothing if nobody has claimed any yet.
    ///
    /// # Errors
    /// Whatever goes wrong with the bridge.
    pub fn local(&mut self, token: TokenId) -> Result<Option<Local>, WorldError> {
        if token == self.native {
            return Ok(Some(Local::Native));
        }
        if token.network == self.network {
            return Ok(Some(Local::Contract(token.address)));
        }
        if token == TokenId::ETH {
            return Ok(Some(Local::Contract(self.weth)));
        }
        let call = SharedBridge::getTokenWrappedAddressCall {
            originNetwork: token.network.get(),
            originTokenAddress: token.address,
        };
        let wrapped = self.ask(&call)?;
        Ok((!wrapped.is_zero()).then_some(Local::Contract(wrapped)))
    }

    /// What somebody has of a token, in its smallest units.
    ///
    /// # Errors
    /// Whatever goes wrong with the token.
    pub fn balance(&mut self, token: TokenId, who: Address) -> Result<U256, WorldError> {
        match self.local(token)? {
            None => Ok(U256::ZERO),
            Some(Local::Native) => Ok(self.evm.balance(who)),
            Some(Local::Contract(contract)) => {
                let call = WrappedToken::balanceOfCall { owner: who };
                Ok(self.evm.view(contract, &call)?)
            }
        }
    }

    /// What circulates here of another network's token, in its smallest units.
    ///
    /// # Errors
    /// Whatever goes wrong with the token.
    pub fn circulating(&mut self, token: TokenId) -> Result<U256, WorldError> {
        match self.local(token)? {
            None => Ok(U256::ZERO),
            Some(Local::Native) => Ok(U256::from(GENESIS) - self.evm.balance(self.bridge)),
            Some(Local::Contract(contract)) => {
                Ok(self.evm.view(contract, &WrappedToken::totalSupplyCall {})?)
            }
        }
    }

    /// When the last stop began and when it ends or ended, in seconds.
    pub const fn stop(&self) -> (u64, u64) {
        self.stop
    }

    /// Whether the bridge stands still, by what was done to it.
    pub fn is_stopped(&self) -> bool {
        self.evm.timestamp() < U256::from(self.stop.1)
    }
}
