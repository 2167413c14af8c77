//! What L1's logs and the certificates here tell, at one block: the world that the next epoch stands on.

mod error;
mod logs;
mod snapshot;
mod tracks;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};

use alloy_primitives::{Address, B256};
use causeway_ledger::{L1Log, NetworkState, PayloadEntry, Replay, State, World};
use causeway_types::{Authority, Certificate, Exit, GoldilocksDigest, NetworkId};

pub use error::KnownError;
pub use logs::{Deployment, Told};

use self::tracks::{Track, after, follow_all};

use crate::state::LogJson;

/// Whoever has certificates: all that were ever taken in, whatever became of them, for L1 may have settled any.
pub trait Certificates: Sync {
    /// Those of a network at a height, with their ids.
    fn at(&self, network: NetworkId, height: u64) -> Vec<(B256, Certificate)>;
}

/// An epoch that L1 settled, as the logs tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The state commitment after it.
    pub commitment: B256,
    /// Its block.
    pub block: u64,
    /// Its certificates: what was published of each, and its id if it is here.
    pub entries: Vec<(PayloadEntry, Option<B256>)>,
    /// The networks of these certificates before it; those that are not there had settled nothing.
    pub before: Vec<NetworkState>,
}

impl Settled {
    /// A network before this epoch, if the epoch has certificates of it.
    pub fn before(&self, network: NetworkId) -> Option<NetworkState> {
        let changes = self.entries.iter().any(|(entry, _)| entry.network == network);
        let known = self.before.iter().find(|state| state.network == network);
        changes.then(|| known.copied().unwrap_or_else(|| NetworkState::genesis(network)))
    }
}

/// What L1's logs and the certificates here tell.
#[derive(Clone, Debug)]
pub struct Known {
    deployment: Deployment,
    replay: Replay,
    tracks: BTreeMap<NetworkId, Track>,
    /// Blocks of the registry's entries that no epoch consumed.
    entry_blocks: VecDeque<u64>,
    /// How many exits L1 has, whenever it recorded the root that they give, and in which block.
    recorded: Vec<(u32, u64)>,
    approvals: Vec<(Address, GoldilocksDigest)>,
    /// The newest reservations of turns: who, and in which block.
    turns: VecDeque<(Address, u64)>,
    /// How many logs and certificates all of it was made of.
    weight: u64,
}

/// How many reservations of turns are looked back on.
const TURNS: usize = 256;

/// What the next epoch can stand on: the world with all that it can consume of L1.
#[derive(Clone, Debug)]
pub struct Base {
    /// The world.
    pub world: World,
    /// Entries of the registry that are consumed in it.
    pub registry: Vec<(NetworkId, Authority)>,
    /// Exits of L1 that are consumed in it.
    pub deposits: Vec<Exit>,
}

impl Known {
    /// Of a deployment of which no log was read.
    pub fn new(deployment: Deployment) -> Self {
        Self {
            deployment,
            replay: Replay::new(),
            tracks: BTreeMap::new(),
            entry_blocks: VecDeque::new(),
            recorded: Vec::new(),
            approvals: Vec::new(),
            turns: VecDeque::new(),
            weight: 0,
        }
    }

    /// The deployment.
    pub const fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// The replay of L1's logs.
    pub const fn replay(&self) -> &Replay {
        &self.replay
    }

    /// The state commitment after the newest settlement.
    pub fn commitment(&self) -> B256 {
        self.replay.state().commitment().hash().into()
    }

    /// Takes the next log. One that is refused changes nothing.
    ///
    /// # Errors
    /// A [`KnownError`]: a log is missing, or is not what a contract of ours writes.
    pub fn take(
        &mut self,
        log: &LogJson,
        certificates: &impl Certificates,
    ) -> Result<Option<Settled>, KnownError> {
        let told = self.deployment.read(log)?;
        self.weight += 1;
        match told {
            None => Ok(None),
            Some(Told::Checkpointed { deposits }) => {
                self.recorded.push((deposits, log.block_number));
                Ok(None)
            }
            Some(Told::Approved { signer, digest }) => {
                self.approvals.push((signer, digest));
                Ok(None)
            }
            Some(Told::Reserved { holder }) => {
                self.turns.push_back((holder, log.block_number));
                if self.turns.len() > TURNS {
                    self.turns.pop_front();
                }
                Ok(None)
            }
            Some(Told::State(told)) => self.take_state(told, log, certificates),
        }
    }

