#![allow(clippy::unwrap_used)]

use alloy_primitives::U256;
use causeway_types::{Certificate, HistoryBacking, ImportedExit, L1Entry};

use super::follow::follow;
use super::*;
use crate::ExitTree;
use crate::apply::apply;
use crate::epoch::settle_epoch;
use crate::history::HistoryTree;
use crate::shadow::{ShadowTree, shadow_leaf};
use crate::testing::{
    A, B, C, L1, TOKEN, certificate, claimed, claimed_from, exit, import, own, root, settled_import, state,
    world,
};
use crate::world::World;

fn missing<T>(dependency: Dependency) -> Result<T, LedgerError> {
    Err(LedgerError::MissingDependency { dependency })
}

fn on(network: NetworkId, height: u64, byte: u8) -> Contingency {
    Contingency {
        network,
        height,
        state_root: root(byte),
    }
}

/// A certificate of A that imports in every way: from L1 and from B, by LxLy's paths and by entries; B sends two
/// certificates, C one.
fn mixed() -> (World, Vec<Certificate>) {
    let mut world = world();
    let deposits = [3, 4, 5, 6].map(|amount| exit(TOKEN, A, U256::from(amount)));
    world.deposit(&deposits).unwrap();
    let mut l1 = ExitTree::new();
    for deposit in &deposits {
        l1.append(deposit.leaf()).unwrap();
    }
    let [a, b, c] = [A, B, C].map(|network| state(&world, network));
    let sent = |network| [1, 2].map(|amount| exit(own(network), A, U256::from(amount)));
    let mut of_b = certificate(&b, sent(B)[..1].to_vec(), vec![]);
    of_b.state_root = Some(root(7));
    let after = apply(&b, &of_b).unwrap().after().clone();
    let of_b_next = certificate(&after, sent(B)[1..].to_vec(), vec![]);
    let mut of_c = certificate(&c, sent(C).to_vec(), vec![]);
    of_c.state_root = Some(root(8));
    let transition = apply(&c, &of_c).unwrap();
    let entry = BackingEntry::Network {
        network: C,
        entry: *transition.entry(),
    };
    let path = transition.after().shadow().path(1);
    let imports = vec![
        claimed(deposits[2], 2, &l1),
        settled_import(&world, deposits[3], L1, 3),
        import(sent(C)[1], C, 1, HistoryBacking { entry, path }),
        settled_import(&world, deposits[1], L1, 1),
    ];
    let mut taker = certificate(&a, vec![exit(own(A), B, U256::from(1))], imports);
    taker.contingencies = vec![on(C, 0, 8), on(B, 0, 7)];
    let mut claimer = certificate(
        &apply(&a, &taker).unwrap().after().clone(),
        vec![],
        vec![claimed_from(&sent(B), B, 1), claimed_from(&sent(B), B, 0)],
    );
    claimer.expiry = Expiry::new(9);
    (world, vec![taker, claimer, of_b, of_b_next, of_c])
}

#[test]
fn inputs_lead_from_the_old_state_to_the_new_one() {
    let (world, certificates) = mixed();
    let outcome = settle_epoch(&world, &certificates);
    assert_eq!(outcome.left_out, []);
    let mut entries = Vec::new();
    for admitted in &outcome.admitted {
        let transition = &admitted.transition;
        let inputs = TransitionInputs::new(transition, &outcome.world).unwrap();
        follow(&inputs, transition.digest());
        assert_eq!(
            (inputs.old, inputs.new),
            (transition.before().summary(), transition.after().summary())
        );
        assert_eq!(inputs.payload(), transition.payload());
        let dependencies = transition.dependency_entries(&outcome.world).unwrap();
        assert_eq!(inputs.dependency_entries(), dependencies);
        for dependency in &dependencies {
            assert!(outcome.world.global().open(dependency).is_ok());
        }
        let places = dependencies.iter().map(|entry| (entry.network, entry.index));
        entries.push((admitted.certificate.position, places.collect::<Vec<_>>()));
    }
    entries.sort();
    // L1 at the count that covers the claim, and at the count that the backings name.
    assert_eq!(entries[0].1, [(L1, 3), (L1, 4), (B, 0), (C, 0)]);
    assert_eq!(entries[1].1, [(B, 0), (B, 1)]);
}

