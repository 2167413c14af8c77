#![allow(clippy::unwrap_used)]

use std::sync::OnceLock;

use plonky2::field::types::Field;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData};
use plonky2::plonk::proof::ProofWithPublicInputs;
use proptest::prelude::*;

use super::envelope::{unwrap, wrap};
use super::*;
use crate::config::{C, D, F};
use crate::normalize::{Normalizer, Options, Unsupported};
use crate::{EnvelopeError, ProofError, Shape, ShapedProof};

/// A small program with several kinds of gates: "I know x with x^5 = y and x below 2^20".
struct Program {
    data: CircuitData<F, C, D>,
    proof: ProofWithPublicInputs<F, C, D>,
    normalized: NormalizedFile,
}

fn circuit(
    config: CircuitConfig,
    change: impl FnOnce(&mut CircuitBuilder<F, D>, Target),
) -> (CircuitData<F, C, D>, Target) {
    let mut builder = CircuitBuilder::<F, D>::new(config);
    let x = builder.add_virtual_target();
    builder.range_check(x, 20);
    let y = builder.exp_u64(x, 5);
    let bits = builder.split_le(x, 4);
    let list: Vec<Target> = (0..16)
        .map(|i| builder.constant(F::from_canonical_u32(i)))
        .collect();
    let index = builder.le_sum(bits.iter());
    let found = builder.random_access(index, list);
    builder.connect(found, index);
    change(&mut builder, x);
    builder.register_public_input(y);
    builder.register_public_input(x);
    (builder.build::<C>(), x)
}

fn program() -> &'static Program {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let config = CircuitConfig::standard_recursion_config();
        let (data, x) = circuit(config, |_, _| ());
        let mut witness = PartialWitness::new();
        witness.set_target(x, F::from_canonical_u32(7)).unwrap();
        let proof = data.prove(witness).unwrap();
        let normalizer = Normalizer::new(&data.common, &data.verifier_only, Options::default()).unwrap();
        let normalized = NormalizedFile {
            title: title(),
            public_inputs: proof.public_inputs.clone(),
            proof: normalizer.normalize(&proof).unwrap(),
        };
        Program {
            data,
            proof,
            normalized,
        }
    })
}

fn title() -> Title {
    Title::new("a fifth power, größer").unwrap()
}

fn circuit_bytes() -> Vec<u8> {
    CircuitFile::write(&title(), &program().data).unwrap()
}

fn proof_bytes() -> Vec<u8> {
    ProofFile::write(&title(), &program().data, &program().proof).unwrap()
}

/// A file whose body was changed and whose checksum fits: what a stranger can make.
fn forged(kind: FileKind, bytes: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut body = unwrap(kind, bytes).unwrap().to_vec();
    change(&mut body);
    wrap(kind, &body)
}

/// Where the common data begin in a circuit file's body.
fn common_at() -> usize {
    1 + title().as_str().len() + 4
}

#[test]
fn what_is_written_is_read() {
    let program = program();
    let circuit = CircuitFile::from_bytes(&circuit_bytes()).unwrap();
    assert_eq!(circuit.title, title());
    assert_eq!(circuit.data, program.data.verifier_data());
    assert_eq!(circuit.to_bytes().unwrap(), circuit_bytes());

    let (peeked, key) = ProofFile::peek(&proof_bytes()).unwrap();
    assert_eq!((peeked, key), (title(), circuit.key_digest()));
    let proof = ProofFile::from_bytes(&proof_bytes(), &circuit).unwrap();
    assert_eq!(proof.proof, program.proof);
    circuit.data.verify(proof.proof).unwrap();

    let bytes = program.normalized.to_bytes().unwrap();
    let normalized = NormalizedFile::from_bytes(&bytes).unwrap();
    assert_eq!(normalized, program.normalized);
    assert_eq!(normalized.verify(), Ok(()));
    let normalizer = circuit.normalizer(Options::default()).unwrap();
    assert_eq!(normalized.key_digest(), normalizer.key_digest());
}

