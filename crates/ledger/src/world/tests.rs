#![allow(clippy::unwrap_used)]

use alloy_primitives::U256;
use causeway_types::{LeafType, TokenId};

use super::*;
use crate::shadow::{shadow_leaf, shadow_root};
use crate::testing::{A, B, L1, TOKEN, exit, message, own, world};

/// What the bridge refuses is no deposit, and of a list with one of these none is consumed.
#[test]
fn deposits_are_what_the_bridge_lets_through() {
    let mut world = world();
    let good = exit(TOKEN, A, U256::from(1));
    world.deposit(&[good]).unwrap();
    let commitment = world.commitment();
    let nobody = TokenId {
        address: Address::ZERO,
        ..own(A)
    };
    let cases = [
        (
            exit(TOKEN, L1, U256::ZERO),
            LedgerError::CannotExitToSameNetwork { exit: 1 },
        ),
        (
            message(A, B, 1),
            LedgerError::InvalidMessageOriginNetwork { exit: 1, origin: A },
        ),
        (
            exit(nobody, B, U256::ZERO),
            LedgerError::InvalidL1TokenInfo {
                exit: 1,
                leaf_type: LeafType::Transfer,
                origin: A,
            },
        ),
    ];
    for (bad, error) in cases {
        assert_eq!(world.deposit(&[good, bad]), Err(error));
        assert_eq!(world.commitment(), commitment);
    }
    // A token of a network goes back to it, and zero is an amount.
    world
        .deposit(&[exit(own(A), A, U256::MAX), exit(TokenId::ETH, B, U256::ZERO)])
        .unwrap();
    assert_eq!((world.commitment().deposits, world.l1().exit_count), (3, 3));
}

#[test]
fn only_settled_exits_are_backed() {
    let mut world = world();
    let index = |source, leaf| GlobalIndex::new(source, leaf);
    assert_eq!(world.backing(index(L1, 0)), None);
    assert_eq!(world.backing(index(A, 0)), None);
    assert_eq!(world.backing(index(NetworkId::new(9), 0)), None);
    let sent = exit(TOKEN, A, U256::from(1));
    world.deposit(&[sent]).unwrap();
    let backing = world.backing(index(L1, 0)).unwrap();
    let path = backing.path;
    assert_eq!(shadow_root(shadow_leaf(&sent), 0, &path), world.l1().shadow_root);
    assert_eq!(world.backing(index(L1, 1)), None);
}

/// An authority is replaced and nothing else; the last network id has its place in both trees.
#[test]
fn the_last_network_is_one_like_others() {
    let mut world = world();
    let last = NetworkId::new(u32::MAX);
    let authority = world.network(A).unwrap().authority;
    world.register(last, authority).unwrap();
    let leaf = State::new(*world.domain(), last)
        .unwrap()
        .summary()
        .leaf(&authority);
    assert_eq!(world.global().tree().get(u32::MAX.into()), Some(&leaf));
    assert_eq!(world.networks().count(), 4);
    let state = crate::testing::state(&world, last);
    let sent = crate::testing::certificate(&state, vec![exit(own(last), A, U256::from(1))], vec![]);
    let outcome = crate::settle_epoch(&world, &[sent]);
    let after = crate::testing::state(&outcome.world, last);
    assert_eq!(
        outcome.world.rollups().leaf(last.try_into().unwrap()),
        after.exits().root().get()
    );
    assert!(outcome.world.backing(GlobalIndex::new(last, 0)).is_some());
}

/// A network whose certificates are not known has no state; the others go on, and its authority can be replaced all the same.
#[test]
fn a_world_of_parts_has_the_states_that_are_known() {
    let whole = world();
    let state = |network| whole.network(network).unwrap().state.clone();
    let (domain, global) = (*whole.domain(), whole.global().clone());
    let mut parts = World::from_parts(domain, global.clone(), [state(B)]).unwrap();
    assert_eq!(parts.commitment(), whole.commitment());
    assert_eq!(parts.network(A), None);
    assert_eq!(parts.network(B), whole.network(B));
    assert_eq!(parts.networks().count(), 1);
    parts.register(A, whole.network(B).unwrap().authority).unwrap();
    assert_eq!(parts.network(A), None, "an empty state is not what it has");

    let elsewhere = SettlementDomain {
        chain_id: 2,
        ..domain
    };
    let foreign = World::from_parts(elsewhere, global, [state(B)]).map(|_| ());
    assert_eq!(foreign, Err(ForeignState { network: B }));
    let moved = World::from_parts(domain, GlobalState::genesis(), [state(A)]).map(|_| ());
    assert_eq!(moved, Err(ForeignState { network: A }));
}
