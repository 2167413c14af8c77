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
use crate::error::{Class, LedgerError};
use crate::exit_tree::ExitTree;
use crate::nullifiers::nullify;
use crate::state::State;
use crate::testing::{
    A, B, C, L1, TOKEN, certificate, exit, message, own, root, settled_import, state, world,
};
use crate::world::World;
use crate::{L1InfoTree, RollupExitTree, settle_epoch};

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
fn imports_by_history_are_checked() {
    let world = funded(&[u(5), u(7)]);
    let good = deposit(&world, 1, u(7));
    let refused = |change: &dyn Fn(&mut ImportedExit)| {
        let mut bad = good.clone();
        change(&mut bad);
        refusal(&world, vec![], vec![deposit(&world, 0, u(5)), bad])
    };
    let history = |import: &mut ImportedExit, change: &dyn Fn(&mut BackingEntry)| match &mut import.backing {
        Backing::History(history) => change(&mut history.entry),
        Backing::Claim(_) => unreachable!("backed by history"),
    };
    assert_eq!(
        refused(&|import| import.global_index = GlobalIndex::new(A, 1)),
        LedgerError::ImportFromSameNetwork { import: 1 }
    );
    assert_eq!(
        refused(&|import| import.exit.destination_network = B),
        LedgerError::InvalidExitNetwork {
            import: 1,
            destination: B
        }
    );
    assert_eq!(
        refused(&|import| import.global_index = GlobalIndex::new(B, 1)),
        LedgerError::MismatchHistoryNetwork {
            import: 1,
            source_network: B,
            entry: L1
        }
    );
    assert_eq!(
        refused(&|import| import.global_index = GlobalIndex::new(L1, 2)),
        LedgerError::ImportBeyondExitCount {
            import: 1,
            leaf_index: 2,
            exit_count: 2
        }
    );
    let path = |error| matches!(error, LedgerError::InvalidShadowPath { import: 1, .. });
    assert!(path(refused(&|import| import.exit.amount += u(1))));
    assert!(path(refused(&|import| history(import, &|entry| {
        if let BackingEntry::L1(entry) = entry {
            entry.shadow_root = GoldilocksDigest::ZERO;
        }
    }))));
    let twice = LedgerError::AlreadyImported {
        import: 1,
        global_index: GlobalIndex::new(L1, 0),
    };
    assert_eq!(refused(&|import| *import = deposit(&world, 0, u(5))), twice);
    // A larger count is another dependency, and nothing of this certificate's own.
    let mut larger = good.clone();
    history(&mut larger, &|entry| {
        if let BackingEntry::L1(entry) = entry {
            entry.exit_count += 1;
        }
    });
    let state = state(&world, A);
    let transition = apply(&state, &certificate(&state, vec![], vec![good, larger.clone()])).unwrap_err();
    assert!(matches!(
        transition,
        LedgerError::AlreadyImported { import: 1, .. }
    ));
    let transition = apply(&state, &certificate(&state, vec![], vec![larger])).unwrap();
    assert!(matches!(transition.dependencies(), [Dependency::L1(entry)] if entry.exit_count == 3));
}

#[test]
fn nothing_is_imported_twice() {
    let world = funded(&[u(5)]);
    let before = state(&world, A);
    let import = deposit(&world, 0, u(5));
    let transition = apply(&before, &certificate(&before, vec![], vec![import.clone()])).unwrap();
    let after = transition.new();
    let again = LedgerError::AlreadyImported {
        import: 0,
        global_index: GlobalIndex::new(L1, 0),
    };
    assert_eq!(
        apply(after, &certificate(after, vec![], vec![import])),
        Err(again)
    );
}

/// An exit of B to A under a global exit root, claimed as LxLy does.
fn claimed() -> (State, Certificate) {
    let world = world();
    let state = state(&world, A);
    let (mut exits, mut rollups, mut info) = (ExitTree::new(), RollupExitTree::new(), L1InfoTree::new());
    let mut frontier = crate::ExitFrontier::new();
    let mut made = Vec::new();
    for amount in 1..=3 {
        let exit = exit(own(B), A, u(amount));
        exits.append(exit.leaf()).unwrap();
        frontier.append(exit.leaf()).unwrap();
        made.push(exit);
    }
    let index = B.try_into().unwrap();
    rollups.set(index, &frontier);
    let inner = L1InfoLeafInner {
        global_exit_root: GlobalExitRoot::of(ExitRoot::EMPTY, rollups.root()),
        block_hash: B256::repeat_byte(1),
        timestamp: 2,
    };
    for timestamp in 0..4 {
        info.append(&L1InfoLeafInner { timestamp, ..inner }).unwrap();
    }
    let imports = [0, 2].map(|leaf| ImportedExit {
        exit: made[leaf as usize],
        global_index: GlobalIndex::new(B, leaf),
        backing: Backing::Claim(ClaimData::Rollup {
            proof_leaf_ler: ClaimProof {
                root: exits.root(),
                proof: exits.proof(leaf),
            },
            proof_ler_rer: ClaimProof {
                root: rollups.root(),
                proof: rollups.proof(index),
            },
            proof_ger_l1root: ClaimProof {
                root: info.root(),
                proof: info.proof(2),
            },
            l1_leaf: L1InfoLeaf {
                l1_info_tree_index: 2,
                rer: rollups.root(),
                mer: ExitRoot::EMPTY,
                inner,
            },
        }),
    });
    let certificate = certificate(&state, vec![], imports.to_vec());
    (state, certificate)
}

