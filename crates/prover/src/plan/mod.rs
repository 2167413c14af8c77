//! Which stages make one proof of many: a pure function of how many there are and how long their messages are.
//!
//! Leaves take two proofs each, nodes join subtrees to a tree whose places are filled from the left. Each appends keccak blocks to a
//! list. A subtree of 2^k proofs is a *chunk*: its list is closed and proven there, so that no list, and nothing that is held in
//! memory, grows with the number of proofs. So are the subtrees of 2^8 chunks, of 2^8 of those, and so on. What is left open at the
//! top is closed together with the statement. Where that stays short, an incomplete chunk at the right end is left open too.

mod build;
mod identity;
#[cfg(test)]
mod tests;

use std::ops::Range;

use causeway_circuits::keccak::Size;
use causeway_circuits::keccak::permutation::ROUNDS;

pub use causeway_aggregation::normalize::message::MAX_PUBLIC_INPUTS;
pub use causeway_circuits::proofs::MAX_DEPTH;
pub use causeway_circuits::proofs::node::MAX_LIFTS;
pub use identity::{Programs, identities};

use crate::graph::{Graph, Kind};

/// Binary logarithm of the proofs of a chunk, by default: its 128 commitments and 127 nodes are 255 blocks if every message is one.
pub const DEFAULT_CHUNK_LOG2: u8 = 7;
/// Chunks of at least four proofs, since a chunk is made over a node, and of at most so many that their nodes' blocks alone fit a list.
pub const CHUNK_LOG2: std::ops::RangeInclusive<u8> = 2..=9;
/// Heights between a chunk and a chunk of chunks: 256 of them have 255 nodes.
const CHUNK_STEP: u8 = 8;

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// There is nothing to prove.
    #[error("there are no proofs to aggregate")]
    Empty,
    /// More proofs than a tree of the highest depth has places.
    #[error("{got} proofs are more than the {max} of one aggregation: split them")]
    TooMany {
        /// Proofs given.
        got: usize,
        /// The most that one tree takes.
        max: usize,
    },
    /// No chunk has this size.
    #[error("chunks of 2^{got} proofs are not made: the logarithm is between {} and {}", CHUNK_LOG2.start(), CHUNK_LOG2.end())]
    ChunkSize {
        /// Logarithm asked for.
        got: u8,
    },
    /// A proof has more public inputs than can be committed to.
    #[error("proof {index} has {got} public inputs, the most that can be committed to is {max}")]
    PublicInputs {
        /// Index of the proof.
        index: usize,
        /// Public inputs it has.
        got: usize,
        /// The most.
        max: usize,
    },
    /// The keccak blocks of one list are more than one proof closes.
    #[error(
        "the {entries} keccak blocks of proofs {} to {} are more than one proof closes: make chunks smaller",
        proofs.start,
        proofs.end
    )]
    ListTooLong {
        /// The proofs whose messages are in the list.
        proofs: Range<u32>,
        /// Blocks of the list.
        entries: usize,
    },
}

/// What a stage does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StageKind {
    /// Verifies one or two normalised proofs and commits to them.
    Leaf,
    /// Joins subtrees.
    Node,
    /// Proves the keccak blocks of a list.
    Keccak,
    /// Closes a subtree's list.
    Chunk,
    /// Closes the last list and states root, depth and count.
    Seal,
    /// Brings the statement to the shape that the BN254 layer verifies.
    Closing,
    /// The last layer and Groth16.
    Wrap,
}

impl StageKind {
    /// Every kind, in the order in which a proof passes them.
    pub const ALL: [Self; 7] = [
        Self::Leaf,
        Self::Node,
        Self::Keccak,
        Self::Chunk,
        Self::Seal,
        Self::Closing,
        Self::Wrap,
    ];
}

impl Kind for StageKind {
    fn name(self) -> &'static str {
        match self {
            Self::Leaf => "leaf",
            Self::Node => "node",
            Self::Keccak => "keccak",
            Self::Chunk => "chunk",
            Self::Seal => "seal",
            Self::Closing => "closing",
            Self::Wrap => "wrap",
        }
    }

    fn tag(self) -> u8 {
        self as u8
    }
}

