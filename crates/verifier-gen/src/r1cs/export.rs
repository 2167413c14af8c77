//! Circuits as `.r1cs` files, the format (iden3's, version 1) that snarkjs runs ceremonies on.
//!
//! A file is "r1cs", a version and a number of sections; a section is a kind, a length in bytes and its content;
//! integers are little-endian. We write header (1), constraints (2) and labels (3), each exactly once and in this
//! order, every row in order of column: the same circuit is the same bytes, whose hash names it.

use std::{
    fmt,
    io::{self, Read, Write},
    str::FromStr,
};

use ark_bn254::Fr;
use ark_ff::{BigInteger, PrimeField, Zero};
use sha2::{Digest, Sha256};

use super::{Matrix, R1cs, Var};

const MAGIC: &[u8; 4] = b"r1cs";
const VERSION: u32 = 1;
const FIELD_BYTES: u32 = 32;
const HEADER: u32 = 1;
const CONSTRAINTS: u32 = 2;
const LABELS: u32 = 3;
/// Length of the header section: two lengths, the modulus, four counts of columns, labels, constraints.
const HEADER_BYTES: u64 = 4 + 32 + 4 * 4 + 8 + 4;

/// SHA-256 of a circuit's `.r1cs` file: keys, proofs and contracts name their circuit by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CircuitHash(pub [u8; 32]);

impl fmt::Display for CircuitHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for CircuitHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CircuitHash({self})")
    }
}

/// A text that is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a circuit hash is 64 hexadecimal digits")]
pub struct InvalidCircuitHash;

impl FromStr for CircuitHash {
    type Err = InvalidCircuitHash;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut bytes)
            .map_err(|_| InvalidCircuitHash)?;
        Ok(Self(bytes))
    }
}

impl serde::Serialize for CircuitHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for CircuitHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// Writes `r1cs` as a `.r1cs` file. Public columns are declared as circom's public inputs (not outputs), so they
/// keep their order; every other column is an inner signal, and each column is its own label.
pub fn write_r1cs(r1cs: &R1cs, mut out: impl Write) -> io::Result<()> {
    let num_variables = u32::try_from(r1cs.num_variables()).expect("fewer than 2^32 variables");
    let num_public = u32::try_from(r1cs.num_public()).expect("fewer than 2^32 public inputs");
    let num_rows = u32::try_from(r1cs.num_constraints()).expect("fewer than 2^32 rows");
    out.write_all(MAGIC)?;
    write_u32s(&mut out, &[VERSION, 3])?;

    write_section(&mut out, HEADER, HEADER_BYTES)?;
    write_u32s(&mut out, &[FIELD_BYTES])?;
    out.write_all(&Fr::MODULUS.to_bytes_le())?;
    write_u32s(&mut out, &[num_variables, 0, num_public, 0])?;
    out.write_all(&u64::from(num_variables).to_le_bytes())?;
    write_u32s(&mut out, &[num_rows])?;

    let length = 12 * u64::from(num_rows) + 36 * r1cs.num_non_zero() as u64;
    write_section(&mut out, CONSTRAINTS, length)?;
    let mut buffer = Vec::new();
    for row in 0..r1cs.num_constraints() {
        buffer.clear();
        for matrix in [&r1cs.a, &r1cs.b, &r1cs.c] {
            write_row(matrix, row, &mut buffer);
        }
        out.write_all(&buffer)?;
    }

    write_section(&mut out, LABELS, 8 * u64::from(num_variables))?;
    for label in 0..u64::from(num_variables) {
        out.write_all(&label.to_le_bytes())?;
    }
    out.flush()
}

fn write_row(matrix: &Matrix, row: usize, buffer: &mut Vec<u8>) {
    let length = u32::try_from(matrix.row_len(row)).expect("a row has fewer than 2^32 entries");
    buffer.extend(length.to_le_bytes());
    for (var, coefficient) in matrix.row(row) {
        buffer.extend(var.0.to_le_bytes());
        for limb in coefficient.into_bigint().0 {
            buffer.extend(limb.to_le_bytes());
        }
    }
}

fn write_u32s(out: &mut impl Write, values: &[u32]) -> io::Result<()> {
    values
        .iter()
        .try_for_each(|value| out.write_all(&value.to_le_bytes()))
}

fn write_section(out: &mut impl Write, kind: u32, length: u64) -> io::Result<()> {
    write_u32s(out, &[kind])?;
    out.write_all(&length.to_le_bytes())
}

/// The hash of the bytes that [`write_r1cs`] writes, computed as they are made.
pub fn circuit_hash(r1cs: &R1cs) -> CircuitHash {
    let mut hasher = Sha256::new();
    write_r1cs(r1cs, &mut hasher).expect("a hasher takes all bytes");
    CircuitHash(hasher.finalize().into())
}

