//! The closing proof.

use causeway_aggregation::check::Violation;
use causeway_aggregation::{
    Closing, ClosingError, F, LimbTarget, ProofError, Root, Shape, ShapeError, tree_statement,
};
use plonky2::field::types::Field;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};

use crate::fixtures::{aggregator, closing, closing_circuit, estranged_root, leaf, root};

#[test]
fn a_closed_tree_states_count_and_value_in_four_limbs() {
    let closed = closing().close(root()).unwrap();
    closed.verify_as(Shape::Closing).unwrap();
    assert_eq!(closed.key_digest(), closing_circuit().key_digest());
    let statement = tree_statement(3, &root().inputs.value);
    assert_eq!(closed.public_inputs(), statement.public_inputs());
    assert_eq!(Ok(statement), statement.limbs().try_into());
    // Another count or value is another statement.
    assert_ne!(statement, tree_statement(2, &root().inputs.value));

    let mut tampered = closed;
    tampered.proof.public_inputs[0] += F::ONE;
    assert_eq!(tampered.verify(), Err(ProofError::Invalid));
}

#[test]
fn a_proof_of_another_circuit_is_not_closed() {
    let expected = aggregator().node().key_digest();
    let refused = ClosingError::OtherKey {
        expected,
        got: leaf().key_digest(),
    };
    assert_eq!(closing_circuit().prove(leaf()), Err(refused));
}

#[test]
fn a_root_that_carries_another_key_is_not_closed() {
    let root = Root {
        proof: estranged_root().clone(),
        inputs: root().inputs.clone(),
    };
    let refused = closing().close(&root).unwrap_err();
    let ClosingError::Unsatisfied { violations } = refused else {
        panic!("{refused}")
    };
    // Four elements of a digest: what is carried is not the constant, nor the digest of the key that the proof has.
    let poseidon = violations.first().iter().filter(
        |violation| matches!(violation, Violation::Gate { gate, .. } if gate.starts_with("PoseidonGate")),
    );
    assert_eq!((violations.total(), poseidon.count()), (8, 4), "{violations}");
}

#[test]
fn an_invalid_root_is_not_closed() {
    let mut root = root().clone();
    root.proof.proof.proof.opening_proof.pow_witness += F::ONE;
    assert_eq!(
        closing().close(&root),
        Err(ClosingError::Inner(ProofError::Invalid))
    );
}

#[test]
fn a_statement_of_its_own_targets_needs_their_values() {
    let mut own = Target::default();
    let closing = Closing::new(&leaf().key, |builder, inputs| {
        own = builder.add_virtual_target();
        builder.connect(own, inputs[13]);
        let low = builder.low_bits(own, 1, 8);
        std::array::from_fn(|_| LimbTarget::range_checked(builder, low[0].target))
    })
    .unwrap();
    let witness = |value| {
        let mut witness = PartialWitness::new();
        witness.set_target(own, value).unwrap();
        witness
    };
    let error = closing.prove_with(leaf(), witness(F::TWO)).unwrap_err();
    let ClosingError::Unsatisfied { violations } = &error else {
        panic!("{error}")
    };
    assert!(
        matches!(violations.first()[0], Violation::Conflict { .. }),
        "{error}"
    );
    let closed = closing.prove_with(leaf(), witness(F::ZERO)).unwrap();
    assert_eq!(closed.public_inputs(), [F::ZERO; 4]);
}

#[test]
fn a_statement_that_takes_too_many_rows_is_refused() {
    let refused = Closing::new(&leaf().key, |builder, inputs| {
        for _ in 0..100 {
            LimbTarget::range_checked(builder, inputs[0]);
        }
        std::array::from_fn(|i| LimbTarget::range_checked(builder, inputs[i]))
    });
    assert!(matches!(
        refused,
        Err(ClosingError::Circuit(ShapeError::TooManyRows { .. }))
    ));
}
