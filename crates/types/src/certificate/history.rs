//! The Causeway backing of an import.

use alloy_primitives::{B256, keccak256};
use serde::{Deserialize, Serialize};

use crate::error::TypesError;
use crate::goldilocks::GoldilocksDigest;
use crate::network::NetworkId;
use crate::proof::TREE_DEPTH;
use crate::roots::StateRoot;

/// The 32 siblings of a leaf of a Poseidon tree, the leaf's own first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShadowPath {
    siblings: Box<[GoldilocksDigest; TREE_DEPTH]>,
}

impl ShadowPath {
    /// A path of these siblings, the leaf's own first.
    pub fn new(siblings: [GoldilocksDigest; TREE_DEPTH]) -> Self {
        Self {
            siblings: Box::new(siblings),
        }
    }

    /// The siblings, the leaf's own first.
    pub const fn siblings(&self) -> &[GoldilocksDigest; TREE_DEPTH] {
        &self.siblings
    }
}

/// What a network's history keeps of one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HistoryEntry {
    /// Height of the certificate.
    pub height: u64,
    /// State root after it.
    pub state_root: StateRoot,
    /// Shadow exit root after it.
    pub shadow_root: GoldilocksDigest,
    /// Exits made until then.
    pub exit_count: u32,
}

/// L1's exits at some count. L1 has no heights: any count is an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct L1Entry {
    /// Exits made until then.
    pub exit_count: u32,
    /// Shadow exit root of exactly these.
    pub shadow_root: GoldilocksDigest,
}

/// The entry that a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BackingEntry {
    /// Of another network.
    Network {
        /// The network, not L1.
        network: NetworkId,
        /// Its entry.
        entry: HistoryEntry,
    },
    /// Of L1.
    L1(L1Entry),
}

impl BackingEntry {
    /// Whose entry it is.
    pub const fn network(&self) -> NetworkId {
        match self {
            Self::Network { network, .. } => *network,
            Self::L1(_) => NetworkId::MAINNET,
        }
    }

    /// Its shadow exit root.
    pub const fn shadow_root(&self) -> GoldilocksDigest {
        match self {
            Self::Network { entry, .. } => entry.shadow_root,
            Self::L1(entry) => entry.shadow_root,
        }
    }

    /// How many exits it covers.
    pub const fn exit_count(&self) -> u32 {
        match self {
            Self::Network { entry, .. } => entry.exit_count,
            Self::L1(entry) => entry.exit_count,
        }
    }
}

/// A history entry and the path from the exit's shadow leaf to its shadow root.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "HistoryJson", into = "HistoryJson")]
pub struct HistoryBacking {
    /// The entry.
    pub entry: BackingEntry,
    /// The path.
    pub path: ShadowPath,
}

impl HistoryBacking {
    /// The backing's part of a certificate id, in the place of LxLy's claim hash.
    pub fn hash(&self) -> B256 {
        let json = HistoryJson::from(self.clone());
        let mut bytes = json.network.get().to_be_bytes().to_vec();
        bytes.extend(json.height.unwrap_or(0).to_be_bytes());
        bytes.extend(json.state_root.map_or(B256::ZERO, StateRoot::get));
        bytes.extend(B256::from(json.shadow_root));
        bytes.extend(json.exit_count.to_be_bytes());
        bytes.extend(self.path.siblings().iter().flat_map(|&node| B256::from(node)));
        keccak256(bytes)
    }
}

/// A backing as JSON holds it: height and state root exactly if the network is not L1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryJson {
    network: NetworkId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    height: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state_root: Option<StateRoot>,
    shadow_root: GoldilocksDigest,
    exit_count: u32,
    path: ShadowPath,
}

impl TryFrom<HistoryJson> for HistoryBacking {
    type Error = TypesError;

    fn try_from(json: HistoryJson) -> Result<Self, TypesError> {
        let (network, shadow_root, exit_count) = (json.network, json.shadow_root, json.exit_count);
        let entry = match (network.is_mainnet(), json.height, json.state_root) {
            (true, None, None) => BackingEntry::L1(L1Entry {
                exit_count,
                shadow_root,
            }),
            (false, Some(height), Some(state_root)) => BackingEntry::Network {
                network,
                entry: HistoryEntry {
                    height,
                    state_root,
                    shadow_root,
                    exit_count,
                },
            },
            _ => return Err(TypesError::HistoryFieldsMismatch { network }),
        };
        Ok(Self {
            entry,
            path: json.path,
        })
    }
}

impl From<HistoryBacking> for HistoryJson {
    fn from(backing: HistoryBacking) -> Self {
        let (height, state_root) = match backing.entry {
            BackingEntry::Network { entry, .. } => (Some(entry.height), Some(entry.state_root)),
            BackingEntry::L1(_) => (None, None),
        };
        Self {
            network: backing.entry.network(),
            height,
            state_root,
            shadow_root: backing.entry.shadow_root(),
            exit_count: backing.entry.exit_count(),
            path: backing.path,
        }
    }
}
