//! Files from outside: each way to be wrong has its name, and none panics.

use causeway_aggregation::proof_shape::ProofShapeError;
use causeway_aggregation::{EnvelopeError, F, ProofError, Shape, ShapedProof};
use plonky2::field::types::{Field, Field64};
use proptest::prelude::*;

use crate::fixtures::leaf;

const HEADER: usize = 44;

#[test]
fn an_envelope_reads_back() {
    let bytes = leaf().to_bytes().unwrap();
    let read = ShapedProof::from_bytes(&bytes).unwrap();
    assert_eq!(&read, leaf());
    read.verify_as(Shape::Standard).unwrap();
}

#[test]
fn a_wrong_header_is_named() {
    let bytes = leaf().to_bytes().unwrap();
    let with = |at: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = value;
        ShapedProof::from_bytes(&bytes)
    };
    assert_eq!(with(0, b'X'), Err(EnvelopeError::Magic));
    assert_eq!(with(8, 9), Err(EnvelopeError::Version { got: 9, expected: 1 }));
    assert_eq!(with(10, 7), Err(EnvelopeError::UnknownShape { got: 7 }));
    assert_eq!(with(11, 1), Err(EnvelopeError::Reserved { got: 1 }));
    assert_eq!(
        with(10, 1),
        Err(EnvelopeError::ShapeDigest {
            shape: Shape::Closing
        })
    );
    assert_eq!(
        with(20, !bytes[20]),
        Err(EnvelopeError::ShapeDigest {
            shape: Shape::Standard
        })
    );
}

#[test]
fn a_wrong_length_is_named() {
    let bytes = leaf().to_bytes().unwrap();
    let expected = bytes.len();
    for got in [HEADER, HEADER + 1, expected - 8, expected - 1] {
        assert_eq!(
            ShapedProof::from_bytes(&bytes[..got]),
            Err(EnvelopeError::Length { got, expected })
        );
    }
    let long = [&bytes[..], &[0]].concat();
    assert_eq!(
        ShapedProof::from_bytes(&long),
        Err(EnvelopeError::Length {
            got: expected + 1,
            expected
        })
    );
    assert_eq!(
        ShapedProof::from_bytes(&bytes[..4]),
        Err(EnvelopeError::Length {
            got: 4,
            expected: HEADER
        })
    );
    assert_eq!(ShapedProof::from_bytes(b"nope"), Err(EnvelopeError::Magic));
}

#[test]
fn an_element_of_p_or_more_is_refused() {
    let mut bytes = leaf().to_bytes().unwrap();
    bytes[HEADER + 80..HEADER + 88].copy_from_slice(&F::ORDER.to_le_bytes());
    assert_eq!(
        ShapedProof::from_bytes(&bytes),
        Err(EnvelopeError::NotCanonical { index: 10 })
    );
}

#[test]
fn any_changed_element_makes_the_proof_invalid() {
    let bytes = leaf().to_bytes().unwrap();
    let elements = (bytes.len() - HEADER) / 8;
    // The first hundred one by one (key, public inputs), then a sample.
    for index in (0..100).chain((100..elements).step_by(211)).chain([elements - 1]) {
        let mut bytes = bytes.clone();
        let at = HEADER + 8 * index;
        let word = u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        let other = if word == 0 { 1 } else { word - 1 };
        bytes[at..at + 8].copy_from_slice(&other.to_le_bytes());
        let read = ShapedProof::from_bytes(&bytes).unwrap();
        // An entry of the key's cap that no query opens is in no transcript: only the key digest sees it.
        if (4..68).contains(&index) {
            assert_ne!(read.key_digest(), leaf().key_digest(), "element {index}");
        } else {
            assert_eq!(read.verify(), Err(ProofError::Invalid), "element {index}");
        }
    }
}

#[test]
fn a_part_of_another_length_is_named() {
    let refused = |part, got, expected| Err(ProofError::Shape(ProofShapeError { part, got, expected }));
    let mut proof = leaf().clone();
    proof.proof.public_inputs.pop();
    assert_eq!(proof.verify(), refused("public_inputs", 15, 16));
    // plonky2's own verifier panics on each of these.
    let mut proof = leaf().clone();
    proof.proof.proof.wires_cap.0.pop();
    assert_eq!(proof.verify(), refused("wires_cap", 15, 16));
    let mut proof = leaf().clone();
    proof.proof.proof.opening_proof.commit_phase_merkle_caps.pop();
    assert_eq!(proof.verify(), refused("commit_phase_merkle_caps", 1, 2));
    let mut proof = leaf().clone();
    proof.key.constants_sigmas_cap.0.clear();
    assert_eq!(proof.verify(), refused("constants_sigmas_cap", 0, 16));
    let mut proof = leaf().clone();
    proof.proof.proof.openings.lookup_zs.push(F::ONE.into());
    assert_eq!(proof.verify(), refused("lookup_zs", 1, 0));
    assert_eq!(proof.to_bytes().unwrap_err().part, "lookup_zs");
}

proptest! {
    #[test]
    fn garbage_is_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..200), magic in any::<bool>()) {
        if magic {
            bytes.splice(..bytes.len().min(10), *b"CSWY-PRF\x01\x00");
        }
        prop_assert!(ShapedProof::from_bytes(&bytes).is_err());
    }
}
