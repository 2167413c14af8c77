//! Reading L1: its logs in order, what a reorg takes away, and how far it is.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use alloy_primitives::{Address, B256, FixedBytes, U256};
use alloy_rpc_types_eth::Log;
use alloy_sol_types::SolCall;
use causeway_bindings::Settlement;
use causeway_chain::{CallError, Head, Pinned, Pool, Tag};
use causeway_journal::{Fingerprint, Header, JournalError, Scope, Timestamp};
use tokio::task::JoinError;
use tracing::{info, warn};

use crate::config::schema::SettledAt;
use crate::coordinator::{Coordinator, CoordinatorError, Heights};
use crate::known::Deployment;
use crate::state::LogJson;

/// How many rounds in a row L1 has to look wrong before that is believed.
const SEEN: u32 = 3;

/// Why L1 is not read further. The next round goes on where this one was.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The nodes.
    #[error(transparent)]
    Call(#[from] CallError),
    /// What they say cannot be, or the journal refuses.
    #[error(transparent)]
    Coordinator(#[from] CoordinatorError),
    /// A node is of another chain.
    #[error(
        "the nodes are of chain {found}, the configuration says {configured}: check l1.chain_id and the endpoints"
    )]
    OtherChain {
        /// The nodes'.
        found: u64,
        /// The configuration's.
        configured: u64,
    },
    /// There is no such contract.
    #[error("{contract} is no {name} on this chain: check the section contracts of the configuration")]
    NoContract {
        /// Its address.
        contract: Address,
        /// What it should be.
        name: &'static str,
    },
    /// A node went over to another chain while it was read.
    #[error("endpoint {endpoint} went over to another fork while it was read")]
    Moved {
        /// Which one.
        endpoint: String,
    },
}

impl From<JournalError> for WatchError {
    fn from(error: JournalError) -> Self {
        Self::Coordinator(error.into())
    }
}

impl WatchError {
    /// Whether a person has to see to it.
    pub const fn is_of_configuration(&self) -> bool {
        matches!(
            self,
            Self::OtherChain { .. }
                | Self::NoContract { .. }
                | Self::Coordinator(CoordinatorError::Journal(JournalError::Foreign { .. }))
        )
    }
}

/// Reads L1.
#[derive(Debug)]
pub struct Watcher {
    coordinator: Arc<Coordinator>,
    pool: Arc<Pool>,
    shorter: AtomicU32,
    refused: AtomicU32,
    /// The newest block of the last whole round.
    last: Mutex<Option<Last>>,
}

/// A block, and what was seen under it: until there is another one nothing else is to be seen but what is safe and final.
#[derive(Clone, Copy, Debug)]
struct Last {
    hash: B256,
    program: (U256, FixedBytes<4>),
}

/// What a round saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How far L1 is.
    pub heights: Heights,
    /// Logs that were new.
    pub logs: usize,
    /// How many blocks a reorg took away.
    pub reorg: Option<u64>,
}

impl Watcher {
    /// Of a coordinator and L1's nodes.
    pub const fn new(coordinator: Arc<Coordinator>, pool: Arc<Pool>) -> Self {
        Self {
            coordinator,
            pool,
            shorter: AtomicU32::new(0),
            refused: AtomicU32::new(0),
            last: Mutex::new(None),
        }
    }

    /// Reads on.
    ///
    /// # Errors
    /// A [`WatchError`]; what was read before it is kept.
    pub async fn round(&self, now: Timestamp) -> Result<Seen, WatchError> {
        self.pool.look().await;
        let pinned = self.pool.pin(Tag::Latest).await?;
        let hash = pinned.head().hash;
        // Whatever fails from here on is looked at again, be the block the same.
        let last = self.exchange(None).filter(|last| last.hash == hash);
        let (deployment, begun) = match self.coordinator.deployment() {
            Some(deployment) => (deployment, true),
            None => (self.begin(&pinned).await?, false),
        };
        if begun && let Some(last) = last {
            // What is safe and final may move under one block: before nodes hear of the next, and where there is none.
            let heights = self.heights(&pinned).await?;
            self.coordinator.note_heights(heights, Some(last.program), now)?;
            self.exchange(Some(last));
            return Ok(Seen {
                heights,
                ..Seen::default()
            });
        }
        let mut seen = Seen {
            reorg: self.find_fork(&deployment, &pinned, now).await?,
            ..Seen::default()
        };
        seen.logs = self.read_on(&deployment, &pinned, now).await?;
        seen.heights = self.heights(&pinned).await?;
        let program = Self::program(&deployment, &pinned).await?;
        self.coordinator.note_heights(seen.heights, Some(program), now)?;
        self.exchange(Some(Last { hash, program }));
        Ok(seen)
    }

