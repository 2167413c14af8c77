//! Which stages prove a certificate, and what each says.

use causeway_aggregation::KeyDigest;
use causeway_circuits::keccak::{List, Size};
use causeway_circuits::settlement::span::Family;
use causeway_circuits::settlement::transition::{SegmentPlan, entries, statement};
use causeway_circuits::settlement::{Fold, Span, TransitionStatement};
use causeway_ledger::TransitionInputs;
use causeway_types::{GoldilocksDigest, TREE_DEPTH};
use plonky2::field::types::PrimeField64;

use super::Certified;
use crate::graph::Graph;
use crate::settlement::error::ArrivalError;
use crate::settlement::join::join;
use crate::settlement::kind::SettlementKind;
use crate::settlement::list::PlannedList;
use crate::settlement::says::{Says, Stated};

/// A stage, by the indices of those that it builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrivalStep {
    /// The certificate of one step.
    Transition,
    /// A step of a certificate of many.
    Segment {
        /// Which one.
        index: usize,
    },
    /// Two runs of segments.
    Segments {
        /// The first.
        left: usize,
        /// The second.
        right: usize,
    },
    /// The certificate of all its segments.
    Close {
        /// The segments.
        segments: usize,
    },
    /// The certificate with its network's own proof.
    Attest {
        /// The certificate.
        transition: usize,
    },
    /// The proof of its list.
    Keccak,
    /// The certificate with its list closed.
    Shut {
        /// The certificate.
        transition: usize,
        /// The proof of its list.
        keccak: usize,
    },
}

/// The stages of a certificate. The last one is what an epoch takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrivalPlan {
    inputs: TransitionInputs,
    segments: Vec<(SegmentPlan, List)>,
    list: Option<PlannedList>,
    steps: Vec<ArrivalStep>,
    says: Vec<Says>,
    statement: TransitionStatement,
}

impl ArrivalPlan {
    /// As many exits as the list of a certificate always takes: two blocks each, the leaf and a node, and what tree and root take more,
    /// however many exits there were.
    pub const MAX_EXITS: usize = (Size::Large.entries() - 2 * TREE_DEPTH) / 2;

    /// The plan for a certificate that the ledger applied and, if its network proves its certificates itself, the key of that proof.
    ///
    /// # Errors
    /// An [`ArrivalError`] that names what is wrong.
    pub fn new(inputs: &TransitionInputs, own: Option<KeyDigest>) -> Result<Self, ArrivalError> {
        let hashed = entries(inputs);
        let list = match hashed.is_empty() {
            true => None,
            false => Some(
                PlannedList::new(hashed).map_err(|source| ArrivalError::TooManyExits {
                    exits: inputs.exits.len(),
                    max: Self::MAX_EXITS,
                    source,
                })?,
            ),
        };
        let start = list.as_ref().map_or(List::EMPTY, |list| list.start);
        let mut plan = Self {
            inputs: inputs.clone(),
            segments: Vec::new(),
            list,
            steps: Vec::new(),
            says: Vec::new(),
            statement: statement(inputs, start),
        };
        let mut transition = if inputs.steps.len() > 1 {
            plan.close()?
        } else {
            plan.push(ArrivalStep::Transition)
        };
        if let Some(key) = own {
            let words = key.elements().map(|element| element.to_canonical_u64());
            plan.statement.validity = GoldilocksDigest::reduced(words);
            transition = plan.push(ArrivalStep::Attest { transition });
        }
        if let Some(list) = &plan.list {
            let closes = Says::Closes(list.end);
            let keccak = plan.push_saying(ArrivalStep::Keccak, closes);
            plan.statement.list_in = List::EMPTY;
            plan.statement.list_out = List::EMPTY;
            plan.push(ArrivalStep::Shut { transition, keccak });
        }
        Ok(plan)
    }

