#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::fs;

use super::*;
use crate::plan::{self, DEFAULT_CHUNK_LOG2, Plan, Programs, Step};

/// Stands for the circuits: an outcome tells what it was made of.
struct Fake {
    inputs: Vec<[u8; 32]>,
    domain: [u8; 32],
    version: u8,
    /// How often each stage was proven, in all runs.
    proven: HashMap<(StageKind, String), usize>,
    /// Outcomes that are held, and the most there were.
    fail_at: Option<usize>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum FakeError {
    #[error("not an outcome")]
    Malformed,
    #[error("told to fail")]
    Fails,
}

impl Fake {
    fn new(count: usize) -> Self {
        Self {
            inputs: (0..count)
                .map(|index| *StageId::of(&[&index.to_le_bytes()]).bytes())
                .collect(),
            domain: [9; 32],
            version: 1,
            proven: HashMap::new(),
            fail_at: None,
        }
    }

    fn plan(&self) -> Plan {
        Plan::new(&vec![0; self.inputs.len()], 2).unwrap()
    }

    fn twice(&self) -> usize {
        self.proven.values().filter(|times| **times > 1).count()
    }

    fn total(&self) -> usize {
        self.proven.values().sum()
    }
}

impl Programs for Fake {
    type Error = FakeError;

    fn program(&self, kind: StageKind) -> [u8; 32] {
        [self.version + 16 * kind as u8; 32]
    }

    fn domain(&self) -> [u8; 32] {
        self.domain
    }

    fn input(&self, index: u32) -> Result<[u8; 32], FakeError> {
        self.inputs
            .get(index as usize)
            .copied()
            .ok_or(FakeError::Malformed)
    }
}

impl Circuits for Fake {
    type Graph = Plan;
    type Outcome = String;
    type Error = FakeError;

    fn identities(&self, plan: &Plan) -> Result<Vec<StageId>, RunError<FakeError>> {
        plan::identities(self, plan)
    }

    fn prove(&mut self, plan: &Plan, step: usize, inputs: Vec<String>) -> Result<String, FakeError> {
        if self.fail_at == Some(self.total()) {
            return Err(FakeError::Fails);
        }
        let text = match plan.steps()[step] {
            Step::Leaf { first, pair, .. } => (first..=first + u32::from(pair))
                .map(|index| format!("{:02x}", self.inputs[index as usize][0]))
                .collect::<Vec<_>>()
                .join(" "),
            Step::Keccak { list } => format!("list {}", plan.lists()[list].entries),
            _ => inputs.join(", "),
        };
        let kind = plan.steps()[step].kind();
        let outcome = format!("{}({text})", kind.name());
        *self
            .proven
            .entry((kind, format!("{step} {outcome}")))
            .or_default() += 1;
        Ok(outcome)
    }

    fn encode(&self, outcome: &String) -> Result<Vec<u8>, FakeError> {
        Ok(outcome.clone().into_bytes())
    }