/// What was proven when its sources were only offered is what settles, however much happens in between.
#[test]
fn entries_do_not_depend_on_when_they_are_looked_up() {
    let (world, certificates) = mixed();
    let offered = settle_epoch(&world, &certificates);
    let sources = settle_epoch(&world, &certificates[2..]).world;
    let mut later = sources.clone();
    later.deposit(&[exit(TOKEN, A, U256::from(1))]).unwrap();
    let more = [B, C].map(|network| {
        let exits = vec![exit(own(network), A, U256::from(9))];
        certificate(&state(&later, network), exits, vec![])
    });
    later = settle_epoch(&later, &more).world;
    for admitted in &offered.admitted {
        let steps = admitted.transition.steps(&offered.world).unwrap();
        assert_eq!(admitted.transition.steps(&sources).unwrap(), steps);
        assert_eq!(admitted.transition.steps(&later).unwrap(), steps);
        let inputs = TransitionInputs::new(&admitted.transition, &later).unwrap();
        assert_eq!(
            inputs,
            TransitionInputs::new(&admitted.transition, &sources).unwrap()
        );
        // What L1's logs tell is enough for all but what LxLy's paths claim of a network.
        let logs = TransitionInputs::new(&admitted.transition, later.global());
        match admitted.certificate.position {
            1 => assert_eq!(logs, missing(Dependency::Exit(admitted.transition.imports()[0]))),
            _ => assert_eq!(logs, Ok(inputs)),
        }
    }
}

#[test]
fn what_the_sources_do_not_have_is_named() {
    let (world, certificates) = mixed();
    let first = settle_epoch(&world, &certificates);
    let transition = |position: usize| {
        let mut admitted = first.admitted.iter();
        let found = admitted.find(|admitted| admitted.certificate.position == position);
        &found.unwrap().transition
    };
    // Neither B nor C has settled anything: the contingency comes first, for C's entry is in its backing.
    let contingency = Dependency::Contingency(on(C, 0, 8));
    assert_eq!(transition(0).steps(&world), missing(contingency));
    let claim = Dependency::Exit(transition(1).imports()[0]);
    assert_eq!(transition(1).steps(&world), missing(claim));
    assert_eq!(TransitionInputs::new(transition(1), &world), missing(claim));
    // L1 without the claimed exit.
    let claim = Dependency::Exit(transition(0).imports()[0]);
    assert_eq!(transition(0).steps(&crate::testing::world()), missing(claim));
    // An entry with another state root will not do.
    let mut other = certificates.clone();
    other[4].state_root = Some(root(9));
    let others = settle_epoch(&world, &other[2..]).world;
    assert_eq!(transition(0).steps(&others), missing(contingency));
    // Nor will another exit at the claimed place.
    let mut other = certificates;
    other.truncate(3);
    other[2] = certificate(&state(&world, B), vec![exit(own(B), A, U256::MAX); 2], vec![]);
    let others = settle_epoch(&world, &other[2..]).world;
    let claim = Dependency::Exit(transition(1).imports()[0]);
    assert_eq!(transition(1).steps(&others), missing(claim));
}

/// Two entries at one place: each import would do, both together are opened under no root.
#[test]
fn contradictory_entries_are_refused() {
    let mut world = world();
    let deposits = [exit(TOKEN, A, U256::from(3)), exit(TOKEN, A, U256::from(4))];
    world.deposit(&deposits).unwrap();
    let mut forged = ShadowTree::new();
    forged
        .extend(&[shadow_leaf(&deposits[1]), shadow_leaf(&deposits[1])])
        .unwrap();
    let backing = HistoryBacking {
        entry: BackingEntry::L1(L1Entry {
            exit_count: 2,
            shadow_root: forged.root(),
        }),
        path: forged.path(1),
    };
    let imports = vec![
        settled_import(&world, deposits[0], L1, 0),
        import(deposits[1], L1, 1, backing),
    ];
    let a = state(&world, A);
    let transition = apply(&a, &certificate(&a, vec![], imports)).unwrap();
    let refused = LedgerError::ContradictoryDependencies {
        network: L1,
        index: 2,
    };
    assert_eq!(transition.steps(&world), Err(refused));
}

/// A history and exits of two different pasts.
struct Inconsistent<'a>(&'a World, ShadowTree);

impl Sources for Inconsistent<'_> {
    fn history(&self, network: NetworkId) -> Option<&HistoryTree> {
        self.0.history(network)
    }

    fn shadow(&self, network: NetworkId) -> Option<&ShadowTree> {
        (network == B).then_some(&self.1)
    }
}

