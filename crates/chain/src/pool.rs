//! Several nodes of one chain.
//!
//! A decision reads one node at one block ([`Pool::pin`]). Which one is asked first follows from what they did before: one that faults,
//! that stands still or lags behind the others goes to the back, and is tried again all the while. What a node refuses says nothing of
//! it. Transactions go to all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use alloy_primitives::{B256, Bytes, U64, U256};
use alloy_rpc_types_eth::TransactionReceipt;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::dialect::{self, SendAnswer};
use crate::endpoint::{CallObserver, Endpoint, EndpointConfig, Timeouts};
use crate::error::CallError;
use crate::fees::Market;
use crate::head::{Head, Tag};
use crate::pinned::Pinned;

/// What a node is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Roles {
    /// To be read.
    pub read: bool,
    /// To take transactions.
    pub submit: bool,
}

impl Roles {
    /// Both.
    pub const BOTH: Self = Self {
        read: true,
        submit: true,
    };
}

/// How nodes are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolConfig {
    /// How long each may take.
    pub timeouts: Timeouts,
    /// How long a node may show no new block.
    pub stall_after: Duration,
    /// How many blocks a node may be behind the furthest.
    pub most_lag: u64,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            stall_after: Duration::from_secs(60),
            most_lag: 3,
        }
    }
}

/// How a node is, for people and metrics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndpointStatus {
    /// Its name.
    pub name: String,
    /// Whether it is asked before others.
    pub well: bool,
    /// The newest block that it showed.
    pub head: Option<u64>,
    /// Faults one after another.
    pub faults: u32,
    /// The last fault, in words.
    pub last_fault: Option<String>,
}

/// What became of a transaction, with the node that said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The answer that says most.
    pub answer: SendAnswer,
    /// Each node's, by name.
    pub each: Vec<(String, SendAnswer)>,
}

#[derive(Clone, Debug, Default)]
struct Health {
    /// The newest block, and since when it is.
    head: Option<(u64, Instant)>,
    faults: u32,
    last_fault: Option<String>,
}

#[derive(Debug)]
struct Member {
    endpoint: Endpoint,
    roles: Roles,
    priority: u32,
    health: Mutex<Health>,
}

impl Member {
    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note<T>(&self, outcome: &Result<T, CallError>) {
        let mut health = self.health();
        match outcome {
            Err(error) if error.is_fault() => {
                health.faults = health.faults.saturating_add(1);
                health.last_fault = Some(error.to_string());
            }
            _ => health.faults = 0,
        }
    }
}

/// Several nodes of one chain.
#[derive(Debug)]
pub struct Pool {
    members: Vec<Member>,
    config: PoolConfig,
}

impl Pool {
    /// Lets somebody hear of every question to its nodes from now on.
    pub fn observe(&mut self, observer: &Arc<dyn CallObserver>) {
        for member in &mut self.members {
            member.endpoint.observe(Arc::clone(observer));
        }
    }

    /// A pool of these nodes, of which the ones with the lowest numbers are asked first.
    ///
    /// # Errors
    /// [`CallError::NoneConfigured`] if there is none.
    pub fn new(
        endpoints: impl IntoIterator<Item = (EndpointConfig, Roles, u32)>,
        config: PoolConfig,
    ) -> Result<Self, CallError> {
        let members = endpoints
            .into_iter()
            .map(|(endpoint, roles, priority)| {
                Ok(Member {
                    endpoint: Endpoint::new(endpoint, config.timeouts)?,
                    roles,
                    priority,
                    health: Mutex::default(),
                })
            })
            .collect::<Result<Vec<_>, CallError>>()?;
        if members.is_empty() {
            return Err(CallError::NoneConfigured);
        }
        Ok(Self { members, config })
    }

    /// How the nodes are.
    pub fn status(&self) -> Vec<EndpointStatus> {
        let furthest = self.furthest();
        self.members
            .iter()
            .map(|member| {
                let health = member.health().clone();
                EndpointStatus {
                    name: member.endpoint.name().to_owned(),
                    well: self.is_well(&health, furthest),
                    head: health.head.map(|(number, _)| number),
                    faults: health.faults,
                    last_fault: health.last_fault,
                }
            })
            .collect()
    }

