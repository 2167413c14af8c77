//! What goes wrong in a world, and what must not.

use alloy_primitives::{B256, U256};
use causeway_ledger::LedgerError;
use causeway_types::{GlobalIndex, NetworkId, TypesError};

use crate::evm::EvmError;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A contract refused, or worse.
    #[error(transparent)]
    Evm(#[from] EvmError),
    /// The ledger refused.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A value that cannot be.
    #[error(transparent)]
    Types(#[from] TypesError),
    /// Nobody made this exit.
    #[error("there is no exit {} of network {:?}", index.leaf_index(), index.source())]
    NoSuchExit {
        /// Where it would stand.
        index: GlobalIndex,
    },
    /// No root that the network knows covers the exit.
    #[error("network {network:?} knows no root that covers {index:?}")]
    NotCovered {
        /// Where the exit goes.
        network: NetworkId,
        /// Where it stands.
        index: GlobalIndex,
    },
    /// The token does not exist on the network (yet).
    #[error("there is no {symbol} on {network:?} (yet)")]
    NoSuchToken {
        /// The network.
        network: NetworkId,
        /// The token.
        symbol: &'static str,
    },
    /// Claims of one call have different destinations, or there are none.
    #[error("claims of one call go to one network")]
    NotOneDestination,
    /// A promise is broken.
    #[error(transparent)]
    Broken(#[from] Broken),
}

impl WorldError {
    /// The contract's error, if a contract refused with an error of type `E`.
    pub fn reverted_with<E: alloy_sol_types::SolError>(&self) -> Option<E> {
        match self {
            Self::Evm(error) => error.reverted_with(),
            _ => None,
        }
    }
}

/// A promise that the contracts broke.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A bridge has something else than it owes.
    #[error("{symbol}: the bridge holds {held}, abroad are {abroad}, on the way {in_flight}")]
    Unbacked {
        /// The token.
        symbol: &'static str,
        /// What the bridge at its home holds.
        held: U256,
        /// What other networks have in circulation.
        abroad: U256,
        /// What exits that nobody claimed carry.
        in_flight: U256,
    },
    /// A bridge's own count of a token is not what circulates.
    #[error("{symbol} on {network}: the bridge counts {counted}, {circulating} circulate")]
    Miscounted {
        /// The network.
        network: &'static str,
        /// The token.
        symbol: &'static str,
        /// What the bridge says.
        counted: U256,
        /// What tokens say.
        circulating: U256,
    },
    /// The ledger tracks another balance than what circulates.
    #[error("{symbol} on {network}: the ledger tracks {tracked}, {circulating} circulate")]
    Mistracked {
        /// The network.
        network: &'static str,
        /// The token.
        symbol: &'static str,
        /// What the ledger says.
        tracked: U256,
        /// What tokens say.
        circulating: U256,
    },
    /// A network without an EVM sent more than it had.
    #[error("{network} sent {sent} {symbol} and had {held}")]
    Overdrawn {
        /// The network.
        network: &'static str,
        /// The token.
        symbol: &'static str,
        /// What it had.
        held: U256,
        /// What it sent.
        sent: U256,
    },
    /// A tree has not the root that its leaves give.
    #[error("{what} of {network} is {actual}, its leaves give {expected}")]
    WrongRoot {
        /// The network.
        network: &'static str,
        /// Which tree.
        what: &'static str,
        /// What the contract says.
        actual: B256,
        /// What the leaves give.
        expected: B256,
    },
    /// A log says something else than was asked for.
    #[error("the exit of the log is not the one asked for: {log}")]
    WrongExit {
        /// What the log says.
        log: String,
    },
    /// The bitmap says something else than the logs.
    #[error("{exit}: isClaimed is {actual}")]
    WrongClaimed {
        /// The exit.
        exit: String,
        /// What the contract says.
        actual: bool,
    },
}
