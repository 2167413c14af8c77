use std::sync::OnceLock;

use causeway_ledger::{
    DependencyEntry, DependencyLeaf, DependencyOpening, dependencies_digest, history_entry,
};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;

use super::*;
use crate::recursion::Circuit;
use crate::settlement::opening::OpeningTarget;

type Opening = Circuit<(OpeningTarget, HashOutTarget)>;

/// One opening behind nothing: the root is a witness, the chain is exposed.
fn circuit() -> &'static Opening {
    static CELL: OnceLock<Opening> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = causeway_aggregation::Shape::Standard.builder();
        let root = builder.add_virtual_hash();
        let zero = builder.zero();
        let opening = OpeningTarget::new(&mut builder);
        let chain = opening.open(&mut builder, root, [zero; 4].into());
        builder.register_public_inputs(&chain.elements);
        Circuit::build_small(builder, (opening, root))
    })
}

fn opened(
    root: GoldilocksDigest,
    opening: Option<&DependencyOpening>,
    values: &[(Target, F)],
) -> Option<Vec<F>> {
    let (target, root_target) = circuit().targets();
    let mut witness = PartialWitness::new();
    crate::targets::set_digest(&mut witness, *root_target, root).unwrap();
    target.set(&mut witness, opening)?;
    forged(circuit(), &witness, values)
}

/// Networks with histories, and nine exits of L1.
fn state() -> GlobalState {
    let mut state = GlobalState::genesis();
    register(&mut state, &[1, 2, u32::MAX]);
    let exits: Vec<Exit> = (0..9).map(deposit).collect();
    state.deposit(&exits).unwrap();
    for network in [1, 2, 1, 1] {
        let entry = publish(&state, network, 1);
        state.anchor(&entry, 32).unwrap();
    }
    state
}

fn on_network(state: &GlobalState, network: u32, height: u64) -> DependencyEntry {
    let network = NetworkId::new(network);
    let history = &state.network(network).unwrap().history;
    DependencyEntry {
        network,
        index: height,
        entry: history_entry(history.get(height).unwrap()),
    }
}

fn on_l1(state: &GlobalState, count: u32) -> DependencyEntry {
    DependencyEntry {
        network: NetworkId::MAINNET,
        index: count.into(),
        entry: state.l1_shadow().root_at(count),
    }
}

fn chain(dependency: DependencyEntry) -> Vec<F> {
    elements(dependencies_digest(&[dependency])).to_vec()
}

#[test]
fn entries_of_histories_open_as_in_the_ledger() {
    let state = state();
    for (network, height) in [(1, 0), (1, 1), (1, 2), (2, 0)] {
        let dependency = on_network(&state, network, height);
        let opening = state.open(&dependency).unwrap();
        assert_eq!(opening.follow(), Some(state.root()));
        let got = opened(state.root(), Some(&opening), &[]);
        assert_eq!(got, Some(chain(dependency)), "{network} {height}");
        assert_eq!(opened(some(0), Some(&opening), &[]), None);
        // Another entry, another height, another network.
        for change in [0, 1, 2] {
            let mut other = opening.clone();
            match change {
                0 => other.dependency.entry = some(0),
                1 => other.dependency.index ^= 1,
                _ => other.path[5] = some(0),
            }
            assert_eq!(opened(state.root(), Some(&other), &[]), None, "{change}");
        }
    }
}

#[test]
fn any_prefix_of_l1_opens_and_no_other() {
    let state = state();
    for count in 1..=9 {
        let dependency = on_l1(&state, count);
        let opening = state.open(&dependency).unwrap();
        let got = opened(state.root(), Some(&opening), &[]);
        assert_eq!(got, Some(chain(dependency)), "{count}");
    }
    // None at all; beyond the last, where leaves are empty and so do have paths.
    let last = state.open(&on_l1(&state, 9)).unwrap();
    let (target, _) = circuit().targets();
    let DependencyLeaf::L1 { state: l1, .. } = last.leaf else {
        panic!("it is on L1")
    };
    for place in [9, 10] {
        let mut beyond = last.clone();
        beyond.dependency.index = place + 1;
        beyond.leaf = DependencyLeaf::L1 {
            state: l1,
            last: GoldilocksDigest::ZERO,
            shadow: state.l1_shadow().path(u32::try_from(place).unwrap()),
        };
        assert_eq!(beyond.follow(), None);
        assert_eq!(opened(state.root(), Some(&beyond), &[]), None, "{place}");
    }
    let wrapped = (target.place.target(), F::NEG_ONE);
    assert_eq!(opened(state.root(), Some(&last), &[wrapped]), None);
    // A shorter one under the name of a longer.
    let eighth = (target.place.target(), F::from_canonical_u64(7));
    assert_eq!(opened(state.root(), Some(&last), &[eighth]), None);
}

#[test]
fn what_is_no_dependency_leaves_the_chain() {
    let state = state();
    assert_eq!(opened(state.root(), None, &[]), Some(vec![F::ZERO; 4]));
    let opening = state.open(&on_network(&state, 1, 0)).unwrap();
    let (target, _) = circuit().targets();
    let inactive = (target.active.target, F::ZERO);
    assert_eq!(
        opened(some(0), Some(&opening), &[inactive]),
        Some(vec![F::ZERO; 4])
    );
    let neither = (target.active.target, F::TWO);
    assert_eq!(opened(state.root(), Some(&opening), &[neither]), None);
}

#[test]
fn every_part_of_an_opening_is_bound() {
    let state = state();
    for dependency in [on_network(&state, 1, 1), on_l1(&state, 5)] {
        let opening = state.open(&dependency).unwrap();
        let (target, _) = circuit().targets();
        let mut chosen = vec![target.place.target(), target.state.network.target()];
        chosen.extend(target.leaf.elements);
        for sibling in target.siblings.iter().chain(target.path.siblings()) {
            chosen.push(sibling.elements[2]);
        }
        if dependency.network.is_mainnet() {
            chosen.extend(target.l1.targets());
        } else {
            chosen.extend(target.state.targets());
            chosen.extend(target.authority.targets());
        }
        for (at, target) in chosen.into_iter().enumerate() {
            let other = (target, F::from_canonical_u64(0x00ab_cdef));
            assert_eq!(opened(state.root(), Some(&opening), &[other]), None, "{at}");
        }
    }
}
