//! Why certificates are left out.

use super::*;

#[test]
fn a_refused_certificate_takes_its_followers_with_it() {
    let world = world();
    let [a, b, c] = [A, B, C].map(|network| state(&world, network));
    let good = contingent(&a, 1, vec![]);
    let mut bad = contingent(&after(&a, &good), 2, vec![]);
    let next = contingent(&after(&after(&a, &good), &bad), 3, vec![]);
    let last = contingent(&after(&after(&after(&a, &good), &bad), &next), 4, vec![]);
    bad.authority = None;
    let needs_next = contingent(&b, 5, vec![on(A, 2, 3)]);
    let needs_that = contingent(&c, 6, vec![on(B, 0, 5)]);
    let all = [needs_that, last, bad, good, next, needs_next];
    let outcome = settle_epoch(&world, &all);
    assert_eq!(settled(&outcome), [(1, 0)]);
    let cause = RootCause::Refused {
        certificate: at(&all[2], 2),
        error: LedgerError::MissingAuthorisation,
    };
    assert!(
        outcome.left_out.iter().all(|left| left.root == cause),
        "{:?}",
        outcome.left_out
    );
    let because: Vec<_> = outcome.left_out.iter().map(|left| left.because.clone()).collect();
    let needs = |contingency, on| Because::Needs {
        dependency: Dependency::Contingency(contingency),
        on,
    };
    let expected = [
        needs(on(B, 0, 5), at(&all[5], 5)),
        Because::Follows(at(&all[4], 4)),
        Because::Refused(LedgerError::MissingAuthorisation),
        Because::Follows(at(&all[2], 2)),
        needs(on(A, 2, 3), at(&all[4], 4)),
    ];
    assert_eq!(because, expected);
}

/// What may expire while the epoch is proven is no part of it, nor what needs it; the rest is, and so is another at its height.
#[test]
fn what_expires_before_the_epoch_settles_takes_nobody_else_with_it() {
    let world = world();
    let [a, b, c] = [A, B, C].map(|network| state(&world, network));
    let mut soon = contingent(&a, 1, vec![]);
    soon.expiry = Expiry::new(999);
    let mut in_time = contingent(&c, 3, vec![]);
    in_time.expiry = Expiry::new(1_000);
    let all = [soon.clone(), contingent(&b, 2, vec![on(A, 0, 1)]), in_time];
    assert_eq!(settle_epoch(&world, &all).admitted.len(), 3);
    let outcome = settle_epoch_at(&world, &all, 1_000);
    assert_eq!(settled(&outcome), [(3, 0)]);
    assert_eq!(outcome.expiry(), Expiry::new(1_000));
    let refused = LedgerError::ExpiresTooSoon {
        expiry: Expiry::new(999),
        settles_at: 1_000,
    };
    assert_eq!(outcome.left_out[0].because, Because::Refused(refused));
    assert_eq!(
        outcome.left_out[1].because,
        Because::Needs {
            dependency: Dependency::Contingency(on(A, 0, 1)),
            on: at(&soon, 0),
        }
    );
    let later = contingent(&a, 1, vec![]);
    let outcome = settle_epoch_at(&world, &[soon, later], 1_000);
    assert_eq!(settled(&outcome), [(1, 0)]);
}

#[test]
fn of_two_at_one_height_the_first_that_applies_counts() {
    let world = world();
    let a = state(&world, A);
    let mut bad = contingent(&a, 1, vec![]);
    bad.new_local_exit_root = ExitRoot::new(root(1).get());
    let (first, second) = (contingent(&a, 2, vec![]), contingent(&a, 3, vec![]));
    let a_second = second.clone();
    let outcome = settle_epoch(&world, &[bad, first, second]);
    assert_eq!(state(&outcome.world, A).state_root(), root(2));
    let twice = LedgerError::MismatchHeight {
        declared: 0,
        expected: 1,
    };
    let displaced = Because::Displaced(at(&a_second, 1));
    assert_eq!(outcome.left_out[1].because, displaced);
    let cause = RootCause::Refused {
        certificate: at(&a_second, 2),
        error: twice,
    };
    assert_eq!(outcome.left_out[1].root, cause);
    let stranger = Certificate {
        network: NetworkId::new(77),
        ..contingent(&a, 1, vec![])
    };
    let network = stranger.network;
    let outcome = settle_epoch(&world, &[stranger]);
    assert_eq!(
        outcome.left_out[0].because,
        Because::Refused(LedgerError::UnknownNetwork { network })
    );
}

