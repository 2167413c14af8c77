//! Whole proofs in the wrap: real ones are accepted, and nothing else is.
//!
//! The circuits are small and have few queries: what is tested is that every field of a proof is bound, not how often.
#![allow(clippy::unwrap_used, missing_docs)]

use causeway_verifier_gen::bn254::{Bn254Config, Digest};
use causeway_verifier_gen::last::config;
use causeway_verifier_gen::wrap::{
    LastKey, LastProof, STATEMENT_LIMB_BITS, Synthesis, UnsupportedCircuit, WrapCircuit, WrongLength,
    program_digest, statement_digest,
};
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::goldilocks_field::GoldilocksField as F;
use plonky2::field::types::Field;
use plonky2::fri::reduction_strategies::FriReductionStrategy;
use plonky2::gates::base_sum::BaseSumGate;
use plonky2::gates::gate::GateRef;
use plonky2::hash::poseidon::PoseidonHash;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData};

const LIMBS: [u64; 4] = [5, (1 << STATEMENT_LIMB_BITS) - 1, 7, 1 << 61];

type Data = CircuitData<F, Bn254Config, 2>;

fn small() -> CircuitConfig {
    let mut config = config(3, 2, 3);
    config.security_bits = 1;
    config.fri_config.cap_height = 1;
    config
}

fn circuit(
    config: CircuitConfig,
    constrain: impl FnOnce(&mut CircuitBuilder<F, 2>, &[Target]),
) -> (Data, Vec<Target>) {
    let mut builder = CircuitBuilder::<F, 2>::new(config);
    let limbs = builder.add_virtual_targets(4);
    let hash = builder.hash_n_to_hash_no_pad::<PoseidonHash>(limbs.clone());
    let mut hash = hash.elements.to_vec();
    for _ in 0..130 {
        hash = builder
            .hash_n_to_hash_no_pad::<PoseidonHash>(hash)
            .elements
            .to_vec();
    }
    let index = builder.split_le(limbs[0], 3);
    let index = builder.le_sum(index.iter());
    builder.random_access(index, (0..8).map(|i| hash[i % 4]).collect());
    let power = builder.exp(limbs[2], limbs[0], 3);
    builder.mul(power, limbs[3]);
    constrain(&mut builder, &limbs);
    builder.register_public_inputs(&limbs);
    (builder.build(), limbs)
}

fn prove(data: &Data, targets: &[Target], limbs: [u64; 4]) -> LastProof {
    let mut witness = PartialWitness::new();
    for (&target, limb) in targets.iter().zip(limbs) {
        witness.set_target(target, F::from_canonical_u64(limb)).unwrap();
    }
    let proof = data.prove(witness).unwrap();
    data.verify(proof.clone()).unwrap();
    proof
}

fn wrap(data: &Data) -> WrapCircuit {
    WrapCircuit::new(&data.common).unwrap()
}

/// The constraints under the public inputs that a verifier expects, whatever the proof makes of them.
fn check(data: &Data, synthesis: &Synthesis) -> Result<(), &'static str> {
    let mut assignment = synthesis.assignment.clone();
    assignment[1] = program_digest(&data.verifier_only);
    assignment[2] = statement_digest(&LIMBS);
    synthesis
        .check_assignment(&assignment)
        .map_err(|error| error.section)
}

#[test]
fn real_proofs_are_accepted_at_two_configurations() {
    let wide = CircuitConfig {
        num_routed_wires: 80,
        num_challenges: 2,
        fri_config: plonky2::fri::FriConfig {
            rate_bits: 4,
            cap_height: 3,
            proof_of_work_bits: 5,
            reduction_strategy: FriReductionStrategy::ConstantArityBits(4, 2),
            num_query_rounds: 3,
        },
        ..small()
    };
    for config in [small(), wide] {
        let (data, targets) = circuit(config, |_, _| {});
        let wrap = wrap(&data);
        let synthesis = wrap
            .synthesize(&prove(&data, &targets, LIMBS), &data.verifier_only)
            .unwrap();
        synthesis.check().unwrap();
        assert_eq!(
            synthesis.public_inputs(),
            [program_digest(&data.verifier_only), statement_digest(&LIMBS)]
        );
        // Whatever the proof, the constraints are those of a blank one.
        assert_eq!(synthesis.r1cs, wrap.synthesize_blank().r1cs);
    }
}

