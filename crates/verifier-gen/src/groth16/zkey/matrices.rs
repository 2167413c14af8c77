//! The matrices in a zkey, held to the circuit's.

use std::io::{Read, Seek};

use ark_bn254::Fr;
use ark_ff::{Field, One, PrimeField};

use super::{Reader, Sections, ZkeyError};
use crate::r1cs::{Matrix, R1cs};

/// Bytes of an entry: matrix, row, column, coefficient.
const ENTRY: u64 = 3 * 4 + 32;

/// Section 4 lists the entries of A and B row by row, then for each public column the further row of A that keeps it
/// independent. It must do so entry for entry as the circuit does: any other list is a key for another circuit.
pub(super) fn check(sections: &mut Sections<impl Read + Seek>, r1cs: &R1cs) -> Result<(), ZkeyError> {
    let count = r1cs.a.num_non_zero() + r1cs.b.num_non_zero() + r1cs.num_public() + 1;
    let section = sections.read(4, None)?;
    let mut entries = Entries {
        section,
        index: 0,
        factor: stored_factor(),
    };
    let declared = u64::from(entries.section.u32()?);
    let (expected, actual) = (count as u64, entries.section.left());
    if declared != expected {
        return Err(ZkeyError::OtherSize {
            what: "matrix entries",
            actual: declared,
            expected,
        });
    }
    if actual != expected * ENTRY {
        return Err(ZkeyError::SectionLength {
            kind: 4,
            actual: actual + 4,
            expected: expected * ENTRY + 4,
        });
    }
    for row in 0..r1cs.num_constraints() {
        entries.expect_row(0, &r1cs.a, row)?;
        entries.expect_row(1, &r1cs.b, row)?;
    }
    for column in 0..=r1cs.num_public() {
        entries.expect(0, r1cs.num_constraints() + column, column as u32, Fr::one())?;
    }
    Ok(())
}

/// What snarkjs multiplies coefficients with before it writes them as integers: 2^512 mod r.
fn stored_factor() -> Fr {
    Fr::from(2u64).pow([512])
}

struct Entries<'a, R> {
    section: Reader<'a, R>,
    index: u64,
    factor: Fr,
}

impl<R: Read> Entries<'_, R> {
    fn expect_row(&mut self, number: u32, matrix: &Matrix, row: usize) -> Result<(), ZkeyError> {
        matrix
            .row(row)
            .try_for_each(|(var, coefficient)| self.expect(number, row, var.0, coefficient))
    }

    fn expect(&mut self, matrix: u32, row: usize, column: u32, coefficient: Fr) -> Result<(), ZkeyError> {
        let mut same = self.section.u32()? == matrix;
        same &= self.section.u32()? as usize == row;
        same &= self.section.u32()? == column;
        for limb in (coefficient * self.factor).into_bigint().0 {
            same &= self.section.u64()? == limb;
        }
        if !same {
            return Err(ZkeyError::OtherMatrices { index: self.index });
        }
        self.index += 1;
        Ok(())
    }
}
