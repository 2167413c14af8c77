#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn plan(count: usize) -> Plan {
    Plan::new(&vec![4; count], DEFAULT_CHUNK_LOG2).unwrap()
}

fn numbers(plan: &Plan) -> [usize; 7] {
    StageKind::ALL.map(|kind| plan.number_of(kind))
}

/// What a subtree is: its height, proofs and places filled, recomputed from the stages alone.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Subtree {
    first: u32,
    count: u32,
    height: u8,
    chunk: bool,
}

/// Walks a plan as the circuits would, and holds it to their rules.
fn check(plan: &Plan, public_inputs: &[usize]) -> Result<(), TestCaseError> {
    let mut subtrees: Vec<Option<Subtree>> = Vec::new();
    let mut entries = vec![0; plan.lists().len()];
    let mut appended: Vec<Vec<usize>> = vec![Vec::new(); plan.lists().len()];
    for (index, step) in plan.steps().iter().enumerate() {
        for input in step.inputs() {
            prop_assert!(input < index, "{index} builds on {input}");
        }
        let at = |step: usize| subtrees[step].unwrap();
        let subtree = match *step {
            Step::Leaf {
                first,
                pair,
                joined,
                list,
            } => {
                prop_assert!(joined || !pair);
                let count = 1 + u32::from(pair);
                entries[list] += usize::from(joined);
                for proof in first..first + count {
                    entries[list] += message_blocks(public_inputs[proof as usize]);
                }
                appended[list].push(index);
                Some(Subtree {
                    first,
                    count,
                    height: u8::from(joined),
                    chunk: false,
                })
            }
            Step::Node { left, right, list } => {
                let left = at(left);
                let mut count = left.count;
                entries[list] += 1;
                if let Some(right) = right.map(at) {
                    prop_assert_eq!(left.count, 1 << left.height, "left is full");
                    prop_assert_eq!(right.first, left.first + left.count);
                    let lifts = left.height.checked_sub(right.height).unwrap();
                    prop_assert!(usize::from(lifts) <= MAX_LIFTS);
                    entries[list] += usize::from(lifts);
                    count += right.count;
                }
                appended[list].push(index);
                Some(Subtree {
                    first: left.first,
                    count,
                    height: left.height + 1,
                    chunk: false,
                })
            }
            Step::Keccak { list } => {
                let list = &plan.lists()[list];
                prop_assert!(list.size().is_some());
                None
            }
            Step::Chunk { subtree, keccak } => {
                prop_assert_eq!(plan.steps()[subtree].kind(), StageKind::Node);
                let Step::Keccak { list } = plan.steps()[keccak] else {
                    panic!()
                };
                prop_assert_eq!(plan.lists()[list].steps.last(), Some(&subtree));
                Some(Subtree {
                    chunk: true,
                    ..at(subtree)
                })
            }
            Step::Seal {
                subtree,
                keccak,
                list,
            } => {
                entries[list] += 1;
                appended[list].push(index);
                prop_assert_eq!(plan.steps()[keccak], Step::Keccak { list });
                let whole = at(subtree);
                prop_assert_eq!(
                    (whole.first, whole.count, whole.height),
                    (0, plan.count(), plan.depth())
                );
                None
            }
            Step::Closing { .. } | Step::Wrap { .. } => None,
        };
        subtrees.push(subtree);
    }
    for (list, planned) in plan.lists().iter().enumerate() {
        prop_assert_eq!(planned.entries, entries[list]);
        prop_assert_eq!(&planned.steps, &appended[list]);
    }
    prop_assert_eq!(plan.steps().last().map(Step::kind), Some(StageKind::Wrap));
    // Every stage but the last is built on exactly once.
    let mut uses = vec![0; plan.steps().len()];
    plan.steps()
        .iter()
        .flat_map(Step::inputs)
        .for_each(|input| uses[input] += 1);
    let (last, others) = uses.split_last().unwrap();
    prop_assert_eq!(*last, 0);
    prop_assert!(others.iter().all(|uses| *uses == 1));
    Ok(())
}

#[test]
fn the_number_of_stages_is_known() {
    for (count, depth, expected) in [
        // leaves, nodes, keccak proofs, chunks, seal, closing, wrap
        (1, 0, [1, 0, 1, 0, 1, 1, 1]),
        (2, 1, [1, 0, 1, 0, 1, 1, 1]),
        (3, 2, [2, 1, 1, 0, 1, 1, 1]),
        (4, 2, [2, 1, 1, 0, 1, 1, 1]),
        (5, 3, [3, 2, 1, 0, 1, 1, 1]),
        (127, 7, [64, 63, 1, 0, 1, 1, 1]),
        (128, 7, [64, 63, 1, 0, 1, 1, 1]),
        // A lone proof beside 128 is raised from height 1 to 3, and lifted by four more.
        (129, 8, [65, 66, 2, 1, 1, 1, 1]),
        (256, 8, [128, 127, 3, 2, 1, 1, 1]),
        (257, 9, [129, 131, 3, 2, 1, 1, 1]),
        // Seven whole chunks, and 104 proofs that are left open.
        (1000, 10, [500, 499, 8, 7, 1, 1, 1]),
    ] {
        let plan = plan(count);
        assert_eq!((plan.depth(), numbers(&plan)), (depth, expected), "{count}");
        check(&plan, &vec![4; count]).unwrap();
    }
}

