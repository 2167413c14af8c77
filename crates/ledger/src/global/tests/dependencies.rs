//! Dependencies under the root that an epoch leaves.

use super::*;
use crate::digest::DependencyEntry;
use crate::history::history_entry;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_entry_opens_and_no_other(plans in plans()) {
        let state = live(&plans).pop().unwrap().outcome.world.global().clone();
        for network in state.networks() {
            for height in 0..network.history.height() {
                let dependency = of(&state, network.state.network, height);
                prop_assert_eq!(state.open(&dependency).unwrap().follow(), Some(state.root()));
                let other = DependencyEntry { entry: state.root(), ..dependency };
                let not_met = GlobalError::DependencyNotMet {
                    network: dependency.network,
                    index: height,
                    expected: state.root(),
                    got: Some(dependency.entry),
                };
                prop_assert_eq!(state.open(&other), Err(not_met));
            }
        }
        for count in 1..=state.l1().exit_count {
            let opening = state.open(&of_l1(&state, count)).unwrap();
            prop_assert_eq!(opening.follow(), Some(state.root()));
        }
    }
}

/// A state in which L1 has made five exits and A has settled two certificates.
fn settled() -> GlobalState {
    let plan = Plan {
        rotations: vec![],
        deposits: vec![(0, 1), (1, 2), (0, 3), (2, 4), (1, 5)],
        certificates: vec![(0, 1, true), (0, 2, false), (1, 1, false)],
    };
    live(&[plan]).pop().unwrap().outcome.world.global().clone()
}

fn of(state: &GlobalState, network: NetworkId, height: u64) -> DependencyEntry {
    DependencyEntry {
        network,
        index: height,
        entry: history_entry(state.network(network).unwrap().history.get(height).unwrap()),
    }
}

fn of_l1(state: &GlobalState, count: u32) -> DependencyEntry {
    DependencyEntry {
        network: L1,
        index: count.into(),
        entry: state.l1_shadow().root_at(count),
    }
}

#[test]
fn what_is_not_there_does_not_open() {
    let state = settled();
    let entry = of(&state, A, 0).entry;
    for index in [2, 1 << 32] {
        let beyond = DependencyEntry {
            network: A,
            index,
            entry,
        };
        let not_met = GlobalError::DependencyNotMet {
            network: A,
            index,
            expected: entry,
            got: None,
        };
        assert_eq!(state.open(&beyond), Err(not_met));
    }
    let network = NetworkId::new(9);
    let nobody = DependencyEntry {
        network,
        ..of(&state, A, 0)
    };
    let unknown = GlobalError::Ledger(LedgerError::UnknownNetwork { network });
    assert_eq!(state.open(&nobody), Err(unknown));
    for count in [0, 6, 1 << 32] {
        let prefix = DependencyEntry {
            index: count,
            ..of_l1(&state, 5)
        };
        let out_of_range = GlobalError::PrefixOutOfRange { count, exit_count: 5 };
        assert_eq!(state.open(&prefix), Err(out_of_range));
    }
    let other = DependencyEntry {
        index: 3,
        ..of_l1(&state, 4)
    };
    let not_met = GlobalError::DependencyNotMet {
        network: L1,
        index: 3,
        expected: other.entry,
        got: Some(of_l1(&state, 3).entry),
    };
    assert_eq!(state.open(&other), Err(not_met));
}

/// The opening of one dependency shows no other.
#[test]
fn an_opening_is_followed_to_one_root() {
    let state = settled();
    let fails = |dependency: &DependencyEntry, change: fn(&mut DependencyOpening)| {
        let mut opening = state.open(dependency).unwrap();
        assert_eq!(opening.follow(), Some(state.root()));
        change(&mut opening);
        assert_ne!(opening.follow(), Some(state.root()));
    };
    let (entry, prefix) = (of(&state, A, 1), of_l1(&state, 3));
    for dependency in [&entry, &prefix] {
        fails(dependency, |opening| opening.dependency.index += 1);
        fails(dependency, |opening| opening.dependency.index -= 1);
        fails(dependency, |opening| opening.dependency.index += 1 << 32);
        fails(dependency, |opening| opening.dependency.network = B);
        fails(dependency, |opening| {
            opening.dependency.entry = GoldilocksDigest::ZERO
        });
        fails(dependency, |opening| opening.path[7] = GoldilocksDigest::ZERO);
        fails(dependency, |opening| match &mut opening.leaf {
            DependencyLeaf::Network { history, .. } => history[3] = GoldilocksDigest::ZERO,
            DependencyLeaf::L1 { last, .. } => *last = GoldilocksDigest::ZERO,
        });
        fails(dependency, |opening| match &mut opening.leaf {
            DependencyLeaf::Network { state, .. } => state.exit_count += 1,
            DependencyLeaf::L1 { state, .. } => state.exit_count += 1,
        });
    }
    fails(&entry, |opening| opening.dependency.network = L1);
    fails(&entry, |opening| {
        if let DependencyLeaf::Network { authority, .. } = &mut opening.leaf {
            *authority = Authority::signer(Address::repeat_byte(1)).unwrap();
        }
    });
}

/// Behind the last exit the tree is empty: its root could be shown for any count from there on.
#[test]
fn more_exits_than_there_are_are_no_prefix() {
    let state = settled();
    let mut opening = state.open(&of_l1(&state, 5)).unwrap();
    let (empty, path) = (GoldilocksDigest::ZERO, state.l1_shadow().path(5));
    assert_eq!(shadow_root(empty, 5, &path), state.l1().shadow_root);
    opening.dependency.index = 6;
    opening.leaf = DependencyLeaf::L1 {
        state: state.l1(),
        last: empty,
        shadow: path,
    };
    assert_eq!(opening.follow(), None);
    opening.dependency.index = 0;
    assert_eq!(opening.follow(), None);
}

/// Exits that L1 never made have a root too, and paths to it.
#[test]
fn a_prefix_is_one_of_what_l1_has() {
    let state = settled();
    let mut forged = ShadowTree::new();
    forged
        .extend(&[GoldilocksDigest::new([1; 4]).unwrap(); 3])
        .unwrap();
    let mut opening = state.open(&of_l1(&state, 3)).unwrap();
    opening.dependency.entry = forged.root();
    opening.leaf = DependencyLeaf::L1 {
        state: state.l1(),
        last: forged.leaf(2).unwrap(),
        shadow: forged.path(2),
    };
    assert_eq!(opening.follow(), None);
}

/// An entry of one network is shown by no leaf of another, L1 has no history, and a network no prefixes.
#[test]
fn an_entry_is_its_networks() {
    let state = settled();
    for (dependency, network) in [
        (of(&state, A, 0), B),
        (of(&state, A, 0), L1),
        (of_l1(&state, 3), A),
    ] {
        let mut opening = state.open(&dependency).unwrap();
        opening.dependency.network = network;
        opening.path = state.tree().path(network.get().into());
        assert_eq!(opening.follow(), None, "{network:?}");
    }
}
