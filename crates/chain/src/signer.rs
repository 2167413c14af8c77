//! Who signs transactions. A key management service is another [`Signer`].

use std::path::PathBuf;

use alloy_primitives::B256;
use alloy_signer::Signer;
use alloy_signer_local::PrivateKeySigner;

/// Where a key is.
#[derive(Clone)]
pub enum SignerSource {
    /// In a keystore file (version 3), behind a password.
    Keystore {
        /// The file.
        path: PathBuf,
        /// The password.
        password: String,
    },
    /// In plain: for chains of developers alone.
    Plain {
        /// The key.
        key: B256,
    },
}

impl std::fmt::Debug for SignerSource {
    /// No secret is shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Keystore { path, .. } => f
                .debug_struct("Keystore")
                .field("path", path)
                .finish_non_exhaustive(),
            Self::Plain { .. } => f.debug_struct("Plain").finish_non_exhaustive(),
        }
    }
}

/// Why there is no signer.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The keystore cannot be opened.
    #[error("the keystore {} cannot be opened: {detail}; is the password right?", path.display())]
    Keystore {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// The bytes are no key.
    #[error("this is no private key of secp256k1")]
    Key,
}

impl SignerSource {
    /// Opens it.
    ///
    /// # Errors
    /// A [`SignerError`].
    pub fn open(&self) -> Result<Box<dyn Signer + Send + Sync>, SignerError> {
        match self {
            Self::Keystore { path, password } => {
                let signer = PrivateKeySigner::decrypt_keystore(path, password).map_err(|error| {
                    SignerError::Keystore {
                        path: path.clone(),
                        detail: error.to_string(),
                    }
                })?;
                Ok(Box::new(signer))
            }
            Self::Plain { key } => {
                let signer = PrivateKeySigner::from_bytes(key).map_err(|_| SignerError::Key)?;
                Ok(Box::new(signer))
            }
        }
    }
}
