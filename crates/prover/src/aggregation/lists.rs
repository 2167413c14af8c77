//! What the stages of a plan will state, computed natively: the lists of keccak blocks, and the state of every subtree.

use causeway_circuits::keccak::{Entry, List};
use causeway_circuits::proofs::{Beside, Chunk, Leaf, Node, Seal, State};

use super::error::AggregationError;
use super::source::UserProofs;
use crate::plan::{Plan, StageKind, Step};

/// What the stages of a plan state.
#[derive(Debug)]
pub struct Lists {
    states: Vec<Option<State>>,
    before: Vec<List>,
    entries: Vec<Vec<Entry>>,
    after: Vec<List>,
}

impl Lists {
    /// Walks a plan over the proofs that it was made for.
    ///
    /// # Errors
    /// [`AggregationError::Source`], [`AggregationError::OtherPlan`], [`AggregationError::ListTooLong`], or what the circuits'
    /// own rules refuse.
    pub fn new<S: UserProofs>(plan: &Plan, source: &S, domain: [u8; 32]) -> Result<Self, AggregationError> {
        let mut starts = Vec::with_capacity(plan.lists().len());
        for (list, planned) in plan.lists().iter().enumerate() {
            let size = planned.size().ok_or(AggregationError::ListTooLong { list })?;
            starts.push(size.start(planned.entries));
        }
        let mut lists = Self {
            states: vec![None; plan.steps().len()],
            before: vec![List::EMPTY; plan.steps().len()],
            entries: vec![Vec::new(); plan.lists().len()],
            after: starts,
        };
        for index in 0..plan.steps().len() {
            lists.walk(plan, source, domain, index)?;
        }
        for (list, planned) in plan.lists().iter().enumerate() {
            let got = lists.entries[list].len();
            if got != planned.entries {
                return Err(AggregationError::OtherPlan {
                    list,
                    planned: planned.entries,
                    got,
                });
            }
        }
        Ok(lists)
    }

    fn walk<S: UserProofs>(
        &mut self,
        plan: &Plan,
        source: &S,
        domain: [u8; 32],
        index: usize,
    ) -> Result<(), AggregationError> {
        let load = |index: u32| {
            source.load(index).map_err(|source| AggregationError::Source {
                index,
                source: source.into(),
            })
        };
        match plan.steps()[index] {
            Step::Leaf {
                first,
                pair,
                joined,
                list,
            } => {
                let left = load(first)?;
                let right = pair.then(|| load(first + 1)).transpose()?;
                let beside = match &right {
                    Some(right) => Beside::Proof(right),
                    None if joined => Beside::EmptyPlace,
                    None => Beside::NoPlace,
                };
                let before = self.after[list];
                let (entries, state) = Leaf::plan(&left, beside, before);
                self.append(index, list, before, entries);
                self.states[index] = Some(state);
            }
            Step::Node { left, right, list } => {
                let children: Vec<usize> = std::iter::once(left).chain(right).collect();
                // A chunk's own list is closed: it hands on what stands before it.
                let open: Vec<&State> = children
                    .iter()
                    .filter(|&&child| plan.steps()[child].kind() != StageKind::Chunk)
                    .filter_map(|&child| self.states[child].as_ref())
                    .collect();
                let tail = self.after[list];
                let before = open.first().map_or(tail, |state| state.list_in);
                let between = open.last().map_or(before, |state| state.list_out);
                let missing = AggregationError::Outcome { step: index };
                let Some(left) = &self.states[left] else {
                    return Err(missing);
                };
                let right = right.and_then(|right| self.states[right].as_ref());
                let (entries, state) = Node::plan(left, right, before, between)?;
                self.append(index, list, before, entries);
                self.states[index] = Some(state);
            }
            Step::Chunk { subtree, .. } => {
                self.states[index] = self.states[subtree].as_ref().map(Chunk::plan);
            }
            Step::Seal { subtree, list, .. } => {
                if let Some(child) = self.states[subtree] {
                    let before = self.after[list];
                    self.append(index, list, before, Seal::plan(domain, &child));
                }
            }
            Step::Keccak { .. } | Step::Closing { .. } | Step::Wrap { .. } => {}
        }
        Ok(())
    }

    fn append(&mut self, step: usize, list: usize, before: List, entries: Vec<Entry>) {
        self.before[step] = before;
        self.after[list] = self.after[list].extend(&entries);
        self.entries[list].extend(entries);
    }

    /// The state of a stage that is a subtree.
    pub fn state(&self, step: usize) -> Option<&State> {
        self.states.get(step)?.as_ref()
    }

    /// The list before a stage.
    pub fn before(&self, step: usize) -> List {
        self.before.get(step).copied().unwrap_or(List::EMPTY)
    }

    /// The entries of a list.
    pub fn entries(&self, list: usize) -> &[Entry] {
        self.entries.get(list).map_or(&[], Vec::as_slice)
    }

    /// The digest of a whole list.
    pub fn closed(&self, list: usize) -> Option<List> {
        self.after.get(list).copied()
    }

    /// The root of the whole tree.
    pub fn root(&self, plan: &Plan) -> Option<[u8; 32]> {
        plan.steps().iter().find_map(|step| match *step {
            Step::Seal { subtree, .. } => Some(self.state(subtree)?.root),
            _ => None,
        })
    }
}
