//! What only nodes of developers do: blocks when they are asked for, and whatever disturbs a chain.

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use serde_json::Value;

use crate::error::DevnetError;
use crate::node::Node;

impl Node {
    /// Makes blocks.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn mine(&self, blocks: u64) -> Result<(), DevnetError> {
        self.tell("anvil_mine", [U64::from(blocks)]).await
    }

    /// Says what the next block's transactions pay at least, in wei per gas.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn set_next_base_fee(&self, base_fee: u128) -> Result<(), DevnetError> {
        self.tell("anvil_setNextBlockBaseFeePerGas", [U256::from(base_fee)])
            .await
    }

    /// Says what an account holds.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn set_balance(&self, account: Address, balance: U256) -> Result<(), DevnetError> {
        self.tell("anvil_setBalance", (account, balance)).await
    }

    /// Says how many transactions of an account are mined.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn set_nonce(&self, account: Address, nonce: u64) -> Result<(), DevnetError> {
        self.tell("anvil_setNonce", (account, U64::from(nonce))).await
    }

    /// Puts code at an address.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn set_code(&self, account: Address, code: &Bytes) -> Result<(), DevnetError> {
        self.tell("anvil_setCode", (account, code)).await
    }

    /// Throws a transaction out of the pool; says whether it was there.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn drop_transaction(&self, hash: B256) -> Result<bool, DevnetError> {
        let dropped: Option<B256> = self.call("anvil_dropTransaction", [hash]).await?;
        Ok(dropped.is_some())
    }

    /// Replaces the newest blocks by others, empty but for these transactions, each in the block of its number among the new ones,
    /// from zero. What was in the old ones is lost.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn reorg(&self, depth: u64, transactions: &[(Bytes, u64)]) -> Result<(), DevnetError> {
        self.tell("anvil_reorg", (depth, transactions)).await
    }

    /// Lets seconds pass: the next block is so much later.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn increase_time(&self, seconds: u64) -> Result<(), DevnetError> {
        self.tell("evm_increaseTime", [U64::from(seconds)]).await
    }

    /// Says how much gas blocks have from the next one on.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn set_gas_limit(&self, gas: u64) -> Result<(), DevnetError> {
        let _: serde_json::Value = self.call("evm_setBlockGasLimit", [U64::from(gas)]).await?;
        Ok(())
    }

    /// Makes a block for each transaction, or no longer.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn set_automine(&self, on: bool) -> Result<(), DevnetError> {
        self.tell("evm_setAutomine", [on]).await
    }

    /// The hashes of what waits in the pool, of one account, by nonce.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn pending_of(&self, account: Address) -> Result<Vec<(u64, B256)>, DevnetError> {
        let pool: Value = self.call("txpool_content", ()).await?;
        let mut pending = Vec::new();
        for part in ["pending", "queued"] {
            let all = pool[part].as_object().into_iter().flatten();
            let its = all.filter(|(from, _)| from.parse() == Ok(account));
            for (nonce, transaction) in its.flat_map(|(_, its)| its.as_object().into_iter().flatten()) {
                let hash = transaction["hash"].as_str().and_then(|hash| hash.parse().ok());
                let nonce = nonce.parse().ok();
                if let (Some(nonce), Some(hash)) = (nonce, hash) {
                    pending.push((nonce, hash));
                }
            }
        }
        pending.sort_unstable();
        Ok(pending)
    }
}
