//! What a bridge did, as its logs tell: exits and claims, in order and without gaps.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{SolEvent, SolValue};
use causeway_bindings::{SharedBridge, SharedBridgeL2};
use causeway_ledger::{ExitTree, ShadowTree, shadow_leaf};
use causeway_types::{Exit, ExitRoot, GlobalIndex, LeafType, NetworkId, TokenId, TypesError};

use super::claimed::{ClaimDetails, Claimed};
use super::error::NetworkError;
use crate::state::{LogJson, StateError, decode, exit_of, value};

/// An exit, with what its leaf only hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Where it stands.
    pub index: GlobalIndex,
    /// What its leaf hashes.
    pub exit: Exit,
    /// What the metadata hash is of.
    pub metadata: Bytes,
}

/// A network's bridge, as far as its logs were read. It begins with the bridge's first log: what came before is part of every root.
#[derive(Clone, Debug)]
pub struct BridgeLog {
    network: NetworkId,
    bridge: Address,
    exits: Vec<Sent>,
    tree: ExitTree,
    claims: Vec<Claimed>,
    /// The bridge's chain of claims.
    chain: B256,
    /// What the chain is said to become with the claim that comes next.
    announced: Option<(U256, B256)>,
    cursor: Option<(u64, u64)>,
}

impl BridgeLog {
    /// A bridge of which no log was read.
    pub fn new(network: NetworkId, bridge: Address) -> Self {
        Self {
            network,
            bridge,
            exits: Vec::new(),
            tree: ExitTree::new(),
            claims: Vec::new(),
            chain: B256::ZERO,
            announced: None,
            cursor: None,
        }
    }

    /// A bridge with these logs, in whatever order they come, those of others among them. A log that is there twice counts once.
    ///
    /// # Errors
    /// A [`NetworkError`], of the first log that is wrong.
    pub fn of(network: NetworkId, bridge: Address, logs: &[LogJson]) -> Result<Self, NetworkError> {
        let mut log = Self::new(network, bridge);
        for next in in_order(logs) {
            log.take(next)?;
        }
        Ok(log)
    }

    /// Takes the next log; others' are passed over. A log that is refused changes nothing.
    ///
    /// # Errors
    /// A [`NetworkError`] if it is malformed, was removed, or does not follow the ones before.
    pub fn take(&mut self, log: &LogJson) -> Result<(), NetworkError> {
        let Some(&topic) = log.topics.first().filter(|_| log.address == self.bridge) else {
            return Ok(());
        };
        let place = (log.block_number, log.log_index);
        if log.removed {
            let (block, index) = place;
            return Err(StateError::Removed { block, index }.into());
        }
        if let Some(after) = self.cursor.filter(|&after| after >= place) {
            let (block, index) = place;
            return Err(NetworkError::OutOfOrder { block, index, after });
        }
        match topic {
            SharedBridge::BridgeEvent::SIGNATURE_HASH => self.exited(log, decode(log, topic)?)?,
            SharedBridge::UpdatedClaimedGlobalIndexHashChain::SIGNATURE_HASH => {
                let event = decode::<SharedBridge::UpdatedClaimedGlobalIndexHashChain>(log, topic)?;
                self.announced = Some((
                    event.claimedGlobalIndex.into(),
                    event.newClaimedGlobalIndexHashChain,
                ));
            }
            SharedBridge::ClaimEvent::SIGNATURE_HASH => self.claimed(log, &decode(log, topic)?)?,
            SharedBridgeL2::DetailedClaimEvent::SIGNATURE_HASH => {
                let event = decode::<SharedBridgeL2::DetailedClaimEvent>(log, topic)?;
                let index = value(log, || GlobalIndex::try_from(event.globalIndex))?;
                self.detail(index, ClaimDetails::of_event(event));
            }
            SharedBridgeL2::UpdatedUnsetGlobalIndexHashChain::SIGNATURE_HASH => {
                let event = decode::<SharedBridgeL2::UpdatedUnsetGlobalIndexHashChain>(log, topic)?;
                let index = value(log, || {
                    GlobalIndex::try_from(Into::<U256>::into(event.unsetGlobalIndex))
                })?;
                if let Some(at) = self.claims.iter().rposition(|claim| claim.index == index) {
                    self.claims.remove(at);
                }
            }
            SharedBridgeL2::BackwardLET::SIGNATURE_HASH => self.went_back(log, &decode(log, topic)?)?,
            SharedBridgeL2::ForwardLET::SIGNATURE_HASH => self.went_forward(log, &decode(log, topic)?)?,
            _ => {}
        }
        self.cursor = Some(place);
        Ok(())
    }

