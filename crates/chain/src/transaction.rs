//! A transaction's bytes.

use alloy_consensus::{SignableTransaction, Signed, TxEip1559};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Bytes, TxKind, U256};
use alloy_signer::Signer;

use crate::fees::Fees;

/// A dynamic-fee transaction before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned {
    /// The chain's id.
    pub chain_id: u64,
    /// The sender's nonce.
    pub nonce: u64,
    /// The contract.
    pub to: Address,
    /// What is paid with it, in wei.
    pub value: U256,
    /// The call.
    pub data: Bytes,
    /// The gas limit.
    pub gas: u64,
    /// What it pays.
    pub fees: Fees,
}

/// A signed transaction, as it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    /// Its hash.
    pub hash: B256,
    /// Its bytes.
    pub raw: Bytes,
}

impl Unsigned {
    /// Signs it.
    ///
    /// # Errors
    /// What the signer says.
    pub async fn sign(
        &self,
        signer: &(dyn Signer + Send + Sync),
    ) -> Result<SignedTransaction, alloy_signer::Error> {
        self.sign_as(TxKind::Call(self.to), signer).await
    }

    /// Signs it as one that creates a contract of its data, whatever it is sent to.
    ///
    /// # Errors
    /// What the signer says.
    pub async fn sign_creation(
        &self,
        signer: &(dyn Signer + Send + Sync),
    ) -> Result<SignedTransaction, alloy_signer::Error> {
        self.sign_as(TxKind::Create, signer).await
    }

    async fn sign_as(
        &self,
        to: TxKind,
        signer: &(dyn Signer + Send + Sync),
    ) -> Result<SignedTransaction, alloy_signer::Error> {
        let transaction = self.typed(to);
        let signature = signer.sign_hash(&transaction.signature_hash()).await?;
        Ok(transaction.into_signed(signature).into())
    }

    /// As the chain's own types have it.
    pub(crate) fn typed(&self, to: TxKind) -> TxEip1559 {
        TxEip1559 {
            chain_id: self.chain_id,
            nonce: self.nonce,
            gas_limit: self.gas,
            max_fee_per_gas: self.fees.max_fee,
            max_priority_fee_per_gas: self.fees.tip,
            to,
            value: self.value,
            access_list: alloy_eips::eip2930::AccessList::default(),
            input: self.data.clone(),
        }
    }
}

impl From<Signed<TxEip1559>> for SignedTransaction {
    fn from(signed: Signed<TxEip1559>) -> Self {
        Self {
            hash: *signed.hash(),
            raw: signed.encoded_2718().into(),
        }
    }
}
