use std::sync::Mutex;

use ark_bn254::{Bn254, Fq, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInteger, One, PrimeField, UniformRand, Zero};
use ark_groth16::Groth16;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
};
use ark_snark::SNARK;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use super::{SEED, sample, sample_key};
use crate::{
    groth16::{
        Development, InvalidProof, PointError, Progress, Proof, ProofElement, ProveError, VerifyError,
        VerifyingKey, VerifyingPoints, development_setup, prove, prove_with_rng, verify,
    },
    r1cs::{Matrix, R1cs, Unsatisfied, Var, circuit_hash},
};

#[test]
fn a_proof_verifies_here_and_in_ark_groth16() {
    // Below, at and above a domain of 16 rows: rows, public inputs and one are bits + 6.
    for bits in [2, 10, 11, 30] {
        let (r1cs, z) = sample(bits, 3);
        let key = development_setup(&r1cs, SEED, Progress::none()).unwrap();
        let proof = prove(&key, &r1cs, &z, Progress::none()).unwrap();
        verify(key.verifying_key(), &z[1..3], &proof).unwrap();

        let points = key.verifying_key().points().clone();
        let ark_key = ark_groth16::VerifyingKey::<Bn254> {
            alpha_g1: points.alpha_g1,
            beta_g2: points.beta_g2,
            gamma_g2: points.gamma_g2,
            delta_g2: points.delta_g2,
            gamma_abc_g1: points.ic,
        };
        let ark_proof = ark_groth16::Proof {
            a: *proof.a(),
            b: *proof.b(),
            c: *proof.c(),
        };
        assert!(Groth16::<Bn254>::verify(&ark_key, &z[1..3], &ark_proof).unwrap());
        assert!(!Groth16::<Bn254>::verify(&ark_key, &[z[2], z[1]], &ark_proof).unwrap());
    }
}

/// A circuit of ours for ark-groth16.
#[derive(Clone)]
struct Peer<'a>(&'a R1cs, &'a [Fr]);

impl ConstraintSynthesizer<Fr> for Peer<'_> {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let Self(r1cs, z) = self;
        let mut variables = vec![Variable::One];
        for (column, value) in z.iter().enumerate().skip(1) {
            variables.push(if column <= r1cs.num_public() {
                cs.new_input_variable(|| Ok(*value))?
            } else {
                cs.new_witness_variable(|| Ok(*value))?
            });
        }
        let row = |matrix: &Matrix, row| {
            LinearCombination(
                matrix
                    .row(row)
                    .map(|(var, c)| (c, variables[var.0 as usize]))
                    .collect(),
            )
        };
        for i in 0..r1cs.num_constraints() {
            cs.enforce_r1cs_constraint(|| row(&r1cs.a, i), || row(&r1cs.b, i), || row(&r1cs.c, i))?;
        }
        Ok(())
    }
}

#[test]
fn a_proof_and_a_key_of_ark_groth16_are_accepted() {
    let (r1cs, z) = sample(20, 77);
    let mut rng = ChaCha20Rng::seed_from_u64(12);
    let peer = Peer(&r1cs, &z);
    let (pk, vk) = Groth16::<Bn254>::circuit_specific_setup(peer.clone(), &mut rng).unwrap();
    let proof = Groth16::<Bn254>::prove(&pk, peer, &mut rng).unwrap();
    let points = VerifyingPoints {
        alpha_g1: vk.alpha_g1,
        beta_g2: vk.beta_g2,
        gamma_g2: vk.gamma_g2,
        delta_g2: vk.delta_g2,
        ic: vk.gamma_abc_g1,
    };
    let key = VerifyingKey::new(Development { seed: SEED }, circuit_hash(&r1cs), 2, points).unwrap();
    let proof = Proof::new(proof.a, proof.b, proof.c).unwrap();
    assert_eq!(verify(&key, &z[1..3], &proof), Ok(()));
    assert_eq!(verify(&key, &[z[2], z[1]], &proof), Err(VerifyError::Rejected));
}

#[test]
fn progress_reaches_the_end_of_every_stage() {
    let (r1cs, z) = sample(5, 9);
    let steps = Mutex::new(Vec::new());
    let listener = |step| steps.lock().unwrap().push(step);
    let progress = Progress::new(&listener);
    let key = development_setup(&r1cs, SEED, progress).unwrap();
    prove(&key, &r1cs, &z, progress).unwrap();
    let steps = steps.into_inner().unwrap();
    let begun: Vec<_> = steps
        .iter()
        .filter(|step| step.done == 0)
        .map(|step| step.stage)
        .collect();
    assert!(begun.len() >= 9);
    for stage in begun {
        assert!(
            steps
                .iter()
                .any(|step| step.stage == stage && step.done == step.total),
            "{stage}"
        );
    }
}

