use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use causeway_aggregation::check::Trace;
use causeway_aggregation::{D, F, Shape, prove};
use causeway_verifier_gen::last::{LastCircuit, Profile};
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_data::CircuitData;
use plonky2::plonk::config::GenericConfig;

use crate::Bench;
use crate::report::Report;
use crate::row::{Peer, Row, Unit};

/// Who proves the same witness without a check.
const PEER: &str = "plonky2's prove";
/// Runs of each, of which the fastest counts.
const RUNS: u32 = 3;

/// `check.node`, `check.closing` and `check.last`.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let (report, stages) = (&mut bench.report, &mut bench.stages);
    if report.wants("check.node") {
        let (tree, leaves, _) = stages.tree_and_root(report)?;
        let node = tree.aggregator().node();
        let [left, right] = leaves else {
            anyhow::bail!("a node has two leaves");
        };
        let witness = node
            .witness(&left.proof, Some(&right.proof))
            .context("leaves are of the standard shape")?;
        circuit(report, "check.node", node.data(), &witness)?;
    }
    if report.wants("check.closing") {
        let (tree, _, root) = stages.tree_and_root(report)?;
        let closing = tree.closing().circuit();
        let witness = closing.witness(&root.proof)?;
        circuit(report, "check.closing", closing.data(), &witness)?;
    }
    if report.wants("check.last") {
        let (_, closed) = stages.closed(report)?;
        let last = LastCircuit::new(Profile::Default.config(), Shape::Closing.common(), &closed.key)?;
        let witness = last.witness(&closed.proof)?;
        circuit(report, "check.last", last.data(), &witness)?;
    }
    Ok(())
}

/// Filling, checking and proving one witness.
fn circuit<InC: GenericConfig<D, F = F>>(
    report: &mut Report,
    name: &str,
    data: &CircuitData<F, InC, D>,
    witness: &PartialWitness<F>,
) -> Result<()> {
    eprintln!("{name} ...");
    let trace = Trace::honest(data, witness);
    let found = trace.check();
    anyhow::ensure!(found.is_empty(), "{found}");
    let fill = fastest(|| {
        Trace::honest(data, witness);
        Ok(())
    })?;
    let check = fastest(|| {
        trace.check();
        Ok(())
    })?;
    let theirs = fastest(|| data.prove(witness.clone()).map(|_| ()))?;
    let ours = fastest(|| Ok(prove(data, witness).map(|_| ())?))?;
    for (part, time, note) in [
        (
            "seconds",
            check,
            Some("all constraints, of a filled witness; aim: below 0.05"),
        ),
        ("fill.seconds", fill, Some("which proving does as well")),
        ("prove.seconds", ours, Some("fill, check and proof")),
    ] {
        let mut row = Row::new(format!("{name}.{part}"), time.as_secs_f64(), Unit::Seconds)
            .beside(Peer::run(PEER, theirs.as_secs_f64()));
        row.note = note.map(str::to_owned);
        report.row(row);
    }
    Ok(())
}

fn fastest(mut work: impl FnMut() -> Result<()>) -> Result<Duration> {
    let mut least = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        work()?;
        least = least.min(start.elapsed());
    }
    Ok(least)
}
