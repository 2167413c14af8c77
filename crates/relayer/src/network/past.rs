//! A network's own state, from its own certificates: nobody else has the leaves of its balances.

use causeway_ledger::{GlobalNetwork, State, apply};
use causeway_types::{Certificate, NetworkId, SettlementDomain};

use super::error::NetworkError;

/// What is known to be settled of a network, by whoever tells it.
#[derive(Clone, Copy, Debug)]
pub enum Settled<'s> {
    /// L1's logs do.
    L1(&'s GlobalNetwork),
    /// A relayer does: so many certificates, so many exits.
    Relayer {
        /// Certificates.
        height: u64,
        /// Exits.
        exit_count: u32,
        /// Their root.
        exit_root: causeway_types::ExitRoot,
        /// The network's state root.
        state_root: causeway_types::StateRoot,
    },
}

impl Settled<'_> {
    const fn height(&self) -> u64 {
        match self {
            Self::L1(known) => known.state.height,
            Self::Relayer { height, .. } => *height,
        }
    }

    /// Whether a state is the settled one.
    fn is(&self, state: &State) -> bool {
        match self {
            Self::L1(known) => known.state == state.summary(),
            Self::Relayer {
                height,
                exit_count,
                exit_root,
                state_root,
            } => {
                (*height, *exit_count) == (state.height(), state.exits().count())
                    && (*exit_root, *state_root) == (state.exits().root(), state.state_root())
            }
        }
    }

    /// Whether a state has the settled entry of its last certificate; unknown to a relayer.
    fn follows(&self, state: &State) -> bool {
        let last = state.height().saturating_sub(1);
        match self {
            Self::L1(known) => known.history.get(last) == state.history().get(last),
            Self::Relayer { .. } => true,
        }
    }
}

/// A network after all of its certificates, those included that were handed in and are not settled.
#[derive(Clone, Debug)]
pub struct Past {
    state: State,
    settled: u64,
}

impl Past {
    /// Replays a network's certificates, in whatever order they come, and holds what is settled of them to what whoever knows it says.
    ///
    /// # Errors
    /// [`NetworkError::PastMissing`], [`NetworkError::PastTwice`], [`NetworkError::Past`], or [`NetworkError::PastOther`] of the first
    /// one that is not the one that settled.
    pub fn of(
        domain: SettlementDomain,
        network: NetworkId,
        certificates: impl IntoIterator<Item = Certificate>,
        settled: Settled<'_>,
    ) -> Result<Self, NetworkError> {
        let mut certificates: Vec<_> = certificates.into_iter().collect();
        certificates.sort_by_key(|certificate| certificate.height);
        certificates.dedup();
        let twice = certificates.windows(2).find(|two| two[0].height == two[1].height);
        if let Some(two) = twice {
            return Err(NetworkError::PastTwice {
                height: two[0].height,
            });
        }
        let mut state = State::new(domain, network).map_err(NetworkError::Refused)?;
        for certificate in &certificates {
            let height = certificate.height;
            if height != state.height() {
                let height = state.height();
                return Err(NetworkError::PastMissing { network, height });
            }
            let transition = apply(&state, certificate);
            let transition = transition.map_err(|source| NetworkError::Past { height, source })?;
            state = transition.after().clone();
            let is_right = match state.height() {
                after if after < settled.height() => settled.follows(&state),
                after if after == settled.height() => settled.is(&state),
                _ => true,
            };
            if !is_right {
                return Err(NetworkError::PastOther { height });
            }
        }
        if state.height() < settled.height() {
            let height = state.height();
            return Err(NetworkError::PastMissing { network, height });
        }
        Ok(Self {
            state,
            settled: settled.height(),
        })
    }

    /// The state that the next certificate is for.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// How many of the certificates are settled.
    pub const fn settled(&self) -> u64 {
        self.settled
    }
}