    fn decode(&mut self, plan: &Plan, step: usize, bytes: &[u8]) -> Result<String, FakeError> {
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| FakeError::Malformed)?;
        let name = plan.steps()[step].kind().name();
        if text.starts_with(name) {
            Ok(text)
        } else {
            Err(FakeError::Malformed)
        }
    }
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

fn go(_: Event<'_>) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn every_stage_is_proven_once_and_the_next_run_finds_the_last() {
    let mut fake = Fake::new(11);
    let (plan, (_folder, store)) = (fake.plan(), store());
    let outcome = run(&mut fake, &plan, &store, Keep::All, &mut go).unwrap();
    assert_eq!((fake.total(), fake.twice()), (plan.steps().len(), 0));
    let mut told = Vec::new();
    let again = run(&mut fake, &plan, &store, Keep::All, &mut |event| {
        if let Event::Found {
            kind, done, total, ..
        } = event
        {
            told.push((kind, done, total));
        }
        ControlFlow::Continue(())
    });
    assert_eq!(again.unwrap(), outcome);
    assert_eq!(told, [(StageKind::Wrap, plan.steps().len(), plan.steps().len())]);
    assert_eq!(fake.total(), plan.steps().len());
}

#[test]
fn ended_before_any_stage_no_stage_is_proven_twice() {
    for keep in [Keep::All, Keep::Needed] {
        for ends in 0.. {
            let mut fake = Fake::new(11);
            let (plan, (_folder, store)) = (fake.plan(), store());
            let mut started = 0;
            let broken = run(&mut fake, &plan, &store, keep, &mut |event| {
                if matches!(event, Event::Started { .. }) {
                    started += 1;
                    if started > ends {
                        return ControlFlow::Break(());
                    }
                }
                ControlFlow::Continue(())
            });
            let Err(error) = broken else {
                assert_eq!(ends, plan.steps().len());
                break;
            };
            assert!(matches!(error, RunError::Cancelled));
            assert_eq!(fake.total(), ends);
            run(&mut fake, &plan, &store, keep, &mut go).unwrap();
            assert_eq!(
                (fake.total(), fake.twice()),
                (plan.steps().len(), 0),
                "ended at {ends}"
            );
        }
    }
}

#[test]
fn a_stage_that_fails_is_named_and_those_before_it_are_kept() {
    let mut fake = Fake::new(5);
    let (plan, (_folder, store)) = (fake.plan(), store());
    fake.fail_at = Some(2);
    match run(&mut fake, &plan, &store, Keep::Needed, &mut go) {
        Err(RunError::Stage { kind, step, source }) => {
            assert_eq!((kind, step, source), (StageKind::Node, 2, FakeError::Fails));
        }
        other => panic!("{other:?}"),
    }
    fake.fail_at = None;
    run(&mut fake, &plan, &store, Keep::Needed, &mut go).unwrap();
    assert_eq!((fake.total(), fake.twice()), (plan.steps().len(), 0));
}

#[test]
fn a_damaged_or_invalid_outcome_is_refused_by_name_and_proven_again() {
    let mut fake = Fake::new(11);
    let (plan, (_folder, store)) = (fake.plan(), store());
    let outcome = run(&mut fake, &plan, &store, Keep::All, &mut go).unwrap();
    let ids = identities(&fake, &plan).unwrap();
    // The files of the top are damaged, one of each in another way; below them stages are found.
    let (last, below) = (ids[plan.steps().len() - 1], ids[plan.steps().len() - 2]);
    fs::write(store.path(last.0, last.1), "half a fi").unwrap();
    store.write(below.0, below.1, b"what a stranger wrote").unwrap();
    let mut refused = Vec::new();
    let before = fake.total();
    let again = run(&mut fake, &plan, &store, Keep::All, &mut |event| {
        if let Event::Refused { path, reason } = event {
            refused.push((path.to_path_buf(), reason.to_string()));
        }
        ControlFlow::Continue(())
    });
    assert_eq!(again.unwrap(), outcome);
    assert_eq!(fake.total(), before + 2);
    assert_eq!(
        refused,
        [
            (
                store.path(last.0, last.1),
                "it is not the file of a stage".to_owned()
            ),
            (store.path(below.0, below.1), "not an outcome".to_owned()),
        ]
    );
}

#[test]
fn what_is_not_needed_is_removed_as_it_goes() {
    let mut fake = Fake::new(64);
    let (plan, (_folder, store)) = (fake.plan(), store());
    let mut most = 0;
    run(&mut fake, &plan, &store, Keep::Needed, &mut |event| {
        if matches!(event, Event::Proven { .. }) {
            most = most.max(fs::read_dir(store.folder()).unwrap().count());
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    // Sixteen chunks and the fifteen nodes above them, one chunk's own four stages, the lock.
    assert!(most <= 16 + 15 + 5 + 4, "{most} files");
    let ids = identities(&fake, &plan).unwrap();
    for (kind, id) in ids {
        assert_eq!(store.has(kind, id), kind == StageKind::Wrap, "{kind:?}");
    }
}

#[test]
fn stages_are_known_by_all_that_they_depend_on() {
    let fake = Fake::new(11);
    let plan = fake.plan();
    let ids = |fake: &Fake| identities(fake, &fake.plan()).unwrap();
    let original = ids(&fake);
    let distinct: std::collections::HashSet<_> = original.iter().collect();
    assert_eq!(distinct.len(), original.len());
    let changed = |fake: Fake| {
        let ids = ids(&fake);
        (0..original.len())
            .filter(|&step| ids[step] != original[step])
            .collect::<Vec<_>>()
    };
    // Another program: everything. Another domain: what closes and states, and what is made of it.
    let version = Fake {
        version: 2,
        ..Fake::new(11)
    };
    assert_eq!(changed(version).len(), original.len());
    let domain = Fake {
        domain: [1; 32],
        ..Fake::new(11)
    };
    let last = original.len() - 4..original.len();
    assert_eq!(changed(domain), last.clone().collect::<Vec<_>>());
    // Another proof in the first chunk: that chunk, and what is above, but not the second chunk.
    let mut other = Fake::new(11);
    other.inputs[2] = [0; 32];
    let second = plan
        .steps()
        .iter()
        .position(|step| matches!(step, Step::Leaf { first: 4, .. }))
        .unwrap();
    let changed = changed(other);
    assert!(changed.contains(&0) && changed.contains(&(second - 1)) && !changed.contains(&second));
    assert!(last.into_iter().all(|step| changed.contains(&step)));
}

#[test]
fn one_proof_more_leaves_the_chunks_before_it() {
    let mut fake = Fake::new(10);
    let (_folder, store) = store();
    let plan = fake.plan();
    run(&mut fake, &plan, &store, Keep::All, &mut go).unwrap();
    let before = fake.total();
    let mut more = Fake::new(11);
    let plan = more.plan();
    run(&mut more, &plan, &store, Keep::All, &mut go).unwrap();
    let chunks = plan.number_of(StageKind::Chunk);
    assert_eq!(chunks, 2);
    assert!(
        more.proven.keys().all(|(kind, _)| *kind != StageKind::Chunk),
        "{:?}",
        more.proven
    );
    assert!(more.total() < before);
}

#[test]
fn an_input_that_cannot_be_read_is_named() {
    let mut fake = Fake::new(11);
    let (plan, (_folder, store)) = (fake.plan(), store());
    fake.inputs.pop();
    match run(&mut fake, &plan, &store, Keep::All, &mut go) {
        Err(RunError::Input { index, source }) => assert_eq!((index, source), (10, FakeError::Malformed)),
        other => panic!("{other:?}"),
    }
    assert_eq!(DEFAULT_CHUNK_LOG2, 7);
}

/// What a settlement might be: arrivals that end by themselves, joined in pairs from the left.
struct Arrivals(usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Other {
    Arrival,
    Join,
}

impl Kind for Other {
    fn name(self) -> &'static str {
        match self {
            Self::Arrival => "arrival",
            Self::Join => "join",
        }
    }

    fn tag(self) -> u8 {
        self as u8
    }
}

impl Graph for Arrivals {
    type Kind = Other;

    fn stages(&self) -> usize {
        (2 * self.0).saturating_sub(1)
    }

    fn kind(&self, stage: usize) -> Other {
        if stage < self.0 {
            Other::Arrival
        } else {
            Other::Join
        }
    }

    fn inputs(&self, stage: usize) -> Vec<usize> {
        match stage.checked_sub(self.0) {
            None => vec![],
            Some(0) => vec![0, 1],
            Some(join) => vec![stage - 1, join + 1],
        }
    }

    fn ends(&self, stage: usize) -> bool {
        stage + 1 == self.stages()
    }

    fn bounds(&self, _: usize) -> bool {
        false
    }
}

struct Counts(usize);

impl Circuits for Counts {
    type Graph = Arrivals;
    type Outcome = u64;
    type Error = FakeError;

    fn identities(&self, graph: &Arrivals) -> Result<Vec<StageId>, RunErrorOf<Self>> {
        Ok((0..graph.stages())
            .map(|stage| StageId::of(&[&stage.to_le_bytes()]))
            .collect())
    }

    fn prove(&mut self, _: &Arrivals, _: usize, inputs: Vec<u64>) -> Result<u64, FakeError> {
        self.0 += 1;
        Ok(1 + inputs.iter().sum::<u64>())
    }

    fn encode(&self, outcome: &u64) -> Result<Vec<u8>, FakeError> {
        Ok(outcome.to_le_bytes().to_vec())
    }

    fn decode(&mut self, _: &Arrivals, _: usize, bytes: &[u8]) -> Result<u64, FakeError> {
        let bytes = bytes.try_into().map_err(|_| FakeError::Malformed)?;
        Ok(u64::from_le_bytes(bytes))
    }
}

#[test]
fn any_graph_is_proven_from_the_same_store() {
    let (_folder, store) = store();
    let mut fake = Fake::new(11);
    let plan = fake.plan();
    run(&mut fake, &plan, &store, Keep::All, &mut go).unwrap();
    let files = || fs::read_dir(store.folder()).unwrap().count();
    let before = files();
    let (graph, mut counts) = (Arrivals(4), Counts(0));
    let mut stopped = 0;
    let broken = run(&mut counts, &graph, &store, Keep::Needed, &mut |event| {
        if let Event::Started {
            kind: Other::Join, ..
        } = event
        {
            stopped += 1;
        }
        if stopped == 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert!(matches!(broken, Err(RunError::Cancelled)));
    assert_eq!((counts.0, files()), (6, before + 6));
    let outcome = run(&mut counts, &graph, &store, Keep::Needed, &mut |_| {
        ControlFlow::Continue(())
    });
    assert_eq!((outcome.unwrap(), counts.0), (7, 7));
    // All that is left is the last one.
    assert_eq!(files(), before + 1);
    let nothing = run(&mut counts, &Arrivals(0), &store, Keep::All, &mut |_| {
        ControlFlow::Continue(())
    });
    assert!(matches!(nothing, Err(RunError::NoStages)));
}