    fn furthest(&self) -> u64 {
        let heads = self.members.iter().filter_map(|member| member.health().head);
        heads.map(|(number, _)| number).max().unwrap_or(0)
    }

    fn is_well(&self, health: &Health, furthest: u64) -> bool {
        let fresh = health.head.is_none_or(|(number, since)| {
            since.elapsed() <= self.config.stall_after
                && number.saturating_add(self.config.most_lag) >= furthest
        });
        health.faults == 0 && fresh
    }

    /// Readers, the best first: well before unwell, then by priority, then by faults.
    fn readers(&self) -> Vec<&Member> {
        let furthest = self.furthest();
        let mut members: Vec<_> = self
            .members
            .iter()
            .filter(|member| member.roles.read)
            .map(|member| {
                let health = member.health();
                let rank = (!self.is_well(&health, furthest), member.priority, health.faults);
                (rank, member)
            })
            .collect();
        members.sort_by_key(|(rank, _)| *rank);
        members.into_iter().map(|(_, member)| member).collect()
    }

    /// Asks one node after another until one answers. A refusal is an answer.
    async fn ask<T, F>(&self, ask: impl Fn(&Endpoint) -> F) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let mut last = None;
        for member in self.readers() {
            let outcome = ask(&member.endpoint).await;
            member.note(&outcome);
            match outcome {
                Err(error) if error.is_fault() => last = Some(error),
                other => return other,
            }
        }
        Err(
            last.map_or(CallError::NoneConfigured, |last| CallError::NoneLeft {
                last: last.to_string(),
            }),
        )
    }

    /// Asks the best node, and the next one if it faults.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: impl Serialize + Clone,
    ) -> Result<T, CallError> {
        self.ask(|endpoint| {
            let endpoint = endpoint.clone();
            let params = params.clone();
            async move { endpoint.call(method, params).await }
        })
        .await
    }

    /// The chain's id. Nodes that differ in it are of different chains: see [`Self::chain_ids`].
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn chain_id(&self) -> Result<u64, CallError> {
        let id: U64 = self.call("eth_chainId", ()).await?;
        Ok(id.to())
    }

    /// Each node's chain id, of those that answer.
    pub async fn chain_ids(&self) -> Vec<(String, u64)> {
        let mut ids = Vec::new();
        for member in &self.members {
            let outcome: Result<U64, _> = member.endpoint.call("eth_chainId", ()).await;
            member.note(&outcome);
            if let Ok(id) = outcome {
                ids.push((member.endpoint.name().to_owned(), id.to()));
            }
        }
        ids
    }

    /// Looks at every node's newest block, all at once: whose stands still is known by it.
    pub async fn look(&self) {
        let mut looking = JoinSet::new();
        for (position, member) in self.members.iter().enumerate() {
            let endpoint = member.endpoint.clone();
            looking.spawn(async move {
                let head: Result<Head, CallError> =
                    endpoint.call("eth_getBlockByNumber", (Tag::Latest, false)).await;
                (position, head)
            });
        }
        while let Some(looked) = looking.join_next().await {
            let Ok((position, head)) = looked else {
                continue;
            };
            let member = &self.members[position];
            member.note(&head);
            if let Ok(head) = head {
                Self::note_head(member, &head);
            }
        }
    }

    fn note_head(member: &Member, head: &Head) {
        let mut health = member.health();
        match health.head {
            // The same block: it stands where it stood.
            Some((number, _)) if number == head.number => {}
            _ => health.head = Some((head.number, Instant::now())),
        }
    }

    /// Pins the best node's block at a tag.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn pin(&self, tag: Tag) -> Result<Pinned<'_>, CallError> {
        let mut last = None;
        for member in self.readers() {
            let head: Result<Head, CallError> =
                member.endpoint.call("eth_getBlockByNumber", (tag, false)).await;
            member.note(&head);
            match head {
                Ok(head) => {
                    if tag == Tag::Latest {
                        Self::note_head(member, &head);
                        // It may be well and behind: then one that is further is asked first.
                        let lags = head.number.saturating_add(self.config.most_lag) < self.furthest();
                        if lags && last.is_none() {
                            last = Some(CallError::Malformed {
                                endpoint: member.endpoint.name().to_owned(),
                                method: "eth_getBlockByNumber",
                                detail: format!("block {} is behind the other endpoints", head.number),
                            });
                            continue;
                        }
                    }
                    return Ok(Pinned::new(&member.endpoint, head));
                }
                Err(error) if error.is_fault() => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(
            last.map_or(CallError::NoneConfigured, |last| CallError::NoneLeft {
                last: last.to_string(),
            }),
        )
    }

    /// A transaction's receipt, from whichever node has it: one that has none may be behind.
    ///
    /// # Errors
    /// A [`CallError`] if no node answers at all.
    pub async fn receipt(&self, hash: B256) -> Result<Option<TransactionReceipt>, CallError> {
        let mut answered = false;
        let mut last = None;
        for member in self.readers() {
            let outcome: Result<Option<TransactionReceipt>, CallError> =
                member.endpoint.call("eth_getTransactionReceipt", [hash]).await;
            member.note(&outcome);
            match outcome {
                Ok(Some(receipt)) => return Ok(Some(receipt)),
                Ok(None) => answered = true,
                Err(error) => last = Some(error),
            }
        }
        match last {
            Some(error) if !answered => Err(error),
            _ => Ok(None),
        }
    }

    /// The hash of the block of a number in the best node's chain; none if it has none.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn hash_at(&self, number: u64) -> Result<Option<B256>, CallError> {
        let head: Option<Head> = self
            .call("eth_getBlockByNumber", (Tag::Number(number), false))
            .await?;
        Ok(head.map(|head| head.hash))
    }

    /// What the chain asks for: the next block's base fee, and the tip that half of the gas of the last ten blocks paid.
    ///
    /// # Errors
    /// A [`CallError`].
    pub async fn market(&self) -> Result<Market, CallError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct History {
            #[serde(default)]
            base_fee_per_gas: Vec<U256>,
            #[serde(default)]
            reward: Option<Vec<Vec<U256>>>,
        }
        let history: History = self.call("eth_feeHistory", ("0xa", "latest", [50])).await?;
        let base_fee = history.base_fee_per_gas.last().copied().unwrap_or_default();
        let mut tips: Vec<U256> = history.reward.unwrap_or_default().into_iter().flatten().collect();
        tips.sort_unstable();
        let tip = tips.get(tips.len() / 2).copied().unwrap_or_default();
        Ok(Market {
            base_fee: base_fee.saturating_to(),
            tip: tip.saturating_to(),
        })
    }

    /// Sends a transaction to every node that takes some, all at once.
    pub async fn send(&self, raw: &Bytes) -> Sent {
        let mut sending = JoinSet::new();
        for (position, member) in self.members.iter().enumerate() {
            if member.roles.submit {
                let endpoint = member.endpoint.clone();
                let raw = raw.clone();
                sending.spawn(async move {
                    let outcome: Result<B256, CallError> =
                        endpoint.call("eth_sendRawTransaction", [raw]).await;
                    (position, outcome)
                });
            }
        }
        let mut each = Vec::new();
        while let Some(sent) = sending.join_next().await {
            let Ok((position, outcome)) = sent else {
                continue;
            };
            let member = &self.members[position];
            member.note(&outcome);
            each.push((member.endpoint.name().to_owned(), dialect::outcome(&outcome)));
        }
        each.sort_by(|left, right| left.0.cmp(&right.0));
        let answers = each.iter().map(|(_, answer)| answer.clone());
        Sent {
            answer: answers.reduce(SendAnswer::or).unwrap_or(SendAnswer::Unknown),
            each,
        }
    }
}
