//! Openings lead from the state before an epoch to the one after it.

use super::*;
use crate::chains::PayloadEntry;
use crate::exit_tree::Keccak;
use crate::tree::path_root;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_epoch_is_the_chain_of_its_openings(plans in plans(), runs in 1..4_usize, spare in 0..3_u32) {
        let mut state = GlobalState::genesis();
        for epoch in live(&plans) {
            for &(network, authority) in &epoch.registered {
                let known = state.network(network).cloned();
                let (root, registry) = (state.root(), *state.registry());
                let opening = state.register(network, authority).unwrap();
                prop_assert_eq!(opening.global_roots(), [root, state.root()]);
                prop_assert_eq!((opening.before, opening.after), (registry, *state.registry()));
                prop_assert_eq!(opening.old, known.as_ref().map(|known| known.authority));
                let unchanged = known.map_or(NetworkState::genesis(network), |known| known.state);
                prop_assert_eq!((opening.state, opening.new), (unchanged, authority));
            }

            let root = state.root();
            let mut deposits = Vec::new();
            for run in epoch.deposits.chunks(runs) {
                let before = state.l1_frontiers();
                let opening = state.deposit(run).unwrap();
                prop_assert_eq!((&opening.before, &opening.after), (&before, &state.l1_frontiers()));
                prop_assert_eq!((opening.after.state(), &opening.exits[..]), (state.l1(), run));
                deposits.push(opening);
            }
            let opening = L1Opening::over(&deposits).unwrap_or_else(|| state.open_l1());
            prop_assert_eq!(opening.global_roots(), [root, state.root()]);

            let payload = epoch.outcome.payload();
            let height = rollup_height(payload.iter().map(|entry| entry.network)) + spare;
            for entry in &payload {
                let (root, node) = (state.root(), state.rollups().node(height));
                let opening = state.anchor(entry, height).unwrap();
                prop_assert_eq!(opening.global_roots(), [root, state.root()]);
                prop_assert_eq!(opening.rollup_nodes(), [node, state.rollups().node(height)]);
                prop_assert_eq!(opening.rollup.len(), height as usize);
                prop_assert_eq!(&opening.entry, entry);
                let top = state.rollups().node_path(height);
                let top = path_root::<Keccak>(state.rollups().node(height), 0, &top);
                prop_assert_eq!(top, state.rollups().root().get());
            }
            assert_same(&state, epoch.outcome.world.global());
        }
    }
}

#[test]
fn a_node_of_the_rollup_tree_is_as_high_as_its_last_network_asks() {
    let height = |ids: &[u32]| rollup_height(ids.iter().copied().map(NetworkId::new));
    let cases: [(&[u32], u32); 7] = [
        (&[], 0),
        (&[1], 0),
        (&[2], 1),
        (&[1, 3, 2], 2),
        (&[4], 2),
        (&[5], 3),
        (&[u32::MAX], 32),
    ];
    for (ids, expected) in cases {
        assert_eq!(height(ids), expected, "{ids:?}");
    }
}

#[test]
fn what_does_not_fit_is_not_anchored() {
    let last = NetworkId::new(u32::MAX);
    let mut state = world().global().clone();
    state.register(last, authority(1)).unwrap();
    let before = state.clone();
    let entry = |network: NetworkId| {
        let after = NetworkState::genesis(network);
        PayloadEntry {
            network,
            height: 0,
            exit_count: after.exit_count,
            exit_root: after.exit_root,
            state_root: root(1),
            shadow_root: after.shadow_root,
            balance_root: after.balance_root,
            nullifier_root: after.nullifier_root,
            frontier: after.frontier,
        }
    };
    for (network, least) in [(A, 0_u32), (B, 1), (C, 2), (last, 32)] {
        if let Some(height) = least.checked_sub(1) {
            let refused = state.anchor(&entry(network), height);
            assert_eq!(refused, Err(GlobalError::BeyondRollupNode { network, height }));
        }
        assert!(before.clone().anchor(&entry(network), least).is_ok());
    }
    for network in [L1, NetworkId::new(9)] {
        let unknown = GlobalError::Ledger(LedgerError::UnknownNetwork { network });
        assert_eq!(state.anchor(&entry(network), 32), Err(unknown));
    }
    let early = PayloadEntry {
        height: 1,
        ..entry(A)
    };
    let mismatch = LedgerError::MismatchHeight {
        declared: 1,
        expected: 0,
    };
    assert_eq!(state.anchor(&early, 32), Err(GlobalError::Ledger(mismatch)));
    assert_same(&state, &before);

    let mut full = state.network(A).unwrap().clone();
    full.history = HistoryTree::full();
    full.state.height = full.history.height();
    let height = full.state.height;
    state.put(vec![full]);
    let late = PayloadEntry { height, ..entry(A) };
    let overflow = LedgerError::HeightOverflow { height };
    assert_eq!(state.anchor(&late, 32), Err(GlobalError::Ledger(overflow)));
}
