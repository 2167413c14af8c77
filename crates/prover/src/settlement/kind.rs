//! What the stages of a settlement do.

use crate::graph::Kind;

/// What a stage does, of a certificate's arrival or of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettlementKind {
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
    /// Proves the keccak blocks of a list.
    Keccak,
    /// Closes a transition's list.
    Shut,
    /// Consumes a run of L1's exits.
    Deposit,
    /// Joins such runs.
    Deposits,
    /// Closes their list.
    DepositShut,
    /// Replaces L1's leaf.
    L1,
    /// Consumes entries of the registry.
    Registry,
    /// Puts a transition at its place.
    Anchor,
    /// Puts a transition at its place that depends on more than is opened there.
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
    /// Brings the statement to the shape that the BN254 layer verifies.
    Closing,
    /// The last layer and Groth16.
    Wrap,
}

impl SettlementKind {
    /// Every kind, in the order in which a certificate passes them.
    pub const ALL: [Self; 21] = [
        Self::Transition,
        Self::Segment,
        Self::Segments,
        Self::Close,
        Self::Attest,
        Self::Keccak,
        Self::Shut,
        Self::Deposit,
        Self::Deposits,
        Self::DepositShut,
        Self::L1,
        Self::Registry,
        Self::Anchor,
        Self::AnchorPart,
        Self::More,
        Self::Open,
        Self::Fold,
        Self::Epoch,
        Self::Seal,
        Self::Closing,
        Self::Wrap,
    ];
}

impl Kind for SettlementKind {
    fn name(self) -> &'static str {
        match self {
            Self::Transition => "transition",
            Self::Segment => "segment",
            Self::Segments => "segments",
            Self::Close => "close",
            Self::Attest => "attest",
            Self::Keccak => "keccak",
            Self::Shut => "shut",
            Self::Deposit => "deposit",
            Self::Deposits => "deposits",
            Self::DepositShut => "deposit-shut",
            Self::L1 => "l1",
            Self::Registry => "registry",
            Self::Anchor => "anchor",
            Self::AnchorPart => "anchor-part",
            Self::More => "more",
            Self::Open => "open",
            Self::Fold => "fold",
            Self::Epoch => "epoch",
            Self::Seal => "seal",
            Self::Closing => "closing",
            Self::Wrap => "wrap",
        }
    }

    fn tag(self) -> u8 {
        self as u8
    }
}
