//! A node of developers, as whoever uses and disturbs its chain speaks with it.

use std::time::Duration;

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use alloy_rpc_types_eth::{Log, TransactionReceipt};
use alloy_sol_types::{SolCall, SolEvent};
use causeway_chain::{
    CallError, Endpoint, EndpointConfig, Fees, Head, SignedTransaction, Tag, Timeouts, Unsigned,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::account::Account;
use crate::error::DevnetError;

/// What everything here offers: much more than such chains ask for.
const FEES: Fees = Fees {
    max_fee: 200_000_000_000,
    tip: 1_000_000_000,
};

/// How often a block is made for a transaction before it is given up.
const BLOCKS: usize = 20;

/// A node of developers.
#[derive(Clone, Debug)]
pub struct Node {
    url: String,
    chain_id: u64,
    endpoint: Endpoint,
}

impl Node {
    /// The node at an address, of a chain of this id. Nobody is asked yet.
    ///
    /// # Errors
    /// [`DevnetError::Url`].
    pub fn new(url: &str, chain_id: u64) -> Result<Self, DevnetError> {
        let wrong = || DevnetError::Url { url: url.to_owned() };
        let config = EndpointConfig {
            name: format!("devnet-{chain_id}"),
            url: url.parse().map_err(|_| wrong())?,
        };
        Ok(Self {
            url: url.to_owned(),
            chain_id,
            endpoint: Endpoint::new(config, Timeouts::default())?,
        })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The chain's id.
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// Asks.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: impl Serialize,
    ) -> Result<T, CallError> {
        self.endpoint.call(method, params).await
    }

    pub(crate) async fn tell(&self, method: &'static str, params: impl Serialize) -> Result<(), DevnetError> {
        let _: Value = self.endpoint.call(method, params).await?;
        Ok(())
    }

    /// # Errors
    /// [`DevnetError::OtherChain`] if it is not the chain that it should be.
    pub(crate) async fn expect_chain(&self) -> Result<(), DevnetError> {
        let id: U64 = self.call("eth_chainId", ()).await?;
        let found = id.to();
        if found == self.chain_id {
            Ok(())
        } else {
            Err(DevnetError::OtherChain {
                found,
                expected: self.chain_id,
            })
        }
    }

    /// A block's header.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn head(&self, tag: Tag) -> Result<Head, DevnetError> {
        Ok(self.call("eth_getBlockByNumber", (tag, false)).await?)
    }

    /// How many transactions of an account are mined.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn nonce(&self, account: Address) -> Result<u64, DevnetError> {
        let nonce: U64 = self.call("eth_getTransactionCount", (account, "latest")).await?;
        Ok(nonce.to())
    }

    /// What an account holds, in wei.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn balance(&self, account: Address) -> Result<U256, DevnetError> {
        Ok(self.call("eth_getBalance", (account, "latest")).await?)
    }

    /// What a contract answers now.
    ///
    /// # Errors
    /// A [`CallError`] if it refuses, [`DevnetError::Answer`] if its answer cannot be read.
    pub async fn view<C: SolCall>(&self, contract: Address, call: &C) -> Result<C::Return, DevnetError> {
        let data = Bytes::from(call.abi_encode());
        let answer: Bytes = self
            .call("eth_call", (json!({ "to": contract, "data": data }), "latest"))
            .await?;
        C::abi_decode_returns(&answer).map_err(|error| DevnetError::Answer {
            what: C::SIGNATURE,
            detail: error.to_string(),
        })
    }

    /// The logs of an event that a contract made in its whole past, with what is said in them.
    ///
    /// # Errors
    /// A [`CallError`], or [`DevnetError::Answer`] if one of them cannot be read.
    pub async fn events<E: SolEvent>(&self, contract: Address) -> Result<Vec<(Log, E)>, DevnetError> {
        let filter = json!({
            "address": contract, "fromBlock": "0x0", "toBlock": "latest", "topics": [E::SIGNATURE_HASH],
        });
        let logs: Vec<Log> = self.call("eth_getLogs", [filter]).await?;
        logs.into_iter()
            .map(|log| {
                let event = E::decode_log_data(log.data()).map_err(|error| DevnetError::Answer {
                    what: E::SIGNATURE,
                    detail: error.to_string(),
                })?;
                Ok((log, event))
            })
            .collect()
    }

    /// A transaction's receipt, if it is mined.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn receipt(&self, hash: B256) -> Result<Option<TransactionReceipt>, DevnetError> {
        Ok(self.call("eth_getTransactionReceipt", [hash]).await?)
    }

    /// Sends bytes and makes no block.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn send_raw(&self, raw: &Bytes) -> Result<B256, DevnetError> {
        Ok(self.call("eth_sendRawTransaction", [raw]).await?)
    }

    /// A call, signed with the account's next nonce, its gas estimated.
    ///
    /// # Errors
    /// A [`CallError`], of a call that would revert as well.
    pub async fn prepare(
        &self,
        from: &Account,
        to: Address,
        value: U256,
        data: Bytes,
    ) -> Result<Unsigned, DevnetError> {
        let call = json!({ "from": from.address(), "to": to, "value": value, "data": data });
        self.unsigned(from, call, to, value, data).await
    }

    async fn unsigned(
        &self,
        from: &Account,
        call: Value,
        to: Address,
        value: U256,
        data: Bytes,
    ) -> Result<Unsigned, DevnetError> {
        let gas: U64 = self.call("eth_estimateGas", [call]).await?;
        let gas = gas.to::<u64>();
        Ok(Unsigned {
            chain_id: self.chain_id,
            nonce: self.nonce(from.address()).await?,
            to,
            value,
            data,
            // A quarter more: what a call costs may change until its block is made.
            gas: (gas + gas / 4).min(1 << 24),
            fees: FEES,
        })
    }

    /// Calls a contract and waits until that is mined.
    ///
    /// # Errors
    /// A [`CallError`] if it would revert, [`DevnetError::Reverted`] if it did.
    pub async fn execute<C: SolCall>(
        &self,
        from: &Account,
        contract: Address,
        value: U256,
        call: &C,
    ) -> Result<TransactionReceipt, DevnetError> {
        let data = Bytes::from(call.abi_encode());
        let unsigned = self.prepare(from, contract, value, data).await?;
        let signed = unsigned.sign(from.signer()).await?;
        self.land(&signed, C::SIGNATURE).await
    }

    /// Sends ether, or bytes, and waits until that is mined.
    ///
    /// # Errors
    /// Those of [`Self::execute`].
    pub async fn pay(
        &self,
        from: &Account,
        to: Address,
        value: U256,
        data: Bytes,
    ) -> Result<TransactionReceipt, DevnetError> {
        let signed = self
            .prepare(from, to, value, data)
            .await?
            .sign(from.signer())
            .await?;
        self.land(&signed, "a payment").await
    }

    /// Creates a contract of this code, the arguments of its constructor behind it, and waits until that is mined.
    ///
    /// # Errors
    /// Those of [`Self::execute`].
    pub async fn create(
        &self,
        from: &Account,
        what: &'static str,
        code: Bytes,
    ) -> Result<Address, DevnetError> {
        let call = json!({ "from": from.address(), "data": code });
        let unsigned = self.unsigned(from, call, Address::ZERO, U256::ZERO, code).await?;
        let expected = from.address().create(unsigned.nonce);
        let signed = unsigned.sign_creation(from.signer()).await?;
        let receipt = self.land(&signed, what).await?;
        let found = receipt.contract_address.unwrap_or_default();
        if found == expected {
            Ok(found)
        } else {
            Err(DevnetError::Elsewhere {
                what,
                found,
                expected,
            })
        }
    }

    /// Sends a transaction, makes blocks until one has it, and looks whether it did what it should.
    ///
    /// # Errors
    /// [`DevnetError::NotMined`] or [`DevnetError::Reverted`].
    pub async fn land(
        &self,
        transaction: &SignedTransaction,
        what: &'static str,
    ) -> Result<TransactionReceipt, DevnetError> {
        let hash = self.send_raw(&transaction.raw).await?;
        for block in 0..BLOCKS {
            if let Some(receipt) = self.receipt(hash).await? {
                return if receipt.status() {
                    Ok(receipt)
                } else {
                    Err(DevnetError::Reverted { what, hash })
                };
            }
            if block > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            self.mine(1).await?;
        }
        Err(DevnetError::NotMined { what, hash })
    }
}
