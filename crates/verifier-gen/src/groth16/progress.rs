use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

/// What long work tells its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is being done.
    pub stage: &'static str,
    /// Units of it that are done.
    pub done: u64,
    /// All its units, at least one.
    pub total: u64,
}

/// Where long work reports to; it is called from any thread.
#[derive(Clone, Copy)]
pub struct Progress<'a>(&'a (dyn Fn(Step) + Sync));

impl fmt::Debug for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}

impl<'a> Progress<'a> {
    /// Reports to `listener`.
    pub const fn new(listener: &'a (dyn Fn(Step) + Sync)) -> Self {
        Self(listener)
    }

    /// Reports to nobody.
    pub const fn none() -> Self {
        Self(&|_| {})
    }

    pub(super) fn stage(self, stage: &'static str, total: usize) -> Stage<'a> {
        let total = (total as u64).max(1);
        (self.0)(Step {
            stage,
            done: 0,
            total,
        });
        Stage {
            progress: self,
            stage,
            done: AtomicU64::new(0),
            total,
        }
    }
}

/// A stage under way.
pub(super) struct Stage<'a> {
    progress: Progress<'a>,
    stage: &'static str,
    done: AtomicU64,
    total: u64,
}

impl Stage<'_> {
    pub(super) fn advance(&self, units: usize) {
        let done = self.done.fetch_add(units as u64, Ordering::Relaxed) + units as u64;
        (self.progress.0)(Step {
            stage: self.stage,
            done: done.min(self.total),
            total: self.total,
        });
    }
}
