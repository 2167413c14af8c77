//! What has to hold after every step.

use alloy_primitives::U256;
use causeway_bindings::{GlobalExitRoot, SharedBridge, SharedBridgeL2};
use causeway_types::{NetworkId, TokenId};

use super::chain::Local;
use super::{Broken, L1, World, WorldError, place};

impl World {
    /// Looks at everything: balances, trees and counts. Claims are looked at by [`Self::check_claims`].
    ///
    /// # Errors
    /// The first promise that is broken.
    pub fn check(&mut self) -> Result<(), WorldError> {
        for token in self.tokens.clone() {
            self.check_token(token.id)?;
        }
        for network in self.networks() {
            let tree = &self.trees[place(network)];
            let (count, root) = (tree.count(), tree.root());
            let actual = self.chain(network).ask(&SharedBridge::getRootCall {})?;
            self.agree(network, "exit root", actual, root.get())?;
            let actual = self.chain(network).ask(&SharedBridge::depositCountCall {})?;
            self.agree(network, "exit count", actual.into(), U256::from(count).into())?;
        }
        let manager = self.l1_manager();
        let chain = &mut self.chains[0];
        let actual = chain
            .evm
            .view(manager, &GlobalExitRoot::lastRollupExitRootCall {})?;
        self.check_rollups(actual)?;
        let actual = self.l1_info_root()?;
        self.agree(L1, "L1 info root", actual, self.info_tree.root().get())
    }

    /// Promise 1: the bridge at a token's home holds what circulates elsewhere and what is on its way, exactly.
    fn check_token(&mut self, token: TokenId) -> Result<(), WorldError> {
        let home = token.network;
        let outside = self.outside.iter().filter(|((_, held), _)| *held == token);
        let mut abroad: U256 = outside.map(|(_, amount)| *amount).sum();
        for network in self.networks().filter(|&network| network != home) {
            let circulating = self.chain(network).circulating(token)?;
            abroad += circulating;
            if network != L1 {
                self.check_count(network, token, circulating)?;
            }
        }
        let bridge = self.chains[place(home)].bridge();
        let held = self.chain(home).balance(token, bridge)?;
        let in_flight = self.in_flight.get(&token).copied().unwrap_or_default();
        let donated = self.donated.get(&token).copied().unwrap_or_default();
        if held != abroad.wrapping_add(in_flight).wrapping_add(donated) {
            let symbol = self.symbol(token);
            return Err(Broken::Unbacked {
                symbol,
                held,
                abroad,
                in_flight,
            }
            .into());
        }
        Ok(())
    }

    /// An L2's bridge counts what it let in.
    fn check_count(
        &mut self,
        network: NetworkId,
        token: TokenId,
        circulating: U256,
    ) -> Result<(), WorldError> {
        let key = (token.network.get(), token.address);
        let token_hash = alloy_primitives::keccak256(alloy_sol_types::SolValue::abi_encode_packed(&key));
        let counted = self.chain(network).ask(&SharedBridgeL2::localBalanceTreeCall {
            tokenInfoHash: token_hash,
        })?;
        if counted == circulating {
            return Ok(());
        }
        let (network, symbol) = (self.name(network), self.symbol(token));
        Err(Broken::Miscounted {
            network,
            symbol,
            counted,
            circulating,
        }
        .into())
    }

    /// Asks every bridge about every exit that goes to it, and the ledger about those that go where there is no bridge.
    ///
    /// # Errors
    /// The first exit of which either says something else than the logs.
    pub fn check_claims(&mut self) -> Result<(), WorldError> {
        let exits: Vec<_> = self.sent().cloned().collect();
        for sent in exits {
            let destination = sent.exit.destination_network;
            let actual = if place(destination) < self.chains.len() {
                self.chain(destination).ask(&SharedBridge::isClaimedCall {
                    leafIndex: sent.index.leaf_index(),
                    sourceBridgeNetwork: sent.index.source().get(),
                })?
            } else {
                let known = self.ledger.network(destination);
                known.is_some_and(|known| known.state.nullifiers().contains(sent.index))
            };
            if actual != sent.claimed {
                let exit = self.place_of(sent.index);
                return Err(Broken::WrongClaimed { exit, actual }.into());
            }
        }
        Ok(())
    }

    /// The address of a token that stands for another is the same wherever there is one.
    ///
    /// # Errors
    /// Whatever goes wrong with a contract.
    pub fn wrapped_addresses(
        &mut self,
        token: TokenId,
    ) -> Result<Vec<alloy_primitives::Address>, WorldError> {
        let mut addresses = Vec::new();
        for network in self.networks().filter(|&network| network != token.network) {
            if let Some(Local::Contract(address)) = self.chain(network).local(token)? {
                addresses.push(address);
            }
        }
        Ok(addresses)
    }
}