    fn exited(&mut self, log: &LogJson, event: SharedBridge::BridgeEvent) -> Result<(), NetworkError> {
        self.check_count(log, event.depositCount.into())?;
        let exit = value(log, || exit_of(&event))?;
        self.push(exit, event.metadata)
    }

    fn check_count(&self, log: &LogJson, got: u64) -> Result<(), NetworkError> {
        let expected = self.exits.len() as u64;
        if got == expected {
            return Ok(());
        }
        Err(NetworkError::ExitGap {
            network: self.network,
            block: log.block_number,
            got,
            expected,
        })
    }

    fn push(&mut self, exit: Exit, metadata: Bytes) -> Result<(), NetworkError> {
        let leaf = self.tree.append(exit.leaf()).map_err(NetworkError::Refused)?;
        self.exits.push(Sent {
            index: GlobalIndex::new(self.network, leaf),
            exit,
            metadata,
        });
        Ok(())
    }

    fn claimed(&mut self, log: &LogJson, event: &SharedBridge::ClaimEvent) -> Result<(), NetworkError> {
        let index = value(log, || GlobalIndex::try_from(event.globalIndex))?;
        let link = match self.announced {
            Some((announced, after)) if announced == event.globalIndex => Some((self.chain, after)),
            // L1 keeps no chain of its claims.
            _ if self.network.is_mainnet() => None,
            _ => {
                return Err(NetworkError::ClaimUnlinked {
                    block: log.block_number,
                    index: log.log_index,
                });
            }
        };
        if let Some((_, after)) = link {
            self.chain = after;
        }
        self.announced = None;
        self.claims.push(Claimed {
            index,
            token: TokenId {
                network: NetworkId::new(event.originNetwork),
                address: event.originAddress,
            },
            destination_address: event.destinationAddress,
            amount: event.amount,
            transaction: log.transaction_hash,
            link,
            details: None,
        });
        Ok(())
    }

    /// Gives the newest claim of an exit its details, if they are its own and it has none. Whoever claims through a contract can call
    /// that with anything.
    fn detail(&mut self, index: GlobalIndex, details: ClaimDetails) -> bool {
        let newest = self.claims.iter_mut().rev().find(|claim| claim.index == index);
        let Some(claim) = newest.filter(|claim| claim.details.is_none()) else {
            return false;
        };
        let own = claim.is_of(&details.exit) && claim.is_linked(&details.exit) && details.leads(index);
        if own {
            claim.details = Some(details);
        }
        own
    }

    /// Takes in what a call that made claims said, and says of how many of them that was not known. Bridges do not log all of a message.
    ///
    /// # Errors
    /// [`NetworkError::Value`] of a claim of an exit that cannot be.
    pub fn take_call(&mut self, input: &[u8]) -> Result<usize, NetworkError> {
        let claims = ClaimDetails::of_call(self.network, input)?;
        let taken = claims
            .into_iter()
            .filter(|(index, details)| self.detail(*index, details.clone()));
        Ok(taken.count())
    }

