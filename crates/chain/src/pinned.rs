//! Reading one node at one block, so that what is read together was true together.

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use alloy_rpc_types_eth::{Filter, Log};
use serde::Serialize;
use serde_json::json;

use crate::endpoint::Endpoint;
use crate::error::CallError;
use crate::head::{Head, Tag};

/// One node at one block.
#[derive(Clone, Debug)]
pub struct Pinned<'p> {
    endpoint: &'p Endpoint,
    head: Head,
}

/// A block by its hash; the node refuses if its chain no longer has it (EIP-1898).
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AtHash {
    block_hash: B256,
    require_canonical: bool,
}

impl<'p> Pinned<'p> {
    pub(crate) const fn new(endpoint: &'p Endpoint, head: Head) -> Self {
        Self { endpoint, head }
    }

    /// The block.
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// The node's name.
    pub fn endpoint(&self) -> &str {
        self.endpoint.name()
    }

    const fn at(&self) -> AtHash {
        AtHash {
            block_hash: self.head.hash,
            require_canonical: true,
        }
    }

    /// What a contract answers.
    ///
    /// # Errors
    /// A [`CallError`]; a revert is one of [`CallError::Refused`].
    pub async fn call(&self, to: Address, data: &[u8]) -> Result<Bytes, CallError> {
        let call = json!({ "to": to, "data": Bytes::copy_from_slice(data) });
        self.endpoint.call("eth_call", (call, self.at())).await
    }

    /// What a transaction would do.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn simulate(
        &self,
        from: Address,
        to: Address,
        data: &[u8],
        value: U256,
    ) -> Result<Bytes, CallError> {
        let call = json!({ "from": from, "to": to, "data": Bytes::copy_from_slice(data), "value": value });
        self.endpoint.call("eth_call", (call, self.at())).await
    }

    /// How many transactions of an account are mined.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn nonce(&self, account: Address) -> Result<u64, CallError> {
        let count: U64 = self
            .endpoint
            .call("eth_getTransactionCount", (account, self.at()))
            .await?;
        Ok(count.to())
    }

    /// What an account holds, in wei.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn balance(&self, account: Address) -> Result<U256, CallError> {
        self.endpoint.call("eth_getBalance", (account, self.at())).await
    }

    /// A contract's code.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn code(&self, account: Address) -> Result<Bytes, CallError> {
        self.endpoint.call("eth_getCode", (account, self.at())).await
    }

    /// Another block of the same node.
    ///
    /// # Errors
    /// A [`CallError`]; [`CallError::Missing`] if it has none.
    pub async fn block(&self, tag: Tag) -> Result<Head, CallError> {
        self.endpoint.call("eth_getBlockByNumber", (tag, false)).await
    }

    /// Logs of a range up to the block. The node may have gone over to another chain while it was asked: whoever uses them asks
    /// [`Self::still_there`] after.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn logs(&self, addresses: &[Address], from: u64, to: u64) -> Result<Vec<Log>, CallError> {
        let filter = Filter::new()
            .address(addresses.to_vec())
            .from_block(from)
            .to_block(to.min(self.head.number));
        self.endpoint.call("eth_getLogs", [filter]).await
    }

    /// Whether the node's chain has the block still.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn still_there(&self) -> Result<bool, CallError> {
        match self.block(Tag::Number(self.head.number)).await {
            Ok(head) => Ok(head.hash == self.head.hash),
            Err(CallError::Missing { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
