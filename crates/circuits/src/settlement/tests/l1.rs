use std::sync::OnceLock;

use causeway_aggregation::Shape;
use causeway_aggregation::check::Trace;
use causeway_ledger::{DepositOpening, ExitFrontier, L1Opening};
use plonky2::iop::target::Target;

use super::*;
use crate::recursion::{Circuit, InnerTargets};
use crate::settlement::deposit::Deposit;
use crate::settlement::l1::{L1, constrain};
use crate::settlement::span::{DEPOSITS, Family, SEGMENT};
use crate::settlement::{Fold, L1Inputs, SettlementError};

const SINGLE: u64 = 1;
const FOLD: u64 = 9;
const SHUT: u64 = 5;
const CONTEXT: u64 = 77;

fn l1() -> &'static L1 {
    static CELL: OnceLock<L1> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let keys = ItemKeys {
            single: vec![key_of(SINGLE)],
            fold: key_of(FOLD),
            shut: Some(key_of(SHUT)),
        };
        let targets = constrain(&mut builder, InnerTargets::new_unchecked, &keys);
        Circuit::build_small(builder, targets)
    })
}

/// What an epoch does that consumes some deposits.
pub(super) struct Case {
    before: EpochRun,
    opening: L1Opening,
    exits: ExitFrontier,
    pub(super) deposits: Span,
    after: EpochRun,
}

impl Case {
    /// Runs of so many exits each.
    pub(super) fn new(state: &mut GlobalState, runs: &[u64]) -> Self {
        let before = begin(state);
        let runs: Vec<DepositOpening> = runs
            .iter()
            .map(|&count| {
                let exits: Vec<Exit> = (0..count).map(deposit).collect();
                state.deposit(&exits).unwrap()
            })
            .collect();
        let mut spans = Vec::<Span>::new();
        for run in &runs {
            let list_in = spans.last().map_or(list(1), |span| span.list_out);
            spans.push(Deposit::plan(run, list_in).unwrap().span);
        }
        let fold = |left: Span, right: Span| Fold::plan(Family::Deposits, &left, &right).unwrap();
        Self {
            before,
            opening: L1Opening::over(&runs).unwrap(),
            exits: state.l1_frontiers().exits,
            deposits: spans.into_iter().reduce(fold).unwrap(),
            after: begin(state),
        }
    }

    pub(super) fn inputs(&self) -> L1Inputs<'_> {
        L1Inputs {
            context: digest(CONTEXT),
            before: &self.before,
            opening: &self.opening,
            exits: &self.exits,
        }
    }

    fn single(&self) -> Item {
        item_as(DEPOSITS, SINGLE, NO_KEY, self.deposits)
    }

    fn states(&self, deposits: &Item, values: &[(Target, F)]) -> Option<Vec<F>> {
        let witness = l1().witness(deposits, &self.inputs()).unwrap();
        forged(l1(), &witness, values)
    }

    fn exposed(&self) -> Vec<F> {
        exposed(&self.inputs().plan(&self.deposits).unwrap().span)
    }
}

/// Some networks, and deposits before.
pub(super) fn state() -> GlobalState {
    let mut state = GlobalState::genesis();
    register(&mut state, &[1, 2, 7]);
    state.deposit(&[deposit(1), deposit(2), deposit(3)]).unwrap();
    state
}

#[test]
fn the_leaf_is_replaced_as_the_ledger_does() {
    for mut state in [GlobalState::genesis(), state()] {
        for runs in [&[1][..], &[3], &[64, 5], &[0]] {
            let case = Case::new(&mut state, runs);
            let plan = case.inputs().plan(&case.deposits).unwrap();
            assert_eq!(plan.after, case.after);
            assert_eq!(plan.entries.len(), 32);
            let span = Span {
                context: digest(CONTEXT),
                before: case.before.hash(),
                after: case.after.hash(),
                list_in: list(1),
                list_out: case.deposits.list_out.extend(&plan.entries),
            };
            assert_eq!(plan.span, span);
            assert_eq!(case.states(&case.single(), &[]), Some(exposed(&span)), "{runs:?}");
        }
    }
}

