//! An ordered map whose copies share what they have in common: a treap, its priorities drawn from the keys.

use std::cmp::Ordering;
use std::fmt::Debug;
use std::sync::Arc;

use alloy_primitives::keccak256;
use causeway_types::{NetworkId, TokenId};

/// A key of a [`Map`].
pub(crate) trait Key: Copy + Ord + Debug {
    /// A number that looks random. It decides the shape of the map and nothing else.
    fn priority(&self) -> u64;
}

impl Key for TokenId {
    fn priority(&self) -> u64 {
        let mut bytes = [0; 24];
        bytes[..4].copy_from_slice(&self.network.get().to_be_bytes());
        bytes[4..].copy_from_slice(self.address.as_slice());
        first_word(&bytes)
    }
}

impl Key for NetworkId {
    fn priority(&self) -> u64 {
        first_word(&self.get().to_be_bytes())
    }
}

fn first_word(bytes: &[u8]) -> u64 {
    let hash = keccak256(bytes);
    hash.iter()
        .take(8)
        .fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// The map.
#[derive(Debug)]
pub(crate) struct Map<K, V>(Link<K, V>);

type Link<K, V> = Option<Arc<Node<K, V>>>;

#[derive(Debug)]
struct Node<K, V> {
    key: K,
    value: V,
    priority: u64,
    left: Link<K, V>,
    right: Link<K, V>,
}

impl<K: Key, V: Clone> Map<K, V> {
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
        self.0 = Some(insert(&self.0, key, value, key.priority()));
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

fn insert<K: Key, V: Clone>(link: &Link<K, V>, key: K, value: V, priority: u64) -> Arc<Node<K, V>> {
    let Some(node) = link else {
        return Arc::new(Node {
            key,
            value,
            priority,
            left: None,
            right: None,
        });
    };
    let mut copy = Node {
        key: node.key,
        value: node.value.clone(),
        priority: node.priority,
        left: node.left.clone(),
        right: node.right.clone(),
    };
    match key.cmp(&node.key) {
        Ordering::Equal => copy.value = value,
        // The child comes up if its priority is higher; the node takes over the child's inner subtree.
        Ordering::Less => {
            let child = insert(&node.left, key, value, priority);
            if child.priority > copy.priority {
                copy.left = child.right.clone();
                return Arc::new(Node {
                    key: child.key,
                    value: child.value.clone(),
                    priority: child.priority,
                    left: child.left.clone(),
                    right: Some(Arc::new(copy)),
                });
            }
            copy.left = Some(child);
        }
        Ordering::Greater => {
            let child = insert(&node.right, key, value, priority);
            if child.priority > copy.priority {
                copy.right = child.left.clone();
                return Arc::new(Node {
                    key: child.key,
                    value: child.value.clone(),
                    priority: child.priority,
                    left: Some(Arc::new(copy)),
                    right: child.right.clone(),
                });
            }
            copy.right = Some(child);
        }
    }
    Arc::new(copy)
}

impl<K, V> Clone for Map<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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
}