    /// The last exits were taken back.
    fn went_back(&mut self, log: &LogJson, event: &SharedBridgeL2::BackwardLET) -> Result<(), NetworkError> {
        self.check_count(log, event.previousDepositCount.saturating_to())?;
        let kept = event.newDepositCount.saturating_to::<usize>();
        let mut shorter = Self::new(self.network, self.bridge);
        for sent in self.exits.iter().take(kept) {
            shorter.push(sent.exit, sent.metadata.clone())?;
        }
        self.rewrite(log, shorter, event.newRoot)
    }

    /// Exits were made by hand.
    fn went_forward(
        &mut self,
        log: &LogJson,
        event: &SharedBridgeL2::ForwardLET,
    ) -> Result<(), NetworkError> {
        self.check_count(log, event.previousDepositCount.saturating_to())?;
        let leaves = Vec::<SharedBridgeL2::LeafData>::abi_decode(&event.newLeaves);
        let leaves = leaves.map_err(|source| StateError::Malformed {
            topic: SharedBridgeL2::ForwardLET::SIGNATURE_HASH,
            block: log.block_number,
            index: log.log_index,
            source: Box::new(source),
        })?;
        let mut longer = Self {
            exits: self.exits.clone(),
            tree: self.tree.clone(),
            ..Self::new(self.network, self.bridge)
        };
        for leaf in leaves {
            let exit = value(log, || -> Result<Exit, TypesError> {
                Ok(Exit {
                    leaf_type: LeafType::try_from(leaf.leafType)?,
                    token: TokenId {
                        network: NetworkId::new(leaf.originNetwork),
                        address: leaf.originAddress,
                    },
                    destination_network: NetworkId::new(leaf.destinationNetwork),
                    destination_address: leaf.destinationAddress,
                    amount: leaf.amount,
                    metadata_hash: alloy_primitives::keccak256(&leaf.metadata),
                })
            })?;
            longer.push(exit, leaf.metadata)?;
        }
        self.rewrite(log, longer, event.newRoot)
    }

    fn rewrite(&mut self, log: &LogJson, rewritten: Self, declared: B256) -> Result<(), NetworkError> {
        let (declared, computed) = (ExitRoot::new(declared), rewritten.tree.root());
        if declared != computed {
            return Err(NetworkError::ExitsRewritten {
                network: self.network,
                block: log.block_number,
                declared,
                computed,
            });
        }
        (self.exits, self.tree) = (rewritten.exits, rewritten.tree);
        Ok(())
    }

    /// The network.
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// The bridge.
    pub const fn bridge(&self) -> Address {
        self.bridge
    }

    /// Its exits, in order.
    pub fn exits(&self) -> &[Sent] {
        &self.exits
    }

    /// The tree of them.
    pub const fn tree(&self) -> &ExitTree {
        &self.tree
    }

    /// The same tree as circuits open it: it costs some hashes of Poseidon for each exit.
    ///
    /// # Errors
    /// None: there are not too many.
    pub fn shadow(&self) -> Result<ShadowTree, NetworkError> {
        let mut shadow = ShadowTree::new();
        let leaves: Vec<_> = self.exits.iter().map(|sent| shadow_leaf(&sent.exit)).collect();
        shadow.extend(&leaves).map_err(NetworkError::Refused)?;
        Ok(shadow)
    }

    /// What was claimed on it, in order.
    pub fn claims(&self) -> &[Claimed] {
        &self.claims
    }

    /// Claims of which the logs do not say all. The calls that made them may: see [`Self::take_call`].
    pub fn undetailed(&self) -> impl Iterator<Item = &Claimed> {
        self.claims.iter().filter(|claim| claim.details.is_none())
    }

    /// Block and number of the last log that was its own: where reading goes on.
    pub const fn cursor(&self) -> Option<(u64, u64)> {
        self.cursor
    }
}

/// Logs in the order of their chain, each once.
pub(super) fn in_order(logs: &[LogJson]) -> Vec<&LogJson> {
    let mut logs: Vec<&LogJson> = logs.iter().collect();
    logs.sort_by_key(|log| (log.block_number, log.log_index));
    logs.dedup();
    logs
}
