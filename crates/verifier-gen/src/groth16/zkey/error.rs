use std::io;

use crate::groth16::{CircuitTooLarge, InvalidKey, PointError};

/// Why a file is not a ceremony key for a circuit.
#[derive(Debug, thiserror::Error)]
pub enum ZkeyError {
    /// Reading failed, or a section ends early.
    #[error("the zkey cannot be read or ends early: {0}")]
    Io(#[from] io::Error),
    /// The file does not begin as a zkey of version 1 does.
    #[error("not a .zkey file of version 1")]
    Preamble,
    /// A section is missing, stands twice or is unknown.
    #[error("section {kind} of the zkey is missing, repeated or unknown")]
    Section {
        /// Number of the section.
        kind: u32,
    },
    /// A section has another length than its contents need.
    #[error("section {kind} of the zkey has {actual} bytes where {expected} belong")]
    SectionLength {
        /// Number of the section.
        kind: u32,
        /// Bytes there are.
        actual: u64,
        /// Bytes there should be.
        expected: u64,
    },
    /// The key is not for Groth16.
    #[error("the zkey is for protocol {protocol}, not Groth16 (1)")]
    Protocol {
        /// Number of the protocol.
        protocol: u32,
    },
    /// The key is not over BN254.
    #[error("the zkey is not over BN254")]
    Curve,
    /// The circuit is larger than any key.
    #[error(transparent)]
    TooLarge(#[from] CircuitTooLarge),
    /// The key is for a circuit of another size.
    #[error("the zkey has {actual} for the {what} of the circuit, which is {expected}")]
    OtherSize {
        /// Which size.
        what: &'static str,
        /// The key's.
        actual: u64,
        /// The circuit's.
        expected: u64,
    },
    /// The key's matrices are not the circuit's.
    #[error(
        "entry {index} of the zkey's matrices is not the circuit's: the zkey was made for another circuit"
    )]
    OtherMatrices {
        /// Index of the first entry that differs.
        index: u64,
    },
    /// A coordinate is not below the modulus, or a point is off its curve.
    #[error("point {index} of section {kind} of the zkey: {source}")]
    Point {
        /// Number of the section.
        kind: u32,
        /// Index of the point in it.
        index: u64,
        /// What is wrong with it.
        source: PointError,
    },
    /// B of a column is zero in one group and not in the other.
    #[error("column {column} has B in only one group")]
    OneSidedB {
        /// The column.
        column: u32,
    },
    /// A point has different logarithms in the two groups.
    #[error("{element} differs between the groups")]
    GroupsDiffer {
        /// "beta" or "delta".
        element: &'static str,
    },
    /// Gamma is not the generator, as it is after every ceremony.
    #[error("gamma is not the generator of G2")]
    Gamma,
    /// Nobody contributed: delta is still the generator, and anyone can forge.
    #[error("the zkey has no contributions: run `snarkjs zkey contribute` and `snarkjs zkey beacon` first")]
    NoContributions,
    /// The verifying key is degenerate.
    #[error("the verifying key in the zkey is invalid: {0}")]
    InvalidKey(#[from] InvalidKey),
    /// A contribution cannot be read.
    #[error("contribution {index} cannot be read: its kind, parameters or name are malformed")]
    Contribution {
        /// Index of the contribution.
        index: u32,
    },
    /// A contribution does not follow from those before it.
    #[error("the transcript of contribution {index} does not follow from those before it")]
    Transcript {
        /// Index of the contribution.
        index: u32,
    },
    /// The key's delta is not the one after the last contribution.
    #[error("delta is not the one after the last contribution")]
    DeltaAfter,
}