/// A stage, by the indices of those that it builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A leaf over one or two proofs.
    Leaf {
        /// Index of the first one.
        first: u32,
        /// Whether there is a second one.
        pair: bool,
        /// Whether its height is one: always with two proofs, and with one that has an empty place beside it.
        joined: bool,
        /// The list that it appends to.
        list: usize,
    },
    /// A node over two subtrees, or over one and an empty place.
    Node {
        /// The left subtree.
        left: usize,
        /// The right one.
        right: Option<usize>,
        /// The list that it appends to.
        list: usize,
    },
    /// The proof of a list.
    Keccak {
        /// The list.
        list: usize,
    },
    /// A subtree with its list closed.
    Chunk {
        /// The subtree.
        subtree: usize,
        /// The proof of its list.
        keccak: usize,
    },
    /// The statement about the whole tree.
    Seal {
        /// The whole tree.
        subtree: usize,
        /// The proof of the last list, which holds the statement.
        keccak: usize,
        /// That list.
        list: usize,
    },
    /// The statement in the shape that is wrapped.
    Closing {
        /// The seal.
        seal: usize,
    },
    /// The Groth16 proof.
    Wrap {
        /// The closing proof.
        closing: usize,
    },
}

impl Step {
    /// What it does.
    pub const fn kind(&self) -> StageKind {
        match self {
            Self::Leaf { .. } => StageKind::Leaf,
            Self::Node { .. } => StageKind::Node,
            Self::Keccak { .. } => StageKind::Keccak,
            Self::Chunk { .. } => StageKind::Chunk,
            Self::Seal { .. } => StageKind::Seal,
            Self::Closing { .. } => StageKind::Closing,
            Self::Wrap { .. } => StageKind::Wrap,
        }
    }

    /// The stages whose proofs it verifies, in order.
    pub fn inputs(&self) -> Vec<usize> {
        match *self {
            Self::Leaf { .. } | Self::Keccak { .. } => Vec::new(),
            Self::Node { left, right, .. } => std::iter::once(left).chain(right).collect(),
            Self::Chunk { subtree, keccak } | Self::Seal { subtree, keccak, .. } => vec![subtree, keccak],
            Self::Closing { seal } => vec![seal],
            Self::Wrap { closing } => vec![closing],
        }
    }
}

/// Keccak blocks, proven together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPlan {
    /// The stages that append to it, in order. Where the list is the last one the seal is the last of them.
    pub steps: Vec<usize>,
    /// Its blocks.
    pub entries: usize,
    /// Those among them that continue a message.
    pub continuing: usize,
    /// The proofs whose messages are in it; empty where there are none.
    pub proofs: Range<u32>,
}

impl ListPlan {
    /// The cheapest proof that closes it; `None` if it is too long for any.
    pub fn size(&self) -> Option<Size> {
        Size::ALL.into_iter().find(|size| {
            // What fills a list shares one permutation; a block that continues a message takes a row more, and one row is
            // always there.
            let permutations = self.entries + usize::from(self.entries < size.entries());
            self.entries <= size.entries() && ROUNDS * permutations + self.continuing < size.rows()
        })
    }
}

/// The stages of an aggregation. Each builds on earlier ones only; the last one is the Groth16 proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    count: u32,
    depth: u8,
    steps: Vec<Step>,
    lists: Vec<ListPlan>,
}

impl Plan {
    /// The plan for proofs with these numbers of public inputs, in order.
    ///
    /// # Errors
    /// A [`PlanError`] that names what is wrong.
    pub fn new(public_inputs: &[usize], chunk_log2: u8) -> Result<Self, PlanError> {
        build::plan(public_inputs, chunk_log2)
    }

    /// Number of proofs.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Height of the root above the commitments.
    pub const fn depth(&self) -> u8 {
        self.depth
    }

    /// The stages.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The lists.
    pub fn lists(&self) -> &[ListPlan] {
        &self.lists
    }

    /// How many stages of a kind there are.
    pub fn number_of(&self, kind: StageKind) -> usize {
        self.steps.iter().filter(|step| step.kind() == kind).count()
    }
}

impl Graph for Plan {
    type Kind = StageKind;

    fn stages(&self) -> usize {
        self.steps.len()
    }

    fn kind(&self, stage: usize) -> StageKind {
        self.steps[stage].kind()
    }

    fn inputs(&self, stage: usize) -> Vec<usize> {
        self.steps[stage].inputs()
    }

    fn ends(&self, stage: usize) -> bool {
        match self.steps[stage].kind() {
            StageKind::Chunk | StageKind::Seal | StageKind::Closing | StageKind::Wrap => true,
            StageKind::Leaf | StageKind::Node | StageKind::Keccak => false,
        }
    }

    fn bounds(&self, stage: usize) -> bool {
        self.steps[stage].kind() == StageKind::Chunk
    }
}

/// Keccak blocks of the message of a proof with so many public inputs: a zero byte, the key digest, 8 bytes for each.
pub const fn message_blocks(public_inputs: usize) -> usize {
    (33 + 8 * public_inputs) / 136 + 1
}
