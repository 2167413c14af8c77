#![allow(clippy::unwrap_used)]

use ark_bn254::Fr;
use ark_ff::{One, Zero};

use super::*;

/// x * x = y and (x + y + 1) * 1 = 2 z, with y public.
fn sample() -> (R1cs, Vec<Fr>) {
    let mut r1cs = R1cs::new(1);
    let (y, x, z) = (Var(1), r1cs.new_variable(), r1cs.new_variable());
    let one = Fr::one();
    r1cs.push(&[(x, one)], &[(x, one)], &[(y, one)]);
    r1cs.push(
        &[(z, Fr::zero()), (y, one), (Var::ONE, one), (x, one)],
        &[(Var::ONE, one)],
        &[(z, one + one)],
    );
    (
        r1cs,
        [1u64, 9, 3]
            .map(Fr::from)
            .into_iter()
            .chain([Fr::from(13u64) / Fr::from(2u64)])
            .collect(),
    )
}

fn file() -> Vec<u8> {
    let mut bytes = Vec::new();
    write_r1cs(&sample().0, &mut bytes).unwrap();
    bytes
}

#[test]
fn the_first_row_that_does_not_hold_is_named() {
    let (r1cs, z) = sample();
    assert_eq!(r1cs.check(&z), Ok(()));
    for (column, row) in [(1, 0), (2, 0), (3, 1)] {
        let mut wrong = z.clone();
        wrong[column] += Fr::one();
        assert_eq!(r1cs.check(&wrong), Err(Unsatisfied { row }));
    }
}

#[test]
fn terms_of_one_column_are_added_up() {
    let one = Fr::one();
    let (mut split, mut joined) = (R1cs::new(1), R1cs::new(1));
    split.push(
        &[(Var(1), one), (Var::ONE, one), (Var(1), one)],
        &[(Var(1), one), (Var(1), -one)],
        &[],
    );
    joined.push(&[(Var::ONE, one), (Var(1), one + one)], &[], &[]);
    assert_eq!(split, joined);
    assert_eq!(circuit_hash(&split), circuit_hash(&joined));
}

#[test]
#[should_panic(expected = "column 2 of 2")]
fn a_column_that_does_not_exist_is_refused() {
    R1cs::new(1).push(&[(Var(2), Fr::one())], &[], &[]);
}

#[test]
fn a_circuit_survives_its_file() {
    let bytes = file();
    let (r1cs, _) = sample();
    assert_eq!(read_r1cs(&bytes[..]).unwrap(), r1cs);
    use sha2::{Digest, Sha256};
    assert_eq!(circuit_hash(&r1cs).0[..], Sha256::digest(&bytes)[..]);
    // A golden value: the hash of a circuit may never change unnoticed.
    assert_eq!(
        circuit_hash(&r1cs).to_string(),
        "0445a0aa66db2c83e0ed36bf8444b6e1025229a8704718dac5721c5a9abd5808"
    );
    assert_eq!(circuit_hash(&r1cs).to_string().parse(), Ok(circuit_hash(&r1cs)));
    assert_eq!("12".parse::<CircuitHash>(), Err(InvalidCircuitHash));
}

#[test]
fn damaged_files_are_refused() {
    let bytes = file();
    for length in 0..bytes.len() {
        assert!(
            matches!(read_r1cs(&bytes[..length]), Err(R1csFileError::Io(_))),
            "{length}"
        );
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut altered = bytes.clone();
            altered[at] ^= 1 << bit;
            // Either refused, or another circuit with its own hash.
            if let Ok(r1cs) = read_r1cs(&altered[..]) {
                let mut again = Vec::new();
                write_r1cs(&r1cs, &mut again).unwrap();
                assert_eq!(again, altered, "byte {at}");
            }
        }
    }
    let mut extended = bytes;
    extended.push(0);
    assert!(matches!(read_r1cs(&extended[..]), Err(R1csFileError::Trailing)));
}

#[test]
fn each_defect_of_a_file_has_its_name() {
    let error = |at: usize, value: u8| {
        let mut bytes = file();
        bytes[at] = value;
        read_r1cs(&bytes[..]).unwrap_err()
    };
    // Preamble 12 bytes, section head 12, header 64, section head 12, constraints.
    let (header, rows) = (24, 24 + 64 + 12);
    assert!(matches!(error(0, 0), R1csFileError::Preamble));
    assert!(matches!(
        error(12, 7),
        R1csFileError::Section {
            kind: 7,
            expected_kind: 1,
            ..
        }
    ));
    assert!(matches!(error(header, 31), R1csFileError::Field));
    assert!(matches!(error(header + 4, 0), R1csFileError::Field));
    assert!(matches!(error(header + 40, 1), R1csFileError::Counts));
    assert!(matches!(
        error(rows + 4, 9),
        R1csFileError::Column { row: 0, column: 9 }
    ));
    assert!(matches!(
        error(rows + 8, 0),
        R1csFileError::Coefficient { row: 0 }
    ));
    assert!(matches!(
        error(rows + 39, 0xff),
        R1csFileError::Coefficient { row: 0 }
    ));
    let last = file().len() - 8;
    assert!(matches!(
        error(last, 0),
        R1csFileError::Label { column: 3, label: 0 }
    ));
}
