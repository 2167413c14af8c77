//! The claims of one destination in the journal: which there are, and which of them anybody can make.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use alloy_primitives::{Address, hex};
use causeway_journal::{ClaimKey, ClaimRecord, ClaimStanding, Journal, JournalError, Timestamp};
use causeway_types::{EMPTY_METADATA_HASH, GlobalIndex, LeafType, NetworkId, TokenId};
use serde::Serialize;

use super::chain::Generation;
use super::trees::Trees;
use crate::network::Sent;

/// How many claims are read or written at once.
const PAGE: u32 = 1_000;

/// The claims of one destination.
#[derive(Debug)]
pub struct Book {
    destination: NetworkId,
    trees: Arc<Trees>,
    journal: Arc<Journal>,
    /// How far each source's exits, and the destination's own claims, are written down since the process began.
    done: Mutex<Done>,
}

#[derive(Debug, Default)]
struct Done {
    exits: BTreeMap<NetworkId, (Generation, usize)>,
    claims: Option<(Generation, usize)>,
}

/// What is new of a bridge.
struct News<T> {
    generation: Generation,
    /// Whether what was written down before may be gone.
    anew: bool,
    new: Vec<T>,
    count: usize,
}

impl Book {
    /// Of a destination.
    pub fn new(destination: NetworkId, trees: Arc<Trees>, journal: Arc<Journal>) -> Self {
        Self {
            destination,
            trees,
            journal,
            done: Mutex::default(),
        }
    }

    /// The destination.
    pub const fn destination(&self) -> NetworkId {
        self.destination
    }

    /// What claims follow from.
    pub const fn trees(&self) -> &Arc<Trees> {
        &self.trees
    }

    /// The journal.
    pub const fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    fn done<T>(&self, with: impl FnOnce(&mut Done) -> T) -> T {
        with(&mut self.done.lock().unwrap_or_else(PoisonError::into_inner))
    }

    const fn key(&self, index: GlobalIndex) -> ClaimKey {
        ClaimKey {
            origin: index.source(),
            destination: self.destination,
            deposit: index.leaf_index(),
        }
    }

    /// Writes down what the chains tell.
    ///
    /// # Errors
    /// One of the journal.
    pub fn round(&self, now: Timestamp) -> Result<(), JournalError> {
        for source in self.trees.networks() {
            if source != self.destination {
                self.note_exits(source, now)?;
            }
        }
        self.note_claims(now)?;
        self.note_claimable(now)
    }

    fn note_exits(&self, source: NetworkId, now: Timestamp) -> Result<(), JournalError> {
        let before = self.done(|done| done.exits.get(&source).copied());
        let news = self.trees.bridge(source, |bridge| {
            let anew = before.is_none_or(|(generation, _)| generation != bridge.generation);
            let from = before.map_or(0, |(_, count)| if anew { 0 } else { count });
            let exits = bridge.log.exits();
            // Fewer than before: some were taken back.
            let from = if from > exits.len() { 0 } else { from };
            let new = exits[from..]
                .iter()
                .filter(|sent| sent.exit.destination_network == self.destination);
            News {
                generation: bridge.generation,
                anew: anew || from == 0,
                new: new.cloned().collect(),
                count: exits.len(),
            }
        });
        let Some(news) = news else {
            return Ok(());
        };
        if news.anew {
            self.forget_gone(source, &news.new, now)?;
        }
        for page in news.new.chunks(PAGE as usize) {
            self.journal.change(now, |change| {
                for sent in page {
                    change.see_claim(self.key(sent.index), sent.index.into(), &leaf(sent))?;
                }
                Ok::<_, JournalError>(())
            })?;
        }
        self.done(|done| done.exits.insert(source, (news.generation, news.count)));
        Ok(())
    }

    /// A reorg may have taken exits away, or have made others of them.
    fn forget_gone(&self, source: NetworkId, there: &[Sent], now: Timestamp) -> Result<(), JournalError> {
        let there: BTreeMap<u32, String> = there
            .iter()
            .map(|sent| (sent.index.leaf_index(), leaf(sent)))
            .collect();
        let mut from = 0;
        loop {
            let known = self
                .journal
                .read(|view| view.claims_of(source, self.destination, from, PAGE))?;
            let Some(last) = known.last().map(|record| record.key.deposit) else {
                return Ok(());
            };
            let gone: Vec<_> = known
                .iter()
                .filter(|record| there.get(&record.key.deposit) != Some(&record.leaf))
                .collect();
            if !gone.is_empty() {
                self.journal.change(now, |change| {
                    gone.iter().try_for_each(|record| change.forget_claim(record.key))
                })?;
            }
            let Some(next) = last.checked_add(1) else {
                return Ok(());
            };
            from = next;
        }
    }

