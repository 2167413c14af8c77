//! The real circuits: sizes, and that they verify what the others only take in.

use std::sync::OnceLock;

use plonky2::field::types::PrimeField64;

use super::*;
use crate::proofs::{AggregationProgram, Beside, ProgramError};

const KECCAK: u64 = 11;

fn program() -> &'static AggregationProgram {
    static CELL: OnceLock<AggregationProgram> = OnceLock::new();
    CELL.get_or_init(|| AggregationProgram::pinned().unwrap())
}

#[test]
fn circuits_are_what_they_were() {
    let hex = |key: KeyDigest| {
        key.elements()
            .map(|element| format!("{:016x}", element.to_canonical_u64()))
            .join(" ")
    };
    let program = program();
    let got = [
        ("leaf", program.leaf().rows(), program.leaf().key_digest()),
        ("chunk", program.chunk().rows(), program.chunk().key_digest()),
        ("node", program.node().rows(), program.node().key_digest()),
        ("seal", program.seal().rows(), program.seal().key_digest()),
        (
            "closing",
            program.closing().rows(),
            program.closing().key_digest(),
        ),
    ]
    .map(|(name, rows, key)| format!("{name} {rows} rows {}", hex(key)));
    assert_eq!(got.join("\n"), include_str!("snapshot.txt").trim_end());
}

/// Everything else about these witnesses holds: see the tests of each circuit.
#[test]
fn proofs_that_are_none_are_not_taken() {
    let program = program();
    let carried = program.node().key_digest();
    let tree = subtree(program.node().key().clone(), carried, full(1, list(1), list(2)));
    let refused = |unsatisfied: bool| assert!(unsatisfied);
    let witness = program
        .leaf()
        .witness(&user(1, vec![]), Beside::NoPlace, list(0))
        .unwrap();
    refused(proven(program.leaf(), &witness).is_none());
    let witness = program.node().witness(&tree, None, list(1)).unwrap();
    refused(proven(program.node(), &witness).is_none());
    let closes = shaped(
        key(KECCAK),
        &[[F::ONE; 4], public_inputs_digest(&list(2).elements())].concat(),
    );
    let witness = program.chunk().witness(&tree, &closes).unwrap();
    refused(proven(program.chunk(), &witness).is_none());
    let witness = program.seal().witness(&tree, &closes, [0; 32], list(0)).unwrap();
    refused(proven(program.seal(), &witness).is_none());
    assert!(matches!(program.check(&tree), Err(ProgramError::Subtree(_))));
}
