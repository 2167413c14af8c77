//! What is said about a certificate in four field elements: the digest that its network signs or proves, and the chains
//! in it.

use alloy_primitives::B256;
use causeway_types::{Contingency, Expiry, GoldilocksDigest, NetworkId, StateRoot};

use crate::poseidon::{CERTIFICATE, CONTINGENCY, DEPENDENCY, IMPORT, Message};

/// An import as a certificate digest names it, whatever backs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ImportId {
    /// The network that made the exit.
    pub source: NetworkId,
    /// Its place in that network's exit tree.
    pub leaf_index: u32,
    /// Its leaf in that network's shadow tree.
    pub shadow_leaf: GoldilocksDigest,
}

/// The chain of a certificate's imports, in order, from zero.
pub fn imports_digest(imports: &[ImportId]) -> GoldilocksDigest {
    imports.iter().fold(GoldilocksDigest::ZERO, |chain, import| {
        Message::new()
            .digest(chain)
            .u32(import.source.get())
            .u32(import.leaf_index)
            .digest(import.shadow_leaf)
            .hash(IMPORT)
    })
}

/// The chain of a certificate's contingencies, in order, from zero.
pub fn contingencies_digest(contingencies: &[Contingency]) -> GoldilocksDigest {
    contingencies
        .iter()
        .fold(GoldilocksDigest::ZERO, |chain, contingency| {
            Message::new()
                .digest(chain)
                .u32(contingency.network.get())
                .u64(contingency.height)
                .bytes32(contingency.state_root)
                .hash(CONTINGENCY)
        })
}

/// An entry that a transition depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DependencyEntry {
    /// Whose entry.
    pub network: NetworkId,
    /// Its height; on L1 the number of exits.
    pub index: u64,
    /// The history entry's digest; on L1 the shadow root of exactly that many exits.
    pub entry: GoldilocksDigest,
}

/// The chain of a transition's dependencies, in order, from zero.
pub fn dependencies_digest(dependencies: &[DependencyEntry]) -> GoldilocksDigest {
    extend_dependencies(GoldilocksDigest::ZERO, dependencies)
}

/// A chain of dependencies with these behind it.
pub fn extend_dependencies(chain: GoldilocksDigest, dependencies: &[DependencyEntry]) -> GoldilocksDigest {
    dependencies.iter().fold(chain, |chain, dependency| {
        Message::new()
            .digest(chain)
            .u32(dependency.network.get())
            .u64(dependency.index)
            .digest(dependency.entry)
            .hash(DEPENDENCY)
    })
}

/// What a network authorises. Contingencies name state roots and never history entries: otherwise two certificates could
/// not be contingent on each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateStatement {
    /// Digest of the deployment.
    pub domain: B256,
    /// The network.
    pub network: NetworkId,
    /// Height of the certificate.
    pub height: u64,
    /// Until when it can settle.
    pub expiry: Expiry,
    /// State root before.
    pub old_state_root: StateRoot,
    /// State root after.
    pub new_state_root: StateRoot,
    /// Exits after.
    pub exit_count: u32,
    /// Shadow exit root after.
    pub shadow_root: GoldilocksDigest,
    /// [`imports_digest`].
    pub imports: GoldilocksDigest,
    /// [`contingencies_digest`].
    pub contingencies: GoldilocksDigest,
}

impl CertificateStatement {
    /// The certificate digest.
    pub fn hash(&self) -> GoldilocksDigest {
        Message::new()
            .bytes32(self.domain)
            .u32(self.network.get())
            .u64(self.height)
            .u64(self.expiry.get())
            .bytes32(self.old_state_root)
            .bytes32(self.new_state_root)
            .u32(self.exit_count)
            .digest(self.shadow_root)
            .digest(self.imports)
            .digest(self.contingencies)
            .hash(CERTIFICATE)
    }
}
