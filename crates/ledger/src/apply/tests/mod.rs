//! Every rule, broken once, and the laws that a transition keeps.
#![allow(clippy::unwrap_used)]

use alloy_primitives::aliases::U512;
use alloy_primitives::{Address, B256, U256};
use causeway_types::{
    Backing, BackingEntry, Certificate, ClaimData, ClaimProof, Contingency, Exit, ExitRoot, Expiry,
    GlobalExitRoot, GlobalIndex, GoldilocksDigest, ImportedExit, L1InfoLeaf, L1InfoLeafInner, L1InfoRoot,
    NetworkId, RollupExitRoot, TokenId,
};
use proptest::prelude::*;

use super::{Dependency, apply};
use crate::error::{Class, LedgerError, Sums};
use crate::exit_tree::ExitTree;
use crate::nullifiers::nullify;
use crate::state::State;
use crate::testing::{
    A, B, C, L1, TOKEN, certificate, exit, message, own, root, settled_import, state, world,
};
use crate::world::World;
use crate::{L1InfoTree, RollupExitTree, settle_epoch};

mod claims;
mod imports;
mod sums;

/// A world in which L1 has sent `amounts` of the token to A.
fn funded(amounts: &[U256]) -> World {
    let mut world = world();
    let exits: Vec<_> = amounts.iter().map(|&amount| exit(TOKEN, A, amount)).collect();
    world.deposit(&exits).unwrap();
    world
}

fn u(amount: u64) -> U256 {
    U256::from(amount)
}

fn deposit(world: &World, leaf_index: u32, amount: U256) -> ImportedExit {
    settled_import(world, exit(TOKEN, A, amount), L1, leaf_index)
}

/// What A's certificate of these exits and imports is refused as.
fn refusal(world: &World, exits: Vec<Exit>, imports: Vec<ImportedExit>) -> LedgerError {
    let state = state(world, A);
    apply(&state, &certificate(&state, exits, imports)).unwrap_err()
}

#[test]
fn places_are_checked() {
    let world = world();
    let before = state(&world, A);
    let good = certificate(&before, vec![], vec![]);
    let with = |change: fn(&mut Certificate)| {
        let mut certificate = good.clone();
        change(&mut certificate);
        apply(&before, &certificate).unwrap_err()
    };
    let network = LedgerError::MismatchNetwork {
        declared: B,
        expected: A,
    };
    assert_eq!(with(|certificate| certificate.network = B), network);
    let early = with(|certificate| certificate.height = 1);
    assert_eq!(
        early,
        LedgerError::MismatchHeight {
            declared: 1,
            expected: 0
        }
    );
    assert_eq!(early.class(), Class::Wait);
    let zero = ExitRoot::new(B256::ZERO);
    let previous = with(|certificate| certificate.prev_local_exit_root = ExitRoot::new(B256::ZERO));
    assert_eq!(
        previous,
        LedgerError::MismatchPrevLocalExitRoot {
            declared: zero,
            expected: ExitRoot::EMPTY
        }
    );
    assert_eq!(previous.class(), Class::Retry);
    let after = with(|certificate| certificate.new_local_exit_root = ExitRoot::new(B256::ZERO));
    assert_eq!(
        after,
        LedgerError::MismatchNewLocalExitRoot {
            declared: zero,
            computed: ExitRoot::EMPTY
        }
    );
    assert_eq!(after.class(), Class::Rebuild);
    assert_eq!(
        State::new(*world.domain(), L1),
        Err(LedgerError::MainnetHasNoState)
    );
}

#[test]
fn exits_are_checked() {
    let world = funded(&[u(5)]);
    let refused = |bad: Exit| refusal(&world, vec![exit(own(A), B, u(1)), bad], vec![]);
    assert_eq!(
        refused(exit(own(A), A, u(1))),
        LedgerError::CannotExitToSameNetwork { exit: 1 }
    );
    assert_eq!(
        refused(message(B, C, 0)),
        LedgerError::InvalidMessageOriginNetwork { exit: 1, origin: B }
    );
    let mut nobody = exit(own(B), C, u(0));
    nobody.token.address = Address::ZERO;
    assert_eq!(
        refused(nobody),
        LedgerError::InvalidL1TokenInfo {
            exit: 1,
            leaf_type: causeway_types::LeafType::Transfer,
            origin: B
        }
    );
    let mut nobody = message(A, C, 0);
    nobody.token.address = Address::ZERO;
    assert_eq!(
        refused(nobody),
        LedgerError::InvalidL1TokenInfo {
            exit: 1,
            leaf_type: causeway_types::LeafType::Message,
            origin: A
        }
    );
}

