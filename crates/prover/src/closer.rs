//! Closes lists, one at a time.

use causeway_aggregation::ShapedProof;
use causeway_circuits::keccak::{ClosingError, Entry, ListClosing, Size};

/// The circuits that closed a list last: each takes a gigabyte or more, and the next list mostly has the same size.
#[derive(Debug, Default)]
pub(crate) struct Closer(Option<ListClosing>);

impl Closer {
    /// Closes the list that begins at [`Size::start`] and has these entries.
    pub(crate) fn close(&mut self, size: Size, entries: &[Entry]) -> Result<ShapedProof, ClosingError> {
        let circuits = match self.0.take() {
            Some(circuits) if circuits.size() == size => circuits,
            // The old ones are gone before the new ones are made.
            _ => ListClosing::new(size)?,
        };
        let proof = circuits.close(entries, |_| ());
        self.0 = Some(circuits);
        Ok(proof?.1)
    }

    /// Lets the circuits go.
    pub(crate) fn free(&mut self) {
        self.0 = None;
    }
}
