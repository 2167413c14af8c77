//! A certificate that was applied.

use causeway_types::{Certificate, Contingency, GoldilocksDigest, HistoryEntry, L1Entry, NetworkId};

use super::BalanceOpening;
use crate::chains::PayloadEntry;
use crate::digest::{CertificateStatement, ImportId};
use crate::state::State;

/// What has to be settled with a certificate or before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dependency {
    /// A network's history has this entry: imports are opened under it.
    Entry {
        /// The network.
        network: NetworkId,
        /// The entry.
        entry: HistoryEntry,
    },
    /// L1 had this shadow root at this count: imports are opened under it.
    L1(L1Entry),
    /// A network's history has an entry with this state root.
    Contingency(Contingency),
    /// This exit exists: it was claimed by LxLy's paths, which end in a root that only L1 can vouch for.
    Exit(ImportId),
}

impl Dependency {
    /// The network on which it depends.
    pub const fn network(&self) -> NetworkId {
        match self {
            Self::Entry { network, .. } => *network,
            Self::L1(_) => NetworkId::MAINNET,
            Self::Contingency(contingency) => contingency.network,
            Self::Exit(import) => import.source,
        }
    }
}

/// What a certificate did: both states and all that a circuit opens between them. Only [`super::apply`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    pub(super) old: State,
    pub(super) new: State,
    pub(super) certificate: Certificate,
    pub(super) statement: CertificateStatement,
    pub(super) entry: HistoryEntry,
    pub(super) imports: Vec<ImportId>,
    pub(super) balances: Vec<BalanceOpening>,
    pub(super) dependencies: Vec<Dependency>,
}

impl Transition {
    /// The state before.
    pub const fn before(&self) -> &State {
        &self.old
    }

    /// The state after.
    pub const fn after(&self) -> &State {
        &self.new
    }

    /// The certificate, its exits and the backings of its imports included.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// What its network authorises.
    pub const fn statement(&self) -> &CertificateStatement {
        &self.statement
    }

    /// The certificate digest.
    pub fn digest(&self) -> GoldilocksDigest {
        self.statement.hash()
    }

    /// What the network's history keeps of it.
    pub const fn entry(&self) -> &HistoryEntry {
        &self.entry
    }

    /// The imports, in order.
    pub fn imports(&self) -> &[ImportId] {
        &self.imports
    }

    /// The nullifier paths of the imports, each in the tree that the imports before it left. They cost 64 hashes an
    /// import and are made when asked for.
    pub fn nullifier_paths(&self) -> impl Iterator<Item = Vec<GoldilocksDigest>> {
        let mut tree = self.old.nullifiers.clone();
        self.certificate.imports.iter().map(move |import| {
            let path = tree.path(import.global_index);
            tree.insert([import.global_index]);
            path
        })
    }

    /// The balances, in the order of their tokens, each in the tree that the ones before it left.
    pub fn balances(&self) -> &[BalanceOpening] {
        &self.balances
    }

    /// What has to be settled, each once: for the imports in order, then the contingencies.
    pub fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    /// What an epoch publishes of it.
    pub fn payload(&self) -> PayloadEntry {
        PayloadEntry {
            network: self.new.network(),
            height: self.entry.height,
            exit_count: self.entry.exit_count,
            exit_root: self.new.exits.root(),
            state_root: self.entry.state_root,
            shadow_root: self.entry.shadow_root,
            balance_root: self.new.balances.root(),
            nullifier_root: self.new.nullifiers.root(),
            frontier: self.new.exits.digest(),
        }
    }
}
