//! Why the settlement program refuses.

use causeway_aggregation::{ClosingError, KeyDigest, ProofError, ProveError, ShapeError};

use crate::recursion::KeccakError;

/// A circuit of the settlement program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Proves a certificate of one step.
    Transition,
    /// Proves a step of a certificate of many.
    Segment,
    /// Joins segments.
    Segments,
    /// Says what the segments of a certificate come to.
    Close,
    /// Takes in a network's own proof of its certificate.
    Attest,
    /// Closes a transition's list.
    Shut,
    /// Consumes a run of L1's deposits.
    Deposit,
    /// Closes the list of such a run.
    DepositShut,
    /// Folds such runs.
    Deposits,
    /// Replaces L1's leaf.
    L1,
    /// Consumes entries of the registry.
    Registry,
    /// Puts a transition at its place.
    Anchor,
    /// Does so for one that depends on more than that opens.
    AnchorPart,
    /// Opens more of what it depends on.
    More,
    /// Opens the rest.
    Open,
    /// Joins items of an epoch.
    Fold,
    /// Says what an epoch is.
    Epoch,
    /// Closes an epoch's list.
    Seal,
}

impl Stage {
    pub(super) fn unfit(self) -> impl FnOnce(ShapeError) -> SettlementError {
        move |source| SettlementError::Circuit { stage: self, source }
    }

    pub(super) fn unproven(self) -> impl FnOnce(ProveError) -> SettlementError {
        move |source| SettlementError::Prove { stage: self, source }
    }
}

/// Why the program cannot be built, or a stage of it not proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettlementError {
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
    /// A proof that closes a list, or its key, is refused.
    #[error(transparent)]
    Keccak(#[from] KeccakError),
    /// A certificate is not of the one step that the transition circuit takes.
    #[error("the certificate takes {steps} steps: prove its segments and close them")]
    Steps {
        /// How many it takes.
        steps: usize,
    },
    /// A step of a certificate opens what is not there.
    #[error(
        "step {step} of the certificate does not begin where the one before it ends: it is none that the ledger applied"
    )]
    NotApplied {
        /// Which step, from zero.
        step: usize,
    },
    /// There is more than a circuit takes.
    #[error("the {stage:?} circuit takes {max}, not {got}")]
    TooMany {
        /// Which circuit.
        stage: Stage,
        /// How many there are.
        got: usize,
        /// How many it takes.
        max: usize,
    },
    /// An item does not begin where the epoch stands, or a list not where the one before ends.
    #[error("the {stage:?} circuit: what is given does not begin where the epoch stands")]
    NotThreaded {
        /// Which circuit.
        stage: Stage,
    },
    /// A proof that is taken in is refused.
    #[error("a proof for the {stage:?} circuit: {source}")]
    Inner {
        /// Which circuit takes it.
        stage: Stage,
        /// Why.
        source: ProofError,
    },
    /// A key is that of no circuit that may stand there.
    #[error("a proof under key {got} may not stand in the {stage:?} circuit")]
    ForeignKey {
        /// Which circuit.
        stage: Stage,
        /// Digest of its key.
        got: KeyDigest,
    },
    /// A proof does not expose the digest of what is given with it.
    #[error("a proof for the {stage:?} circuit is of another statement")]
    OtherStatement {
        /// Which circuit.
        stage: Stage,
    },
    /// What the checks above let pass is not proven.
    #[error("the {stage:?} circuit: {source}")]
    Prove {
        /// Which circuit.
        stage: Stage,
        /// Why.
        source: ProveError,
    },
}
