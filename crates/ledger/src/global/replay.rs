//! The global state rebuilt from L1's logs and nothing else.

use std::collections::VecDeque;

use alloy_primitives::B256;
use causeway_types::{Authority, Exit, GoldilocksDigest, NetworkId};

use super::{GlobalError, GlobalState};
use crate::chains::{PayloadEntry, RegistryChain};
use crate::stored::stored_fields;

/// A log of L1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum L1Log {
    /// A network was registered, or its authority replaced.
    Registered {
        /// The network.
        network: NetworkId,
        /// Its authority from then on.
        authority: Authority,
        /// The registry's chain with this entry.
        hash: B256,
    },
    /// The bridge made an exit.
    Exited {
        /// Its place among L1's exits.
        index: u32,
        /// The exit.
        exit: Exit,
    },
    /// An epoch was settled.
    Settled(SettledEpoch),
}

/// What settlement logs of an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledEpoch {
    /// The commitment after it.
    pub commitment: GoldilocksDigest,
    /// How many of L1's exits are consumed after it.
    pub deposits: u32,
    /// How many entries of the registry are consumed after it.
    pub registry_entries: u32,
    /// What it publishes, in the order in which its certificates settled.
    pub payload: Vec<PayloadEntry>,
}

/// A replay of L1's logs: the global state after the last epoch, and what no epoch has consumed yet.
#[derive(Clone, Debug)]
pub struct Replay {
    state: GlobalState,
    epochs: u64,
    logged: RegistryChain,
    entries: VecDeque<(NetworkId, Authority)>,
    exits: VecDeque<Exit>,
}

impl Replay {
    /// Of no log.
    pub fn new() -> Self {
        Self {
            state: GlobalState::genesis(),
            epochs: 0,
            logged: RegistryChain::new(),
            entries: VecDeque::new(),
            exits: VecDeque::new(),
        }
    }

    /// Of these logs, in their order.
    ///
    /// # Errors
    /// Those of [`Self::take`].
    pub fn of(logs: impl IntoIterator<Item = L1Log>) -> Result<Self, GlobalError> {
        let mut replay = Self::new();
        for log in logs {
            replay.take(log)?;
        }
        Ok(replay)
    }

    /// Takes the next log. A log that is refused changes nothing.
    ///
    /// # Errors
    /// [`GlobalError::RegistryLogMismatch`] or [`GlobalError::ExitLogMismatch`] if a log is missing before this one;
    /// [`GlobalError::DepositsNotLogged`] or [`GlobalError::RegistryNotLogged`] if an epoch consumed what was not logged;
    /// [`GlobalError::ReplayMismatch`] if the state that the logs give is not the one that was settled; and whatever refuses
    /// an entry or an exit.
    pub fn take(&mut self, log: L1Log) -> Result<(), GlobalError> {
        match log {
            L1Log::Registered {
                network,
                authority,
                hash,
            } => {
                let mut logged = self.logged;
                logged.append(network, &authority)?;
                if logged.hash() != hash {
                    return Err(GlobalError::RegistryLogMismatch {
                        entry: logged.count(),
                        expected: hash,
                        got: logged.hash(),
                    });
                }
                self.logged = logged;
                self.entries.push_back((network, authority));
            }
            L1Log::Exited { index, exit } => {
                let expected = u64::from(self.state.l1_shadow().count()) + self.exits.len() as u64;
                if u64::from(index) != expected {
                    return Err(GlobalError::ExitLogMismatch { index, expected });
                }
                self.exits.push_back(exit);
            }
            L1Log::Settled(epoch) => self.settle(&epoch)?,
        }
        Ok(())
    }

    fn settle(&mut self, epoch: &SettledEpoch) -> Result<(), GlobalError> {
        let before = self.state.commitment();
        let entries = due(
            epoch.registry_entries,
            before.registry_entries,
            self.entries.len(),
        );
        let entries = entries.ok_or(GlobalError::RegistryNotLogged {
            epoch: self.epochs,
            consumed: epoch.registry_entries,
            settled: before.registry_entries,
            logged: u64::from(before.registry_entries) + self.entries.len() as u64,
        })?;
        let exits = due(epoch.deposits, before.deposits, self.exits.len());
        let exits = exits.ok_or(GlobalError::DepositsNotLogged {
            epoch: self.epochs,
            consumed: epoch.deposits,
            settled: before.deposits,
            logged: u64::from(before.deposits) + self.exits.len() as u64,
        })?;
        let mut state = self.state.clone();
        for &(network, authority) in self.entries.iter().take(entries) {
            state.register(network, authority)?;
        }
        let deposits: Vec<_> = self.exits.iter().take(exits).copied().collect();
        state.deposit(&deposits)?;
        for entry in &epoch.payload {
            state.advance(entry)?;
        }
        let got = state.commitment().hash();
        if got != epoch.commitment {
            return Err(GlobalError::ReplayMismatch {
                epoch: self.epochs,
                expected: epoch.commitment,
                got,
            });
        }
        self.entries.drain(..entries);
        self.exits.drain(..exits);
        self.state = state;
        self.epochs += 1;
        Ok(())
    }

    /// The state after the last epoch.
    pub const fn state(&self) -> &GlobalState {
        &self.state
    }

    /// How many epochs there were.
    pub const fn epochs(&self) -> u64 {
        self.epochs
    }

    /// Entries of the registry that the next epoch may consume, in order.
    pub fn pending_entries(&self) -> impl Iterator<Item = &(NetworkId, Authority)> {
        self.entries.iter()
    }

    /// Exits of L1 that the next epoch may consume, in order.
    pub fn pending_exits(&self) -> impl Iterator<Item = &Exit> {
        self.exits.iter()
    }
}

stored_fields!(Replay, state, epochs, logged, entries, exits);

impl Default for Replay {
    fn default() -> Self {
        Self::new()
    }
}

/// How many of what waits an epoch consumed, if there are as many.
fn due(after: u32, before: u32, waiting: usize) -> Option<usize> {
    let due = after.checked_sub(before)? as usize;
    (due <= waiting).then_some(due)
}
