//! Proves the stages of a plan, each once, however often it is begun.
//!
//! A stage that the store has, and that verifies, is taken as it is, and what it was made of is not even looked for. Everything else
//! is proven from the left, so that at any time one proof per level is held.

mod identity;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

use crate::plan::{Plan, StageKind, Step};
use crate::store::{Found, Pruned, StageId, Store, StoreError};

/// What proves stages.
pub trait Circuits {
    /// What a stage gives: a proof with what is known of it.
    type Outcome;
    /// Why it does not.
    type Error: Error + Send + Sync + 'static;

    /// Digest of all that outcomes of a kind depend on beside what they are made of: keys, sizes, versions.
    fn program(&self, kind: StageKind) -> [u8; 32];

    /// The domain that is stated.
    fn domain(&self) -> [u8; 32];

    /// Digest of the proof that is aggregated at this index.
    ///
    /// # Errors
    /// If it cannot be read.
    fn input(&self, index: u32) -> Result<[u8; 32], Self::Error>;

    /// Proves a stage of the plan, given the outcomes of [`Step::inputs`].
    ///
    /// # Errors
    /// If there is no proof.
    fn prove(
        &mut self,
        plan: &Plan,
        step: usize,
        inputs: Vec<Self::Outcome>,
    ) -> Result<Self::Outcome, Self::Error>;

    /// An outcome as bytes.
    ///
    /// # Errors
    /// If it is malformed.
    fn encode(&self, outcome: &Self::Outcome) -> Result<Vec<u8>, Self::Error>;

    /// Reads the outcome of a stage, and verifies it: the bytes may be anybody's.
    ///
    /// # Errors
    /// If they are not such an outcome.
    fn decode(&mut self, plan: &Plan, step: usize, bytes: &[u8]) -> Result<Self::Outcome, Self::Error>;
}

/// What is kept on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// Every stage.
    All,
    /// What a run that goes on needs: what a finished chunk, seal or closing was made of is removed.
    #[default]
    Needed,
}

/// What a run tells of.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A stage begins. Answered with a break, the run ends before it.
    Started {
        /// What the stage does.
        kind: StageKind,
        /// Its index in the plan.
        step: usize,
        /// Stages done.
        done: usize,
        /// All stages.
        total: usize,
    },
    /// A stage is proven and on disk.
    Proven {
        /// What the stage does.
        kind: StageKind,
        /// Its index in the plan.
        step: usize,
        /// Stages done.
        done: usize,
        /// All stages.
        total: usize,
    },
    /// A stage, with all that it is made of, was there already.
    Found {
        /// What the stage does.
        kind: StageKind,
        /// Its index in the plan.
        step: usize,
        /// Stages done.
        done: usize,
        /// All stages.
        total: usize,
    },
    /// A file is not the outcome of its stage, which will be proven again.
    Refused {
        /// The file.
        path: &'a Path,
        /// Why.
        reason: &'a dyn Error,
    },
    /// Outcomes that nothing needs any longer were removed.
    Removed(Pruned),
}

/// Why a run ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError<E: Error + 'static> {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A proof that is to be aggregated cannot be read.
    #[error("proof {index} cannot be read")]
    Input {
        /// Its index.
        index: u32,
        /// Why.
        source: E,
    },
    /// A stage has no proof.
    #[error("the {} stage {step} could not be proven", kind.name())]
    Stage {
        /// What it does.
        kind: StageKind,
        /// Its index in the plan.
        step: usize,
        /// Why.
        source: E,
    },
    /// The listener broke the run off. What is proven is kept.
    #[error("broken off")]
    Cancelled,
}

/// Proves all stages of a plan and gives the outcome of the last one.
///
/// # Errors
/// A [`RunError`]. Whatever was proven before is taken up by the next run.
pub fn run<C: Circuits>(
    circuits: &mut C,
    plan: &Plan,
    store: &Store,
    keep: Keep,
    listener: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
) -> Result<C::Outcome, RunError<C::Error>> {
    let ids = identity::identities(circuits, plan)?;
    let mut sizes = vec![1; plan.steps().len()];
    for (index, step) in plan.steps().iter().enumerate() {
        sizes[index] += step.inputs().into_iter().map(|input| sizes[input]).sum::<usize>();
    }
    let mut run = Run {
        circuits,
        plan,
        store,
        keep,
        listener,
        ids,
        sizes,
        done: 0,
    };
    run.obtain(plan.steps().len() - 1)
}

