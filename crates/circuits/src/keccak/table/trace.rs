//! Filling the table.

use std::collections::HashMap;

use plonky2::field::polynomial::PolynomialValues;
use plonky2::field::types::Field;

use super::columns::{ABSORB, BLOCK, COLUMNS, MESSAGE, OUTPUT, PLACE, TIMES, flag, parity, theta};
use crate::keccak::block::{Block, absorb, output_limbs, state_limbs};
use crate::keccak::list::Entry;
use crate::keccak::permutation::{
    LANE_BITS, ROUND_CONSTANTS, ROUNDS, State, after_theta, column_parities, theta as apply_theta,
};

/// Why entries cannot be put into a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// The messages take more rows than the table has.
    #[error("the messages take {needed} rows, the table has {rows}")]
    TooManyRows {
        /// Rows needed.
        needed: usize,
        /// Rows there are.
        rows: usize,
    },
    /// An entry does not continue the message that the entry before it belongs to.
    #[error("entry {index} is block {place} of its message, after block {previous:?}")]
    Order {
        /// The entry.
        index: usize,
        /// Its place.
        place: u32,
        /// The place of the entry before it.
        previous: Option<u32>,
    },
    /// An entry's output is not what Keccak gives.
    #[error("entry {index} has an output that Keccak does not give")]
    Output {
        /// The entry.
        index: usize,
    },
}

/// A filled table.
#[derive(Clone, Debug)]
pub struct Trace<F: Field> {
    /// The columns.
    pub columns: Vec<PolynomialValues<F>>,
    /// The number of each entry's message, in the order of the entries.
    pub messages: Vec<F>,
}

/// Messages in the order of the table, each once, with how often each block is looked up.
#[derive(Debug, Default)]
struct Messages {
    blocks: Vec<Vec<(Block, u64)>>,
    numbers: HashMap<Vec<Block>, usize>,
}

impl Messages {
    fn look_up(&mut self, message: Vec<Block>) -> usize {
        let next = self.blocks.len();
        let number = *self.numbers.entry(message.clone()).or_insert(next);
        if number == next {
            self.blocks
                .push(message.into_iter().map(|block| (block, 0)).collect());
        }
        for (_, times) in &mut self.blocks[number] {
            *times += 1;
        }
        number
    }
}

/// Rows that distinct messages with these numbers of blocks take.
fn rows_of(blocks: impl Iterator<Item = usize>) -> usize {
    1 + blocks.map(|blocks| blocks * (ROUNDS + 1) - 1).sum::<usize>()
}

/// Rows that these entries take, equal messages once.
///
/// # Errors
/// [`TraceError::Order`] or [`TraceError::Output`].
pub fn rows_needed(entries: &[Entry]) -> Result<usize, TraceError> {
    let (messages, _) = messages(entries)?;
    Ok(rows_of(messages.blocks.iter().map(Vec::len)))
}

/// Groups entries to messages.
fn messages(entries: &[Entry]) -> Result<(Messages, Vec<usize>), TraceError> {
    let mut messages = Messages::default();
    let mut numbers = Vec::with_capacity(entries.len());
    let mut start = 0;
    while start < entries.len() {
        let mut end = start;
        let mut state = [0; 25];
        while let Some(entry) = entries.get(end) {
            if entry.place == 0 && end > start {
                break;
            }
            if entry.place as usize != end - start {
                return Err(TraceError::Order {
                    index: end,
                    place: entry.place,
                    previous: end.checked_sub(1).map(|index| entries[index].place),
                });
            }
            state = absorb(&state, &entry.block);
            if output_limbs(&state) != entry.output {
                return Err(TraceError::Output { index: end });
            }
            end += 1;
        }
        let message = entries[start..end].iter().map(|entry| entry.block).collect();
        let number = messages.look_up(message);
        numbers.extend(std::iter::repeat_n(number, end - start));
        start = end;
    }
    Ok((messages, numbers))
}

