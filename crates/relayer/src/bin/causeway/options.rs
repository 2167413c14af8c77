//! Arguments that several commands take.

use std::path::PathBuf;

use alloy_primitives::Address;
use causeway_types::aggregation::AggregationDomain;
use causeway_verifier_gen::groth16::{KeyStore, StoreError};
use causeway_verifier_gen::last::Profile;
use clap::Args;

/// Where proofs count.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct DomainOption {
    /// Chain id of the chain that `ProofAggregation` is on
    #[arg(long, value_name = "N")]
    chain_id: u64,
    /// Address of `ProofAggregation`
    #[arg(long, value_name = "ADDRESS")]
    contract: Address,
}

impl DomainOption {
    pub(crate) const fn domain(&self) -> AggregationDomain {
        AggregationDomain {
            chain_id: self.chain_id,
            contract: self.contract,
        }
    }
}

/// Which wrap.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ProfileOption {
    /// Parameters of the last plonky2 layer: default, small or conservative; `verifier-gen info` tells of each
    #[arg(long, value_name = "NAME", default_value_t = Profile::Default)]
    pub(crate) profile: Profile,
}

/// Where keys are.
#[derive(Clone, Debug, Args)]
pub(crate) struct KeysOption {
    /// Folder of Groth16 keys [default: $CAUSEWAY_KEYS, $XDG_CACHE_HOME/causeway/keys or ~/.cache/causeway/keys]
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

impl KeysOption {
    pub(crate) fn store(&self) -> Result<KeyStore, StoreError> {
        match &self.keys {
            Some(folder) => Ok(KeyStore::at(folder)),
            None => KeyStore::from_environment(),
        }
    }
}