#[test]
fn sources_that_contradict_themselves_are_refused() {
    let (world, certificates) = mixed();
    let outcome = settle_epoch(&world, &certificates);
    let mut admitted = outcome.admitted.iter();
    let claimer = admitted
        .find(|admitted| admitted.certificate.position == 1)
        .unwrap();
    let id = claimer.transition.imports()[0];
    let mut other = ShadowTree::new();
    other.extend(&[id.shadow_leaf; 2]).unwrap();
    let first = claimer.transition.imports()[1];
    assert_ne!(other.leaf(0), Some(first.shadow_leaf));
    let mut only = certificates[1].clone();
    only.imports.truncate(1);
    let a = claimer.transition.before();
    let transition = apply(a, &only).unwrap();
    let sources = Inconsistent(&outcome.world, other.clone());
    let declared = outcome.world.history(B).unwrap().get(1).unwrap().shadow_root;
    let refused = LedgerError::InvalidShadowPath {
        import: 0,
        declared,
        computed: other.root_at(2),
    };
    assert_eq!(TransitionInputs::new(&transition, &sources), Err(refused));
}

/// More of everything than one step takes, and more entries than it has room for.
#[test]
fn large_certificates_are_cut_into_steps() {
    let mut world = world();
    let tokens = (0..21_u8).map(|byte| causeway_types::TokenId {
        network: L1,
        address: alloy_primitives::Address::repeat_byte(byte + 1),
    });
    let deposits: Vec<_> = tokens.map(|token| exit(token, A, U256::from(1))).collect();
    world.deposit(&deposits).unwrap();
    let mut b = state(&world, B);
    let mut certificates = Vec::new();
    for byte in 0..7 {
        let mut next = certificate(&b, vec![], vec![]);
        next.state_root = Some(root(byte));
        b = apply(&b, &next).unwrap().after().clone();
        certificates.push(next);
    }
    let world = settle_epoch(&world, &certificates).world;
    // Each import under an entry of its own.
    let imports = deposits.iter().zip(0..).map(|(&deposit, leaf)| {
        let entry = BackingEntry::L1(L1Entry {
            exit_count: leaf + 1,
            shadow_root: world.l1_shadow().root_at(leaf + 1),
        });
        let path = world.l1_shadow().path_at(leaf, leaf + 1);
        import(deposit, L1, leaf, HistoryBacking { entry, path })
    });
    let imports: Vec<ImportedExit> = imports.collect();
    let a = state(&world, A);
    let cut = |exits: usize, imports: &[ImportedExit], contingencies: u8| {
        let exits = vec![exit(own(A), B, U256::from(1)); exits];
        let mut certificate = certificate(&a, exits, imports.to_vec());
        certificate.contingencies = (0..contingencies).map(|byte| on(B, byte.into(), byte)).collect();
        let transition = apply(&a, &certificate).unwrap();
        let inputs = TransitionInputs::new(&transition, &world).unwrap();
        follow(&inputs, transition.digest());
        let lens = inputs.steps.iter().map(|step| {
            [
                step.exits.len(),
                step.imports.len(),
                step.tokens.len(),
                step.contingencies.len(),
                step.dependencies.len(),
            ]
        });
        lens.collect::<Vec<_>>()
    };
    assert_eq!(cut(0, &[], 0), [[0; 5]]);
    assert_eq!(cut(16, &[], 4), [[16, 0, 0, 4, 4]]);
    assert_eq!(cut(17, &[], 5), [[16, 0, 0, 4, 4], [1, 0, 0, 1, 1]]);
    assert_eq!(cut(0, &imports[..9], 0), [[0, 9, 8, 0, 9], [0, 0, 1, 0, 0]]);
    // Sixteen entries leave no room for a contingency's.
    let all = [[16, 16, 8, 0, 16], [16, 5, 8, 4, 9], [1, 0, 5, 3, 3]];
    assert_eq!(cut(33, &imports, 7), all);
    assert_eq!(cut(0, &imports[..14], 3), [[0, 14, 8, 2, 16], [0, 0, 6, 1, 1]]);
    // Under one entry there is room for all.
    let one = deposits
        .iter()
        .zip(0..)
        .map(|(&deposit, leaf)| settled_import(&world, deposit, L1, leaf));
    let one: Vec<_> = one.collect();
    assert_eq!(cut(0, &one[..16], 4), [[0, 16, 8, 4, 5], [0, 0, 8, 0, 0]]);
}
