//! What L1 shows: the only judge of what the relayer did.

use alloy_consensus::{Transaction, TxEnvelope};
use alloy_eips::eip2718::Decodable2718;
use alloy_primitives::{Address, B256, Bytes, U64, U256};
use alloy_sol_types::SolCall;
use anyhow::{Context, Result};
use causeway_bindings::Settlement;
use causeway_chain::Tag;
use causeway_devnet::{Deployment, Node};
use causeway_ledger::{PayloadEntry, Replay, decode_payload};
use causeway_relayer::state::{LogJson, Source};
use serde_json::json;

/// An epoch that is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Its block.
    pub block: u64,
    /// The transaction.
    pub transaction: B256,
    /// The commitment after it.
    pub commitment: B256,
    /// Its certificates, in order.
    pub payload: Vec<PayloadEntry>,
}

/// A transaction as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its hash.
    pub hash: B256,
    /// Its sender's nonce.
    pub nonce: u64,
    /// Where it goes.
    pub to: Option<Address>,
    /// The most that it pays per gas, in wei.
    pub max_fee: u128,
    /// What it adds to the base fee, in wei.
    pub tip: u128,
}

impl Sent {
    /// Reads the bytes of one.
    ///
    /// # Errors
    /// If they are none.
    pub fn read(raw: &Bytes) -> Result<Self> {
        let transaction = TxEnvelope::decode_2718(&mut raw.as_ref())?;
        Ok(Self {
            hash: *transaction.tx_hash(),
            nonce: transaction.nonce(),
            to: transaction.to(),
            max_fee: transaction.max_fee_per_gas(),
            tip: transaction.max_priority_fee_per_gas().unwrap_or_default(),
        })
    }
}

/// All epochs that are settled, in order.
///
/// # Errors
/// If the node does not answer, or a log cannot be read.
pub async fn settled(node: &Node, deployment: &Deployment) -> Result<Vec<Settled>> {
    let events = node
        .events::<Settlement::EpochSettled>(deployment.settlement)
        .await?;
    events
        .into_iter()
        .map(|(log, event)| {
            Ok(Settled {
                block: log.block_number.context("a mined log")?,
                transaction: log.transaction_hash.context("a mined log")?,
                commitment: event.newCommitment,
                payload: decode_payload(&event.payload)?,
            })
        })
        .collect()
}

/// The state commitment.
///
/// # Errors
/// If the node does not answer.
pub async fn commitment(node: &Node, deployment: &Deployment) -> Result<B256> {
    Ok(node
        .view(deployment.settlement, &Settlement::stateCommitmentCall {})
        .await?)
}

/// The state that L1's logs give: as anybody rebuilds it.
///
/// # Errors
/// If the node does not answer, or its logs contradict each other.
pub async fn replay(node: &Node, deployment: &Deployment) -> Result<Replay> {
    let filter = json!({
        "address": [deployment.settlement, deployment.bridge], "fromBlock": "0x0", "toBlock": "latest",
    });
    let logs: Vec<LogJson> = node.call("eth_getLogs", [filter]).await?;
    let source = Source {
        settlement: deployment.settlement,
        bridge: deployment.bridge,
    };
    Ok(source.rebuild(&logs)?)
}

/// Nonces of an account: of what is mined, and of what waits besides.
///
/// # Errors
/// If the node does not answer.
pub async fn nonces(node: &Node, account: Address) -> Result<(u64, u64)> {
    let mined = node.nonce(account).await?;
    let pending: U64 = node.call("eth_getTransactionCount", (account, "pending")).await?;
    Ok((mined, pending.to()))
}

/// What an account paid for gas, in wei, and for which transactions: hash, price and whether it did what it should.
///
/// # Errors
/// If the node does not answer.
pub async fn paid(node: &Node, account: Address) -> Result<(U256, Vec<(B256, u128, bool)>)> {
    let head = node.head(Tag::Latest).await?.number;
    let (mut sum, mut all) = (U256::ZERO, Vec::new());
    for number in 0..=head {
        let block: serde_json::Value = node
            .call("eth_getBlockByNumber", (Tag::Number(number), true))
            .await?;
        for transaction in block["transactions"].as_array().into_iter().flatten() {
            let from: Option<Address> = transaction["from"].as_str().and_then(|from| from.parse().ok());
            let hash: Option<B256> = transaction["hash"].as_str().and_then(|hash| hash.parse().ok());
            if let (Some(from), Some(hash)) = (from, hash)
                && from == account
                && let Some(receipt) = node.receipt(hash).await?
            {
                let price = receipt.effective_gas_price;
                sum += U256::from(receipt.gas_used) * U256::from(price);
                all.push((hash, price, receipt.status()));
            }
        }
    }
    Ok((sum, all))
}

/// The bytes of a call.
pub fn bytes_of<C: SolCall>(call: &C) -> Bytes {
    call.abi_encode().into()
}