/// A certificate behind another at its height is left out for what the other lacks, not for a height that nobody took.
#[test]
fn a_displaced_certificate_is_left_out_for_what_the_one_before_it_lacks() {
    let world = world();
    let a = state(&world, A);
    let (first, second) = (contingent(&a, 1, vec![on(B, 0, 9)]), contingent(&a, 2, vec![]));
    let outcome = settle_epoch(&world, &[first.clone(), second.clone()]);
    assert_eq!(settled(&outcome), []);
    let cause = RootCause::Missing {
        certificate: at(&first, 0),
        dependency: Dependency::Contingency(on(B, 0, 9)),
    };
    let causes: Vec<_> = outcome.left_out.iter().map(|left| &left.root).collect();
    assert_eq!(causes, [&cause; 2]);
    assert_eq!(outcome.left_out[1].because, Because::Displaced(at(&first, 0)));
    // The same certificate twice: once is enough.
    let outcome = settle_epoch(&world, &[second.clone(), second.clone()]);
    assert_eq!(settled(&outcome), [(1, 0)]);
    assert_eq!(outcome.left_out[0].because, Because::Displaced(at(&second, 0)));
}

/// A refused certificate is the reason only for those that need what it offers.
#[test]
fn what_a_refused_certificate_does_not_offer_is_missing() {
    let world = world();
    let [a, b, c] = [A, B, C].map(|network| state(&world, network));
    let mut refused = [contingent(&a, 1, vec![]), contingent(&a, 2, vec![])];
    refused.iter_mut().for_each(|refused| refused.authority = None);
    let [first, second] = &refused;
    let needs_second = contingent(&b, 3, vec![on(A, 0, 2)]);
    let needs_other = contingent(&c, 4, vec![on(A, 0, 9)]);
    let all = [first.clone(), second.clone(), needs_second, needs_other];
    let outcome = settle_epoch(&world, &all);
    let because: Vec<_> = outcome.left_out.iter().map(|left| left.because.clone()).collect();
    let (offered, missing) = (on(A, 0, 2), on(A, 0, 9));
    let needs = Because::Needs {
        dependency: Dependency::Contingency(offered),
        on: at(second, 1),
    };
    assert_eq!(because[2], needs);
    assert_eq!(because[3], Because::Missing(Dependency::Contingency(missing)));
}

/// What a network settled can be depended on also where its certificates, and so its state, are not known; its own next one cannot be
/// judged there.
#[test]
fn what_a_network_without_a_state_settled_is_settled() {
    let world = world();
    let [a, b, c] = [A, B, C].map(|network| state(&world, network));
    let first = contingent(&a, 1, vec![]);
    let whole = settle_epoch(&world, std::slice::from_ref(&first)).world;
    let states = [B, C].map(|network| state(&whole, network));
    let parts = World::from_parts(*whole.domain(), whole.global().clone(), states).unwrap();
    let needs = contingent(&b, 2, vec![on(A, 0, 1)]);
    let other = contingent(&c, 3, vec![on(A, 0, 9)]);
    let next = contingent(&after(&a, &first), 4, vec![]);
    let outcome = settle_epoch(&parts, &[needs, other, next]);
    assert_eq!(settled(&outcome), [(2, 0)]);
    let because: Vec<_> = outcome.left_out.iter().map(|left| left.because.clone()).collect();
    let expected = [
        Because::Missing(Dependency::Contingency(on(A, 0, 9))),
        Because::Refused(LedgerError::UnknownNetwork { network: A }),
    ];
    assert_eq!(because, expected);
}