#[test]
fn headers_are_refused_by_name() {
    let bytes = circuit_bytes();
    let kind = FileKind::Circuit;
    let changed = |at: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        CircuitFile::from_bytes(&bytes).unwrap_err()
    };
    assert_eq!(
        changed(0, 0),
        FileError::Magic {
            expected: kind,
            found: None
        }
    );
    assert_eq!(
        CircuitFile::from_bytes(&proof_bytes()).unwrap_err(),
        FileError::Magic {
            expected: kind,
            found: Some(FileKind::Proof)
        }
    );
    assert_eq!(
        changed(8, 2),
        FileError::Version {
            kind,
            got: 2,
            expected: 1
        }
    );
    assert_eq!(changed(15, 1), FileError::Reserved { kind });
    assert_eq!(changed(30, bytes[30] ^ 1), FileError::Checksum { kind });
    let last = bytes.len() - 1;
    assert_eq!(changed(last, bytes[last] ^ 1), FileError::Checksum { kind });
    let length = |bytes: &[u8], expected| {
        let got = bytes.len() as u64;
        assert_eq!(
            CircuitFile::from_bytes(bytes).unwrap_err(),
            FileError::Length { kind, got, expected }
        );
    };
    length(&bytes[..last], bytes.len() as u64);
    length(&[&bytes[..], &[0]].concat(), bytes.len() as u64);
    length(&bytes[..20], 56);
    let mut huge = bytes.clone();
    huge[16..24].fill(0xff);
    length(&huge, u64::MAX);
    assert_eq!(
        CircuitFile::from_bytes(&vec![0; MAX_BYTES as usize + 1]).unwrap_err(),
        FileError::TooLong { got: MAX_BYTES + 1 }
    );
}

#[test]
fn titles_are_one_line() {
    for (text, control) in [("a\nb", true), ("\u{1b}[2J", true), (&"x".repeat(201)[..], false)] {
        assert_eq!(
            Title::new(text),
            Err(FileError::Title {
                bytes: text.len(),
                control
            })
        );
    }
    let forged = forged(FileKind::Circuit, &circuit_bytes(), |body| body[1] = b'\n');
    assert_eq!(
        CircuitFile::from_bytes(&forged).unwrap_err(),
        FileError::MalformedCircuit { what: "the title" }
    );
}

#[test]
fn lengths_that_a_stranger_claims_reserve_nothing() {
    let what = "the common data";
    // Whatever number of the common data is replaced: an error, and no memory.
    let common = program()
        .data
        .common
        .to_bytes(&plonky2::util::serialization::DefaultGateSerializer)
        .unwrap();
    let mut refused = 0;
    for at in 0..common.len() - 7 {
        for value in [u64::MAX, 1 << 40, 1 << 16] {
            let bytes = forged(FileKind::Circuit, &circuit_bytes(), |body| {
                let at = common_at() + at;
                body[at..at + 8].copy_from_slice(&value.to_le_bytes());
            });
            match CircuitFile::from_bytes(&bytes) {
                Err(FileError::MalformedCircuit { what: found }) if found == what => refused += 1,
                Err(FileError::MalformedCircuit { .. } | FileError::Normalize(_) | FileError::Shape(_)) => {}
                // Numbers that nothing hangs on: a constant of a gate that interpolates.
                Ok(_) => {}
                Err(other) => panic!("{at} {value}: {other:?}"),
            }
        }
    }
    assert!(refused > common.len(), "{refused}");
}

#[test]
fn a_circuit_that_no_normaliser_takes_is_not_written() {
    let config = CircuitConfig::standard_recursion_zk_config();
    let (data, _) = circuit(config, |_, _| ());
    assert_eq!(
        CircuitFile::write(&title(), &data).unwrap_err(),
        FileError::Normalize(Unsupported::ZeroKnowledge.into())
    );
}

#[test]
fn a_proof_is_of_its_circuit() {
    let circuit_file = CircuitFile::from_bytes(&circuit_bytes()).unwrap();
    let config = CircuitConfig::standard_recursion_config();
    let (other, _) = circuit(config, |builder, x| {
        builder.register_public_input(x);
    });
    let bytes = CircuitFile::write(&title(), &other).unwrap();
    let other_file = CircuitFile::from_bytes(&bytes).unwrap();
    assert_eq!(
        ProofFile::from_bytes(&proof_bytes(), &other_file),
        Err(FileError::OtherCircuit {
            expected: other_file.key_digest(),
            found: circuit_file.key_digest(),
        })
    );
    assert!(matches!(
        ProofFile::write(&title(), &other, &program().proof),
        Err(FileError::Shape(_))
    ));
}

