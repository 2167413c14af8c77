use causeway_circuits::keccak::{List, Size, SizeError};
use causeway_circuits::settlement::transition::{entries, statement};
use causeway_circuits::settlement::{Span, TransitionStatement};
use causeway_ledger::ExitFrontier;

use super::*;
use crate::graph::Graph;

fn kinds(plan: &ArrivalPlan) -> Vec<SettlementKind> {
    (0..plan.stages()).map(|stage| plan.kind(stage)).collect()
}

fn transition(plan: &ArrivalPlan, stage: usize) -> TransitionStatement {
    match plan.says(stage) {
        Says::Transition(statement) => *statement,
        other => panic!("{other:?}"),
    }
}

fn span(plan: &ArrivalPlan, stage: usize) -> Span {
    match plan.says(stage) {
        Says::Span(Family::Segments, span) => *span,
        other => panic!("{other:?}"),
    }
}

fn alone(world: &World, certificate: Certificate) -> TransitionInputs {
    let (after, transitions) = settle(world, &[certificate]);
    inputs(&transitions[0], &after)
}

fn exports(count: usize) -> TransitionInputs {
    let world = world(2);
    let exits = vec![exit(network(1), network(2)); count];
    alone(&world, certificate(&world, 1, exits, vec![]))
}

#[test]
fn a_certificate_without_exits_is_one_proof() {
    let inputs = exports(0);
    let plan = ArrivalPlan::new(&inputs, None).unwrap();
    assert_eq!(kinds(&plan), [SettlementKind::Transition]);
    assert_eq!(
        (plan.list(), plan.certified().statement),
        (None, statement(&inputs, List::EMPTY))
    );
    assert!(plan.certified().statement.hashes_nothing());
    assert!(plan.ends(0));
}

#[test]
fn a_list_is_closed_and_begins_behind_what_fills_it() {
    let inputs = exports(3);
    let plan = ArrivalPlan::new(&inputs, None).unwrap();
    let expected = [
        SettlementKind::Transition,
        SettlementKind::Keccak,
        SettlementKind::Shut,
    ];
    assert_eq!(kinds(&plan), expected);
    assert_eq!(plan.inputs(2), [0, 1]);
    let list = plan.list().unwrap();
    assert_eq!((list.size, &list.entries), (Size::Small, &entries(&inputs)));
    assert_eq!(
        transition(&plan, 0),
        statement(&inputs, Size::Small.start(list.entries.len()))
    );
    assert_eq!(transition(&plan, 0).list_out, list.end);
    assert_eq!(*plan.says(1), Says::Closes(list.end));
    let shut = TransitionStatement {
        list_in: List::EMPTY,
        list_out: List::EMPTY,
        ..transition(&plan, 0)
    };
    assert_eq!(transition(&plan, 2), shut);
    let certified = plan.certified();
    assert_eq!(
        (certified.statement, certified.payload()),
        (shut, inputs.payload())
    );
    assert_eq!(certified.dependencies, inputs.dependency_entries());
}

#[test]
fn a_networks_own_proof_is_taken_in_by_its_key() {
    let plan = ArrivalPlan::new(&exports(1), Some(key())).unwrap();
    let expected = [
        SettlementKind::Transition,
        SettlementKind::Attest,
        SettlementKind::Keccak,
        SettlementKind::Shut,
    ];
    assert_eq!(kinds(&plan), expected);
    assert_eq!((plan.inputs(1), plan.inputs(3)), (vec![0], vec![1, 2]));
    let validity = GoldilocksDigest::reduced([1, 2, 3, 4]);
    assert_eq!(transition(&plan, 0).validity, GoldilocksDigest::ZERO);
    assert_eq!(
        transition(&plan, 1),
        TransitionStatement {
            validity,
            ..transition(&plan, 0)
        }
    );
    assert_eq!(plan.certified().statement.validity, validity);
}

