use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use alloy_primitives::{Address, U256};
use anyhow::{Context, Result};
use causeway_circuits::settlement::{SettlementProgram, transition};
use causeway_ledger::{TransitionInputs, World, apply, draft};
use causeway_prover::settlement::EpochInputs;
use causeway_prover::{Event, Kind, SettlementKind, SettlementProver, Store, StoredWrapping};
use causeway_tests::stage::{Stage, forget_peak_memory, peak_memory};
use causeway_types::{
    Authority, Backing, EMPTY_METADATA_HASH, Exit, GlobalIndex, ImportedExit, LeafType, NetworkId,
    SettlementDomain, TokenId,
};
use causeway_verifier_gen::groth16::KeyStore;
use causeway_verifier_gen::last::Profile;

use crate::Bench;
use crate::forge::{measure, snapshot};
use crate::report::Report;
use crate::row::{Peer, Row, Unit};

/// Networks of the epoch.
const NETWORKS: u32 = 8;
/// Exits of each, and imports.
const EACH: u32 = 16;
/// What may pass between the close of an epoch and its Groth16 proof, on two free cores.
const AIM_SECONDS: f64 = 180.0;
/// What it may hold, in MiB.
const AIM_MEMORY: f64 = 8192.0;
/// Permutations of Keccak that an exit may take.
const AIM_PERMUTATIONS: f64 = 6.0;
/// Gas of an epoch, and what a network may add that proves and one that signs.
const AIM_GAS: [f64; 3] = [340_000.0, 6_000.0, 12_000.0];
/// What a network costs AggLayer.
const AGGLAYER_GAS: f64 = 458_000.0;
/// The tests that measure gas.
const GAS_TESTS: &str = "SettlementGasTest";

const DOMAIN: SettlementDomain = SettlementDomain {
    chain_id: 31_337,
    settlement: Address::repeat_byte(0x5e),
};

/// `settle.*`: transactions as forge measures the contract in this run.
pub(crate) fn gas(bench: &mut Bench) -> Result<()> {
    measure(GAS_TESTS)?;
    let measured = snapshot("Settlement, transactions")?;
    let base = *measured
        .get("settle, 0 that prove")
        .context("an epoch without certificates")?;
    for (name, gas) in measured {
        for row in settle(&name, gas, base)? {
            bench.report.row(row);
        }
    }
    Ok(())
}

/// The rows of a transaction that forge calls so.
fn settle(name: &str, gas: u64, base: u64) -> Result<Vec<Row>> {
    let (count, what) = name
        .strip_prefix("settle, ")
        .and_then(|rest| rest.split_once(" that "))
        .with_context(|| format!("{name} is no settlement"))?;
    let count: u64 = count.parse().with_context(|| name.to_owned())?;
    let kind = what.replace(' ', "_");
    let verifier = "an accepting verifier and Groth16 as a constant of 195,060";
    let total = Row::new(format!("settle.{kind}.{count}.total"), gas as f64, Unit::Gas).note(verifier);
    if count == 0 {
        return Ok(vec![total.beside(Peer::cited("the aim", AIM_GAS[0]))]);
    }
    let aim = AIM_GAS[if what.starts_with("prove") { 1 } else { 2 }];
    // Where nothing is exported no exit root moves, which it does in the epoch without certificates.
    let added = gas.checked_sub(base).map(|added| {
        let each = added as f64 / count as f64;
        Row::new(format!("settle.{kind}.{count}.added"), each, Unit::Gas)
            .beside(Peer::cited("the aim", aim))
            .note("a network more, over an epoch without certificates")
    });
    let each = [
        total,
        Row::new(
            format!("settle.{kind}.{count}.each"),
            gas as f64 / count as f64,
            Unit::Gas,
        )
        .beside(Peer::cited("AggLayer, a network", AGGLAYER_GAS)),
    ];
    Ok(each.into_iter().chain(added).collect())
}

