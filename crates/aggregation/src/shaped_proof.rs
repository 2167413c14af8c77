//! A proof of one of the shapes together with the key it verifies under, and its file format.
//!
//! Envelope, all numbers little-endian: magic (8 bytes), version (u16), shape (u8), zero (u8, reserved), digest of
//! the shape (4 x u64), then the proof and its key as canonical field elements (u64 each) in the order of the codec.

use plonky2::field::types::{Field, Field64, PrimeField64};
use plonky2::plonk::circuit_data::{VerifierCircuitData, VerifierOnlyCircuitData};
use plonky2::plonk::proof::ProofWithPublicInputs;

use crate::codec;
use crate::config::{C, D, F};
use crate::key::{KeyDigest, key_digest};
use crate::proof_shape::{ProofShapeError, check_key, check_proof};
use crate::shape::Shape;

const MAGIC: &[u8; 8] = b"CSWY-PRF";
const VERSION: u16 = 1;
const HEADER: usize = 8 + 2 + 1 + 1 + 32;

/// A proof of a fixed shape and the key it claims to verify under.
///
/// The key is the prover's word: whoever takes such a proof from outside compares [`Self::key_digest`] with the
/// program he expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapedProof {
    /// The shape.
    pub shape: Shape,
    /// The proof with its public inputs.
    pub proof: ProofWithPublicInputs<F, C, D>,
    /// The key, not to be trusted.
    pub key: VerifierOnlyCircuitData<C, D>,
}

/// Why a proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// A part has another length than the shape prescribes.
    #[error(transparent)]
    Shape(#[from] ProofShapeError),
    /// The proof has another shape than is wanted.
    #[error("the proof has the {got:?} shape, not {expected:?}")]
    OtherShape {
        /// The proof's shape.
        got: Shape,
        /// The shape wanted.
        expected: Shape,
    },
    /// The proof does not verify under its own key.
    #[error("the proof does not verify under its own key")]
    Invalid,
}

/// Why bytes are not an envelope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The file is of another kind.
    #[error("not a proof envelope: the first bytes are wrong")]
    Magic,
    /// The envelope is of a version unknown here.
    #[error("envelope version {got}, this program reads {expected}")]
    Version {
        /// The envelope's.
        got: u16,
        /// The one written here.
        expected: u16,
    },
    /// No shape has this number.
    #[error("unknown shape number {got}")]
    UnknownShape {
        /// The envelope's.
        got: u8,
    },
    /// The reserved byte is set.
    #[error("the reserved byte is {got}, not zero")]
    Reserved {
        /// The envelope's.
        got: u8,
    },
    /// The shape has this name, but other parameters: the proof is of another release.
    #[error("the {shape:?} shape of the envelope is not the one of this program")]
    ShapeDigest {
        /// The shape named.
        shape: Shape,
    },
    /// The envelope is cut off or has a tail.
    #[error("the envelope has {got} bytes, its shape {expected}")]
    Length {
        /// Bytes there are.
        got: usize,
        /// Bytes there must be.
        expected: usize,
    },
    /// An element is not below p.
    #[error("field element {index} is not below p")]
    NotCanonical {
        /// Index among the elements after the header.
        index: usize,
    },
}

impl ShapedProof {
    /// Digest of the key the proof claims to verify under.
    pub fn key_digest(&self) -> KeyDigest {
        key_digest(&self.key)
    }

    /// The public inputs.
    pub fn public_inputs(&self) -> &[F] {
        &self.proof.public_inputs
    }

    /// Checks that every part has the length that the shape prescribes.
    ///
    /// # Errors
    /// The first part that has not.
    pub fn check_shape(&self) -> Result<(), ProofShapeError> {
        let common = self.shape.common();
        check_key(&self.key, common)?;
        check_proof(&self.proof, common)
    }

    /// Verifies the proof under its own key.
    ///
    /// # Errors
    /// [`ProofError::Shape`] if it is malformed, [`ProofError::Invalid`] if it proves nothing.
    pub fn verify(&self) -> Result<(), ProofError> {
        self.check_shape()?;
        let verifier = VerifierCircuitData {
            verifier_only: self.key.clone(),
            common: self.shape.common().clone(),
        };
        verifier
            .verify(self.proof.clone())
            .map_err(|_| ProofError::Invalid)
    }

    /// [`Self::verify`], of a proof that must have a given shape.
    ///
    /// # Errors
    /// [`ProofError::OtherShape`], or those of [`Self::verify`].
    pub fn verify_as(&self, expected: Shape) -> Result<(), ProofError> {
        if self.shape != expected {
            return Err(ProofError::OtherShape {
                got: self.shape,
                expected,
            });
        }
        self.verify()
    }

    /// Writes the envelope.
    ///
    /// # Errors
    /// The first part that has not the shape's length, if the proof was put together by hand.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProofShapeError> {
        self.check_shape()?;
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend([self.shape as u8, 0]);
        let elements = codec::flatten(&self.proof, &self.key);
        for element in self.shape.digest().iter().chain(&elements) {
            bytes.extend(element.to_canonical_u64().to_le_bytes());
        }
        Ok(bytes)
    }

    /// Reads an envelope. The proof is well-formed then, and not yet verified.
    ///
    /// # Errors
    /// An [`EnvelopeError`] that names what is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let Some((header, body)) = bytes.split_at_checked(HEADER) else {
            let magic = bytes.len().min(MAGIC.len());
            return Err(if bytes[..magic] == MAGIC[..magic] {
                EnvelopeError::Length {
                    got: bytes.len(),
                    expected: HEADER,
                }
            } else {
                EnvelopeError::Magic
            });
        };
        if &header[..8] != MAGIC {
            return Err(EnvelopeError::Magic);
        }
        let version = u16::from_le_bytes([header[8], header[9]]);
        if version != VERSION {
            return Err(EnvelopeError::Version {
                got: version,
                expected: VERSION,
            });
        }
        let shape = Shape::ALL
            .into_iter()
            .find(|&shape| shape as u8 == header[10])
            .ok_or(EnvelopeError::UnknownShape { got: header[10] })?;
        if header[11] != 0 {
            return Err(EnvelopeError::Reserved { got: header[11] });
        }
        let digest = shape
            .digest()
            .map(|element| element.to_canonical_u64().to_le_bytes());
        if header[12..] != digest.concat() {
            return Err(EnvelopeError::ShapeDigest { shape });
        }
        let expected = HEADER + 8 * codec::flat_length(shape.common());
        let wrong_length = EnvelopeError::Length {
            got: bytes.len(),
            expected,
        };
        if bytes.len() != expected {
            return Err(wrong_length);
        }
        let elements = body
            .as_chunks::<8>()
            .0
            .iter()
            .enumerate()
            .map(|(index, word)| match u64::from_le_bytes(*word) {
                value if value < F::ORDER => Ok(F::from_canonical_u64(value)),
                _ => Err(EnvelopeError::NotCanonical { index }),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let (proof, key) = codec::unflatten(shape.common(), &elements).ok_or(wrong_length)?;
        Ok(Self { shape, proof, key })
    }
}
