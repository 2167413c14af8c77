//! One transaction of somebody who sends no others meanwhile: for commands. What the relayer itself sends goes through its journal.

use std::time::Duration;

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use alloy_signer::Signer;
use causeway_chain::{CallError, FeePolicy, Pool, SendAnswer, Tag, Unsigned};
use serde_json::json;

use super::error::NetworkError;

/// Why a transaction is not mined.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Something else than sending went wrong.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The node does not answer, or not what was asked.
    #[error("the chain cannot be asked: {0}")]
    Call(#[from] CallError),
    /// The contract would refuse it: it was not sent.
    #[error("the contract refuses: {}", data.as_ref().map_or_else(|| "it does not say why".to_owned(), ToString::to_string))]
    Refused {
        /// What it reverted with.
        data: Option<Bytes>,
    },
    /// The chain asks for more than is to be paid.
    #[error("the base fee is {base_fee} wei, and no more than {ceiling} wei are to be paid")]
    TooDear {
        /// What it asks for.
        base_fee: u128,
        /// The most that is paid.
        ceiling: u128,
    },
    /// No node takes it.
    #[error("no node takes the transaction: {answer:?}")]
    NotTaken {
        /// The best answer.
        answer: SendAnswer,
    },
    /// It was mined and reverted.
    #[error("transaction {hash} was mined and reverted")]
    Reverted {
        /// Its hash.
        hash: B256,
    },
    /// It was not mined in time; it may be yet.
    #[error("transaction {hash} is not mined after {after:?}; it may be yet")]
    NotMined {
        /// Its hash.
        hash: B256,
        /// How long it had.
        after: Duration,
    },
    /// The signer does not sign.
    #[error("the signer does not sign: {0}")]
    Signer(#[from] alloy_signer::Error),
}

/// A transaction that is mined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mined {
    /// Its hash.
    pub hash: B256,
    /// Its block.
    pub block: u64,
}

/// Who sends.
pub struct Sender<'p> {
    /// The chain's nodes.
    pub pool: &'p Pool,
    /// Who signs.
    pub signer: Box<dyn Signer + Send + Sync>,
    /// What is paid.
    pub fees: FeePolicy,
    /// How long a transaction has to be mined.
    pub patience: Duration,
}

impl std::fmt::Debug for Sender<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender")
            .field("address", &self.signer.address())
            .field("fees", &self.fees)
            .finish_non_exhaustive()
    }
}

impl Sender<'_> {
    /// Simulates a call, sends it and waits until it is mined.
    ///
    /// # Errors
    /// A [`SendError`].
    pub async fn send(&self, to: Address, value: U256, data: Bytes) -> Result<Mined, SendError> {
        let from = self.signer.address();
        let pinned = self.pool.pin(Tag::Latest).await?;
        pinned.simulate(from, to, &data, value).await.map_err(refused)?;
        let call = json!({ "from": from, "to": to, "data": data, "value": value });
        let gas: U64 = self.pool.call("eth_estimateGas", [call]).await.map_err(refused)?;
        let nonce: U64 = self
            .pool
            .call("eth_getTransactionCount", (from, "pending"))
            .await?;
        let market = self.pool.market().await?;
        let fees = self.fees.first(&market).ok_or(SendError::TooDear {
            base_fee: market.base_fee,
            ceiling: self.fees.ceiling,
        })?;
        let transaction = Unsigned {
            chain_id: self.pool.chain_id().await?,
            nonce: nonce.to(),
            to,
            value,
            data,
            // A fifth more: the state may be another by then.
            gas: gas.to::<u64>().saturating_mul(6) / 5,
            fees,
        };
        let signed = transaction.sign(&*self.signer).await?;
        let sent = self.pool.send(&signed.raw).await;
        // Nobody knows: it may have it all the same.
        if !matches!(sent.answer, SendAnswer::Accepted | SendAnswer::Unknown) {
            return Err(SendError::NotTaken { answer: sent.answer });
        }
        self.wait(signed.hash).await
    }

    async fn wait(&self, hash: B256) -> Result<Mined, SendError> {
        let until = tokio::time::Instant::now() + self.patience;
        loop {
            if let Some(receipt) = self.pool.receipt(hash).await? {
                if !receipt.status() {
                    return Err(SendError::Reverted { hash });
                }
                let block = receipt.block_number.unwrap_or_default();
                return Ok(Mined { hash, block });
            }
            if tokio::time::Instant::now() >= until {
                return Err(SendError::NotMined {
                    hash,
                    after: self.patience,
                });
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

/// A revert is what the contract says; anything else is the node's.
fn refused(error: CallError) -> SendError {
    match error.refusal() {
        Some(refusal) => SendError::Refused {
            data: refusal.revert_data(),
        },
        None => error.into(),
    }
}