/// `epoch.*`: eight networks with sixteen exits and sixteen imports each, from certificates to the Groth16 proof.
pub(crate) fn seconds(bench: &mut Bench) -> Result<()> {
    let report = &mut bench.report;
    let (world, certificates) = certificates()?;
    let inputs: Vec<TransitionInputs> = certificates
        .iter()
        .map(|transition| TransitionInputs::new(transition, &world))
        .collect::<Result<_, _>>()?;
    let hashed: usize = inputs
        .iter()
        .map(|inputs| transition::entries(inputs).len())
        .sum();
    let exits = f64::from(NETWORKS * EACH);
    report.row(
        Row::new(
            "epoch.keccak.each_exit",
            hashed as f64 / exits,
            Unit::Permutations,
        )
        .beside(Peer::cited("the aim", AIM_PERMUTATIONS)),
    );
    report.row(Row::new("epoch.keccak.each_import", 0.0, Unit::Permutations).note("imports hash nothing"));

    let program = report.stage("epoch.build", || Ok(SettlementProgram::pinned()?))?;
    let quiet = |_| {};
    let wrapping = StoredWrapping::development(
        program.closing(),
        Profile::Default,
        KeyStore::from_environment()?,
        &quiet,
    )?;
    let folder = tempfile::tempdir()?;
    let mut prover = SettlementProver::new(&program, Store::open(folder.path())?, wrapping);
    let mut stages = Stages::default();
    let (stage, arrived) = report.timed("epoch.arrival", || {
        let arrived = inputs
            .iter()
            .map(|inputs| prover.prove_certificate(inputs, None, &mut stages.listener()));
        Ok(arrived.collect::<Result<Vec<_>, _>>()?)
    })?;
    stages.rows(report, "epoch.arrival", &stage, None);
    let inputs = EpochInputs {
        domain: DOMAIN,
        registry: Vec::new(),
        deposits: Vec::new(),
        certificates: arrived,
    };
    let mut stages = Stages::default();
    let (stage, _) = report.timed("epoch.close", || {
        Ok(prover.prove_epoch(world.global(), &inputs, &mut stages.listener())?)
    })?;
    stages.rows(report, "epoch.close", &stage, Some(AIM_SECONDS));
    Ok(())
}

/// A world in which every network has imports to take, and the certificates that take them and send them on to the next network.
fn certificates() -> Result<(World, Vec<causeway_ledger::Transition>)> {
    let mut world = World::new(DOMAIN);
    let networks: Vec<NetworkId> = (1..=NETWORKS).map(NetworkId::new).collect();
    for (at, &network) in (1..).zip(&networks) {
        world.register(network, Authority::signer(Address::with_last_byte(at))?)?;
    }
    let deposit = |to: NetworkId, at: u32| Exit {
        leaf_type: LeafType::Transfer,
        token: TokenId {
            network: NetworkId::MAINNET,
            address: Address::with_last_byte(at as u8 % 4 + 1),
        },
        destination_network: to,
        destination_address: Address::repeat_byte(0xaa),
        amount: U256::from(at + 1),
        metadata_hash: EMPTY_METADATA_HASH,
    };
    let deposits: Vec<Exit> = networks
        .iter()
        .flat_map(|&to| (0..EACH).map(move |at| deposit(to, at)))
        .collect();
    world.deposit(&deposits)?;
    let mut certificates = Vec::new();
    for &network in &networks {
        let first = (network.get() - 1) * EACH;
        let imports = (first..first + EACH).map(|leaf| {
            let global_index = GlobalIndex::new(NetworkId::MAINNET, leaf);
            Ok(ImportedExit {
                exit: deposits[leaf as usize],
                global_index,
                backing: Backing::History(world.backing(global_index).context("it was deposited")?),
            })
        });
        let next = NetworkId::new(network.get() % NETWORKS + 1);
        let exits = (0..EACH).map(|at| deposit(next, at));
        let state = world.network(network).context("it is registered")?.state;
        let certificate = draft(state, exits.collect(), imports.collect::<Result<_>>()?)?;
        certificates.push(apply(state, &certificate)?);
    }
    Ok((world, certificates))
}

/// What the stages of one kind took.
struct Taken {
    kind: SettlementKind,
    /// How many they were.
    count: usize,
    /// All of them.
    time: Duration,
    /// The most that the process held while one of them ran, in bytes.
    memory: u64,
}

/// What stages took. One begins where the one before it has ended.
#[derive(Default)]
struct Stages {
    kinds: Vec<Taken>,
    /// The most that the process held before the newest began.
    before: u64,
}

