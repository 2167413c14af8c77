//! What a user's own proof becomes, and what is refused.

use causeway_aggregation::normalize::Unsupported;
use causeway_aggregation::proof_shape::ProofShapeError;
use causeway_aggregation::{
    C, D, F, NormalizeError, NormalizedInputs, Normalizer, Options, ProveError, Security, Shape, key_digest,
    message_digest, public_inputs_digest,
};
use plonky2::field::extension::Extendable;
use plonky2::field::types::Field;
use plonky2::fri::reduction_strategies::FriReductionStrategy;
use plonky2::gates::gate::Gate;
use plonky2::iop::ext_target::ExtensionTarget;
use plonky2::iop::generator::WitnessGeneratorRef;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData, CommonCircuitData};
use plonky2::plonk::vars::{EvaluationTargets, EvaluationVars};
use plonky2::util::serialization::{Buffer, IoResult};

use crate::fixtures::{Program, leaf, pinned, program};

fn normalizer(program: &CircuitData<F, C, D>, options: Options) -> Result<Normalizer<C>, NormalizeError> {
    Normalizer::new(&program.common, &program.verifier_only, options)
}

fn refusal(program: &CircuitData<F, C, D>) -> NormalizeError {
    normalizer(program, Options::default()).unwrap_err()
}

#[test]
fn a_normalised_proof_exposes_key_and_inputs() {
    let (program, normalizer) = pinned();
    leaf().verify_as(Shape::Standard).unwrap();
    assert_eq!(leaf().key_digest(), normalizer.key_digest());
    let inputs = NormalizedInputs::from_slice(leaf().public_inputs()).unwrap();
    assert_eq!(inputs.program, key_digest(&program.data.verifier_only));
    assert_eq!(
        inputs.public_inputs,
        public_inputs_digest(&[F::from_canonical_u64(5)])
    );
    assert_eq!(Some(inputs.message), message_digest(&[F::from_canonical_u64(5)]));
    assert_eq!(leaf().public_inputs()[NormalizedInputs::LEN..], [F::ZERO; 4]);
}

#[test]
fn the_digest_of_inputs_binds_their_number() {
    assert_ne!(public_inputs_digest(&[]), public_inputs_digest(&[F::ZERO]));
    assert_ne!(
        public_inputs_digest(&[F::ONE]),
        public_inputs_digest(&[F::ONE, F::ZERO])
    );
}

/// The borrowed digest again, from the user's side: his normaliser holds cap and digest both as constants.
#[test]
fn a_proof_under_a_borrowed_circuit_digest_is_refused() {
    let (honest, normalizer) = pinned();
    let mut free: Program = program(CircuitConfig::standard_recursion_config(), false);
    assert_eq!(honest.data.common, free.data.common);
    free.data.prover_only.circuit_digest = honest.data.verifier_only.circuit_digest;
    assert_eq!(
        normalizer.normalize(&free.prove(777)),
        Err(NormalizeError::Invalid)
    );
    // And the honest normaliser of a verifier key with a borrowed digest is another program to everyone.
    let mut borrowed = free.data.verifier_only.clone();
    borrowed.circuit_digest = honest.data.verifier_only.circuit_digest;
    let other = Normalizer::new(&free.data.common, &borrowed, Options::default()).unwrap();
    assert_ne!(other.key_digest(), normalizer.key_digest());
    assert_ne!(other.program_key_digest(), normalizer.program_key_digest());
}

#[test]
fn a_tampered_or_malformed_proof_is_refused() {
    let (program, normalizer) = pinned();
    let good = program.prove(5);
    let mut proof = good.clone();
    proof.public_inputs[0] = F::ZERO;
    assert_eq!(normalizer.normalize(&proof), Err(NormalizeError::Invalid));
    let mut proof = good;
    proof.proof.opening_proof.query_round_proofs.pop();
    let refused = ProofShapeError {
        part: "query_round_proofs",
        got: 27,
        expected: 28,
    };
    assert_eq!(normalizer.normalize(&proof), Err(NormalizeError::Shape(refused)));
}

#[test]
fn foreign_caps_and_arities_take_a_second_wrap() {
    let mut config = CircuitConfig::standard_recursion_config();
    config.fri_config.cap_height = 3;
    config.fri_config.reduction_strategy = FriReductionStrategy::ConstantArityBits(3, 1);
    let program = program(config, true);
    let normalizer = normalizer(&program.data, Options::default()).unwrap();
    assert_eq!(normalizer.wraps().len(), 2);
    let proof = normalizer.normalize(&program.prove(5)).unwrap();
    proof.verify_as(Shape::Standard).unwrap();
    let inputs = NormalizedInputs::from_slice(proof.public_inputs()).unwrap();
    assert_eq!(inputs.program, normalizer.program_key_digest());
    assert_eq!(
        inputs.public_inputs,
        public_inputs_digest(&[F::from_canonical_u64(5)])
    );
    assert_eq!(Some(inputs.message), message_digest(&[F::from_canonical_u64(5)]));
}

#[test]
fn weak_proofs_take_a_flag() {
    let mut config = CircuitConfig::standard_recursion_config();
    config.security_bits = 0;
    config.fri_config.num_query_rounds = 20;
    let program = program(config, true);
    let NormalizeError::Weak { bits, security, .. } = refusal(&program.data) else {
        panic!("it is weak")
    };
    assert_eq!(
        (bits, security),
        (security.bits(), Security::of_circuit(&program.data.common))
    );
    assert!((75.0..75.1).contains(&bits), "{bits}");
    let allowed = normalizer(
        &program.data,
        Options {
            allow_weak: true,
            ..Options::default()
        },
    )
    .unwrap();
    assert_eq!(*allowed.security(), security);
}

