//! The real circuits: sizes, and that they verify what the others only take in.

use std::sync::OnceLock;

use causeway_aggregation::{ShapedProof, public_inputs_digest};
use plonky2::field::types::PrimeField64;

use super::*;
use crate::recursion::{Circuit, KeccakKeys};
use crate::settlement::span::DEPOSITS;
use crate::settlement::{DepositShut, PartProof, Seal, SettlementProgram, Shut, TransitionProof};

fn program() -> &'static SettlementProgram {
    static CELL: OnceLock<SettlementProgram> = OnceLock::new();
    CELL.get_or_init(|| SettlementProgram::pinned().unwrap())
}

fn line<T>(name: &str, circuit: &Circuit<T>) -> String {
    written(name, circuit.rows(), circuit.key_digest())
}

fn written(name: &str, rows: usize, key: KeyDigest) -> String {
    let hex = key
        .elements()
        .map(|element| format!("{:016x}", element.to_canonical_u64()));
    format!("{name} {rows} rows {}", hex.join(" "))
}

#[test]
fn circuits_are_what_they_were() {
    let program = program();
    let closing = program.closing();
    let got = [
        line("transition", program.transition()),
        line("segment", program.segment()),
        line("segments", program.segments()),
        line("close", program.close_circuit()),
        line("attest", program.attest()),
        line("shut", program.shut()),
        line("deposit", program.deposit()),
        line("deposit shut", program.deposit_shut()),
        line("deposits", program.deposits()),
        line("l1", program.l1()),
        line("registry", program.registry()),
        line("anchor", program.anchor()),
        line("anchor part", program.anchor_part()),
        line("more", program.more()),
        line("open", program.open()),
        line("fold", program.fold()),
        line("epoch", program.epoch()),
        line("seal", program.seal()),
        written("closing", closing.rows(), closing.key_digest()),
    ];
    assert_eq!(got.join("\n"), include_str!("snapshot.txt").trim_end());
}

/// Everything else about these witnesses holds: see the tests of each circuit.
#[test]
fn proofs_that_are_none_are_not_taken() {
    fn under<T>(circuit: &Circuit<T>, exposed: [F; 4]) -> ShapedProof {
        shaped(circuit.key().clone(), &[[F::ZERO; 4], exposed].concat())
    }
    let program = program();

    let place = anchor::place(1, 1, 0, &[]);
    let said = elements(place.statement.hash());
    let transition = TransitionProof {
        proof: under(program.transition(), said),
        statement: place.statement,
    };
    let certificate = public_inputs_digest(&elements(place.statement.certificate));
    let own = shaped(key(5), &[[F::ZERO; 4], certificate].concat());
    for circuit in [program.anchor(), program.anchor_part()] {
        let witness = circuit.witness(&transition, &place.inputs(), 0).unwrap();
        assert_eq!(proven(circuit, &witness), None);
    }
    let witness = program.attest().witness(&transition, &own).unwrap();
    assert_eq!(proven(program.attest(), &witness), None);

    let (part, openings) = open::begun();
    let part = PartProof {
        proof: under(program.anchor_part(), elements(part.hash())),
        part,
        span: open::span(),
    };
    let witness = program.more().witness(&part, &openings).unwrap();
    assert_eq!(proven(program.more(), &witness), None);
    let witness = program.open().witness(&part, &openings).unwrap();
    assert_eq!(proven(program.open(), &witness), None);

    let item = |span: Span| Item {
        proof: under(program.registry(), elements(span.hash(ITEM))),
        span,
    };
    let (left, right) = (item(fold::span(1)), item(fold::span(2)));
    let witness = program.fold().witness(&left, &right).unwrap();
    assert_eq!(proven(program.fold(), &witness), None);
    let (opening, after, span) = epoch::registering(3);
    let witness = program.epoch().witness(&item(span), &opening, &after).unwrap();
    assert_eq!(proven(program.epoch(), &witness), None);

    // A key of a circuit that closes lists is needed for these two.
    let closes = |list: List| {
        shaped(
            key(11),
            &[[F::ONE; 4], public_inputs_digest(&list.elements())].concat(),
        )
    };
    let keys = KeccakKeys::new(&[key(11)]).unwrap();
    let seal = Seal::new(program.epoch().key_digest(), &keys).unwrap();
    let witness = seal
        .witness(&under(program.epoch(), list(1).elements()), &closes(list(1)))
        .unwrap();
    assert_eq!(proven(&seal, &witness), None);
    let shut = Shut::new(&[program.transition().key_digest()], &keys).unwrap();
    let closes = closes(place.statement.list_out);
    let witness = shut.witness(&transition, &closes).unwrap();
    assert_eq!(proven(&shut, &witness), None);
}

#[test]
fn deposits_that_are_none_are_not_taken() {
    let program = program();
    let deposits = |span: Span| Item {
        proof: shaped(
            program.deposit().key().clone(),
            &exposed_as(DEPOSITS, NO_KEY, &span),
        ),
        span,
    };
    let case = l1::Case::new(&mut l1::state(), &[2]);
    let all = deposits(case.deposits);
    let witness = program.l1().witness(&all, &case.inputs()).unwrap();
    assert_eq!(proven(program.l1(), &witness), None);
    let [left, right] = [1, 2].map(|at| deposits(fold::span(at)));
    let witness = program.deposits().witness(&left, &right).unwrap();
    assert_eq!(proven(program.deposits(), &witness), None);
    let keys = KeccakKeys::new(&[key(11)]).unwrap();
    let shut = DepositShut::new(&[program.deposit().key_digest()], &keys).unwrap();
    let closes = deposit_shut::closes(11, all.span.list_out);
    let witness = shut
        .witness(program.deposits().key_digest(), &all, &closes, List::EMPTY)
        .unwrap();
    assert_eq!(proven(&shut, &witness), None);
}
