//! Walks as proptest makes and shrinks them.
//!
//! proptest's own vectors lose one element at a time, which takes a walk of thousands of steps too long. Here whole
//! stretches go first, half of the walk, then a quarter, down to single steps, as in Zeller's ddmin; then the steps that
//! are left shrink themselves.

use std::fmt;
use std::ops::Range;

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// Walks whose length is in a range.
pub fn walks<S: Strategy>(step: S, length: Range<usize>) -> Walks<S> {
    Walks { step, length }
}

/// The strategy of [`walks`].
#[derive(Clone, Debug)]
pub struct Walks<S> {
    step: S,
    length: Range<usize>,
}

impl<S: Strategy> Strategy for Walks<S> {
    type Tree = WalkTree<S::Tree>;
    type Value = Vec<S::Value>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let length = self.length.new_tree(runner)?.current();
        let steps: Result<Vec<_>, _> = (0..length).map(|_| self.step.new_tree(runner)).collect();
        let steps = steps?;
        let stretch = steps.len().div_ceil(2);
        Ok(WalkTree {
            steps,
            phase: Phase::Cut { stretch, at: 0 },
            undo: Undo::Nothing,
        })
    }
}

/// A walk that shrinks.
pub struct WalkTree<T> {
    steps: Vec<T>,
    phase: Phase,
    undo: Undo<T>,
}

impl<T> fmt::Debug for WalkTree<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WalkTree")
            .field("steps", &self.steps.len())
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Stretches of this length go, from this place on.
    Cut { stretch: usize, at: usize },
    /// Steps shrink themselves, from this place on.
    Steps { at: usize },
}

enum Undo<T> {
    Nothing,
    /// Put these back at this place.
    Cut {
        at: usize,
        steps: Vec<T>,
    },
    /// Let this step take its last change back.
    Step {
        at: usize,
    },
}

impl<T: ValueTree> ValueTree for WalkTree<T> {
    type Value = Vec<T::Value>;

    fn current(&self) -> Self::Value {
        self.steps.iter().map(ValueTree::current).collect()
    }

    fn simplify(&mut self) -> bool {
        loop {
            match self.phase {
                Phase::Cut { stretch: 0, .. } => self.phase = Phase::Steps { at: 0 },
                Phase::Cut { stretch, at } if at >= self.steps.len() => {
                    self.phase = Phase::Cut {
                        stretch: stretch / 2,
                        at: 0,
                    };
                }
                Phase::Cut { stretch, at } => {
                    let end = (at + stretch).min(self.steps.len());
                    let steps = self.steps.drain(at..end).collect();
                    self.undo = Undo::Cut { at, steps };
                    return true;
                }
                Phase::Steps { at } => {
                    let Some(step) = self.steps.get_mut(at) else {
                        self.undo = Undo::Nothing;
                        return false;
                    };
                    if step.simplify() {
                        self.undo = Undo::Step { at };
                        return true;
                    }
                    self.phase = Phase::Steps { at: at + 1 };
                }
            }
        }
    }

    fn complicate(&mut self) -> bool {
        match std::mem::replace(&mut self.undo, Undo::Nothing) {
            Undo::Nothing => false,
            Undo::Cut { at, steps } => {
                let next = at + steps.len();
                let tail = self.steps.split_off(at);
                self.steps.extend(steps);
                self.steps.extend(tail);
                if let Phase::Cut { at, .. } = &mut self.phase {
                    *at = next;
                }
                true
            }
            Undo::Step { at } => {
                let changed = self.steps[at].complicate();
                if changed {
                    // It may go on doing so.
                    self.undo = Undo::Step { at };
                } else {
                    self.phase = Phase::Steps { at: at + 1 };
                }
                changed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::Cell;

    use proptest::test_runner::{TestCaseError, TestError};

    use super::*;

    #[test]
    fn a_walk_shrinks_to_the_steps_that_matter() {
        let mut runner = TestRunner::deterministic();
        let runs = Cell::new(0);
        let result = runner.run(&walks(0..1_000_u32, 2_000..3_000), |walk| {
            runs.set(runs.get() + 1);
            let large = walk.iter().filter(|&&step| step >= 500).count();
            if large >= 3 {
                Err(TestCaseError::fail("three"))
            } else {
                Ok(())
            }
        });
        match result {
            Err(TestError::Fail(_, walk)) => assert_eq!(walk, [500, 500, 500]),
            other => panic!("{other:?}"),
        }
        assert!(runs.get() < 300, "{} runs", runs.get());
    }
}
