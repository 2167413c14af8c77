//! Epochs of random worlds, cycles among them, against a list of who sent what: nothing is consumed twice, and nothing
//! comes out that did not go in.

use std::collections::BTreeMap;

use alloy_primitives::aliases::U512;
use causeway_types::{Exit, LeafType, TokenId};

use super::*;
use crate::inputs::follow::follow;
use crate::inputs::{Step, TransitionInputs};
use crate::testing::message;

const NETWORKS: [NetworkId; 3] = [A, B, C];

/// What one network does in one epoch.
#[derive(Clone, Debug)]
struct Plan {
    /// What, to whom, how much; the last is whether it is as much as there can be.
    exits: Vec<(u8, usize, u64, bool)>,
    /// Which of the exits to it, settled or of this epoch, it imports; consumed ones may be among them.
    imports: Vec<bool>,
    /// Whether it tries what was consumed before.
    greedy: bool,
}

fn plan() -> impl Strategy<Value = Plan> {
    let what = prop_oneof![8 => 0..4_u8, 1 => Just(4)];
    let exit = (what, 0..3_usize, 0..15_u64, prop::bool::weighted(0.02));
    let parts = (
        prop::collection::vec(exit, 0..4),
        prop::collection::vec(prop::bool::weighted(0.9), 12),
        prop::bool::weighted(0.05),
    );
    parts.prop_map(|(exits, imports, greedy)| Plan {
        exits,
        imports,
        greedy,
    })
}

/// The exits of a plan: L1's token, L1's ETH, a message, the network's own token, another's.
fn exits(network: usize, plan: &Plan) -> Vec<Exit> {
    let from = NETWORKS[network];
    let to = |choice: usize| [L1, NETWORKS[(network + 1) % 3], NETWORKS[(network + 2) % 3]][choice];
    let make = |&(what, choice, amount, all): &(u8, usize, u64, bool)| {
        let made = match what {
            0 => exit(TOKEN, to(choice), U256::from(amount)),
            1 => exit(TokenId::ETH, to(choice), U256::from(amount)),
            2 => message(from, to(choice), amount),
            3 => exit(own(from), to(choice), U256::from(amount)),
            _ => exit(own(NETWORKS[(network + 1) % 3]), to(choice), U256::from(amount)),
        };
        Exit {
            amount: if all { U256::MAX } else { made.amount },
            ..made
        }
    };
    plan.exits.iter().map(make).collect()
}

/// Who sent what, in the order of their exits, and whether it was taken in.
type Book = BTreeMap<NetworkId, Vec<(Exit, bool)>>;

/// Certificates of one epoch: each may import what is settled and what the others send in the same epoch.
fn build(world: &World, book: &Book, plans: &[Plan]) -> Vec<Certificate> {
    let states = NETWORKS.map(|network| state(world, network));
    let mut shadows = states.clone().map(|state| state.shadow().clone());
    let sent: Vec<Vec<Exit>> = (0..3).map(|network| exits(network, &plans[network])).collect();
    for (shadow, sent) in shadows.iter_mut().zip(&sent) {
        let leaves: Vec<_> = sent.iter().map(shadow_leaf).collect();
        shadow.extend(&leaves).unwrap();
    }
    let entries: Vec<_> = states
        .iter()
        .zip(&shadows)
        .map(|(state, shadow)| HistoryEntry {
            height: state.height(),
            state_root: state.state_root(),
            shadow_root: shadow.root(),
            exit_count: shadow.count(),
        })
        .collect();
    let build = |network: usize| {
        let mut imports = Vec::new();
        for (&source, settled) in book {
            let settled = settled.iter().zip(0..);
            let ours = settled.filter(|((exit, _), _)| exit.destination_network == NETWORKS[network]);
            for (&(exit, taken), leaf) in ours {
                if !taken || plans[network].greedy {
                    imports.push(settled_import(world, exit, source, leaf));
                }
            }
        }
        for source in (0..3).filter(|&source| source != network) {
            let new = sent[source].iter().zip(states[source].shadow().count()..);
            for (&exit, leaf) in new.filter(|(exit, _)| exit.destination_network == NETWORKS[network]) {
                let backing = HistoryBacking {
                    entry: BackingEntry::Network {
                        network: NETWORKS[source],
                        entry: entries[source],
                    },
                    path: shadows[source].path(leaf),
                };
                imports.push(import(exit, NETWORKS[source], leaf, backing));
            }
        }
        let picks = plans[network].imports.iter().cycle();
        let imports = imports
            .into_iter()
            .zip(picks)
            .filter(|(_, picked)| **picked)
            .map(|(import, _)| import);
        certificate(&states[network], sent[network].clone(), imports.collect())
    };
    (0..3).map(build).collect()
}

