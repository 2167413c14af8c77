//! What people do on chains of developers.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_rpc_types_eth::TransactionReceipt;
use alloy_sol_types::sol_data;
use causeway_bindings::{GlobalExitRootL2, SharedBridge, WrappedToken};
use causeway_types::{GlobalIndex, MerkleProof, NetworkId, TokenId};

use crate::account::Account;
use crate::deploy::missing;
use crate::error::DevnetError;
use crate::node::Node;

/// An exit that was made, as the bridge tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridged {
    /// Its place among the chain's exits.
    pub index: u32,
    /// The event.
    pub event: SharedBridge::BridgeEvent,
    /// The transaction.
    pub transaction: B256,
    /// Its block.
    pub block: u64,
}

/// A claim of an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimAsset {
    /// Which exit.
    pub global_index: GlobalIndex,
    /// Its path in its network's exit tree.
    pub local: MerkleProof,
    /// That network's path in the rollup exit tree; anything for an exit of L1.
    pub rollup: MerkleProof,
    /// First half of the global exit root.
    pub mainnet_exit_root: B256,
    /// Second half.
    pub rollup_exit_root: B256,
    /// The token.
    pub token: TokenId,
    /// Where it goes.
    pub destination_network: NetworkId,
    /// To whom.
    pub destination_address: Address,
    /// How much.
    pub amount: U256,
    /// What the token is called.
    pub metadata: Bytes,
}

impl ClaimAsset {
    /// The call.
    pub fn call(&self) -> SharedBridge::claimAssetCall {
        SharedBridge::claimAssetCall {
            smtProofLocalExitRoot: *self.local.siblings(),
            smtProofRollupExitRoot: *self.rollup.siblings(),
            globalIndex: self.global_index.into(),
            mainnetExitRoot: self.mainnet_exit_root,
            rollupExitRoot: self.rollup_exit_root,
            originNetwork: self.token.network.get(),
            originTokenAddress: self.token.address,
            destinationNetwork: self.destination_network.get(),
            destinationAddress: self.destination_address,
            amount: self.amount,
            metadata: self.metadata.clone(),
        }
    }
}

impl Node {
    /// Sends ether (token zero) or a token to another network. The bridge takes a token only from whoever lets it: see
    /// [`Self::approve`].
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn bridge_asset(
        &self,
        from: &Account,
        bridge: Address,
        (network, receiver): (NetworkId, Address),
        token: Address,
        amount: U256,
    ) -> Result<Bridged, DevnetError> {
        let call = SharedBridge::bridgeAssetCall {
            destinationNetwork: network.get(),
            destinationAddress: receiver,
            amount,
            token,
            forceUpdateGlobalExitRoot: false,
            permitData: Bytes::new(),
        };
        let value = if token.is_zero() { amount } else { U256::ZERO };
        let receipt = self.execute(from, bridge, value, &call).await?;
        let log = receipt
            .decoded_log::<SharedBridge::BridgeEvent>()
            .ok_or_else(|| missing("BridgeEvent"))?;
        Ok(Bridged {
            index: log.data.depositCount,
            event: log.data,
            transaction: receipt.transaction_hash,
            block: receipt.block_number.unwrap_or_default(),
        })
    }

    /// Claims an asset, for whomever it goes to.
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn claim_asset(
        &self,
        from: &Account,
        bridge: Address,
        claim: &ClaimAsset,
    ) -> Result<TransactionReceipt, DevnetError> {
        self.execute(from, bridge, U256::ZERO, &claim.call()).await
    }

    /// Has the bridge publish its newest exit root; on L1, epochs may then consume its exits so far.
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn publish_exits(
        &self,
        from: &Account,
        bridge: Address,
    ) -> Result<TransactionReceipt, DevnetError> {
        let call = SharedBridge::updateGlobalExitRootCall {};
        self.execute(from, bridge, U256::ZERO, &call).await
    }

    /// Tells an L2 a global exit root.
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn push_exit_root(
        &self,
        updater: &Account,
        global_exit_root: Address,
        root: B256,
    ) -> Result<TransactionReceipt, DevnetError> {
        let call = GlobalExitRootL2::insertGlobalExitRootCall { newRoot: root };
        self.execute(updater, global_exit_root, U256::ZERO, &call).await
    }

    /// Lets somebody take an account's tokens.
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn approve(
        &self,
        from: &Account,
        token: Address,
        spender: Address,
    ) -> Result<TransactionReceipt, DevnetError> {
        let call = WrappedToken::approveCall {
            spender,
            amount: U256::MAX,
        };
        self.execute(from, token, U256::ZERO, &call).await
    }

    /// Sends tokens to somebody on the same chain.
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn transfer(
        &self,
        from: &Account,
        token: Address,
        to: Address,
        amount: U256,
    ) -> Result<TransactionReceipt, DevnetError> {
        let call = WrappedToken::transferCall { to, amount };
        self.execute(from, token, U256::ZERO, &call).await
    }

    /// What an account has of a token.
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn token_balance(&self, token: Address, owner: Address) -> Result<U256, DevnetError> {
        self.view(token, &WrappedToken::balanceOfCall { owner }).await
    }

    /// Deploys a token of this creation code, whose constructor takes name, symbol and decimals.
    ///
    /// # Errors
    /// A [`DevnetError`].
    pub async fn deploy_token(
        &self,
        owner: &Account,
        code: &[u8],
        (name, symbol, decimals): (&str, &str, u8),
    ) -> Result<Address, DevnetError> {
        type Arguments = (sol_data::String, sol_data::String, sol_data::Uint<8>);
        let arguments = <Arguments as alloy_sol_types::SolType>::abi_encode_params(&(name, symbol, decimals));
        let code = [code, &arguments].concat();
        self.create(owner, "a token", code.into()).await
    }
}
