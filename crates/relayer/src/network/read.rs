//! Logs from a node.

use alloy_primitives::{Address, B256, Bytes};
use causeway_chain::{CallError, Head, Pinned, Pool, Tag};
use serde::Deserialize;

use super::error::NetworkError;
use crate::state::LogJson;
use crate::watch;

/// Logs that were read, and up to where.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The block up to which they were read.
    pub head: Head,
    /// The logs, in order.
    pub logs: Vec<LogJson>,
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
    read_at(&pool.pin(tag).await?, addresses, (from, range), |_, _| {}).await
}

/// [`read`] up to the block that a node is read at, telling after each range how many blocks are read of how many.
///
/// # Errors
/// As [`read`].
pub async fn read_at(
    pinned: &Pinned<'_>,
    addresses: &[Address],
    (from, range): (u64, u64),
    mut tell: impl FnMut(u64, u64),
) -> Result<Reading, NetworkError> {
    let head = *pinned.head();
    let total = (head.number + 1).saturating_sub(from);
    tell(0, total);
    let mut logs = Vec::new();
    let mut next = from;
    while next <= head.number {
        let last = next.saturating_add(range.max(1) - 1).min(head.number);
        let told = pinned.logs(addresses, next, last).await?;
        let kept: Option<Vec<_>> = told.iter().map(watch::log).collect();
        logs.extend(kept.ok_or_else(|| CallError::Malformed {
            endpoint: pinned.endpoint().to_owned(),
            method: "eth_getLogs",
            detail: "a log is in no block".to_owned(),
        })?);
        next = last + 1;
        tell(next - from, total);
    }
    if !pinned.still_there().await? {
        return Err(NetworkError::Moved { block: head.number });
    }
    Ok(Reading { head, logs })
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