type Parts<'a> = (
    &'a mut ClaimProof<ExitRoot>,
    &'a mut ClaimProof<RollupExitRoot>,
    &'a mut ClaimProof<L1InfoRoot>,
    &'a mut L1InfoLeaf,
);

fn parts(import: &mut ImportedExit) -> Parts<'_> {
    match &mut import.backing {
        Backing::Claim(ClaimData::Rollup {
            proof_leaf_ler,
            proof_ler_rer,
            proof_ger_l1root,
            l1_leaf,
        }) => (proof_leaf_ler, proof_ler_rer, proof_ger_l1root, l1_leaf),
        _ => unreachable!("a rollup claim"),
    }
}

#[test]
fn rollup_claims_are_checked() {
    let (state, good) = claimed();
    let transition = apply(&state, &good).unwrap();
    assert_eq!(transition.new().balances().get(own(B)), u(4));
    assert_eq!(transition.dependencies().len(), 2);
    let refused = |change: fn(&mut ImportedExit)| {
        let mut bad = good.clone();
        change(&mut bad.imports[1]);
        let error = format!("{:?}", apply(&state, &bad).unwrap_err());
        assert!(error.contains("import: 1"), "{error}");
        error.split(' ').next().unwrap().to_owned()
    };
    let other = |import: &mut ImportedExit| parts(import).2.root = L1InfoRoot::EMPTY;
    assert_eq!(refused(other), "MultipleL1InfoRoot");
    assert_eq!(
        refused(|import| parts(import).0.root = ExitRoot::EMPTY),
        "InvalidMerklePathLeafToLER"
    );
    assert_eq!(
        refused(|import| parts(import).1.root = RollupExitRoot::EMPTY),
        "MismatchRER"
    );
    assert_eq!(
        refused(|import| parts(import).3.rer = RollupExitRoot::EMPTY),
        "MismatchRER"
    );
    assert_eq!(
        refused(|import| parts(import).3.mer = ExitRoot::new(B256::ZERO)),
        "InconsistentGlobalExitRoot"
    );
    assert_eq!(
        refused(|import| parts(import).1.proof = parts(import).0.proof.clone()),
        "InvalidMerklePathLERToRER"
    );
    assert_eq!(
        refused(|import| parts(import).3.l1_info_tree_index = 1),
        "InvalidMerklePathGERToL1Root"
    );
    assert_eq!(
        refused(|import| parts(import).3.inner.timestamp = 9),
        "InvalidMerklePathGERToL1Root"
    );
    assert_eq!(
        refused(|import| import.global_index = GlobalIndex::new(C, 2)),
        "InvalidMerklePathLERToRER"
    );
    assert_eq!(
        refused(|import| import.global_index = GlobalIndex::new(L1, 2)),
        "MismatchGlobalIndexInclusionProof"
    );
    assert_eq!(
        refused(|import| import.global_index = GlobalIndex::new(B, 1)),
        "InvalidMerklePathLeafToLER"
    );
    let mut counted = good.clone();
    counted.l1_info_tree_leaf_count = Some(3);
    assert!(apply(&state, &counted).is_ok());
    counted.l1_info_tree_leaf_count = Some(2);
    let beyond = LedgerError::L1InfoLeafBeyondCount {
        import: 0,
        index: 2,
        declared: 2,
    };
    assert_eq!(apply(&state, &counted), Err(beyond));
}

#[test]
fn sums_are_wide_and_over_the_whole_certificate() {
    let max = U256::MAX;
    let world = funded(&[max, max]);
    let both = || vec![deposit(&world, 0, max), deposit(&world, 1, max)];
    let overflow = LedgerError::BalanceOverflow {
        token: TOKEN,
        initial: U256::ZERO,
        imported: U512::from(max) << 1,
        exported: U512::from(max - u(1)),
    };
    assert_eq!(
        refusal(&world, vec![exit(TOKEN, B, max - u(1))], both()),
        overflow
    );
    assert_eq!(overflow.class(), Class::Operator);
    let state = state(&world, A);
    let transition = apply(&state, &certificate(&state, vec![exit(TOKEN, B, max)], both())).unwrap();
    assert_eq!(transition.new().balances().get(TOKEN), max);
    let underflow = LedgerError::BalanceUnderflow {
        token: TOKEN,
        initial: max,
        imported: U512::ZERO,
        exported: U512::from(max) + U512::from(1),
    };
    let after = transition.new();
    let exits = vec![exit(TOKEN, B, max), exit(TOKEN, C, u(1))];
    assert_eq!(apply(after, &certificate(after, exits, vec![])), Err(underflow));
}