#[test]
fn a_proof_survives_its_encodings() {
    let (r1cs, z, key) = sample_key();
    let proof = prove(&key, &r1cs, &z, Progress::none()).unwrap();
    assert_eq!(Proof::from_bytes(&proof.to_bytes()), Ok(proof));
    assert_eq!(Proof::from_evm_words(&proof.to_evm_words()), Ok(proof));
    let json = serde_json::to_string(&proof).unwrap();
    assert_eq!(serde_json::from_str::<Proof>(&json).unwrap(), proof);
    // EIP-197: the imaginary part stands first.
    let imaginary = num_bigint::BigUint::from_bytes_be(&proof.to_evm_words()[2]);
    assert_eq!(imaginary, proof.b().x.c1.into_bigint().into());
}

#[test]
fn each_altered_word_of_a_proof_is_refused() {
    let (r1cs, z, key) = sample_key();
    let proof = prove(&key, &r1cs, &z, Progress::none()).unwrap();
    let words = proof.to_evm_words();
    for (i, element) in [
        (0, "A"),
        (1, "A"),
        (2, "B"),
        (3, "B"),
        (4, "B"),
        (5, "B"),
        (6, "C"),
        (7, "C"),
    ] {
        let mut altered = words;
        altered[i][31] ^= 1;
        let error = Proof::from_evm_words(&altered).unwrap_err();
        assert_eq!(
            (error.element.to_string().as_str(), error.source),
            (element, PointError::NotOnCurve)
        );
        // The same number written with the modulus added.
        let plus_modulus =
            num_bigint::BigUint::from_bytes_be(&words[i]) + num_bigint::BigUint::from(Fq::MODULUS);
        let bytes = plus_modulus.to_bytes_be();
        if bytes.len() == 32 {
            altered[i].copy_from_slice(&bytes);
            assert_eq!(
                Proof::from_evm_words(&altered).unwrap_err().source,
                PointError::NotCanonical
            );
        }
    }
}

#[test]
fn each_other_point_in_a_proof_is_rejected() {
    let (r1cs, z, key) = sample_key();
    let proof = prove(&key, &r1cs, &z, Progress::none()).unwrap();
    let (a, b, c) = (*proof.a(), *proof.b(), *proof.c());
    let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
    let forged = [
        (-a, b, c),
        (a, -b, c),
        (a, b, -c),
        (g1, b, c),
        (a, g2, c),
        (a, b, g1),
        (c, b, a),
    ];
    for (a, b, c) in forged {
        let proof = Proof::new(a, b, c).unwrap();
        assert_eq!(
            verify(key.verifying_key(), &z[1..3], &proof),
            Err(VerifyError::Rejected)
        );
    }
    // Both signs changed is the same product: Groth16 proofs are malleable, and the library does not hide it.
    assert_eq!(
        verify(key.verifying_key(), &z[1..3], &Proof::new(-a, -b, c).unwrap()),
        Ok(())
    );
}

#[test]
fn points_outside_their_groups_are_refused() {
    let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
    let refused = |a, b, c, element, source| {
        assert_eq!(Proof::new(a, b, c), Err(InvalidProof { element, source }));
    };
    refused(G1Affine::zero(), g2, g1, ProofElement::A, PointError::Infinity);
    refused(g1, G2Affine::zero(), g1, ProofElement::B, PointError::Infinity);
    refused(g1, g2, G1Affine::zero(), ProofElement::C, PointError::Infinity);
    let off_curve = G1Affine::new_unchecked(Fq::one(), Fq::one());
    refused(off_curve, g2, g1, ProofElement::A, PointError::NotOnCurve);
    // The twist has more points than the group of prime order.
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    let outside =
        std::iter::repeat_with(|| G2Affine::get_point_from_x_unchecked(UniformRand::rand(&mut rng), true))
            .flatten()
            .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
            .unwrap();
    refused(g1, outside, g1, ProofElement::B, PointError::WrongSubgroup);
}

