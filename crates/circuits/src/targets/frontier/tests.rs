#![allow(clippy::unwrap_used)]

use alloy_primitives::{B256, keccak256};
use causeway_ledger::frontier::Frontier;
use causeway_ledger::poseidon::EXIT;
use causeway_ledger::shadow::Shadow;
use causeway_ledger::{ExitFrontier, ShadowTree};
use plonky2::hash::hash_types::HashOutTarget;

use super::*;
use crate::keccak::{Entry, List};
use crate::targets::testing::{Gadget, words};

const LEAVES: usize = 4;

/// Counts at which carries go nowhere, one level up, several, and as far as there is room.
const COUNTS: [u32; 9] = [0, 1, 2, 3, 5, 7, 0xffff, 0x7fff_fffd, u32::MAX - 4];

fn keccak_leaf(at: u32) -> B256 {
    keccak256(at.to_be_bytes())
}

fn limbs(digest: B256) -> [u64; 8] {
    digest_limbs(digest.0).map(u64::from)
}

fn flags(active: usize) -> [u64; LEAVES] {
    std::array::from_fn(|at| u64::from(at < active))
}

/// A frontier whose nodes are whatever, where its count has bits.
fn exit_frontier(count: u32) -> ExitFrontier {
    ExitFrontier::from_parts(
        count,
        std::array::from_fn(|height| keccak_leaf(1000 + height as u32)),
    )
}

/// count 0, flags 1..5, leaves 5..37, nodes 37..293, list before 293..297, count after 297, nodes after 298..554, list after 554..558.
fn exits() -> Gadget {
    Gadget::new(|builder| {
        let (count, bits) = U32Target::with_bits(builder);
        let active = [(); LEAVES].map(|()| builder.add_virtual_bool_target_safe());
        let leaves: Vec<keccak::DigestTarget> =
            (0..LEAVES).map(|_| builder.add_virtual_target_arr()).collect();
        let frontier = ExitFrontierTarget::new(builder);
        let mut list = ListTarget::new(builder.add_virtual_hash());
        let before = list.digest();
        let appending = AppendingTarget::new(builder, &bits, &active);
        let after = frontier.append(builder, &mut list, &appending, &leaves);
        let bits = appending.count(builder);
        [
            &[count.target()],
            &active.map(|flag| flag.target)[..],
            &leaves.concat(),
            &frontier.nodes().concat(),
            &before.elements,
            &[builder.le_sum(bits.iter())],
            &after.nodes().concat(),
            &list.digest().elements,
        ]
        .concat()
    })
}

fn exit_values(frontier: &ExitFrontier, active: usize) -> Vec<u64> {
    let leaves: Vec<B256> = (0..LEAVES as u32).map(keccak_leaf).collect();
    let mut after = frontier.clone();
    for &leaf in &leaves[..active] {
        after.append(leaf).unwrap();
    }
    let list = List::EMPTY.append(&Entry::dummy());
    let list_after = list.extend(&append_entries(frontier, &leaves[..active]));
    let elements = |list: List| list.elements().map(|element| element.0);
    let nodes = |frontier: &ExitFrontier| -> Vec<u64> {
        frontier.branch().iter().flat_map(|&node| limbs(node)).collect()
    };
    [
        &[frontier.count().into()],
        &flags(active)[..],
        &leaves.iter().flat_map(|&leaf| limbs(leaf)).collect::<Vec<_>>(),
        &nodes(frontier),
        &elements(list),
        &[after.count().into()],
        &nodes(&after),
        &elements(list_after),
    ]
    .concat()
}

#[test]
fn exits_are_appended_as_the_ledger_appends_them() {
    let gadget = exits();
    for count in COUNTS {
        for active in 0..=LEAVES {
            let values = exit_values(&exit_frontier(count), active);
            assert!(gadget.holds(&values), "{count} and {active}");
        }
    }
}

#[test]
fn another_count_leaf_node_or_list_is_refused() {
    let gadget = exits();
    let values = exit_values(&exit_frontier(5), 3);
    // A node where the count has no bit is read by nobody: 5 has bits 0 and 2.
    let unread = |at: usize| (45..53).contains(&at) || (61..293).contains(&at);
    // Flags that do not fall, and the leaf of none.
    let free = |at: usize| (1..5).contains(&at) || (29..37).contains(&at);
    for at in (0..values.len()).filter(|&at| !unread(at) && !free(at)) {
        let mut other = values.clone();
        other[at] ^= 1;
        assert!(!gadget.holds(&other), "{at}");
    }
    let mut fewer = values.clone();
    fewer[3] = 0;
    assert!(!gadget.holds(&fewer));
}

#[test]
fn unused_nodes_are_zero() {
    let gadget = exits();
    // What stands in a slot without a bit stays nowhere: whether it gets one, or has none after it either.
    let mut values = exit_values(&exit_frontier(4), 1);
    values[37] = 7;
    values[45] = 7;
    assert!(gadget.holds(&values));
    for (at, element) in (298 + 8..298 + 16).map(|at| (at, 1)) {
        let mut other = values.clone();
        other[at] = element;
        assert!(!gadget.holds(&other), "{at}");
    }
}

#[test]
fn there_is_no_room_for_2_to_the_32() {
    let gadget = exits();
    let values = |count: u32, active: usize| {
        let frontier = exit_frontier(count);
        [
            &[u64::from(count)],
            &flags(active)[..],
            &[0; 8 * LEAVES],
            &frontier
                .branch()
                .iter()
                .flat_map(|&node| limbs(node))
                .collect::<Vec<_>>(),
            &[0; 4],
        ]
        .concat()
    };
    for active in 0..=LEAVES {
        let count = u32::MAX - 2;
        assert_eq!(gadget.takes(&values(count, active)), active <= 2, "{active}");
    }
}

