//! What the logs of a deployment tell.

use alloy_primitives::{Address, LogData};
use alloy_sol_types::SolEvent;
use causeway_bindings::{GlobalExitRoot, Settlement};
use causeway_ledger::L1Log;
use causeway_types::{GoldilocksDigest, SettlementDomain};

use crate::state::{LogJson, Source, StateError};

/// The contracts of a deployment on L1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// L1's chain id.
    pub chain_id: u64,
    /// `Settlement`.
    pub settlement: Address,
    /// `SharedBridge`.
    pub bridge: Address,
    /// `GlobalExitRoot`.
    pub global_exit_root: Address,
}

/// What a log tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Something of the state of all networks.
    State(L1Log),
    /// L1 recorded the root of so many of its exits.
    Checkpointed {
        /// How many.
        deposits: u32,
    },
    /// A signer approved a certificate by a transaction.
    Approved {
        /// Who.
        signer: Address,
        /// The certificate's digest.
        digest: GoldilocksDigest,
    },
    /// Somebody took a turn.
    Reserved {
        /// Who.
        holder: Address,
    },
}

impl Deployment {
    /// What certificates are made for.
    pub const fn domain(&self) -> SettlementDomain {
        SettlementDomain {
            chain_id: self.chain_id,
            settlement: self.settlement,
        }
    }

    /// Whose logs tell anything.
    pub const fn addresses(&self) -> [Address; 3] {
        [self.settlement, self.bridge, self.global_exit_root]
    }

    /// What a log tells; `None` if that is nothing to a relayer.
    ///
    /// # Errors
    /// [`StateError`] if it is malformed.
    pub fn read(&self, log: &LogJson) -> Result<Option<Told>, StateError> {
        let Some(&topic) = log.topics.first() else {
            return Ok(None);
        };
        let malformed = |source: alloy_sol_types::Error| StateError::Malformed {
            topic,
            block: log.block_number,
            index: log.log_index,
            source: Box::new(source),
        };
        let data = || LogData::new_unchecked(log.topics.clone(), log.data.clone());
        if log.address == self.global_exit_root
            && topic == GlobalExitRoot::DepositsCheckpointed::SIGNATURE_HASH
        {
            let event = GlobalExitRoot::DepositsCheckpointed::decode_log_data(&data()).map_err(malformed)?;
            // More than 2^32 - 1 exits have no tree; whoever consumes them finds the state that refuses them.
            let deposits = event.depositCount.saturating_to();
            return Ok(Some(Told::Checkpointed { deposits }));
        }
        if log.address == self.settlement && topic == Settlement::DigestApproved::SIGNATURE_HASH {
            let event = Settlement::DigestApproved::decode_log_data(&data()).map_err(malformed)?;
            // Anybody may approve anything: what is no digest is nothing to us.
            let digest = GoldilocksDigest::try_from(event.digest).ok();
            return Ok(digest.map(|digest| Told::Approved {
                signer: event.signer,
                digest,
            }));
        }
        if log.address == self.settlement && topic == Settlement::TurnReserved::SIGNATURE_HASH {
            let event = Settlement::TurnReserved::decode_log_data(&data()).map_err(malformed)?;
            return Ok(Some(Told::Reserved { holder: event.holder }));
        }
        let source = Source {
            settlement: self.settlement,
            bridge: self.bridge,
        };
        Ok(source.read(log)?.map(Told::State))
    }
}
