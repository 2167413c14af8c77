//! What an epoch needs of a certificate.

use causeway_aggregation::ShapedProof;
use causeway_circuits::settlement::{TransitionProof, TransitionStatement};
use causeway_ledger::{CertificateRef, DependencyEntry, PayloadEntry};

/// What a certificate's proof says, and what that hides in digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    /// What the proof says.
    pub statement: TransitionStatement,
    /// What an epoch publishes of it.
    pub payload: PayloadEntry,
    /// What it depends on, in order.
    pub dependencies: Vec<DependencyEntry>,
}

impl Certified {
    /// Which certificate it is, at a position in an epoch.
    pub const fn reference(&self, position: usize) -> CertificateRef {
        CertificateRef {
            network: self.payload.network,
            height: self.payload.height,
            position,
        }
    }
}

/// A certificate that is proven and waits for an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The proof.
    pub proof: ShapedProof,
    /// What it says.
    pub certified: Certified,
}

impl Arrived {
    /// As an anchor takes it.
    pub fn transition(&self) -> TransitionProof {
        TransitionProof {
            proof: self.proof.clone(),
            statement: self.certified.statement,
        }
    }
}
