use std::sync::OnceLock;

use alloy_primitives::keccak256;

use super::*;
use crate::proofs::node::{MAX_LIFTS, Node, constrain};
use crate::proofs::{ProgramError, zero_hash};
use crate::recursion::InnerTargets;

const LEAF: u64 = 1;
const CHUNK: u64 = 2;

fn node() -> &'static Node {
    static CELL: OnceLock<Node> = OnceLock::new();
    CELL.get_or_init(|| {
        let mut builder = Shape::Standard.builder();
        let keys = (digest(LEAF), digest(CHUNK));
        let targets = constrain(&mut builder, InnerTargets::new_unchecked, keys);
        Circuit::build_small(builder, targets)
    })
}

fn own(state: State) -> Subtree {
    subtree(node().key().clone(), node().key_digest(), state)
}

fn leaf(state: State) -> Subtree {
    subtree(key(LEAF), NO_KEY, state)
}

fn chunk(state: State) -> Subtree {
    let closed = State {
        list_in: List::EMPTY,
        list_out: List::EMPTY,
        ..state
    };
    subtree(key(CHUNK), node().key_digest(), closed)
}

fn proven_over(left: &Subtree, right: Option<&Subtree>, list_in: List) -> Option<Vec<F>> {
    proven(node(), &node().witness(left, right, list_in).unwrap())
}

/// Threaded neighbours of these heights: lists 1 to 2 to 3.
fn neighbours(left: u8, right: u8) -> (State, State) {
    (full(left, list(1), list(2)), full(right, list(2), list(3)))
}

#[test]
fn children_of_every_kind_are_joined() {
    let kinds: [fn(State) -> Subtree; 3] = [own, leaf, chunk];
    for (i, left) in kinds.iter().enumerate() {
        for (j, right) in kinds.iter().enumerate() {
            let (l, r) = neighbours(3, 3);
            let (left, right) = (left(l), right(r));
            // A chunk adds nothing to the list.
            let after_left = if i == 2 { list(1) } else { list(2) };
            let right = if j == 2 {
                right
            } else {
                let threaded = State {
                    list_in: after_left,
                    ..right.state
                };
                kinds[j](threaded)
            };
            let between = if j == 2 { after_left } else { list(3) };
            let (entries, state) = Node::plan(&left.state, Some(&right.state), list(1), between).unwrap();
            assert_eq!(entries.len(), 1);
            assert_eq!((state.count, state.height), (16, 4));
            assert_eq!(state.root, keccak256([l.root, r.root].concat()).0);
            assert_eq!(state.list_out, between.extend(&entries));
            assert_eq!(
                proven_over(&left, Some(&right), list(1)),
                Some(exposed(node().key_digest(), &state)),
                "{i} {j}"
            );
        }
    }
}

#[test]
fn low_subtrees_are_lifted_and_single_ones_padded() {
    for (height, lifts) in [(1, 1), (4, 4), (5, 0), (19, 3)] {
        let (left, mut right) = neighbours(height, height - lifts);
        right.count -= u32::from(right.count > 1);
        let mut beside = right.root;
        for at in right.height..height {
            beside = keccak256([beside, zero_hash(at)].concat()).0;
        }
        let (entries, state) = Node::plan(&left, Some(&right), list(1), list(3)).unwrap();
        assert_eq!(entries.len(), 1 + usize::from(lifts));
        assert_eq!(state.root, keccak256([left.root, beside].concat()).0);
        assert_eq!(state.count, left.count + right.count);
        assert_eq!(
            proven_over(&own(left), Some(&leaf(right)), list(1)),
            Some(exposed(node().key_digest(), &state)),
            "{height} {lifts}"
        );
    }
    for height in [0, 1, 19] {
        let mut left = full(height, list(1), list(2));
        left.count = 1;
        let (_, state) = Node::plan(&left, None, list(1), list(2)).unwrap();
        assert_eq!(state.root, keccak256([left.root, zero_hash(height)].concat()).0);
        assert_eq!((state.count, state.height), (1, height + 1));
        assert_eq!(
            proven_over(&leaf(left), None, list(1)),
            Some(exposed(node().key_digest(), &state))
        );
    }
}

