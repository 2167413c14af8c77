//! Stages of an epoch.

/// A stage, by the indices of those that it builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpochStep {
    /// An item.
    Item {
        /// Which one.
        index: usize,
    },
    /// A run of L1's exits.
    Deposit {
        /// The item of all of them.
        index: usize,
        /// Which run.
        run: usize,
    },
    /// Runs of L1's exits, joined.
    Deposits {
        /// The first.
        left: usize,
        /// The second.
        right: usize,
    },
    /// Runs of L1's exits with their list closed.
    DepositShut {
        /// The runs.
        deposits: usize,
        /// The proof of their list.
        keccak: usize,
    },
    /// The item of L1's exits.
    L1 {
        /// Which one.
        index: usize,
        /// All runs.
        deposits: usize,
    },
    /// An item with the first of what its certificate depends on opened.
    Part {
        /// Which one.
        index: usize,
    },
    /// The item with more opened.
    More {
        /// The item.
        part: usize,
        /// Which one.
        index: usize,
        /// How many were opened before.
        opened: usize,
    },
    /// The item with the rest opened.
    Open {
        /// The item.
        part: usize,
        /// Which one.
        index: usize,
        /// How many were opened before.
        opened: usize,
    },
    /// Two runs of items.
    Fold {
        /// The first.
        left: usize,
        /// The second.
        right: usize,
    },
    /// What the items come to.
    Epoch {
        /// The items.
        items: usize,
    },
    /// The proof of a list.
    Keccak {
        /// Which one: the first is the epoch's own.
        list: usize,
    },
    /// The epoch with its list closed.
    Seal {
        /// The epoch.
        epoch: usize,
        /// The proof of its list.
        keccak: usize,
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

impl EpochStep {
    /// The stages that it builds on, in order.
    pub fn inputs(&self) -> Vec<usize> {
        match *self {
            Self::Item { .. } | Self::Deposit { .. } | Self::Part { .. } | Self::Keccak { .. } => Vec::new(),
            Self::Deposits { left, right } | Self::Fold { left, right } => vec![left, right],
            Self::DepositShut { deposits, keccak } => vec![deposits, keccak],
            Self::L1 { deposits, .. } => vec![deposits],
            Self::More { part, .. } | Self::Open { part, .. } => vec![part],
            Self::Epoch { items } => vec![items],
            Self::Seal { epoch, keccak } => vec![epoch, keccak],
            Self::Closing { seal } => vec![seal],
            Self::Wrap { closing } => vec![closing],
        }
    }
}
