//! The exit trees of L1 and of the networks whose chains are followed, and the claims that follow from them.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alloy_primitives::B256;
use causeway_journal::{ClaimKey, Journal, JournalError};
use causeway_types::{GlobalIndex, NetworkId};

use super::calldata::{ClaimCall, calldata};
use super::chain::{Chain, Generation, stored};
use super::error::ClaimsError;
use crate::known::Deployment;
use crate::network::{BridgeLog, Ethereum, GlobalRoot, NetworkError, Sent};

/// Why there is no call for a claim, or not now.
#[derive(Debug, thiserror::Error)]
pub enum Unclaimable {
    /// Nobody here reads the network's chain.
    #[error("this relayer does not read the chain of network {}: it has no rpc, bridge and chain_id for it", network.get())]
    NotFollowed {
        /// The network.
        network: NetworkId,
    },
    /// It has not been read yet.
    #[error("the chain of network {} has not been read yet", network.get())]
    NotRead {
        /// The network.
        network: NetworkId,
    },
    /// It is not read as far as it settled.
    #[error("the chain of network {} is read up to {read} exits, and settled {covered}", network.get())]
    Behind {
        /// The network.
        network: NetworkId,
        /// How many exits are here.
        read: u32,
        /// How many the root covers.
        covered: u32,
    },
    /// The source made no such exit.
    #[error("network {} made no exit {}", index.source().get(), index.leaf_index())]
    NoSuchExit {
        /// The exit.
        index: GlobalIndex,
    },
    /// The exit goes elsewhere.
    #[error("exit {} of network {} goes to network {}", index.leaf_index(), index.source().get(), goes.get())]
    OtherDestination {
        /// The exit.
        index: GlobalIndex,
        /// Where it goes.
        goes: NetworkId,
    },
    /// Its destination shows it claimed.
    #[error("exit {} of network {} is claimed", index.leaf_index(), index.source().get())]
    AlreadyClaimed {
        /// The exit.
        index: GlobalIndex,
    },
    /// L1 knows no root that covers it.
    #[error("exit {} of network {} is not settled: L1's newest root covers {covered} of its exits", index.leaf_index(), index.source().get())]
    NotSettled {
        /// The exit.
        index: GlobalIndex,
        /// How many exits of the source L1's newest root covers.
        covered: u32,
    },
    /// L1 knows one, its destination does not.
    #[error("exit {} of network {} is settled, and network {} was told no root that covers it", index.leaf_index(), index.source().get(), destination.get())]
    NotPushed {
        /// The exit.
        index: GlobalIndex,
        /// The destination.
        destination: NetworkId,
    },
    /// The source's logs are not those of what it settled.
    #[error(transparent)]
    Other(#[from] ClaimsError),
}

impl Unclaimable {
    /// A code that never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFollowed { .. } => "not_followed",
            Self::NotRead { .. } => "not_read",
            Self::Behind { .. } => "behind",
            Self::NoSuchExit { .. } => "no_such_exit",
            Self::OtherDestination { .. } => "other_destination",
            Self::AlreadyClaimed { .. } => "already_claimed",
            Self::NotSettled { .. } => "not_settled",
            Self::NotPushed { .. } => "not_pushed",
            Self::Other(_) => "other_exits",
        }
    }
}

/// L1, as its logs in the journal tell.
#[derive(Debug)]
struct Mainnet {
    ethereum: Ethereum,
    claimed: HashSet<GlobalIndex>,
    /// Block, number and block hash of the last log that was read.
    last: Option<(u64, u64, B256)>,
    generation: Generation,
}

/// Everything that claims follow from. It is rebuilt from the journal.
#[derive(Debug)]
pub struct Trees {
    journal: Arc<Journal>,
    mainnet: Mutex<Option<Mainnet>>,
    chains: BTreeMap<NetworkId, Arc<Chain>>,
}

/// A bridge, as far as its logs were read.
#[derive(Clone, Copy, Debug)]
pub struct Bridge<'t> {
    /// Its logs.
    pub log: &'t BridgeLog,
    /// What was claimed on it.
    pub claimed: &'t HashSet<GlobalIndex>,
    /// Another one whenever something that was here may be gone.
    pub generation: Generation,
}

impl Trees {
    /// Of these networks, and L1.
    pub fn new(journal: Arc<Journal>, chains: Vec<Arc<Chain>>) -> Self {
        let chains = chains.into_iter().map(|chain| (chain.place().network, chain));
        Self {
            journal,
            mainnet: Mutex::default(),
            chains: chains.collect(),
        }
    }

    /// The chains that are followed beside L1.
    pub fn chains(&self) -> impl Iterator<Item = &Arc<Chain>> {
        self.chains.values()
    }

    /// A network's chain, if it is followed.
    pub fn chain(&self, network: NetworkId) -> Option<&Arc<Chain>> {
        self.chains.get(&network)
    }

