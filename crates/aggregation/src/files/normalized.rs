//! Normalised files.

use super::envelope::{FileKind, Reader, Writer, unwrap, wrap};
use super::error::FileError;
use super::title::Title;
use crate::config::F;
use crate::key::KeyDigest;
use crate::normalize::{NormalizedInputs, public_inputs_digest};
use crate::shape::Shape;
use crate::shaped_proof::ShapedProof;

/// Public inputs of the largest file; normalisers take no more.
const MAX_PUBLIC_INPUTS: usize = 1 << 12;

/// A normalised proof with the public inputs of the original.
///
/// Body of the file: title (length, bytes), number of public inputs (u32), public inputs (u64 each), envelope of the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NormalizedFile {
    /// What is proven, in words.
    pub title: Title,
    /// The public inputs of the original proof.
    pub public_inputs: Vec<F>,
    /// The normalised proof and its key.
    pub proof: ShapedProof,
}

impl NormalizedFile {
    /// The file's bytes.
    ///
    /// # Errors
    /// [`FileError::TooManyPublicInputs`], or [`FileError::Shape`] of a proof that was put together by hand.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FileError> {
        check_count(self.public_inputs.len())?;
        let mut body = Writer::default();
        body.title(&self.title);
        body.0.extend((self.public_inputs.len() as u32).to_le_bytes());
        body.elements(&self.public_inputs);
        body.0.extend(self.proof.to_bytes()?);
        Ok(wrap(FileKind::Normalized, &body.0))
    }

    /// Reads a file. The proof is well-formed then, of the standard shape, and not yet verified.
    ///
    /// # Errors
    /// A [`FileError`] that names what is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        let mut body = Reader(unwrap(FileKind::Normalized, bytes)?);
        let malformed = |what| FileError::MalformedProof { what };
        let title = body.title().ok_or(malformed("the title"))?;
        let count = body.u32().ok_or(malformed("the number of public inputs"))? as usize;
        check_count(count)?;
        let public_inputs = body.elements(count).ok_or(malformed("the public inputs"))?;
        let proof = ShapedProof::from_bytes(body.0)?;
        if proof.shape != Shape::Standard {
            return Err(crate::shaped_proof::ProofError::OtherShape {
                got: proof.shape,
                expected: Shape::Standard,
            }
            .into());
        }
        Ok(Self {
            title,
            public_inputs,
            proof,
        })
    }

    /// Verifies the proof, and that its public inputs are those in the file.
    ///
    /// # Errors
    /// [`FileError::Proof`] or [`FileError::OtherPublicInputs`].
    pub fn verify(&self) -> Result<(), FileError> {
        self.proof.verify_as(Shape::Standard)?;
        let exposed = NormalizedInputs::from_slice(self.proof.public_inputs());
        match exposed {
            Some(exposed) if exposed.public_inputs == public_inputs_digest(&self.public_inputs) => Ok(()),
            _ => Err(FileError::OtherPublicInputs),
        }
    }

    /// Digest of the normalised key: what names the program.
    pub fn key_digest(&self) -> KeyDigest {
        self.proof.key_digest()
    }
}

fn check_count(got: usize) -> Result<(), FileError> {
    if got > MAX_PUBLIC_INPUTS {
        return Err(FileError::TooManyPublicInputs {
            got,
            max: MAX_PUBLIC_INPUTS,
        });
    }
    Ok(())
}