#[test]
fn malformed_proofs_are_refused() {
    let circuit = CircuitFile::from_bytes(&circuit_bytes()).unwrap();
    let read = |change: &dyn Fn(&mut Vec<u8>)| {
        let bytes = forged(FileKind::Proof, &proof_bytes(), change);
        ProofFile::from_bytes(&bytes, &circuit).unwrap_err()
    };
    let ends = FileError::MalformedProof {
        what: "it ends too early or has a tail",
    };
    assert_eq!(read(&|body| body.truncate(body.len() - 8)), ends);
    assert_eq!(read(&|body| body.push(0)), ends);
    // An element that is written below p is read only so.
    let last = |body: &mut Vec<u8>| {
        let at = body.len() - 8;
        body[at..].fill(0xff);
    };
    assert_eq!(read(&last), ends);
    let hash = common_at() - 4 + 32;
    assert_eq!(
        read(&|body| body[hash..hash + 8].fill(0xff)),
        FileError::MalformedProof {
            what: "it is not as plonky2 writes it"
        }
    );
    let key = common_at() - 4;
    assert_eq!(
        read(&|body| body[key..key + 8].fill(0xff)),
        FileError::MalformedProof {
            what: "the circuit's key digest"
        }
    );
}

#[test]
fn normalised_files_are_held_to_their_proof() {
    let mut file = program().normalized.clone();
    file.public_inputs[1] += F::ONE;
    assert_eq!(file.verify(), Err(FileError::OtherPublicInputs));
    let mut file = program().normalized.clone();
    file.proof.proof.public_inputs[15] += F::ONE;
    assert_eq!(file.verify(), Err(FileError::Proof(ProofError::Invalid)));

    let bytes = program().normalized.to_bytes().unwrap();
    let read = |change: &dyn Fn(&mut Vec<u8>)| {
        NormalizedFile::from_bytes(&forged(FileKind::Normalized, &bytes, change)).unwrap_err()
    };
    let count = 1 + title().as_str().len();
    assert_eq!(
        read(&|body| body[count + 1] = 0xff),
        FileError::TooManyPublicInputs {
            got: 0xff02,
            max: 1 << 12
        }
    );
    assert_eq!(
        read(&|body| body[count + 1] = 0x01),
        FileError::Envelope(EnvelopeError::Magic)
    );
    assert_eq!(
        read(&|body| body.truncate(count + 10)),
        FileError::MalformedProof {
            what: "the public inputs"
        }
    );
    let mut many = program().normalized.clone();
    many.public_inputs = vec![F::ZERO; (1 << 12) + 1];
    assert_eq!(
        many.to_bytes(),
        Err(FileError::TooManyPublicInputs {
            got: (1 << 12) + 1,
            max: 1 << 12
        })
    );
    let closing = ShapedProof {
        shape: Shape::Closing,
        ..program().normalized.proof.clone()
    };
    assert!(
        closing.to_bytes().is_err(),
        "a proof of another shape is not written"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let circuit = CircuitFile::from_bytes(&circuit_bytes()).unwrap();
        for kind in FileKind::ALL {
            for bytes in [bytes.clone(), wrap(kind, &bytes)] {
                prop_assert!(CircuitFile::from_bytes(&bytes).is_err());
                prop_assert!(ProofFile::from_bytes(&bytes, &circuit).is_err());
                prop_assert!(NormalizedFile::from_bytes(&bytes).is_err());
            }
        }
    }

    #[test]
    fn a_changed_body_is_an_error_or_another_file(
        at in any::<prop::sample::Index>(),
        bytes in proptest::collection::vec(any::<u8>(), 1..16),
        cut in any::<bool>(),
    ) {
        let circuit = CircuitFile::from_bytes(&circuit_bytes()).unwrap();
        let change = |body: &mut Vec<u8>| {
            let at = at.index(body.len());
            if cut {
                body.truncate(at);
            }
            let end = body.len().min(at + bytes.len());
            let at = at.min(end);
            body[at..end].copy_from_slice(&bytes[..end - at]);
        };
        let changed = forged(FileKind::Circuit, &circuit_bytes(), change);
        if let Ok(file) = CircuitFile::from_bytes(&changed) {
            prop_assert_eq!(file.to_bytes().unwrap(), changed);
        }
        let changed = forged(FileKind::Proof, &proof_bytes(), change);
        if let Ok(file) = ProofFile::from_bytes(&changed, &circuit) {
            prop_assert_eq!(file.to_bytes(), changed);
        }
        let changed = forged(FileKind::Normalized, &program().normalized.to_bytes().unwrap(), change);
        if let Ok(file) = NormalizedFile::from_bytes(&changed) {
            prop_assert_eq!(file.to_bytes().unwrap(), changed);
        }
    }
}
