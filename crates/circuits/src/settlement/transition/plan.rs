//! The steps of a certificate, natively: what each does, and to which run.

use std::sync::Arc;

use causeway_ledger::inputs::{Step, TransitionInputs};
use causeway_types::{GoldilocksDigest, NetworkId};

use super::moves::{Challenge, sum_challenge};
use super::run::CertificateRun;
use super::segment::segment_context;
use super::tokens::TokenSum;
use crate::keccak::{Entry, List};
use crate::settlement::error::SettlementError;
use crate::settlement::exits::exit_entries;
use crate::settlement::span::Span;

/// One step of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentPlan {
    /// What it takes.
    pub step: Step,
    /// The run before.
    pub before: CertificateRun,
    /// The run after.
    pub after: CertificateRun,
    /// Digest of the point at which moves are summed.
    pub challenge: GoldilocksDigest,
    /// What the tokens of the whole certificate come to.
    pub sums: Arc<[TokenSum]>,
    /// What it appends to a list: the leaves of its exits, and the nodes above them.
    pub entries: Vec<Entry>,
}

impl SegmentPlan {
    /// The steps of a certificate in order.
    ///
    /// # Errors
    /// [`SettlementError::NotApplied`] if the inputs are not those of a certificate that the ledger applied.
    pub fn of(inputs: &TransitionInputs) -> Result<Vec<Self>, SettlementError> {
        let sums: Arc<[TokenSum]> = TokenSum::of(inputs).into();
        let chain = sums
            .iter()
            .fold(GoldilocksDigest::ZERO, |chain, sum| sum.link(chain));
        // Imports and exits do not depend on the point: the chain of the first is that of any run.
        let anywhere = Challenge::new(GoldilocksDigest::ZERO);
        let end = run(inputs, &anywhere, &sums)?;
        let imports = end.last().map_or(GoldilocksDigest::ZERO, |run| run.imports);
        let challenge = sum_challenge(
            inputs.old.network,
            [inputs.old.exit_count, inputs.new.exit_count],
            [inputs.new.shadow_root, imports, chain],
        );
        let runs = run(inputs, &Challenge::new(challenge), &sums)?;
        let steps = inputs.steps.iter().zip(runs.windows(2));
        Ok(steps
            .map(|(step, runs)| Self {
                step: step.clone(),
                before: runs[0].clone(),
                after: runs[1].clone(),
                challenge,
                sums: Arc::clone(&sums),
                entries: exit_entries(
                    inputs.exits.get(step.exits.clone()).unwrap_or_default(),
                    &runs[0].exits,
                ),
            })
            .collect())
    }

    /// What the step's proof says that begins behind a list.
    pub fn span(&self, network: NetworkId, list_in: List) -> Span {
        Span {
            context: segment_context(network, self.challenge),
            before: self.before.hash(),
            after: self.after.hash(),
            list_in,
            list_out: list_in.extend(&self.entries),
        }
    }
}

/// The runs before the first step, between any two, and after the last.
fn run(
    inputs: &TransitionInputs,
    challenge: &Challenge,
    sums: &[TokenSum],
) -> Result<Vec<CertificateRun>, SettlementError> {
    let mut runs = vec![CertificateRun::begin(inputs)];
    for (at, step) in inputs.steps.iter().enumerate() {
        let after = runs[at].follow(inputs, step, (challenge, sums));
        runs.push(after.ok_or(SettlementError::NotApplied { step: at })?);
    }
    Ok(runs)
}
