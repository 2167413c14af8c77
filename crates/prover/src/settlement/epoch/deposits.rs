//! L1's exits, consumed in runs.

use std::ops::Range;

use causeway_circuits::keccak::{Entry, List, Size};
use causeway_circuits::settlement::deposit::MAX_EXITS;
use causeway_circuits::settlement::{Deposit, DepositPlan, EpochRun, L1Inputs, Span};
use causeway_ledger::{DepositOpening, ExitFrontier, GlobalState, L1Opening};
use causeway_types::{Exit, GoldilocksDigest};

use crate::settlement::error::EpochError;

/// A run of L1's exits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositRun {
    /// The exits, and L1's trees before and after.
    pub opening: DepositOpening,
    /// What it does. Its list is not yet placed behind that of the run before.
    pub plan: DepositPlan,
}

/// All exits of L1 that an epoch consumes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposited {
    /// The runs.
    pub runs: Vec<DepositRun>,
    /// L1's leaf, replaced.
    pub opening: L1Opening,
    /// The nodes of its exit tree after.
    pub exits: ExitFrontier,
}

impl Deposited {
    /// Consumes exits; nothing if there are none.
    pub(super) fn new(state: &mut GlobalState, exits: &[Exit]) -> Result<Option<Self>, EpochError> {
        let mut openings = Vec::new();
        for (run, exits) in exits.chunks(MAX_EXITS).enumerate() {
            let first = MAX_EXITS * run;
            let refused = |source| EpochError::Deposits { first, source };
            openings.push(state.deposit(exits).map_err(refused)?);
        }
        let Some(opening) = L1Opening::over(&openings) else {
            return Ok(None);
        };
        let runs = openings.into_iter().map(|opening| {
            let plan = Deposit::plan(&opening, List::EMPTY)?;
            Ok(DepositRun { opening, plan })
        });
        Ok(Some(Self {
            runs: runs.collect::<Result<_, EpochError>>()?,
            opening,
            exits: state.l1_frontiers().exits,
        }))
    }

    /// As the circuit of their item takes them.
    pub fn inputs<'a>(&'a self, context: GoldilocksDigest, before: &'a EpochRun) -> L1Inputs<'a> {
        L1Inputs {
            context,
            before,
            opening: &self.opening,
            exits: &self.exits,
        }
    }

    /// What all runs say if they append nothing.
    pub(super) fn span(&self) -> Option<Span> {
        let (first, last) = (self.runs.first()?, self.runs.last()?);
        Some(Span {
            after: last.plan.span.after,
            list_in: List::EMPTY,
            list_out: List::EMPTY,
            ..first.plan.span
        })
    }

    /// Their keccak blocks.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.runs.iter().flat_map(|run| &run.plan.entries)
    }

    /// Runs whose lists one proof closes, as many as there is room for.
    pub(super) fn groups(&self) -> Vec<Range<usize>> {
        let mut groups: Vec<Range<usize>> = Vec::new();
        let mut entries = 0;
        for (index, run) in self.runs.iter().enumerate() {
            entries += run.plan.entries.len();
            match groups.last_mut() {
                Some(group) if entries <= Size::Large.entries() => group.end = index + 1,
                _ => {
                    groups.push(index..index + 1);
                    entries = run.plan.entries.len();
                }
            }
        }
        groups
    }
}
