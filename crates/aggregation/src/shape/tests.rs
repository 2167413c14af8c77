#![allow(clippy::unwrap_used)]

use super::*;

fn refusal(shape: Shape, fill: impl FnOnce(&mut CircuitBuilder<F, D>)) -> ShapeError {
    let mut builder = shape.builder();
    fill(&mut builder);
    shape.build(builder).unwrap_err()
}

#[test]
fn an_empty_circuit_has_the_shape_and_no_two_shapes_are_equal() {
    let shaped = Shape::Standard.build(Shape::Standard.builder()).unwrap();
    assert_eq!(&shaped.data.common, Shape::Standard.common());
    assert_ne!(Shape::Standard.digest(), Shape::Closing.digest());
    for shape in Shape::ALL {
        assert_eq!(shape.common().degree_bits(), shape.degree_bits());
        assert_eq!(shape.common().num_public_inputs, shape.public_inputs());
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let shape = Shape::Closing;
    let got = refusal(shape, |builder| {
        builder.add_virtual_public_input_arr::<5>();
    });
    assert_eq!(
        got,
        ShapeError::PublicInputs {
            shape,
            got: 5,
            max: 4
        }
    );

    let rows = |rows| {
        move |builder: &mut CircuitBuilder<F, D>| {
            for _ in 0..rows {
                builder.add_gate(NoopGate, vec![]);
            }
        }
    };
    let max = 1 << 12;
    assert_eq!(
        refusal(shape, rows(max + 1)),
        ShapeError::TooManyRows {
            shape,
            rows: max + 1,
            max
        }
    );
    // Full but for the rows of public inputs, which plonky2 adds last.
    assert_eq!(
        refusal(shape, rows(max)),
        ShapeError::TooManyRows {
            shape,
            rows: 2 * max,
            max
        }
    );

    let gate = refusal(shape, |builder| {
        let base = builder.two();
        let exponent = builder.add_virtual_target();
        let power = builder.exp(base, exponent, 10);
        builder.register_public_input(power);
    });
    assert!(
        matches!(&gate, ShapeError::Gate { gate, .. } if gate.starts_with("ExponentiationGate")),
        "{gate}"
    );

    let lookups = refusal(shape, |builder| {
        builder.add_lookup_table_from_pairs(std::sync::Arc::new(vec![(0, 0)]));
    });
    assert_eq!(lookups, ShapeError::Lookups);
}

#[test]
fn another_configuration_is_refused() {
    let shape = Shape::Standard;
    assert_eq!(
        shape.build(Shape::Closing.builder()).unwrap_err(),
        ShapeError::Config { shape }
    );
    let hiding = CircuitConfig {
        zero_knowledge: true,
        ..shape.config()
    };
    assert_eq!(
        shape.build(CircuitBuilder::new(hiding)).unwrap_err(),
        ShapeError::ZeroKnowledge
    );
}
