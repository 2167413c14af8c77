//! Keys that are replaced.

use causeway_types::{Authority, NetworkId};

use super::{World, WorldError};

impl World {
    /// Replaces who speaks for a network; epochs that were begun before go on without that.
    ///
    /// # Errors
    /// Settlement's.
    pub fn rotate(&mut self, network: NetworkId, authority: Authority) -> Result<(), WorldError> {
        let logs = self
            .settlement
            .rotate(&mut self.chains[0].evm, network, &authority)?;
        self.logs.extend(logs);
        self.ledger.register(network, authority)?;
        self.registered.push((network, authority));
        let line = format!("{} has another key", self.name(network));
        self.tell(line);
        Ok(())
    }
}
