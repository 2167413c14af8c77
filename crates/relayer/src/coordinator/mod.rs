//! The coordinator: what L1 tells and what networks sent, held together under one lock, and written down before anybody hears of it.
//!
//! Every function here reads, judges by the ledger, and changes the journal in one transaction. None of them waits for a node or a
//! prover; the tasks that do call them.

mod epoch;
mod error;
mod explain;
mod follow;
mod intake;
mod judged;
mod marks;
mod networks;
mod next;
mod own_proofs;
mod pending;
mod proofs;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use alloy_primitives::{B256, FixedBytes, U256};
use causeway_journal::{CertificateRecord, Journal, JournalError, Timestamp};
use causeway_ledger::{Memory, settle_epoch_with};
use causeway_types::{Certificate, NetworkId};
use tracing::warn;

pub use epoch::{EpochPlan, Submission};
pub use error::CoordinatorError;
pub use follow::Heights;
pub use proofs::Work;

use self::judged::Judged;
use self::marks::Marks;
use self::pending::{carry_out, pending};
use crate::config::Config;
use crate::config::schema::{AcceptOthers, NetworkPolicy};
use crate::judge::{Candidate, Judgement, Rules, Worlds, judge};
use crate::known::{Certificates, Deployment, Known, Settled};
use crate::prove::OwnProofs;

/// The coordinator.
#[derive(Debug)]
pub struct Coordinator {
    config: Arc<Config>,
    journal: Arc<Journal>,
    own_proofs: Arc<dyn OwnProofs>,
    inner: Mutex<Inner>,
    observer: OnceLock<Observer>,
}

/// Who hears that there may be something to plan.
struct Observer(Box<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for Observer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Observer").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Inner {
    /// Nothing until L1's contracts are known and its logs are read.
    known: Option<Known>,
    /// How far L1 is.
    heights: Heights,
    /// What was judged last; nothing if what it stood on has changed.
    judged: Option<Judged>,
    /// What was applied before, so that judging again is no work.
    memory: Memory,
    /// Epochs that L1 settled and has not finalized, as far as that is written down.
    settled: VecDeque<Settled>,
    /// What L1 verifies.
    program: Option<(U256, FixedBytes<4>)>,
    /// What was known at blocks that may be gone back to.
    marks: Marks,
}

/// The certificates of a journal.
struct Stored<'a>(&'a Journal);

impl Certificates for Stored<'_> {
    fn at(&self, network: NetworkId, height: u64) -> Vec<(B256, Certificate)> {
        let records = self.0.read(|view| view.certificates_of_height(network, height));
        // One that cannot be read is not there: its network's history is missing until it is handed in again.
        let records = records.unwrap_or_default().into_iter();
        records.map(|record| (record.id, record.certificate)).collect()
    }
}

impl Coordinator {
    /// Of a configuration, a journal, and what tells networks' own proofs from other bytes; it knows nothing of L1 yet.
    pub fn new(config: Arc<Config>, journal: Arc<Journal>, own_proofs: Arc<dyn OwnProofs>) -> Self {
        let inner = Inner {
            known: None,
            heights: Heights::default(),
            judged: None,
            memory: Memory::new(),
            settled: VecDeque::new(),
            program: None,
            marks: Marks::default(),
        };
        Self {
            config,
            journal,
            own_proofs,
            inner: Mutex::new(inner),
            observer: OnceLock::new(),
        }
    }

    /// Lets somebody hear of everything that was taken in or proven. The first one who asks hears it.
    pub fn observe(&self, observer: impl Fn() + Send + Sync + 'static) {
        let _ = self.observer.set(Observer(Box::new(observer)));
    }

    fn stir(&self) {
        if let Some(Observer(observer)) = self.observer.get() {
            observer();
        }
    }

