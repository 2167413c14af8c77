//! Networks without an EVM.

use alloy_primitives::Bytes;
use causeway_types::{Authority, Exit, GlobalIndex, NetworkId};

use super::{Sent, World, WorldError, place};

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

    /// Takes note of exits that such a network made, whose leaves carry no metadata; the place of the first.
    ///
    /// # Errors
    /// If there is no room.
    pub fn exported(&mut self, network: NetworkId, exits: &[Exit]) -> Result<GlobalIndex, WorldError> {
        let at = place(network);
        let first = GlobalIndex::new(network, self.trees[at].count());
        for &exit in exits {
            self.frontiers[at].append(exit.leaf())?;
            let leaf = self.trees[at].append(exit.leaf())?;
            *self.in_flight.entry(exit.balance_token()).or_default() += exit.amount;
            self.sent[at].push(Sent {
                index: GlobalIndex::new(network, leaf),
                exit,
                metadata: Bytes::new(),
                claimed: false,
            });
        }
        Ok(first)
    }
}
