//! The quadratic arithmetic program of a circuit, in snarkjs's convention: rows are points of a domain of size n;
//! after the circuit's rows, A has one row with a single one for each public column; the quotient is given by its
//! product with the vanishing polynomial on the odd powers of the 2n-th root of unity, where that polynomial never is
//! zero. It has degree below 2n and is zero on the even powers, so these n values determine it.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, FftField, Field};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rayon::prelude::*;

use crate::r1cs::{R1cs, Unsatisfied};

/// A circuit with more rows than any domain of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{rows} rows exceed the largest domain, 2^{} points", Fr::TWO_ADICITY - 1)]
pub struct CircuitTooLarge {
    /// Rows of the circuit and of its public columns.
    pub rows: usize,
}

/// Binary logarithm of the domain size: rows, public inputs and one must fit.
pub fn domain_log2(r1cs: &R1cs) -> Result<u32, CircuitTooLarge> {
    let rows = r1cs.num_constraints() + r1cs.num_public() + 1;
    // snarkjs takes at least two points.
    let log2 = rows.next_power_of_two().ilog2().max(1);
    if log2 < Fr::TWO_ADICITY {
        Ok(log2)
    } else {
        Err(CircuitTooLarge { rows })
    }
}

pub(super) fn domain(log2: u32) -> Radix2EvaluationDomain<Fr> {
    Radix2EvaluationDomain::new(1 << log2).expect("the domain was checked to exist")
}

/// Values of the column polynomials at the secret point.
pub(super) struct Columns {
    pub(super) a: Vec<Fr>,
    pub(super) b: Vec<Fr>,
    pub(super) c: Vec<Fr>,
}

/// Evaluates the column polynomials at `x`, which is not in the domain.
pub(super) fn columns_at(r1cs: &R1cs, log2: u32, x: Fr) -> Columns {
    let lagrange = domain(log2).evaluate_all_lagrange_coefficients(x);
    let columns = r1cs.num_variables();
    let (mut a, (b, c)) = rayon::join(
        || r1cs.a.combine_rows(&lagrange, columns),
        || {
            rayon::join(
                || r1cs.b.combine_rows(&lagrange, columns),
                || r1cs.c.combine_rows(&lagrange, columns),
            )
        },
    );
    for (column, value) in lagrange[r1cs.num_constraints()..][..=r1cs.num_public()]
        .iter()
        .enumerate()
    {
        a[column] += value;
    }
    Columns { a, b, c }
}

/// At `x`, the Lagrange basis polynomials of the domain of size 2n that belong to odd powers:
/// L_j(x) = (x^2n - 1) w^j / (2n (x - w^j)).
pub(super) fn odd_lagrange_at(log2: u32, x: Fr) -> Vec<Fr> {
    let n = 1usize << log2;
    let root = Fr::get_root_of_unity(2 * n as u64).expect("the larger domain exists");
    let scale = (x.pow([2 * n as u64]) - Fr::ONE) / Fr::from(2 * n as u64);
    let mut powers = Vec::with_capacity(n);
    let (mut power, square) = (root, root.square());
    for _ in 0..n {
        powers.push(power);
        power *= square;
    }
    let mut values: Vec<Fr> = powers.par_iter().map(|power| x - power).collect();
    ark_ff::batch_inversion_and_mul(&mut values, &scale);
    values
        .par_iter_mut()
        .zip(powers)
        .for_each(|(value, power)| *value *= power);
    values
}

/// Evaluates A z, B z and A z * B z - C z, the last of which must be zero in every row.
fn rows(r1cs: &R1cs, log2: u32, z: &[Fr]) -> Result<(Vec<Fr>, Vec<Fr>), Unsatisfied> {
    let n = 1 << log2;
    let (mut a, mut b) = (vec![Fr::ZERO; n], vec![Fr::ZERO; n]);
    let wrong = a
        .par_iter_mut()
        .zip(b.par_iter_mut())
        .enumerate()
        .take(r1cs.num_constraints())
        .map(|(row, (a, b))| {
            *a = r1cs.a.evaluate(row, z);
            *b = r1cs.b.evaluate(row, z);
            (*a * *b != r1cs.c.evaluate(row, z)).then_some(row)
        })
        .reduce(|| None, |left, right| left.into_iter().chain(right).min());
    if let Some(row) = wrong {
        return Err(Unsatisfied { row });
    }
    a[r1cs.num_constraints()..][..=r1cs.num_public()].copy_from_slice(&z[..=r1cs.num_public()]);
    Ok((a, b))
}

/// Checks the assignment `z` (column 0 is one) and returns A B - C on the odd powers; `done` is called after each of
/// [`TRANSFORMS`] steps.
pub(super) fn quotient(r1cs: &R1cs, log2: u32, z: &[Fr], done: impl Fn()) -> Result<Vec<Fr>, Unsatisfied> {
    let (mut a, mut b) = rows(r1cs, log2, z)?;
    let mut c: Vec<Fr> = a.par_iter().zip(&b).map(|(a, b)| *a * b).collect();
    let domain = domain(log2);
    let root = Fr::get_root_of_unity(2 << log2).expect("the larger domain exists");
    let odd = domain.get_coset(root).expect("a coset of an existing domain");
    for polynomial in [&mut a, &mut b, &mut c] {
        domain.ifft_in_place(polynomial);
        done();
        odd.fft_in_place(polynomial);
        done();
    }
    a.par_iter_mut()
        .zip(b)
        .zip(c)
        .for_each(|((a, b), c)| *a = *a * b - c);
    Ok(a)
}

/// Transforms in [`quotient`].
pub(super) const TRANSFORMS: usize = 6;
