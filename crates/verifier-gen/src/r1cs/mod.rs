//! Rank-1 constraint systems over the scalar field of BN254, compact enough for a million rows.

mod export;
mod matrix;

pub use export::{CircuitHash, InvalidCircuitHash, R1csFileError, circuit_hash, read_r1cs, write_r1cs};
pub use matrix::Matrix;

use ark_bn254::Fr;
use ark_ff::One;
use rayon::prelude::*;

/// A column of the constraint matrices: 0 is the constant one, then the public inputs, then the witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Var(pub u32);

impl Var {
    /// The column that always holds one.
    pub const ONE: Self = Self(0);
}

/// The three matrices of a system `(A z) * (B z) = C z`, with `z = (1, public inputs, witness)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct R1cs {
    num_public: usize,
    num_variables: usize,
    /// Left factors.
    pub a: Matrix,
    /// Right factors.
    pub b: Matrix,
    /// Products.
    pub c: Matrix,
}

/// A row whose two sides differ under an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("constraint {row} is not satisfied")]
pub struct Unsatisfied {
    /// Index of the first such row.
    pub row: usize,
}

impl R1cs {
    /// An empty system whose columns are the constant one and `num_public` public inputs.
    pub fn new(num_public: usize) -> Self {
        Self {
            num_public,
            num_variables: 1 + num_public,
            a: Matrix::default(),
            b: Matrix::default(),
            c: Matrix::default(),
        }
    }

    /// Appends a witness column.
    pub fn new_variable(&mut self) -> Var {
        let var = Var(u32::try_from(self.num_variables).expect("fewer than 2^32 variables"));
        self.num_variables += 1;
        var
    }

    /// Appends the constraint `a * b = c`. Terms may stand in any order, and those of one column are added up.
    ///
    /// # Panics
    /// If a term names a column that does not exist.
    pub fn push(&mut self, a: &[(Var, Fr)], b: &[(Var, Fr)], c: &[(Var, Fr)]) {
        for (var, _) in a.iter().chain(b).chain(c) {
            assert!(
                (var.0 as usize) < self.num_variables,
                "column {} of {}",
                var.0,
                self.num_variables
            );
        }
        self.a.push(a);
        self.b.push(b);
        self.c.push(c);
    }

    /// Number of rows.
    pub fn num_constraints(&self) -> usize {
        self.a.num_rows()
    }

    /// Number of public inputs, the constant one not counted.
    pub const fn num_public(&self) -> usize {
        self.num_public
    }

    /// Number of columns: one, public inputs and witness.
    pub const fn num_variables(&self) -> usize {
        self.num_variables
    }

    /// Entries of all three matrices that are not zero.
    pub fn num_non_zero(&self) -> usize {
        self.a.num_non_zero() + self.b.num_non_zero() + self.c.num_non_zero()
    }

    /// Evaluates every row under `z` and names the first that does not hold.
    ///
    /// # Panics
    /// If `z` does not have one entry per column.
    pub fn check(&self, z: &[Fr]) -> Result<(), Unsatisfied> {
        assert_eq!(z.len(), self.num_variables, "one value per column");
        assert!(z[0].is_one(), "column 0 holds one");
        let holds =
            |row: &usize| self.a.evaluate(*row, z) * self.b.evaluate(*row, z) == self.c.evaluate(*row, z);
        match (0..self.num_constraints())
            .into_par_iter()
            .find_first(|row| !holds(row))
        {
            Some(row) => Err(Unsatisfied { row }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
