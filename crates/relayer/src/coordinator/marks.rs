//! What was known at blocks that may be gone back to: a reorg and a start read only the logs that came after.

use std::collections::VecDeque;

use alloy_primitives::B256;
use causeway_journal::{Header, Timestamp};
use tracing::{info, warn};

use super::{Coordinator, CoordinatorError, Stored};
use crate::known::{Deployment, Known};

/// How many blocks with logs are remembered before the oldest is forgotten.
const MOST: usize = 64;

/// The newest blocks with logs, in order, and what was known after each.
#[derive(Debug, Default)]
pub(super) struct Marks {
    marks: VecDeque<Mark>,
    /// [`Known::weight`] of the newest that is in the journal.
    kept: u64,
}

/// What was known after a block.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) block: u64,
    pub(super) hash: B256,
    pub(super) known: Known,
}

impl Marks {
    /// Takes note of what is known after a block.
    pub(super) fn push(&mut self, header: &Header, known: &Known) {
        self.marks.push_back(Mark {
            block: header.number,
            hash: header.hash,
            known: known.clone(),
        });
        if self.marks.len() > MOST {
            self.marks.pop_front();
        }
    }

    /// Forgets what came after a block, and gives what was known there or before.
    pub(super) fn back_to(&mut self, block: u64) -> Option<(u64, Known)> {
        self.marks.retain(|mark| mark.block <= block);
        self.marks.back().map(|mark| (mark.block, mark.known.clone()))
    }

    /// Forgets what is older than the newest one that is final: nothing goes back behind that.
    pub(super) fn finalize(&mut self, block: u64) {
        let is_final = |mark: &Mark| mark.block <= block;
        while self.marks.get(1).is_some_and(is_final) {
            self.marks.pop_front();
        }
    }

    /// What is worth keeping: the newest that is final, if a start without it would read too much again.
    fn due(&self, finalized: u64, least: u64) -> Option<Mark> {
        let last = self.marks.iter().rev().find(|mark| mark.block <= finalized)?;
        (last.known.weight() >= self.kept.saturating_add(least)).then(|| last.clone())
    }

    pub(super) const fn kept(&mut self, weight: u64) {
        self.kept = weight;
    }
}

impl Coordinator {
    /// Keeps what is known after a final block in the journal, if a start without it would read at least so many logs and settled
    /// certificates again; which block that is.
    ///
    /// # Errors
    /// A [`CoordinatorError`].
    pub fn keep_snapshot(&self, least: u64, now: Timestamp) -> Result<Option<u64>, CoordinatorError> {
        let (chain, mark) = {
            let inner = self.lock();
            let Some(known) = &inner.known else {
                return Ok(None);
            };
            let Some(mark) = inner.marks.due(inner.heights.finalized, least) else {
                return Ok(None);
            };
            (known.deployment().chain_id, mark)
        };
        // Long ones take a while, and nobody waits for them. If L1 goes back behind that block meanwhile, it stands under a hash that is
        // not there, and is not read.
        let bytes = mark.known.to_bytes();
        self.journal.change(now, |change| {
            change.keep_snapshot(chain, mark.block, mark.hash, &bytes)
        })?;
        self.lock().marks.kept(mark.known.weight());
        info!(block = mark.block, bytes = bytes.len(), "what is known is kept");
        Ok(Some(mark.block))
    }

    /// What was kept, if it can be read, and its block.
    pub(super) fn kept_snapshot(
        &self,
        deployment: Deployment,
    ) -> Result<Option<(u64, Known)>, CoordinatorError> {
        let chain = deployment.chain_id;
        while let Some(snapshot) = self.journal.read(|view| view.newest_snapshot(chain))? {
            let block = snapshot.block;
            let read = match &snapshot.bytes {
                Ok(bytes) => Known::from_bytes(deployment, bytes).map_err(|error| error.to_string()),
                Err(damaged) => Err(damaged.to_string()),
            };
            match read {
                Ok(mut known) => {
                    known.catch_up(&Stored(&self.journal));
                    return Ok(Some((block, known)));
                }
                Err(why) => {
                    warn!(block, why, "what was kept is not read: its logs are");
                    let now = crate::clock::now();
                    self.journal
                        .change(now, |change| change.drop_snapshot(chain, block))?;
                }
            }
        }
        Ok(None)
    }
}
