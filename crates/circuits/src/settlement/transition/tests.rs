#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn rows() {
    let mut builder = Shape::Standard.builder();
    constrain(&mut builder);
    println!("rows {}", builder.num_gates());
    let circuit = Transition::new();
    println!(
        "{:?}",
        circuit
            .map(|circuit| circuit.rows())
            .map_err(|error| error.to_string())
    );
}
