//! Following a network's chain: its bridge's exits and claims, and the exit roots that it was told.
//!
//! Headers and logs are in the journal; what is in memory is rebuilt from them, and whenever something does not fit it is thrown away.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alloy_primitives::{Address, B256};
use alloy_sol_types::{SolCall, SolEvent};
use causeway_bindings::{GlobalExitRootL2, SharedBridge};
use causeway_chain::{CallError, Head, Pinned, Pool, Tag};
use causeway_journal::{Header, Journal, JournalError, StoredLog, Timestamp};
use causeway_types::{GlobalExitRoot, GlobalIndex, NetworkId};
use tracing::{info, warn};

use crate::network::{BridgeLog, NetworkError};
use crate::state::{LogJson, decode};
use crate::watch;

/// How many rounds in a row a chain has to look shorter before that is believed.
const SEEN: u32 = 3;

/// How many logs are read of the journal at once.
const PAGE: u32 = 10_000;

/// Why a chain is not read further. The next round goes on where this one was.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The node.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Its logs cannot be.
    #[error("the logs of network {} do not follow one another: {source}", network.get())]
    Logs {
        /// The network.
        network: NetworkId,
        /// Why.
        source: Box<NetworkError>,
    },
    /// The node is of another chain.
    #[error("the node of network {} is of chain {found}, the configuration says {configured}", network.get())]
    OtherChain {
        /// The network.
        network: NetworkId,
        /// The node's.
        found: u64,
        /// The configuration's.
        configured: u64,
    },
    /// There is no such contract.
    #[error("{bridge} is no bridge on the chain of network {}", network.get())]
    NoBridge {
        /// The network.
        network: NetworkId,
        /// What should be one.
        bridge: Address,
    },
    /// The node went over to another chain while it was read.
    #[error("the node of network {} went over to another fork while it was read", network.get())]
    Moved {
        /// The network.
        network: NetworkId,
    },
}

/// Where a network's chain is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The network.
    pub network: NetworkId,
    /// Its chain's id.
    pub chain_id: u64,
    /// Its bridge.
    pub bridge: Address,
    /// The block from which on logs are read.
    pub first: u64,
    /// Blocks of logs asked for at once.
    pub range: u64,
    /// How many headers are kept.
    pub window: u32,
}

/// What a chain's logs tell.
#[derive(Clone, Debug)]
pub struct Followed {
    /// Its bridge.
    pub bridge: BridgeLog,
    /// Its contract of global exit roots.
    pub global_exit_root: Address,
    /// The roots that it was told.
    pub roots: HashSet<GlobalExitRoot>,
    /// What was claimed on it.
    pub claimed: HashSet<GlobalIndex>,
    /// Another one whenever something that was here may be gone.
    pub generation: Generation,
}

/// How often what is in memory was rebuilt, and how often claims were taken back since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generation {
    rebuilt: u64,
    unset: u64,
}

impl Generation {
    /// After it was rebuilt.
    pub(super) const fn rebuilt(self) -> Self {
        Self {
            rebuilt: self.rebuilt + 1,
            unset: 0,
        }
    }
}

/// A network's chain.
#[derive(Debug)]
pub struct Chain {
    place: Place,
    pool: Arc<Pool>,
    journal: Arc<Journal>,
    state: Mutex<State>,
    shorter: AtomicU32,
    refused: AtomicU32,
}

#[derive(Debug, Default)]
struct State {
    followed: Option<Followed>,
    generation: Generation,
    /// Whether the chain was read up to its newest block once.
    complete: bool,
}

impl Chain {
    /// A chain of which nothing is in memory.
    pub fn new(place: Place, pool: Arc<Pool>, journal: Arc<Journal>) -> Self {
        Self {
            place,
            pool,
            journal,
            state: Mutex::default(),
            shorter: AtomicU32::new(0),
            refused: AtomicU32::new(0),
        }
    }

    /// Where it is read.
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Its nodes.
    pub const fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at what its logs tell; nothing until it was read up to its newest block once.
    pub fn with<T>(&self, look: impl FnOnce(&Followed) -> T) -> Option<T> {
        let state = self.lock();
        state.followed.as_ref().filter(|_| state.complete).map(look)
    }

    /// Reads on.
    ///
    /// # Errors
    /// A [`ChainError`]; what was read before it is kept.
    pub async fn round(&self, now: Timestamp) -> Result<(), ChainError> {
        self.pool.look().await;
        let pinned = self.pool.pin(Tag::Latest).await?;
        if self.lock().followed.is_none() {
            self.begin(&pinned, now).await?;
        }
        self.find_fork(&pinned, now).await?;
        match self.read_on(&pinned, now).await {
            // The node may have left logs out. If it goes on, what was read before is what is wrong.
            Err(ChainError::Logs { network, source }) => {
                if self.refused.fetch_add(1, Ordering::Relaxed) >= SEEN {
                    warn!(network = network.get(), error = %source, "all of its logs are read again");
                    self.refused.store(0, Ordering::Relaxed);
                    self.forget_above(self.place.first.saturating_sub(1), now)?;
                }
                return Err(ChainError::Logs { network, source });
            }
            other => other?,
        }
        self.refused.store(0, Ordering::Relaxed);
        self.lock().complete = true;
        Ok(())
    }

