//! Certificates: what a network says happened since its last one.

mod commitment;
mod history;
mod json;
#[cfg(test)]
mod tests;

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

pub use commitment::Prehash;
pub use history::{BackingEntry, HistoryBacking, HistoryEntry, L1Entry, ShadowPath};
pub use json::CertificateJson;

use crate::authority::Authorisation;
use crate::claim::ClaimData;
use crate::exit::Exit;
use crate::global_index::GlobalIndex;
use crate::network::NetworkId;
use crate::roots::{ExitRoot, StateRoot};
use crate::signature::Signature;

/// A time after which a certificate can no longer settle, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Expiry(u64);

impl Expiry {
    /// No such time.
    pub const NEVER: Self = Self(u64::MAX);

    /// This time, in seconds.
    pub const fn new(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The seconds.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// "I settle only if that network has settled, at that height, with that state root."
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contingency {
    /// The other network.
    pub network: NetworkId,
    /// Height of its certificate.
    pub height: u64,
    /// Its state root after that certificate.
    pub state_root: StateRoot,
}

/// What shows that an imported exit exists.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Backing {
    /// LxLy's keccak paths to an L1 info root.
    Claim(ClaimData),
    /// A Poseidon path to the shadow root of a history entry.
    History(HistoryBacking),
}

/// An exit of another network that a certificate takes in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImportedExit {
    /// The exit.
    pub exit: Exit,
    /// Where it was made.
    pub global_index: GlobalIndex,
    /// What shows it.
    pub backing: Backing,
}

/// How LxLy's own clients authorise a certificate. Causeway reads and keeps it; its authority is [`Authorisation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LxlyAuthorisation {
    /// Nothing.
    None,
    /// One signature.
    Signature(Signature),
    /// Signatures by position.
    Multisig(Vec<Option<Signature>>),
}

/// One step of one network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CertificateJson", into = "CertificateJson")]
pub struct Certificate {
    /// The network.
    pub network: NetworkId,
    /// How many certificates it had before this one.
    pub height: u64,
    /// Its exit root before.
    pub prev_local_exit_root: ExitRoot,
    /// Its exit root after.
    pub new_local_exit_root: ExitRoot,
    /// What it sends.
    pub exits: Vec<Exit>,
    /// What it takes in.
    pub imports: Vec<ImportedExit>,
    /// LxLy's metadata: bound by the certificate id and nothing else.
    pub metadata: B256,
    /// LxLy's authorisation.
    pub lxly: LxlyAuthorisation,
    /// LxLy's data for the network's own L1 contract.
    pub custom_chain_data: Vec<u8>,
    /// How many leaves the L1 info tree of the claims has, if said.
    pub l1_info_tree_leaf_count: Option<u32>,
    /// The network's state root after; unchanged if not said.
    pub state_root: Option<StateRoot>,
    /// What has to be settled with it or before it.
    pub contingencies: Vec<Contingency>,
    /// Until when it can settle.
    pub expiry: Expiry,
    /// Causeway's authorisation.
    pub authority: Option<Authorisation>,
}
