#![allow(clippy::unwrap_used)]

use plonky2::field::types::Field;
use plonky2::iop::witness::WitnessWrite;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::CircuitConfig;

use super::*;
use crate::check::Reason;
use crate::config::C;

fn builder() -> CircuitBuilder<F, D> {
    CircuitBuilder::new(CircuitConfig::standard_recursion_config())
}

fn witness(values: &[(Target, u64)]) -> PartialWitness<F> {
    let mut witness = PartialWitness::new();
    for &(target, value) in values {
        witness.set_target(target, F::from_canonical_u64(value)).unwrap();
    }
    witness
}

struct Product {
    data: CircuitData<F, C, D>,
    factors: [Target; 2],
}

/// "The product of two bytes is 35."
fn product(config: CircuitConfig) -> Product {
    let mut builder = CircuitBuilder::new(config);
    let factors = builder.add_virtual_target_arr();
    for factor in factors {
        builder.range_check(factor, 8);
    }
    let product = builder.mul(factors[0], factors[1]);
    builder.register_public_input(product);
    let expected = builder.constant(F::from_canonical_u64(35));
    builder.connect(product, expected);
    Product {
        data: builder.build::<C>(),
        factors,
    }
}

impl Product {
    fn prove(&self, left: u64, right: u64) -> Result<ProofWithPublicInputs<F, C, D>, ProveError> {
        let [first, second] = self.factors;
        prove(&self.data, &witness(&[(first, left), (second, right)]))
    }
}

#[test]
fn a_satisfied_witness_is_proven() {
    let hiding = CircuitConfig::standard_recursion_zk_config();
    for config in [CircuitConfig::standard_recursion_config(), hiding] {
        let circuit = product(config);
        let proof = circuit.prove(5, 7).unwrap();
        assert_eq!(proof.public_inputs, [F::from_canonical_u64(35)]);
        circuit.data.verify(proof).unwrap();
    }
}

#[test]
fn broken_constraints_are_named() {
    let circuit = product(CircuitConfig::standard_recursion_config());
    let violations = |left, right| match circuit.prove(left, right).unwrap_err() {
        ProveError::Unsatisfied { violations } => violations,
        other => panic!("{other}"),
    };
    let gates = |violations: &Violations| -> Vec<String> {
        let gate = |violation: &Violation| match violation {
            Violation::Gate { gate, .. } => gate.split([' ', '{', '(']).next().unwrap().to_owned(),
            other => panic!("{other}"),
        };
        violations.first().iter().map(gate).collect()
    };
    // The constant's row, or the product's: whichever generator came second.
    let found = violations(5, 8);
    assert_eq!(found.total(), 1, "{found}");
    // 35 / 256 and 256 in the field: the product is right, and neither is a byte.
    let inverse = F::from_canonical_u64(256).inverse() * F::from_canonical_u64(35);
    let found = violations(
        plonky2::field::types::PrimeField64::to_canonical_u64(&inverse),
        256,
    );
    assert_eq!(gates(&found), ["BaseSumGate", "BaseSumGate"]);
    let error = ProveError::Unsatisfied {
        violations: found.clone(),
    };
    assert_eq!(error.to_string(), format!("2 constraints are broken: {found}"));
}

#[test]
fn a_witness_without_a_value_is_incomplete() {
    let circuit = product(CircuitConfig::standard_recursion_config());
    let [first, second] = circuit.factors;
    let error = prove(&circuit.data, &witness(&[(first, 5)])).unwrap_err();
    let ProveError::Incomplete { generators } = &error else {
        panic!("{error}")
    };
    assert!(
        generators
            .first()
            .iter()
            .any(|unfinished| unfinished.generator == "WireSplitGenerator"
                && unfinished.reason == Reason::Waits { target: second }),
        "{error}"
    );
    // What no generator asks for is zero.
    let mut builder = builder();
    let free = builder.add_virtual_target();
    let product = builder.mul(free, free);
    let idle = builder.add_gate(plonky2::gates::noop::NoopGate, vec![]);
    builder.register_public_input(product);
    let data = builder.build::<C>();
    let proof = prove(&data, &witness(&[(free, 3)])).unwrap();
    data.verify(proof).unwrap();
    assert_eq!(
        Trace::honest(&data, &witness(&[(free, 3)])).wire(idle, 0),
        F::ZERO
    );
}

