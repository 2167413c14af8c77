//! Arguments that several commands take.

use alloy_primitives::Address;
use causeway_types::aggregation::AggregationDomain;
pub(crate) use causeway_verifier_gen::options::{KeysOption, ProfileOption};
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
