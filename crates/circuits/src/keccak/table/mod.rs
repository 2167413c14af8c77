//! The table of Keccak-f permutations: a STARK of 2,032 columns, a row a round.
//!
//! With D[x][z] = C[x-1][z] + C[x+1][z-1] over bits, theta takes the state A to A' = A + D. Hence A is A' + D and no column holds
//! it; and a column of A' has the parity C + 5 D = C + D, which ties C to A. Rho and pi move bits, chi and iota make the next
//! state of them. No constraint is of more than degree 5.
//!
//! A row of the last round answers lookups: (place, block, output, message). The number of the message is what makes the blocks
//! of one message belong together: rows of equal number are blocks of one message, one for each place.

pub mod columns;
mod constraints;
mod constraints_circuit;
mod trace;

#[cfg(test)]
mod tests;

use plonky2::field::types::Field;
use starky::cross_table_lookup::{CrossTableLookup, TableWithColumns};
use starky::lookup::{Column, Filter};

use super::block::{DIGEST_LIMBS, RATE_LIMBS};

pub use trace::{Trace, TraceError, rows_needed};

/// Degree of the constraints.
pub const CONSTRAINT_DEGREE: usize = 5;

/// The table's constraints.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeccakStark;

/// The lookup that a row of the last round answers. There is no looking table: the circuit that verifies the STARK looks.
pub fn lookups<F: Field>() -> Vec<CrossTableLookup<F>> {
    let columns = std::iter::once(columns::PLACE)
        .chain((0..RATE_LIMBS).map(columns::block))
        .chain((0..DIGEST_LIMBS).map(columns::output))
        .chain(std::iter::once(columns::MESSAGE));
    let filter = Filter::new_simple(Column::single(columns::TIMES));
    let looked = TableWithColumns::new(0, Column::singles(columns).collect(), filter);
    vec![CrossTableLookup::new(vec![], looked)]
}