#[test]
fn two_values_for_one_target_are_a_conflict() {
    // Two inputs that are connected.
    let mut two = builder();
    let [left, right] = two.add_virtual_target_arr();
    two.connect(left, right);
    let data = two.build::<C>();
    let conflict = Violation::Conflict {
        target: right,
        got: F::TWO,
        first: F::ONE,
    };
    assert_eq!(
        prove(&data, &witness(&[(left, 1), (right, 2)])).unwrap_err(),
        ProveError::Unsatisfied {
            violations: Violations::of([conflict])
        }
    );
    let proof = prove(&data, &witness(&[(left, 1), (right, 1)])).unwrap();
    data.verify(proof).unwrap();

    // An input for what a generator is free to choose: all constraints hold.
    let mut free = builder();
    let [left, right] = free.add_virtual_target_arr();
    free.generate_copy(left, right);
    let data = free.build::<C>();
    let inputs = witness(&[(left, 1), (right, 2)]);
    assert!(Trace::honest(&data, &inputs).check().is_empty());
    let conflict = Conflict {
        generator: "CopyGenerator".into(),
        target: right,
        got: F::ONE,
        first: F::TWO,
    };
    let error = prove(&data, &inputs).unwrap_err();
    assert_eq!(
        error,
        ProveError::Conflict {
            conflicts: First::of([conflict])
        }
    );
    assert!(
        error
            .to_string()
            .contains("CopyGenerator computes 1, is 2 already"),
        "{error}"
    );
}

#[test]
fn a_generator_that_panics_is_named() {
    let mut builder = builder();
    let index = builder.add_virtual_target();
    let items = [5, 6, 7, 8].map(|item| builder.constant(F::from_canonical_u64(item)));
    let item = builder.random_access(index, items.to_vec());
    builder.register_public_input(item);
    let data = builder.build::<C>();
    let inputs = |at| witness(&[(index, at)]);
    let proof = prove(&data, &inputs(3)).unwrap();
    assert_eq!(proof.public_inputs, [F::from_canonical_u64(8)]);
    // plonky2 itself panics here, in a release build as well.
    let error = prove(&data, &inputs(1 << 40)).unwrap_err();
    let ProveError::Generators { generators } = &error else {
        panic!("{error}")
    };
    let [failed] = generators.first() else {
        panic!("{generators}")
    };
    assert_eq!(failed.generator, "RandomAccessGenerator");
    assert_eq!(failed.reason, Reason::Panicked);
    assert_eq!(
        error.to_string(),
        format!(
            "generators failed: RandomAccessGenerator of row {} panicked on its inputs",
            failed.row.unwrap()
        )
    );
}

#[test]
fn a_generator_that_divides_by_zero_is_named() {
    let mut builder = builder();
    let [left, right] = builder.add_virtual_target_arr();
    let quotient = builder.div(left, right);
    builder.register_public_input(quotient);
    let data = builder.build::<C>();
    let proof = prove(&data, &witness(&[(left, 6), (right, 3)])).unwrap();
    assert_eq!(proof.public_inputs, [F::TWO]);
    let error = prove(&data, &witness(&[(left, 6), (right, 0)])).unwrap_err();
    let ProveError::Generators { generators } = &error else {
        panic!("{error}")
    };
    let reasons: Vec<Reason> = generators.first().iter().map(|failed| failed.reason).collect();
    assert_eq!(reasons, [Reason::Panicked], "{error}");
}

#[test]
fn targets_of_another_circuit_are_named() {
    let circuit = product(CircuitConfig::standard_recursion_config());
    let target = Target::VirtualTarget { index: 1 << 40 };
    assert_eq!(
        prove(&circuit.data, &witness(&[(target, 1)])).unwrap_err(),
        ProveError::UnknownTarget { target }
    );
}

#[test]
fn what_cannot_be_checked_is_not_proven() {
    let mut lookups = builder();
    let table = lookups.add_lookup_table_from_pairs(std::sync::Arc::new(vec![(0, 5), (1, 6)]));
    let input = lookups.add_virtual_target();
    lookups.add_lookup_from_index(input, table);
    let data = lookups.build::<C>();
    assert_eq!(
        prove(&data, &witness(&[(input, 1)])).unwrap_err(),
        ProveError::Unchecked(Unchecked::Lookups)
    );
    let data = builder().build_with_options::<C>(false);
    assert_eq!(
        prove(&data, &witness(&[])).unwrap_err(),
        ProveError::Unchecked(Unchecked::Constants)
    );
}
