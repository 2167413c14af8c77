//! Items of an epoch: each takes what the epoch has done so far one step further.

use causeway_aggregation::{F, Shape, ShapedProof};
use causeway_ledger::Domain;
use causeway_types::GoldilocksDigest;

use super::error::{SettlementError, Stage};
use super::run::EpochRun;
use super::span::{ITEM, Span};
use crate::keccak::{Entry, List};
use crate::targets::elements;

/// What an item does, computed natively.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemPlan {
    /// What it appends to the list.
    pub entries: Vec<Entry>,
    /// What the epoch has done after it.
    pub after: EpochRun,
    /// What its proof says.
    pub span: Span,
}

impl ItemPlan {
    /// Of an item without a list of its own: its entries follow those before it.
    pub(super) fn new(
        context: GoldilocksDigest,
        before: &EpochRun,
        after: EpochRun,
        list_in: List,
        entries: Vec<Entry>,
    ) -> Self {
        Self {
            span: Span {
                context,
                before: before.hash(),
                after: after.hash(),
                list_in,
                list_out: list_in.extend(&entries),
            },
            entries,
            after,
        }
    }
}

/// An item's proof and the span whose digest it exposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The proof.
    pub proof: ShapedProof,
    /// What it says.
    pub span: Span,
}

impl Item {
    /// Verifies the proof and holds the span to it. Of which circuit it is remains to be seen.
    ///
    /// # Errors
    /// [`SettlementError::Inner`] or [`SettlementError::OtherStatement`], of the stage that takes the item.
    pub fn verify(&self, stage: Stage) -> Result<(), SettlementError> {
        self.verify_as(ITEM, stage)
    }

    /// [`Self::verify`] for a span of another family.
    ///
    /// # Errors
    /// The same.
    pub fn verify_as(&self, family: Domain, stage: Stage) -> Result<(), SettlementError> {
        self.proof
            .verify_as(Shape::Standard)
            .map_err(|source| SettlementError::Inner { stage, source })?;
        let digest: [F; 4] = elements(self.span.hash(family));
        if self.proof.public_inputs()[4..8] == digest {
            Ok(())
        } else {
            Err(SettlementError::OtherStatement { stage })
        }
    }
}
