//! What is found by the million and read by the dozen.

use std::fmt;

/// How many are kept.
pub const KEPT: usize = 64;
/// How many are told.
const TOLD: usize = 3;

/// The first of many, and how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First<T> {
    total: usize,
    kept: Vec<T>,
}

impl<T> First<T> {
    /// The first of these.
    pub(crate) fn of(kept: impl IntoIterator<Item = T>) -> Self {
        let mut first = Self::default();
        for item in kept {
            first.push(item);
        }
        first
    }

    /// The first of what `total` others began with.
    pub(super) fn truncated(mut kept: Vec<T>, total: usize) -> Self {
        kept.truncate(KEPT);
        Self { total, kept }
    }

    /// Counts an item and keeps it if there is room.
    pub(super) fn push(&mut self, item: T) {
        self.total += 1;
        if self.kept.len() < KEPT {
            self.kept.push(item);
        }
    }

    /// These, and then the others.
    pub(super) fn chain(mut self, mut others: Self) -> Self {
        self.kept.append(&mut others.kept);
        Self::truncated(self.kept, self.total + others.total)
    }

    /// How many there are in all.
    pub const fn total(&self) -> usize {
        self.total
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The first [`KEPT`] of them.
    pub fn first(&self) -> &[T] {
        &self.kept
    }

    /// [`Self::first`], taken out.
    pub fn into_first(self) -> Vec<T> {
        self.kept
    }
}

impl<T> Default for First<T> {
    fn default() -> Self {
        Self {
            total: 0,
            kept: Vec::new(),
        }
    }
}

/// The first three, and how many follow.
impl<T: fmt::Display> fmt::Display for First<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.kept.iter().take(TOLD).enumerate() {
            write!(f, "{}{item}", if index == 0 { "" } else { "; " })?;
        }
        match self.total.saturating_sub(TOLD) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_few_are_told() {
        let all = First::of(0..1000);
        assert_eq!((all.total(), all.first().len()), (1000, KEPT));
        assert_eq!(all.to_string(), "0; 1; 2; and 997 more");
        assert_eq!(First::of([5, 6]).to_string(), "5; 6");
        let both = First::of([5]).chain(all);
        assert_eq!((both.total(), both.first().len()), (1001, KEPT));
        assert_eq!(both.first()[..2], [5, 0]);
    }
}