#[test]
fn a_certificate_of_many_steps_is_joined_and_closed() {
    let inputs = exports(40);
    let plan = ArrivalPlan::new(&inputs, None).unwrap();
    let kind = [
        vec![SettlementKind::Segment; 3],
        vec![SettlementKind::Segments; 2],
        vec![
            SettlementKind::Close,
            SettlementKind::Keccak,
            SettlementKind::Shut,
        ],
    ];
    assert_eq!(kinds(&plan), kind.concat());
    let builds_on: Vec<_> = (3..8).map(|stage| plan.inputs(stage)).collect();
    assert_eq!(builds_on, [vec![0, 1], vec![3, 2], vec![4], vec![], vec![5, 6]]);
    let list = plan.list().unwrap();
    assert_eq!(span(&plan, 0).list_in, list.start);
    for stage in 1..3 {
        let (before, after) = (span(&plan, stage - 1), span(&plan, stage));
        assert_eq!((before.list_out, before.after), (after.list_in, after.before));
    }
    assert_eq!(
        (span(&plan, 4).before, span(&plan, 4).after),
        (span(&plan, 0).before, span(&plan, 2).after)
    );
    // The exit root is the close's own.
    assert_ne!(span(&plan, 4).list_out, list.end);
    assert_eq!(transition(&plan, 5), statement(&inputs, list.start));
    assert_eq!(transition(&plan, 5).list_out, list.end);
    // What is below the close goes with it, and is not looked for again.
    assert!(plan.ends(5) && plan.bounds(5) && plan.ends(7) && !plan.ends(4));
}

#[test]
fn more_exits_than_a_list_takes_are_named() {
    let refused = ArrivalPlan::new(&exports(700), None).unwrap_err();
    // 700 leaves, 694 nodes that they complete, 32 nodes from there to the root; equal ones take their rows once.
    let source = SizeError::TooLarge {
        entries: 1426,
        rows: 1009,
        max: 1365,
        max_rows: 32768,
    };
    let expected = ArrivalError::TooManyExits {
        exits: 700,
        max: 650,
        source,
    };
    assert_eq!(refused, expected);
    assert_eq!(
        refused.to_string(),
        "the certificate has 700 exits: make two of it, of at most 650 exits each; 1426 entries whose messages take 1009 rows are \
         more than one proof closes: 1365 entries, 32768 rows"
    );
}

/// Wherever a tree stands: the most is hashed where all that it has is joined.
#[test]
fn as_many_exits_as_are_named_always_fit() {
    let mut inputs = exports(ArrivalPlan::MAX_EXITS);
    for count in [0, 1, (1 << 10) - 1, (1 << 31) - 1, u32::MAX - 651] {
        inputs.exit_frontier = ExitFrontier::from_parts(count, [B256::ZERO; 32]);
        let hashed = entries(&inputs);
        assert_eq!(PlannedList::new(hashed).unwrap().size, Size::Large, "{count}");
    }
}

#[test]
fn inputs_that_were_not_applied_are_named() {
    let mut inputs = exports(40);
    inputs.steps[1].imports = 0..1;
    let refused = Err(ArrivalError::Program(SettlementError::NotApplied { step: 1 }));
    assert_eq!(ArrivalPlan::new(&inputs, None), refused);
}

#[test]
fn stages_are_known_by_what_they_say_and_by_their_program() {
    let inputs = exports(40);
    let plan = ArrivalPlan::new(&inputs, Some(key())).unwrap();
    let original = ids(&plan);
    assert_eq!(original, ids(&ArrivalPlan::new(&inputs, Some(key())).unwrap()));
    let distinct: std::collections::HashSet<_> = original.iter().collect();
    assert_eq!(distinct.len(), original.len());
    // Another program.
    for (stage, id) in identities(&Keys(2), &plan).iter().enumerate() {
        assert_ne!(*id, original[stage]);
    }
    let changed = |inputs: &TransitionInputs, own| {
        let ids = ids(&ArrivalPlan::new(inputs, own).unwrap());
        assert_eq!(ids.len(), original.len());
        let stages = 0..ids.len();
        stages
            .filter(|&stage| ids[stage] != original[stage])
            .collect::<Vec<_>>()
    };
    // Another key: what says it, and what is made of that. 0 to 4 segments, 5 the close, 6 attests, 7 the list, 8 shuts.
    assert_eq!(
        changed(&inputs, Some(KeyDigest::from_elements([F::ONE; 4]))),
        [6, 8]
    );
    // Another expiry: the certificate, but neither its segments nor its list.
    let mut later = inputs.clone();
    later.expiry = causeway_types::Expiry::new(7);
    assert_eq!(changed(&later, Some(key())), [5, 6, 8]);
    // Another exit: everything.
    let world = world(2);
    let mut exits = vec![exit(network(1), network(2)); 40];
    exits[39].amount = U256::from(8);
    let other = alone(&world, certificate(&world, 1, exits, vec![]));
    assert_eq!(changed(&other, Some(key())).len(), 9);
}