type Change = (&'static str, fn(&mut LastProof, &mut LastKey));

fn bump(x: &mut F) {
    *x += F::ONE;
}

fn bump_ext(x: &mut QuadraticExtension<F>) {
    x.0[1] += F::ONE;
}

fn bump_digest(x: &mut Digest) {
    x.0 += ark_bn254::Fr::from(1u64);
}

/// One change for every field of proof and key.
const CHANGES: [Change; 25] = [
    ("circuit_digest", |_, key| bump_digest(&mut key.circuit_digest)),
    ("constants_sigmas_cap 0", |_, key| {
        bump_digest(&mut key.constants_sigmas_cap.0[0])
    }),
    ("constants_sigmas_cap 1", |_, key| {
        bump_digest(&mut key.constants_sigmas_cap.0[1])
    }),
    ("public input 0", |proof, _| bump(&mut proof.public_inputs[0])),
    ("public input 3", |proof, _| bump(&mut proof.public_inputs[3])),
    ("wires_cap", |proof, _| {
        bump_digest(&mut proof.proof.wires_cap.0[1])
    }),
    ("zs cap", |proof, _| {
        bump_digest(&mut proof.proof.plonk_zs_partial_products_cap.0[0])
    }),
    ("quotient cap", |proof, _| {
        bump_digest(&mut proof.proof.quotient_polys_cap.0[1])
    }),
    ("constants", |proof, _| {
        bump_ext(&mut proof.proof.openings.constants[0])
    }),
    ("sigmas", |proof, _| {
        bump_ext(&mut proof.proof.openings.plonk_sigmas[39])
    }),
    ("wires", |proof, _| bump_ext(&mut proof.proof.openings.wires[134])),
    ("zs", |proof, _| bump_ext(&mut proof.proof.openings.plonk_zs[2])),
    ("zs_next", |proof, _| {
        bump_ext(&mut proof.proof.openings.plonk_zs_next[0])
    }),
    ("partial products", |proof, _| {
        bump_ext(&mut proof.proof.openings.partial_products[5])
    }),
    ("quotient", |proof, _| {
        bump_ext(&mut proof.proof.openings.quotient_polys[23])
    }),
    ("commit cap", |proof, _| {
        bump_digest(&mut proof.proof.opening_proof.commit_phase_merkle_caps[0].0[0]);
    }),
    ("final poly", |proof, _| {
        bump_ext(&mut proof.proof.opening_proof.final_poly.coeffs[31])
    }),
    ("pow witness", |proof, _| {
        bump(&mut proof.proof.opening_proof.pow_witness)
    }),
    ("initial leaf", |proof, _| bump(&mut initial(proof, 1, 0).0[17])),
    ("last initial leaf", |proof, _| {
        bump(initial(proof, 1, 3).0.last_mut().unwrap())
    }),
    ("initial path", |proof, _| {
        bump_digest(&mut initial(proof, 0, 2).1.siblings[3])
    }),
    ("step evals", |proof, _| bump_ext(&mut step(proof).evals[7])),
    ("first step evals", |proof, _| bump_ext(&mut step(proof).evals[0])),
    ("step path", |proof, _| {
        bump_digest(&mut step(proof).merkle_proof.siblings[0])
    }),
    ("queries swapped", |proof, _| {
        proof.proof.opening_proof.query_round_proofs.swap(0, 1)
    }),
];

type Initial = (
    Vec<F>,
    plonky2::hash::merkle_proofs::MerkleProof<F, causeway_verifier_gen::bn254::Bn254Hash>,
);

fn initial(proof: &mut LastProof, query: usize, oracle: usize) -> &mut Initial {
    &mut proof.proof.opening_proof.query_round_proofs[query]
        .initial_trees_proof
        .evals_proofs[oracle]
}

fn step(
    proof: &mut LastProof,
) -> &mut plonky2::fri::proof::FriQueryStep<F, causeway_verifier_gen::bn254::Bn254Hash, 2> {
    &mut proof.proof.opening_proof.query_round_proofs[1].steps[0]
}

#[test]
fn a_proof_with_any_field_changed_is_refused() {
    let (data, targets) = circuit(small(), |_, _| {});
    let wrap = wrap(&data);
    let proof = prove(&data, &targets, LIMBS);
    let honest = wrap.synthesize(&proof, &data.verifier_only).unwrap();
    check(&data, &honest).unwrap();
    for (name, change) in CHANGES {
        let (mut proof, mut key) = (proof.clone(), data.verifier_only.clone());
        change(&mut proof, &mut key);
        let synthesis = wrap.synthesize(&proof, &key).unwrap();
        assert!(check(&data, &synthesis).is_err(), "{name} is not bound");
    }
}

/// What the proof says of its public inputs is checked by their range and by the statement digest.
#[test]
fn a_limb_of_63_bits_is_refused() {
    let (data, targets) = circuit(small(), |_, _| {});
    let limbs = [1, 2, 3, 1 << STATEMENT_LIMB_BITS];
    let proof = prove(&data, &targets, limbs);
    let synthesis = wrap(&data).synthesize(&proof, &data.verifier_only).unwrap();
    assert_eq!(synthesis.check().unwrap_err().section, "proof_ranges");
}

#[test]
fn another_program_of_the_same_shape_is_refused() {
    let five = |builder: &mut CircuitBuilder<F, 2>, limbs: &[Target]| {
        let five = builder.constant(F::from_canonical_u64(5));
        builder.connect(five, limbs[0]);
    };
    let six = |builder: &mut CircuitBuilder<F, 2>, limbs: &[Target]| {
        let six = builder.constant(F::from_canonical_u64(6));
        let less = builder.add_const(limbs[0], F::ONE);
        builder.connect(six, less);
    };
    let (expected, _) = circuit(small(), five);
    let (mut other, targets) = circuit(small(), six);
    assert_eq!(expected.common, other.common);
    let wrap = wrap(&expected);

    let proof = prove(&other, &targets, LIMBS);
    let synthesis = wrap.synthesize(&proof, &other.verifier_only).unwrap();
    synthesis.check().unwrap();
    assert_eq!(check(&expected, &synthesis), Err("public_inputs"));

    // plonky2 ties the circuit digest to nothing: the other circuit proves under a borrowed one.
    let digest = expected.verifier_only.circuit_digest;
    other.verifier_only.circuit_digest = digest;
    other.prover_only.circuit_digest = digest;
    let proof = prove(&other, &targets, LIMBS);
    let synthesis = wrap.synthesize(&proof, &other.verifier_only).unwrap();
    synthesis.check().unwrap();
    assert_eq!(check(&expected, &synthesis), Err("public_inputs"));
}

#[test]
fn lists_of_another_length_are_refused_by_name() {
    let (data, targets) = circuit(small(), |_, _| {});
    let (wrap, proof, key) = (wrap(&data), prove(&data, &targets, LIMBS), &data.verifier_only);
    let refused = |field, expected, found, change: fn(&mut LastProof)| {
        let mut proof = proof.clone();
        change(&mut proof);
        let error = wrap.synthesize(&proof, key).unwrap_err();
        assert_eq!(
            error,
            WrongLength {
                field,
                expected,
                found
            }
        );
    };
    refused("public_inputs", 4, 3, |proof| _ = proof.public_inputs.pop());
    refused("openings.wires", 135, 134, |proof| {
        _ = proof.proof.openings.wires.pop()
    });
    refused("query_round_proofs", 2, 1, |proof| {
        _ = proof.proof.opening_proof.query_round_proofs.pop()
    });
    refused("initial leaf", 135, 134, |proof| _ = initial(proof, 0, 1).0.pop());
    refused("lookup_zs", 0, 1, |proof| {
        proof.proof.openings.lookup_zs.push(QuadraticExtension::ONE)
    });
}

#[test]
fn circuits_that_the_wrap_cannot_verify_are_refused_by_name() {
    let refused = |config: CircuitConfig, constrain: fn(&mut CircuitBuilder<F, 2>)| {
        let mut builder = CircuitBuilder::<F, 2>::new(config);
        constrain(&mut builder);
        let common = builder.mock_build::<Bn254Config>().common;
        WrapCircuit::new(&common).unwrap_err()
    };
    let four = |builder: &mut CircuitBuilder<F, 2>| {
        (0..4).for_each(|_| _ = builder.add_virtual_public_input());
    };
    let error = refused(small(), |builder| {
        (0..5).for_each(|_| _ = builder.add_virtual_public_input());
    });
    assert_eq!(error, UnsupportedCircuit::PublicInputs { found: 5 });
    assert_eq!(
        refused(
            CircuitConfig {
                zero_knowledge: true,
                ..small()
            },
            four
        ),
        UnsupportedCircuit::ZeroKnowledge
    );
    let error = refused(small(), |builder| {
        (0..4).for_each(|_| _ = builder.add_virtual_public_input());
        builder.add_gate_to_gate_set(GateRef::new(BaseSumGate::<4>::new(8)));
    });
    assert_eq!(
        error,
        UnsupportedCircuit::Gate {
            id: "BaseSumGate { num_limbs: 8 } + Base: 4".to_owned()
        }
    );
    let mut wide = small();
    wide.fri_config.reduction_strategy = FriReductionStrategy::Fixed(vec![5]);
    let error = refused(wide, |builder| {
        (0..4).for_each(|_| _ = builder.add_virtual_public_input());
        (0..200).for_each(|_| {
            builder.add_gate(plonky2::gates::noop::NoopGate, vec![]);
        });
    });
    assert_eq!(
        error,
        UnsupportedCircuit::Parameter {
            name: "reduction_arity_bits",
            found: 5,
            allowed: 1..5
        }
    );
    let error = refused(small(), |builder| {
        (0..4).for_each(|_| _ = builder.add_virtual_public_input());
        let table = builder.add_lookup_table_from_pairs(std::sync::Arc::new(vec![(0, 0), (1, 1)]));
        let x = builder.zero();
        builder.add_lookup_from_index(x, table);
    });
    assert_eq!(error, UnsupportedCircuit::Lookups { tables: 1 });
}