    /// The segments, joined and closed.
    fn close(&mut self) -> Result<usize, ArrivalError> {
        let mut list = self.start();
        let mut spans: Vec<(usize, Span)> = Vec::new();
        for (index, segment) in SegmentPlan::of(&self.inputs)?.into_iter().enumerate() {
            let span = segment.span(self.inputs.old.network, list);
            self.segments.push((segment, list));
            list = span.list_out;
            let says = Says::Span(Family::Segments, span);
            spans.push((self.push_saying(ArrivalStep::Segment { index }, says), span));
        }
        let whole = join(&spans, &mut |left, right| {
            let span = Fold::plan(Family::Segments, &left.1, &right.1)?;
            let (left, right) = (left.0, right.0);
            let says = Says::Span(Family::Segments, span);
            let joined = self.push_saying(ArrivalStep::Segments { left, right }, says);
            Ok::<_, ArrivalError>((joined, span))
        })?;
        let segments = whole.map_or(0, |(segments, _)| segments);
        Ok(self.push(ArrivalStep::Close { segments }))
    }

    /// A stage that says what is known of the certificate so far.
    fn push(&mut self, step: ArrivalStep) -> usize {
        self.push_saying(step, Says::Transition(self.statement))
    }

    fn push_saying(&mut self, step: ArrivalStep, says: Says) -> usize {
        self.steps.push(step);
        self.says.push(says);
        self.steps.len() - 1
    }

    /// The stages.
    pub fn steps(&self) -> &[ArrivalStep] {
        &self.steps
    }

    /// The certificate's keccak blocks; none if it has no exits.
    pub const fn list(&self) -> Option<&PlannedList> {
        self.list.as_ref()
    }

    /// What the last stage gives an epoch beside its proof.
    pub fn certified(&self) -> Certified {
        Certified {
            statement: self.statement,
            new: self.inputs.new,
            dependencies: self.inputs.dependency_entries(),
        }
    }

    pub(super) const fn inputs_of_circuits(&self) -> &TransitionInputs {
        &self.inputs
    }

    /// The list before the certificate's blocks.
    pub(super) fn start(&self) -> List {
        self.list.as_ref().map_or(List::EMPTY, |list| list.start)
    }

    /// A step of many, and the list before its blocks.
    pub(super) fn segment(&self, index: usize) -> Option<(&SegmentPlan, List)> {
        self.segments.get(index).map(|(segment, list)| (segment, *list))
    }

    pub(super) fn last_segment(&self) -> Option<&SegmentPlan> {
        self.segments.last().map(|(segment, _)| segment)
    }
}

impl Graph for ArrivalPlan {
    type Kind = SettlementKind;

    fn stages(&self) -> usize {
        self.steps.len()
    }

    fn kind(&self, stage: usize) -> SettlementKind {
        match self.steps[stage] {
            ArrivalStep::Transition => SettlementKind::Transition,
            ArrivalStep::Segment { .. } => SettlementKind::Segment,
            ArrivalStep::Segments { .. } => SettlementKind::Segments,
            ArrivalStep::Close { .. } => SettlementKind::Close,
            ArrivalStep::Attest { .. } => SettlementKind::Attest,
            ArrivalStep::Keccak => SettlementKind::Keccak,
            ArrivalStep::Shut { .. } => SettlementKind::Shut,
        }
    }

    fn inputs(&self, stage: usize) -> Vec<usize> {
        match self.steps[stage] {
            ArrivalStep::Transition | ArrivalStep::Segment { .. } | ArrivalStep::Keccak => Vec::new(),
            ArrivalStep::Segments { left, right } => vec![left, right],
            ArrivalStep::Close { segments } => vec![segments],
            ArrivalStep::Attest { transition } => vec![transition],
            ArrivalStep::Shut { transition, keccak } => vec![transition, keccak],
        }
    }

    fn ends(&self, stage: usize) -> bool {
        stage + 1 == self.stages() || self.kind(stage) == SettlementKind::Close
    }

    fn bounds(&self, stage: usize) -> bool {
        self.kind(stage) == SettlementKind::Close
    }
}

impl Stated for ArrivalPlan {
    fn says(&self, stage: usize) -> &Says {
        &self.says[stage]
    }
}
