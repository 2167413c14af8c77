//! An ordered map whose copies share what they have in common: a balanced tree, each changed path copied.
//!
//! The heights of two children never differ by more than one. A shape that depends on the keys, by their order or by a
//! hash, would be their author's choice: networks name tokens, and a chain of them would exhaust the stack.

use std::cmp::Ordering;
use std::fmt::Debug;
use std::sync::Arc;

use crate::stored::{Stored, StoredError, Stream};

/// The map.
#[derive(Debug)]
pub(crate) struct Map<K, V>(Link<K, V>);

type Link<K, V> = Option<Arc<Node<K, V>>>;

#[derive(Debug)]
struct Node<K, V> {
    key: K,
    value: V,
    height: u8,
    left: Link<K, V>,
    right: Link<K, V>,
}

impl<K: Copy + Ord, V: Clone> Map<K, V> {
    /// Of nothing.
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: K) -> Option<&V> {
        let mut link = &self.0;
        while let Some(node) = link {
            link = match key.cmp(&node.key) {
                Ordering::Less => &node.left,
                Ordering::Equal => return Some(&node.value),
                Ordering::Greater => &node.right,
            };
        }
        None
    }

    /// The value of the greatest key below this one.
    pub(crate) fn below(&self, key: K) -> Option<&V> {
        let (mut link, mut best) = (&self.0, None);
        while let Some(node) = link {
            if node.key < key {
                best = Some(&node.value);
                link = &node.right;
            } else {
                link = &node.left;
            }
        }
        best
    }

    /// Sets the value of a key.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.0 = Some(insert(&self.0, key, value));
    }

    /// All keys and values, in the order of the keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        let mut stack = Vec::new();
        let mut next = &self.0;
        std::iter::from_fn(move || {
            while let Some(node) = next {
                stack.push(node);
                next = &node.left;
            }
            let node = stack.pop()?;
            next = &node.right;
            Some((node.key, &node.value))
        })
    }
}

impl<K: Copy + Ord + Stored, V: Clone + Stored> Stored for Map<K, V> {
    fn store(&self, to: &mut Vec<u8>) {
        (self.iter().count() as u64).store(to);
        for (key, value) in self.iter() {
            key.store(to);
            value.store(to);
        }
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        let count = u64::restore(from)?;
        let mut map = Self::new();
        for _ in 0..count {
            map.insert(K::restore(from)?, V::restore(from)?);
        }
        Ok(map)
    }
}

fn insert<K: Copy + Ord, V: Clone>(link: &Link<K, V>, key: K, value: V) -> Arc<Node<K, V>> {
    let Some(node) = link else {
        return join(key, value, None, None);
    };
    let (left, right) = (node.left.clone(), node.right.clone());
    match key.cmp(&node.key) {
        Ordering::Equal => join(key, value, left, right),
        Ordering::Less => {
            let left = Some(insert(&left, key, value));
            balance(node.key, node.value.clone(), left, right)
        }
        Ordering::Greater => {
            let right = Some(insert(&right, key, value));
            balance(node.key, node.value.clone(), left, right)
        }
    }
}

/// A node over two subtrees whose heights differ by two at most: the higher one gives up what it has too much.
fn balance<K: Copy, V: Clone>(key: K, value: V, left: Link<K, V>, right: Link<K, V>) -> Arc<Node<K, V>> {
    let higher = |one: &Link<K, V>, other: u8| one.clone().filter(|node| node.height > other);
    if let Some(child) = higher(&left, height(&right) + 1) {
        let (outer, inner) = (child.left.clone(), child.right.clone());
        return match higher(&inner, height(&outer)) {
            Some(inner) => {
                let left = join(child.key, child.value.clone(), outer, inner.left.clone());
                let right = join(key, value, inner.right.clone(), right);
                join(inner.key, inner.value.clone(), Some(left), Some(right))
            }
            None => {
                let right = join(key, value, inner, right);
                join(child.key, child.value.clone(), outer, Some(right))
            }
        };
    }
    if let Some(child) = higher(&right, height(&left) + 1) {
        let (inner, outer) = (child.left.clone(), child.right.clone());
        return match higher(&inner, height(&outer)) {
            Some(inner) => {
                let left = join(key, value, left, inner.left.clone());
                let right = join(child.key, child.value.clone(), inner.right.clone(), outer);
                join(inner.key, inner.value.clone(), Some(left), Some(right))
            }
            None => {
                let left = join(key, value, left, inner);
                join(child.key, child.value.clone(), Some(left), outer)
            }
        };
    }
    join(key, value, left, right)
}

fn join<K, V>(key: K, value: V, left: Link<K, V>, right: Link<K, V>) -> Arc<Node<K, V>> {
    Arc::new(Node {
        key,
        value,
        height: 1 + height(&left).max(height(&right)),
        left,
        right,
    })
}

fn height<K, V>(link: &Link<K, V>) -> u8 {
    link.as_ref().map_or(0, |node| node.height)
}

impl<K, V> Clone for Map<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use alloy_primitives::{Address, keccak256};
    use causeway_types::{NetworkId, TokenId};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_map_is_a_btree_map(entries: Vec<(u8, u32)>, probe: u8) {
            let (mut map, mut model) = (Map::new(), BTreeMap::new());
            for (key, value) in entries {
                let before = map.clone();
                map.insert(NetworkId::new(key.into()), value);
                prop_assert!(before.iter().map(|(key, &value)| (key, value)).eq(model.clone()));
                model.insert(NetworkId::new(key.into()), value);
            }
            let probe = NetworkId::new(probe.into());
            prop_assert_eq!(map.get(probe), model.get(&probe));
            prop_assert_eq!(map.below(probe), model.range(..probe).next_back().map(|(_, value)| value));
            prop_assert!(map.iter().map(|(key, &value)| (key, value)).eq(model));
        }
    }

    fn depth<K, V>(link: &Link<K, V>) -> usize {
        link.as_ref()
            .map_or(0, |node| 1 + depth(&node.left).max(depth(&node.right)))
    }

    /// Whoever names tokens chooses their addresses: neither their order nor any hash of them may shape the map, which is
    /// climbed by recursion.
    #[test]
    fn no_choice_of_keys_makes_a_map_deep() {
        const KEYS: u32 = 256;
        let ground = (0..KEYS).map(|place| {
            let tokens = (0..).map(|salt: u64| TokenId {
                network: NetworkId::new(place),
                address: Address::left_padding_from(&salt.to_be_bytes()),
            });
            // Of each network the token whose hash falls in its 256th, from the uppermost down.
            let falls = |token: &TokenId| {
                let bytes = [&token.network.get().to_be_bytes()[..], token.address.as_slice()].concat();
                u32::from(keccak256(bytes)[0]) == KEYS - 1 - place
            };
            tokens.into_iter().find(falls).unwrap()
        });
        let ascending: Vec<_> = ground.collect();
        let inward = |at: usize| {
            if at.is_multiple_of(2) {
                at / 2
            } else {
                KEYS as usize - 1 - at / 2
            }
        };
        let orders: [Vec<usize>; 3] = [
            (0..KEYS as usize).collect(),
            (0..KEYS as usize).rev().collect(),
            (0..KEYS as usize).map(inward).collect(),
        ];
        for order in orders {
            let mut map = Map::new();
            for at in order {
                map.insert(ascending[at], at);
            }
            assert!(depth(&map.0) <= 11, "{}", depth(&map.0));
            assert!(map.iter().map(|(_, &at)| at).eq(0..KEYS as usize));
        }
    }
}