#[test]
fn hiding_and_lookups_are_refused() {
    let zk = program(CircuitConfig::standard_recursion_zk_config(), true);
    assert_eq!(refusal(&zk.data), Unsupported::ZeroKnowledge.into());

    let mut builder = CircuitBuilder::<F, D>::new(CircuitConfig::standard_recursion_config());
    let table = builder.update_luts_from_fn(|value: u16| value / 2, &[0, 1, 2, 3]);
    let looked = builder.add_virtual_target();
    let found = builder.add_lookup_from_index(looked, table);
    builder.register_public_input(found);
    assert_eq!(refusal(&builder.build::<C>()), Unsupported::Lookups.into());
}

#[test]
fn contradictions_in_circuit_data_are_named() {
    let (honest, _) = pinned();
    let refused = |change: &dyn Fn(&mut CircuitData<F, C, D>)| {
        let mut program = program(CircuitConfig::standard_recursion_config(), true);
        assert_eq!(program.data.common, honest.data.common);
        change(&mut program.data);
        refusal(&program.data)
    };
    let inconsistent =
        |what, got, expected| NormalizeError::from(Unsupported::Inconsistent { what, got, expected });
    let too_large = |what, got, max| NormalizeError::from(Unsupported::TooLarge { what, got, max });
    assert_eq!(
        refused(&|data| data.common.num_constants = 9),
        inconsistent("the number of constants", 9, honest.data.common.num_constants)
    );
    assert_eq!(
        refused(&|data| data.common.num_partial_products = 1),
        inconsistent("the number of partial products", 1, 9)
    );
    assert_eq!(
        refused(&|data| data.common.fri_params.config.num_query_rounds = 1),
        inconsistent("the FRI configuration", 1, 0)
    );
    assert_eq!(
        refused(&|data| data.common.num_public_inputs = 5000),
        too_large("the number of public inputs", 5000, 4096)
    );
    assert_eq!(
        refused(&|data| data.common.fri_params.degree_bits = 40),
        too_large("the binary logarithm of the degree", 40, 22)
    );
    let cap = ProofShapeError {
        part: "constants_sigmas_cap",
        got: 15,
        expected: 16,
    };
    assert_eq!(
        refused(&|data| {
            data.verifier_only.constants_sigmas_cap.0.pop();
        }),
        NormalizeError::Shape(cap)
    );
}

/// A gate that plonky2 does not know: its wire is zero. In a circuit it may say something else.
#[derive(Debug)]
struct ForeignGate {
    two_faced: bool,
}

impl Gate<F, D> for ForeignGate {
    fn id(&self) -> String {
        "ForeignGate".to_owned()
    }

    fn serialize(&self, _: &mut Vec<u8>, _: &CommonCircuitData<F, D>) -> IoResult<()> {
        Ok(())
    }

    fn deserialize(_: &mut Buffer<'_>, _: &CommonCircuitData<F, D>) -> IoResult<Self> {
        Ok(Self { two_faced: false })
    }

    fn eval_unfiltered(&self, vars: EvaluationVars<'_, F, D>) -> Vec<<F as Extendable<D>>::Extension> {
        vec![vars.local_wires[0]]
    }

    fn eval_unfiltered_circuit(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        vars: EvaluationTargets<'_, D>,
    ) -> Vec<ExtensionTarget<D>> {
        let wire = vars.local_wires[0];
        let one = builder.one_extension();
        vec![if self.two_faced {
            builder.sub_extension(wire, one)
        } else {
            wire
        }]
    }

    fn generators(&self, _: usize, _: &[F]) -> Vec<WitnessGeneratorRef<F, D>> {
        Vec::new()
    }

    fn num_wires(&self) -> usize {
        1
    }

    fn num_constants(&self) -> usize {
        0
    }

    fn degree(&self) -> usize {
        1
    }

    fn num_constraints(&self) -> usize {
        1
    }
}

fn foreign(two_faced: bool) -> CircuitData<F, C, D> {
    let mut builder = CircuitBuilder::<F, D>::new(CircuitConfig::standard_recursion_config());
    builder.add_gate(ForeignGate { two_faced }, vec![]);
    builder.build::<C>()
}

const CUSTOM: Options = Options {
    allow_weak: false,
    allow_custom_gates: true,
};

#[test]
fn custom_gates_take_a_flag() {
    let program = foreign(false);
    assert_eq!(
        refusal(&program),
        Unsupported::CustomGate {
            gate: "ForeignGate".to_owned()
        }
        .into()
    );
    let normalizer = normalizer(&program, CUSTOM).unwrap();
    assert_eq!(normalizer.wraps().len(), 1);
    let proof = program.prove(PartialWitness::new()).unwrap();
    normalizer.normalize(&proof).unwrap().verify().unwrap();
}

#[test]
fn a_gate_that_says_two_things_is_an_error_and_no_panic() {
    let program = foreign(true);
    let proof = program.prove(PartialWitness::new()).unwrap();
    program.verify(proof.clone()).unwrap();
    let error = normalizer(&program, CUSTOM)
        .unwrap()
        .normalize(&proof)
        .unwrap_err();
    assert!(
        matches!(
            error,
            NormalizeError::Prover {
                wrap: 0,
                source: ProveError::Unsatisfied { .. }
            }
        ),
        "{error}"
    );
}