/// `zero_hash` and the order of leaves against a tree built level by level.
#[test]
fn the_root_is_that_of_the_padded_tree() {
    let leaves: Vec<[u8; 32]> = (1..=7_u8).map(|i| [i; 32]).collect();
    let mut level = leaves.clone();
    level.resize(16, [0; 32]);
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| keccak256(pair.concat()).0).collect();
    }
    let bare = |root| State {
        count: 1,
        height: 0,
        root,
        list_in: list(0),
        list_out: list(0),
    };
    let join = |left: &State, right: Option<&State>| Node::plan(left, right, list(0), list(0)).unwrap().1;
    let l: Vec<State> = leaves.into_iter().map(bare).collect();
    let two = |i: usize| join(&l[i], Some(&l[i + 1]));
    let four = join(&two(0), Some(&two(2)));
    let seven = join(&four, Some(&join(&two(4), Some(&l[6]))));
    assert_eq!((join(&seven, None).root, seven.count), (level[0], 7));
}

#[test]
fn what_does_not_go_together_is_named() {
    let plan = |left: &State, right: &State| Node::plan(left, Some(right), list(1), list(3));
    let (left, right) = neighbours(2, 3);
    assert_eq!(
        plan(&left, &right),
        Err(ProgramError::Heights { left: 2, right: 3 })
    );
    assert_eq!(proven_over(&own(left), Some(&own(right)), list(1)), None);
    let (left, right) = neighbours(5, 0);
    assert_eq!(MAX_LIFTS, 4);
    assert_eq!(
        plan(&left, &right),
        Err(ProgramError::Heights { left: 5, right: 0 })
    );
    assert_eq!(proven_over(&own(left), Some(&own(right)), list(1)), None);
    let (mut left, right) = neighbours(2, 2);
    left.count = 3;
    assert_eq!(
        plan(&left, &right),
        Err(ProgramError::NotFull { count: 3, height: 2 })
    );
    assert_eq!(proven_over(&own(left), Some(&own(right)), list(1)), None);
    let top = full(20, list(1), list(2));
    assert_eq!(
        Node::plan(&top, None, list(1), list(2)),
        Err(ProgramError::TooHigh { height: 20 })
    );
    assert_eq!(proven_over(&own(top), None, list(1)), None);
}

#[test]
fn lists_are_threaded() {
    let (left, right) = neighbours(2, 2);
    assert!(proven_over(&own(left), Some(&own(right)), list(1)).is_some());
    assert_eq!(proven_over(&own(left), Some(&own(right)), list(9)), None);
    let elsewhere = State {
        list_in: list(9),
        ..right
    };
    assert_eq!(proven_over(&own(left), Some(&own(elsewhere)), list(1)), None);
    assert_eq!(proven_over(&own(left), Some(&leaf(elsewhere)), list(1)), None);
    // Behind a chunk stands what stood before it.
    assert_eq!(proven_over(&chunk(left), Some(&own(right)), list(1)), None);
    assert!(proven_over(&chunk(left), Some(&own(right)), list(2)).is_some());
}

#[test]
fn a_child_is_what_its_key_says() {
    let (left, right) = neighbours(2, 2);
    let accepts = |left: &Subtree, right: &Subtree| proven_over(left, Some(right), list(1)).is_some();
    assert!(accepts(&own(left), &own(right)));
    let carried = node().key_digest();
    // A circuit of equal shape that exposes what it likes.
    for (left, right) in [
        (subtree(key(9), carried, left), own(right)),
        (own(left), subtree(key(9), carried, right)),
        (own(left), subtree(key(9), digest(9), right)),
    ] {
        assert!(!accepts(&left, &right), "a foreign key");
    }
    // One whose cap alone differs.
    let mut cap = key(LEAF);
    cap.constants_sigmas_cap.0[11].elements[3] = F::ONE;
    assert!(accepts(&own(left), &leaf(right)));
    assert!(!accepts(&own(left), &subtree(cap, NO_KEY, right)));
    // Nodes and chunks made over another node.
    assert!(!accepts(
        &own(left),
        &subtree(node().key().clone(), digest(9), right)
    ));
    let closed = chunk(right).state;
    assert!(accepts(&own(left), &chunk(right)));
    assert!(!accepts(&own(left), &subtree(key(CHUNK), digest(9), closed)));
}