#[test]
fn one_chunk_takes_one_keccak_proof() {
    let plan = plan(128);
    assert_eq!(
        plan.lists(),
        [ListPlan {
            steps: plan.lists()[0].steps.clone(),
            entries: 128 + 127 + 1,
            continuing: 0,
            proofs: 0..128,
        }]
    );
    assert_eq!(plan.lists()[0].size(), Some(Size::Medium));
}

#[test]
fn an_incomplete_chunk_is_closed_where_its_list_would_be_long() {
    // 127 proofs of two blocks each: with their nodes 381 blocks, more than the middle size.
    let public_inputs: Vec<usize> = (0..255).map(|index| if index < 128 { 4 } else { 14 }).collect();
    let plan = Plan::new(&public_inputs, 7).unwrap();
    assert_eq!(plan.number_of(StageKind::Chunk), 2);
    assert_eq!(
        plan.lists()[0].size(),
        Some(Size::Small),
        "the root's node and the statement"
    );
    check(&plan, &public_inputs).unwrap();
}

#[test]
fn chunks_of_chunks_keep_lists_short() {
    let public_inputs = vec![0; 4096];
    let plan = Plan::new(&public_inputs, 2).unwrap();
    // 1,024 chunks of four, four of them of 256 each, and three nodes above.
    assert_eq!(plan.number_of(StageKind::Chunk), 1024 + 4);
    assert_eq!(plan.lists()[0].entries, 3 + 1);
    assert!(plan.lists().iter().all(|list| list.entries <= 255));
    check(&plan, &public_inputs).unwrap();
}

#[test]
fn the_longest_messages_fit_the_default_chunk() {
    let public_inputs = vec![MAX_PUBLIC_INPUTS; 300];
    let plan = Plan::new(&public_inputs, DEFAULT_CHUNK_LOG2).unwrap();
    check(&plan, &public_inputs).unwrap();
    assert_eq!(
        Plan::new(&public_inputs, 8),
        Err(PlanError::ListTooLong {
            proofs: 0..256,
            entries: 256 * 8 + 255
        })
    );
}

#[test]
fn what_cannot_be_planned_is_refused_by_name() {
    assert_eq!(Plan::new(&[], 7), Err(PlanError::Empty));
    for got in [0, 1, 10] {
        assert_eq!(Plan::new(&[0], got), Err(PlanError::ChunkSize { got }));
    }
    let (got, max) = ((1 << 20) + 1, 1 << 20);
    assert_eq!(Plan::new(&vec![0; got], 7), Err(PlanError::TooMany { got, max }));
    assert_eq!(
        Plan::new(&[0, MAX_PUBLIC_INPUTS, MAX_PUBLIC_INPUTS + 1], 7),
        Err(PlanError::PublicInputs {
            index: 2,
            got: MAX_PUBLIC_INPUTS + 1,
            max: MAX_PUBLIC_INPUTS
        })
    );
}

#[test]
fn blocks_are_those_of_the_message() {
    for (public_inputs, blocks) in [
        (0, 1),
        (4, 1),
        (12, 1),
        (13, 2),
        (29, 2),
        (30, 3),
        (MAX_PUBLIC_INPUTS, 8),
    ] {
        assert_eq!(message_blocks(public_inputs), blocks, "{public_inputs}");
    }
    assert_eq!(message_blocks(MAX_PUBLIC_INPUTS + 1), 9);
}

proptest! {
    #[test]
    fn every_plan_keeps_the_circuits_rules(
        public_inputs in proptest::collection::vec(0..40usize, 1..700),
        chunk_log2 in 2..=DEFAULT_CHUNK_LOG2,
    ) {
        let plan = Plan::new(&public_inputs, chunk_log2)?;
        check(&plan, &public_inputs)?;
    }
}

/// The plan counts what a list's trace has rows for; the circuits look at the entries themselves.
#[test]
fn a_list_gets_the_size_that_the_circuits_would_give_its_entries() {
    use causeway_circuits::keccak::Entry;

    let edges = [1, 83, 84, 85, 86, 339, 340, 341, 342, 1_363, 1_364, 1_365, 1_366];
    for blocks in [1, 2, 3, 8] {
        for entries in edges {
            // Messages of so many blocks, no two alike, and shorter ones for what is left.
            let mut list = Vec::new();
            let mut continuing = 0;
            for number in 0_u64.. {
                let left = entries - list.len();
                if left == 0 {
                    break;
                }
                let mut message = vec![0; 136 * (left.min(blocks) - 1) + 8];
                message[..8].copy_from_slice(&number.to_le_bytes());
                let (message, _) = Entry::of_message(&message);
                continuing += message.len() - 1;
                list.extend(message);
            }
            let planned = ListPlan {
                steps: Vec::new(),
                entries,
                continuing,
                proofs: 0..0,
            };
            let by_circuits = Size::cheapest(&list).ok();
            assert_eq!(
                planned.size(),
                by_circuits,
                "{entries} entries, {continuing} continuing"
            );
        }
    }
}