    /// L1 and all that are followed.
    pub fn networks(&self) -> impl Iterator<Item = NetworkId> {
        std::iter::once(NetworkId::MAINNET).chain(self.chains.keys().copied())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Mainnet>> {
        self.mainnet.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what the journal has of L1 and memory has not.
    ///
    /// # Errors
    /// A [`NetworkError`] if L1's logs contradict each other, or [`TreesError::Journal`].
    pub fn refresh(&self, deployment: Deployment) -> Result<(), TreesError> {
        let mut mainnet = self.lock();
        let generation = mainnet
            .as_ref()
            .map_or(Generation::default(), |known| known.generation);
        let known = mainnet.take();
        let (mut known, logs) = match self.continued(known, deployment.chain_id)? {
            Some((known, logs)) => (known, logs),
            None => {
                let fresh = Mainnet {
                    ethereum: Ethereum::new(deployment),
                    claimed: HashSet::new(),
                    last: None,
                    generation: generation.rebuilt(),
                };
                (fresh, stored(&self.journal, deployment.chain_id, None)?)
            }
        };
        for log in &logs {
            let before = known.ethereum.bridge().claims().len();
            known.ethereum.take(log)?;
            let claims = known.ethereum.bridge().claims();
            if claims.len() > before {
                known.claimed.extend(claims.last().map(|claim| claim.index));
            }
            known.last = Some((
                log.block_number,
                log.log_index,
                log.block_hash.unwrap_or_default(),
            ));
        }
        *mainnet = Some(known);
        Ok(())
    }

    /// What is in memory, with the logs that come after it, if the journal has its last log still.
    fn continued(
        &self,
        known: Option<Mainnet>,
        chain: u64,
    ) -> Result<Option<(Mainnet, Vec<crate::state::LogJson>)>, JournalError> {
        let Some(known) = known else {
            return Ok(None);
        };
        let Some((block, position, hash)) = known.last else {
            let logs = stored(&self.journal, chain, None)?;
            return Ok(Some((known, logs)));
        };
        let mut logs = stored(&self.journal, chain, block.checked_sub(1))?;
        let at = logs.iter().position(|log| {
            (log.block_number, log.log_index) == (block, position) && log.block_hash == Some(hash)
        });
        Ok(at.map(|at| (known, logs.split_off(at + 1))))
    }

    /// Looks at a network's bridge; nothing if it is not read yet.
    pub fn bridge<T>(&self, network: NetworkId, look: impl FnOnce(Bridge<'_>) -> T) -> Option<T> {
        if network.is_mainnet() {
            let mainnet = self.lock();
            return mainnet.as_ref().map(|known| {
                look(Bridge {
                    log: known.ethereum.bridge(),
                    claimed: &known.claimed,
                    generation: known.generation,
                })
            });
        }
        self.chains.get(&network)?.with(|followed| {
            look(Bridge {
                log: &followed.bridge,
                claimed: &followed.claimed,
                generation: followed.generation,
            })
        })
    }

    /// The newest root that L1 and a network know.
    pub fn root_at(&self, network: NetworkId) -> Option<GlobalRoot> {
        let mainnet = self.lock();
        let ethereum = &mainnet.as_ref()?.ethereum;
        if network.is_mainnet() {
            return ethereum.newest_root();
        }
        self.chains
            .get(&network)?
            .with(|followed| ethereum.newest_known(|root| followed.roots.contains(&root)))?
    }

    fn read<T>(&self, network: NetworkId, look: impl FnOnce(Bridge<'_>) -> T) -> Result<T, Unclaimable> {
        if !network.is_mainnet() && !self.chains.contains_key(&network) {
            return Err(Unclaimable::NotFollowed { network });
        }
        self.bridge(network, look).ok_or(Unclaimable::NotRead { network })
    }

    /// The call that claims an exit.
    ///
    /// # Errors
    /// [`Unclaimable`].
    pub fn call(&self, claim: ClaimKey) -> Result<ClaimCall, Unclaimable> {
        let (index, sent) = self.sent(claim)?;
        let is_claimed = self.read(claim.destination, |bridge| bridge.claimed.contains(&index))?;
        if is_claimed {
            return Err(Unclaimable::AlreadyClaimed { index });
        }
        let root = self.root_at(claim.destination).filter(|root| root.covers(index));
        let Some(root) = root else {
            return Err(self.uncovered(index, claim.destination));
        };
        self.read(claim.origin, |bridge| {
            let (read, covered) = (bridge.log.tree().count(), root.count(claim.origin));
            if read < covered {
                return Err(Unclaimable::Behind {
                    network: claim.origin,
                    read,
                    covered,
                });
            }
            Ok(calldata(&sent, bridge.log.tree(), &root)?)
        })?
    }

    /// Why no root covers an exit where it goes.
    pub fn uncovered(&self, index: GlobalIndex, destination: NetworkId) -> Unclaimable {
        let newest = self.root_at(NetworkId::MAINNET);
        let covered = newest.map_or(0, |root| root.count(index.source()));
        if index.leaf_index() < covered {
            Unclaimable::NotPushed { index, destination }
        } else {
            Unclaimable::NotSettled { index, covered }
        }
    }

    /// The exit that a claim names.
    ///
    /// # Errors
    /// [`Unclaimable`].
    pub fn sent(&self, claim: ClaimKey) -> Result<(GlobalIndex, Sent), Unclaimable> {
        let index = GlobalIndex::new(claim.origin, claim.deposit);
        let sent = self.read(claim.origin, |bridge| {
            bridge.log.exits().get(claim.deposit as usize).cloned()
        })?;
        let sent = sent.ok_or(Unclaimable::NoSuchExit { index })?;
        let goes = sent.exit.destination_network;
        if goes != claim.destination {
            return Err(Unclaimable::OtherDestination { index, goes });
        }
        Ok((index, sent))
    }
}

/// Why L1's part is not read further.
#[derive(Debug, thiserror::Error)]
pub enum TreesError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// L1's logs.
    #[error("L1's logs do not follow one another: {0}")]
    Logs(#[from] NetworkError),
}
