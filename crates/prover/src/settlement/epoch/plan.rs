//! Which stages prove an epoch, and what each says.

use causeway_aggregation::StatementDigest;
use causeway_circuits::keccak::{Entry, Size, SizeError};
use causeway_circuits::settlement::{Epoch, EpochOpening, EpochRun, MAX_MORE, SharedContext, Span};
use causeway_ledger::{AuthorisationEntry, DependencyOpening, GlobalState, PayloadEntry};
use causeway_types::PublicValues;

use super::contents::EpochContents;
use super::deposits::Deposited;
use super::items::{ItemInputs, Items, PlannedItem};
use super::layout::Layout;
use super::step::EpochStep;
use crate::graph::Graph;
use crate::settlement::arrival::Certified;
use crate::settlement::error::EpochError;
use crate::settlement::kind::SettlementKind;
use crate::settlement::list::PlannedList;
use crate::settlement::says::{Says, Stated};

/// The stages of an epoch. The last one is the Groth16 proof.
#[derive(Clone, Debug)]
pub struct EpochPlan {
    after: GlobalState,
    opening: EpochOpening,
    end: EpochRun,
    items: Vec<PlannedItem>,
    lists: Vec<PlannedList>,
    payload: Vec<PayloadEntry>,
    authorisations: Vec<AuthorisationEntry>,
    steps: Vec<EpochStep>,
    says: Vec<Says>,
}

impl EpochPlan {
    /// The plan for the epoch after a state.
    ///
    /// # Errors
    /// An [`EpochError`] that names what is wrong.
    pub fn new(before: &GlobalState, contents: &EpochContents<'_>) -> Result<Self, EpochError> {
        let Items {
            after,
            opening,
            mut items,
        } = Items::new(before, contents)?;
        let end = items.last().ok_or(EpochError::Empty)?.plan.after;
        let certificates = &contents.certificates;
        let list = own_list(&items, &Epoch::plan(&opening, &end)?)?;
        let limbs = limbs(&opening.public_values(&end));
        let mut layout = Layout::new(certificates, opening.shared(), list);
        layout.epoch(&mut items, limbs)?;
        let Layout {
            lists, steps, says, ..
        } = layout;
        let authorisations = items.iter().filter_map(|item| authorisation(item, certificates));
        Ok(Self {
            authorisations: authorisations.collect(),
            payload: certificates.iter().map(|certified| certified.payload()).collect(),
            lists,
            steps,
            says,
            after,
            opening,
            end,
            items,
        })
    }

    /// The stages.
    pub fn steps(&self) -> &[EpochStep] {
        &self.steps
    }

    /// The items.
    pub fn items(&self) -> &[PlannedItem] {
        &self.items
    }

    /// Keccak blocks: of items and statement, then of deposits that are closed apart.
    pub fn lists(&self) -> &[PlannedList] {
        &self.lists
    }

    /// What Ethereum is told.
    pub fn public_values(&self) -> PublicValues {
        self.opening.public_values(&self.end)
    }

    /// The limbs of the statement.
    pub fn statement(&self) -> [u64; 4] {
        limbs(&self.public_values())
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

    /// The exits of L1 of an item.
    pub(super) fn deposited(&self, index: usize) -> Option<&Deposited> {
        match &self.items[index].inputs {
            ItemInputs::L1(deposited) => Some(deposited),
            _ => None,
        }
    }

    /// What a stage of a family says.
    pub(super) fn span(&self, stage: usize) -> Option<&Span> {
        match &self.says[stage] {
            Says::Span(_, span) | Says::Part(_, span) => Some(span),
            _ => None,
        }
    }
}

fn limbs(values: &PublicValues) -> [u64; 4] {
    StatementDigest::low_bits(values.statement().0).limbs()
}

/// The epoch's own list, and whether deposits append to it: that saves their proofs, unless it takes a larger one for all.
fn own_list(items: &[PlannedItem], stated: &[Entry]) -> Result<(PlannedList, bool), SizeError> {
    let list = |open: bool| {
        let mut entries = Vec::new();
        for item in items {
            match &item.inputs {
                ItemInputs::L1(deposited) if open => entries.extend(deposited.entries().copied()),
                _ => {}
            }
            entries.extend(item.plan.entries.iter().copied());
        }
        entries.extend_from_slice(stated);
        PlannedList::new(entries)
    };
    let apart = list(false)?;
    match list(true) {
        Ok(open) if open.size <= apart.size.max(Size::Medium) => Ok((open, true)),
        _ => Ok((apart, false)),
    }
}

/// Who has to agree with what an item settles.
fn authorisation(item: &PlannedItem, certificates: &[&Certified]) -> Option<AuthorisationEntry> {
    let ItemInputs::Anchor(anchored) = &item.inputs else {
        return None;
    };
    let certified = certificates.get(anchored.certificate.position)?;
    Some(AuthorisationEntry {
        network: certified.new.network,
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
            EpochStep::Item { index } | EpochStep::L1 { index, .. } => self.items[index].kind(),
            EpochStep::Deposit { .. } => SettlementKind::Deposit,
            EpochStep::Deposits { .. } => SettlementKind::Deposits,
            EpochStep::DepositShut { .. } => SettlementKind::DepositShut,
            EpochStep::Part { .. } => SettlementKind::AnchorPart,
            EpochStep::More { .. } => SettlementKind::More,
            EpochStep::Open { .. } => SettlementKind::Open,
            EpochStep::Fold { .. } => SettlementKind::Fold,
            EpochStep::Epoch { .. } => SettlementKind::Epoch,
            EpochStep::Keccak { .. } => SettlementKind::Keccak,
            EpochStep::Seal { .. } => SettlementKind::Seal,
            EpochStep::Closing { .. } => SettlementKind::Closing,
            EpochStep::Wrap { .. } => SettlementKind::Wrap,
        }
    }

    fn inputs(&self, stage: usize) -> Vec<usize> {
        self.steps[stage].inputs()
    }

    fn ends(&self, stage: usize) -> bool {
        matches!(
            self.steps[stage],
            EpochStep::DepositShut { .. }
                | EpochStep::Epoch { .. }
                | EpochStep::Seal { .. }
                | EpochStep::Closing { .. }
                | EpochStep::Wrap { .. }
        )
    }

    fn bounds(&self, stage: usize) -> bool {
        matches!(
            self.steps[stage],
            EpochStep::DepositShut { .. } | EpochStep::Epoch { .. }
        )
    }
}

impl Stated for EpochPlan {
    fn says(&self, stage: usize) -> &Says {
        &self.says[stage]
    }
}