impl<F: Field> Trace<F> {
    /// Fills a table of 2^`degree_bits` rows; rows that are left hash the empty message, unasked.
    ///
    /// # Errors
    /// [`TraceError::TooManyRows`], or an entry that is no entry of a list.
    pub fn fill(entries: &[Entry], degree_bits: usize) -> Result<Self, TraceError> {
        let rows = 1 << degree_bits;
        let (messages, numbers) = messages(entries)?;
        let needed = rows_of(messages.blocks.iter().map(Vec::len));
        if needed > rows {
            return Err(TraceError::TooManyRows { needed, rows });
        }
        let mut table = Table::new(rows);
        for message in &messages.blocks {
            table.message(message);
        }
        while table.row < rows {
            table.message(&[(Entry::dummy().block, 0)]);
        }
        Ok(Self {
            columns: table.columns.into_iter().map(PolynomialValues::new).collect(),
            messages: numbers.into_iter().map(F::from_canonical_usize).collect(),
        })
    }
}

/// A table that is being filled.
struct Table<F> {
    columns: Vec<Vec<F>>,
    rows: usize,
    row: usize,
    number: usize,
}

impl<F: Field> Table<F> {
    fn new(rows: usize) -> Self {
        Self {
            columns: vec![vec![F::ZERO; rows]; COLUMNS],
            rows,
            row: 0,
            number: 0,
        }
    }

    /// Writes a message's rows, as far as there are rows.
    fn message(&mut self, blocks: &[(Block, u64)]) {
        let mut state = [0; 25];
        for (place, (block, times)) in blocks.iter().enumerate() {
            if self.row == 0 || place > 0 {
                self.absorb_row(place, &state, block);
            }
            for (lane, limbs) in state.iter_mut().zip(block.as_chunks::<2>().0) {
                *lane ^= u64::from(limbs[0]) | u64::from(limbs[1]) << 32;
            }
            for (round, &constant) in ROUND_CONSTANTS.iter().enumerate() {
                let after = apply_theta(&state);
                let output = after_theta(&after, constant);
                self.bits(&state, &after);
                self.set(flag(round), F::ONE);
                if round == ROUNDS - 1 {
                    self.set(TIMES, F::from_canonical_u64(*times));
                }
                self.end_row(place, block, &output);
                state = output;
            }
        }
        self.number += 1;
    }

    fn absorb_row(&mut self, place: usize, state: &State, block: &Block) {
        let mut bits: State = [0; 25];
        for (lane, limbs) in bits.iter_mut().zip(block.as_chunks::<2>().0) {
            *lane = u64::from(limbs[0]) | u64::from(limbs[1]) << 32;
        }
        self.bits(&before_theta(&bits), &bits);
        self.set(ABSORB, F::ONE);
        self.end_row(place, block, state);
    }

    fn bits(&mut self, before: &State, after: &State) {
        for (x, lane) in column_parities(before).into_iter().enumerate() {
            for z in 0..LANE_BITS {
                self.set(parity(x, z), F::from_bool(lane >> z & 1 == 1));
            }
        }
        for (index, lane) in after.iter().enumerate() {
            for z in 0..LANE_BITS {
                self.set(theta(index % 5, index / 5, z), F::from_bool(lane >> z & 1 == 1));
            }
        }
    }

    fn end_row(&mut self, place: usize, block: &Block, output: &State) {
        for (limb, &value) in block.iter().enumerate() {
            self.set(BLOCK + limb, F::from_canonical_u32(value));
        }
        for (limb, value) in state_limbs(output).into_iter().enumerate() {
            self.set(OUTPUT + limb, F::from_canonical_u32(value));
        }
        self.set(MESSAGE, F::from_canonical_usize(self.number));
        self.set(PLACE, F::from_canonical_usize(place));
        self.row += 1;
    }

    fn set(&mut self, column: usize, value: F) {
        if self.row < self.rows {
            self.columns[column][self.row] = value;
        }
    }
}

/// The state that theta takes to this one: theta has order 192.
fn before_theta(state: &State) -> State {
    (0..191).fold(*state, |state, _| apply_theta(&state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn theta_has_order_192() {
        let state: State = std::array::from_fn(|lane| (lane as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        assert_eq!(apply_theta(&before_theta(&state)), state);
    }
}