    fn exchange(&self, last: Option<Last>) -> Option<Last> {
        std::mem::replace(
            &mut self.last.lock().unwrap_or_else(PoisonError::into_inner),
            last,
        )
    }

    /// Holds nodes and contracts to the configuration, and reads what the journal has.
    async fn begin(&self, pinned: &Pinned<'_>) -> Result<Deployment, WatchError> {
        let config = self.coordinator.config();
        let found = self.pool.chain_id().await?;
        let configured = config.l1.chain_id;
        if found != configured {
            return Err(WatchError::OtherChain { found, configured });
        }
        let (settlement, bridge) = (config.contracts.settlement, config.contracts.bridge);
        self.hold_to_genesis(pinned).await?;
        let global_exit_root = view(
            pinned,
            settlement,
            "Settlement",
            &Settlement::GLOBAL_EXIT_ROOTCall {},
        )
        .await?;
        let named = view(pinned, settlement, "Settlement", &Settlement::BRIDGECall {}).await?;
        if named != bridge {
            return Err(WatchError::NoContract {
                contract: bridge,
                name: "bridge of this settlement contract",
            });
        }
        let deployment = Deployment {
            chain_id: configured,
            settlement,
            bridge,
            global_exit_root,
        };
        let coordinator = self.coordinator.clone();
        match aside(move || coordinator.begin(deployment)).await {
            Ok(Some(block)) => info!(block, "begun from what was kept"),
            Ok(None) => {}
            Err(error) => {
                warn!(%error, "what is kept of L1 does not read: it is read again");
                let (coordinator, first) = (self.coordinator.clone(), config.contracts.deploy_block);
                aside(move || coordinator.reread(deployment, first)).await?;
            }
        }
        info!(%settlement, %global_exit_root, "L1 is the one that is configured");
        Ok(deployment)
    }

    /// Holds the chain to the one that the journal is of: a chain id is nobody's own.
    async fn hold_to_genesis(&self, pinned: &Pinned<'_>) -> Result<(), WatchError> {
        let config = self.coordinator.config();
        let genesis = pinned.block(Tag::Number(0)).await?;
        self.coordinator.journal().hold_to(&Fingerprint {
            chain_id: config.l1.chain_id,
            genesis: Some(genesis.hash),
            settlement: config.contracts.settlement,
            bridge: config.contracts.bridge,
        })?;
        Ok(())
    }