    fn take_state(
        &mut self,
        told: L1Log,
        log: &LogJson,
        certificates: &impl Certificates,
    ) -> Result<Option<Settled>, KnownError> {
        let (block, index) = (log.block_number, log.log_index);
        let consumed_before = self.replay.state().commitment().registry_entries;
        let settled = match &told {
            L1Log::Settled(epoch) => Some(epoch.clone()),
            L1Log::Registered { .. } | L1Log::Exited { .. } => None,
        };
        let before = settled
            .as_ref()
            .map_or_else(Vec::new, |epoch| self.networks_of(&epoch.payload));
        let is_entry = matches!(told, L1Log::Registered { .. });
        self.replay
            .take(told)
            .map_err(|source| KnownError::Replay { block, index, source })?;
        if is_entry {
            self.entry_blocks.push_back(block);
        }
        let Some(epoch) = settled else {
            return Ok(None);
        };
        let consumed = epoch.registry_entries.saturating_sub(consumed_before) as usize;
        self.entry_blocks.drain(..consumed.min(self.entry_blocks.len()));
        // What is consumed need not be looked for.
        self.recorded.retain(|(count, _)| *count > epoch.deposits);
        self.weight += epoch.payload.len() as u64;
        let domain = self.deployment.domain();
        for known in self.replay.state().networks() {
            let network = known.state.network;
            if let Entry::Vacant(vacant) = self.tracks.entry(network) {
                vacant.insert(Track {
                    state: State::new(domain, network).map_err(KnownError::Ledger)?,
                    behind: VecDeque::new(),
                });
            }
        }
        let ids = follow_all(&mut self.tracks, &epoch.payload, certificates);
        let entries = epoch.payload.iter().copied().zip(ids).collect();
        Ok(Some(Settled {
            commitment: epoch.commitment.into(),
            block,
            entries,
            before,
        }))
    }

    /// The networks of these certificates, each once, as far as something of them was settled.
    fn networks_of(&self, payload: &[PayloadEntry]) -> Vec<NetworkState> {
        let mut networks: Vec<_> = payload.iter().map(|entry| entry.network).collect();
        networks.sort_unstable();
        networks.dedup();
        let state = self.replay.state();
        let known = networks.into_iter().filter_map(|network| state.network(network));
        known.map(|known| known.state).collect()
    }

    /// A network's state, if all of its settled certificates are here.
    pub fn state(&self, network: NetworkId) -> Option<&State> {
        self.tracks
            .get(&network)
            .filter(|track| track.behind.is_empty())
            .map(|track| &track.state)
    }

    /// What L1 published of the first settled certificate of a network that is not here.
    pub fn missing(&self, network: NetworkId) -> Option<&PayloadEntry> {
        self.tracks.get(&network)?.behind.front()
    }

    /// Whether a certificate is the first settled one of its network that is not here: then its state goes on with it, and with those
    /// after it that are.
    pub fn fill(&mut self, certificate: &Certificate, certificates: &impl Certificates) -> bool {
        let Some(track) = self.tracks.get_mut(&certificate.network) else {
            return false;
        };
        let Some(entry) = track.behind.front() else {
            return false;
        };
        let Some(state) = after(&track.state, certificate, entry) else {
            return false;
        };
        track.state = state;
        track.behind.pop_front();
        while track.follow(certificates).is_some() {}
        true
    }

    /// Goes on with what networks settled as far as their certificates are here by now.
    pub fn catch_up(&mut self, certificates: &impl Certificates) {
        for track in self.tracks.values_mut() {
            while track.follow(certificates).is_some() {}
        }
    }

    /// How many logs and settled certificates all of it was made of, which is what reading them again costs.
    pub const fn weight(&self) -> u64 {
        self.weight
    }

    /// How many exits of L1 can be consumed of what was recorded up to a block.
    fn depositable(&self, last: u64) -> u32 {
        let recorded = self.recorded.iter().filter(|(_, block)| *block <= last);
        let consumed = self.replay.state().commitment().deposits;
        recorded.map(|(count, _)| *count).max().unwrap_or(0).max(consumed)
    }

    /// What the next epoch can stand on, if it consumes nothing of L1 that came after a block. What L1 settled itself counts whenever it
    /// did: an epoch that stands on less is refused.
    ///
    /// # Errors
    /// A [`KnownError`] of the ledger: L1 has what its own contracts refuse.
    pub fn base(&self, last: u64) -> Result<Base, KnownError> {
        let states = self.tracks.values().filter(|track| track.behind.is_empty());
        let domain = self.deployment.domain();
        let global = self.replay.state().clone();
        let mut world = World::from_parts(domain, global, states.map(|track| track.state.clone()))?;
        let entries = self.entry_blocks.iter().take_while(|block| **block <= last);
        let registry: Vec<_> = self
            .replay
            .pending_entries()
            .take(entries.count())
            .copied()
            .collect();
        for &(network, authority) in &registry {
            world.register(network, authority).map_err(KnownError::Ledger)?;
        }
        let consumed = self.replay.state().commitment().deposits;
        let new = self.depositable(last).saturating_sub(consumed) as usize;
        let deposits: Vec<_> = self.replay.pending_exits().take(new).copied().collect();
        world.deposit(&deposits).map_err(KnownError::Ledger)?;
        for &(signer, digest) in &self.approvals {
            world.approve(signer, digest);
        }
        Ok(Base {
            world,
            registry,
            deposits,
        })
    }

    /// Who reserved turns since a block.
    pub fn reserved_since(&self, block: u64) -> impl Iterator<Item = &Address> {
        self.turns
            .iter()
            .filter(move |(_, at)| *at >= block)
            .map(|(holder, _)| holder)
    }
}
