//! The trees against models that share no code with them, and against LxLy's vectors.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, U256, keccak256};
use causeway_types::{Exit, ExitRoot, GlobalIndex, GoldilocksDigest, LeafType, NetworkId, TokenId};
use proptest::prelude::*;
use serde::Deserialize;

use crate::balances::BalanceTree;
use crate::error::LedgerError;
use crate::exit_tree::{ExitFrontier, ExitTree, Keccak};
use crate::frontier::Frontier;
use crate::nullifiers::{NullifierTree, nullify};
use crate::poseidon::EXIT_NODE;
use crate::shadow::{ShadowTree, shadow_root};
use crate::tree::{Tree, TreeKind};
use crate::{L1InfoTree, RollupExitTree};

/// The root of a full tree, level by level: neither frontier nor shared nodes.
fn naive_root<D: Copy>(leaves: &[D], empty: D, node: impl Fn(D, D) -> D) -> D {
    let (mut level, mut empty) = (leaves.to_vec(), empty);
    for _ in 0..32 {
        if level.len() % 2 == 1 {
            level.push(empty);
        }
        level = level
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&[left, right]| node(left, right))
            .collect();
        empty = node(empty, empty);
    }
    level.first().copied().unwrap_or(empty)
}

fn naive_keccak(leaves: &[B256]) -> B256 {
    naive_root(leaves, B256::ZERO, |left, right| {
        keccak256([left, right].concat())
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RootVector {
    #[serde(alias = "previousLeafsValues")]
    previous_leaf_values: Vec<B256>,
    current_root: B256,
    new_leaf_value: Option<B256>,
    new_leaf: Option<NewLeaf>,
    new_root: B256,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewLeaf {
    current_leaf_value: B256,
}

#[test]
fn roots_are_those_of_the_vectors() {
    for text in [
        include_str!("../../../vectors/lxly/root-vectors.json"),
        include_str!("../../../vectors/lxly/l1-info-tree-roots.json"),
    ] {
        let vectors: Vec<RootVector> = serde_json::from_str(text).unwrap();
        assert_eq!(vectors.len(), 4);
        for vector in vectors {
            let (mut frontier, mut tree) = (ExitFrontier::new(), ExitTree::new());
            for &leaf in &vector.previous_leaf_values {
                frontier.append(leaf).unwrap();
                tree.append(leaf).unwrap();
            }
            let roots = [frontier.root(), tree.root()];
            assert_eq!(roots, [ExitRoot::new(vector.current_root); 2]);
            let new_leaf = vector.new_leaf.map(|leaf| leaf.current_leaf_value);
            let leaf = vector.new_leaf_value.or(new_leaf).unwrap();
            frontier.append(leaf).unwrap();
            tree.append(leaf).unwrap();
            let roots = [frontier.root(), tree.root()];
            assert_eq!(roots, [ExitRoot::new(vector.new_root); 2]);
            let proof = tree.proof(tree.count() - 1);
            assert_eq!(proof.root(leaf, tree.count() - 1), vector.new_root);
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Withdrawal {
    leaf_type: u8,
    origin_network: u32,
    origin_address: Address,
    /// A JSON number above 2^53: read as an integer, exactly.
    amount: u128,
    destination_network: u32,
    destination_address: Address,
    deposit_count: u32,
    /// In base64.
    metadata: String,
}

fn base64(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text
        .bytes()
        .map_while(|byte| alphabet.iter().position(|&letter| letter == byte));
    let bits: Vec<_> = digits
        .flat_map(|digit| (0..6).rev().map(move |bit| digit >> bit & 1))
        .collect();
    let bytes = bits.as_chunks::<8>().0.iter();
    bytes
        .map(|bits| bits.iter().fold(0, |byte, &bit| byte << 1 | bit as u8))
        .collect()
}

#[test]
fn withdrawals_give_one_root_by_three_implementations() {
    let text = include_str!("../../../vectors/lxly/withdrawals.json");
    let withdrawals: Vec<Withdrawal> = serde_json::from_str(text).unwrap();
    assert_eq!(
        (withdrawals.len(), withdrawals[0].amount),
        (223, 11400681687679304)
    );
    assert!(withdrawals.iter().any(|withdrawal| withdrawal.amount > 1 << 53));
    let (mut frontier, mut tree, mut leaves) = (ExitFrontier::new(), ExitTree::new(), Vec::new());
    for (position, withdrawal) in withdrawals.iter().enumerate() {
        assert_eq!(withdrawal.deposit_count, 1853 + position as u32);
        let exit = Exit {
            leaf_type: LeafType::try_from(withdrawal.leaf_type).unwrap(),
            token: TokenId {
                network: NetworkId::new(withdrawal.origin_network),
                address: withdrawal.origin_address,
            },
            destination_network: NetworkId::new(withdrawal.destination_network),
            destination_address: withdrawal.destination_address,
            amount: U256::from(withdrawal.amount),
            metadata_hash: keccak256(base64(&withdrawal.metadata)),
        };
        leaves.push(exit.leaf());
        assert_eq!(frontier.append(exit.leaf()), tree.append(exit.leaf()));
        let naive = ExitRoot::new(naive_keccak(&leaves));
        assert_eq!([frontier.root(), tree.root()], [naive; 2]);
    }
    for (index, &leaf) in leaves.iter().enumerate() {
        let (index, count) = (index as u32, tree.count());
        assert_eq!(tree.proof(index).root(leaf, index), tree.root().get());
        let half = index + (count - index) / 2;
        assert_eq!(tree.root_at(half).get(), naive_keccak(&leaves[..half as usize]));
        let early = tree.proof_at(index, half.max(index + 1));
        assert_eq!(early.root(leaf, index), tree.root_at(half.max(index + 1)).get());
    }
}

#[test]
fn stale_slots_of_a_contract_change_nothing() {
    let mut frontier = ExitFrontier::new();
    let leaves: Vec<_> = (1..=13).map(B256::repeat_byte).collect();
    for &leaf in &leaves[..12] {
        frontier.append(leaf).unwrap();
    }
    let mut branch = *frontier.branch();
    for (height, node) in branch.iter_mut().enumerate() {
        if 12 >> height & 1 == 0 {
            *node = B256::repeat_byte(0xee);
        }
    }
    let mut stale = ExitFrontier::from_parts(12, branch);
    assert_eq!(stale, frontier);
    stale.append(leaves[12]).unwrap();
    assert_eq!(stale.root().get(), naive_keccak(&leaves));
}

#[test]
fn a_root_does_not_fix_the_count() {
    let (mut frontier, mut tree) = (ExitFrontier::new(), ExitTree::new());
    frontier.append(B256::ZERO).unwrap();
    tree.append(B256::ZERO).unwrap();
    assert_eq!(frontier.root(), ExitRoot::EMPTY);
    assert_ne!(frontier, ExitFrontier::new());
    assert_ne!(tree, ExitTree::new());
    let branches = [1, 2].map(|byte| ExitFrontier::from_parts(1, [B256::repeat_byte(byte); 32]));
    assert_ne!(branches[0], branches[1]);
}

#[test]
fn a_full_tree_takes_no_more() {
    let branch = [B256::repeat_byte(1); 32];
    let mut frontier = ExitFrontier::from_parts(u32::MAX - 1, branch);
    assert_eq!(frontier.append(B256::ZERO), Ok(u32::MAX - 1));
    assert_eq!(frontier.append(B256::ZERO), Err(LedgerError::TreeFull));
}

#[test]
fn a_rollup_leaf_is_zero_without_exits() {
    let mut exits = ExitFrontier::new();
    let mut tree = RollupExitTree::new();
    let index = NetworkId::new(14).try_into().unwrap();
    tree.set(index, &exits);
    assert_eq!(tree.root(), causeway_types::RollupExitRoot::EMPTY);
    exits.append(B256::repeat_byte(1)).unwrap();
    tree.set(index, &exits);
    assert_eq!(tree.leaf(index), exits.root().get());
    let mut leaves = vec![B256::ZERO; 14];
    leaves[13] = exits.root().get();
    assert_eq!(tree.root().get(), naive_keccak(&leaves));
    assert_eq!(tree.proof(index).root(leaves[13], 13), tree.root().get());
}

#[test]
fn an_info_tree_remembers_its_roots() {
    let mut tree = L1InfoTree::new();
    let mut hashes = Vec::new();
    for timestamp in 0..9 {
        let leaf = causeway_types::L1InfoLeafInner {
            global_exit_root: causeway_types::GlobalExitRoot::EMPTY,
            block_hash: B256::repeat_byte(2),
            timestamp,
        };
        assert_eq!(tree.append(&leaf), Ok(hashes.len() as u32));
        hashes.push(leaf.hash());
    }
    assert_eq!(tree.root().get(), naive_keccak(&hashes));
    assert_eq!(tree.root_at(5).get(), naive_keccak(&hashes[..5]));
    assert_eq!(tree.proof(7).root(hashes[7], 7), tree.root().get());
}

fn token(seed: u8) -> TokenId {
    TokenId {
        network: NetworkId::new(u32::from(seed & 3)),
        address: Address::with_last_byte(seed >> 2),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn frontiers_and_trees_are_the_naive_tree(leaves in prop::collection::vec(any::<[u8; 32]>(), 0..40), cut: prop::sample::Index) {
        let leaves: Vec<B256> = leaves.into_iter().map(B256::from).collect();
        let mut frontier = Frontier::<Keccak>::new();
        for &leaf in &leaves {
            frontier.append(leaf).unwrap();
        }
        prop_assert_eq!(frontier.root(), naive_keccak(&leaves));
        let digests: Vec<_> = leaves.iter().map(|leaf| leaf[..8].iter().fold(0, |word, &byte| word << 8 | u64::from(byte)))
            .map(|word| GoldilocksDigest::reduced([word; 4])).collect();
        let cut = cut.index(digests.len() + 1);
        let mut shadow = ShadowTree::new();
        shadow.extend(&digests[..cut]).unwrap();
        let before = shadow.clone();
        shadow.extend(&digests[cut..]).unwrap();
        let naive = |leaves: &[_]| naive_root(leaves, GoldilocksDigest::ZERO, |left, right| EXIT_NODE.node(left, right));
        prop_assert_eq!(before.root(), naive(&digests[..cut]), "a copy does not change");
        prop_assert_eq!(shadow.root(), naive(&digests));
        prop_assert_eq!(shadow.root_at(cut as u32), before.root());
        let mut appended = before.frontier();
        for &digest in &digests[cut..] {
            appended.append(digest).unwrap();
        }
        prop_assert_eq!(appended, shadow.frontier());
        for (index, &leaf) in digests.iter().enumerate() {
            prop_assert_eq!(shadow.leaf(index as u32), Some(leaf));
            let root = shadow_root(leaf, index as u32, &shadow.path(index as u32));
            prop_assert_eq!(root, shadow.root());
            let other = shadow_root(leaf, index as u32 ^ 1, &shadow.path(index as u32));
            prop_assert_ne!(other, shadow.root());
            if index < cut {
                prop_assert_eq!(&shadow.path_at(index as u32, cut as u32), &before.path(index as u32));
            }
        }
    }

    #[test]
    fn a_tree_is_a_map_of_leaves(leaves in prop::collection::btree_map(any::<u8>(), any::<[u8; 32]>(), 0..40)) {
        let mut one_by_one = Tree::<Keccak>::new();
        let mut dense = vec![B256::ZERO; 256];
        for (&index, &leaf) in leaves.iter().rev() {
            one_by_one.set(index.into(), leaf.into());
            dense[usize::from(index)] = leaf.into();
        }
        let mut at_once = Tree::<Keccak>::new();
        let sorted: Vec<_> = leaves.iter().map(|(&index, &leaf)| (u64::from(index), B256::from(leaf))).collect();
        at_once.set_many(&sorted);
        prop_assert_eq!(one_by_one.root(), naive_keccak(&dense));
        prop_assert_eq!(&at_once, &one_by_one);
        for index in 0..256_u64 {
            prop_assert_eq!(at_once.get(index).copied(), leaves.get(&(index as u8)).map(B256::from));
        }
    }

    #[test]
    fn balances_are_a_btree_map(writes in prop::collection::vec((any::<u8>(), any::<u64>()), 0..40)) {
        let mut tree = BalanceTree::new();
        let mut model = BTreeMap::from([(TokenId::ETH, U256::ZERO)]);
        for (seed, balance) in writes {
            let (token, balance) = (token(seed), U256::from(balance));
            let (count, root) = (tree.count(), tree.tree_root());
            let initial = tree.get(token);
            let access = tree.set(token, balance).unwrap();
            prop_assert_eq!(access.initial(), initial);
            prop_assert_eq!(model.insert(token, balance).unwrap_or(U256::ZERO), initial);
            let after = Some((tree.count(), tree.tree_root()));
            prop_assert_eq!(access.follow(token, balance, count, root), after);
            // From nothing else: another count or root, another token, another balance.
            prop_assert_eq!(access.follow(token, balance, count, GoldilocksDigest::ZERO), None);
            let other = TokenId { network: NetworkId::new(99), ..token };
            let stolen = access.follow(other, balance, count, root);
            let excluded = matches!(access, crate::BalanceAccess::Absent { low, .. } if low.excludes(other));
            prop_assert!(stolen.is_none() || excluded);
            prop_assert_ne!(access.follow(token, balance + U256::from(1), count, root), after);
        }
        let leaves: Vec<_> = tree.iter().map(|leaf| (leaf.token, leaf.balance)).collect();
        prop_assert_eq!(&leaves, &model.into_iter().collect::<Vec<_>>());
        let nexts: Vec<_> = tree.iter().map(|leaf| leaf.next).collect();
        let expected: Vec<_> = leaves[1..].iter().map(|(token, _)| *token).chain([TokenId::ETH]).collect();
        prop_assert_eq!(nexts, expected);
    }

    #[test]
    fn nullifiers_are_a_set(indices in prop::collection::vec((0..4_u32, 0..8_u32), 0..24)) {
        let (mut tree, mut model) = (NullifierTree::new(), BTreeSet::new());
        let mut batch = NullifierTree::new();
        for (source, leaf) in indices {
            let index = GlobalIndex::new(NetworkId::new(source), leaf);
            prop_assert_eq!(tree.contains(index), model.contains(&index));
            let followed = nullify(index, &tree.path(index), tree.root());
            let fresh = model.insert(index);
            tree.insert([index]);
            prop_assert_eq!(followed, fresh.then(|| tree.root()));
        }
        batch.insert(model.iter().rev().copied());
        prop_assert_eq!(batch, tree);
    }
}

#[test]
fn an_empty_nullifier_tree_is_64_levels_of_nothing() {
    let empty = crate::nullifiers::Nullifiers::empty();
    assert_eq!((empty.len(), empty[0]), (65, GoldilocksDigest::ZERO));
    assert_eq!(NullifierTree::new().root(), empty[64]);
}
