//! How a transition is cut into steps of one fixed size.

use std::collections::BTreeMap;
use std::ops::Range;

use causeway_types::BackingEntry;

use super::resolve::{Resolved, Sources};
use crate::apply::Transition;
use crate::digest::DependencyEntry;
use crate::error::LedgerError;

/// What one step takes: the next of everything, each list in the order of the transition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Its exits.
    pub exits: Range<usize>,
    /// Its imports.
    pub imports: Range<usize>,
    /// Its tokens.
    pub tokens: Range<usize>,
    /// Its contingencies.
    pub contingencies: Range<usize>,
    /// The entries under which it opens its imports and contingencies: ascending, each once.
    pub dependencies: Vec<BackingEntry>,
    /// For each of its imports, where its entry is among these.
    pub import_slots: Vec<usize>,
    /// For each of its contingencies, where its entry is among these.
    pub contingency_slots: Vec<usize>,
}

impl Step {
    /// Most exits of one step.
    pub const EXITS: usize = 16;
    /// Most imports.
    pub const IMPORTS: usize = 16;
    /// Most tokens.
    pub const TOKENS: usize = 8;
    /// Most contingencies.
    pub const CONTINGENCIES: usize = 4;
    /// Most dependencies.
    pub const DEPENDENCIES: usize = 16;

    /// What is chained of its dependencies.
    pub fn dependency_entries(&self) -> impl Iterator<Item = DependencyEntry> {
        self.dependencies.iter().map(DependencyEntry::from)
    }
}

impl Transition {
    /// The steps and the dependencies of each. There is one at least.
    ///
    /// # Errors
    /// [`LedgerError::MissingDependency`] if the sources do not have what an import or a contingency points at,
    /// [`LedgerError::ContradictoryDependencies`] if imports or contingencies name two entries for one place.
    pub fn steps(&self, sources: &impl Sources) -> Result<Vec<Step>, LedgerError> {
        Ok(Resolved::of(self, sources)?.steps(self))
    }

    /// The dependencies in the order in which they are chained: those of each step in turn. Whoever anchors the transition
    /// opens every one of them.
    ///
    /// # Errors
    /// Those of [`Self::steps`].
    pub fn dependency_entries(&self, sources: &impl Sources) -> Result<Vec<DependencyEntry>, LedgerError> {
        let steps = self.steps(sources)?;
        Ok(steps.iter().flat_map(Step::dependency_entries).collect())
    }
}

impl Resolved {
    pub(super) fn steps(&self, transition: &Transition) -> Vec<Step> {
        let contingencies: Vec<_> = self.contingent(transition).collect();
        let (exits, tokens) = (transition.certificate().exits.len(), transition.balances().len());
        let mut steps = Vec::new();
        let mut next = Step::default();
        loop {
            let mut entries = Entries::default();
            let imports = entries.take(&self.imports, next.imports.end, Step::IMPORTS);
            let contingent = entries.take(&contingencies, next.contingencies.end, Step::CONTINGENCIES);
            let (import_slots, contingency_slots) = (
                entries.slots(&self.imports[imports.clone()]),
                entries.slots(&contingencies[contingent.clone()]),
            );
            next = Step {
                exits: following(&next.exits, exits, Step::EXITS),
                imports,
                tokens: following(&next.tokens, tokens, Step::TOKENS),
                contingencies: contingent,
                dependencies: entries.0.into_values().collect(),
                import_slots,
                contingency_slots,
            };
            let whole = next.exits.end == exits
                && next.imports.end == self.imports.len()
                && next.tokens.end == tokens
                && next.contingencies.end == contingencies.len();
            steps.push(next.clone());
            if whole {
                return steps;
            }
        }
    }
}

/// The distinct entries of one step.
#[derive(Default)]
struct Entries(BTreeMap<DependencyEntry, BackingEntry>);

impl Entries {
    /// Takes the next entries as far as a step has room for them.
    fn take(&mut self, all: &[BackingEntry], start: usize, most: usize) -> Range<usize> {
        let mut end = start;
        for entry in all[start..].iter().take(most) {
            let place = DependencyEntry::from(entry);
            if self.0.len() == Step::DEPENDENCIES && !self.0.contains_key(&place) {
                break;
            }
            self.0.insert(place, *entry);
            end += 1;
        }
        start..end
    }

    fn slots(&self, taken: &[BackingEntry]) -> Vec<usize> {
        let places = taken.iter().map(DependencyEntry::from);
        places.map(|place| self.0.range(..place).count()).collect()
    }
}

fn following(before: &Range<usize>, all: usize, most: usize) -> Range<usize> {
    before.end..all.min(before.end + most)
}
