//! Proves the stages of a graph, each once, however often it is begun.
//!
//! A stage that the store has, and that verifies, is taken as it is, and what it was made of is not even looked for. Everything else
//! is proven from the left, so that at any time one proof per level is held.

#[cfg(test)]
mod tests;

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

use crate::graph::{Graph, Kind};
use crate::plan::StageKind;
use crate::store::{Found, Pruned, StageId, Store, StoreError};

/// What proves the stages of a graph.
pub trait Circuits {
    /// The graph.
    type Graph: Graph;
    /// What a stage gives: a proof with what is known of it.
    type Outcome;
    /// Why it does not.
    type Error: Error + Send + Sync + 'static;

    /// The digests of all stages, by which the store knows them: each is of all that the stage's outcome depends on.
    ///
    /// # Errors
    /// [`RunError::Input`].
    fn identities(&self, graph: &Self::Graph) -> Result<Vec<StageId>, RunErrorOf<Self>>;

    /// Proves a stage, given the outcomes of [`Graph::inputs`].
    ///
    /// # Errors
    /// If there is no proof.
    fn prove(
        &mut self,
        graph: &Self::Graph,
        stage: usize,
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
    fn decode(
        &mut self,
        graph: &Self::Graph,
        stage: usize,
        bytes: &[u8],
    ) -> Result<Self::Outcome, Self::Error>;
}

/// What the stages of these circuits do.
pub type KindOf<C> = <<C as Circuits>::Graph as Graph>::Kind;

/// What a run of these circuits tells of.
pub type EventOf<'a, C> = Event<'a, KindOf<C>>;

/// Why a run of these circuits ended.
pub type RunErrorOf<C> = RunError<<C as Circuits>::Error, KindOf<C>>;

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
pub enum Event<'a, K = StageKind> {
    /// A stage begins. Answered with a break, the run ends before it.
    Started {
        /// What the stage does.
        kind: K,
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
        kind: K,
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
        kind: K,
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
pub enum RunError<E: Error + 'static, K: Kind = StageKind> {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A proof that stages are made of cannot be read.
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
        kind: K,
        /// Its index in the plan.
        step: usize,
        /// Why.
        source: E,
    },
    /// There is nothing to prove.
    #[error("there are no stages")]
    NoStages,
    /// The listener broke the run off. What is proven is kept.
    #[error("broken off")]
    Cancelled,
}

/// Proves all stages of a graph and gives the outcome of the last one.
///
/// # Errors
/// A [`RunError`]. Whatever was proven before is taken up by the next run.
pub fn run<C: Circuits>(
    circuits: &mut C,
    graph: &C::Graph,
    store: &Store,
    keep: Keep,
    listener: &mut dyn FnMut(EventOf<'_, C>) -> ControlFlow<()>,
) -> Result<C::Outcome, RunErrorOf<C>> {
    let last = graph.stages().checked_sub(1).ok_or(RunError::NoStages)?;
    let ids = circuits.identities(graph)?;
    let mut sizes = vec![1; graph.stages()];
    for stage in 0..graph.stages() {
        sizes[stage] += graph
            .inputs(stage)
            .into_iter()
            .map(|input| sizes[input])
            .sum::<usize>();
    }
    let mut run = Run {
        circuits,
        graph,
        store,
        keep,
        listener,
        ids,
        sizes,
        done: 0,
    };
    run.obtain(last)
}

/// The digests of all stages of a graph, by which the store knows them.
///
/// # Errors
/// [`RunError::Input`].
pub fn identities<C: Circuits>(
    circuits: &C,
    graph: &C::Graph,
) -> Result<Vec<(KindOf<C>, StageId)>, RunErrorOf<C>> {
    let kinds = (0..graph.stages()).map(|stage| graph.kind(stage));
    Ok(kinds.zip(circuits.identities(graph)?).collect())
}

struct Run<'a, C: Circuits> {
    circuits: &'a mut C,
    graph: &'a C::Graph,
    store: &'a Store,
    keep: Keep,
    listener: &'a mut dyn FnMut(EventOf<'_, C>) -> ControlFlow<()>,
    ids: Vec<StageId>,
    /// Stages that each is made of, itself included.
    sizes: Vec<usize>,
    done: usize,
}

impl<C: Circuits> Run<'_, C> {
    /// The outcome of a stage. Recursion goes no deeper than the tree.
    fn obtain(&mut self, step: usize) -> Result<C::Outcome, RunErrorOf<C>> {
        let total = self.graph.stages();
        let kind = self.graph.kind(step);
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
        for input in self.graph.inputs(step) {
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
        let outcome = self.circuits.prove(self.graph, step, inputs).map_err(failed)?;
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
    fn find(&mut self, step: usize) -> Result<Option<C::Outcome>, RunErrorOf<C>> {
        let (kind, id) = (self.graph.kind(step), self.ids[step]);
        match self.store.read(kind, id)? {
            Found::Nothing => Ok(None),
            Found::Outcome(bytes) => match self.circuits.decode(self.graph, step, &bytes) {
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
        if self.keep == Keep::All || !self.graph.ends(step) {
            return Ok(());
        }
        let mut removed = Pruned::default();
        let mut below = self.graph.inputs(step);
        while let Some(step) = below.pop() {
            let kind = self.graph.kind(step);
            let pruned = self.store.remove(kind, self.ids[step])?;
            removed.files += pruned.files;
            removed.bytes += pruned.bytes;
            if !self.graph.bounds(step) {
                below.extend(self.graph.inputs(step));
            }
        }
        if removed.files > 0 {
            self.tell(Event::Removed(removed));
        }
        Ok(())
    }

    fn tell(&mut self, event: EventOf<'_, C>) {
        // A run is broken off where the next stage would begin.
        let _ = (self.listener)(event);
    }
}
