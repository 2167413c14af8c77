//! Circuits under test, built without verifying the proofs that they take, so that what else they constrain stands alone: a proof
//! is then a key and public inputs, whatever a test needs.
#![allow(clippy::unwrap_used)]

use std::sync::OnceLock;

use causeway_aggregation::check::Trace;
use causeway_aggregation::{C, D, EnvelopeError, F, KeyDigest, Shape, ShapedProof, key_digest};
use plonky2::field::types::Field;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_data::VerifierOnlyCircuitData;

use super::Circuit;

/// A proof of zeros: right in form and in nothing else.
pub(crate) fn blank() -> ShapedProof {
    let mut bytes = b"CSWY-PRF\x01\0\0\0".to_vec();
    for element in Shape::Standard.digest() {
        bytes.extend(element.0.to_le_bytes());
    }
    let Err(EnvelopeError::Length { expected, .. }) = ShapedProof::from_bytes(&bytes) else {
        panic!("it ends with the header")
    };
    bytes.resize(expected, 0);
    ShapedProof::from_bytes(&bytes).unwrap()
}

pub(crate) fn key(number: u64) -> VerifierOnlyCircuitData<C, D> {
    let mut key = blank().key;
    key.circuit_digest.elements = [F::from_canonical_u64(number); 4];
    key
}

pub(crate) fn digest(number: u64) -> KeyDigest {
    key_digest(&key(number))
}

pub(crate) fn shaped(key: VerifierOnlyCircuitData<C, D>, public_inputs: &[F]) -> ShapedProof {
    let mut proof = blank();
    proof.key = key;
    proof.proof.public_inputs[..public_inputs.len()].copy_from_slice(public_inputs);
    proof
}

/// The public inputs that a witness proves, if it can be proven.
pub(crate) fn proven<T>(circuit: &Circuit<T>, witness: &PartialWitness<F>) -> Option<Vec<F>> {
    forged(circuit, witness, &[])
}

/// The same by a prover who writes some targets himself.
pub(crate) fn forged<T>(
    circuit: &Circuit<T>,
    witness: &PartialWitness<F>,
    forged: &[(Target, F)],
) -> Option<Vec<F>> {
    let trace = Trace::forged(circuit.data(), witness, forged);
    let proven = trace.violations().is_empty() && trace.waiting().is_empty();
    proven.then(|| trace.public_inputs())
}

/// A circuit of the standard shape that says whatever its prover likes.
fn parrot() -> &'static Circuit<[Target; 8]> {
    static CELL: OnceLock<Circuit<[Target; 8]>> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let said = builder.add_virtual_target_arr();
        builder.register_public_inputs(&said);
        Circuit::build(builder, said).unwrap()
    })
}

/// The key of real proofs of anything: see [`real_proof`].
pub(crate) fn parrots_key() -> VerifierOnlyCircuitData<C, D> {
    parrot().key().clone()
}

/// Digest of [`parrots_key`].
pub(crate) fn parrots_digest() -> KeyDigest {
    parrot().key_digest()
}

/// A proof that verifies, with these public inputs.
pub(crate) fn real_proof(first: [F; 4], second: [F; 4]) -> ShapedProof {
    let mut witness = PartialWitness::new();
    let targets = parrot().targets();
    witness.set_target_arr(&targets[..4], &first).unwrap();
    witness.set_target_arr(&targets[4..], &second).unwrap();
    parrot().prove(Some(witness)).unwrap()
}

/// Holds a circuit to verifying each of the proofs that it takes in: it takes them, and does not if any of them has one opening that
/// is another.
pub(crate) fn each_is_verified<const N: usize>(
    proofs: [ShapedProof; N],
    stated: impl Fn(&[ShapedProof; N]) -> Option<Vec<F>>,
) {
    assert!(stated(&proofs).is_some());
    for at in 0..N {
        let mut others = proofs.clone();
        others[at].proof.proof.openings.wires[0].0[0] += F::ONE;
        assert_eq!(stated(&others), None, "{at}");
    }
}
