//! Proof files.

use std::panic::{AssertUnwindSafe, catch_unwind};

use plonky2::plonk::proof::ProofWithPublicInputs;
use plonky2::util::serialization::Read;

use super::bounded::Bounded;
use super::circuit::CircuitFile;
use super::envelope::{FileKind, Reader, Writer, unwrap, wrap};
use super::error::FileError;
use super::title::Title;
use crate::config::{C, D, F};
use crate::key::{KeyDigest, key_digest};
use crate::proof_shape::check_proof;

/// One proof of a program, with its public inputs.
///
/// Body of the file: title (length, bytes), digest of the program's own key (4 x u64), proof and public inputs as plonky2 writes
/// them (`to_bytes`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofFile {
    /// What is proven, in words.
    pub title: Title,
    /// Digest of the program's own key.
    pub circuit: KeyDigest,
    /// The proof.
    pub proof: ProofWithPublicInputs<F, C, D>,
}

impl ProofFile {
    /// The file's bytes: what a program's user hands to an aggregator for each proof.
    ///
    /// # Errors
    /// [`FileError::Shape`] if the proof has not the circuit's lengths.
    pub fn write(
        title: &Title,
        circuit: &plonky2::plonk::circuit_data::CircuitData<F, C, D>,
        proof: &ProofWithPublicInputs<F, C, D>,
    ) -> Result<Vec<u8>, FileError> {
        check_proof(proof, &circuit.common)?;
        let file = Self {
            title: title.clone(),
            circuit: key_digest(&circuit.verifier_only),
            proof: proof.clone(),
        };
        Ok(file.to_bytes())
    }

    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Writer::default();
        body.title(&self.title);
        body.elements(&self.circuit.elements());
        body.0.extend(self.proof.to_bytes());
        wrap(FileKind::Proof, &body.0)
    }

    /// Digest of the key of the circuit that a file is of, and its title: what can be told without the circuit.
    ///
    /// # Errors
    /// A [`FileError`] that names what is wrong.
    pub fn peek(bytes: &[u8]) -> Result<(Title, KeyDigest), FileError> {
        let (title, circuit, _) = parts(bytes)?;
        Ok((title, circuit))
    }

    /// Reads a file. The proof has the circuit's lengths then, and is not yet verified.
    ///
    /// # Errors
    /// A [`FileError`] that names what is wrong.
    pub fn from_bytes(bytes: &[u8], circuit: &CircuitFile) -> Result<Self, FileError> {
        let (title, found, proof) = parts(bytes)?;
        let expected = circuit.key_digest();
        if found != expected {
            return Err(FileError::OtherCircuit { expected, found });
        }
        let malformed = |what| FileError::MalformedProof { what };
        let common = &circuit.data.common;
        // Lengths follow from the circuit, which was held to sizes; a panic would be a fault of that.
        let read = catch_unwind(AssertUnwindSafe(|| {
            Bounded::new(proof).read_proof_with_public_inputs_of(common)
        }));
        let read = read
            .ok()
            .flatten()
            .ok_or(malformed("it ends too early or has a tail"))?;
        check_proof(&read, common)?;
        if read.to_bytes() != proof {
            return Err(malformed("it is not as plonky2 writes it"));
        }
        Ok(Self {
            title,
            circuit: found,
            proof: read,
        })
    }
}

fn parts(bytes: &[u8]) -> Result<(Title, KeyDigest, &[u8]), FileError> {
    let mut body = Reader(unwrap(FileKind::Proof, bytes)?);
    let malformed = |what| FileError::MalformedProof { what };
    let title = body.title().ok_or(malformed("the title"))?;
    let circuit = body
        .elements(4)
        .and_then(|elements| elements.try_into().ok())
        .ok_or(malformed("the circuit's key digest"))?;
    Ok((title, KeyDigest::from_elements(circuit), body.0))
}

impl Bounded<'_> {
    fn read_proof_with_public_inputs_of(
        mut self,
        common: &plonky2::plonk::circuit_data::CommonCircuitData<F, D>,
    ) -> Option<ProofWithPublicInputs<F, C, D>> {
        let proof = self.read_proof(common).ok()?;
        let count = self.read_usize().ok()?;
        let public_inputs = self.read_field_vec(count).ok()?;
        self.is_at_end()
            .then_some(ProofWithPublicInputs { proof, public_inputs })
    }
}
