#![allow(clippy::unwrap_used)]

use alloy_primitives::U256;
use causeway_types::{
    Authority, Backing, BackingEntry, Certificate, ClaimData, ClaimProof, Contingency, ExitRoot,
    GlobalExitRoot, GlobalIndex, HistoryBacking, HistoryEntry, ImportedExit, L1InfoLeaf, L1InfoLeafInner,
    NetworkId,
};
use proptest::prelude::*;

use super::{Because, CertificateRef, EpochOutcome, LeftOut, RootCause, settle_epoch};
use crate::apply::{Dependency, Transition, apply};
use crate::authority::check_authority;
use crate::commitment::StateCommitment;
use crate::error::LedgerError;
use crate::shadow::{ShadowTree, shadow_leaf};
use crate::state::State;
use crate::testing::{
    A, B, C, L1, TOKEN, certificate, exit, import, key, own, root, settled_import, state, world,
};
use crate::tree::path_root;
use crate::world::World;
use crate::{ExitTree, L1InfoTree, history_entry};

fn settled(outcome: &EpochOutcome) -> Vec<(u32, u64)> {
    let admitted = outcome.admitted.iter();
    admitted
        .map(|admitted| (admitted.certificate.network.get(), admitted.certificate.height))
        .collect()
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
    apply(state, certificate).unwrap().new().clone()
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
    let dependency = second.dependencies[0];
    assert_eq!(
        (dependency.network, dependency.index, dependency.entry),
        (A, 0, history_entry(&entry))
    );
    assert_eq!(
        (first.dependencies[0].network, first.dependencies[0].index),
        (L1, 1)
    );
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
        let path = world.global().path(id);
        let root = path_root::<crate::commitment::Global>(leaf, id, &path);
        assert_eq!(root, world.commitment().global_root);
        let index = network.state.network().try_into().unwrap();
        assert_eq!(world.rollups().leaf(index), network.state.exits().rollup_leaf());
        other
            .register(network.state.network(), network.authority)
            .unwrap();
    }
    let StateCommitment { registry_entries, .. } = world.commitment();
    assert_eq!(registry_entries, world.registry().count());
    assert_eq!(other.registry(), world.registry());
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

