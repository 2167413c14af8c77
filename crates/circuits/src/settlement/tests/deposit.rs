use std::sync::OnceLock;

use causeway_aggregation::Shape;
use causeway_aggregation::check::Trace;
use causeway_ledger::frontier::Frontier;
use causeway_ledger::{DepositOpening, ExitFrontier, L1Frontiers, shadow_leaf};
use plonky2::iop::target::Target;

use super::*;
use crate::recursion::Circuit;
use crate::settlement::deposit::{Deposit, MAX_EXITS, constrain};
use crate::settlement::span::DEPOSITS;
use crate::settlement::{DepositPlan, ExitTrees, SettlementError};
use crate::targets::DigestTarget;

fn circuit() -> &'static Deposit {
    static CELL: OnceLock<Deposit> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder);
        Circuit::build_small(builder, targets)
    })
}

/// Exits of every kind that L1's bridge lets through.
fn exits(count: u64) -> Vec<Exit> {
    let kinds = [
        (LeafType::Transfer, 0, Address::ZERO),
        (LeafType::Transfer, 0, Address::repeat_byte(0x70)),
        (LeafType::Message, 0, Address::repeat_byte(0x71)),
        (LeafType::Transfer, 7, Address::repeat_byte(0x72)),
        (LeafType::Message, 0, Address::ZERO),
    ];
    let numbered = (0..count).zip(kinds.into_iter().cycle());
    numbered
        .map(|(number, (leaf_type, network, address))| Exit {
            leaf_type,
            token: TokenId {
                network: NetworkId::new(network),
                address,
            },
            ..deposit(number)
        })
        .collect()
}

/// Appends whatever it is given, as somebody would who does without the ledger.
fn appended(before: &L1Frontiers, exits: Vec<Exit>) -> DepositOpening {
    let mut after = before.clone();
    for exit in &exits {
        after.exits.append(exit.leaf()).unwrap();
        after.shadow.append(shadow_leaf(exit)).unwrap();
    }
    DepositOpening {
        exits,
        before: before.clone(),
        after,
        path: vec![],
    }
}

fn plan(opening: &DepositOpening) -> DepositPlan {
    Deposit::plan(opening, list(1)).unwrap()
}

fn states(opening: &DepositOpening, values: &[(Target, F)]) -> Option<Vec<F>> {
    let witness = circuit().witness(opening, list(1)).unwrap();
    forged(circuit(), &witness, values)
}

fn exposed(opening: &DepositOpening) -> Vec<F> {
    exposed_as(DEPOSITS, NO_KEY, &plan(opening).span)
}

#[test]
fn exits_are_consumed_as_the_ledger_does() {
    let mut state = GlobalState::genesis();
    let mut nodes = 0;
    for count in [0, 1, 3, 64, 0, 5, 63, 64] {
        let before = ExitTrees::from(&state.l1()).hash();
        let opening = state.deposit(&exits(count)).unwrap();
        let plan = plan(&opening);
        let span = Span {
            context: GoldilocksDigest::ZERO,
            before,
            after: ExitTrees::from(&state.l1()).hash(),
            list_in: list(1),
            list_out: list(1).extend(&plan.entries),
        };
        assert_eq!(plan.span, span);
        nodes += u32::try_from(plan.entries.len() as u64 - count).unwrap();
        // A tree has a node less than leaves for each subtree that stands alone.
        let alone = state.l1().exit_count.count_ones();
        assert_eq!(nodes, state.l1().exit_count - alone);
        let expected = exposed_as(DEPOSITS, NO_KEY, &span);
        assert_eq!(states(&opening, &[]), Some(expected), "{count}");
    }
}

#[test]
fn what_does_not_follow_is_named() {
    let mut state = GlobalState::genesis();
    let many = state.deposit(&exits(MAX_EXITS as u64 + 1)).unwrap();
    assert_eq!(
        Deposit::plan(&many, list(1)),
        Err(SettlementError::TooMany {
            stage: Stage::Deposit,
            got: MAX_EXITS + 1,
            max: MAX_EXITS
        })
    );
    assert!(circuit().witness(&many, list(1)).is_none());
    let other = Err(SettlementError::NotThreaded {
        stage: Stage::Deposit,
    });
    let opening = state.deposit(&exits(2)).unwrap();
    let mut fewer = opening.clone();
    fewer.exits.pop();
    assert_eq!(Deposit::plan(&fewer, list(1)), other);
    let mut swapped = opening.clone();
    swapped.exits.swap(0, 1);
    assert_eq!(Deposit::plan(&swapped, list(1)), other);
    let mut earlier = opening;
    earlier.before = many.before;
    assert_eq!(Deposit::plan(&earlier, list(1)), other);
}

/// Three exits behind five.
fn three() -> DepositOpening {
    let mut state = GlobalState::genesis();
    state.deposit(&exits(5)).unwrap();
    state.deposit(&exits(3)).unwrap()
}

