//! Following L1: its logs, how far it is, and what that means for what was settled.

use std::collections::VecDeque;
use std::time::Duration;

use alloy_primitives::{B256, FixedBytes, U256};
use causeway_journal::{
    Change, EpochStanding, Header, JournalError, Reason, ReasonClass, Standing, StoredLog, Timestamp,
};
use causeway_types::NetworkId;

use super::marks::Marks;
use super::{Coordinator, CoordinatorError, Inner, Stored};
use crate::known::{Deployment, Known, Settled};
use crate::state::LogJson;

/// The name of the cursor that says up to which block settlements are written down as final.
const FINAL: &str = "final";

/// How many logs are read of the journal at once.
const PAGE: u32 = 10_000;

/// How far L1 is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heights {
    /// The newest block that was read, and when it was made in seconds.
    pub head: Option<(u64, u64)>,
    /// Up to which block a settlement counts as settled.
    pub settled: u64,
    /// Up to which block L1 is final.
    pub finalized: u64,
    /// How much gas a block of L1 has; nothing if L1 does not say.
    pub gas_limit: Option<u64>,
}

impl Heights {
    /// A time, but not after what L1 has got to and a minute more: where the chain stands still nobody is late.
    pub(super) fn no_later(&self, now: Timestamp) -> Timestamp {
        self.head.map_or(now, |(_, timestamp)| {
            let most = Timestamp::from_millis(timestamp.saturating_mul(1_000)).after(Duration::from_secs(60));
            now.min(most)
        })
    }

    /// The earliest time at which an epoch that is closed now settles, in seconds; L1's clock may be ahead of ours.
    pub(super) fn settles_at(&self, now: Timestamp, margin: Duration) -> u64 {
        let chain = self.head.map_or(0, |(_, timestamp)| timestamp);
        now.seconds().max(chain).saturating_add(margin.as_secs())
    }

    /// Whether L1 has finalized a certificate that it has.
    pub(super) fn is_final(&self, settled: &VecDeque<Settled>, network: NetworkId, height: u64) -> bool {
        !settled.iter().any(|epoch| {
            epoch.block > self.finalized
                && epoch
                    .entries
                    .iter()
                    .any(|(entry, _)| entry.network == network && entry.height == height)
        })
    }
}

impl Coordinator {
    /// Reads what the journal has of L1, for a deployment that is known now: the logs that came after a block at which everything was
    /// kept, which is given, or all.
    ///
    /// # Errors
    /// A [`CoordinatorError`]; after [`CoordinatorError::Known`] L1 has to be read anew: see [`Self::reread`].
    pub fn begin(&self, deployment: Deployment) -> Result<Option<u64>, CoordinatorError> {
        let start = self.kept_snapshot(deployment)?;
        let block = start.as_ref().map(|(block, _)| *block);
        let weight = weight_of(start.as_ref());
        let settled = self.lock().settled.clone();
        // Without the lock: it may take long, and whoever asks how it goes is answered.
        let mut past = self.past(deployment, start, settled)?;
        let mut inner = self.lock();
        // Certificates may have been mended meanwhile.
        past.0.catch_up(&Stored(&self.journal));
        inner.marks = Marks::default();
        inner.marks.kept(weight);
        inner.begin_with(past);
        Ok(block)
    }

    /// Reads the journal's logs, all of them or those that came after a block at which everything is known.
    fn past(
        &self,
        deployment: Deployment,
        start: Option<(u64, Known)>,
        mut settled: VecDeque<Settled>,
    ) -> Result<(Known, VecDeque<Settled>), CoordinatorError> {
        let chain = deployment.chain_id;
        let (mut last, mut known) = match start {
            Some((block, known)) => (Some(block), known),
            None => (None, Known::new(deployment)),
        };
        let done = self.journal.read(|view| view.cursor(chain, FINAL))?;
        let done = done.map_or(0, |(block, _)| block);
        // Those up to where it begins are known, and no log tells of them again.
        settled.retain(|epoch| epoch.block > done && last.is_some_and(|last| epoch.block <= last));
        loop {
            // Whole blocks: a page ends where a block does.
            let logs = self.journal.read(|view| view.logs_above(chain, last, PAGE))?;
            let Some(newest) = logs.last().map(|log| log.block) else {
                break;
            };
            let full = logs.len() == PAGE as usize;
            let first = logs.first().map_or(newest, |log| log.block);
            let until = if full && first < newest {
                newest - 1
            } else {
                newest
            };
            for log in logs.iter().filter(|log| log.block <= until) {
                let log = parse(log)?;
                if let Some(epoch) = known.take(&log, &Stored(&self.journal))?
                    && epoch.block > done
                {
                    settled.push_back(epoch);
                }
            }
            last = Some(until);
        }
        Ok((known, settled))
    }

