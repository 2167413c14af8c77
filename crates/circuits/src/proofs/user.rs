//! A user's proof as a leaf takes it.

use causeway_aggregation::normalize::message::MAX_PUBLIC_INPUTS;
use causeway_aggregation::{F, KeyDigest, Shape, ShapedProof, message_digest, public_inputs_digest};

use super::error::ProgramError;
use super::native::commitment_message;
use crate::keccak::Entry;

/// A user's normalised proof and his public inputs, of which it exposes digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserProof {
    /// The normalised proof.
    pub proof: ShapedProof,
    /// The public inputs of the user's own proof.
    pub public_inputs: Vec<F>,
}

impl UserProof {
    /// The digest that names the user's circuit: that of the normalised key.
    pub fn key_digest(&self) -> KeyDigest {
        self.proof.key_digest()
    }

    /// The entries that a leaf appends for this proof, and its commitment.
    pub fn entries(&self) -> (Vec<Entry>, [u8; 32]) {
        Entry::of_message(&commitment_message(self.key_digest(), &self.public_inputs))
    }

    /// Verifies the proof and that its public inputs are these.
    ///
    /// # Errors
    /// [`ProgramError::User`], [`ProgramError::TooManyPublicInputs`] or [`ProgramError::OtherPublicInputs`].
    pub fn verify(&self, index: usize) -> Result<(), ProgramError> {
        self.proof
            .verify_as(Shape::Standard)
            .map_err(|source| ProgramError::User { index, source })?;
        let Some(message) = message_digest(&self.public_inputs) else {
            return Err(ProgramError::TooManyPublicInputs {
                index,
                got: self.public_inputs.len(),
                max: MAX_PUBLIC_INPUTS,
            });
        };
        let exposed = &self.proof.public_inputs()[4..12];
        if exposed != [public_inputs_digest(&self.public_inputs), message].concat() {
            return Err(ProgramError::OtherPublicInputs { index });
        }
        Ok(())
    }
}

/// What stands beside the left proof of a leaf.
#[derive(Clone, Copy, Debug)]
pub enum Beside<'a> {
    /// Nothing, and no place for it: height 0, the root is the commitment.
    NoPlace,
    /// An empty place: height 1.
    EmptyPlace,
    /// Another proof: height 1.
    Proof(&'a UserProof),
}