    /// Holds the node to the configuration, and reads what the journal has.
    async fn begin(&self, pinned: &Pinned<'_>, now: Timestamp) -> Result<(), ChainError> {
        let Place {
            network,
            chain_id: configured,
            bridge,
            ..
        } = self.place;
        let found = self.pool.chain_id().await?;
        if found != configured {
            return Err(ChainError::OtherChain {
                network,
                found,
                configured,
            });
        }
        let call = SharedBridge::globalExitRootManagerCall {}.abi_encode();
        let answer = match pinned.call(bridge, &call).await {
            Err(CallError::Refused { .. }) => return Err(ChainError::NoBridge { network, bridge }),
            answer => answer?,
        };
        let contract = SharedBridge::globalExitRootManagerCall::abi_decode_returns(&answer)
            .map_err(|_| ChainError::NoBridge { network, bridge })?;
        if let Err(error) = self.rebuild(contract) {
            warn!(network = network.get(), %error, "what is kept of its chain does not read: it is read again");
            self.forget_above(self.place.first.saturating_sub(1), now)?;
            self.rebuild(contract)?;
        }
        info!(network = network.get(), chain = configured, %contract, "its chain is followed");
        Ok(())
    }

    /// Reads everything that the journal has of the chain.
    fn rebuild(&self, global_exit_root: Address) -> Result<(), ChainError> {
        let mut state = self.lock();
        state.followed = None;
        state.generation = state.generation.rebuilt();
        let mut followed = Followed {
            bridge: BridgeLog::new(self.place.network, self.place.bridge),
            global_exit_root,
            roots: HashSet::new(),
            claimed: HashSet::new(),
            generation: state.generation,
        };
        for log in stored(&self.journal, self.place.chain_id, None)? {
            followed.take(&log).map_err(|source| self.wrong(source))?;
        }
        state.followed = Some(followed);
        Ok(())
    }

    fn wrong(&self, source: NetworkError) -> ChainError {
        ChainError::Logs {
            network: self.place.network,
            source: Box::new(source),
        }
    }

    /// Forgets what was read above a block.
    fn forget_above(&self, last: u64, now: Timestamp) -> Result<(), JournalError> {
        let chain = self.place.chain_id;
        self.journal
            .change(now, |change| change.shorten_chain(chain, last))
    }

    /// Finds where the chain that was read and the one that is there part, and forgets what came after.
    async fn find_fork(&self, pinned: &Pinned<'_>, now: Timestamp) -> Result<(), ChainError> {
        let (chain, window) = (self.place.chain_id, self.place.window);
        let headers = self.journal.read(|view| view.headers(chain, window))?;
        let Some(newest) = headers.first() else {
            return Ok(());
        };
        if hash_at(pinned, newest.number).await? == Some(newest.hash) {
            self.shorter.store(0, Ordering::Relaxed);
            return Ok(());
        }
        // A node that is behind has no such block; so has a chain that was reorganised to a shorter one.
        if pinned.head().number < newest.number && self.shorter.fetch_add(1, Ordering::Relaxed) < SEEN {
            return Err(CallError::Missing {
                endpoint: pinned.endpoint().to_owned(),
                method: "eth_getBlockByNumber",
            }
            .into());
        }
        self.shorter.store(0, Ordering::Relaxed);
        let mut last = None;
        for header in headers.iter().skip(1) {
            if hash_at(pinned, header.number).await? == Some(header.hash) {
                last = Some(header.number);
                break;
            }
        }
        warn!(
            network = self.place.network.get(),
            from = newest.number,
            to = ?last,
            "its chain was reorganised"
        );
        let last = last.unwrap_or_else(|| self.place.first.saturating_sub(1));
        self.journal.change(now, |change| {
            change.note_reorg(chain, newest.number.saturating_sub(last))?;
            change.shorten_chain(chain, last)
        })?;
        let contract = self.lock().followed.as_ref().map(|known| known.global_exit_root);
        match contract {
            Some(contract) => self.rebuild(contract),
            None => Ok(()),
        }
    }

