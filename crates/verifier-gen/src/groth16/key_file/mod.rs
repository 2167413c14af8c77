//! Proving keys as files.
//!
//! All integers little-endian: "causeway-groth16", the label (DEVELOPMENT or CEREMONY, padded with zeros to 16 bytes),
//! a version, the circuit hash, the origin as JSON after its length, the counts of [`Counts`], the points of the
//! verifying key and of the queries, and a SHA-256 of everything before. Points are their affine coordinates, 32 bytes
//! each, real part first, infinity all zero. The verifying key is checked in full when read; the other points are
//! trusted once the checksum holds, since a wrong one can only make a proof that the prover itself refuses.

mod read;
mod write;

pub use read::read_proving_key;
pub use write::write_proving_key;

use std::io;

use super::InvalidKey;
use crate::r1cs::CircuitHash;

const MAGIC: &[u8; 16] = b"causeway-groth16";
const VERSION: u32 = 1;
/// Points, columns or bytes decoded at a time: a few megabytes.
const CHUNK: usize = 1 << 15;
/// No origin is longer: thousands of contributions fit.
const MAX_ORIGIN: u32 = 1 << 24;

/// Why a file is no proving key, or not the one asked for. Every one of them is cured by making the key again.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Reading or writing failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file does not begin as a key file does.
    #[error("not a proving key file")]
    Magic,
    /// The file has another version.
    #[error("key file version {found}, where this program reads version {VERSION}")]
    Version {
        /// The file's version.
        found: u32,
    },
    /// The label is neither DEVELOPMENT nor CEREMONY, or not what the origin says.
    #[error("the label of the key file does not agree with its origin")]
    Label,
    /// The origin cannot be read.
    #[error("the origin in the key file cannot be read: {0}")]
    Origin(#[from] serde_json::Error),
    /// The key is for another circuit.
    #[error("the key is for circuit {found}, not {expected}")]
    OtherCircuit {
        /// The file's circuit.
        found: CircuitHash,
        /// The circuit asked for.
        expected: CircuitHash,
    },
    /// Counts of points contradict each other.
    #[error("the counts in the key file contradict each other")]
    Counts,
    /// The file has another length than its header says: it was cut off, or bytes were appended.
    #[error("the key file has {actual} bytes after its header where {expected} belong")]
    Length {
        /// Bytes there are.
        actual: u64,
        /// Bytes there should be.
        expected: u64,
    },
    /// The contents do not have the checksum at the end of the file.
    #[error("the checksum of the key file does not hold")]
    Checksum,
    /// A coordinate is not below the modulus, or columns are out of range or order.
    #[error("the key file holds a coordinate or a column out of range")]
    OutOfRange,
    /// The verifying key is degenerate.
    #[error("the verifying key in the file is invalid: {0}")]
    InvalidKey(#[from] InvalidKey),
}

/// How many points of each kind follow, and how large the circuit is.
struct Counts {
    num_public: u32,
    num_variables: u32,
    domain_log2: u32,
    a: u32,
    b: u32,
}

impl Counts {
    fn check(&self) -> Result<(), KeyFileError> {
        let possible = self.num_public < self.num_variables
            && self.domain_log2 < 28
            && self.a <= self.num_variables
            && self.b <= self.num_variables;
        if possible {
            Ok(())
        } else {
            Err(KeyFileError::Counts)
        }
    }

    fn witness(&self) -> usize {
        (self.num_variables - self.num_public - 1) as usize
    }

    /// Bytes of points, columns and checksum.
    fn body_len(&self) -> u64 {
        let (a, b) = (u64::from(self.a), u64::from(self.b));
        let g1 = 3 + u64::from(self.num_public) + 1 + a + b + self.witness() as u64 + (1 << self.domain_log2);
        64 * g1 + 128 * (3 + b) + 4 * (a + b) + 32
    }
}
