use std::collections::HashMap;
use std::fs;
use std::marker::PhantomData;

use super::*;
use crate::graph::{Graph, Kind};
use crate::run::{Circuits, RunErrorOf};

/// Stands for the circuits of a graph: an outcome tells what it was made of.
struct Fake<G> {
    /// How often each stage was proven, in all runs.
    proven: HashMap<usize, usize>,
    graph: PhantomData<G>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an outcome")]
struct Malformed;

impl<G: Stated> Fake<G> {
    fn new() -> Self {
        Self {
            proven: HashMap::new(),
            graph: PhantomData,
        }
    }

    fn total(&self) -> usize {
        self.proven.values().sum()
    }
}

impl<G: Stated> Circuits for Fake<G> {
    type Graph = G;
    type Outcome = String;
    type Error = Malformed;

    fn identities(&self, graph: &G) -> Result<Vec<StageId>, RunErrorOf<Self>> {
        Ok(ids(graph))
    }

    fn prove(&mut self, graph: &G, stage: usize, inputs: Vec<String>) -> Result<String, Malformed> {
        *self.proven.entry(stage).or_default() += 1;
        Ok(format!("{}({})", graph.kind(stage).name(), inputs.join(", ")))
    }

    fn encode(&self, outcome: &String) -> Result<Vec<u8>, Malformed> {
        Ok(outcome.clone().into_bytes())
    }

    fn decode(&mut self, graph: &G, stage: usize, bytes: &[u8]) -> Result<String, Malformed> {
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| Malformed)?;
        match text.starts_with(&format!("{}(", graph.kind(stage).name())) {
            true => Ok(text),
            false => Err(Malformed),
        }
    }
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

fn go(_: Event<'_, SettlementKind>) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Ends a run before each stage in turn and takes it up again.
fn killed<G: Stated>(graph: &G, made: &str) {
    for keep in [Keep::All, Keep::Needed] {
        for ends in 0..graph.stages() {
            let (mut fake, (_folder, store)) = (Fake::<G>::new(), store());
            let mut started = 0;
            let broken = run(&mut fake, graph, &store, keep, &mut |event| {
                if let Event::Started { .. } = event {
                    started += 1;
                    if started > ends {
                        return ControlFlow::Break(());
                    }
                }
                ControlFlow::Continue(())
            });
            assert!(matches!(broken, Err(RunError::Cancelled)), "{ends}");
            assert_eq!(fake.total(), ends);
            assert_eq!(run(&mut fake, graph, &store, keep, &mut go).unwrap(), made);
            assert_eq!(
                (fake.total(), fake.proven.len()),
                (graph.stages(), graph.stages())
            );
            // Asked again, only the last one is looked at; and with what is needed alone, nothing else is there.
            assert_eq!(run(&mut fake, graph, &store, keep, &mut go).unwrap(), made);
            assert_eq!(fake.total(), graph.stages());
            let files = fs::read_dir(store.folder()).unwrap().count() - 1;
            let left = if keep == Keep::All { graph.stages() } else { 1 };
            assert_eq!(files, left);
        }
    }
}

fn large() -> ArrivalPlan {
    let before = world(2);
    let exits = vec![exit(network(2), network(1)); 40];
    let (after, transitions) = settle(&before, &[certificate(&before, 2, exits, vec![])]);
    arrive(&transitions[0], &after)
}

#[test]
fn an_arrival_that_is_killed_is_taken_up() {
    let segments = "segments(segments(segment(), segment()), segment())";
    killed(&large(), &format!("shut(attest(close({segments})), keccak())"));
}

#[test]
fn an_epoch_that_is_killed_is_taken_up() {
    let items = "fold(fold(registry(), anchor()), fold(anchor(), anchor()))";
    let sealed = format!("seal(epoch({items}), keccak())");
    killed(&Story::of(3).plan().unwrap(), &format!("wrap(closing({sealed}))"));
}

#[test]
fn deposits_that_are_closed_apart_are_taken_up() {
    let mut story = Story::of(1);
    let exit = Exit {
        token: TokenId::ETH,
        ..exit(NetworkId::MAINNET, network(1))
    };
    story.deposits = vec![exit; 150];
    let runs = "deposits(deposits(deposit(), deposit()), deposit())";
    let items = format!("fold(fold(registry(), l1(deposit-shut({runs}, keccak()))), anchor())");
    let sealed = format!("seal(epoch({items}), keccak())");
    killed(&story.plan().unwrap(), &format!("wrap(closing({sealed}))"));
}

#[test]
fn a_damaged_or_invalid_outcome_is_refused_and_proven_again() {
    let plan = Story::of(3).plan().unwrap();
    let (mut fake, (_folder, store)) = (Fake::<EpochPlan>::new(), store());
    let made = run(&mut fake, &plan, &store, Keep::All, &mut go).unwrap();
    let ids = ids(&plan);
    let last = plan.stages() - 1;
    fs::write(store.path(plan.kind(last), ids[last]), "half a fi").unwrap();
    store
        .write(plan.kind(last - 1), ids[last - 1], b"what a stranger wrote")
        .unwrap();
    let mut refused = Vec::new();
    let again = run(&mut fake, &plan, &store, Keep::All, &mut |event| {
        if let Event::Refused { reason, .. } = event {
            refused.push(reason.to_string());
        }
        ControlFlow::Continue(())
    });
    assert_eq!(again.unwrap(), made);
    assert_eq!(refused, ["it is not the file of a stage", "not an outcome"]);
    assert_eq!(fake.total(), plan.stages() + 2);
}

#[test]
fn kinds_are_told_apart_by_name_and_by_tag() {
    for (at, kind) in SettlementKind::ALL.into_iter().enumerate() {
        assert_eq!(usize::from(kind.tag()), at);
        for other in &SettlementKind::ALL[..at] {
            assert_ne!(kind.name(), other.name());
        }
    }
}