#[test]
fn it_stands_before_certificates_or_behind_them() {
    let mut case = Case::new(&mut state(), &[2]);
    case.before.certificates = true;
    let plan = case.inputs().plan(&case.deposits).unwrap();
    assert!(plan.after.certificates);
    assert_eq!(case.states(&case.single(), &[]), Some(case.exposed()));
}

#[test]
fn what_does_not_follow_is_named() {
    let stage = Stage::L1;
    let case = |change: fn(&mut Case)| {
        let mut case = Case::new(&mut state(), &[2]);
        change(&mut case);
        (
            case.inputs().plan(&case.deposits),
            case.states(&case.single(), &[]),
        )
    };
    assert!(case(|_| {}).0.is_ok());
    let elsewhere = Err(SettlementError::NotThreaded { stage });
    let changes: [fn(&mut Case); 3] = [
        |case| case.before.global_root = digest(900),
        |case| case.opening.path[3] = digest(900),
        |case| case.opening.before.exit_root = ExitRoot::new(B256::from(some(1))),
    ];
    for change in changes {
        assert_eq!(case(change), (elsewhere.clone(), None));
    }
    let other = Err(SettlementError::OtherStatement { stage });
    let changes: [fn(&mut Case); 6] = [
        |case| case.deposits.context = digest(900),
        |case| case.deposits.before = digest(900),
        |case| case.deposits.after = digest(900),
        |case| case.opening.after.exit_count += 1,
        |case| case.opening.after.shadow_root = digest(900),
        |case| {
            case.exits.append(B256::from(some(1))).unwrap();
        },
    ];
    for change in changes {
        assert_eq!(case(change), (other.clone(), None));
    }
    // These the circuit computes.
    let changes: [fn(&mut Case); 2] = [
        |case| case.opening.after.frontier = digest(900),
        |case| case.opening.after.exit_root = ExitRoot::new(B256::from(some(1))),
    ];
    for change in changes {
        assert_eq!(case(change).0, other);
    }
}

#[test]
fn every_part_of_the_item_is_bound() {
    let case = Case::new(&mut state(), &[2]);
    let honest = case.exposed();
    let targets = l1().targets();
    let witness = l1().witness(&case.single(), &case.inputs()).unwrap();
    let trace = Trace::honest(l1().data(), &witness);
    let chosen = [
        &targets.old.targets()[..],
        &targets.new.targets(),
        &targets.frontier.nodes().concat(),
        &targets.path.siblings()[0].elements,
        &targets.path.siblings()[31].elements,
        &targets.before.targets(),
        &targets.deposits.targets(),
        &targets.span.targets(),
    ]
    .concat();
    for (at, target) in chosen.into_iter().enumerate() {
        let value = trace.get(target).unwrap();
        let flipped = if value == F::ZERO { F::ONE } else { value - F::ONE };
        let other = case.states(&case.single(), &[(target, flipped)]);
        assert_ne!(other.as_ref(), Some(&honest), "{at}");
    }
}

#[test]
fn only_these_circuits_stand_here() {
    let case = Case::new(&mut state(), &[2]);
    let fold = key_of(FOLD);
    let stated = |number: u64, carried: KeyDigest| {
        let deposits = item_as(DEPOSITS, number, carried, case.deposits);
        case.states(&deposits, &[])
    };
    for (number, carried) in [(SINGLE, NO_KEY), (FOLD, fold), (SHUT, fold)] {
        assert_eq!(stated(number, carried), Some(case.exposed()), "{number}");
    }
    for number in [FOLD, SHUT] {
        for carried in [NO_KEY, key_of(number), key_of(3)] {
            if carried != fold {
                assert_eq!(stated(number, carried), None, "{number}");
            }
        }
    }
    for carried in [NO_KEY, fold, key_of(3)] {
        assert_eq!(stated(3, carried), None);
    }
}

#[test]
fn no_other_family_passes() {
    let case = Case::new(&mut state(), &[2]);
    for family in [SEGMENT, ITEM] {
        let other = item_as(family, SINGLE, NO_KEY, case.deposits);
        assert_eq!(case.states(&other, &[]), None);
    }
}