/// The digests of all stages of a plan, by which the store knows them.
///
/// # Errors
/// [`RunError::Input`].
pub fn identities<C: Circuits>(
    circuits: &C,
    plan: &Plan,
) -> Result<Vec<(StageKind, StageId)>, RunError<C::Error>> {
    let ids = identity::identities(circuits, plan)?;
    Ok(plan.steps().iter().map(Step::kind).zip(ids).collect())
}

struct Run<'a, C: Circuits> {
    circuits: &'a mut C,
    plan: &'a Plan,
    store: &'a Store,
    keep: Keep,
    listener: &'a mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ids: Vec<StageId>,
    /// Stages that each is made of, itself included.
    sizes: Vec<usize>,
    done: usize,
}

impl<C: Circuits> Run<'_, C> {
    /// The outcome of a stage. Recursion goes no deeper than the tree.
    fn obtain(&mut self, step: usize) -> Result<C::Outcome, RunError<C::Error>> {
        let total = self.plan.steps().len();
        let kind = self.plan.steps()[step].kind();
        if let Some(outcome) = self.find(step)? {
            self.done += self.sizes[step];
            let done = self.done;
            self.tell(Event::Found {
                kind,
                step,
                done,
                total,
            });
            self.clean(step)?;
            return Ok(outcome);
        }
        let mut inputs = Vec::new();
        for input in self.plan.steps()[step].inputs() {
            inputs.push(self.obtain(input)?);
        }
        let started = Event::Started {
            kind,
            step,
            done: self.done,
            total,
        };
        if (self.listener)(started).is_break() {
            return Err(RunError::Cancelled);
        }
        let failed = |source| RunError::Stage { kind, step, source };
        let outcome = self.circuits.prove(self.plan, step, inputs).map_err(failed)?;
        let bytes = self.circuits.encode(&outcome).map_err(failed)?;
        self.store.write(kind, self.ids[step], &bytes)?;
        self.done += 1;
        let done = self.done;
        self.tell(Event::Proven {
            kind,
            step,
            done,
            total,
        });
        self.clean(step)?;
        Ok(outcome)
    }

    /// The outcome of a stage if the store has it and it verifies.
    fn find(&mut self, step: usize) -> Result<Option<C::Outcome>, RunError<C::Error>> {
        let (kind, id) = (self.plan.steps()[step].kind(), self.ids[step]);
        match self.store.read(kind, id)? {
            Found::Nothing => Ok(None),
            Found::Outcome(bytes) => match self.circuits.decode(self.plan, step, &bytes) {
                Ok(outcome) => Ok(Some(outcome)),
                Err(reason) => {
                    let path = self.store.path(kind, id);
                    self.tell(Event::Refused {
                        path: &path,
                        reason: &reason,
                    });
                    Ok(None)
                }
            },
            Found::Damaged { path, damage } => {
                self.tell(Event::Refused {
                    path: &path,
                    reason: &damage,
                });
                Ok(None)
            }
        }
    }

    /// Removes what a finished stage was made of, where it ends something.
    fn clean(&mut self, step: usize) -> Result<(), StoreError> {
        let ends = match self.plan.steps()[step].kind() {
            StageKind::Chunk | StageKind::Seal | StageKind::Closing | StageKind::Wrap => true,
            StageKind::Leaf | StageKind::Node | StageKind::Keccak => false,
        };
        if self.keep == Keep::All || !ends {
            return Ok(());
        }
        let mut removed = Pruned::default();
        let mut below = self.plan.steps()[step].inputs();
        while let Some(step) = below.pop() {
            let kind = self.plan.steps()[step].kind();
            let pruned = self.store.remove(kind, self.ids[step])?;
            removed.files += pruned.files;
            removed.bytes += pruned.bytes;
            // What a chunk was made of went with it.
            if kind != StageKind::Chunk {
                below.extend(self.plan.steps()[step].inputs());
            }
        }
        if removed.files > 0 {
            self.tell(Event::Removed(removed));
        }
        Ok(())
    }

    fn tell(&mut self, event: Event<'_>) {
        // A run is broken off where the next stage would begin.
        let _ = (self.listener)(event);
    }
}
