use causeway_circuits::keccak::Size;
use causeway_circuits::settlement::span::ITEM;
use causeway_circuits::settlement::{DepositShut, EpochOpening, MAX_OPENINGS, Span, Stage};
use causeway_ledger::{
    GlobalError, GlobalState, LedgerError, authorisations_chain, extend_dependencies, payload_chain,
};
use causeway_types::Expiry;

use super::*;
use crate::graph::Graph;
use crate::settlement::epoch::ItemInputs;

fn kinds(plan: &EpochPlan) -> Vec<SettlementKind> {
    (0..plan.stages()).map(|stage| plan.kind(stage)).collect()
}

fn count_of(plan: &EpochPlan, kind: SettlementKind) -> usize {
    kinds(plan).into_iter().filter(|other| *other == kind).count()
}

fn span(plan: &EpochPlan, stage: usize) -> Span {
    match plan.says(stage) {
        Says::Span(Family::Items, span) => *span,
        other => panic!("{other:?}"),
    }
}

/// What a plan says is what the ledger says, and its items follow each other.
fn follows(story: &Story) -> EpochPlan {
    let plan = story.plan().unwrap();
    let values = plan.public_values();
    let after = story.after.commitment();
    assert_eq!(*plan.after(), *story.after.global());
    assert_eq!(values.old_commitment, story.before.commitment().hash());
    assert_eq!(values.new_commitment, after.hash());
    assert_eq!(values.rollup_exit_root, after.rollup_exit_root);
    assert_eq!(values.registry_hash, story.after.global().registry().hash());
    let payload: Vec<_> = story
        .certified
        .iter()
        .map(|certified| certified.payload())
        .collect();
    assert_eq!(
        (plan.payload(), values.payload_chain),
        (&payload[..], payload_chain(&payload))
    );
    assert_eq!(
        values.authorisations_chain,
        authorisations_chain(plan.authorisations())
    );

    let items = plan.items().len();
    let mut list = plan.lists()[0].start;
    for stage in 0..items {
        assert_eq!(span(&plan, stage).list_in, list);
        list = span(&plan, stage).list_out;
    }
    let folds = plan.stages() - items - 5;
    assert_eq!(folds, items - 1);
    let epoch = items + folds;
    let whole = span(&plan, epoch - 1);
    assert_eq!(plan.inputs(epoch), [epoch - 1]);
    assert_eq!((whole.list_in, whole.list_out), (plan.lists()[0].start, list));
    assert_eq!(
        *plan.says(epoch),
        Says::Epoch(plan.statement(), plan.lists()[0].end)
    );
    let keccak = Says::Closes(plan.lists()[0].start.extend(&plan.lists()[0].entries));
    assert_eq!(*plan.says(epoch + 1), keccak);
    for stage in epoch + 2..plan.stages() {
        assert_eq!(*plan.says(stage), Says::Statement(plan.statement()));
    }
    plan
}

