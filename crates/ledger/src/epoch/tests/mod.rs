#![allow(clippy::unwrap_used)]

use alloy_primitives::U256;
use causeway_types::{
    Authority, BackingEntry, Certificate, Contingency, ExitRoot, Expiry, HistoryBacking, HistoryEntry,
    NetworkId,
};
use proptest::prelude::*;

use super::{
    Admitted, Because, CertificateRef, EpochOutcome, LeftOut, RootCause, settle_epoch, settle_epoch_at,
};
use crate::apply::{Dependency, Transition, apply};
use crate::authority::check_authority;
use crate::commitment::StateCommitment;
use crate::digest::DependencyEntry;
use crate::error::LedgerError;
use crate::shadow::{ShadowTree, shadow_leaf};
use crate::state::State;
use crate::testing::{
    A, B, C, L1, TOKEN, certificate, exit, import, key, own, root, settled_import, state, world,
};
use crate::tree::path_root;
use crate::world::World;
use crate::{ExitTree, history_entry};

mod claims;
mod conservation;
mod greatest;
mod memory;
mod reasons;

fn settled(outcome: &EpochOutcome) -> Vec<(u32, u64)> {
    let admitted = outcome.admitted.iter();
    admitted
        .map(|admitted| (admitted.certificate.network.get(), admitted.certificate.height))
        .collect()
}

/// The entries that a transition depends on, as the world after the epoch has them.
fn entries(outcome: &EpochOutcome, admitted: &Admitted) -> Vec<DependencyEntry> {
    admitted.transition.dependency_entries(&outcome.world).unwrap()
}

fn at(certificate: &Certificate, position: usize) -> CertificateRef {
    CertificateRef {
        network: certificate.network,
        height: certificate.height,
        position,
    }
}

fn on(network: NetworkId, height: u64, byte: u8) -> Contingency {
    Contingency {
        network,
        height,
        state_root: root(byte),
    }
}

/// An empty certificate with a state root and contingencies.
fn contingent(state: &State, byte: u8, contingencies: Vec<Contingency>) -> Certificate {
    let mut certificate = certificate(state, vec![], vec![]);
    certificate.state_root = Some(root(byte));
    certificate.contingencies = contingencies;
    certificate
}

/// The newest state of a network if this certificate were settled.
fn after(state: &State, certificate: &Certificate) -> State {
    apply(state, certificate).unwrap().after().clone()
}

#[test]
fn a_burn_and_its_mint_settle_in_one_epoch() {
    let mut world = world();
    world.deposit(&[exit(TOKEN, A, U256::from(9))]).unwrap();
    let (a, b) = (state(&world, A), state(&world, B));
    let burn = certificate(
        &a,
        vec![exit(TOKEN, B, U256::from(4))],
        vec![settled_import(&world, exit(TOKEN, A, U256::from(9)), L1, 0)],
    );
    let entry = *apply(&a, &burn).unwrap().entry();
    let backing = HistoryBacking {
        entry: BackingEntry::Network { network: A, entry },
        path: after(&a, &burn).shadow().path(0),
    };
    let mint = certificate(&b, vec![], vec![import(burn.exits[0], A, 0, backing)]);
    let outcome = settle_epoch(&world, &[mint.clone(), burn.clone()]);
    assert_eq!(settled(&outcome), [(1, 0), (2, 0)]);
    assert_eq!(outcome.left_out, []);
    let held = |network| state(&outcome.world, network).balances().get(TOKEN);
    assert_eq!((held(A), held(B)), (U256::from(5), U256::from(4)));
    let [first, second] = &outcome.admitted[..] else {
        panic!("both")
    };
    assert_eq!((first.group, second.group), (0, 1));
    let dependency = entries(&outcome, second)[0];
    assert_eq!(
        (dependency.network, dependency.index, dependency.entry),
        (A, 0, history_entry(&entry))
    );
    let dependency = entries(&outcome, first)[0];
    assert_eq!((dependency.network, dependency.index), (L1, 1));
    assert_commitment(&outcome.world);

    // Without the burn, the mint has nothing to stand on.
    let alone = settle_epoch(&world, std::slice::from_ref(&mint));
    let dependency = Dependency::Entry { network: A, entry };
    let expected = LeftOut {
        certificate: at(&mint, 0),
        because: Because::Missing(dependency),
        root: RootCause::Missing {
            certificate: at(&mint, 0),
            dependency,
        },
    };
    assert_eq!(alone.left_out, [expected]);
    assert_eq!(alone.world.commitment(), world.commitment());
    // In the epoch after the burn it settles.
    let first = settle_epoch(&world, std::slice::from_ref(&burn));
    let second = settle_epoch(&first.world, &[mint]);
    assert_eq!(second.world.commitment(), outcome.world.commitment());
}

