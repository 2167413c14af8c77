//! What became of each certificate of an epoch.

use std::sync::Arc;

use alloy_primitives::B256;
use causeway_types::{Expiry, NetworkId};

use crate::apply::{Dependency, Transition};
use crate::chains::{PayloadEntry, payload_chain};
use crate::error::LedgerError;
use crate::world::World;

/// A certificate among those that were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateRef {
    /// Its network.
    pub network: NetworkId,
    /// Its height.
    pub height: u64,
    /// Its position in what was given.
    pub position: usize,
}

/// The nearest reason why a certificate is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// It breaks a rule of its own.
    Refused(LedgerError),
    /// Its network's certificate before it is left out.
    Follows(CertificateRef),
    /// Another of its network at its height came before it, whether or not that one settles.
    Displaced(CertificateRef),
    /// What it depends on is neither settled nor offered.
    Missing(Dependency),
    /// What it depends on is offered by a certificate that is left out.
    Needs {
        /// What it depends on.
        dependency: Dependency,
        /// Who offers it.
        on: CertificateRef,
    },
}

impl Because {
    pub(super) const fn of(dependency: Option<Dependency>, on: CertificateRef) -> Self {
        match dependency {
            None => Self::Follows(on),
            Some(dependency) => Self::Needs { dependency, on },
        }
    }
}

/// The last reason why a certificate is left out: what would have to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootCause {
    /// A certificate breaks a rule of its own.
    Refused {
        /// Which one.
        certificate: CertificateRef,
        /// The rule.
        error: LedgerError,
    },
    /// What a certificate depends on is neither settled nor offered.
    Missing {
        /// Which one.
        certificate: CertificateRef,
        /// What it depends on.
        dependency: Dependency,
    },
}

/// A certificate that does not settle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Which one.
    pub certificate: CertificateRef,
    /// The nearest reason.
    pub because: Because,
    /// The last reason.
    pub root: RootCause,
}

/// A certificate that settles.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Which one.
    pub certificate: CertificateRef,
    /// What it does.
    pub transition: Arc<Transition>,
    /// Certificates of one group need each other; groups are numbered in the order in which they settle.
    pub group: usize,
}

/// An epoch.
#[derive(Clone, Debug)]
pub struct EpochOutcome {
    /// The world after it. It has every entry that the transitions depend on.
    pub world: World,
    /// What settles, each after what it depends on, unless that depends on it too.
    pub admitted: Vec<Admitted>,
    /// What does not, in the order given.
    pub left_out: Vec<LeftOut>,
}

impl EpochOutcome {
    /// What the epoch publishes.
    pub fn payload(&self) -> Vec<PayloadEntry> {
        self.admitted
            .iter()
            .map(|admitted| admitted.transition.payload())
            .collect()
    }

    /// Until when it can settle: as long as all of its certificates can.
    pub fn expiry(&self) -> Expiry {
        let expiries = self
            .admitted
            .iter()
            .map(|admitted| admitted.transition.certificate().expiry);
        expiries.min().unwrap_or(Expiry::NEVER)
    }

    /// The chain of what it publishes.
    pub fn payload_chain(&self) -> B256 {
        payload_chain(&self.payload())
    }
}
