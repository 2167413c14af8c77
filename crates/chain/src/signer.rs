//! Keys of this machine. Those that stay elsewhere are asked by a [`RemoteSigner`](crate::RemoteSigner).

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256};
use alloy_signer::Signer;
use alloy_signer::k256::elliptic_curve::rand_core::{OsRng, RngCore};
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
    /// A keystore cannot be made.
    #[error("the keystore {} cannot be made: {detail}", path.display())]
    New {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// The bytes are no key.
    #[error("this is no private key of secp256k1")]
    Key,
}

/// A secret that nobody guesses: a password for a keystore, a token for operators.
pub fn new_secret() -> B256 {
    let mut secret = B256::ZERO;
    OsRng.fill_bytes(secret.as_mut_slice());
    secret
}

/// Makes a key and a keystore for it, which nobody but its owner reads. One that is there is never written over.
///
/// # Errors
/// [`SignerError::New`].
pub fn new_keystore(path: &Path, password: &str) -> Result<Address, SignerError> {
    let failed = |detail: String| SignerError::New {
        path: path.to_owned(),
        detail,
    };
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| failed("it has no name of a file".to_owned()))?;
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| failed(error.to_string()))?;
    let made = PrivateKeySigner::new_keystore(folder, &mut OsRng, password, Some(name));
    match made {
        Ok((signer, _)) => Ok(signer.address()),
        Err(error) => {
            // Half a keystore is none.
            let _ = std::fs::remove_file(path);
            Err(failed(error.to_string()))
        }
    }
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
