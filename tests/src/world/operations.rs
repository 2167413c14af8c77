//! What people and operators do.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;
use causeway_bindings::{GlobalExitRootL2, SharedBridge, mocks::MockToken};
use causeway_types::{
    ExitRoot, GlobalExitRoot as Root, GlobalIndex, LeafType, NetworkId, RollupIndex, TokenId,
};

use super::chain::role;
use super::{Broken, KnownRoot, L1, Local, Party, Uncertified, World, WorldError, place};
use crate::evm::{EvmError, Receipt, SENDER};

impl World {
    /// Sends a token to another network and returns the exit's place.
    ///
    /// # Errors
    /// The bridge's, or [`WorldError::NoSuchToken`].
    pub fn bridge_asset(
        &mut self,
        (from, who): (NetworkId, Party),
        (to, whom): (NetworkId, Party),
        token: TokenId,
        amount: U256,
        publish: bool,
    ) -> Result<GlobalIndex, WorldError> {
        let symbol = self.symbol(token);
        let local = self.chain(from).local(token)?;
        let (address, value) = match local {
            None => {
                return Err(WorldError::NoSuchToken {
                    network: from,
                    symbol,
                });
            }
            Some(Local::Native) => (Address::ZERO, amount),
            Some(Local::Contract(address)) => (address, U256::ZERO),
        };
        let call = SharedBridge::bridgeAssetCall {
            destinationNetwork: to.get(),
            destinationAddress: self.address(whom),
            amount,
            token: address,
            forceUpdateGlobalExitRoot: publish,
            permitData: Bytes::new(),
        };
        let index = self.depart((from, who), value, &call)?;
        let sent = self.exit(index)?.exit;
        let expected = (LeafType::Transfer, token, to, self.address(whom));
        let actual = (
            sent.leaf_type,
            sent.token,
            sent.destination_network,
            sent.destination_address,
        );
        if actual != expected {
            let log = format!("{sent:?}");
            return Err(Broken::WrongExit { log }.into());
        }
        let line = format!(
            "{who} sends {amount} {symbol} from {} to {whom} on {} ({})",
            self.name(from),
            self.name(to),
            self.place_of(index)
        );
        self.tell(line);
        Ok(index)
    }

    /// Sends a message, with some of Ethereum's ether, and returns the exit's place.
    ///
    /// # Errors
    /// The bridge's.
    pub fn bridge_message(
        &mut self,
        (from, who): (NetworkId, Party),
        (to, whom): (NetworkId, Party),
        value: U256,
        metadata: &[u8],
    ) -> Result<GlobalIndex, WorldError> {
        let (destination, address) = (to.get(), self.address(whom));
        let metadata = Bytes::copy_from_slice(metadata);
        let index = if self.chain(from).native() == TokenId::ETH || value.is_zero() {
            let call = SharedBridge::bridgeMessageCall {
                destinationNetwork: destination,
                destinationAddress: address,
                forceUpdateGlobalExitRoot: false,
                metadata,
            };
            self.depart((from, who), value, &call)?
        } else {
            let call = SharedBridge::bridgeMessageWETHCall {
                destinationNetwork: destination,
                destinationAddress: address,
                amountWETH: value,
                forceUpdateGlobalExitRoot: false,
                metadata,
            };
            self.depart((from, who), U256::ZERO, &call)?
        };
        let sent = self.exit(index)?.exit;
        let sender = TokenId {
            network: from,
            address: self.address(who),
        };
        let expected = (LeafType::Message, sender, to, address, value);
        let actual = (
            sent.leaf_type,
            sent.token,
            sent.destination_network,
            sent.destination_address,
            sent.amount,
        );
        if actual != expected {
            let log = format!("{sent:?}");
            return Err(Broken::WrongExit { log }.into());
        }
        let line = format!(
            "{who} sends a message with {value} ETH from {} to {whom} on {} ({})",
            self.name(from),
            self.name(to),
            self.place_of(index)
        );
        self.tell(line);
        Ok(index)
    }

    fn depart<C: SolCall>(
        &mut self,
        (from, who): (NetworkId, Party),
        value: U256,
        call: &C,
    ) -> Result<GlobalIndex, WorldError> {
        let address = self.address(who);
        let result = self.chain(from).call(address, value, call);
        self.after(from, result)?;
        let last = self.sent[place(from)].last();
        last.map(|sent| sent.index).ok_or(WorldError::NoSuchExit {
            index: GlobalIndex::new(from, 0),
        })
    }

    /// Lets a bridge tell its exit root to whoever keeps roots.
    ///
    /// # Errors
    /// The bridge's.
    pub fn publish(&mut self, network: NetworkId) -> Result<(), WorldError> {
        let result = self
            .chain(network)
            .call(SENDER, U256::ZERO, &SharedBridge::updateGlobalExitRootCall {});
        self.after(network, result)?;
        let line = format!("{} publishes its exits", self.name(network));
        self.tell(line);
        Ok(())
    }