    /// The journal.
    pub const fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// The configuration.
    pub const fn config(&self) -> &Arc<Config> {
        &self.config
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The deployment, once it is known.
    pub fn deployment(&self) -> Option<Deployment> {
        self.lock().known.as_ref().map(|known| *known.deployment())
    }

    /// The state commitment after L1's newest settlement.
    pub fn commitment(&self) -> Option<B256> {
        self.lock().known.as_ref().map(Known::commitment)
    }

    /// Whether somebody else took a turn since a block.
    pub fn is_contested(&self, since: u64, wallet: alloy_primitives::Address) -> bool {
        let inner = self.lock();
        let known = inner.known.as_ref();
        known.is_some_and(|known| known.reserved_since(since).any(|holder| *holder != wallet))
    }

    fn policy(&self, network: NetworkId) -> NetworkPolicy {
        let own = self
            .config
            .networks
            .iter()
            .find(|settings| settings.id == network.get());
        own.and_then(|settings| settings.policy.clone())
            .unwrap_or_else(|| self.config.network_defaults.clone())
    }

    /// Judges everything that is pending again, if something has changed since it was, or a time has come.
    ///
    /// # Errors
    /// A [`CoordinatorError`].
    pub fn renew(&self, now: Timestamp) -> Result<bool, CoordinatorError> {
        let mut inner = self.lock();
        let is_judged = inner.judged.as_ref().is_some_and(|judged| now < judged.due);
        if inner.known.is_none() || is_judged {
            return Ok(false);
        }
        self.judge_all(&mut inner, now)?;
        Ok(true)
    }

    /// What is pending has to be judged again.
    pub fn forget(&self) {
        self.lock().judged = None;
    }

    fn judge_all(&self, inner: &mut Inner, now: Timestamp) -> Result<(), CoordinatorError> {
        let Some(known) = &inner.known else {
            return Err(CoordinatorError::NotReady);
        };
        let base = known.base(u64::MAX)?;
        let (assigned, mut candidates) = self.pending(now)?;
        // What L1 has and not deep enough is judged by L1: it stands where it stands until that is clear.
        let there: HashSet<B256> = inner
            .settled
            .iter()
            .flat_map(|epoch| epoch.entries.iter().filter_map(|(_, id)| *id))
            .collect();
        candidates.retain(|candidate| !there.contains(&candidate.id));
        let offered: Vec<_> = assigned.iter().map(|record| &record.certificate).collect();
        let assigned = settle_epoch_with(&base.world, &offered, 0, &mut inner.memory);
        let (mut levels, mut confirmed) = (HashMap::new(), BTreeMap::new());
        for admitted in &assigned.admitted {
            let reference = admitted.certificate;
            levels.insert((reference.network, reference.height), AcceptOthers::Confirmed);
            confirmed.insert(reference.network, admitted.transition.payload());
        }
        let worlds = Worlds {
            confirmed: assigned.world.clone(),
            accepted: assigned.world,
        };
        let judgement = self.judge(inner, &worlds, &candidates, &levels, now);
        inner.memory.forget_unused();
        self.journal.change(now, |change| {
            for (candidate, verdict) in candidates.iter().zip(&judgement.verdicts) {
                carry_out(change, candidate, verdict)?;
            }
            Ok::<_, CoordinatorError>(())
        })?;
        // Expiries come nearer while nothing else happens.
        let due = now.after(Duration::from_secs(10));
        let mut judged = Judged::new(worlds, levels, confirmed, due);
        judged.go_on(candidates, judgement, now);
        inner.judged = Some(judged);
        Ok(())
    }

    /// What is in the open epoch, and what else L1 does not have. A certificate that cannot be read is set aside, so that the others go on.
    fn pending(&self, now: Timestamp) -> Result<(Vec<CertificateRecord>, Vec<Candidate>), JournalError> {
        loop {
            match self.journal.read(pending) {
                Err(error) if self.set_aside(&error, now)? => {}
                other => return other,
            }
        }
    }

    /// Sets a certificate aside that cannot be read, if that is what an error is about; whether it was.
    fn set_aside(&self, error: &JournalError, now: Timestamp) -> Result<bool, JournalError> {
        let &JournalError::Damaged {
            table: "certificates",
            column,
            row: Some(row),
        } = error
        else {
            return Ok(false);
        };
        let why = format!("column {column} cannot be read");
        warn!(
            row,
            why, "a certificate is set aside: it goes on once it is handed in again"
        );
        self.journal.change(now, |change| {
            change.quarantine("certificates", row.unsigned_abs(), &why)
        })?;
        Ok(true)
    }

    /// What was read, or the error, after which a certificate that cannot be read is in the way of no other any more.
    fn without_damage<T>(&self, read: Result<T, JournalError>, now: Timestamp) -> Result<T, JournalError> {
        if let Err(error) = &read {
            self.set_aside(error, now)?;
        }
        read
    }

    fn judge(
        &self,
        inner: &mut Inner,
        worlds: &Worlds,
        candidates: &[Candidate],
        levels: &HashMap<(NetworkId, u64), AcceptOthers>,
        now: Timestamp,
    ) -> Judgement {
        let Inner {
            known,
            heights,
            settled: epochs,
            memory,
            ..
        } = inner;
        let settled = |network, height| {
            levels.get(&(network, height)).copied().unwrap_or_else(|| {
                if heights.is_final(epochs, network, height) {
                    AcceptOthers::Finalized
                } else {
                    AcceptOthers::Confirmed
                }
            })
        };
        let behind = |network| {
            let known = known.as_ref();
            known.is_some_and(|known| known.missing(network).is_some())
        };
        let policy = |network| self.policy(network);
        let rules = Rules {
            now: heights.no_later(now),
            settles_at: heights.settles_at(now, self.config.epochs.proving_margin.0),
            policy: &policy,
            settled: &settled,
            behind: &behind,
        };
        judge(worlds, candidates, &rules, memory)
    }
}