#[test]
fn own_tokens_are_not_tracked_and_messages_are_eth() {
    let mut world = world();
    let eth = exit(TokenId::ETH, A, u(10));
    world.deposit(&[eth]).unwrap();
    let state = state(&world, A);
    let exits = vec![exit(own(A), B, U256::MAX), message(A, B, 7)];
    let imports = vec![settled_import(&world, eth, L1, 0)];
    let transition = apply(&state, &certificate(&state, exits, imports)).unwrap();
    let balances = transition.new().balances();
    assert_eq!((balances.count(), balances.get(TokenId::ETH)), (1, u(3)));
    let underflow = LedgerError::BalanceUnderflow {
        token: TokenId::ETH,
        initial: u(3),
        imported: U512::ZERO,
        exported: U512::from(4),
    };
    let after = transition.new();
    assert_eq!(
        apply(after, &certificate(after, vec![message(A, B, 4)], vec![])),
        Err(underflow)
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Sums are kept per token, and every opening leads from the old root to the new one.
    #[test]
    fn a_transition_keeps_sums_and_follows(
        amounts in prop::collection::vec((0..3_u8, 0..100_u64), 1..8),
        picks in prop::collection::vec(any::<bool>(), 8),
        spends in prop::collection::vec((0..4_u8, 0..60_u64), 0..5),
    ) {
        let token = |seed: u8| TokenId {
            network: NetworkId::new(u32::from(seed % 2) * 3),
            address: Address::with_last_byte(seed + 1),
        };
        let mut world = world();
        let deposits: Vec<_> = amounts.iter().map(|&(seed, amount)| exit(token(seed), A, u(amount))).collect();
        world.deposit(&deposits).unwrap();
        let imports = |picked: bool| {
            let picks = &picks;
            let chosen = deposits.iter().enumerate().filter(move |(at, _)| picks[*at] == picked);
            chosen.map(|(at, &exit)| settled_import(&world, exit, L1, at as u32)).collect::<Vec<_>>()
        };
        let start = state(&world, A);
        let first = apply(&start, &certificate(&start, vec![], imports(true))).unwrap();
        let old = first.new();
        let exits: Vec<_> = spends.iter().map(|&(seed, amount)| exit(token(seed), B, u(amount))).collect();
        let certificate = certificate(old, exits.clone(), imports(false));
        let sum = |seed, exits: &mut dyn Iterator<Item = &Exit>| -> U256 {
            exits.filter(|exit| exit.token == token(seed)).map(|exit| exit.amount).sum()
        };
        let imported = |seed| sum(seed, &mut certificate.imports.iter().map(|import| &import.exit));
        match apply(old, &certificate) {
            Ok(transition) => {
                let new = transition.new();
                for seed in 0..4 {
                    let (before, after) = (old.balances().get(token(seed)), new.balances().get(token(seed)));
                    prop_assert_eq!(before + imported(seed), after + sum(seed, &mut exits.iter()));
                }
                let (mut count, mut root) = (old.balances().count(), old.balances().tree_root());
                for opening in transition.balances() {
                    let left = U512::from(opening.access.initial()) + opening.imported - opening.exported;
                    prop_assert_eq!(left, U512::from(opening.balance));
                    (count, root) = opening.access.follow(opening.token, opening.balance, count, root).unwrap();
                }
                prop_assert_eq!((count, root), (new.balances().count(), new.balances().tree_root()));
                let mut root = old.nullifiers().root();
                for (import, path) in certificate.imports.iter().zip(transition.nullifier_paths()) {
                    root = nullify(import.global_index, &path, root).unwrap();
                }
                prop_assert_eq!(root, new.nullifiers().root());
                prop_assert_eq!(new.history().get(certificate.height), Some(transition.entry()));
                prop_assert_eq!(new.exits().count(), new.shadow().count());
                let outcome = settle_epoch(&world, &[first.certificate().clone(), certificate.clone()]);
                prop_assert_eq!(outcome.admitted.len(), 2);
            }
            Err(LedgerError::BalanceUnderflow { token: short, initial, imported, exported }) => {
                prop_assert_eq!(initial, old.balances().get(short));
                prop_assert!(U512::from(initial) + imported < exported);
            }
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}
