//! A service that has the key and signs what it is asked to, over JSON-RPC: `eth_accounts` and `eth_signTransaction`, as Web3Signer, op-signer
//! and nodes with accounts have them. Behind those are the key management services of clouds and modules of hardware.

use alloy_consensus::TxEnvelope;
use alloy_eips::eip2718::Decodable2718;
use alloy_primitives::{Address, Bytes, TxKind, U64, U256};
use serde::Deserialize;
use serde_json::json;

use crate::endpoint::{Endpoint, EndpointConfig, Timeouts};
use crate::error::CallError;
use crate::signing::{Signing, SigningError, TransactionSigner, accept};
use crate::transaction::Unsigned;

/// A service that has the key of one address, among others'.
#[derive(Clone, Debug)]
pub struct RemoteSigner {
    endpoint: Endpoint,
    address: Address,
}

/// What services answer: the bytes, or, as geth does, the bytes beside what they say.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Bytes(Bytes),
    Beside { raw: Bytes },
}

impl RemoteSigner {
    /// The service at an address, asked when something is to be signed and not before.
    ///
    /// # Errors
    /// [`CallError::Unreachable`] if the system has no means to ask anybody.
    pub fn new(config: EndpointConfig, timeouts: Timeouts, address: Address) -> Result<Self, CallError> {
        Ok(Self {
            endpoint: Endpoint::new(config, timeouts)?,
            address,
        })
    }
}

impl TransactionSigner for RemoteSigner {
    fn address(&self) -> Address {
        self.address
    }

    fn sign<'a>(&'a self, transaction: &'a Unsigned) -> Signing<'a> {
        Box::pin(async move {
            let asked = json!({
                "from": self.address,
                "to": transaction.to,
                "chainId": U64::from(transaction.chain_id),
                "nonce": U64::from(transaction.nonce),
                "gas": U64::from(transaction.gas),
                "maxFeePerGas": U256::from(transaction.fees.max_fee),
                "maxPriorityFeePerGas": U256::from(transaction.fees.tip),
                "value": transaction.value,
                "data": transaction.data,
            });
            let answer = self.endpoint.call("eth_signTransaction", [asked]).await?;
            let (Answer::Bytes(raw) | Answer::Beside { raw }) = answer;
            let signer = || self.endpoint.name().to_owned();
            let decoded = TxEnvelope::decode_2718_exact(&raw);
            let decoded = decoded.map_err(|error| SigningError::Malformed {
                signer: signer(),
                detail: error.to_string(),
            })?;
            match decoded {
                TxEnvelope::Eip1559(signed)
                    if *signed.tx() == transaction.typed(TxKind::Call(transaction.to)) =>
                {
                    accept(self.endpoint.name(), self.address, signed)
                }
                _ => Err(SigningError::OtherTransaction { signer: signer() }),
            }
        })
    }

    fn check(&self) -> Signing<'_, ()> {
        Box::pin(async move {
            match self.endpoint.call::<Vec<Address>>("eth_accounts", ()).await {
                Ok(has) if has.contains(&self.address) => Ok(()),
                Ok(has) => Err(SigningError::NoSuchKey {
                    signer: self.endpoint.name().to_owned(),
                    expected: self.address,
                    has,
                }),
                // Some tell nobody whose keys they have: each signature shows it.
                Err(CallError::Refused { .. }) => Ok(()),
                Err(error) => Err(error.into()),
            }
        })
    }
}
