//! Why the relayer does not run.

use causeway_chain::{CallError, SignerError, SigningError};
use causeway_journal::JournalError;

use crate::config::SecretError;

/// Why the relayer does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The configuration must not be run with.
    #[error("{problems}")]
    Config {
        /// Everything that is wrong, a line each.
        problems: String,
    },
    /// The nodes, as they are configured.
    #[error(transparent)]
    Endpoints(#[from] CallError),
    /// The signer.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The signer's service does not have the key that the configuration names.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// A secret is not where it should be.
    #[error("{setting}: {source}")]
    Secret {
        /// Which one.
        setting: String,
        /// Why.
        source: SecretError,
    },
    /// A key is none.
    #[error("{setting}: this is no private key, which is 32 bytes in hexadecimal")]
    Key {
        /// Which one.
        setting: String,
    },
    /// There is no such signer.
    #[error("there is no signer.claims.{signer}")]
    NoSigner {
        /// Its name.
        signer: String,
    },
    /// Claims on L1 are paid for by settlement's wallet.
    #[error("signer.claims.{signer} is {address}, which settles: on L1 claims have a wallet of their own")]
    SameWallet {
        /// The signer of claims.
        signer: String,
        /// The wallet.
        address: alloy_primitives::Address,
    },
    /// An address is none.
    #[error("{setting}: this is no address of a node, which begins with http:// or https://")]
    Url {
        /// Which one.
        setting: String,
    },
    /// What is to be told is not said in a way that can be read.
    #[error("log.filter: {filter} is no filter, as info or causeway_relayer=debug,info are")]
    Filter {
        /// It.
        filter: String,
    },
    /// An address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] crate::api::ServeError),
    /// The system gives no thread.
    #[error("no thread for the prover: {0}")]
    Thread(std::io::Error),
}