#[test]
fn an_exit_root_is_the_ledgers_and_told_of_only_if_asked() {
    let gadget = Gadget::new(|builder| {
        let (count, bits) = U32Target::with_bits(builder);
        let frontier = ExitFrontierTarget::new(builder);
        let told = builder.add_virtual_bool_target_safe();
        let mut list = ListTarget::new(builder.add_virtual_hash());
        let before = list.digest();
        let root = frontier.root(builder, &mut list, told, &bits);
        [
            &[count.target()],
            &frontier.nodes().concat()[..],
            &[told.target],
            &before.elements,
            &root,
            &list.digest().elements,
        ]
        .concat()
    });
    let mut frontier = ExitFrontier::new();
    for at in 0..7 {
        frontier.append(keccak_leaf(at)).unwrap();
        let entries = root_entries(&frontier);
        let list = List::EMPTY.append(&Entry::dummy());
        for told in [false, true] {
            let after = if told { list.extend(&entries) } else { list };
            let values = [
                &[frontier.count().into()],
                &frontier
                    .branch()
                    .iter()
                    .flat_map(|&node| limbs(node))
                    .collect::<Vec<_>>()[..],
                &[u64::from(told)],
                &list.elements().map(|element| element.0),
                &limbs(frontier.root().get()),
                &after.elements().map(|element| element.0),
            ]
            .concat();
            assert!(gadget.holds(&values), "{at} {told}");
            let root = values.len() - 12;
            // Of a root that no list is told of nothing is known. A leaf more that is empty leaves it what it is, and the lowest node
            // of an even number of leaves is nowhere in it.
            let bound = [0, 1, 257, 258, root, root + 7, root + 8, root + 11];
            let bound = &bound[if frontier.count().is_multiple_of(2) { 2 } else { 0 }..];
            for &at in bound.iter().filter(|_| told) {
                let mut other = values.clone();
                other[at] ^= 1;
                assert!(!gadget.holds(&other), "{at}");
            }
        }
    }
}

#[test]
fn a_frontiers_digest_is_the_ledgers() {
    let gadget = Gadget::new(|builder| {
        let count = U32Target::new(builder);
        let frontier = ExitFrontierTarget::new(builder);
        let digest = frontier.digest(builder, count);
        [
            &[count.target()],
            &frontier.nodes().concat()[..],
            &digest.elements,
        ]
        .concat()
    });
    let frontier = exit_frontier(0x1234_5679);
    let nodes: Vec<u64> = frontier.branch().iter().flat_map(|&node| limbs(node)).collect();
    gadget.holds_alone(&[&[frontier.count().into()], &nodes[..], &words(frontier.digest())].concat());
}

/// A frontier with whatever nodes, and the shadow tree's own.
#[test]
fn shadow_leaves_are_appended_and_rooted_as_the_ledger_does() {
    let gadget = Gadget::new(|builder| {
        let (count, bits) = U32Target::with_bits(builder);
        let active = [(); LEAVES].map(|()| builder.add_virtual_bool_target_safe());
        let leaves: Vec<HashOutTarget> = builder.add_virtual_hashes(LEAVES);
        let frontier = ShadowFrontierTarget::new(builder);
        let before = frontier.root(builder, &bits);
        let appending = AppendingTarget::new(builder, &bits, &active);
        let after = frontier.append(builder, &appending, &leaves);
        let bits = appending.count(builder);
        let root = after.root(builder, &bits);
        [
            &[count.target()],
            &active.map(|flag| flag.target)[..],
            &leaves.iter().flat_map(|leaf| leaf.elements).collect::<Vec<_>>(),
            &frontier.nodes().concat(),
            &before.elements,
            &root.elements,
        ]
        .concat()
    });
    let leaf = |at: u32| EXIT.hash(&[F::from_canonical_u32(at)]);
    let leaves: Vec<_> = (100..100 + LEAVES as u32).map(leaf).collect();
    for count in [0, 1, 2, 3, 6, 7, 15] {
        let mut tree = ShadowTree::new();
        tree.extend(&(0..count).map(leaf).collect::<Vec<_>>()).unwrap();
        let mut frontier = Frontier::<Shadow>::new();
        for at in 0..count {
            frontier.append(leaf(at)).unwrap();
        }
        for active in 0..=LEAVES {
            let mut after = tree.clone();
            after.extend(&leaves[..active]).unwrap();
            let values = [
                &[count.into()],
                &flags(active)[..],
                &leaves.iter().flat_map(|&leaf| words(leaf)).collect::<Vec<_>>(),
                &frontier
                    .branch()
                    .iter()
                    .flat_map(|&node| words(node))
                    .collect::<Vec<_>>(),
                &words(tree.root()),
                &words(after.root()),
            ]
            .concat();
            assert!(gadget.holds(&values), "{count} and {active}");
            let roots = values.len() - 8;
            for at in [roots, roots + 3, roots + 4, roots + 7] {
                let mut other = values.clone();
                other[at] ^= 1;
                assert!(!gadget.holds(&other), "{count} and {active}: {at}");
            }
            for at in (0..active).map(|at| 5 + 4 * at) {
                let mut other = values.clone();
                other[at] ^= 1;
                assert!(!gadget.holds(&other), "{count} and {active}: {at}");
            }
        }
    }
}
