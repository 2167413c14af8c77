use std::ops::ControlFlow;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use causeway_aggregation::ClosedProof;
use causeway_circuits::proofs::{AggregationProgram, UserProof};
use causeway_prover::plan::DEFAULT_CHUNK_LOG2;
use causeway_prover::{
    Aggregation, Event, InMemory, Keep, Plan, RunError, StageKind, Store, Wrapping, WrappingError, run,
};
use causeway_tests::story::Samples;
use causeway_verifier_gen::wrapped_proof::WrappedProof;

use crate::Bench;
use crate::forge::{measure, snapshot};
use crate::row::{Peer, Row, Unit};

/// Numbers of proofs that are aggregated.
const COUNTS: [usize; 3] = [4, 16, 64];
/// What one proof more may take on two free cores.
const AIM_SECONDS: f64 = 6.0;
/// The tests that measure gas.
const GAS_TESTS: &str = "ProofAggregationGasTest";

/// `aggregate.*`.
pub(crate) fn run_group(bench: &mut Bench) -> Result<()> {
    if bench.report.wants("aggregate.gas") {
        gas(bench)?;
    }
    if bench.report.wants("aggregate.proofs") || bench.report.wants("aggregate.marginal") {
        seconds(bench)?;
    }
    Ok(())
}

/// Transactions, and what of each falls to a proof, as forge measures the contract in this run.
fn gas(bench: &mut Bench) -> Result<()> {
    measure(GAS_TESTS)?;
    for (name, gas) in snapshot("ProofAggregation, transactions")? {
        for row in transaction(&name, gas)? {
            bench.report.row(row);
        }
    }
    for (name, gas) in snapshot("ProofAggregation, execution")? {
        if let Some(depth) = name.strip_prefix("verifyProofInclusion, depth ") {
            let row = Row::new(
                format!("aggregate.gas.inclusion.depth_{depth}"),
                gas as f64,
                Unit::Gas,
            );
            bench.report.row(row.note("execution"));
        }
    }
    Ok(())
}

/// The rows of a transaction that forge calls so.
fn transaction(name: &str, gas: u64) -> Result<[Row; 2]> {
    let (call, count) = name.split_once(' ').context("a call and a count")?;
    let count: u64 = count.parse().with_context(|| name.to_owned())?;
    let submission = "Groth16 as a constant of 195,060: a real proof of fewer leaves costs the same";
    let (mode, note) = match call {
        "submit" => ("calldata", submission),
        "submitWithBlobs" => ("blobs", submission),
        "publish" => ("publish.calldata", "of a root that stands"),
        "publishWithBlobs" => ("publish.blobs", "of a root that stands"),
        _ => bail!("{name} is no transaction of ProofAggregation's"),
    };
    let row = |what: &str, gas| Row::new(format!("aggregate.gas.{mode}.{count}.{what}"), gas, Unit::Gas);
    Ok([
        row("total", gas as f64).note(note),
        row("each", gas as f64 / count as f64),
    ])
}

/// All stages from normalised proofs to the closing proof; what follows takes the same for any number.
fn seconds(bench: &mut Bench) -> Result<()> {
    let report = &mut bench.report;
    let leaf = Samples::new()?.leaf(1)?;
    let user = UserProof {
        proof: leaf.proof,
        public_inputs: leaf.public_inputs,
    };
    let program = report.stage("aggregate.build", || Ok(AggregationProgram::pinned()?))?;
    let mut before = None;
    for count in COUNTS {
        let users = vec![user.clone(); count];
        let plan = Plan::new(&vec![user.public_inputs.len(); count], DEFAULT_CHUNK_LOG2)?;
        let mut aggregation = Aggregation::new(&program, &plan, InMemory(&users), NoWrap, [0; 32])?;
        let folder = tempfile::tempdir()?;
        let store = Store::open(folder.path())?;
        let (mut keccak, mut began) = (0.0, Instant::now());
        let name = format!("aggregate.proofs.{count}");
        let (stage, ()) = report.timed(&name, || {
            let ended = run(
                &mut aggregation,
                &plan,
                &store,
                Keep::Needed,
                &mut |event| match event {
                    Event::Started {
                        kind: StageKind::Wrap,
                        ..
                    } => ControlFlow::Break(()),
                    Event::Started { .. } => {
                        began = Instant::now();
                        ControlFlow::Continue(())
                    }
                    Event::Proven {
                        kind: StageKind::Keccak,
                        ..
                    } => {
                        keccak += began.elapsed().as_secs_f64();
                        ControlFlow::Continue(())
                    }
                    _ => ControlFlow::Continue(()),
                },
            );
            match ended {
                Err(RunError::Cancelled) => Ok(()),
                Err(error) => Err(error.into()),
                Ok(_) => bail!("the plan has no wrap"),
            }
        })?;
        report.figures(&name, &stage, None);
        let total = stage.time.as_secs_f64();
        report.row(
            Row::new(format!("{name}.keccak.seconds"), keccak, Unit::Seconds)
                .note("of it, circuits built included"),
        );
        report.row(Row::new(
            format!("{name}.each"),
            total / count as f64,
            Unit::Seconds,
        ));
        if let Some((fewer, less)) = before {
            let each = (total - less) / (count - fewer) as f64;
            let row = Row::new(format!("aggregate.marginal.{count}"), each, Unit::Seconds);
            report.row(
                row.beside(Peer::cited("the aim", AIM_SECONDS))
                    .note(format!("a proof more, between {fewer} and {count}")),
            );
        }
        before = Some((count, total));
    }
    Ok(())
}

/// Ends the run before the last layer.
#[derive(Debug)]
struct NoWrap;

impl Wrapping for NoWrap {
    fn identity(&self) -> Vec<u8> {
        Vec::new()
    }

    fn wrap(&mut self, _: &ClosedProof) -> Result<WrappedProof, WrappingError> {
        Err(WrappingError::OtherStatement)
    }

    fn check(&mut self, _: &WrappedProof, _: [u64; 4]) -> Result<(), WrappingError> {
        Err(WrappingError::OtherStatement)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use causeway_tests::artifact::repository;

    use super::*;

    #[test]
    fn every_transaction_that_forge_measures_has_rows() {
        let path = repository().join("contracts/snapshots/ProofAggregation, transactions.json");
        let text = std::fs::read_to_string(path).unwrap();
        let snapshot: BTreeMap<String, String> = serde_json::from_str(&text).unwrap();
        assert!(snapshot.contains_key("submit 256") && snapshot.contains_key("publish 256"));
        for (name, gas) in snapshot {
            transaction(&name, gas.parse().unwrap()).unwrap();
        }
        let error = transaction("withdraw 1", 1).unwrap_err().to_string();
        assert_eq!(error, "withdraw 1 is no transaction of ProofAggregation's");
    }
}