    /// What the destination shows claimed. What is being sent for is left to whoever sends it: it knows who made the claim.
    fn note_claims(&self, now: Timestamp) -> Result<(), JournalError> {
        let before = self.done(|done| done.claims);
        let news = self.trees.bridge(self.destination, |bridge| {
            let anew = before.is_none_or(|(generation, _)| generation != bridge.generation);
            let claims = bridge.log.claims();
            let from = before.map_or(0, |(_, count)| if anew { 0 } else { count });
            News {
                generation: bridge.generation,
                anew,
                new: claims
                    .get(from..)
                    .unwrap_or(claims)
                    .iter()
                    .map(|claim| claim.index)
                    .collect(),
                count: claims.len(),
            }
        });
        let Some(news) = news else {
            return Ok(());
        };
        if news.anew {
            self.take_back(now)?;
        }
        let mut claimed = Vec::new();
        self.journal.read(|view| {
            for &index in &news.new {
                let known = view.claim(self.key(index))?;
                claimed.extend(known.filter(|known| is_open(known.standing)));
            }
            Ok::<_, JournalError>(())
        })?;
        self.write_claimed(&claimed, now)?;
        self.done(|done| done.claims = Some((news.generation, news.count)));
        Ok(())
    }

    fn write_claimed(&self, claimed: &[ClaimRecord], now: Timestamp) -> Result<(), JournalError> {
        for page in claimed.chunks(PAGE as usize) {
            self.journal.change(now, |change| {
                page.iter().try_for_each(|record| {
                    let detail = "somebody else claimed it";
                    change.move_claim(
                        record.key,
                        ClaimStanding::Claimed,
                        Some("by_others"),
                        Some(detail),
                    )
                })
            })?;
        }
        Ok(())
    }

    /// A reorg may have taken claims back.
    fn take_back(&self, now: Timestamp) -> Result<(), JournalError> {
        let claimed = self
            .journal
            .read(|view| view.claims(Some(self.destination), Some(ClaimStanding::Claimed), u32::MAX))?;
        let gone: Option<Vec<_>> = self.trees.bridge(self.destination, |bridge| {
            let gone = claimed.iter().filter(|record| {
                let index = GlobalIndex::new(record.key.origin, record.key.deposit);
                !bridge.claimed.contains(&index)
            });
            gone.map(|record| record.key).collect()
        });
        let gone = gone.unwrap_or_default();
        if gone.is_empty() {
            return Ok(());
        }
        self.journal.change(now, |change| {
            gone.iter().try_for_each(|&key| {
                let detail = "its claim left the chain";
                change.move_claim(key, ClaimStanding::Seen, Some("reorg"), Some(detail))
            })
        })
    }

    /// What the destination was told a root for, and why not.
    fn note_claimable(&self, now: Timestamp) -> Result<(), JournalError> {
        let seen = self
            .journal
            .read(|view| view.claims(Some(self.destination), Some(ClaimStanding::Seen), u32::MAX))?;
        if seen.is_empty() {
            return Ok(());
        }
        let root = self.trees.root_at(self.destination);
        let newest = self.trees.root_at(NetworkId::MAINNET);
        let claimed = self
            .trees
            .bridge(self.destination, |bridge| bridge.claimed.clone());
        let mut moves = Vec::new();
        for record in &seen {
            let index = GlobalIndex::new(record.key.origin, record.key.deposit);
            let covers = |root: &Option<_>| {
                root.as_ref()
                    .is_some_and(|root: &crate::network::GlobalRoot| root.covers(index))
            };
            let is_claimed = claimed.as_ref().is_some_and(|claimed| claimed.contains(&index));
            let (to, code) = if is_claimed {
                (ClaimStanding::Claimed, Some("by_others"))
            } else if covers(&root) {
                (ClaimStanding::Claimable, None)
            } else if covers(&newest) {
                (ClaimStanding::Seen, Some("not_pushed"))
            } else {
                (ClaimStanding::Seen, Some("not_settled"))
            };
            if to != record.standing || code != record.code.as_deref() {
                moves.push((record.key, to, code, detail(code)));
            }
        }
        for page in moves.chunks(PAGE as usize) {
            self.journal.change(now, |change| {
                page.iter()
                    .try_for_each(|&(key, to, code, detail)| change.move_claim(key, to, code, detail))
            })?;
        }
        Ok(())
    }
}

/// Whether somebody else's claim ends it here: what is being sent for is left to whoever sends it.
const fn is_open(standing: ClaimStanding) -> bool {
    !matches!(standing, ClaimStanding::Claimed | ClaimStanding::Sending)
}

fn detail(code: Option<&str>) -> Option<&'static str> {
    match code {
        Some("by_others") => Some("somebody else claimed it"),
        Some("not_pushed") => Some("it is settled, and its destination was told no root that covers it"),
        Some("not_settled") => Some("L1 knows no root that covers it"),
        _ => None,
    }
}

/// An exit as LxLy's JSON has it.
#[derive(Serialize)]
struct Leaf {
    leaf_type: LeafType,
    token_info: TokenId,
    dest_network: NetworkId,
    dest_address: Address,
    amount: String,
    metadata: Option<String>,
}

/// An exit as the journal has it.
fn leaf(sent: &Sent) -> String {
    let exit = sent.exit;
    let leaf = Leaf {
        leaf_type: exit.leaf_type,
        token_info: exit.token,
        dest_network: exit.destination_network,
        dest_address: exit.destination_address,
        amount: exit.amount.to_string(),
        metadata: (exit.metadata_hash != EMPTY_METADATA_HASH).then(|| hex::encode(exit.metadata_hash)),
    };
    serde_json::to_string(&leaf).unwrap_or_default()
}
