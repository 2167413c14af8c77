//! Bridges that stand still.

use alloy_primitives::U256;
use causeway_bindings::{SharedBridge, mocks::MockSettlement};
use causeway_types::NetworkId;

use super::chain::role;
use super::claim::drop_output;
use super::{L1, World, WorldError};

/// Seconds for which a bridge stands still at most.
pub const MAX_STOP: u64 = 7 * 24 * 60 * 60;

impl World {
    /// Stops a bridge.
    ///
    /// # Errors
    /// The bridge's.
    pub fn stop(&mut self, network: NetworkId) -> Result<(), WorldError> {
        let bridge = self.chain(network).bridge();
        let settlement = self.settlement;
        let chain = self.chain(network);
        let result = if network == L1 {
            let call = MockSettlement::activateEmergencyStateCall { bridge };
            chain.evm.call(settlement, &call).map(drop_output)
        } else {
            let call = SharedBridge::activateEmergencyStateCall {};
            chain.call(role::PAUSER, U256::ZERO, &call).map(drop_output)
        };
        self.after(network, result)?;
        let chain = self.chain(network);
        let now = chain.evm.timestamp().saturating_to();
        chain.stop = (now, now + MAX_STOP);
        let line = format!("{} stands still", self.name(network));
        self.tell(line);
        Ok(())
    }

    /// Starts a bridge again.
    ///
    /// # Errors
    /// The bridge's.
    pub fn resume(&mut self, network: NetworkId) -> Result<(), WorldError> {
        let bridge = self.chain(network).bridge();
        let settlement = self.settlement;
        let chain = self.chain(network);
        let result = if network == L1 {
            let call = MockSettlement::deactivateEmergencyStateCall { bridge };
            chain.evm.call(settlement, &call).map(drop_output)
        } else {
            let call = SharedBridge::deactivateEmergencyStateCall {};
            chain.call(role::UNPAUSER, U256::ZERO, &call).map(drop_output)
        };
        self.after(network, result)?;
        let chain = self.chain(network);
        chain.stop.1 = chain.evm.timestamp().saturating_to();
        let line = format!("{} works again", self.name(network));
        self.tell(line);
        Ok(())
    }
}
