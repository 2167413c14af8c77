#![allow(clippy::unwrap_used)]

use alloy_primitives::Address;
use causeway_types::NetworkId;

use super::*;

fn token(network: u32, byte: u8) -> TokenId {
    TokenId {
        network: NetworkId::new(network),
        address: Address::repeat_byte(byte),
    }
}

#[test]
fn a_leaf_excludes_what_is_strictly_between() {
    let leaf = |token, next| BalanceLeaf {
        token,
        balance: U256::ZERO,
        next,
    };
    let (low, middle, high) = (token(1, 2), token(1, 3), token(2, 1));
    let between = leaf(low, high);
    assert!(between.excludes(middle));
    for other in [
        TokenId::ETH,
        token(1, 1),
        low,
        high,
        token(2, 2),
        token(u32::MAX, 0xff),
    ] {
        assert!(!between.excludes(other), "{other:?}");
    }
    let last = leaf(low, TokenId::ETH);
    assert!(last.excludes(middle) && last.excludes(token(u32::MAX, 0xff)));
    assert!(!last.excludes(low) && !last.excludes(token(1, 1)) && !last.excludes(TokenId::ETH));
}

/// No leaf but the predecessor's opens a new token, and a token with a leaf gets no second one.
#[test]
fn a_forged_predecessor_leads_nowhere() {
    let mut tree = BalanceTree::new();
    let tokens = [token(0, 1), token(3, 7), token(u32::MAX, 0xff)];
    for token in tokens {
        tree.set(token, U256::from(5)).unwrap();
    }
    let (count, root) = (tree.count(), tree.tree_root());
    let open = |low_index: u32, low: BalanceLeaf, token: TokenId| {
        let linked = BalanceLeaf { next: token, ..low };
        let mut after = tree.clone();
        let low_path = after.tree.path(low_index.into());
        after.tree.set(low_index.into(), linked);
        let path = after.tree.path(count.into());
        let access = BalanceAccess::Absent {
            low_index,
            low,
            low_path,
            path,
        };
        access.follow(token, U256::ZERO, count, root)
    };
    let leaf = |at: u32| *tree.tree.get(at.into()).unwrap();
    let fresh = token(2, 2);
    assert!(open(1, leaf(1), fresh).is_some());
    for at in [0, 2, 3] {
        assert_eq!(open(at, leaf(at), fresh), None, "not the predecessor");
    }
    for (at, token) in (0..).zip(tokens) {
        assert_eq!(open(at, leaf(at), token), None, "its predecessor points to it");
    }
    // A leaf that is not in the tree, with any successor.
    let skips = BalanceLeaf {
        next: TokenId::ETH,
        ..leaf(1)
    };
    assert_eq!(open(1, skips, tokens[1]), None);
    let present = BalanceAccess::Present {
        index: 1,
        leaf: leaf(1),
        path: tree.tree.path(1),
    };
    assert!(present.follow(tokens[0], U256::ZERO, count, root).is_some());
    assert_eq!(present.follow(tokens[1], U256::ZERO, count, root), None);
}

/// A balance that becomes zero keeps its leaf: a root depends on what came first, never on what was emptied since.
#[test]
fn a_zero_keeps_its_leaf() {
    let mut tree = BalanceTree::new();
    let greatest = token(u32::MAX, 0xff);
    for balance in [U256::ZERO, U256::MAX, U256::ZERO] {
        tree.set(greatest, balance).unwrap();
        assert_eq!((tree.count(), tree.get(greatest)), (2, balance));
    }
    let tokens: Vec<_> = tree.iter().map(|leaf| (leaf.token, leaf.next)).collect();
    assert_eq!(tokens, [(TokenId::ETH, greatest), (greatest, TokenId::ETH)]);
    let unspent = BalanceTree::new();
    assert_ne!(unspent.root(), tree.root());
}

#[test]
fn a_full_tree_takes_no_more_tokens() {
    let mut full = BalanceTree::full();
    assert_eq!(full.set(token(1, 1), U256::ZERO), Err(LedgerError::TreeFull));
    assert!(full.set(TokenId::ETH, U256::ZERO).is_ok());
}