    /// Finds where the chain that was read and the one that is there part, and forgets what came after.
    async fn find_fork(
        &self,
        deployment: &Deployment,
        pinned: &Pinned<'_>,
        now: Timestamp,
    ) -> Result<Option<u64>, WatchError> {
        let chain = deployment.chain_id;
        let journal = self.coordinator.journal();
        let Some(newest) = journal.read(|view| view.newest_header(chain))? else {
            return Ok(None);
        };
        if hash_at(pinned, newest.number).await? == Some(newest.hash) {
            self.shorter.store(0, Ordering::Relaxed);
            return Ok(None);
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
        let config = self.coordinator.config();
        let window = u32::try_from(config.l1.reorg_window).unwrap_or(u32::MAX);
        let headers = journal.read(|view| view.headers(chain, window))?;
        let mut last = None;
        for header in headers.iter().skip(1) {
            if hash_at(pinned, header.number).await? == Some(header.hash) {
                last = Some(header.number);
                break;
            }
        }
        let depth = |last: u64| newest.number.saturating_sub(last);
        let last = match last {
            Some(last) => last,
            None => {
                // Nothing of it is there: is it the chain that it was?
                self.hold_to_genesis(pinned).await?;
                let last = config.contracts.deploy_block.saturating_sub(1);
                if headers.len() > 1 {
                    self.stop(depth(last), "further than l1.reorg_window", now)?;
                }
                last
            }
        };
        if last < self.coordinator.heights().finalized {
            self.stop(depth(last), "behind a block that it had called final", now)?;
        }
        warn!(from = newest.number, to = last, "L1 was reorganised");
        let coordinator = self.coordinator.clone();
        aside(move || coordinator.shorten(last, now)).await?;
        Ok(Some(depth(last)))
    }

    /// Nothing is settled any more until a person has seen to it.
    fn stop(&self, depth: u64, how: &str, now: Timestamp) -> Result<(), JournalError> {
        let reason = format!("L1 went back by {depth} blocks, {how}: see that it is the chain it was");
        self.coordinator.journal().change(now, |change| {
            change.pause(Scope::Settlement, "causeway", &reason, None)
        })
    }

    async fn read_on(
        &self,
        deployment: &Deployment,
        pinned: &Pinned<'_>,
        now: Timestamp,
    ) -> Result<usize, WatchError> {
        let config = self.coordinator.config();
        let chain = deployment.chain_id;
        let newest = self
            .coordinator
            .journal()
            .read(|view| view.newest_header(chain))?;
        let mut from = newest.map_or(config.contracts.deploy_block, |header| header.number + 1);
        let (head, range) = (*pinned.head(), config.l1.log_range.max(1));
        let mut count = 0;
        while from <= head.number {
            let to = from.saturating_add(range - 1).min(head.number);
            let logs = pinned.logs(&deployment.addresses(), from, to).await?;
            let last = if to == head.number {
                head
            } else {
                pinned.block(Tag::Number(to)).await?
            };
            if !pinned.still_there().await? {
                return Err(WatchError::Moved {
                    endpoint: pinned.endpoint().to_owned(),
                });
            }
            let logs: Vec<_> = logs.iter().filter_map(log).collect();
            count += self.take(deployment, &last, logs, now).await?;
            from = to + 1;
        }
        Ok(count)
    }

    async fn take(
        &self,
        deployment: &Deployment,
        last: &Head,
        logs: Vec<LogJson>,
        now: Timestamp,
    ) -> Result<usize, WatchError> {
        let header = Header {
            number: last.number,
            hash: last.hash,
            parent: last.parent,
        };
        let coordinator = self.coordinator.clone();
        match aside(move || coordinator.extend(header, &logs, now)).await {
            Ok(count) => {
                self.refused.store(0, Ordering::Relaxed);
                Ok(count)
            }
            // A node may have left logs out. If it goes on, what was read before is what is wrong.
            Err(CoordinatorError::Known(error)) if self.refused.fetch_add(1, Ordering::Relaxed) >= SEEN => {
                warn!(%error, "L1's logs do not follow one another: all are read again");
                self.refused.store(0, Ordering::Relaxed);
                let first = self.coordinator.config().contracts.deploy_block;
                let (coordinator, deployment) = (self.coordinator.clone(), *deployment);
                aside(move || coordinator.reread(deployment, first)).await?;
                Err(CoordinatorError::Known(error).into())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn heights(&self, pinned: &Pinned<'_>) -> Result<Heights, WatchError> {
        let settings = &self.coordinator.config().l1;
        let head = *pinned.head();
        let at = async |tag| match pinned.block(tag).await {
            Ok(head) => Ok(head.number),
            // A young chain has none.
            Err(CallError::Missing { .. }) => Ok(0),
            Err(error) => Err(WatchError::from(error)),
        };
        let finalized = at(Tag::Finalized).await?;
        let counts = match settings.settled_at {
            SettledAt::Latest => head.number,
            SettledAt::Safe => at(Tag::Safe).await?,
            SettledAt::Finalized => finalized,
        };
        Ok(Heights {
            head: Some((head.number, head.timestamp)),
            settled: counts.min(head.number.saturating_sub(settings.confirmations)),
            finalized,
            gas_limit: head.gas_limit,
        })
    }

    async fn program(
        deployment: &Deployment,
        pinned: &Pinned<'_>,
    ) -> Result<(U256, FixedBytes<4>), WatchError> {
        let contract = deployment.settlement;
        let program = view(pinned, contract, "Settlement", &Settlement::programDigestCall {}).await?;
        let selector = view(pinned, contract, "Settlement", &Settlement::selectorCall {}).await?;
        Ok((program, selector))
    }
}

/// Does what may take long where it keeps no other task waiting: a past of many certificates is minutes of hashing.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work)
        .await
        .map_err(JoinError::try_into_panic)
    {
        Ok(done) => done,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // The process is ending.
        Err(Err(_)) => std::future::pending().await,
    }
}

async fn hash_at(pinned: &Pinned<'_>, number: u64) -> Result<Option<B256>, WatchError> {
    match pinned.block(Tag::Number(number)).await {
        Ok(head) => Ok(Some(head.hash)),
        Err(CallError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What a contract answers at a block.
pub(crate) async fn view<C: SolCall>(
    pinned: &Pinned<'_>,
    contract: Address,
    name: &'static str,
    call: &C,
) -> Result<C::Return, WatchError> {
    let answer = pinned.call(contract, &call.abi_encode()).await?;
    C::abi_decode_returns(&answer).map_err(|_| WatchError::NoContract { contract, name })
}

/// A log as it is kept; one of a pending block is none.
pub(crate) fn log(log: &Log) -> Option<LogJson> {
    Some(LogJson {
        address: log.address(),
        topics: log.topics().to_vec(),
        data: log.data().data.clone(),
        block_number: log.block_number?,
        block_hash: Some(log.block_hash?),
        transaction_hash: log.transaction_hash,
        log_index: log.log_index?,
        removed: log.removed,
    })
}