/// The commitment is that of the world's parts, made anew.
fn assert_commitment(world: &World) {
    let mut other = World::new(*world.domain());
    assert_ne!(other.commitment(), world.commitment());
    let leaves: Vec<_> = world
        .networks()
        .map(|network| network.state.summary().leaf(&network.authority))
        .collect();
    for (network, &leaf) in world.networks().zip(&leaves) {
        let id = u64::from(network.state.network().get());
        let path = world.global().tree().path(id);
        let root = path_root::<crate::commitment::Global>(leaf, id, &path);
        assert_eq!(root, world.commitment().global_root);
        let index = network.state.network().try_into().unwrap();
        assert_eq!(world.rollups().leaf(index), network.state.exits().rollup_leaf());
        other
            .register(network.state.network(), network.authority)
            .unwrap();
    }
    let StateCommitment { registry_entries, .. } = world.commitment();
    assert_eq!(registry_entries, world.global().registry().count());
    assert_eq!(other.global().registry(), world.global().registry());
}

#[test]
fn certificates_that_need_each_other_settle_together_or_not_at_all() {
    let world = world();
    let [a, b, c] = [A, B, C].map(|network| state(&world, network));
    let ring = [
        contingent(&a, 1, vec![on(B, 0, 2)]),
        contingent(&b, 2, vec![on(C, 0, 3)]),
        contingent(&c, 3, vec![on(A, 0, 1)]),
    ];
    let outcome = settle_epoch(&world, &ring);
    assert_eq!(settled(&outcome), [(1, 0), (2, 0), (3, 0)]);
    assert!(outcome.admitted.iter().all(|admitted| admitted.group == 0));
    // One link with another state root: nobody settles, and all for the same reason.
    let mut broken = ring.clone();
    broken[2].contingencies[0].state_root = root(9);
    let outcome = settle_epoch(&world, &broken);
    assert_eq!(settled(&outcome), []);
    let cause = RootCause::Missing {
        certificate: at(&ring[2], 2),
        dependency: Dependency::Contingency(on(A, 0, 9)),
    };
    assert!(outcome.left_out.iter().all(|left| left.root == cause));
    let needs = Because::Needs {
        dependency: Dependency::Contingency(on(B, 0, 2)),
        on: at(&ring[1], 1),
    };
    assert_eq!(outcome.left_out[0].because, needs);
}

#[test]
fn a_settled_contingency_is_met_and_a_past_one_is_not_undone() {
    let world = world();
    let [a, b, c] = [A, B, C].map(|network| state(&world, network));
    let first = contingent(&a, 1, vec![]);
    let second = contingent(&after(&a, &first), 2, vec![]);
    let world = settle_epoch(&world, &[first, second]).world;
    // A's first state root was replaced, but it stays in its history.
    let late = [
        contingent(&b, 3, vec![on(A, 0, 1)]),
        contingent(&c, 4, vec![on(A, 0, 2)]),
    ];
    let outcome = settle_epoch(&world, &late);
    assert_eq!(settled(&outcome), [(2, 0)]);
    let dependency = Dependency::Contingency(on(A, 0, 2));
    assert_eq!(outcome.left_out[0].because, Because::Missing(dependency));
}

