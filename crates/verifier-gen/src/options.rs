//! Arguments that command-line tools take which wrap or verify.

use std::path::PathBuf;

use clap::Args;

use crate::groth16::{KeyStore, StoreError};
use crate::last::Profile;

/// Which wrap.
#[derive(Clone, Copy, Debug, Args)]
pub struct ProfileOption {
    /// Parameters of the last plonky2 layer: default, small or conservative
    ///
    /// Each is a circuit of its own with its own key and contract: `default` takes the least time, `small` has the
    /// fewest constraints, `conservative` makes more queries. `verifier-gen info` tells what each is worth.
    #[arg(long, value_name = "NAME", default_value_t = Profile::Default)]
    pub profile: Profile,
}

/// Where keys are.
#[derive(Clone, Debug, Args)]
pub struct KeysOption {
    /// Folder of keys [default: $CAUSEWAY_KEYS, $XDG_CACHE_HOME/causeway/keys or ~/.cache/causeway/keys]
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

impl KeysOption {
    /// The store that was named, else the environment's.
    ///
    /// # Errors
    /// [`StoreError::NoFolder`] if neither names one.
    pub fn store(&self) -> Result<KeyStore, StoreError> {
        match &self.keys {
            Some(folder) => Ok(KeyStore::at(folder)),
            None => KeyStore::from_environment(),
        }
    }
}
