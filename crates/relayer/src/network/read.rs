//! Logs from a node.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes};
use alloy_rpc_types_eth::Log;
use causeway_chain::{CallError, Head, Pool, Tag};
use serde::Deserialize;

use super::error::NetworkError;
use crate::state::LogJson;

/// Logs that were read, and up to where.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The block up to which they were read.
    pub head: Head,
    /// The logs, in order.
    pub logs: Vec<LogJson>,
    /// The transaction of each, by block and number.
    pub transactions: BTreeMap<(u64, u64), B256>,
}

/// All logs of contracts from a block on, up to the block at a tag, so many blocks at a time, from one node: if its chain went another
/// way meanwhile, nothing of it is believed.
///
/// # Errors
/// [`NetworkError::Call`] or [`NetworkError::Moved`].
pub async fn read(
    pool: &Pool,
    tag: Tag,
    addresses: &[Address],
    from: u64,
    range: u64,
) -> Result<Reading, NetworkError> {
    let pinned = pool.pin(tag).await?;
    let head = *pinned.head();
    let mut reading = Reading {
        head,
        logs: Vec::new(),
        transactions: BTreeMap::new(),
    };
    let mut next = from;
    while next <= head.number {
        let last = next.saturating_add(range.max(1) - 1).min(head.number);
        for log in pinned.logs(addresses, next, last).await? {
            let Some((json, transaction)) = in_block(&log) else {
                return Err(CallError::Malformed {
                    endpoint: pinned.endpoint().to_owned(),
                    method: "eth_getLogs",
                    detail: "a log is in no block".to_owned(),
                }
                .into());
            };
            reading
                .transactions
                .insert((json.block_number, json.log_index), transaction);
            reading.logs.push(json);
        }
        next = last + 1;
    }
    if !pinned.still_there().await? {
        return Err(NetworkError::Moved { block: head.number });
    }
    Ok(reading)
}

fn in_block(log: &Log) -> Option<(LogJson, B256)> {
    let json = LogJson {
        address: log.address(),
        topics: log.topics().to_vec(),
        data: log.data().data.clone(),
        block_number: log.block_number?,
        log_index: log.log_index?,
        removed: log.removed,
    };
    Some((json, log.transaction_hash?))
}

/// What transactions called their contracts with.
///
/// # Errors
/// [`NetworkError::Call`].
pub async fn inputs(
    pool: &Pool,
    transactions: impl IntoIterator<Item = B256>,
) -> Result<Vec<Bytes>, NetworkError> {
    #[derive(Deserialize)]
    struct Transaction {
        input: Bytes,
    }
    let mut inputs = Vec::new();
    for hash in transactions {
        let transaction: Transaction = pool.call("eth_getTransactionByHash", [hash]).await?;
        inputs.push(transaction.input);
    }
    Ok(inputs)
}
