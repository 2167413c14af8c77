//! Epochs of small random worlds against all subsets of their certificates.

use super::*;

/// A certificate of a random world: its network, how many exits, whom it imports from and is contingent on, and flaws.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    network: usize,
    exits: usize,
    imports: Vec<(usize, usize)>,
    contingencies: Vec<(usize, usize, bool)>,
    flaw: u8,
}

const NETWORKS: [NetworkId; 3] = [A, B, C];

pub(super) fn plans() -> impl Strategy<Value = Vec<Plan>> {
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
pub(super) fn build(world: &World, plans: &[Plan]) -> Vec<Certificate> {
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
        states[network] = transition.after().clone();
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
            let mut covered = exits[source].iter().enumerate().take(entry.exit_count as usize);
            let Some((leaf, &exit)) = covered.rfind(to_us) else {
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
        if check_authority(
            &authority,
            certificate,
            transition.digest(),
            world.domain(),
            false,
        )
        .is_err()
        {
            return false;
        }
        *state = transition.after().clone();
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
            for dependency in entries(&outcome, member) {
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

    /// With rivals at one height there is no greatest set; what settles is admissible all the same, and every reason leads
    /// to one that is no other's.
    #[test]
    fn rivals_change_no_rule(plans in plans(), rivals in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..4)) {
        let world = world();
        let mut certificates = build(&world, &plans);
        for (at, early) in rivals {
            let mut rival = at.get(&certificates).clone();
            if early {
                // Another state root, which nobody waits for.
                rival.state_root = Some(root(77));
                certificates.insert(0, rival);
            } else {
                certificates.push(rival);
            }
        }
        let outcome = settle_epoch(&world, &certificates);
        let chosen: Vec<_> = outcome.admitted.iter().map(|admitted| &certificates[admitted.certificate.position]).collect();
        prop_assert!(admissible(&world, &chosen));
        prop_assert_eq!(outcome.admitted.len() + outcome.left_out.len(), certificates.len());
        let admitted = |reference: &CertificateRef| outcome.admitted.iter().any(|admitted| admitted.certificate == *reference);
        let left = |reference: &CertificateRef| outcome.left_out.iter().find(|left| left.certificate == *reference);
        for it in &outcome.left_out {
            match &it.because {
                Because::Refused(error) => prop_assert_eq!(&it.root, &RootCause::Refused { certificate: it.certificate, error: error.clone() }),
                Because::Missing(dependency) => prop_assert_eq!(&it.root, &RootCause::Missing { certificate: it.certificate, dependency: *dependency }),
                Because::Displaced(by) if admitted(by) => {
                    let own = matches!(&it.root, RootCause::Refused { certificate, error: LedgerError::MismatchHeight { .. } } if *certificate == it.certificate);
                    prop_assert!(own);
                }
                Because::Displaced(on) | Because::Follows(on) | Because::Needs { on, .. } => prop_assert_eq!(&left(on).unwrap().root, &it.root),
            }
        }
        assert_commitment(&outcome.world);
    }
}
