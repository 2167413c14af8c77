//! Who signs on a chain, and what he is ready to pay.

use std::sync::Arc;

use alloy_primitives::{Address, Bytes, U256};
use causeway_chain::{FeePolicy, Fees, Pool, SignedTransaction, SigningError, TransactionSigner, Unsigned};
use causeway_journal::Wallet;

use super::{Budget, OutboxError};
use crate::config::schema::FeeSettings;

/// Who signs on a chain, and what he is ready to pay.
#[expect(missing_debug_implementations, reason = "a signer has none")]
pub struct Account {
    pool: Arc<Pool>,
    signer: Box<dyn TransactionSigner>,
    wallet: Wallet,
    fees: FeeSettings,
    /// The most that one transaction may cost, in wei.
    each: Option<u128>,
}

impl Account {
    /// Of a chain's nodes and a signer.
    pub fn new(pool: Arc<Pool>, chain: u64, signer: Box<dyn TransactionSigner>, fees: FeeSettings) -> Self {
        let wallet = Wallet {
            chain,
            address: signer.address(),
        };
        Self {
            pool,
            signer,
            wallet,
            fees,
            each: None,
        }
    }

    /// The same, which pays no more than this for one transaction.
    #[must_use]
    pub const fn each(mut self, most: u128) -> Self {
        self.each = Some(most);
        self
    }

    /// What may be paid.
    pub const fn budget(&self) -> Budget {
        Budget {
            each: self.each,
            day: self.fees.budget_day.0,
        }
    }

    /// The chain's nodes.
    pub const fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    /// Whose transactions they are.
    pub const fn wallet(&self) -> Wallet {
        self.wallet
    }

    /// What is paid.
    pub const fn fees(&self) -> &FeeSettings {
        &self.fees
    }

    /// What is paid, as it is computed.
    pub fn policy(&self) -> FeePolicy {
        let permille = (self.fees.bump_percent * 10.0).ceil().clamp(0.0, 10_000.0);
        FeePolicy {
            tip_floor: self.fees.tip_floor.0,
            ceiling: self.fees.max_fee.0,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped above"
            )]
            bump_permille: permille as u32,
        }
    }

    /// Signs a transaction.
    pub(super) async fn sign(
        &self,
        nonce: u64,
        to: Address,
        data: Bytes,
        value: U256,
        (gas, fees): (u64, Fees),
    ) -> Result<SignedTransaction, OutboxError> {
        let transaction = Unsigned {
            chain_id: self.wallet.chain,
            nonce,
            to,
            value,
            data,
            gas,
            fees,
        };
        let signed = self.signer.sign(&transaction).await;
        signed.map_err(|error| OutboxError::Signer(error.to_string()))
    }

    /// Whether the signer has the key of its address, as far as it can be asked.
    ///
    /// # Errors
    /// A [`SigningError`].
    pub async fn check_signer(&self) -> Result<(), SigningError> {
        self.signer.check().await
    }
}
