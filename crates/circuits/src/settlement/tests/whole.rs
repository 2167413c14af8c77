//! The real circuits: sizes and keys.

use std::sync::OnceLock;

use plonky2::field::types::PrimeField64;

use super::*;
use crate::recursion::Circuit;
use crate::settlement::SettlementProgram;

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