#[test]
fn of_two_at_one_height_the_first_that_applies_counts() {
    let world = world();
    let a = state(&world, A);
    let mut bad = contingent(&a, 1, vec![]);
    bad.new_local_exit_root = ExitRoot::new(root(1).get());
    let (first, second) = (contingent(&a, 2, vec![]), contingent(&a, 3, vec![]));
    let outcome = settle_epoch(&world, &[bad, first, second]);
    assert_eq!(state(&outcome.world, A).state_root(), root(2));
    let twice = LedgerError::MismatchHeight {
        declared: 0,
        expected: 1,
    };
    assert_eq!(outcome.left_out[1].because, Because::Refused(twice));
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

/// An exit of L1 claimed by LxLy's paths.
fn claimed(exit: causeway_types::Exit, leaf_index: u32, exits: &ExitTree) -> ImportedExit {
    let rer = causeway_types::RollupExitRoot::EMPTY;
    let inner = L1InfoLeafInner {
        global_exit_root: GlobalExitRoot::of(exits.root(), rer),
        block_hash: root(1).get(),
        timestamp: 1,
    };
    let mut info = L1InfoTree::new();
    info.append(&inner).unwrap();
    ImportedExit {
        exit,
        global_index: GlobalIndex::new(L1, leaf_index),
        backing: Backing::Claim(ClaimData::Mainnet {
            proof_leaf_mer: ClaimProof {
                root: exits.root(),
                proof: exits.proof(leaf_index),
            },
            proof_ger_l1root: ClaimProof {
                root: info.root(),
                proof: info.proof(0),
            },
            l1_leaf: L1InfoLeaf {
                l1_info_tree_index: 0,
                rer,
                mer: exits.root(),
                inner,
            },
        }),
    }
}

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
            let [dependency] = outcome.admitted[0].dependencies[..] else {
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

/// A certificate of a random world: its network, how many exits, whom it imports from and is contingent on, and flaws.
#[derive(Clone, Debug)]
struct Plan {
    network: usize,
    exits: usize,
    imports: Vec<(usize, usize)>,
    contingencies: Vec<(usize, usize, bool)>,
    flaw: u8,
}

const NETWORKS: [NetworkId; 3] = [A, B, C];

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let plan = (
        0..3_usize,
        0..3_usize,
        prop::collection::vec((0..3_usize, 0..3_usize), 0..2),
        prop::collection::vec((0..3_usize, 0..3_usize, prop::bool::weighted(0.1)), 0..3),
        0..12_u8,
    );
    let plan = plan.prop_map(|(network, exits, imports, contingencies, flaw)| Plan {
        network,
        exits,
        imports,
        contingencies,
        flaw,
    });
    prop::collection::vec(plan, 1..7)
}

/// The certificates of some plans. Exits and state roots are drawn up first: they decide every history entry, so that
/// imports and contingencies can point anywhere.
fn build(world: &World, plans: &[Plan]) -> Vec<Certificate> {
    let mut states = NETWORKS.map(|network| state(world, network));
    let mut drafts: Vec<Certificate> = Vec::new();
    let mut entries: [Vec<HistoryEntry>; 3] = Default::default();
    let mut shadows: [ShadowTree; 3] = Default::default();
    for (position, plan) in plans.iter().enumerate() {
        let network = plan.network;
        let made = (0..plan.exits).map(|at| {
            let to = NETWORKS[(network + 1 + at % 2) % 3];
            exit(own(NETWORKS[network]), to, U256::from(position + 1))
        });
        let mut draft = certificate(&states[network], made.collect(), vec![]);
        draft.state_root = Some(root(position as u8 + 1));
        let transition = apply(&states[network], &draft).unwrap();
        entries[network].push(*transition.entry());
        states[network] = transition.new().clone();
        shadows[network] = states[network].shadow().clone();
        drafts.push(draft);
    }
    let exits: [Vec<_>; 3] = std::array::from_fn(|network| {
        let own = drafts.iter().filter(|draft| draft.network == NETWORKS[network]);
        own.flat_map(|draft| draft.exits.clone()).collect()
    });
    for (plan, draft) in plans.iter().zip(&mut drafts) {
        for &(source, height) in &plan.imports {
            let Some(&entry) = entries[source].get(height) else {
                continue;
            };
            let to_us =
                |&(_, exit): &(usize, &causeway_types::Exit)| exit.destination_network == draft.network;
            let covered = exits[source].iter().enumerate().take(entry.exit_count as usize);
            let Some((leaf, &exit)) = covered.filter(to_us).last() else {
                continue;
            };
            assert_eq!(shadows[source].leaf(leaf as u32), Some(shadow_leaf(&exit)));
            let network = NETWORKS[source];
            let backing = HistoryBacking {
                entry: BackingEntry::Network { network, entry },
                path: shadows[source].path_at(leaf as u32, entry.exit_count),
            };
            draft.imports.push(import(exit, network, leaf as u32, backing));
        }
        for &(network, height, wrong) in &plan.contingencies {
            let entry = entries[network].get(height);
            let state_root = entry
                .filter(|_| !wrong)
                .map_or(root(99), |entry| entry.state_root);
            draft.contingencies.push(Contingency {
                network: NETWORKS[network],
                height: height as u64,
                state_root,
            });
        }
        if plan.flaw == 0 {
            draft.authority = None;
        }
    }
    drafts
}

/// Whether all of these settle, by the definition: each applies in its turn, is authorised, and finds what it depends on
/// in the states after all of them.
fn admissible(world: &World, certificates: &[&Certificate]) -> bool {
    let mut states = NETWORKS.map(|network| state(world, network));
    let mut ordered = certificates.to_vec();
    ordered.sort_by_key(|certificate| certificate.height);
    let mut transitions: Vec<Transition> = Vec::new();
    for certificate in ordered {
        let state = states
            .iter_mut()
            .find(|state| state.network() == certificate.network)
            .unwrap();
        let Ok(transition) = apply(state, certificate) else {
            return false;
        };
        let authority = world.network(certificate.network).unwrap().authority;
        if check_authority(&authority, certificate, transition.digest(), world.domain()).is_err() {
            return false;
        }
        *state = transition.new().clone();
        transitions.push(transition);
    }
    let history = |network: NetworkId, height| {
        let state = states.iter().find(|state| state.network() == network)?;
        state.history().get(height)
    };
    transitions
        .iter()
        .flat_map(Transition::dependencies)
        .all(|dependency| match dependency {
            Dependency::Entry { network, entry } => history(*network, entry.height) == Some(entry),
            Dependency::Contingency(on) => {
                history(on.network, on.height).is_some_and(|entry| entry.state_root == on.state_root)
            }
            Dependency::L1(_) | Dependency::Exit(_) => unreachable!("not in these worlds"),
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn an_epoch_is_the_greatest_admissible_set(plans in plans(), earlier in 0..3_usize) {
        let mut world = world();
        let certificates = build(&world, &plans);
        // Part of them may be settled before.
        let (first, rest) = certificates.split_at(earlier.min(certificates.len()));
        world = settle_epoch(&world, first).world;
        let outcome = settle_epoch(&world, rest);

        let mut best = 0_u32;
        for mask in 0..1_u32 << rest.len() {
            let chosen: Vec<_> = rest.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1).map(|(_, chosen)| chosen).collect();
            if admissible(&world, &chosen) {
                best |= mask;
            }
        }
        let admitted = outcome.admitted.iter().fold(0, |mask, admitted| mask | 1 << admitted.certificate.position);
        prop_assert_eq!(admitted, best);
        prop_assert_eq!(outcome.admitted.len() + outcome.left_out.len(), rest.len());

        // Each after what it depends on, groups in ascending order, heights too.
        let place = |network: NetworkId, height: u64| outcome.admitted.iter()
            .find(|admitted| (admitted.certificate.network, admitted.certificate.height) == (network, height));
        for (at, member) in outcome.admitted.iter().enumerate() {
            prop_assert!(at == 0 || outcome.admitted[at - 1].group <= member.group);
            for dependency in &member.dependencies {
                let entry = state(&outcome.world, dependency.network).history().get(dependency.index).copied().unwrap();
                prop_assert_eq!(history_entry(&entry), dependency.entry);
                prop_assert!(place(dependency.network, dependency.index).is_none_or(|found| found.group <= member.group));
            }
            let before = member.certificate.height.checked_sub(1).and_then(|height| place(member.certificate.network, height));
            prop_assert!(before.is_none_or(|found| found.group <= member.group));
        }
        // A root cause is a certificate that is left out for a reason of its own.
        for left in &outcome.left_out {
            let (RootCause::Refused { certificate, .. } | RootCause::Missing { certificate, .. }) = &left.root;
            let root = outcome.left_out.iter().find(|left| left.certificate == *certificate).unwrap();
            prop_assert!(matches!(root.because, Because::Refused(_) | Because::Missing(_)));
            prop_assert_eq!(&root.root, &left.root);
        }
        // The order in which they are given changes nothing, heights being distinct.
        let reversed: Vec<_> = rest.iter().rev().cloned().collect();
        let again = settle_epoch(&world, &reversed);
        prop_assert_eq!(again.world.commitment(), outcome.world.commitment());
        prop_assert_eq!(again.payload_chain(), outcome.payload_chain());
        assert_commitment(&outcome.world);
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
