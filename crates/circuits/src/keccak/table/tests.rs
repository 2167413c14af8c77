#![allow(clippy::unwrap_used)]

use alloy_primitives::keccak256;
use causeway_aggregation::{C, D, F};
use plonky2::field::types::{Field, Sample};
use proptest::prelude::*;
use starky::constraint_consumer::ConstraintConsumer;
use starky::evaluation_frame::{StarkEvaluationFrame, StarkFrame};
use starky::stark::Stark;
use starky::stark_testing::{test_stark_circuit_constraints, test_stark_low_degree};

use super::columns::{ABSORB, COLUMNS, MESSAGE, PARITY, PLACE, THETA, TIMES, block, flag, output};
use super::*;
use crate::keccak::list::Entry;
use crate::keccak::permutation::ROUNDS;

/// Rows of the table whose constraints the values break, by a random combination of all of them.
fn broken_rows(columns: &[Vec<F>]) -> Vec<usize> {
    let rows = columns[0].len();
    let alpha = F::rand();
    (0..rows).filter(|&row| broken(columns, row, alpha)).collect()
}

fn broken(columns: &[Vec<F>], row: usize, alpha: F) -> bool {
    let rows = columns[0].len();
    let values = |row: usize| {
        columns
            .iter()
            .map(|column| column[row % rows])
            .collect::<Vec<F>>()
    };
    let frame = StarkFrame::from_values(&values(row), &values(row + 1), &[]);
    let transition = F::from_bool(row + 1 < rows);
    let mut consumer = ConstraintConsumer::new(
        vec![alpha],
        transition,
        F::from_bool(row == 0),
        F::from_bool(row + 1 == rows),
    );
    Stark::<F, D>::eval_packed_base(&KeccakStark, &frame, &mut consumer);
    consumer.accumulators()[0] != F::ZERO
}

fn filled(messages: &[&[u8]], degree_bits: usize) -> Vec<Vec<F>> {
    let entries: Vec<Entry> = messages.iter().flat_map(|m| Entry::of_message(m).0).collect();
    let trace = Trace::<F>::fill(&entries, degree_bits).unwrap();
    trace.columns.into_iter().map(|column| column.values).collect()
}

/// One block, three blocks, one again: rows 1 to 24; 25 to 98; 99 to 122.
fn sample() -> Vec<Vec<F>> {
    filled(&[b"one", &[7; 300], b"another"], 8)
}

/// The last row of the first message; an absorb row within the second; the first row of the third message.
const LAST: usize = 24;
const WITHIN: usize = 49;
const THIRD: usize = 99;

#[test]
fn the_two_halves_of_the_constraints_agree() {
    test_stark_circuit_constraints::<F, C, KeccakStark, D>(KeccakStark).unwrap();
}

#[test]
fn constraints_are_of_low_degree() {
    test_stark_low_degree::<F, KeccakStark, D>(KeccakStark).unwrap();
}

#[test]
fn rows_are_where_these_tests_take_them_to_be() {
    let columns = sample();
    assert_eq!(columns[flag(ROUNDS - 1)][LAST], F::ONE);
    assert_eq!(columns[ABSORB][WITHIN], F::ONE);
    assert_eq!(columns[PLACE][WITHIN], F::ONE);
    assert_eq!(columns[MESSAGE][THIRD], F::TWO);
    assert_eq!(columns[MESSAGE][THIRD - 1], F::ONE);
    assert_eq!(broken_rows(&columns), Vec::<usize>::new());
}

#[test]
fn no_cell_can_be_changed_alone() {
    let columns = sample();
    let alpha = F::rand();
    // The first row, first and later rounds, a last round before a message and before an absorb row, an absorb row.
    for row in [0, 1, 5, LAST, WITHIN - 1, WITHIN, WITHIN + 1, THIRD] {
        let free: &[usize] = if columns[flag(ROUNDS - 1)][row] == F::ONE {
            &[TIMES]
        } else {
            &[]
        };
        for column in (0..COLUMNS).filter(|column| !free.contains(column)) {
            let mut forged = columns.clone();
            let cell = &mut forged[column][row];
            // Bits stay bits.
            *cell = if (PARITY..TIMES).contains(&column) {
                F::ONE - *cell
            } else {
                *cell + F::ONE
            };
            let noticed = broken(&forged, row, alpha) || row > 0 && broken(&forged, row - 1, alpha);
            assert!(noticed, "column {column} of row {row}");
        }
    }
}

#[test]
fn only_the_last_round_is_looked_up() {
    let columns = sample();
    for row in [0, 1, LAST - 1, WITHIN] {
        let mut forged = columns.clone();
        forged[TIMES][row] = F::ONE;
        assert_eq!(broken_rows(&forged), [row]);
    }
}

#[test]
fn a_permutation_cannot_be_cut_short() {
    // The flags of the first message skip from its second round to its last.
    let mut forged = sample();
    for round in 0..ROUNDS {
        forged[flag(round)][2] = F::from_bool(round == ROUNDS - 1);
    }
    assert!(broken_rows(&forged).contains(&1));
}

#[test]
fn a_message_cannot_begin_from_another_state_than_zero() {
    // The third message as a continuation of the second that passes for a beginning.
    let mut forged = sample();
    let honest = filled(&[b"one", &[7; 300]], 8);
    for column in [output(40), output(49)] {
        forged[column][THIRD - 1] += F::ONE;
    }
    assert!(broken_rows(&forged).contains(&(THIRD - 1)));
    assert_eq!(broken_rows(&honest), Vec::<usize>::new());
    // The first row carries zeros.
    let mut forged = sample();
    forged[output(0)][0] = F::ONE;
    assert!(broken_rows(&forged).contains(&0));
}

