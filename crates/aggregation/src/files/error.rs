//! Why bytes are not a file of a kind.

use super::envelope::{FileKind, MAX_BYTES};
use super::title::MAX_TITLE;
use crate::key::KeyDigest;
use crate::normalize::NormalizeError;
use crate::proof_shape::ProofShapeError;
use crate::shaped_proof::{EnvelopeError, ProofError};

/// Why bytes are not a file of a kind, or something cannot be written as one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FileError {
    /// The first bytes are those of no file known here, or of one of another kind.
    #[error("not a {expected}{}", match found { Some(found) => format!(" but a {found}"), None => String::new() })]
    Magic {
        /// The kind that was to be read.
        expected: FileKind,
        /// The kind that the first bytes are of, if any.
        found: Option<FileKind>,
    },
    /// The file is of a version unknown here.
    #[error("{kind} of version {got}, this program reads {expected}: write it again with this release")]
    Version {
        /// The kind.
        kind: FileKind,
        /// The file's.
        got: u16,
        /// The one written here.
        expected: u16,
    },
    /// A reserved byte is set.
    #[error("the {kind} has reserved bytes that are not zero")]
    Reserved {
        /// The kind.
        kind: FileKind,
    },
    /// The file is cut off or has a tail.
    #[error("the {kind} has {got} bytes and says {expected}: it is cut off or damaged")]
    Length {
        /// The kind.
        kind: FileKind,
        /// Bytes there are.
        got: u64,
        /// Bytes that the header tells of.
        expected: u64,
    },
    /// The file is longer than any of its kind.
    #[error("{got} bytes are more than the {MAX_BYTES} that a file may have")]
    TooLong {
        /// Bytes there are.
        got: u64,
    },
    /// The body is not what was written.
    #[error("the {kind} is damaged: its checksum is not that of its content")]
    Checksum {
        /// The kind.
        kind: FileKind,
    },
    /// A title that no file has.
    #[error(
        "a title has at most {MAX_TITLE} bytes and no control characters; this one has {bytes} bytes{}",
        if *control { ", control characters among them" } else { "" }
    )]
    Title {
        /// Its length.
        bytes: usize,
        /// Whether it has control characters.
        control: bool,
    },
    /// The body is no circuit as plonky2 writes it.
    #[error("malformed circuit: {what}")]
    MalformedCircuit {
        /// Where reading it ended.
        what: &'static str,
    },
    /// The body is no proof of the circuit as plonky2 writes it.
    #[error("malformed proof: {what}")]
    MalformedProof {
        /// Where reading it ended.
        what: &'static str,
    },
    /// plonky2's serializer of its own gates does not know a gate of the circuit.
    #[error(
        "gate {gate} is not one of plonky2's own: files hold no others; normalise in a program of your own"
    )]
    CustomGate {
        /// plonky2's id of the gate.
        gate: String,
    },
    /// The circuit is taken by no normaliser, or not with these options.
    #[error(transparent)]
    Normalize(#[from] NormalizeError),
    /// A part of a proof or key has another length than its circuit prescribes.
    #[error(transparent)]
    Shape(#[from] ProofShapeError),
    /// The proof names another circuit than is given.
    #[error("the proof is of the circuit with key digest {found}, not {expected}")]
    OtherCircuit {
        /// Key digest of the circuit given.
        expected: KeyDigest,
        /// Key digest that the file names.
        found: KeyDigest,
    },
    /// The normalised proof in the file is no envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The normalised proof is refused.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The public inputs in the file are not those that the proof exposes the digest of.
    #[error("the public inputs in the file are not those of the proof")]
    OtherPublicInputs,
    /// The file has more public inputs than any that is read.
    #[error("{got} public inputs are more than the {max} that a file may have")]
    TooManyPublicInputs {
        /// Public inputs there are.
        got: usize,
        /// The most a file may have.
        max: usize,
    },
}
