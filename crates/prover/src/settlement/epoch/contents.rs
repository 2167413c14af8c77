//! What an epoch is made of.

use causeway_types::{Authority, Exit, NetworkId, SettlementDomain};

use crate::settlement::arrival::{Arrived, Certified};

/// What an epoch does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochInputs {
    /// The deployment.
    pub domain: SettlementDomain,
    /// The next entries of the registry that it consumes, in the order in which Ethereum wrote them.
    pub registry: Vec<(NetworkId, Authority)>,
    /// The next exits of L1 that it consumes, in the order in which its bridge made them.
    pub deposits: Vec<Exit>,
    /// The certificates that it settles, in the order of the ledger.
    pub certificates: Vec<Arrived>,
}

/// What an epoch does, without proofs: all that its plan depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochContents<'a> {
    /// The deployment.
    pub domain: SettlementDomain,
    /// Entries of the registry.
    pub registry: &'a [(NetworkId, Authority)],
    /// Exits of L1.
    pub deposits: &'a [Exit],
    /// Certificates.
    pub certificates: Vec<&'a Certified>,
}

impl EpochInputs {
    /// What it does, without proofs.
    pub fn contents(&self) -> EpochContents<'_> {
        let certified = self.certificates.iter().map(|arrived| &arrived.certified);
        EpochContents {
            domain: self.domain,
            registry: &self.registry,
            deposits: &self.deposits,
            certificates: certified.collect(),
        }
    }
}
