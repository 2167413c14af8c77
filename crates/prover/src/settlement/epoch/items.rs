//! What an epoch does, in order, computed natively.

use causeway_circuits::keccak::List;
use causeway_circuits::settlement::registry::MAX_ENTRIES;
use causeway_circuits::settlement::{
    AnchorInputs, EpochOpening, EpochRun, ItemPlan, Registry, SettlementError, SharedContext,
};
use causeway_ledger::{
    AnchorOpening, CertificateRef, DependencyOpening, GlobalState, LedgerError, RegistryOpening,
    rollup_height,
};

use super::contents::EpochContents;
use super::deposits::Deposited;
use crate::settlement::arrival::Certified;
use crate::settlement::error::EpochError;
use crate::settlement::kind::SettlementKind;

/// What an item takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemInputs {
    /// Entries of the registry.
    Registry(Vec<RegistryOpening>),
    /// Exits of L1.
    L1(Box<Deposited>),
    /// A certificate.
    Anchor(Box<Anchored>),
}

/// A certificate at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchored {
    /// Which one.
    pub certificate: CertificateRef,
    /// Its network's leaf, replaced.
    pub opening: AnchorOpening,
    /// What it depends on, opened under the root after the epoch.
    pub dependencies: Vec<DependencyOpening>,
}

/// An item: what it takes the epoch from, and what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedItem {
    /// What the epoch has done before.
    pub before: EpochRun,
    /// What it takes.
    pub inputs: ItemInputs,
    /// What it does.
    pub plan: ItemPlan,
}

impl PlannedItem {
    /// What proves it.
    pub const fn kind(&self) -> SettlementKind {
        match self.inputs {
            ItemInputs::Registry(_) => SettlementKind::Registry,
            ItemInputs::L1(_) => SettlementKind::L1,
            ItemInputs::Anchor(_) => SettlementKind::Anchor,
        }
    }
}

impl Anchored {
    /// As its circuit takes it, behind a list.
    pub fn inputs<'a>(
        &'a self,
        shared: &'a SharedContext,
        before: &'a EpochRun,
        list: List,
    ) -> AnchorInputs<'a> {
        AnchorInputs {
            shared,
            before,
            opening: &self.opening,
            dependencies: &self.dependencies,
            behind: Some(list),
        }
    }
}

/// An epoch's items.
#[derive(Clone, Debug)]
pub(super) struct Items {
    /// The state after.
    pub(super) after: GlobalState,
    /// The epoch's two ends.
    pub(super) opening: EpochOpening,
    /// The items. Their lists are not yet placed behind each other.
    pub(super) items: Vec<PlannedItem>,
}

impl Items {
    /// Consumes entries of the registry, then exits of L1, then settles certificates, in order.
    ///
    /// # Errors
    /// An [`EpochError`] that names what does not fit.
    pub(super) fn new(before: &GlobalState, contents: &EpochContents<'_>) -> Result<Self, EpochError> {
        let certificates = &contents.certificates;
        let mut after = before.clone();
        let mut inputs = Vec::new();
        for (chunk, entries) in contents.registry.chunks(MAX_ENTRIES).enumerate() {
            let mut openings = Vec::with_capacity(entries.len());
            for (place, (network, authority)) in entries.iter().enumerate() {
                let entry = MAX_ENTRIES * chunk + place;
                let refused = |source: LedgerError| EpochError::Registry { entry, source };
                openings.push(after.register(*network, *authority).map_err(refused)?);
            }
            inputs.push(ItemInputs::Registry(openings));
        }
        inputs
            .extend(Deposited::new(&mut after, contents.deposits)?.map(|all| ItemInputs::L1(Box::new(all))));
        let height = height(&after, certificates);
        for (position, certified) in certificates.iter().enumerate() {
            let certificate = certified.reference(position);
            if !certified.statement.hashes_nothing() {
                return Err(EpochError::ListOpen { certificate });
            }
            let opening = after.anchor(&certified.payload(), height.into());
            inputs.push(ItemInputs::Anchor(Box::new(Anchored {
                certificate,
                opening: opening.map_err(|source| EpochError::Place { certificate, source })?,
                dependencies: Vec::new(),
            })));
        }
        // Certificates may depend on each other in a circle: what they depend on is opened when all are settled.
        for input in &mut inputs {
            let ItemInputs::Anchor(anchored) = input else {
                continue;
            };
            let certificate = anchored.certificate;
            for dependency in &certificates[certificate.position].dependencies {
                let opening = after.open(dependency);
                anchored
                    .dependencies
                    .push(opening.map_err(|source| EpochError::Place { certificate, source })?);
            }
        }
        let opening = EpochOpening::between(before, &after, contents.domain, height);
        let items = follow(&opening, inputs, certificates)?;
        Ok(Self {
            after,
            opening,
            items,
        })
    }
}

/// What each item does.
fn follow(
    opening: &EpochOpening,
    inputs: Vec<ItemInputs>,
    certificates: &[&Certified],
) -> Result<Vec<PlannedItem>, EpochError> {
    let shared = opening.shared();
    let mut run = opening.before;
    let mut items = Vec::with_capacity(inputs.len());
    for inputs in inputs {
        let before = run;
        let plan = match &inputs {
            ItemInputs::Registry(openings) => Registry::plan(shared.hash(), &before, openings, List::EMPTY)?,
            ItemInputs::L1(deposited) => {
                let span = deposited.span().ok_or(EpochError::Empty)?;
                deposited.inputs(shared.hash(), &before).plan(&span)?
            }
            ItemInputs::Anchor(anchored) => {
                let certificate = anchored.certificate;
                let refused = |source: SettlementError| EpochError::Certificate { certificate, source };
                let statement = &certificates[certificate.position].statement;
                let inputs = anchored.inputs(&shared, &before, List::EMPTY);
                inputs.plan(statement).map_err(refused)?
            }
        };
        run = plan.after;
        items.push(PlannedItem { before, inputs, plan });
    }
    Ok(items)
}

/// The height of the rollup exit tree's node that is threaded: the least that all certificates are below. If no exit root changes it is
/// the root, and nothing is hashed.
fn height(state: &GlobalState, certificates: &[&Certified]) -> u8 {
    let exports = |certified: &&Certified| {
        let network = state.network(certified.new.network);
        network.is_none_or(|known| known.state.exit_count != certified.new.exit_count)
    };
    let least = if certificates.iter().any(exports) {
        rollup_height(certificates.iter().map(|certified| certified.new.network))
    } else {
        u32::BITS
    };
    // It is 32 at most.
    u8::try_from(least).unwrap_or(u8::MAX)
}
