//! Which stages prove an epoch, and what each says.

use causeway_aggregation::StatementDigest;
use causeway_circuits::keccak::{Entry, List};
use causeway_circuits::settlement::span::Family;
use causeway_circuits::settlement::{
    Epoch, EpochOpening, EpochRun, Fold, MAX_MORE, MAX_OPENINGS, SharedContext, Span,
};
use causeway_ledger::{AuthorisationEntry, DependencyOpening, GlobalState, PayloadEntry};
use causeway_types::{Authority, NetworkId, PublicValues, SettlementDomain};

use super::items::{ItemInputs, Items, PlannedItem};
use crate::graph::Graph;
use crate::settlement::arrival::Certified;
use crate::settlement::error::EpochError;
use crate::settlement::join::join;
use crate::settlement::kind::SettlementKind;
use crate::settlement::list::PlannedList;
use crate::settlement::says::{Says, Stated};

/// A stage, by the indices of those that it builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpochStep {
    /// An item.
    Item {
        /// Which one.
        index: usize,
    },
    /// An item with the first of what its certificate depends on opened.
    Part {
        /// Which one.
        index: usize,
    },
    /// The item with more opened.
    More {
        /// The item.
        part: usize,
        /// Which one.
        index: usize,
        /// How many were opened before.
        opened: usize,
    },
    /// The item with the rest opened.
    Open {
        /// The item.
        part: usize,
        /// Which one.
        index: usize,
        /// How many were opened before.
        opened: usize,
    },
    /// Two runs of items.
    Fold {
        /// The first.
        left: usize,
        /// The second.
        right: usize,
    },
    /// What the items come to.
    Epoch {
        /// The items.
        items: usize,
    },
    /// The proof of the list.
    Keccak,
    /// The epoch with its list closed.
    Seal {
        /// The epoch.
        epoch: usize,
        /// The proof of its list.
        keccak: usize,
    },
    /// The statement in the shape that is wrapped.
    Closing {
        /// The seal.
        seal: usize,
    },
    /// The Groth16 proof.
    Wrap {
        /// The closing proof.
        closing: usize,
    },
}

/// The stages of an epoch. The last one is the Groth16 proof.
#[derive(Clone, Debug)]
pub struct EpochPlan {
    after: GlobalState,
    opening: EpochOpening,
    end: EpochRun,
    items: Vec<PlannedItem>,
    list: PlannedList,
    payload: Vec<PayloadEntry>,
    authorisations: Vec<AuthorisationEntry>,
    steps: Vec<EpochStep>,
    says: Vec<Says>,
}

impl EpochPlan {
    /// The plan for the epoch after a state that consumes entries of the registry, then settles certificates, in order.
    ///
    /// # Errors
    /// An [`EpochError`] that names what is wrong.
    pub fn new(
        before: &GlobalState,
        domain: SettlementDomain,
        registry: &[(NetworkId, Authority)],
        certificates: &[&Certified],
    ) -> Result<Self, EpochError> {
        let Items {
            after,
            opening,
            items,
        } = Items::new(before, domain, registry, certificates)?;
        let end = items.last().ok_or(EpochError::Empty)?.plan.after;
        let entries: Vec<Entry> = items
            .iter()
            .flat_map(|item| item.plan.entries.iter().copied())
            .chain(Epoch::plan(&opening, &end)?)
            .collect();
        let authorisations = items.iter().filter_map(|item| authorisation(item, certificates));
        let mut plan = Self {
            authorisations: authorisations.collect(),
            payload: certificates.iter().map(|certified| certified.payload).collect(),
            list: PlannedList::new(entries)?,
            steps: Vec::new(),
            says: Vec::new(),
            after,
            opening,
            end,
            items,
        };
        plan.lay_out(certificates)?;
        Ok(plan)
    }

    fn lay_out(&mut self, certificates: &[&Certified]) -> Result<(), EpochError> {
        let mut list = self.list.start;
        let mut spans: Vec<(usize, Span)> = Vec::new();
        for index in 0..self.items.len() {
            let plan = &mut self.items[index].plan;
            plan.span.list_in = list;
            list = list.extend(&plan.entries);
            plan.span.list_out = list;
            let span = plan.span;
            spans.push((self.item(index, certificates), span));
        }
        let whole = join(&spans, &mut |left, right| {
            let span = Fold::plan(Family::Items, &left.1, &right.1)?;
            let (left, right) = (left.0, right.0);
            let joined = self.push(EpochStep::Fold { left, right }, Says::Span(Family::Items, span));
            Ok::<_, EpochError>((joined, span))
        })?;
        let (items, _) = whole.ok_or(EpochError::Empty)?;
        let limbs = self.statement();
        let epoch = self.push(EpochStep::Epoch { items }, Says::Epoch(limbs, self.list.end));
        let keccak = self.push(EpochStep::Keccak, Says::Closes(self.list.end));
        let says = Says::Statement(limbs);
        let seal = self.push(EpochStep::Seal { epoch, keccak }, says);
        let closing = self.push(EpochStep::Closing { seal }, says);
        self.push(EpochStep::Wrap { closing }, says);
        Ok(())
    }

