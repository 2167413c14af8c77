//! The sizes that lists are closed in.

use causeway_aggregation::KeyDigest;
use plonky2::field::goldilocks_field::GoldilocksField;
use serde::{Deserialize, Serialize};

use crate::keccak::list::{Entry, List};
use crate::keccak::table::{TraceError, rows_needed};

/// How many entries one proof closes: as many as a table of 2^k rows has permutations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Size {
    /// 85 entries, 2^11 rows.
    Small,
    /// 341 entries, 2^13 rows.
    Medium,
    /// 1,365 entries, 2^15 rows.
    Large,
}

/// Entries that no size closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    /// They are too many, or their messages take too many rows.
    #[error(
        "{entries} entries whose messages take {rows} rows are more than one proof closes: {max} entries, {max_rows} rows"
    )]
    TooLarge {
        /// The entries.
        entries: usize,
        /// Rows that their messages take.
        rows: usize,
        /// Entries of the largest size.
        max: usize,
        /// Rows of the largest size.
        max_rows: usize,
    },
    /// They are no entries of a list.
    #[error(transparent)]
    Entries(#[from] TraceError),
}

impl Size {
    /// Every size, the cheapest first.
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// Binary logarithm of the number of rows of the table.
    pub const fn degree_bits(self) -> usize {
        match self {
            Self::Small => 11,
            Self::Medium => 13,
            Self::Large => 15,
        }
    }

    /// Rows of the table.
    pub const fn rows(self) -> usize {
        1 << self.degree_bits()
    }

    /// Entries that one proof closes: one permutation each, and one absorb row in the table.
    pub const fn entries(self) -> usize {
        (self.rows() - 1) / crate::keccak::permutation::ROUNDS
    }

    /// Digest of the key of the proofs that close lists of this size. A constant, so that whoever verifies them need not
    /// build the circuits; a test does, and so does whoever closes.
    pub const fn key_digest(self) -> KeyDigest {
        let elements = match self {
            Self::Small => [
                0xbf4d_68bc_cc81_b031,
                0x5652_5d92_289d_3011,
                0xda11_a136_9a12_99d8,
                0x220d_3391_9196_159a,
            ],
            Self::Medium => [
                0x16a7_7888_f4ef_9d43,
                0x96c0_d6e7_31af_eed2,
                0x3502_42d8_7153_46e0,
                0x5e99_7519_0de7_638b,
            ],
            Self::Large => [
                0xd6b4_763e_3278_3538,
                0x3236_6f6d_b38c_350e,
                0x49ec_4247_1702_e54c,
                0x6b9f_4627_4726_4d93,
            ],
        };
        let [a, b, c, d] = elements;
        KeyDigest::from_elements([
            GoldilocksField(a),
            GoldilocksField(b),
            GoldilocksField(c),
            GoldilocksField(d),
        ])
    }

    /// The cheapest size that closes these entries.
    ///
    /// # Errors
    /// [`SizeError::TooLarge`], or what is no list.
    pub fn cheapest(entries: &[Entry]) -> Result<Self, SizeError> {
        // The dummies that fill a list share one permutation; where the list is full there is none.
        let rows = rows_needed(entries)?;
        let with_dummy = rows_needed(&[&[Entry::dummy()], entries].concat())?;
        Self::ALL
            .into_iter()
            .find(|size| {
                let rows = if entries.len() < size.entries() {
                    with_dummy
                } else {
                    rows
                };
                entries.len() <= size.entries() && rows <= size.rows()
            })
            .ok_or(SizeError::TooLarge {
                entries: entries.len(),
                rows,
                max: Self::Large.entries(),
                max_rows: Self::Large.rows(),
            })
    }

    /// The list before the first of `entries` entries: the dummies that fill it stand in front.
    pub fn start(self, entries: usize) -> List {
        let dummy = Entry::dummy();
        (entries..self.entries()).fold(List::EMPTY, |list, _| list.append(&dummy))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn singles(count: u32) -> Vec<Entry> {
        (0..count)
            .map(|i| Entry::of_message(&i.to_be_bytes()).0[0])
            .collect()
    }

    #[test]
    fn sizes_have_the_permutations_that_their_rows_hold() {
        assert_eq!(Size::ALL.map(Size::entries), [85, 341, 1365]);
    }

    #[test]
    fn the_cheapest_size_is_taken() {
        for (count, size) in [
            (0, Size::Small),
            (84, Size::Small),
            (85, Size::Small),
            (86, Size::Medium),
            (341, Size::Medium),
            (342, Size::Large),
            (1365, Size::Large),
        ] {
            assert_eq!(Size::cheapest(&singles(count)), Ok(size), "{count}");
        }
        let error = SizeError::TooLarge {
            entries: 1366,
            rows: 32785,
            max: 1365,
            max_rows: 32768,
        };
        assert_eq!(Size::cheapest(&singles(1366)), Err(error));
        // Blocks that continue a message take a row more each: seven rows are to spare.
        let long = |blocks: usize| Entry::of_message(&vec![1; 136 * blocks - 1]).0;
        assert_eq!(Size::cheapest(&[singles(77), long(8)].concat()), Ok(Size::Small));
        assert_eq!(Size::cheapest(&[singles(76), long(9)].concat()), Ok(Size::Medium));
    }

    #[test]
    fn dummies_fill_a_list_from_the_front() {
        let entries = singles(3);
        let whole = [vec![Entry::dummy(); 82], entries.clone()].concat();
        assert_eq!(Size::Small.start(3).extend(&entries), List::EMPTY.extend(&whole));
        assert_eq!(Size::Small.start(85), List::EMPTY);
    }
}
