//! Closing a list: one proof, of the standard shape, that every entry of it is a block that Keccak hashes to its output.

mod circuit;
mod size;
mod stark;

#[cfg(test)]
mod tests;

use causeway_aggregation::normalize::{NormalizeError, Options};
use causeway_aggregation::{C, D, F, KeyDigest, Normalizer, ProveError, ShapedProof, prove};
use plonky2::plonk::circuit_data::{CircuitData, VerifierOnlyCircuitData};

use super::list::{Entry, List};
use super::table::{Trace, TraceError};

use stark::Committed;

pub use circuit::ClosingTargets;
pub use size::{Size, SizeError};

/// Why a list cannot be closed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ClosingError {
    /// There are more entries than the size has.
    #[error("{got} entries are more than the {max} that this size closes")]
    TooMany {
        /// Entries given.
        got: usize,
        /// Entries of the size.
        max: usize,
    },
    /// The entries are no entries of a list, or take more rows than the table has.
    #[error(transparent)]
    Entries(#[from] TraceError),
    /// The circuit cannot be brought to the standard shape.
    #[error("the closing circuit: {0}")]
    Normalize(#[from] NormalizeError),
    /// The circuits have another key than whoever verifies their proofs expects: they were changed, and the constant was not.
    #[error("circuits of size {size:?} have key {got}, not {expected}")]
    Key {
        /// The size.
        size: Size,
        /// Digest of the key that is expected.
        expected: KeyDigest,
        /// Digest of the key that there is.
        got: KeyDigest,
    },
    /// starky failed on a table that holds.
    #[error("starky failed to prove a table that holds")]
    Table,
    /// The circuit that walks the list cannot be proven, though the list holds.
    #[error("the circuit that walks the list cannot be proven: {0}")]
    Circuit(#[source] ProveError),
}

/// What a closing has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The table of Keccak-f.
    Table,
    /// The circuit that verifies the table and walks the list.
    Circuit,
    /// The standard shape.
    Shape,
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Table => "the table of permutations",
            Self::Circuit => "the circuit that walks the list",
            Self::Shape => "the standard shape",
        })
    }
}

/// The circuits that close lists of one size.
#[derive(Debug)]
pub struct ListClosing {
    size: Size,
    data: CircuitData<F, C, D>,
    targets: ClosingTargets,
    rows: usize,
    normalizer: Normalizer<C>,
}

impl ListClosing {
    /// Builds the circuits: seconds, and a gigabyte or two.
    ///
    /// # Errors
    /// [`ClosingError::Normalize`] or [`ClosingError::Key`].
    pub fn new(size: Size) -> Result<Self, ClosingError> {
        let (data, targets, rows) = circuit::build(size);
        let normalizer = Normalizer::new(&data.common, &data.verifier_only, Options::default())?;
        let (expected, got) = (size.key_digest(), normalizer.key_digest());
        if got != expected {
            return Err(ClosingError::Key { size, expected, got });
        }
        Ok(Self {
            size,
            data,
            targets,
            rows,
            normalizer,
        })
    }

    /// The size.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The key of the proofs that [`Self::close`] gives.
    pub fn key(&self) -> &VerifierOnlyCircuitData<C, D> {
        self.normalizer.key()
    }

    /// Digest of [`Self::key`].
    pub fn key_digest(&self) -> KeyDigest {
        self.normalizer.key_digest()
    }

    /// Rows of the circuit before padding, then of the wraps that bring it to the standard shape; with binary logarithms.
    pub fn rows(&self) -> Vec<(usize, usize)> {
        std::iter::once((self.rows, self.data.common.degree_bits()))
            .chain(self.normalizer.wraps())
            .collect()
    }

    /// Closes the list that begins at [`Size::start`] and has these entries. Its digest is what the proof is about: see
    /// [`closed_list_inputs`].
    ///
    /// # Errors
    /// [`ClosingError::TooMany`], [`ClosingError::Entries`], or what failed on a list that holds.
    pub fn close(
        &self,
        entries: &[Entry],
        mut progress: impl FnMut(Stage),
    ) -> Result<(List, ShapedProof), ClosingError> {
        let max = self.size.entries();
        let Some(dummies) = max.checked_sub(entries.len()) else {
            return Err(ClosingError::TooMany {
                got: entries.len(),
                max,
            });
        };
        let entries = [vec![Entry::dummy(); dummies], entries.to_vec()].concat();
        let list = List::EMPTY.extend(&entries);
        let trace = Trace::fill(&entries, self.size.degree_bits())?;
        let messages = trace.messages;
        let proof = Committed::new(trace.columns)
            .prove(&list)
            .ok_or(ClosingError::Table)?;
        progress(Stage::Table);
        let elements: Vec<_> = entries.iter().map(Entry::elements).collect();
        let witness = self
            .targets
            .witness(&proof, &elements, &messages)
            .ok_or(ClosingError::Circuit(ProveError::Assignment))?;
        let proof = prove(&self.data, &witness).map_err(ClosingError::Circuit)?;
        progress(Stage::Circuit);
        let proof = self.normalizer.normalize(&proof)?;
        progress(Stage::Shape);
        Ok((list, proof))
    }
}

/// What a proof of a closed list exposes of it, at public inputs 4 to 7.
pub fn closed_list_inputs(list: &List) -> [F; 4] {
    causeway_aggregation::public_inputs_digest(&list.elements())
}