    /// The stages of an item, whose list is known. What is more than an anchor opens is opened behind it.
    fn item(&mut self, index: usize, certificates: &[&Certified]) -> usize {
        let item = &self.items[index];
        let span = item.plan.span;
        let whole = Says::Span(Family::Items, span);
        let ItemInputs::Anchor(anchored) = &item.inputs else {
            return self.push(EpochStep::Item { index }, whole);
        };
        let all = anchored.dependencies.len();
        if all <= MAX_OPENINGS {
            return self.push(EpochStep::Item { index }, whole);
        }
        let statement = &certificates[anchored.certificate.position].statement;
        let shared = self.shared();
        let inputs = anchored.inputs(&shared, &item.before, span.list_in);
        let stops = (MAX_OPENINGS..all).step_by(MAX_MORE);
        let parts: Vec<_> = stops
            .map(|opened| Says::Part(inputs.part(&span, statement, opened), span))
            .collect();
        let mut opened = MAX_OPENINGS;
        let mut part = self.push(EpochStep::Part { index }, parts[0]);
        for says in &parts[1..] {
            part = self.push(EpochStep::More { part, index, opened }, *says);
            opened += MAX_MORE;
        }
        self.push(EpochStep::Open { part, index, opened }, whole)
    }

    fn push(&mut self, step: EpochStep, says: Says) -> usize {
        self.steps.push(step);
        self.says.push(says);
        self.steps.len() - 1
    }

    /// The stages.
    pub fn steps(&self) -> &[EpochStep] {
        &self.steps
    }

    /// The items.
    pub fn items(&self) -> &[PlannedItem] {
        &self.items
    }

    /// The keccak blocks of items and statement.
    pub const fn list(&self) -> &PlannedList {
        &self.list
    }

    /// What Ethereum is told.
    pub fn public_values(&self) -> PublicValues {
        self.opening.public_values(&self.end)
    }

    /// The limbs of the statement.
    pub fn statement(&self) -> [u64; 4] {
        StatementDigest::low_bits(self.public_values().statement().0).limbs()
    }

    /// What is published.
    pub fn payload(&self) -> &[PayloadEntry] {
        &self.payload
    }

    /// Whose agreement the epoch rests on.
    pub fn authorisations(&self) -> &[AuthorisationEntry] {
        &self.authorisations
    }

    /// The state after.
    pub const fn after(&self) -> &GlobalState {
        &self.after
    }

    pub(super) const fn opening(&self) -> &EpochOpening {
        &self.opening
    }

    /// What the items have done in the end.
    pub(super) const fn end(&self) -> &EpochRun {
        &self.end
    }

    pub(super) fn shared(&self) -> SharedContext {
        self.opening.shared()
    }

    /// What one stage more opens of what an item's certificate depends on.
    pub(in crate::settlement) fn openings(&self, index: usize, opened: usize) -> &[DependencyOpening] {
        let ItemInputs::Anchor(anchored) = &self.items[index].inputs else {
            return &[];
        };
        let rest = anchored.dependencies.get(opened..).unwrap_or_default();
        rest.chunks(MAX_MORE).next().unwrap_or_default()
    }

    /// The list before an item.
    pub(super) fn before(&self, index: usize) -> List {
        self.items[index].plan.span.list_in
    }
}

/// Who has to agree with what an item settles.
fn authorisation(item: &PlannedItem, certificates: &[&Certified]) -> Option<AuthorisationEntry> {
    let ItemInputs::Anchor(anchored) = &item.inputs else {
        return None;
    };
    let certified = certificates.get(anchored.certificate.position)?;
    Some(AuthorisationEntry {
        network: certified.payload.network,
        digest: certified.statement.certificate,
        signer: anchored.opening.authority.signer_address()?,
    })
}

impl Graph for EpochPlan {
    type Kind = SettlementKind;

    fn stages(&self) -> usize {
        self.steps.len()
    }

    fn kind(&self, stage: usize) -> SettlementKind {
        match self.steps[stage] {
            EpochStep::Item { index } => self.items[index].kind(),
            EpochStep::Part { .. } => SettlementKind::AnchorPart,
            EpochStep::More { .. } => SettlementKind::More,
            EpochStep::Open { .. } => SettlementKind::Open,
            EpochStep::Fold { .. } => SettlementKind::Fold,
            EpochStep::Epoch { .. } => SettlementKind::Epoch,
            EpochStep::Keccak => SettlementKind::Keccak,
            EpochStep::Seal { .. } => SettlementKind::Seal,
            EpochStep::Closing { .. } => SettlementKind::Closing,
            EpochStep::Wrap { .. } => SettlementKind::Wrap,
        }
    }

    fn inputs(&self, stage: usize) -> Vec<usize> {
        match self.steps[stage] {
            EpochStep::Item { .. } | EpochStep::Part { .. } | EpochStep::Keccak => Vec::new(),
            EpochStep::More { part, .. } | EpochStep::Open { part, .. } => vec![part],
            EpochStep::Fold { left, right } => vec![left, right],
            EpochStep::Epoch { items } => vec![items],
            EpochStep::Seal { epoch, keccak } => vec![epoch, keccak],
            EpochStep::Closing { seal } => vec![seal],
            EpochStep::Wrap { closing } => vec![closing],
        }
    }

    fn ends(&self, stage: usize) -> bool {
        matches!(
            self.steps[stage],
            EpochStep::Epoch { .. }
                | EpochStep::Seal { .. }
                | EpochStep::Closing { .. }
                | EpochStep::Wrap { .. }
        )
    }

    fn bounds(&self, stage: usize) -> bool {
        matches!(self.steps[stage], EpochStep::Epoch { .. })
    }
}

impl Stated for EpochPlan {
    fn says(&self, stage: usize) -> &Says {
        &self.says[stage]
    }
}
