//! Claims by LxLy's paths, and an epoch of many exits.

use super::*;
use crate::testing::{claimed, claimed_from};

#[test]
fn a_claim_settles_only_if_its_exit_exists() {
    let mut world = world();
    let real = exit(TOKEN, A, U256::from(3));
    world.deposit(&[real]).unwrap();
    // Whoever makes up an exit can make up all the roots above it.
    let invented = exit(TOKEN, A, U256::MAX);
    for (exit, exists) in [(real, true), (invented, false)] {
        let mut exits = ExitTree::new();
        exits.append(exit.leaf()).unwrap();
        let a = state(&world, A);
        let certificate = certificate(&a, vec![], vec![claimed(exit, 0, &exits)]);
        let outcome = settle_epoch(&world, &[certificate]);
        assert_eq!(outcome.admitted.len(), usize::from(exists));
        if exists {
            let [dependency] = entries(&outcome, &outcome.admitted[0])[..] else {
                panic!("L1's entry")
            };
            assert_eq!((dependency.network, dependency.index), (L1, 1));
            assert_eq!(dependency.entry, world.l1().shadow_root);
        } else {
            let because = &outcome.left_out[0].because;
            assert!(matches!(because, Because::Missing(Dependency::Exit(import)) if import.source == L1));
        }
    }
    let older = HistoryBacking {
        entry: BackingEntry::L1(causeway_types::L1Entry {
            exit_count: 1,
            shadow_root: world.l1_shadow().root_at(1),
        }),
        path: world.l1_shadow().path_at(0, 1),
    };
    world.deposit(&[exit(TOKEN, B, U256::from(1))]).unwrap();
    let certificate = certificate(&state(&world, A), vec![], vec![import(real, L1, 0, older)]);
    assert_eq!(
        settle_epoch(&world, &[certificate]).admitted.len(),
        1,
        "any count that was true"
    );
}

/// An exit of another network that only a refused certificate makes, and one that nobody makes.
#[test]
fn a_claim_names_whoever_could_have_made_its_exit() {
    let world = world();
    let (a, b) = (state(&world, A), state(&world, B));
    let mut burn = certificate(&b, vec![exit(own(B), A, U256::from(3))], vec![]);
    burn.authority = None;
    let invented = exit(own(B), A, U256::MAX);
    for (exit, offered) in [(burn.exits[0], true), (invented, false)] {
        let claim = claimed_from(&[exit], B, 0);
        let dependency = Dependency::Exit(crate::ImportId {
            source: B,
            leaf_index: 0,
            shadow_leaf: shadow_leaf(&exit),
        });
        let mint = certificate(&a, vec![], vec![claim]);
        let outcome = settle_epoch(&world, &[burn.clone(), mint.clone()]);
        let needs = Because::Needs {
            dependency,
            on: at(&burn, 0),
        };
        let expected = if offered {
            needs
        } else {
            Because::Missing(dependency)
        };
        assert_eq!(outcome.left_out[1].because, expected);
        // A certificate that settled before offers nothing more.
        let mut stale = burn.clone();
        stale.authority = mint.authority;
        let past = settle_epoch(&world, std::slice::from_ref(&stale)).world;
        let mut later = mint.clone();
        later.imports[0] = claimed_from(&[exit; 2], B, 1);
        let outcome = settle_epoch(&past, &[stale, later]);
        let because = &outcome.left_out[1].because;
        assert!(matches!(because, Because::Missing(Dependency::Exit(import)) if import.leaf_index == 1));
        // Made in the same epoch, the exit is there and no other is.
        let made = Certificate {
            authority: mint.authority,
            ..burn.clone()
        };
        let outcome = settle_epoch(&world, &[mint, made]);
        assert_eq!(settled(&outcome).contains(&(1, 0)), offered);
    }
}