#[test]
fn contingencies_are_checked() {
    let world = world();
    let state = state(&world, A);
    let on = |network, height| Contingency {
        network,
        height,
        state_root: root(1),
    };
    let applied = |contingencies: Vec<Contingency>| {
        let mut certificate = certificate(&state, vec![], vec![]);
        certificate.contingencies = contingencies;
        apply(&state, &certificate)
    };
    assert_eq!(
        applied(vec![on(B, 0), on(A, 0)]),
        Err(LedgerError::ContingencyOnSelf { contingency: 1 })
    );
    assert_eq!(
        applied(vec![on(L1, 0)]),
        Err(LedgerError::ContingencyOnMainnet { contingency: 0 })
    );
    let duplicate = LedgerError::DuplicateContingency {
        contingency: 2,
        network: B,
        height: 0,
    };
    assert_eq!(applied(vec![on(B, 0), on(B, 1), on(B, 0)]), Err(duplicate));
    let digest = |contingencies| applied(contingencies).unwrap().digest();
    assert_ne!(digest(vec![]), digest(vec![on(B, 0)]));
    assert_ne!(digest(vec![on(B, 0), on(C, 0)]), digest(vec![on(C, 0), on(B, 0)]));
}

#[test]
fn the_digest_binds_what_the_network_authorises() {
    let world = funded(&[u(5), u(5)]);
    let state = state(&world, A);
    let base = certificate(
        &state,
        vec![exit(own(A), B, u(1))],
        vec![deposit(&world, 0, u(5))],
    );
    let changes: [&dyn Fn(&mut Certificate); 5] = [
        &|certificate| certificate.expiry = Expiry::new(5),
        &|certificate| certificate.state_root = Some(root(1)),
        &|certificate| certificate.imports.clear(),
        &|certificate| certificate.imports = vec![deposit(&world, 1, u(5))],
        &|certificate| certificate.imports.push(deposit(&world, 1, u(5))),
    ];
    let mut digests = vec![apply(&state, &base).unwrap().digest()];
    for change in changes {
        let mut changed = base.clone();
        change(&mut changed);
        digests.push(apply(&state, &changed).unwrap().digest());
    }
    let other = certificate(&state, vec![exit(own(A), C, u(1))], base.imports.clone());
    digests.push(apply(&state, &other).unwrap().digest());
    let elsewhere = State::new(
        causeway_types::SettlementDomain {
            chain_id: 2,
            ..*world.domain()
        },
        A,
    );
    digests.push(apply(&elsewhere.unwrap(), &base).unwrap().digest());
    for (i, digest) in digests.iter().enumerate() {
        assert!(!digests[..i].contains(digest), "{i}");
    }
    // What backs an import, who authorised it and LxLy's own fields are not part of it.
    let mut same = base.clone();
    same.metadata = B256::repeat_byte(1);
    same.custom_chain_data = vec![1];
    same.authority = None;
    assert_eq!(apply(&state, &same).unwrap().digest(), digests[0]);
}

#[test]
fn imports_from_one_entry_are_one_dependency() {
    let world = funded(&[u(1), u(2), u(3)]);
    let state = state(&world, A);
    let imports = [(0, 1), (2, 3), (1, 2)].map(|(leaf, amount)| deposit(&world, leaf, u(amount)));
    let transition = apply(&state, &certificate(&state, vec![], imports.to_vec())).unwrap();
    assert_eq!(transition.dependencies().len(), 1);
    assert_eq!(transition.imports().len(), 3);
}

#[test]
fn full_trees_take_no_more() {
    let world = funded(&[u(5)]);
    let good = state(&world, A);
    let mut full = good.clone();
    full.exits = crate::ExitFrontier::from_parts(u32::MAX, [B256::ZERO; 32]);
    let one = vec![exit(own(A), B, u(1))];
    assert_eq!(
        crate::draft(&full, one.clone(), vec![]),
        Err(LedgerError::TreeFull)
    );
    let unchanged = Certificate {
        exits: one.clone(),
        ..certificate(&full, vec![], vec![])
    };
    assert_eq!(apply(&full, &unchanged), Err(LedgerError::TreeFull));
    assert_eq!(LedgerError::TreeFull.class(), Class::Operator);
    let mut full = good.clone();
    full.shadow = crate::ShadowTree::with_room(0);
    let certificate_of = |state: &State, exits| apply(state, &certificate(state, exits, vec![]));
    assert_eq!(certificate_of(&full, one.clone()), Err(LedgerError::TreeFull));
    assert!(certificate_of(&full, vec![]).is_ok());
    full.shadow = crate::ShadowTree::with_room(1);
    assert!(certificate_of(&full, one.clone()).is_ok());
    let mut full = good.clone();
    full.balances = crate::BalanceTree::full();
    let imports = vec![deposit(&world, 0, u(5))];
    assert_eq!(
        apply(&full, &certificate(&full, vec![], imports)),
        Err(LedgerError::TreeFull)
    );
    let mut full = good;
    full.history = crate::HistoryTree::full();
    let overflow = LedgerError::HeightOverflow {
        height: u64::from(u32::MAX),
    };
    assert_eq!(certificate_of(&full, vec![]), Err(overflow));
}

#[test]
fn a_refusal_says_what_to_do_next() {
    let height = |declared, expected| LedgerError::MismatchHeight { declared, expected }.class();
    assert_eq!(
        [height(1, 0), height(1, 1), height(0, 1)],
        [Class::Wait, Class::Retry, Class::Retry]
    );
}