#[test]
fn the_carried_key_may_not_be_a_leafs() {
    // A leaf that carries the leaf's key would be a node too.
    let (left, right) = neighbours(2, 2);
    let [left, right] = [left, right].map(|state| subtree(key(LEAF), digest(LEAF), state));
    let mut witness = node().witness(&left, Some(&right), list(1)).unwrap();
    let targets = node().targets().node_key.elements;
    witness
        .target_values
        .extend(targets.into_iter().zip(digest(LEAF).elements()));
    assert_eq!(proven(node(), &witness), None);
}

#[test]
fn flags_and_states_cannot_be_chosen() {
    let targets = node().targets();
    let (left, right) = neighbours(3, 2);
    let witness = node().witness(&own(left), Some(&own(right)), list(1)).unwrap();
    assert!(proven(node(), &witness).is_some());
    let refused = |witness: &PartialWitness<F>, values: &[(Target, F)]| {
        let mut witness = witness.clone();
        witness.target_values.extend(values.iter().copied());
        assert_eq!(proven(node(), &witness), None);
    };
    // Lifted by one, said as lifted by two but not by one; as flags that are no bits.
    refused(
        &witness,
        &[
            (targets.lifts[0].target, F::ZERO),
            (targets.lifts[1].target, F::ONE),
        ],
    );
    refused(
        &witness,
        &[
            (targets.lifts[0].target, F::TWO),
            (targets.lifts[1].target, F::NEG_ONE),
        ],
    );
    refused(&witness, &[(targets.lifts[0].target, F::ZERO)]);
    refused(&witness, &[(targets.single.target, F::TWO)]);
    refused(&witness, &[(targets.children[1].subtree.state.count, F::ONE)]);
    refused(&witness, &[(targets.children[1].subtree.state.root[5], F::ONE)]);
    // Roles are computed.
    for child in &targets.children {
        assert_eq!(
            forged(
                node(),
                &witness,
                &[(child.is_chunk.target, F::ONE), (child.is_node.target, F::ZERO)]
            ),
            None
        );
    }
    // A height of three as another one, which four leaves would fill.
    let witness = node()
        .witness(&own(State { count: 4, ..left }), Some(&own(right)), list(1))
        .unwrap();
    refused(
        &witness,
        &[
            (targets.heights[3].target, F::ZERO),
            (targets.heights[2].target, F::ONE),
        ],
    );
    // A height of three as one and two: six leaves would be all there are.
    let with_count = |count| State { count, ..left };
    let witness = node()
        .witness(&own(with_count(6)), Some(&own(right)), list(1))
        .unwrap();
    let height = |at: usize, value: F| (targets.heights[at].target, value);
    refused(
        &witness,
        &[height(3, F::ZERO), height(1, F::ONE), height(2, F::ONE)],
    );
    // As flags that are no bits: 2 * 2 - 1 is three, and so is the sum of 2^1 * ... of them.
    let witness = node()
        .witness(&own(with_count(15)), Some(&own(right)), list(1))
        .unwrap();
    refused(
        &witness,
        &[
            height(3, F::TWO),
            height(2, F::ZERO),
            height(0, F::ZERO),
            height(1, F::ZERO),
        ],
    );
    let (left, right) = neighbours(2, 2);
    let witness = node()
        .witness(&own(State { count: 3, ..left }), Some(&own(right)), list(1))
        .unwrap();
    refused(
        &witness,
        &[height(2, F::ZERO), height(1, F::TWO), height(0, F::NEG_ONE)],
    );
}
