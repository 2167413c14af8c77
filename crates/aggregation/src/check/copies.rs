//! Copy constraints.

use std::collections::BTreeMap;

use plonky2::iop::witness::PartitionWitness;

use super::{Violation, Violations};
use crate::config::F;

/// The wires among `overwritten`, by row and column, that differ from the others of their class.
///
/// plonky2 makes its permutation of the map from wires to classes by which a witness is read. Wires that were read
/// through it are equal to their copies; only those that were written past it can differ.
pub(super) fn check(
    partition: &PartitionWitness<'_, F>,
    routed: usize,
    overwritten: &BTreeMap<(usize, usize), F>,
) -> Violations {
    if overwritten.is_empty() {
        return Violations::default();
    }
    let class = |row, column| partition.representative_map[row * partition.num_wires + column];
    // What a class is, if a wire of it still says so; else what its first wire became.
    let mut value: Vec<Option<F>> = vec![None; partition.representative_map.len()];
    for row in 0..partition.degree {
        for column in 0..routed {
            if !overwritten.contains_key(&(row, column)) {
                let class = class(row, column);
                value[class] = Some(partition.values[class].unwrap_or_default());
            }
        }
    }
    let mut found = Violations::default();
    for (&(row, column), &written) in overwritten {
        // Wires that are not routed have no copies.
        if column < routed && *value[class(row, column)].get_or_insert(written) != written {
            found.push(Violation::Copy { row, column });
        }
    }
    found
}