impl Stages {
    fn listener(&mut self) -> impl FnMut(Event<'_, SettlementKind>) -> ControlFlow<()> {
        let mut began = Instant::now();
        move |event| {
            match event {
                Event::Started { .. } => {
                    self.before = self.before.max(peak_memory());
                    forget_peak_memory();
                    began = Instant::now();
                }
                Event::Proven { kind, .. } => self.take(kind, began.elapsed(), peak_memory()),
                _ => {}
            }
            ControlFlow::Continue(())
        }
    }

    fn take(&mut self, kind: SettlementKind, time: Duration, memory: u64) {
        match self.kinds.iter_mut().find(|known| known.kind == kind) {
            Some(known) => {
                known.count += 1;
                known.time += time;
                known.memory = known.memory.max(memory);
            }
            None => self.kinds.push(Taken {
                kind,
                count: 1,
                time,
                memory,
            }),
        }
    }

    fn rows(&self, report: &mut Report, name: &str, whole: &Stage, aim: Option<f64>) {
        let beside = |row: Row, name: &str, aim: Option<f64>| match aim {
            Some(aim) => row.beside(Peer::cited(name, aim)),
            None => row,
        };
        let seconds = Row::new(format!("{name}.seconds"), whole.time.as_secs_f64(), Unit::Seconds);
        report.row(beside(seconds, "the aim", aim));
        // Each stage began to measure anew: of the whole that says what came after the last.
        let peak = whole.peak_memory.max(self.before);
        let memory = Row::new(format!("{name}.memory"), mebibytes(peak), Unit::Mebibytes);
        report.row(beside(memory, "the aim", aim.map(|_| AIM_MEMORY)));
        for taken in &self.kinds {
            let (name, count) = (format!("{name}.{}", taken.kind.name()), taken.count);
            let time = taken.time.as_secs_f64();
            let seconds = Row::new(format!("{name}.seconds"), time, Unit::Seconds);
            report.row(seconds.note(format!("{count} of them, circuits built included where they are")));
            let memory = Row::new(format!("{name}.memory"), mebibytes(taken.memory), Unit::Mebibytes);
            report.row(memory.note("the dearest of them, with all that the process holds meanwhile"));
        }
    }
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use causeway_tests::artifact::repository;

    use super::*;

    #[test]
    fn every_settlement_that_forge_measures_has_rows() {
        let path = repository().join("contracts/snapshots/Settlement, transactions.json");
        let text = std::fs::read_to_string(path).unwrap();
        let snapshot: BTreeMap<String, String> = serde_json::from_str(&text).unwrap();
        assert!(
            snapshot.contains_key("settle, 64 that prove") && snapshot.contains_key("settle, 64 that sign")
        );
        for (name, gas) in snapshot {
            settle(&name, gas.parse().unwrap(), 1).unwrap();
        }
        let error = settle("approve", 1, 1).unwrap_err().to_string();
        assert_eq!(error, "approve is no settlement");
    }

    #[test]
    fn stages_of_a_kind_add_up_and_the_dearest_counts() {
        let mut stages = Stages::default();
        let (short, long) = (Duration::from_secs(1), Duration::from_secs(2));
        stages.take(SettlementKind::Fold, short, 7);
        stages.take(SettlementKind::Seal, short, 9);
        stages.take(SettlementKind::Fold, long, 5);
        let taken = stages.kinds.iter();
        let taken: Vec<_> = taken
            .map(|taken| (taken.kind, taken.count, taken.time, taken.memory))
            .collect();
        let expected = [
            (SettlementKind::Fold, 2, short + long, 7),
            (SettlementKind::Seal, 1, short, 9),
        ];
        assert_eq!(taken, expected);
    }

    #[test]
    fn networks_import_and_export_as_many_as_it_says() {
        let (world, certificates) = certificates().unwrap();
        assert_eq!(certificates.len(), NETWORKS as usize);
        for transition in &certificates {
            let inputs = TransitionInputs::new(transition, &world).unwrap();
            assert_eq!((inputs.imports.len(), inputs.exits.len()), (16, 16));
            assert_eq!(inputs.steps.len(), 1);
        }
    }
}