#[test]
fn epochs_of_any_size_are_planned_as_the_ledger_settles_them() {
    for (networks, items) in [(1, 2), (3, 4), (8, 9), (17, 19)] {
        let plan = follows(&Story::of(networks));
        assert_eq!(plan.items().len(), items);
        assert_eq!(count_of(&plan, SettlementKind::Anchor), networks as usize);
        assert_eq!(
            count_of(&plan, SettlementKind::Registry),
            items - networks as usize
        );
        let signers = plan.authorisations().iter().map(|entry| entry.network.get());
        let expected: Vec<_> = (1..=networks).step_by(2).collect();
        assert_eq!(signers.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn the_registry_alone_is_an_epoch_that_hashes_little() {
    let story = Story {
        after: world(3),
        before: World::new(DOMAIN),
        registry: registry(3),
        deposits: Vec::new(),
        certified: Vec::new(),
    };
    let plan = follows(&story);
    let expected = [
        SettlementKind::Registry,
        SettlementKind::Epoch,
        SettlementKind::Keccak,
        SettlementKind::Seal,
        SettlementKind::Closing,
        SettlementKind::Wrap,
    ];
    assert_eq!(kinds(&plan), expected);
    // A link for each, and the public values: no node of the rollup exit tree, in which nothing changes.
    assert_eq!(
        (plan.lists()[0].entries.len(), plan.lists()[0].size),
        (3 + 3, Size::Small)
    );
    assert_eq!(plan.public_values().expiry, Expiry::NEVER);
}

/// Two networks that need each other, one after another of one network, imports of what an epoch before it exported, and the least
/// expiry.
#[test]
fn cycles_and_runs_of_one_network_are_opened_under_what_the_epoch_leaves() {
    let before = world(3);
    let exports = certificate(&before, 3, vec![exit(network(3), network(1))], vec![]);
    let (before, _) = settle(&before, &[exports]);
    let imported = import(&before, exit(network(3), network(1)), network(3), 0);
    let mut first = certificate(&before, 1, vec![exit(network(1), network(2))], vec![imported]);
    first.contingencies = vec![on(2, 0)];
    first.expiry = Expiry::new(900);
    let mut second = certificate(&before, 2, vec![], vec![]);
    second.contingencies = vec![on(1, 0)];
    second.expiry = Expiry::new(800);
    let (next, _) = settle(&before, &[first.clone(), second.clone()]);
    let third = certificate(&next, 2, vec![], vec![]);
    let story = Story::new(&before, &[first, second, third]);
    let plan = follows(&story);
    assert_eq!(plan.public_values().expiry, Expiry::new(800));
    let depends: Vec<_> = story
        .certified
        .iter()
        .map(|certified| certified.dependencies.len())
        .collect();
    assert_eq!(depends, [2, 1, 0]);
    for item in plan.items() {
        let ItemInputs::Anchor(anchored) = &item.inputs else {
            panic!("{item:?}");
        };
        for opening in &anchored.dependencies {
            assert_eq!(opening.follow(), Some(story.after.global().root()));
        }
    }
}

#[test]
fn nothing_is_no_epoch() {
    let story = Story {
        certified: Vec::new(),
        ..Story::new(&world(1), &[])
    };
    assert_eq!(story.plan().unwrap_err(), EpochError::Empty);
}

#[test]
fn what_does_not_fit_is_named_with_its_certificate() {
    let story = Story::new(
        &world(3),
        &(1..=3)
            .map(|number| {
                let before = world(3);
                certificate(
                    &before,
                    number,
                    vec![exit(network(number), network(number % 3 + 1))],
                    vec![],
                )
            })
            .collect::<Vec<_>>(),
    );
    assert!(story.plan().is_ok());
    let refused = |change: fn(&mut Story)| {
        let mut other = Story {
            before: story.before.clone(),
            after: story.after.clone(),
            registry: Vec::new(),
            deposits: Vec::new(),
            certified: story.certified.clone(),
        };
        change(&mut other);
        other.plan().unwrap_err()
    };
    let second = story.certified[1].reference(1);
    let certificate = second;
    let other = SettlementError::OtherStatement { stage: Stage::Anchor };
    let statement = EpochError::Certificate {
        certificate,
        source: other,
    };
    // Of a network that nobody registered; at another height; twice.
    let unknown = refused(|story| story.certified[1].new.network = network(9));
    assert_eq!(
        unknown,
        EpochError::Place {
            certificate: causeway_ledger::CertificateRef {
                network: network(9),
                ..second
            },
            source: GlobalError::Ledger(LedgerError::UnknownNetwork { network: network(9) })
        }
    );
    let again = refused(|story| story.certified.push(story.certified[1].clone()));
    assert_eq!(
        again,
        EpochError::Place {
            certificate: story.certified[1].reference(3),
            source: GlobalError::Ledger(LedgerError::MismatchHeight {
                declared: 0,
                expected: 1
            })
        }
    );
    // Published as another than it is proven; under another key than the authority's; made for another deployment.
    let published = refused(|story| story.certified[1].new.state_root = root(77));
    assert_eq!(published, statement);
    let key = refused(|story| story.certified[1].statement.validity = GoldilocksDigest::ZERO);
    assert_eq!(key, statement);
    let domain = refused(|story| story.certified[1].statement.domain = B256::ZERO);
    assert_eq!(domain, statement);
    // A dependency that is left out of what is opened.
    let hidden = refused(|story| {
        story.certified[1].dependencies = vec![some_dependency(story.after.global())];
    });
    assert_eq!(hidden, statement);
    // An open list.
    let open = refused(|story| {
        let list = story.certified[1].statement.list_out;
        story.certified[1].statement.list_out = list.extend(&[causeway_circuits::keccak::Entry::dummy()]);
    });
    assert_eq!(open, EpochError::ListOpen { certificate });
    // L1's exits and the registry.
    let deposits = refused(|story| {
        story.deposits = vec![deposit(0); 70];
        story.deposits[65] = exit(network(1), NetworkId::MAINNET);
    });
    let source = LedgerError::CannotExitToSameNetwork { exit: 1 };
    assert_eq!(deposits, EpochError::Deposits { first: 64, source });
    let mainnet = refused(|story| {
        let (network, authority) = (NetworkId::MAINNET, authority(network(1)));
        story.registry = [registry(3), vec![(network, authority)]].concat();
    });
    let source = LedgerError::MainnetHasNoState;
    assert_eq!(mainnet, EpochError::Registry { entry: 3, source });
}

fn some_dependency(state: &GlobalState) -> causeway_ledger::DependencyEntry {
    let entry = *state.network(network(1)).unwrap().history.get(0).unwrap();
    causeway_ledger::DependencyEntry::from(&causeway_types::BackingEntry::Network {
        network: network(1),
        entry,
    })
}

/// What a certificate depends on has to be there.
#[test]
fn dependencies_are_met() {
    let before = world(2);
    let contingent = |on: Vec<Contingency>| {
        let mut certificate = certificate(&before, 1, vec![], vec![]);
        certificate.contingencies = on;
        certificate
    };
    let missing = Story::new(
        &before,
        &[
            contingent(vec![on(2, 0)]),
            certificate(&before, 2, vec![], vec![]),
        ],
    );
    let left_out = Story {
        certified: vec![
            missing
                .certified
                .iter()
                .find(|one| one.new.network == network(1))
                .unwrap()
                .clone(),
        ],
        ..missing
    };
    let certificate_at = left_out.certified[0].reference(0);
    let dependency = left_out.certified[0].dependencies[0];
    assert_eq!(
        left_out.plan().unwrap_err(),
        EpochError::Place {
            certificate: certificate_at,
            source: GlobalError::DependencyNotMet {
                network: network(2),
                index: 0,
                expected: dependency.entry,
                got: None,
            }
        }
    );
}

/// What is more than an anchor opens is opened behind it, and all of it.
#[test]
fn dependencies_of_any_number_are_opened() {
    let before = world(2);
    let mut many = Vec::new();
    let mut world = before.clone();
    for _ in 0..41 {
        many.push(certificate(&world, 2, vec![], vec![]));
        world = settle(&world, &many[many.len() - 1..]).0;
    }
    for (count, parts) in [
        (16, &[SettlementKind::Anchor][..]),
        (17, &[SettlementKind::AnchorPart, SettlementKind::Open]),
        (40, &[SettlementKind::AnchorPart, SettlementKind::Open]),
        (
            41,
            &[
                SettlementKind::AnchorPart,
                SettlementKind::More,
                SettlementKind::Open,
            ],
        ),
    ] {
        let mut naming = certificate(&before, 1, vec![], vec![]);
        naming.contingencies = (0..count).map(|height| on(2, height)).collect();
        let story = Story::new(&before, &[vec![naming], many.clone()].concat());
        let position = story
            .certified
            .iter()
            .position(|one| one.new.network == network(1));
        let plan = story.plan().unwrap();
        let of_item = |stage: &usize| match plan.steps()[*stage] {
            EpochStep::Item { index }
            | EpochStep::Part { index }
            | EpochStep::More { index, .. }
            | EpochStep::Open { index, .. } => Some(index) == position,
            _ => false,
        };
        let stages: Vec<_> = (0..plan.stages()).filter(of_item).collect();
        let kinds: Vec<_> = stages.iter().map(|stage| plan.kind(*stage)).collect();
        assert_eq!(kinds, parts);
        // Each goes on where the one before it ends, and the last is the item.
        let mut reached = GoldilocksDigest::ZERO;
        for (at, &stage) in stages.iter().enumerate() {
            let opened = match plan.steps()[stage] {
                EpochStep::More { part, index, opened } | EpochStep::Open { part, index, opened } => {
                    assert_eq!(part, stages[at - 1]);
                    plan.openings(index, opened)
                }
                _ => {
                    let ItemInputs::Anchor(anchored) = &plan.items()[position.unwrap()].inputs else {
                        panic!();
                    };
                    &anchored.dependencies[..anchored.dependencies.len().min(MAX_OPENINGS)]
                }
            };
            let opened: Vec<_> = opened.iter().map(|opening| opening.dependency).collect();
            reached = extend_dependencies(reached, &opened);
            match plan.says(stage) {
                Says::Part(part, span) => {
                    assert_eq!((part.reached, part.item), (reached, span.hash(ITEM)));
                    assert_eq!(
                        part.wanted,
                        story.certified[position.unwrap()].statement.dependencies
                    );
                }
                _ => assert_eq!(reached, story.certified[position.unwrap()].statement.dependencies),
            }
        }
    }
}

#[test]
fn stages_are_known_by_what_they_say_and_by_their_program() {
    let story = Story::of(3);
    let plan = story.plan().unwrap();
    let original = ids(&plan);
    let distinct: std::collections::HashSet<_> = original.iter().collect();
    assert_eq!(distinct.len(), original.len());
    assert_eq!(original, ids(&story.plan().unwrap()));
    for (stage, id) in identities(&Keys(2), &plan).iter().enumerate() {
        assert_ne!(*id, original[stage]);
    }
    // Another certificate, another entry of the registry, another deposit: no stage of items could be the same.
    let global = story.before.global();
    let (mut fewer, more) = (story.contents(), registry(4));
    fewer.certificates.pop();
    let mut another = story.contents();
    another.registry = &more;
    let deposits = [deposit(1)];
    let mut deposited = story.contents();
    deposited.deposits = &deposits;
    for contents in [fewer, another, deposited] {
        let other = EpochPlan::new(global, &contents).unwrap();
        assert!(ids(&other).iter().all(|id| !original.contains(id)));
    }
    // Another deployment: nothing but L1's exits, which are everybody's.
    let contents = EpochContents {
        domain: DOMAIN,
        registry: &story.registry,
        deposits: &deposits,
        certificates: Vec::new(),
    };
    let here = EpochPlan::new(global, &contents).unwrap();
    let elsewhere = SettlementDomain {
        chain_id: 1,
        ..DOMAIN
    };
    let elsewhere = EpochContents {
        domain: elsewhere,
        ..contents
    };
    let elsewhere = EpochPlan::new(global, &elsewhere).unwrap();
    let (here, elsewhere) = (ids(&here), ids(&elsewhere));
    let same: Vec<_> = (0..here.len())
        .filter(|&stage| here[stage] == elsewhere[stage])
        .collect();
    assert_eq!(same.len(), 1);
}

/// L1's exits are consumed before certificates depend on them, in the epoch's own list while that stays short.
#[test]
fn deposits_are_consumed_in_runs() {
    let mut before = world(2);
    before.deposit(&[deposit(0), deposit(1), deposit(2)]).unwrap();
    for (count, deposits, shut, lists) in [
        (1, 1, 0, 1),
        (64, 1, 0, 1),
        (65, 2, 0, 1),
        (130, 3, 0, 1),
        (160, 3, 1, 2),
        (700, 11, 2, 3),
    ] {
        let exits: Vec<_> = (3..3 + count).map(deposit).collect();
        let mut deposited = before.clone();
        deposited.deposit(&exits).unwrap();
        let import = import(
            &deposited,
            exits[count as usize - 1],
            NetworkId::MAINNET,
            2 + count as u32,
        );
        let importing = certificate(&deposited, 1, vec![], vec![import]);
        let story = Story {
            before: before.clone(),
            deposits: exits,
            ..Story::new(&deposited, &[importing])
        };
        let plan = story.plan().unwrap();
        let values = plan.public_values();
        assert_eq!(values.new_commitment, story.after.commitment().hash());
        assert_eq!(
            (values.deposits, values.deposit_root),
            (3 + count as u32, story.after.l1().exit_root)
        );
        assert_eq!(count_of(&plan, SettlementKind::Deposit), deposits);
        assert_eq!(count_of(&plan, SettlementKind::DepositShut), shut);
        assert_eq!(count_of(&plan, SettlementKind::Deposits), deposits - 1);
        assert_eq!(
            (count_of(&plan, SettlementKind::Keccak), plan.lists().len()),
            (lists, lists)
        );
        // Whatever a stage is made of says what it needs: the circuits' own plans follow from one to the next.
        let item = plan
            .items()
            .iter()
            .position(|item| item.kind() == SettlementKind::L1)
            .unwrap();
        let stages = 0..plan.stages();
        let l1 = stages
            .into_iter()
            .find(|&stage| plan.kind(stage) == SettlementKind::L1)
            .unwrap();
        let Says::Span(Family::Deposits, all) = plan.says(plan.inputs(l1)[0]) else {
            panic!("{:?}", plan.says(plan.inputs(l1)[0]));
        };
        let ItemInputs::L1(deposited) = &plan.items()[item].inputs else {
            panic!();
        };
        let shared = EpochOpening::between(
            story.before.global(),
            story.after.global(),
            DOMAIN,
            u8::try_from(u32::BITS).unwrap(),
        )
        .shared();
        let inputs = deposited.inputs(shared.hash(), &plan.items()[item].before);
        assert_eq!(inputs.plan(all).unwrap().span, span(&plan, l1));
        // Every list that is closed is that of the runs that were joined.
        for stage in 0..plan.stages() {
            if let EpochStep::DepositShut { deposits, keccak } = plan.steps()[stage] {
                let Says::Span(Family::Deposits, open) = plan.says(deposits) else {
                    panic!();
                };
                assert_eq!(*plan.says(keccak), Says::Closes(open.list_out));
                let Says::Span(Family::Deposits, closed) = plan.says(stage) else {
                    panic!();
                };
                assert_eq!(*closed, DepositShut::plan(open, span(&plan, l1).list_in));
            }
        }
    }
}

fn deposit(number: u64) -> Exit {
    Exit {
        token: causeway_types::TokenId::ETH,
        amount: U256::from(number + 1),
        ..exit(NetworkId::MAINNET, network(1))
    }
}
