//! Who signs transactions: a key of this machine, or a service that never shows its key.
//!
//! Whoever signs is not believed: before a transaction counts as signed it is what was asked for, by the address that was asked, in the
//! one form of its signature that chains take.

use std::future::Future;
use std::pin::Pin;

use alloy_consensus::{Signed, TxEip1559};
use alloy_primitives::{Address, TxKind};
use alloy_signer::Signer;

use crate::error::CallError;
use crate::transaction::{SignedTransaction, Unsigned};

/// A signature that takes a while.
pub type Signing<'a, T = SignedTransaction> =
    Pin<Box<dyn Future<Output = Result<T, SigningError>> + Send + 'a>>;

/// Why a transaction is not signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The service does not answer, or refuses.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The key's holder says no.
    #[error("{signer} does not sign: {source}")]
    Holder {
        /// Who.
        signer: String,
        /// Why.
        source: alloy_signer::Error,
    },
    /// What comes back is no signed transaction.
    #[error("{signer} answers with something else than a signed transaction: {detail}")]
    Malformed {
        /// Who.
        signer: String,
        /// What is wrong.
        detail: String,
    },
    /// It says something else than it was to sign.
    #[error("{signer} signed another transaction than it was asked to")]
    OtherTransaction {
        /// Who.
        signer: String,
    },
    /// Another key made the signature.
    #[error("{signer} signed as {found}, and {expected} was asked")]
    OtherAddress {
        /// Who.
        signer: String,
        /// Who should have signed.
        expected: Address,
        /// Who did.
        found: Address,
    },
    /// The other of the two forms that each signature has, which chains refuse (EIP-2).
    #[error("{signer} signed with a high s, which no chain takes")]
    HighS {
        /// Who.
        signer: String,
    },
    /// It does not have the key of the address.
    #[error("{signer} has no key of {expected}; it has {has:?}")]
    NoSuchKey {
        /// Who.
        signer: String,
        /// The address.
        expected: Address,
        /// Whose keys it has.
        has: Vec<Address>,
    },
}

/// Who signs the transactions of one address.
pub trait TransactionSigner: Send + Sync {
    /// Whose transactions they are.
    fn address(&self) -> Address;

    /// Signs one.
    fn sign<'a>(&'a self, transaction: &'a Unsigned) -> Signing<'a>;

    /// Whether it has the key of its address, as far as it can be asked.
    fn check(&self) -> Signing<'_, ()>;
}

/// A key in this process, or any other [`Signer`] of alloy's.
#[expect(missing_debug_implementations, reason = "a signer has none")]
pub struct HeldKey {
    name: String,
    signer: Box<dyn Signer + Send + Sync>,
}

impl HeldKey {
    /// A signer by a name that people know it by.
    pub fn new(name: impl Into<String>, signer: Box<dyn Signer + Send + Sync>) -> Self {
        Self {
            name: name.into(),
            signer,
        }
    }
}

impl TransactionSigner for HeldKey {
    fn address(&self) -> Address {
        self.signer.address()
    }

    fn sign<'a>(&'a self, transaction: &'a Unsigned) -> Signing<'a> {
        Box::pin(async move {
            use alloy_consensus::SignableTransaction;
            let typed = transaction.typed(TxKind::Call(transaction.to));
            let signature = self.signer.sign_hash(&typed.signature_hash()).await;
            let signature = signature.map_err(|source| SigningError::Holder {
                signer: self.name.clone(),
                source,
            })?;
            accept(&self.name, self.address(), typed.into_signed(signature))
        })
    }

    fn check(&self) -> Signing<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// A signed transaction, if the one who was asked signed it, and in the form that chains take.
pub(crate) fn accept(
    name: &str,
    expected: Address,
    signed: Signed<TxEip1559>,
) -> Result<SignedTransaction, SigningError> {
    let signer = || name.to_owned();
    let signature = signed.signature();
    if signature.normalize_s().is_some() {
        return Err(SigningError::HighS { signer: signer() });
    }
    let found = signature.recover_address_from_prehash(&signed.signature_hash());
    let found = found.map_err(|error| SigningError::Malformed {
        signer: signer(),
        detail: error.to_string(),
    })?;
    if found != expected {
        return Err(SigningError::OtherAddress {
            signer: signer(),
            expected,
            found,
        });
    }
    Ok(signed.into())
}