#[test]
fn messages_have_numbers_of_their_own() {
    // The third message under the number of the second, and what follows it.
    let mut forged = sample();
    for row in THIRD..forged[MESSAGE].len() {
        forged[MESSAGE][row] -= F::ONE;
    }
    assert_eq!(broken_rows(&forged), [THIRD - 1]);
    // The third message as a fourth block of the second.
    let mut forged = sample();
    forged[PLACE][THIRD..THIRD + ROUNDS].fill(F::from_canonical_u32(3));
    assert_eq!(broken_rows(&forged)[0], THIRD - 1);
    // A place that is skipped.
    let mut forged = sample();
    for place in &mut forged[PLACE][WITHIN..THIRD] {
        *place += F::ONE;
    }
    assert_eq!(broken_rows(&forged), [WITHIN - 1]);
}

/// Where a row's bits are told from other numbers by nothing else: two bits of one column behind the block of an absorb row, whose
/// parity stays what it was.
#[test]
fn bits_are_zero_or_one() {
    for row in [0, WITHIN] {
        let mut forged = sample();
        let [upper, lower] = [3, 4].map(|y| columns::theta(2, y, 7));
        let (a, b) = (forged[upper][row], forged[lower][row]);
        let parity = a + b - F::TWO * a * b;
        // 2 + b - 4 b is the parity.
        forged[upper][row] = F::TWO;
        forged[lower][row] = (F::TWO - parity) / F::from_canonical_u32(3);
        assert_eq!(broken_rows(&forged), [row]);
    }
}

/// Numbers that are right but for where they begin.
#[test]
fn messages_and_their_blocks_are_counted_from_zero() {
    let mut forged = sample();
    for message in &mut forged[MESSAGE] {
        *message += F::ONE;
    }
    assert_eq!(broken_rows(&forged), [0]);
    // The first message as one whose first block is missing.
    let mut forged = sample();
    for place in &mut forged[PLACE][..=LAST] {
        *place += F::ONE;
    }
    assert_eq!(broken_rows(&forged), [0]);
}

/// The rows behind the first absorb row of another table, as if they were the first ones: a message from a state of the prover's.
#[test]
fn the_first_message_begins_from_zeros() {
    let columns = filled(&[b"one", &[7; 300], b"another"], 9);
    let mut forged: Vec<Vec<F>> = columns
        .iter()
        .map(|column| column[WITHIN..WITHIN + 256].to_vec())
        .collect();
    for message in &mut forged[MESSAGE] {
        *message -= F::ONE;
    }
    for place in &mut forged[PLACE][..THIRD - WITHIN] {
        *place -= F::ONE;
    }
    assert_eq!(broken_rows(&forged), [0]);
}

/// A round beside the absorb row, which would give a message an end before its last round.
#[test]
fn the_first_row_is_no_round() {
    for round in 0..ROUNDS - 1 {
        let mut forged = sample();
        forged[flag(round)][0] = F::ONE;
        forged[flag(round + 1)][1] = F::ONE;
        assert!(broken(&forged, 0, F::rand()), "{round}");
    }
}

#[test]
fn an_absorb_row_adds_the_block_that_is_looked_up() {
    let mut forged = sample();
    for limb in &mut forged[block(3)][WITHIN..=WITHIN + ROUNDS] {
        *limb += F::ONE;
    }
    assert_eq!(broken_rows(&forged), [WITHIN]);
    // The bits of another block, and the rest unchanged: what is added is not what stands there.
    let mut forged = sample();
    forged[THETA][WITHIN] = F::ONE - forged[THETA][WITHIN];
    assert!(broken_rows(&forged).contains(&WITHIN));
}

#[test]
fn entries_that_are_none_are_named() {
    let (entries, _) = Entry::of_message(&[1; 300]);
    let error = |entries: &[Entry]| Trace::<F>::fill(entries, 8).unwrap_err();
    assert_eq!(
        error(&entries[1..]),
        TraceError::Order {
            index: 0,
            place: 1,
            previous: None
        }
    );
    assert_eq!(
        error(&[entries[0], entries[2]]),
        TraceError::Order {
            index: 1,
            place: 2,
            previous: Some(0)
        }
    );
    let mut wrong = entries.clone();
    wrong[1].output[0] ^= 1;
    assert_eq!(error(&wrong), TraceError::Output { index: 1 });
    let many: Vec<Entry> = (0_u32..11)
        .flat_map(|i| Entry::of_message(&i.to_be_bytes()).0)
        .collect();
    assert_eq!(
        error(&many),
        TraceError::TooManyRows {
            needed: 265,
            rows: 256
        }
    );
    assert!(Trace::<F>::fill(&many[..10], 8).is_ok());
}

#[test]
fn equal_messages_take_one_permutation_each() {
    let dummies = vec![Entry::dummy(); 1000];
    let trace = Trace::<F>::fill(&dummies, 8).unwrap();
    assert_eq!(trace.columns[TIMES].values[LAST], F::from_canonical_u32(1000));
    assert!(trace.messages.iter().all(|&message| message == F::ZERO));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn entries_hash_as_the_library_does(message in prop::collection::vec(any::<u8>(), 0..1000)) {
        let (entries, digest) = Entry::of_message(&message);
        prop_assert_eq!(digest, keccak256(&message).0);
        prop_assert_eq!(entries.len(), message.len() / 136 + 1);
    }

    #[test]
    fn traces_of_random_messages_satisfy_every_constraint(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..4),
    ) {
        let slices: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let columns = filled(&slices, 9);
        prop_assert_eq!(broken_rows(&columns), Vec::<usize>::new());
    }
}