    /// Forgets all that was read of L1, from a block on, and begins anew.
    ///
    /// # Errors
    /// A [`CoordinatorError`].
    pub fn reread(&self, deployment: Deployment, first: u64) -> Result<(), CoordinatorError> {
        let now = crate::clock::now();
        self.journal.change(now, |change| {
            change.shorten_chain(deployment.chain_id, first.saturating_sub(1))
        })?;
        let mut past = self.past(deployment, None, VecDeque::new())?;
        let mut inner = self.lock();
        past.0.catch_up(&Stored(&self.journal));
        inner.marks = Marks::default();
        inner.begin_with(past);
        Ok(())
    }

    /// Takes in a part of L1: its logs, the header under which they were read.
    ///
    /// # Errors
    /// A [`CoordinatorError`]; nothing is changed by it.
    pub fn extend(
        &self,
        header: Header,
        logs: &[LogJson],
        now: Timestamp,
    ) -> Result<usize, CoordinatorError> {
        let mut inner = self.lock();
        let Some(known) = &inner.known else {
            return Err(CoordinatorError::NotReady);
        };
        let deployment = *known.deployment();
        if logs.is_empty() {
            let chain = deployment.chain_id;
            self.journal
                .change(now, |change| change.extend_chain(chain, &header, &[]))?;
            return Ok(0);
        }
        let mut next = known.clone();
        let mut settled = Vec::new();
        let mut stored = Vec::new();
        for log in logs {
            settled.extend(next.take(log, &Stored(&self.journal))?);
            stored.push(StoredLog {
                block: log.block_number,
                position: log.log_index,
                block_hash: log.block_hash.unwrap_or_default(),
                address: log.address,
                log: serde_json::to_string(log).unwrap_or_default(),
            });
        }
        self.journal.change(now, |change| {
            change.extend_chain(deployment.chain_id, &header, &stored)
        })?;
        inner.marks.push(&header, &next);
        inner.known = Some(next);
        inner.settled.extend(settled);
        inner.judged = None;
        Ok(stored.len())
    }

    /// A reorg: forgets what was read above a block.
    ///
    /// # Errors
    /// A [`CoordinatorError`].
    pub fn shorten(&self, last: u64, now: Timestamp) -> Result<(), CoordinatorError> {
        let mut inner = self.lock();
        let Some(known) = &inner.known else {
            return Err(CoordinatorError::NotReady);
        };
        let deployment = *known.deployment();
        self.journal.change(now, |change| {
            let chain = deployment.chain_id;
            if let Some(newest) = change.view().newest_header(chain)?
                && newest.number > last
            {
                change.note_reorg(chain, newest.number - last)?;
            }
            change.shorten_chain(chain, last)?;
            // What was final is not: it is written down again when L1 has it again.
            if let Some((block, hash)) = change.view().cursor(chain, FINAL)?
                && block > last
            {
                change.set_cursor(chain, FINAL, last, hash)?;
            }
            Ok::<_, JournalError>(())
        })?;
        let mut start = inner.marks.back_to(last);
        if let Some((_, known)) = &mut start {
            known.catch_up(&Stored(&self.journal));
        } else {
            // Further than is remembered.
            inner.settled.clear();
            start = self.kept_snapshot(deployment)?;
            inner.marks.kept(weight_of(start.as_ref()));
        }
        match self.past(deployment, start, inner.settled.clone()) {
            Ok(past) => {
                inner.begin_with(past);
                Ok(())
            }
            Err(error) => {
                // What is kept does not read: it is begun anew.
                inner.known = None;
                Err(error)
            }
        }
    }

    /// Takes note of how far L1 is and what it verifies, and writes down what that settles, finalizes or takes back.
    ///
    /// # Errors
    /// A [`CoordinatorError`].
    pub fn note_heights(
        &self,
        heights: Heights,
        program: Option<(U256, FixedBytes<4>)>,
        now: Timestamp,
    ) -> Result<(), CoordinatorError> {
        let mut inner = self.lock();
        inner.heights = heights;
        if program.is_some() {
            inner.program = program;
        }
        let Some(known) = &inner.known else {
            return Ok(());
        };
        let chain = known.deployment().chain_id;
        let settled = &inner.settled;
        let moved = self.journal.change(now, |change| {
            let mut moved = false;
            for epoch in settled {
                moved |= write_down(change, epoch, &heights)?;
            }
            moved |= take_back(change, settled, &heights)?;
            let cursor = change.view().cursor(chain, FINAL)?.map_or(0, |(block, _)| block);
            if heights.finalized > cursor {
                change.set_cursor(chain, FINAL, heights.finalized, B256::ZERO)?;
            }
            Ok::<_, JournalError>(moved)
        });
        let moved = self.without_damage(moved, now)?;
        inner.settled.retain(|epoch| epoch.block > heights.finalized);
        inner.marks.finalize(heights.finalized);
        if moved {
            inner.judged = None;
        }
        Ok(())
    }

    /// How far L1 is.
    pub fn heights(&self) -> Heights {
        self.lock().heights
    }

    /// What L1 verifies.
    pub fn program(&self) -> Option<(U256, FixedBytes<4>)> {
        self.lock().program
    }
}

impl Inner {
    fn begin_with(&mut self, (known, settled): (Known, VecDeque<Settled>)) {
        self.known = Some(known);
        self.settled = settled;
        self.judged = None;
    }
}

