use std::collections::HashMap;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Zero};

use super::Var;

/// A sparse matrix in row order. Coefficients are interned: a circuit has few different ones, and an index of
/// four bytes in place of a field element of thirty-two keeps a million rows small.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    row_ends: Vec<u32>,
    entries: Vec<(u32, u32)>,
    coefficients: Vec<Fr>,
    interned: HashMap<Fr, u32>,
}

impl Matrix {
    /// Appends a row. Terms of one column are added up, so that equal rows have one form.
    pub(super) fn push(&mut self, terms: &[(Var, Fr)]) {
        let mut terms = terms.to_vec();
        terms.sort_unstable_by_key(|&(var, _)| var);
        terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        for (var, coefficient) in terms.into_iter().filter(|(_, c)| !c.is_zero()) {
            let next = u32::try_from(self.coefficients.len()).expect("fewer than 2^32 coefficients");
            let id = *self.interned.entry(coefficient).or_insert_with(|| {
                self.coefficients.push(coefficient);
                next
            });
            self.entries.push((var.0, id));
        }
        self.row_ends
            .push(u32::try_from(self.entries.len()).expect("fewer than 2^32 entries"));
    }

    /// Number of rows.
    pub fn num_rows(&self) -> usize {
        self.row_ends.len()
    }

    /// Number of entries that are not zero.
    pub fn num_non_zero(&self) -> usize {
        self.entries.len()
    }

    fn entries(&self, row: usize) -> &[(u32, u32)] {
        let start = if row == 0 {
            0
        } else {
            self.row_ends[row - 1] as usize
        };
        &self.entries[start..self.row_ends[row] as usize]
    }

    /// Number of entries of `row` that are not zero.
    pub fn row_len(&self, row: usize) -> usize {
        self.entries(row).len()
    }

    /// The entries of `row` in order of column.
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = (Var, Fr)> + '_ {
        self.entries(row)
            .iter()
            .map(|&(var, id)| (Var(var), self.coefficients[id as usize]))
    }

    /// The inner product of `row` with `z`.
    pub fn evaluate(&self, row: usize, z: &[Fr]) -> Fr {
        self.entries(row)
            .iter()
            .map(|&(var, id)| z[var as usize] * self.coefficients[id as usize])
            .sum()
    }

    /// The product of a row vector with the matrix: one entry for each of `num_columns` columns, in which row i
    /// counts `weights[i]` times.
    pub fn combine_rows(&self, weights: &[Fr], num_columns: usize) -> Vec<Fr> {
        let mut columns = vec![Fr::ZERO; num_columns];
        for (row, &weight) in weights.iter().enumerate().take(self.num_rows()) {
            for &(var, id) in self.entries(row) {
                columns[var as usize] += weight * self.coefficients[id as usize];
            }
        }
        columns
    }
}

impl PartialEq for Matrix {
    fn eq(&self, other: &Self) -> bool {
        self.row_ends == other.row_ends && (0..self.num_rows()).all(|row| self.row(row).eq(other.row(row)))
    }
}

impl Eq for Matrix {}