#[test]
fn other_inputs_are_rejected() {
    let (r1cs, z, key) = sample_key();
    let proof = prove(&key, &r1cs, &z, Progress::none()).unwrap();
    let vk = key.verifying_key();
    for inputs in [
        [z[1] + Fr::one(), z[2]],
        [z[1], z[2] + Fr::one()],
        [z[2], z[1]],
        [Fr::zero(), Fr::zero()],
    ] {
        assert_eq!(verify(vk, &inputs, &proof), Err(VerifyError::Rejected));
    }
    assert_eq!(
        verify(vk, &z[1..2], &proof),
        Err(VerifyError::InputCount {
            actual: 1,
            expected: 2
        })
    );
    assert_eq!(
        verify(vk, &z[1..4], &proof),
        Err(VerifyError::InputCount {
            actual: 3,
            expected: 2
        })
    );
}

#[test]
fn an_unsatisfied_row_is_named() {
    let (r1cs, z, key) = sample_key();
    let refused = |column: usize, value: Fr, row: usize| {
        let mut z = z.clone();
        z[column] = value;
        let error = prove(&key, &r1cs, &z, Progress::none()).unwrap_err();
        assert_eq!(error, ProveError::Unsatisfied(Unsatisfied { row }));
    };
    refused(4, Fr::from(2u64), 0);
    refused(4 + 11, Fr::from(2u64), 11);
    refused(3, Fr::from(5u64), 20);
    refused(2, Fr::from(5u64), 21);
    refused(1, Fr::from(5u64), 22);
}

#[test]
fn assignments_of_a_wrong_shape_are_refused() {
    let (r1cs, z, key) = sample_key();
    let error = |r1cs: &R1cs, z: &[Fr]| prove(&key, r1cs, z, Progress::none()).unwrap_err();
    assert_eq!(
        error(&r1cs, &z[1..]),
        ProveError::AssignmentLength {
            actual: z.len() - 1,
            expected: z.len()
        }
    );
    let mut scaled = z.clone();
    scaled[0] = Fr::from(2u64);
    assert_eq!(error(&r1cs, &scaled), ProveError::ColumnZero);
    let (other, other_z) = sample(21, 5);
    assert!(matches!(
        error(&other, &other_z),
        ProveError::OtherCircuit {
            key_variables: 25,
            circuit_variables: 26,
            ..
        }
    ));
}

#[test]
fn a_key_of_another_circuit_of_the_same_shape_gives_no_proof() {
    let (r1cs, z, _) = sample_key();
    // The same, with x * x = square written as x * square = cube and back: rows 21 and 22 change places.
    let mut swapped = R1cs::new(2);
    for _ in 0..22 {
        swapped.new_variable();
    }
    let order = (0..21).chain([22, 21]);
    for row in order {
        let terms = |matrix: &Matrix| matrix.row(row).collect::<Vec<(Var, Fr)>>();
        swapped.push(&terms(&r1cs.a), &terms(&r1cs.b), &terms(&r1cs.c));
    }
    swapped.check(&z).unwrap();
    let key = development_setup(&swapped, SEED, Progress::none()).unwrap();
    let error = prove(&key, &r1cs, &z, Progress::none()).unwrap_err();
    assert_eq!(error, ProveError::SelfCheck(VerifyError::Rejected));
}

#[test]
fn blinding_changes_the_proof_and_nothing_else() {
    let (r1cs, z, key) = sample_key();
    let with_seed = |seed| {
        prove_with_rng(
            &key,
            &r1cs,
            &z,
            &mut ChaCha20Rng::seed_from_u64(seed),
            Progress::none(),
        )
        .unwrap()
    };
    assert_eq!(with_seed(1), with_seed(1));
    assert_ne!(with_seed(1), with_seed(2));
    let (first, second) = (
        prove(&key, &r1cs, &z, Progress::none()),
        prove(&key, &r1cs, &z, Progress::none()),
    );
    assert_ne!(first.unwrap(), second.unwrap());
}

#[test]
fn words_and_scalars_agree() {
    let word = crate::groth16::scalar_to_word(Fr::from(258u64));
    assert_eq!((word[30], word[31]), (1, 2));
    assert_eq!(crate::groth16::scalar_from_word(&word), Some(Fr::from(258u64)));
    let modulus: [u8; 32] = Fr::MODULUS.to_bytes_be().try_into().unwrap();
    assert_eq!(crate::groth16::scalar_modulus(), modulus);
    assert_eq!(crate::groth16::scalar_from_word(&modulus), None);
}
