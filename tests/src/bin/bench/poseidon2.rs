use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, ensure};
use ark_bn254::Fr;
use causeway_verifier_gen::bn254::{Instance, Poseidon2, permute};
use taceo_poseidon2::bn254::{t2, t3, t8};

use crate::Bench;
use crate::report::Report;
use crate::row::{Peer, Row, Unit};

const ROUNDS: usize = 10;
const PERMUTATIONS: u32 = 1_000;

/// `wrap.poseidon2.*`.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let report = &mut bench.report;
    width(report, "nodes", t2::permutation_in_place)?;
    width(report, "transcript", t3::permutation_in_place)?;
    width(report, "leaves", t8::permutation_in_place)
}

fn width<const T: usize>(report: &mut Report, what: &str, peer: impl Fn(&mut [Fr; T])) -> Result<()>
where
    Poseidon2<T>: Instance,
{
    let name = format!("wrap.poseidon2.permutation.width{T}");
    if !report.wants(&name) {
        return Ok(());
    }
    // By turns, so that a busy machine slows both.
    let (mut best, mut results) = ([f64::INFINITY; 2], [[Fr::from(7u64); T]; 2]);
    for _ in 0..ROUNDS {
        best[0] = best[0].min(nanoseconds(&mut results[0], permute));
        best[1] = best[1].min(nanoseconds(&mut results[1], &peer));
    }
    ensure!(results[0] == results[1], "the two compute different permutations");
    let row = Row::new(name, best[0], Unit::Nanoseconds);
    report.row(
        row.beside(Peer::run("taceo-poseidon2 0.3.1", best[1]))
            .note(format!("{what}; one core, best of 10")),
    );
    Ok(())
}

/// Time of one permutation in a chain of them.
fn nanoseconds<const T: usize>(state: &mut [Fr; T], permutation: impl Fn(&mut [Fr; T])) -> f64 {
    let start = Instant::now();
    for _ in 0..PERMUTATIONS {
        permutation(black_box(state));
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(PERMUTATIONS)
}
