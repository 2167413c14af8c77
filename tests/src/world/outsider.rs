//! Networks without an EVM.

use alloy_primitives::{Bytes, U256};
use causeway_types::{Authority, Exit, GlobalIndex, NetworkId, TokenId};

use super::{Broken, Sent, World, WorldError, place};

impl World {
    /// Registers a network that is no EVM. It makes its own certificates.
    ///
    /// # Errors
    /// Whatever goes wrong with settlement.
    pub fn join(&mut self, authority: Authority) -> Result<NetworkId, WorldError> {
        let added = self.settlement.add(&mut self.chains[0].evm, &authority)?;
        self.logs.extend(added.logs);
        let network = added.output;
        self.ledger.register(network, authority)?;
        self.registered.push((network, authority));
        self.sent.push(Vec::new());
        self.trees.push(Default::default());
        self.frontiers.push(Default::default());
        self.settled.push(0);
        self.tell("a network joins that is no EVM");
        Ok(network)
    }

    /// The number of the network that joins next.
    pub const fn next_network(&self) -> NetworkId {
        NetworkId::new(self.sent.len() as u32)
    }

    /// Takes note of exits that such a network made, whose leaves carry no metadata; the place of the first.
    ///
    /// # Errors
    /// If there is no room, and [`Broken::Overdrawn`].
    pub fn exported(&mut self, network: NetworkId, exits: &[Exit]) -> Result<GlobalIndex, WorldError> {
        let at = place(network);
        let first = GlobalIndex::new(network, self.trees[at].count());
        for &exit in exits {
            let token = exit.balance_token();
            let (name, symbol) = (self.name(network), self.symbol(token));
            if let Some(held) = self.held_outside(network, token) {
                *held = held.checked_sub(exit.amount).ok_or(Broken::Overdrawn {
                    network: name,
                    symbol,
                    held: *held,
                    sent: exit.amount,
                })?;
            }
            *self.in_flight.entry(token).or_default() += exit.amount;
            self.frontiers[at].append(exit.leaf())?;
            let leaf = self.trees[at].append(exit.leaf())?;
            self.sent[at].push(Sent {
                index: GlobalIndex::new(network, leaf),
                exit,
                metadata: Bytes::new(),
                claimed: false,
            });
        }
        Ok(first)
    }

    /// Takes note of an exit that such a network took in.
    ///
    /// # Errors
    /// If nobody made it, or if it was taken in before.
    pub fn imported(&mut self, network: NetworkId, index: GlobalIndex) -> Result<(), WorldError> {
        let exit = self.exit(index)?.exit;
        self.observe_claim(index)?;
        if let Some(held) = self.held_outside(network, exit.balance_token()) {
            *held += exit.amount;
        }
        Ok(())
    }

    /// What such a network has of a token; its own are not counted.
    fn held_outside(&mut self, network: NetworkId, token: TokenId) -> Option<&mut U256> {
        (token.network != network).then(|| self.outside.entry((network, token)).or_default())
    }
}
