use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, ensure};
use ark_bn254::Fr;
use causeway_verifier_gen::bn254::{WIDTH, permute};

use crate::Bench;
use crate::row::{Peer, Row, Unit};

const ROUNDS: usize = 10;
const PERMUTATIONS: u32 = 2_000;

/// `wrap.poseidon2.*`.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let ours = |state: &mut [Fr; WIDTH]| permute(state);
    let peer = |state: &mut [Fr; WIDTH]| *state = taceo_poseidon2::bn254::t3::permutation(state);
    // By turns, so that a busy machine slows both.
    let (mut best, mut results) = ([f64::INFINITY; 2], [[Fr::from(7u64); WIDTH]; 2]);
    for _ in 0..ROUNDS {
        best[0] = best[0].min(nanoseconds(&mut results[0], ours));
        best[1] = best[1].min(nanoseconds(&mut results[1], peer));
    }
    ensure!(results[0] == results[1], "the two compute different permutations");
    let row = Row::new("wrap.poseidon2.permutation", best[0], Unit::Nanoseconds);
    bench.report.row(
        row.beside(Peer::run("taceo-poseidon2 0.3.1", best[1]))
            .note("one core, best of 10"),
    );
    Ok(())
}

/// Time of one permutation in a chain of them.
fn nanoseconds(state: &mut [Fr; WIDTH], permutation: impl Fn(&mut [Fr; WIDTH])) -> f64 {
    let start = Instant::now();
    for _ in 0..PERMUTATIONS {
        permutation(black_box(state));
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(PERMUTATIONS)
}
