//! Logs as nodes give them, and what Causeway's contracts mean by them.

use alloy_primitives::{Address, B256, Bytes, LogData, keccak256};
use alloy_sol_types::SolEvent;
use causeway_bindings::{Settlement, SharedBridge};
use causeway_ledger::{L1Log, PayloadEntry, Replay, SettledEpoch, decode_payload};
use causeway_types::{Authority, Exit, GoldilocksDigest, LeafType, NetworkId, TokenId, TypesError};
use serde::{Deserialize, Serialize};

use super::StateError;

/// A log as `eth_getLogs` answers it; other fields are passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogJson {
    /// Who logged.
    pub address: Address,
    /// The topics, the event's own first.
    pub topics: Vec<B256>,
    /// What is not in the topics.
    pub data: Bytes,
    /// Its block.
    #[serde(with = "quantity")]
    pub block_number: u64,
    /// The block's hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_hash: Option<B256>,
    /// The transaction's hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_hash: Option<B256>,
    /// Its number in the block.
    #[serde(with = "quantity")]
    pub log_index: u64,
    /// Whether the block is no longer in the chain.
    #[serde(default)]
    pub removed: bool,
}

/// Whose logs tell the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The settlement contract.
    pub settlement: Address,
    /// Ethereum's bridge.
    pub bridge: Address,
}

impl Source {
    /// The state that these logs give, in whatever order they come, those of others among them.
    ///
    /// # Errors
    /// [`StateError`], of the first log that is wrong.
    pub fn rebuild(&self, logs: &[LogJson]) -> Result<Replay, StateError> {
        let mut logs: Vec<&LogJson> = logs.iter().collect();
        logs.sort_by_key(|log| (log.block_number, log.log_index));
        let mut replay = Replay::new();
        for log in logs {
            let (block, index) = (log.block_number, log.log_index);
            if log.removed {
                return Err(StateError::Removed { block, index });
            }
            if let Some(meant) = self.read(log)? {
                replay
                    .take(meant)
                    .map_err(|source| StateError::Replay { block, index, source })?;
            }
        }
        Ok(replay)
    }

    /// What a log means; `None` if it is another's, or says nothing of the state.
    ///
    /// # Errors
    /// [`StateError`] if it is malformed.
    pub fn read(&self, log: &LogJson) -> Result<Option<L1Log>, StateError> {
        let Some(&topic) = log.topics.first() else {
            return Ok(None);
        };
        if log.address == self.settlement && topic == Settlement::RegistryEntryAdded::SIGNATURE_HASH {
            let event = decode::<Settlement::RegistryEntryAdded>(log, topic)?;
            let read = || -> Result<L1Log, TypesError> {
                Ok(L1Log::Registered {
                    network: NetworkId::new(event.network),
                    authority: Authority::from_parts(
                        event.kind,
                        event.signer,
                        GoldilocksDigest::try_from(event.key)?,
                    )?,
                    hash: event.hash,
                })
            };
            return value(log, read).map(Some);
        }
        if log.address == self.settlement && topic == Settlement::EpochSettled::SIGNATURE_HASH {
            let event = decode::<Settlement::EpochSettled>(log, topic)?;
            let payload: Vec<PayloadEntry> =
                decode_payload(&event.payload).map_err(|source| StateError::Payload {
                    block: log.block_number,
                    index: log.log_index,
                    source,
                })?;
            let read = || -> Result<L1Log, TypesError> {
                Ok(L1Log::Settled(SettledEpoch {
                    commitment: GoldilocksDigest::try_from(event.newCommitment)?,
                    deposits: event.deposits,
                    registry_entries: event.registryEntries,
                    payload,
                }))
            };
            return value(log, read).map(Some);
        }
        if log.address == self.bridge && topic == SharedBridge::BridgeEvent::SIGNATURE_HASH {
            let event = decode::<SharedBridge::BridgeEvent>(log, topic)?;
            let read = || -> Result<L1Log, TypesError> {
                Ok(L1Log::Exited {
                    index: event.depositCount,
                    exit: exit_of(&event)?,
                })
            };
            return value(log, read).map(Some);
        }
        Ok(None)
    }
}

/// The exit that a bridge tells of.
///
/// # Errors
/// [`TypesError`] if its leaf type is none.
pub fn exit_of(event: &SharedBridge::BridgeEvent) -> Result<Exit, TypesError> {
    Ok(Exit {
        leaf_type: LeafType::try_from(event.leafType)?,
        token: TokenId {
            network: NetworkId::new(event.originNetwork),
            address: event.originAddress,
        },
        destination_network: NetworkId::new(event.destinationNetwork),
        destination_address: event.destinationAddress,
        amount: event.amount,
        metadata_hash: keccak256(&event.metadata),
    })
}

/// A log as an event.
///
/// # Errors
/// [`StateError::Malformed`].
pub(crate) fn decode<E: SolEvent>(log: &LogJson, topic: B256) -> Result<E, StateError> {
    let data = LogData::new_unchecked(log.topics.clone(), log.data.clone());
    E::decode_log_data(&data).map_err(|source| StateError::Malformed {
        topic,
        block: log.block_number,
        index: log.log_index,
        source: Box::new(source),
    })
}

/// What an event says.
///
/// # Errors
/// [`StateError::Value`].
pub(crate) fn value<T>(log: &LogJson, read: impl FnOnce() -> Result<T, TypesError>) -> Result<T, StateError> {
    read().map_err(|source| StateError::Value {
        block: log.block_number,
        index: log.log_index,
        source,
    })
}

/// Numbers as nodes write them: hexadecimal, without zeros in front.
mod quantity {
    use alloy_primitives::U64;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
        U64::from(*number).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        Ok(U64::deserialize(from)?.to())
    }
}