#[test]
fn a_rotation_leaves_transitions_valid_and_old_authorisations_not() {
    let mut world = world();
    let a = state(&world, A);
    let certificate = contingent(&a, 1, vec![]);
    let other = causeway_types::GoldilocksDigest::new([9; 4]).unwrap();
    let before = world.commitment();
    world.register(A, Authority::validity(other).unwrap()).unwrap();
    assert_ne!(world.commitment().global_root, before.global_root);
    assert_eq!(state(&world, A), a, "the state is not part of it");
    let outcome = settle_epoch(&world, &[certificate]);
    let error = LedgerError::InvalidValidityKey {
        expected: other,
        got: key(),
    };
    assert_eq!(outcome.left_out[0].because, Because::Refused(error));
    assert_eq!(
        world.register(L1, Authority::validity(other).unwrap()),
        Err(LedgerError::MainnetHasNoState)
    );
}

/// The entries behind a certificate's dependencies ascend, each once, however often and in whatever way it names them.
#[test]
fn dependencies_resolve_to_each_entry_once() {
    let mut world = world();
    world.deposit(&[exit(TOKEN, A, U256::from(9))]).unwrap();
    let [a, b, c] = [A, B, C].map(|network| state(&world, network));
    let sent = |from: NetworkId, state: &State| {
        let mut certificate = certificate(state, vec![exit(own(from), A, U256::from(1)); 2], vec![]);
        certificate.state_root = Some(root(7));
        certificate
    };
    let (of_b, of_c) = (sent(B, &b), sent(C, &c));
    let imported = |certificate: &Certificate, state: &State, leaf: u32| {
        let entry = *apply(state, certificate).unwrap().entry();
        let network = certificate.network;
        let backing = HistoryBacking {
            entry: BackingEntry::Network { network, entry },
            path: after(state, certificate).shadow().path(leaf),
        };
        import(certificate.exits[leaf as usize], network, leaf, backing)
    };
    let imports = vec![
        imported(&of_c, &c, 1),
        imported(&of_b, &b, 1),
        crate::testing::claimed_from(&of_b.exits, B, 0),
        settled_import(&world, exit(TOKEN, A, U256::from(9)), L1, 0),
        imported(&of_c, &c, 0),
    ];
    let mut taker = certificate(&a, vec![], imports);
    taker.contingencies = vec![on(C, 0, 7), on(B, 0, 7)];
    let outcome = settle_epoch(&world, &[taker, of_b, of_c]);
    let found = outcome
        .admitted
        .iter()
        .find(|admitted| admitted.certificate.network == A)
        .unwrap();
    assert_eq!(found.transition.dependencies().len(), 6);
    let entries: Vec<_> = entries(&outcome, found)
        .iter()
        .map(|entry| (entry.network, entry.index))
        .collect();
    assert_eq!(entries, [(L1, 1), (B, 0), (C, 0)]);
}

#[test]
fn an_epoch_expires_with_the_first_of_its_certificates() {
    let world = world();
    let until = |network, seconds, contingencies| {
        let mut certificate = contingent(&state(&world, network), 1, contingencies);
        certificate.expiry = Expiry::new(seconds);
        certificate
    };
    assert_eq!(settle_epoch(&world, &[]).expiry(), Expiry::NEVER);
    let all = [
        until(A, 7, vec![]),
        until(B, 5, vec![]),
        // What is left out does not count.
        until(C, 3, vec![on(A, 0, 9)]),
    ];
    let outcome = settle_epoch(&world, &all);
    assert_eq!((outcome.admitted.len(), outcome.expiry()), (2, Expiry::new(5)));
}

/// Of several rotations, the last one consumed counts.
#[test]
fn of_rotations_in_one_epoch_the_last_counts() {
    let mut world = world();
    let certificate = contingent(&state(&world, A), 1, vec![]);
    let other = causeway_types::GoldilocksDigest::new([9; 4]).unwrap();
    world.register(A, Authority::validity(other).unwrap()).unwrap();
    world.register(A, Authority::validity(key()).unwrap()).unwrap();
    assert_eq!(settled(&settle_epoch(&world, &[certificate])), [(1, 0)]);
    assert_eq!(world.commitment().registry_entries, 5);
}
