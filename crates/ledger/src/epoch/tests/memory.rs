//! What was judged before changes no outcome.

use causeway_types::GoldilocksDigest;

use super::greatest::{build, plans};
use super::*;
use crate::epoch::{Memory, settle_epoch_with};

fn with(world: &World, certificates: &[Certificate], memory: &mut Memory) -> EpochOutcome {
    let certificates: Vec<_> = certificates.iter().collect();
    settle_epoch_with(world, &certificates, 0, memory)
}

fn refused(outcome: &EpochOutcome) -> &LedgerError {
    match &outcome.left_out[0].because {
        Because::Refused(error) => error,
        other => panic!("it is left out because {other:?}"),
    }
}

fn assert_same(one: &EpochOutcome, other: &EpochOutcome) {
    let told = |outcome: &EpochOutcome| {
        let admitted = outcome.admitted.iter();
        admitted
            .map(|admitted| (admitted.certificate, admitted.group, admitted.transition.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(one), told(other));
    assert_eq!(one.left_out, other.left_out);
    assert_eq!(one.world.commitment(), other.world.commitment());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn outcomes_are_those_of_whoever_remembers_nothing(plans in plans(), earlier in 0..3_usize, flawed in any::<prop::sample::Index>()) {
        let world = world();
        let certificates = build(&world, &plans);
        let mut memory = Memory::new();
        // The same and others, on this world and on later ones, in other orders, and some that differ in one field.
        let mut changed = certificates.clone();
        let at = flawed.index(changed.len());
        changed[at].authority = None;
        let (first, rest) = certificates.split_at(earlier.min(certificates.len()));
        let later = settle_epoch(&world, first).world;
        let reversed: Vec<_> = rest.iter().rev().cloned().collect();
        for (world, offered) in [
            (&world, &certificates[..]), (&world, &changed), (&world, &certificates), (&later, rest), (&later, &reversed), (&world, first), (&world, &changed),
        ] {
            assert_same(&with(world, offered, &mut memory), &settle_epoch(world, offered));
        }
    }
}

#[test]
fn nothing_is_applied_twice_and_what_nobody_asks_for_is_forgotten() {
    let world = world();
    let made = [
        certificate(&state(&world, A), vec![], vec![]),
        certificate(&state(&world, B), vec![], vec![]),
    ];
    let mut memory = Memory::new();
    let first = with(&world, &made, &mut memory);
    let again = with(&world, &made, &mut memory);
    for (one, other) in first.admitted.iter().zip(&again.admitted) {
        assert!(std::sync::Arc::ptr_eq(&one.transition, &other.transition));
    }
    assert_eq!(memory.len(), 2);
    memory.forget_unused();
    assert_eq!(memory.len(), 2);
    with(&world, &made[..1], &mut memory);
    memory.forget_unused();
    assert_eq!(memory.len(), 1);
    let transition = memory.apply(&state(&world, A), &made[0]).unwrap();
    memory.forget(&transition);
    assert!(memory.is_empty());
}

#[test]
fn what_is_refused_is_not_remembered() {
    let world = world();
    let mut unsigned = certificate(&state(&world, A), vec![], vec![]);
    unsigned.height = 1;
    let mut memory = Memory::new();
    let outcome = with(&world, &[unsigned], &mut memory);
    assert_eq!(
        refused(&outcome),
        &LedgerError::MismatchHeight {
            declared: 1,
            expected: 0
        }
    );
    assert!(memory.is_empty());
}

#[test]
fn another_state_authority_or_authorisation_is_looked_at_anew() {
    let mut world = world();
    let made = certificate(&state(&world, A), vec![], vec![]);
    let mut memory = Memory::new();
    assert_eq!(
        settled(&with(&world, std::slice::from_ref(&made), &mut memory)),
        [(1, 0)]
    );

    // The same exits, authorised by nobody.
    let unsigned = Certificate {
        authority: None,
        ..made.clone()
    };
    let outcome = with(&world, &[unsigned], &mut memory);
    assert_eq!(refused(&outcome), &LedgerError::MissingAuthorisation);

    // After the state on which it was applied.
    let after = settle_epoch(&world, std::slice::from_ref(&made)).world;
    let outcome = with(&after, std::slice::from_ref(&made), &mut memory);
    assert_eq!(
        refused(&outcome),
        &LedgerError::MismatchHeight {
            declared: 0,
            expected: 1
        }
    );

    // The network's authority has changed.
    let other = GoldilocksDigest::new([4, 3, 2, 1]).unwrap();
    world.register(A, Authority::validity(other).unwrap()).unwrap();
    let outcome = with(&world, std::slice::from_ref(&made), &mut memory);
    assert_eq!(
        refused(&outcome),
        &LedgerError::InvalidValidityKey {
            expected: other,
            got: key()
        }
    );
}