fn weight_of(start: Option<&(u64, Known)>) -> u64 {
    start.map_or(0, |(_, known)| known.weight())
}

fn parse(log: &StoredLog) -> Result<LogJson, CoordinatorError> {
    serde_json::from_str(&log.log).map_err(|_| {
        CoordinatorError::Journal(JournalError::Damaged {
            table: "logs",
            column: "log",
            row: None,
        })
    })
}

/// An epoch that L1 has: its certificates, and ours that are it, stand where L1 has got to.
fn write_down(change: &Change<'_>, settled: &Settled, heights: &Heights) -> Result<bool, JournalError> {
    let (standing, epoch_standing) = if settled.block <= heights.finalized {
        (Standing::Finalized, EpochStanding::Finalized)
    } else if settled.block <= heights.settled {
        (Standing::Settled, EpochStanding::Settled)
    } else {
        return Ok(false);
    };
    let mut moved = false;
    let ours = change.view().epoch_after(settled.commitment)?;
    if let Some(epoch) = ours
        && epoch.standing != epoch_standing
        && epoch.submission.is_some()
        && is_whole(change, settled, &epoch.certificates)?
    {
        let path: &[EpochStanding] = match (epoch.standing, epoch_standing) {
            (EpochStanding::Proven | EpochStanding::Abandoned, EpochStanding::Finalized) => {
                &[EpochStanding::Settled, EpochStanding::Finalized]
            }
            (EpochStanding::Finalized, _) => &[],
            _ => &[epoch_standing],
        };
        for &to in path {
            change.move_epoch(epoch.id, to, None)?;
            moved = true;
        }
    }
    for id in settled.entries.iter().filter_map(|(_, id)| *id) {
        moved |= settle(change, id, standing)?;
    }
    Ok(moved)
}

/// Whether the certificates of an epoch of ours are those that L1 settled.
fn is_whole(change: &Change<'_>, settled: &Settled, certificates: &[B256]) -> Result<bool, JournalError> {
    let mut there: Vec<_> = settled.entries.iter().filter_map(|(_, id)| *id).collect();
    let mut ours = certificates.to_vec();
    there.sort_unstable();
    ours.sort_unstable();
    // Another epoch may have taken them meanwhile.
    for &id in certificates {
        if let Some(other) = change.view().epoch_of(id)?
            && other.certificates != certificates
        {
            return Ok(false);
        }
    }
    Ok(there == ours)
}

/// A certificate that L1 has, whoever settled it.
fn settle(change: &Change<'_>, id: B256, to: Standing) -> Result<bool, JournalError> {
    let Some(from) = change.view().standing(id)? else {
        return Ok(false);
    };
    if from == to || from == Standing::Finalized {
        return Ok(false);
    }
    if !from.is_settled() {
        // One of another epoch of ours, which therefore cannot settle any more.
        if let Some(epoch) = change.view().epoch_of(id)?
            && epoch.standing.is_open()
        {
            change.move_epoch(epoch.id, EpochStanding::Abandoned, Some(&overtaken()))?;
        }
        if from.is_dead()
            && let Some(record) = change.view().certificate(id)?
            && let Some(live) = change
                .view()
                .live_certificate(record.certificate.network, record.certificate.height)?
        {
            // The height is L1's choice, not ours.
            change.move_certificate(live, Standing::Superseded, Some(&overtaken()))?;
        }
        change.move_certificate(id, Standing::Settled, None)?;
    }
    if to == Standing::Finalized {
        change.move_certificate(id, Standing::Finalized, None)?;
    }
    Ok(true)
}

fn overtaken() -> Reason {
    Reason::new(
        "overtaken",
        ReasonClass::Retry,
        "L1 settled something else in its place",
    )
}

/// What stands as settled and L1 does not have, or not deep enough: a reorg took it away.
fn take_back(
    change: &Change<'_>,
    settled: &VecDeque<Settled>,
    heights: &Heights,
) -> Result<bool, JournalError> {
    let reason = Reason::new(
        "reorg",
        ReasonClass::Retry,
        "L1 went back behind the block that settled it",
    );
    let counts = |epoch: &&Settled| epoch.block <= heights.settled;
    let mut moved = false;
    for epoch in change.view().epochs_at(EpochStanding::Settled)? {
        let there = settled
            .iter()
            .filter(counts)
            .any(|known| known.commitment == epoch.after);
        if there {
            continue;
        }
        // It can be settled again with the proof it has, unless another is under way.
        let to = match change.view().open_epoch()? {
            None => EpochStanding::Proven,
            Some(_) => EpochStanding::Abandoned,
        };
        change.move_epoch(epoch.id, to, Some(&reason))?;
        moved = true;
    }
    for record in change.view().certificates_at(Standing::Settled)? {
        let there = settled
            .iter()
            .filter(counts)
            .any(|known| known.entries.iter().any(|(_, id)| *id == Some(record.id)));
        if !there {
            change.move_certificate(record.id, Standing::Waiting, Some(&reason))?;
            moved = true;
        }
    }
    Ok(moved)
}
