//! Proving with an answer for every witness: what is wrong with it, by gate and row, instead of a panic.
//!
//! plonky2's own prover fills a witness, does all the work, and panics in the end if the quotient is none. This fills the
//! witness once, checks it ([`crate::check`]), which takes a few hundredths of the time, and proves from that same witness. It
//! takes no witness that plonky2 would not take: one on which generators disagree is refused even if it satisfies all constraints.

#[cfg(test)]
mod tests;

use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_data::CircuitData;
use plonky2::plonk::config::GenericConfig;
use plonky2::plonk::proof::ProofWithPublicInputs;
use plonky2::plonk::prover::prove_with_partition_witness;
use plonky2::util::timing::TimingTree;

use crate::check::{Conflict, First, Trace, Unchecked, Unfinished, Violation, Violations, quietly};
use crate::config::{D, F};

/// Why a witness was not proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// Witnesses of this circuit cannot be checked.
    #[error(transparent)]
    Unchecked(#[from] Unchecked),
    /// An input could not be assigned: a value twice, differently, or something of another shape than the circuit's.
    #[error("an input was assigned twice, differently, or has another shape than the circuit's")]
    Assignment,
    /// A value was given for a target of another circuit.
    #[error("{target:?} is not of this circuit")]
    UnknownTarget {
        /// The target.
        target: Target,
    },
    /// Generators failed on the values that they asked for.
    #[error("generators failed: {generators}")]
    Generators {
        /// They, and how.
        generators: First<Unfinished>,
    },
    /// Values are missing.
    #[error("the witness is incomplete: {generators}")]
    Incomplete {
        /// Generators that wait for them.
        generators: First<Unfinished>,
    },
    /// The witness breaks constraints.
    #[error("{} constraints are broken: {violations}", violations.total())]
    Unsatisfied {
        /// Which.
        violations: Violations,
    },
    /// Constraints hold, but there are two values for one target: the prover gave one, a generator computes another.
    #[error("a target has two values: {conflicts}")]
    Conflict {
        /// Generators that disagree with what there is.
        conflicts: First<Conflict>,
    },
    /// plonky2 failed on a witness that satisfies all constraints: a challenge hit one of the few values in 2^64
    /// that its prover cannot go on with.
    #[error("plonky2 failed to prove a satisfied witness")]
    Prover,
}

/// Fills the witness from a prover's inputs, checks it and proves it.
///
/// # Errors
/// A [`ProveError`] that says what is wrong with the witness: the first cause if there are several, in the order in
/// which the variants are declared.
pub fn prove<InC: GenericConfig<D, F = F>>(
    data: &CircuitData<F, InC, D>,
    inputs: &PartialWitness<F>,
) -> Result<ProofWithPublicInputs<F, InC, D>, ProveError> {
    if !data.common.luts.is_empty() {
        return Err(Unchecked::Lookups.into());
    }
    let trace = Trace::honest(data, inputs);
    check(&trace)?;
    let witness = trace.into_filled().partition;
    // What is left to fail is chance, see [`ProveError::Prover`], and no reason to end a process.
    quietly(|| {
        let mut timing = TimingTree::default();
        prove_with_partition_witness(&data.prover_only, &data.common, witness, &mut timing)
    })
    .and_then(Result::ok)
    .ok_or(ProveError::Prover)
}

/// Holds a filled witness to everything that [`prove`] asks for.
fn check<InC: GenericConfig<D, F = F>>(trace: &Trace<'_, InC>) -> Result<(), ProveError> {
    let violations = trace.check();
    for violation in violations.first() {
        match violation {
            Violation::Unchecked(why) => return Err((*why).into()),
            Violation::UnknownTarget { target } => {
                return Err(ProveError::UnknownTarget { target: *target });
            }
            _ => {}
        }
    }
    let (failed, waiting, conflicts) = (trace.failed(), trace.waiting(), trace.conflicts());
    if !failed.is_empty() {
        return Err(ProveError::Generators {
            generators: failed.clone(),
        });
    }
    if !waiting.is_empty() {
        return Err(ProveError::Incomplete {
            generators: waiting.clone(),
        });
    }
    if !violations.is_empty() {
        return Err(ProveError::Unsatisfied { violations });
    }
    if !conflicts.is_empty() {
        return Err(ProveError::Conflict {
            conflicts: conflicts.clone(),
        });
    }
    Ok(())
}