/// What L1 had at some count is what settlement says it had.
#[test]
fn entries_of_l1_are_compared_with_its_exits() {
    let mut world = world();
    let sent = [3, 4, 5].map(|amount| exit(TOKEN, A, U256::from(amount)));
    world.deposit(&sent).unwrap();
    let mut invented = ShadowTree::new();
    invented
        .extend(&[shadow_leaf(&exit(TOKEN, A, U256::MAX))])
        .unwrap();
    let tree = world.l1_shadow();
    let of = |exit_count, shadow_root, path| HistoryBacking {
        entry: BackingEntry::L1(causeway_types::L1Entry {
            exit_count,
            shadow_root,
        }),
        path,
    };
    let forged = exit(TOKEN, A, U256::MAX);
    let cases = [
        (sent[0], of(2, tree.root_at(2), tree.path_at(0, 2)), true),
        (sent[0], of(3, tree.root(), tree.path(0)), true),
        (sent[0], of(2, tree.root(), tree.path(0)), false),
        (sent[0], of(4, tree.root(), tree.path(0)), false),
        (forged, of(1, invented.root(), invented.path(0)), false),
        (forged, of(9, invented.root(), invented.path(0)), false),
    ];
    for (exit, backing, settles) in cases {
        let BackingEntry::L1(entry) = backing.entry else {
            unreachable!("of L1")
        };
        let certificate = certificate(&state(&world, A), vec![], vec![import(exit, L1, 0, backing)]);
        let outcome = settle_epoch(&world, &[certificate]);
        assert_eq!(outcome.admitted.len(), usize::from(settles), "{entry:?}");
        if !settles {
            let missing = Because::Missing(Dependency::L1(entry));
            assert_eq!(outcome.left_out[0].because, missing);
        }
    }
    // L1 has no history: whoever writes an entry of one down in its name has nothing.
    let entry = HistoryEntry {
        height: 0,
        state_root: root(0),
        shadow_root: tree.root(),
        exit_count: 3,
    };
    let backing = HistoryBacking {
        entry: BackingEntry::Network { network: L1, entry },
        path: tree.path(0),
    };
    let certificate = certificate(&state(&world, A), vec![], vec![import(sent[0], L1, 0, backing)]);
    let outcome = settle_epoch(&world, &[certificate]);
    let missing = Because::Missing(Dependency::Entry { network: L1, entry });
    assert_eq!(outcome.left_out[0].because, missing);
}

/// Of several certificates of the source, the first that covers the exit is the entry.
#[test]
fn a_claim_of_the_same_epoch_depends_on_the_first_entry_that_covers_it() {
    let world = world();
    let made: Vec<_> = (1..=4)
        .map(|amount| exit(own(B), A, U256::from(amount)))
        .collect();
    let mut newest = state(&world, B);
    let mut chain = Vec::new();
    for sent in [&made[..1], &made[1..1], &made[1..3], &made[3..]] {
        let next = certificate(&newest, sent.to_vec(), vec![]);
        newest = after(&newest, &next);
        chain.push(next);
    }
    let settled_before = settle_epoch(&world, &chain).world;
    for (leaf, height) in [(0, 0), (1, 2), (2, 2), (3, 3)] {
        let claim = claimed_from(&made, B, leaf);
        let mint = certificate(&state(&world, A), vec![], vec![claim]);
        let later = settle_epoch(&settled_before, std::slice::from_ref(&mint));
        let mut all = chain.clone();
        all.push(mint.clone());
        let together = settle_epoch(&world, &all);
        for outcome in [later, together] {
            let found = outcome
                .admitted
                .iter()
                .find(|admitted| admitted.certificate.network == A);
            let [dependency] = entries(&outcome, found.unwrap())[..] else {
                panic!("one entry")
            };
            assert_eq!((dependency.network, dependency.index), (B, height));
        }
        // One certificate short of it: the exit is nowhere yet.
        let mut short = chain[..height as usize].to_vec();
        short.push(mint);
        let outcome = settle_epoch(&world, &short);
        let missing = |left: &LeftOut| matches!(left.because, Because::Missing(Dependency::Exit(import)) if import.leaf_index == leaf);
        assert!(outcome.left_out.iter().all(missing) && outcome.left_out.len() == 1);
    }
}

/// A thousandth of what the example settles.
#[test]
fn a_small_epoch_of_many_exits() {
    let mut world = World::new(crate::testing::DOMAIN);
    let networks: Vec<_> = (1..=10).map(NetworkId::new).collect();
    for &network in &networks {
        world
            .register(network, Authority::validity(key()).unwrap())
            .unwrap();
    }
    let certificates: Vec<_> = networks
        .iter()
        .map(|&network| {
            let to = NetworkId::new(network.get() % 10 + 1);
            let exits = (0..100).map(|amount| exit(own(network), to, U256::from(amount)));
            certificate(&state(&world, network), exits.collect(), vec![])
        })
        .collect();
    let outcome = settle_epoch(&world, &certificates);
    assert_eq!((outcome.admitted.len(), outcome.left_out.len()), (10, 0));
    let imports = |network: NetworkId| {
        let source = NetworkId::new((network.get() + 8) % 10 + 1);
        let exits = certificates[source.get() as usize - 1].exits.iter().zip(0..);
        let imports = exits.map(|(&exit, leaf)| settled_import(&outcome.world, exit, source, leaf));
        certificate(&state(&outcome.world, network), vec![], imports.collect())
    };
    let second: Vec<_> = networks.iter().map(|&network| imports(network)).collect();
    let outcome = settle_epoch(&outcome.world, &second);
    assert_eq!((outcome.admitted.len(), outcome.left_out.len()), (10, 0));
    assert_eq!(
        state(&outcome.world, A).balances().get(own(NetworkId::new(10))),
        U256::from(4950)
    );
}
