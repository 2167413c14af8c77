//! What an epoch needs of a certificate.

use causeway_aggregation::ShapedProof;
use causeway_circuits::settlement::{TransitionProof, TransitionStatement};
use causeway_ledger::{CertificateRef, DependencyEntry, NetworkState, PayloadEntry};

/// What a certificate's proof says, and what that hides in digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    /// What the proof says.
    pub statement: TransitionStatement,
    /// The network after it.
    pub new: NetworkState,
    /// What it depends on, in order.
    pub dependencies: Vec<DependencyEntry>,
}

impl Certified {
    /// What an epoch publishes of it.
    pub const fn payload(&self) -> PayloadEntry {
        let new = &self.new;
        PayloadEntry {
            network: new.network,
            // The new state is one certificate further.
            height: new.height.saturating_sub(1),
            exit_count: new.exit_count,
            exit_root: new.exit_root,
            state_root: new.state_root,
            shadow_root: new.shadow_root,
            balance_root: new.balance_root,
            nullifier_root: new.nullifier_root,
            frontier: new.frontier,
        }
    }

    /// Which certificate it is, at a position in an epoch.
    pub const fn reference(&self, position: usize) -> CertificateRef {
        CertificateRef {
            network: self.new.network,
            height: self.payload().height,
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