#[test]
fn every_part_of_a_run_is_bound() {
    let opening = three();
    let honest = exposed(&opening);
    let targets = circuit().targets();
    let witness = circuit().witness(&opening, list(1)).unwrap();
    let trace = Trace::honest(circuit().data(), &witness);
    let slots = &targets.exits.slots;
    let chosen = [
        &[2, 3].map(|slot| slots[slot].active.target)[..],
        &slots[2].exit.targets(),
        &targets.before.targets(),
        &targets.after.targets(),
        targets.exits.frontier.nodes()[0].as_slice(),
        &targets.exits.frontier.nodes()[1],
        &targets.exits.frontier.nodes()[31],
        &targets.exits.shadow.nodes()[0],
        &targets.exits.shadow.nodes()[2],
        &targets.span.targets(),
    ]
    .concat();
    for (at, target) in chosen.into_iter().enumerate() {
        let value = trace.get(target).unwrap();
        let flipped = if value == F::ZERO { F::ONE } else { value - F::ONE };
        let other = states(&opening, &[(target, flipped)]);
        assert_ne!(other.as_ref(), Some(&honest), "{at}");
    }
}

#[test]
fn what_the_ledger_refuses_of_l1_is_refused() {
    let token = |network: u32, address: u8| TokenId {
        network: NetworkId::new(network),
        address: Address::repeat_byte(address),
    };
    let with = |change: fn(&mut Exit), token: TokenId| {
        let mut exit = Exit { token, ..deposit(1) };
        change(&mut exit);
        exit
    };
    let unchanged = |_: &mut Exit| {};
    let message = |exit: &mut Exit| exit.leaf_type = LeafType::Message;
    let home = |exit: &mut Exit| exit.destination_network = NetworkId::MAINNET;
    let cases = [
        (with(unchanged, token(0, 0)), true),
        (with(unchanged, token(7, 1)), true),
        (with(unchanged, token(7, 0)), false),
        (with(message, token(0, 1)), true),
        (with(message, token(7, 1)), false),
        (with(home, token(0, 0)), false),
        (with(home, token(7, 1)), false),
    ];
    let genesis = GlobalState::genesis();
    for (exit, taken) in cases {
        assert_eq!(genesis.clone().deposit(&[exit]).is_ok(), taken, "{exit:?}");
        // Whichever place it has, and whatever a prover says that the trees are.
        for exits in [vec![exit], vec![deposit(1), exit]] {
            let opening = appended(&genesis.l1_frontiers(), exits);
            let stated = states(&opening, &[]);
            assert_eq!(stated, taken.then(|| exposed(&opening)), "{exit:?}");
        }
    }
}

#[test]
fn a_run_begins_where_l1s_trees_stand() {
    let opening = three();
    let honest = ExitTrees::from(&opening.before.state());
    let mut state = GlobalState::genesis();
    state.deposit(&[deposit(9); 5]).unwrap();
    let other = state.l1_frontiers();
    let before = &circuit().targets().before;
    let said = |target: DigestTarget, digest: GoldilocksDigest| -> Vec<(Target, F)> {
        let values: [F; 4] = elements(digest);
        target.elements.into_iter().zip(values).collect()
    };
    let mut exits = opening.clone();
    exits.before.exits = other.exits;
    let frontier = said(before.frontier, honest.frontier);
    assert_eq!(states(&exits, &frontier), None);
    let mut shadow = opening.clone();
    shadow.before.shadow = other.shadow;
    let root = said(before.shadow_root, honest.shadow_root);
    assert_eq!(states(&shadow, &root), None);
    // As honest provers say it.
    let values = [frontier, root].concat();
    assert_eq!(states(&opening, &values), Some(exposed(&opening)));
}

#[test]
fn exits_stand_in_a_row_and_their_words_are_words() {
    let opening = three();
    let slots = &circuit().targets().exits.slots;
    assert_eq!(states(&opening, &[(slots[1].active.target, F::ZERO)]), None);
    // Gaps that leave a bit or none on every level: four exits in eight places.
    let eight = GlobalState::genesis().deposit(&exits(8)).unwrap();
    let gaps = [1, 2, 4, 7].map(|slot| (slots[slot].active.target, F::ZERO));
    assert_eq!(states(&eight, &gaps), None);
    assert_eq!(states(&opening, &[(slots[0].active.target, F::TWO)]), None);
    for word in slots[0].exit.targets() {
        let wide = F::from_canonical_u64(1 << 32);
        assert_eq!(states(&opening, &[(word, wide)]), None);
    }
}

#[test]
fn a_tree_that_is_full_takes_no_more() {
    let count = u32::MAX - 2;
    let node = |height: u64| some(height).words();
    let shadow = std::array::from_fn(|height| GoldilocksDigest::new(node(height as u64)).unwrap());
    let full = L1Frontiers {
        exits: ExitFrontier::from_parts(count, [B256::repeat_byte(0xee); 32]),
        shadow: Frontier::from_parts(count, shadow),
    };
    let fits = appended(&full, exits(2));
    assert_eq!(fits.after.exits.count(), u32::MAX);
    assert_eq!(states(&fits, &[]), Some(exposed(&fits)));
    let over = DepositOpening {
        exits: exits(3),
        ..fits
    };
    assert_eq!(
        Deposit::plan(&over, list(1)),
        Err(SettlementError::NotThreaded {
            stage: Stage::Deposit
        })
    );
    assert_eq!(states(&over, &[]), None);
}
