//! Lays out the stages of an epoch.

use std::ops::Range;

use causeway_circuits::keccak::List;
use causeway_circuits::settlement::span::Family;
use causeway_circuits::settlement::{DepositShut, Fold, MAX_MORE, MAX_OPENINGS, SharedContext, Span};

use super::deposits::Deposited;
use super::items::{Anchored, ItemInputs, PlannedItem};
use super::step::EpochStep;
use crate::settlement::arrival::Certified;
use crate::settlement::error::EpochError;
use crate::settlement::join::join;
use crate::settlement::list::PlannedList;
use crate::settlement::says::Says;

/// A stage and what it says.
type Placed = (usize, Span);

/// Stages so far.
pub(super) struct Layout<'a> {
    certificates: &'a [&'a Certified],
    shared: SharedContext,
    /// Whether deposits append to the epoch's own list.
    open: bool,
    /// The lists: the epoch's own, then those of deposits.
    pub(super) lists: Vec<PlannedList>,
    pub(super) steps: Vec<EpochStep>,
    pub(super) says: Vec<Says>,
}

impl<'a> Layout<'a> {
    /// Given the epoch's own list.
    pub(super) fn new(
        certificates: &'a [&'a Certified],
        shared: SharedContext,
        (list, open): (PlannedList, bool),
    ) -> Self {
        Self {
            certificates,
            shared,
            open,
            lists: vec![list],
            steps: Vec::new(),
            says: Vec::new(),
        }
    }

    /// Everything, given the limbs of the statement; places the items' lists behind each other.
    pub(super) fn epoch(&mut self, items: &mut [PlannedItem], limbs: [u64; 4]) -> Result<(), EpochError> {
        let (whole, _) = self.items(items)?;
        let list = self.lists[0].end;
        let epoch = self.push(EpochStep::Epoch { items: whole }, Says::Epoch(limbs, list));
        let keccak = self.push(EpochStep::Keccak { list: 0 }, Says::Closes(list));
        let says = Says::Statement(limbs);
        let seal = self.push(EpochStep::Seal { epoch, keccak }, says);
        let closing = self.push(EpochStep::Closing { seal }, says);
        self.push(EpochStep::Wrap { closing }, says);
        Ok(())
    }

    fn items(&mut self, items: &mut [PlannedItem]) -> Result<Placed, EpochError> {
        let mut list = self.lists[0].start;
        let mut placed = Vec::with_capacity(items.len());
        for (index, item) in items.iter_mut().enumerate() {
            let deposits = match &item.inputs {
                ItemInputs::L1(deposited) => Some(self.deposits(index, deposited, list)?),
                _ => None,
            };
            item.plan.span.list_in = list;
            list = deposits
                .map_or(list, |(_, span)| span.list_out)
                .extend(&item.plan.entries);
            item.plan.span.list_out = list;
            placed.push((self.item(index, item, deposits), item.plan.span));
        }
        self.joined(Family::Items, &placed)
    }

    /// The stages of an item.
    fn item(&mut self, index: usize, item: &PlannedItem, deposits: Option<Placed>) -> usize {
        let whole = Says::Span(Family::Items, item.plan.span);
        match (&item.inputs, deposits) {
            (ItemInputs::Anchor(anchored), _) if anchored.dependencies.len() > MAX_OPENINGS => {
                self.parts(index, item, anchored)
            }
            (_, Some((deposits, _))) => self.push(EpochStep::L1 { index, deposits }, whole),
            _ => self.push(EpochStep::Item { index }, whole),
        }
    }

    /// Those of a certificate: what is more than an anchor opens is opened behind it.
    fn parts(&mut self, index: usize, item: &PlannedItem, anchored: &Anchored) -> usize {
        let span = item.plan.span;
        let statement = &self.certificates[anchored.certificate.position].statement;
        let shared = self.shared;
        let inputs = anchored.inputs(&shared, &item.before, span.list_in);
        let mut opened = MAX_OPENINGS;
        let says = |opened| Says::Part(inputs.part(&span, statement, opened), span);
        let mut part = self.push(EpochStep::Part { index }, says(opened));
        while opened + MAX_MORE < anchored.dependencies.len() {
            part = self.push(EpochStep::More { part, index, opened }, says(opened + MAX_MORE));
            opened += MAX_MORE;
        }
        self.push(
            EpochStep::Open { part, index, opened },
            Says::Span(Family::Items, span),
        )
    }

    /// All deposits, behind a list.
    fn deposits(&mut self, index: usize, deposited: &Deposited, behind: List) -> Result<Placed, EpochError> {
        if self.open {
            return self.runs((index, deposited), 0..deposited.runs.len(), behind);
        }
        let mut closed = Vec::new();
        for group in deposited.groups() {
            let runs = deposited.runs[group.clone()].iter();
            let planned = PlannedList::new(runs.flat_map(|run| run.plan.entries.clone()).collect())?;
            let (deposits, span) = self.runs((index, deposited), group, planned.start)?;
            let list = self.lists.len();
            let keccak = self.push(EpochStep::Keccak { list }, Says::Closes(planned.end));
            self.lists.push(planned);
            let span = DepositShut::plan(&span, behind);
            let shut = EpochStep::DepositShut { deposits, keccak };
            closed.push((self.push(shut, Says::Span(Family::Deposits, span)), span));
        }
        self.joined(Family::Deposits, &closed)
    }

    fn runs(
        &mut self,
        (index, deposited): (usize, &Deposited),
        runs: Range<usize>,
        mut list: List,
    ) -> Result<Placed, EpochError> {
        let mut placed = Vec::with_capacity(runs.len());
        for run in runs {
            let plan = &deposited.runs[run].plan;
            let list_out = list.extend(&plan.entries);
            let span = Span {
                list_in: list,
                list_out,
                ..plan.span
            };
            list = list_out;
            let step = EpochStep::Deposit { index, run };
            placed.push((self.push(step, Says::Span(Family::Deposits, span)), span));
        }
        self.joined(Family::Deposits, &placed)
    }

    fn joined(&mut self, family: Family, placed: &[Placed]) -> Result<Placed, EpochError> {
        let whole = join(placed, &mut |(left, before), (right, after)| {
            let span = Fold::plan(family, &before, &after)?;
            let step = match family {
                Family::Deposits => EpochStep::Deposits { left, right },
                Family::Items | Family::Segments => EpochStep::Fold { left, right },
            };
            Ok::<_, EpochError>((self.push(step, Says::Span(family, span)), span))
        })?;
        whole.ok_or(EpochError::Empty)
    }

    fn push(&mut self, step: EpochStep, says: Says) -> usize {
        self.steps.push(step);
        self.says.push(says);
        self.steps.len() - 1
    }
}