/// Why bytes are not a circuit that [`write_r1cs`] could have written.
#[derive(Debug, thiserror::Error)]
pub enum R1csFileError {
    /// Reading failed, or the file ends early.
    #[error("the circuit file cannot be read or ends early: {0}")]
    Io(#[from] io::Error),
    /// The file does not begin as version 1 of the format with three sections.
    #[error("not an .r1cs file of version 1 with three sections")]
    Preamble,
    /// A section is not the one expected here, or not as long as the header says.
    #[error(
        "section of kind {kind} with {length} bytes where kind {expected_kind} with {expected_length} belongs"
    )]
    Section {
        /// Kind found.
        kind: u32,
        /// Length found.
        length: u64,
        /// Kind that belongs here.
        expected_kind: u32,
        /// Length that belongs here, the constraints' least one.
        expected_length: u64,
    },
    /// The circuit is over another field than BN254's scalars.
    #[error("the circuit is not over the scalar field of BN254")]
    Field,
    /// Counts in the header contradict each other, or use what we do not write (outputs, private inputs).
    #[error("the counts in the header do not belong to a circuit written here")]
    Counts,
    /// A row names a column that does not exist, repeats one or breaks their order.
    #[error("row {row} has column {column} out of range or out of order")]
    Column {
        /// Index of the row.
        row: u32,
        /// The column.
        column: u32,
    },
    /// A coefficient is zero or not below the modulus.
    #[error("row {row} has a coefficient that is zero or not below the modulus")]
    Coefficient {
        /// Index of the row.
        row: u32,
    },
    /// A label is not the column's own number.
    #[error("column {column} has label {label}")]
    Label {
        /// The column.
        column: u32,
        /// Its label.
        label: u64,
    },
    /// Bytes follow the last section.
    #[error("bytes follow the last section")]
    Trailing,
}

/// Reads what [`write_r1cs`] writes, and nothing else: a circuit has one file.
pub fn read_r1cs(mut input: impl Read) -> Result<R1cs, R1csFileError> {
    let input = &mut input;
    let mut magic = [0; 4];
    input.read_exact(&mut magic)?;
    if &magic != MAGIC || read_u32(input)? != VERSION || read_u32(input)? != 3 {
        return Err(R1csFileError::Preamble);
    }
    read_section(input, HEADER, |length| length == HEADER_BYTES, HEADER_BYTES)?;
    if read_u32(input)? != FIELD_BYTES {
        return Err(R1csFileError::Field);
    }
    let mut modulus = [0; 32];
    input.read_exact(&mut modulus)?;
    if modulus[..] != Fr::MODULUS.to_bytes_le()[..] {
        return Err(R1csFileError::Field);
    }
    let num_variables = read_u32(input)?;
    let (outputs, num_public, private) = (read_u32(input)?, read_u32(input)?, read_u32(input)?);
    let labels = read_u64(input)?;
    let num_rows = read_u32(input)?;
    if outputs != 0 || private != 0 || labels != u64::from(num_variables) || num_public >= num_variables {
        return Err(R1csFileError::Counts);
    }

    let mut r1cs = R1cs::new(num_public as usize);
    r1cs.num_variables = num_variables as usize;
    let least = 12 * u64::from(num_rows);
    let length = read_section(input, CONSTRAINTS, |length| length >= least, least)?;
    for row in 0..num_rows {
        let rows: [Vec<(Var, Fr)>; 3] = [
            read_row(input, row, num_variables)?,
            read_row(input, row, num_variables)?,
            read_row(input, row, num_variables)?,
        ];
        r1cs.push(&rows[0], &rows[1], &rows[2]);
    }
    let written = least + 36 * r1cs.num_non_zero() as u64;
    if length != written {
        return Err(R1csFileError::Section {
            kind: CONSTRAINTS,
            length,
            expected_kind: CONSTRAINTS,
            expected_length: written,
        });
    }

    let label_bytes = 8 * u64::from(num_variables);
    read_section(input, LABELS, |length| length == label_bytes, label_bytes)?;
    for column in 0..num_variables {
        let label = read_u64(input)?;
        if label != u64::from(column) {
            return Err(R1csFileError::Label { column, label });
        }
    }
    match input.read(&mut [0])? {
        0 => Ok(r1cs),
        _ => Err(R1csFileError::Trailing),
    }
}

fn read_row(input: &mut impl Read, row: u32, num_variables: u32) -> Result<Vec<(Var, Fr)>, R1csFileError> {
    let length = read_u32(input)?;
    let mut terms: Vec<(Var, Fr)> = Vec::new();
    for _ in 0..length {
        let column = read_u32(input)?;
        if column >= num_variables || terms.last().is_some_and(|(last, _)| last.0 >= column) {
            return Err(R1csFileError::Column { row, column });
        }
        let mut limbs = [0; 4];
        for limb in &mut limbs {
            *limb = read_u64(input)?;
        }
        let coefficient = Fr::from_bigint(ark_ff::BigInt(limbs)).filter(|coefficient| !coefficient.is_zero());
        terms.push((
            Var(column),
            coefficient.ok_or(R1csFileError::Coefficient { row })?,
        ));
    }
    Ok(terms)
}

fn read_section(
    input: &mut impl Read,
    expected_kind: u32,
    fits: impl Fn(u64) -> bool,
    expected_length: u64,
) -> Result<u64, R1csFileError> {
    let (kind, length) = (read_u32(input)?, read_u64(input)?);
    if kind != expected_kind || !fits(length) {
        return Err(R1csFileError::Section {
            kind,
            length,
            expected_kind,
            expected_length,
        });
    }
    Ok(length)
}

fn read_u32(input: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    input.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

fn read_u64(input: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    input.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}