fn sum<'a>(exits: impl Iterator<Item = &'a Exit>, token: TokenId) -> U512 {
    let amounts = exits
        .filter(|exit| exit.balance_token() == token)
        .map(|exit| U512::from(exit.amount));
    amounts.fold(U512::ZERO, |sum, amount| sum + amount)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_came_in_is_held_or_on_its_way(
        deposits in prop::collection::vec((any::<bool>(), 0..3_usize, 20..200_u64), 4..10),
        epochs in prop::collection::vec((plan(), plan(), plan()), 2..5),
    ) {
        let mut world = world();
        let deposits: Vec<_> = deposits.iter().map(|&(eth, to, amount)| {
            exit(if eth { TokenId::ETH } else { TOKEN }, NETWORKS[to], U256::from(amount))
        }).collect();
        world.deposit(&deposits).unwrap();
        let mut book = Book::from([(L1, deposits.iter().map(|&exit| (exit, false)).collect())]);
        for (epoch, (a, b, c)) in epochs.into_iter().enumerate() {
            let mut plans = [a, b, c];
            if epoch == 0 {
                plans.iter_mut().for_each(|plan| plan.exits.clear());
            }
            let certificates = build(&world, &book, &plans);
            let outcome = settle_epoch(&world, &certificates);
            world = outcome.world;
            for admitted in &outcome.admitted {
                let certificate = admitted.transition.certificate();
                let inputs = TransitionInputs::new(&admitted.transition, &world).unwrap();
                follow(&inputs, admitted.transition.digest());
                for dependency in inputs.steps.iter().flat_map(Step::dependency_entries) {
                    let opening = world.global().open(&dependency).unwrap();
                    prop_assert_eq!(opening.follow(), Some(world.global().root()));
                }
                let sent = certificate.exits.iter().map(|&exit| (exit, false));
                book.entry(certificate.network).or_default().extend(sent);
            }
            for admitted in &outcome.admitted {
                let certificate = admitted.transition.certificate();
                for import in &certificate.imports {
                    let index = import.global_index;
                    let (exit, taken) = &mut book.get_mut(&index.source()).unwrap()[index.leaf_index() as usize];
                    prop_assert!(!*taken && *exit == import.exit && exit.destination_network == certificate.network);
                    *taken = true;
                }
            }
            let waiting = |token| sum(book.values().flatten().filter(|(_, taken)| !taken).map(|(exit, _)| exit), token);
            let held = |token: TokenId| NETWORKS.iter().map(|&network| U512::from(state(&world, network).balances().get(token)))
                .fold(U512::ZERO, |sum, held| sum + held);
            for token in [TOKEN, TokenId::ETH] {
                prop_assert_eq!(sum(deposits.iter(), token), held(token) + waiting(token));
            }
            for network in NETWORKS {
                let token = own(network);
                let exported = sum(book.get(&network).into_iter().flatten().map(|(exit, _)| exit), token);
                let back = book.values().flatten().filter(|(exit, taken)| *taken && exit.destination_network == network);
                let back = sum(back.map(|(exit, _)| exit).filter(|exit| exit.leaf_type == LeafType::Transfer), token);
                prop_assert_eq!(state(&world, network).balances().get(token), U256::ZERO);
                prop_assert_eq!(exported - back, held(token) + waiting(token));
            }
            assert_commitment(&world);
        }
    }
}

/// Two networks that each pay out what the other sends in the same epoch: sound, for nothing is left over, and the reason
/// why whoever serves users must wait until a cycle is confirmed as a whole.
#[test]
fn a_cycle_may_lend_what_nobody_holds_and_leaves_nothing() {
    let world = world();
    let much = exit(TOKEN, B, U256::MAX);
    let back = exit(TOKEN, A, U256::MAX);
    let (a, b) = (state(&world, A), state(&world, B));
    let entry = |state: &State, sent: &Exit| {
        let mut shadow = state.shadow().clone();
        shadow.extend(&[shadow_leaf(sent)]).unwrap();
        HistoryBacking {
            entry: BackingEntry::Network {
                network: state.network(),
                entry: HistoryEntry {
                    height: 0,
                    state_root: state.state_root(),
                    shadow_root: shadow.root(),
                    exit_count: 1,
                },
            },
            path: shadow.path(0),
        }
    };
    let first = certificate(&a, vec![much], vec![import(back, B, 0, entry(&b, &back))]);
    let second = certificate(&b, vec![back], vec![import(much, A, 0, entry(&a, &much))]);
    let outcome = settle_epoch(&world, &[first.clone(), second.clone()]);
    assert_eq!(settled(&outcome), [(1, 0), (2, 0)]);
    assert_eq!(outcome.admitted[0].group, outcome.admitted[1].group);
    for network in [A, B] {
        assert_eq!(state(&outcome.world, network).balances().get(TOKEN), U256::ZERO);
    }
    // Half of it is no cycle, and nobody has anything.
    assert_eq!(settled(&settle_epoch(&world, &[first])), []);
    assert_eq!(settled(&settle_epoch(&world, &[second])), []);
}
