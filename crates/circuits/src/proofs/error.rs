//! Why the aggregation program refuses.

use causeway_aggregation::{ClosingError, KeyDigest, ProofError, ProveError, ShapeError};

use crate::recursion::KeccakError;

/// A circuit of the aggregation program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Commits to users' proofs.
    Leaf,
    /// Joins subtrees.
    Node,
    /// Closes a subtree's list.
    Chunk,
    /// States root, depth and count.
    Seal,
}

impl Stage {
    pub(super) fn unfit(self) -> impl FnOnce(ShapeError) -> ProgramError {
        move |source| ProgramError::Circuit { stage: self, source }
    }

    pub(super) fn unproven(self) -> impl FnOnce(ProveError) -> ProgramError {
        move |source| ProgramError::Prove { stage: self, source }
    }
}

/// Why the program cannot be built, or a stage of it not proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    /// A circuit does not fit the standard shape.
    #[error("the {stage:?} circuit does not fit: {source}")]
    Circuit {
        /// Which one.
        stage: Stage,
        /// Why.
        source: ShapeError,
    },
    /// The closing circuit cannot be built, or does not close.
    #[error(transparent)]
    Closing(#[from] ClosingError),
    /// A user's proof is refused.
    #[error("user's proof {index}: {source}")]
    User {
        /// Its index among those of the leaf.
        index: usize,
        /// Why.
        source: ProofError,
    },
    /// A user's proof has more public inputs than a commitment takes.
    #[error("user's proof {index} has {got} public inputs, the most taken is {max}")]
    TooManyPublicInputs {
        /// Its index among those of the leaf.
        index: usize,
        /// Public inputs it has.
        got: usize,
        /// Public inputs it may have.
        max: usize,
    },
    /// The public inputs given with a user's proof are not those it exposes the digest of.
    #[error("user's proof {index} exposes the digest of other public inputs")]
    OtherPublicInputs {
        /// Its index among those of the leaf.
        index: usize,
    },
    /// The proof of a subtree is refused.
    #[error("subtree: {0}")]
    Subtree(ProofError),
    /// A subtree's key is that of no circuit that may stand there.
    #[error("a subtree under key {got} may not stand here")]
    ForeignKey {
        /// Digest of its key.
        got: KeyDigest,
    },
    /// A subtree was made over another node circuit.
    #[error("the subtree carries node key {got}, not {expected}")]
    OtherNode {
        /// Digest of the node key of this program.
        expected: KeyDigest,
        /// Digest that the subtree carries.
        got: KeyDigest,
    },
    /// A subtree's proof does not expose the digest of the state given with it.
    #[error("the subtree's proof is of another state")]
    OtherState,
    /// Field elements that are no state.
    #[error("element {index} of a state is out of range")]
    State {
        /// Its index.
        index: usize,
    },
    /// The left one of two subtrees has places to the right of its leaves.
    #[error("the left subtree has {count} leaves, not all that height {height} holds")]
    NotFull {
        /// Its leaves.
        count: u32,
        /// Its height.
        height: u8,
    },
    /// Two subtrees whose heights do not go together.
    #[error("a subtree of height {right} cannot stand beside one of height {left}")]
    Heights {
        /// Height of the left one.
        left: u8,
        /// Height of the right one.
        right: u8,
    },
    /// The tree would be higher than the highest.
    #[error("a tree of height {height} cannot grow")]
    TooHigh {
        /// Its height.
        height: u8,
    },
    /// A subtree's list does not begin where the one before ends.
    #[error("the subtree's list does not begin where it should")]
    NotThreaded,
    /// A proof that closes a list, or its key, is refused.
    #[error(transparent)]
    Keccak(#[from] KeccakError),
    /// What the checks above let pass is not proven.
    #[error("the {stage:?} circuit: {source}")]
    Prove {
        /// Which circuit.
        stage: Stage,
        /// Why.
        source: ProveError,
    },
}