    /// Tells an L2 Ethereum's newest global exit root.
    ///
    /// # Errors
    /// The contract's: there may be nothing new.
    pub fn inform(&mut self, network: NetworkId) -> Result<(), WorldError> {
        let Some(&newest) = self.chains[0].known.last() else {
            return Ok(());
        };
        self.insert_root(network, newest)?;
        let line = format!("{} learns the global exit root", self.name(network));
        self.tell(line);
        Ok(())
    }

    /// Tells an L2 the global exit root that Ethereum will have once all exits of now are settled: Ethereum does not know it.
    ///
    /// # Errors
    /// The contract's: there may be nothing new.
    pub fn inform_ahead(&mut self, network: NetworkId) -> Result<(), WorldError> {
        let root = self.root_ahead()?;
        let root = self.learn(root);
        self.insert_root(network, root)?;
        let line = format!(
            "{} learns a global exit root that L1 does not know yet",
            self.name(network)
        );
        self.tell(line);
        Ok(())
    }

    /// Whether an L2 knows that root already.
    ///
    /// # Errors
    /// None in a world of these networks.
    pub fn is_ahead(&self, network: NetworkId) -> Result<bool, WorldError> {
        let root = self.root_ahead()?;
        let mut known = self.chains[place(network)].known.iter();
        Ok(known.any(|&number| self.roots[number].is_same(&root)))
    }

    /// The root once all exits of now are settled.
    fn root_ahead(&self) -> Result<KnownRoot, WorldError> {
        let mut rollups = self.rollups.clone();
        for source in self.networks().skip(1) {
            rollups.set(RollupIndex::try_from(source)?, &self.frontiers[place(source)]);
        }
        Ok(KnownRoot {
            mainnet: self.trees[0].root().get(),
            rollup: rollups.root(),
            counts: self.trees.iter().map(causeway_ledger::ExitTree::count).collect(),
            rollups,
            info_index: None,
        })
    }

    fn insert_root(&mut self, network: NetworkId, number: usize) -> Result<(), WorldError> {
        let root = &self.roots[number];
        let call = GlobalExitRootL2::insertGlobalExitRootCall {
            newRoot: Root::of(ExitRoot::new(root.mainnet), root.rollup).get(),
        };
        let manager = self.chain(network).manager();
        let result = self.chain(network).evm.call_from(role::UPDATER, manager, &call);
        self.after(network, result)?;
        self.chain(network).known.push(number);
        Ok(())
    }

    /// Whether Ethereum knows a global exit root.
    pub fn has_root(&self) -> bool {
        !self.chains[0].known.is_empty()
    }

    /// Whether an L2 has yet to learn Ethereum's newest global exit root.
    pub fn is_behind(&self, network: NetworkId) -> bool {
        let newest = self.chains[0].known.last();
        newest.is_some_and(|root| !self.chains[place(network)].known.contains(root))
    }

    /// Lets time pass everywhere.
    pub fn wait(&mut self, seconds: u64) {
        for chain in &mut self.chains {
            let now = chain.evm.timestamp();
            chain.evm.set_timestamp(now + U256::from(seconds));
        }
        self.tell(format!("{seconds} seconds pass"));
    }

    /// Gives tokens to the bridge at their home for nothing.
    ///
    /// # Errors
    /// The token's.
    pub fn donate(&mut self, who: Party, token: TokenId, amount: U256) -> Result<(), WorldError> {
        let address = self.address(who);
        let home = token.network;
        let chain = self.chain(home);
        let bridge = chain.bridge();
        let before = chain.balance(token, bridge)?;
        let call = MockToken::transferCall {
            to: bridge,
            value: amount,
        };
        chain.evm.call_from(address, token.address, &call)?;
        let got = chain.balance(token, bridge)? - before;
        *self.donated.entry(token).or_default() += got;
        let line = format!("{who} gives {amount} {} to the bridge", self.symbol(token));
        self.tell(line);
        self.check()
    }

    /// Takes in what a transaction did, and looks at everything, whether or not it succeeded.
    pub(super) fn after<T>(
        &mut self,
        network: NetworkId,
        result: Result<Receipt<T>, EvmError>,
    ) -> Result<Receipt<T>, WorldError> {
        if let Ok(receipt) = &result {
            self.observe(network, &receipt.logs)?;
        }
        self.check()?;
        Ok(result?)
    }

    /// [`Self::after`], and notes what an L2 has to certify.
    pub(super) fn after_claims(
        &mut self,
        network: NetworkId,
        result: Result<Receipt<()>, EvmError>,
        claims: &[(U256, B256, B256)],
    ) -> Result<Receipt<()>, WorldError> {
        if result.is_ok() && network != L1 {
            for &(index, mainnet, rollup) in claims {
                let index = GlobalIndex::try_from(index)?;
                let same = |root: &KnownRoot| root.mainnet == mainnet && root.rollup.get() == rollup;
                if let Some(root) = self.roots.iter().position(same) {
                    self.chain(network).uncertified.push(Uncertified { index, root });
                }
            }
        }
        self.after(network, result)
    }
}
