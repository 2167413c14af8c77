//! Bridges that stand still.

use alloy_primitives::U256;
use causeway_bindings::{Settlement, SharedBridge};
use causeway_types::NetworkId;

use super::chain::role;
use super::claim::drop_output;
use super::settlement::GUARDIAN;
use super::{L1, World, WorldError};

/// Seconds for which a bridge stands still at most.
pub const MAX_STOP: u64 = 7 * 24 * 60 * 60;

/// Seconds for which it works at least before it is stopped again.
pub const MIN_REST: u64 = 24 * 60 * 60;

impl World {
    /// Stops a bridge.
    ///
    /// # Errors
    /// The bridge's.
    pub fn stop(&mut self, network: NetworkId) -> Result<(), WorldError> {
        let settlement = self.settlement.contract;
        let chain = self.chain(network);
        let result = if network == L1 {
            let call = Settlement::activateBridgeEmergencyCall {};
            chain.evm.call_from(GUARDIAN, settlement, &call).map(drop_output)
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
        let settlement = self.settlement.contract;
        let chain = self.chain(network);
        let result = if network == L1 {
            let call = Settlement::deactivateBridgeEmergencyCall {};
            chain.evm.call_from(GUARDIAN, settlement, &call).map(drop_output)
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