    async fn read_on(&self, pinned: &Pinned<'_>, now: Timestamp) -> Result<(), ChainError> {
        let chain = self.place.chain_id;
        let newest = self.journal.read(|view| view.newest_header(chain))?;
        let contract = self.lock().followed.as_ref().map(|known| known.global_exit_root);
        let Some(contract) = contract else {
            return Ok(());
        };
        let addresses = [self.place.bridge, contract];
        let (head, range) = (*pinned.head(), self.place.range.max(1));
        let mut from = newest.map_or(self.place.first, |header| header.number + 1);
        while from <= head.number {
            let to = from.saturating_add(range - 1).min(head.number);
            let logs = pinned.logs(&addresses, from, to).await?;
            let last = if to == head.number {
                head
            } else {
                pinned.block(Tag::Number(to)).await?
            };
            if !pinned.still_there().await? {
                return Err(ChainError::Moved {
                    network: self.place.network,
                });
            }
            let mut logs: Vec<_> = logs.iter().filter_map(watch::log).collect();
            logs.sort_by_key(|log| (log.block_number, log.log_index));
            self.take(&last, &logs, now)?;
            from = to + 1;
        }
        Ok(())
    }

    /// Takes in a part of the chain. What is in memory and what is in the journal are the same after, or memory is thrown away.
    fn take(&self, last: &Head, logs: &[LogJson], now: Timestamp) -> Result<(), ChainError> {
        let mut state = self.lock();
        let taken = self.take_into(&mut state, last, logs, now);
        if taken.is_err() {
            state.followed = None;
            state.complete = false;
        }
        taken
    }

    fn take_into(
        &self,
        state: &mut State,
        last: &Head,
        logs: &[LogJson],
        now: Timestamp,
    ) -> Result<(), ChainError> {
        let mut kept = Vec::with_capacity(logs.len());
        if let Some(followed) = &mut state.followed {
            for log in logs {
                followed.take(log).map_err(|source| self.wrong(source))?;
                kept.push(StoredLog {
                    block: log.block_number,
                    position: log.log_index,
                    block_hash: log.block_hash.unwrap_or_default(),
                    address: log.address,
                    log: serde_json::to_string(log).unwrap_or_default(),
                });
            }
        }
        let header = Header {
            number: last.number,
            hash: last.hash,
            parent: last.parent,
        };
        let (chain, window) = (self.place.chain_id, self.place.window);
        self.journal.change(now, |change| {
            change.extend_chain(chain, &header, &kept)?;
            let oldest = change
                .view()
                .headers(chain, window)?
                .last()
                .map(|header| header.number);
            change.trim_headers(chain, oldest.unwrap_or(0))
        })?;
        Ok(())
    }
}

impl Followed {
    fn take_bridge(&mut self, log: &LogJson) -> Result<(), NetworkError> {
        let before = self.bridge.claims().len();
        self.bridge.take(log)?;
        let claims = self.bridge.claims();
        if claims.len() > before {
            self.claimed.extend(claims.last().map(|claim| claim.index));
        } else if claims.len() < before {
            self.claimed = claims.iter().map(|claim| claim.index).collect();
            self.generation.unset += 1;
        }
        Ok(())
    }

    /// Takes the next log; others' are passed over.
    fn take(&mut self, log: &LogJson) -> Result<(), NetworkError> {
        let Some(&topic) = log
            .topics
            .first()
            .filter(|_| log.address == self.global_exit_root)
        else {
            return self.take_bridge(log);
        };
        match topic {
            GlobalExitRootL2::UpdateHashChainValue::SIGNATURE_HASH => {
                let event = decode::<GlobalExitRootL2::UpdateHashChainValue>(log, topic)?;
                self.roots.insert(GlobalExitRoot::new(event.newGlobalExitRoot));
            }
            GlobalExitRootL2::UpdateRemovalHashChainValue::SIGNATURE_HASH => {
                let event = decode::<GlobalExitRootL2::UpdateRemovalHashChainValue>(log, topic)?;
                self.roots
                    .remove(&GlobalExitRoot::new(event.removedGlobalExitRoot));
            }
            _ => {}
        }
        Ok(())
    }
}

async fn hash_at(pinned: &Pinned<'_>, number: u64) -> Result<Option<B256>, CallError> {
    match pinned.block(Tag::Number(number)).await {
        Ok(head) => Ok(Some(head.hash)),
        Err(CallError::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// All logs that the journal has of a chain above a block, in order.
///
/// # Errors
/// [`JournalError::Damaged`] if one does not read, or another of the journal.
pub(super) fn stored(
    journal: &Journal,
    chain: u64,
    above: Option<u64>,
) -> Result<Vec<LogJson>, JournalError> {
    let (mut all, mut last) = (Vec::new(), above);
    loop {
        let page = journal.read(|view| view.logs_above(chain, last, PAGE))?;
        let Some(newest) = page.last().map(|log| log.block) else {
            return Ok(all);
        };
        // Whole blocks: a page ends where a block does.
        let first = page.first().map_or(newest, |log| log.block);
        let is_full = page.len() == PAGE as usize && first < newest;
        let until = if is_full { newest - 1 } else { newest };
        for log in page.iter().filter(|log| log.block <= until) {
            let read = serde_json::from_str(&log.log);
            all.push(read.map_err(|_| JournalError::Damaged {
                table: "logs",
                column: "log",
                row: None,
            })?);
        }
        last = Some(until);
    }
}
