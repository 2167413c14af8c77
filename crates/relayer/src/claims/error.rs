//! Why there is no claim.

use causeway_types::{ExitRoot, GlobalExitRoot, GlobalIndex, NetworkId};

use crate::network::{NetworkError, SendError};

/// Why an exit cannot be claimed, or not now.
#[derive(Debug, thiserror::Error)]
pub enum ClaimsError {
    /// What the logs say.
    #[error(transparent)]
    Network(Box<NetworkError>),
    /// Sending it.
    #[error(transparent)]
    Send(Box<SendError>),
    /// The source made no such exit.
    #[error("network {} made no exit {}, as far as its logs are here", index.source().get(), index.leaf_index())]
    NoSuchExit {
        /// The exit.
        index: GlobalIndex,
    },
    /// The exit goes elsewhere.
    #[error("exit {} of network {} goes to network {}, not to {}", index.leaf_index(), index.source().get(), goes.get(), asked.get())]
    OtherDestination {
        /// The exit.
        index: GlobalIndex,
        /// Where it goes.
        goes: NetworkId,
        /// Where it was to be claimed.
        asked: NetworkId,
    },
    /// The root does not cover the exit.
    #[error("global exit root {} covers {covered} exits of network {}, and not exit {}", root.get(), index.source().get(), index.leaf_index())]
    NotCovered {
        /// The exit.
        index: GlobalIndex,
        /// The root.
        root: GlobalExitRoot,
        /// How many exits of the source it covers.
        covered: u32,
    },
    /// No root that the destination knows covers the exit.
    #[error("network {} knows no global exit root that covers exit {} of network {} yet", network.get(), index.leaf_index(), index.source().get())]
    NotClaimableYet {
        /// The destination.
        network: NetworkId,
        /// The exit.
        index: GlobalIndex,
    },
    /// The source's logs give another tree than the root is of.
    #[error("the logs of network {} lead to exit root {}, the global exit root has {}: are they complete?", index.source().get(), computed.get(), expected.get())]
    OtherExits {
        /// The exit.
        index: GlobalIndex,
        /// Of the logs.
        computed: ExitRoot,
        /// Under the root.
        expected: ExitRoot,
    },
}

impl From<NetworkError> for ClaimsError {
    fn from(error: NetworkError) -> Self {
        Self::Network(Box::new(error))
    }
}

impl From<SendError> for ClaimsError {
    fn from(error: SendError) -> Self {
        Self::Send(Box::new(error))
    }
}
