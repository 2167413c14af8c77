//! Keccak blocks, known before anything is proven.

use causeway_circuits::keccak::{Entry, List, Size, SizeError};

/// A list that one proof closes: what fills it stands in front, so that whoever appends first has to know all that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedList {
    /// Its blocks.
    pub entries: Vec<Entry>,
    /// The cheapest size that closes them.
    pub size: Size,
    /// The list before the first one.
    pub start: List,
    /// The list with all of them.
    pub end: List,
}

impl PlannedList {
    /// Of these blocks.
    ///
    /// # Errors
    /// [`SizeError::TooLarge`] if no size closes them.
    pub fn new(entries: Vec<Entry>) -> Result<Self, SizeError> {
        let size = Size::cheapest(&entries)?;
        let start = size.start(entries.len());
        Ok(Self {
            size,
            start,
            end: start.extend(&entries),
            entries,
        })
    }
}
