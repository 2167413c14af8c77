//! Checking many paths to few roots: what was hashed for one path is not hashed again for the next.

use std::collections::HashMap;

use causeway_types::{GoldilocksDigest, ShadowPath};

use crate::shadow::Shadow;
use crate::tree::TreeKind;

/// Nodes that lead to a root, by root, height and position. With a node, its sibling and those of all nodes above it are
/// here too.
#[derive(Debug, Default)]
pub(crate) struct KnownPaths(HashMap<GoldilocksDigest, Nodes>);

type Nodes = HashMap<(usize, u32), GoldilocksDigest>;

impl KnownPaths {
    /// Whether a shadow path leads from a leaf to a root.
    ///
    /// # Errors
    /// Where it leads instead.
    pub(crate) fn check(
        &mut self,
        root: GoldilocksDigest,
        leaf: GoldilocksDigest,
        index: u32,
        path: &ShadowPath,
    ) -> Result<(), GoldilocksDigest> {
        let known = self.0.entry(root).or_default();
        let mut node = leaf;
        let mut climbed = Vec::new();
        for (height, &sibling) in path.siblings().iter().enumerate() {
            let position = index >> height;
            if known.get(&(height, position)) == Some(&node) && rest_is_known(known, height, index, path) {
                known.extend(climbed);
                return Ok(());
            }
            climbed.push(((height, position), node));
            climbed.push(((height, position ^ 1), sibling));
            node = if position & 1 == 1 {
                Shadow::node(sibling, node)
            } else {
                Shadow::node(node, sibling)
            };
        }
        if node != root {
            return Err(node);
        }
        known.extend(climbed);
        Ok(())
    }
}

/// Whether a path's siblings from a known node on are those of that node.
fn rest_is_known(known: &Nodes, height: usize, index: u32, path: &ShadowPath) -> bool {
    (height..)
        .zip(&path.siblings()[height..])
        .all(|(height, sibling)| known.get(&(height, index >> height ^ 1)) == Some(sibling))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use causeway_types::TREE_DEPTH;
    use proptest::prelude::*;

    use super::*;
    use crate::shadow::{ShadowTree, shadow_root};

    fn digest(word: u64) -> GoldilocksDigest {
        GoldilocksDigest::reduced([word, 1, 2, 3])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever was checked before, a path is accepted exactly if it leads to the root.
        #[test]
        fn it_says_what_hashing_says(queries in prop::collection::vec((0..9_u32, 0..9_u64, 0..60_usize, 1..33_usize, any::<bool>()), 1..20)) {
            let mut trees = [ShadowTree::new(), ShadowTree::new()];
            trees[0].extend(&(0..6).map(digest).collect::<Vec<_>>()).unwrap();
            trees[1].extend(&(0..9).map(digest).collect::<Vec<_>>()).unwrap();
            let mut known = KnownPaths::default();
            for (index, leaf, flaw, flaws, which) in queries {
                let tree = &trees[usize::from(which)];
                let mut siblings = *tree.path(index).siblings();
                for sibling in siblings.iter_mut().skip(flaw).take(flaws) {
                    *sibling = digest(77);
                }
                let path = ShadowPath::new(siblings);
                let computed = shadow_root(digest(leaf), index, &path);
                let expected = if computed == tree.root() { Ok(()) } else { Err(computed) };
                prop_assert_eq!(known.check(tree.root(), digest(leaf), index, &path), expected);
            }
        }
    }

    /// A known node is not enough: the path above it is what a circuit will be given.
    #[test]
    fn a_path_that_leaves_a_known_node_is_refused() {
        let mut tree = ShadowTree::new();
        tree.extend(&(0..4).map(digest).collect::<Vec<_>>()).unwrap();
        let mut known = KnownPaths::default();
        for index in [0, 2, 1] {
            let (leaf, path) = (digest(index.into()), tree.path(index));
            assert_eq!(known.check(tree.root(), leaf, index, &path), Ok(()));
            for from in 0..TREE_DEPTH {
                let mut siblings = *path.siblings();
                siblings[from..].fill(digest(77));
                let path = ShadowPath::new(siblings);
                let computed = shadow_root(leaf, index, &path);
                assert_eq!(
                    known.check(tree.root(), leaf, index, &path),
                    Err(computed),
                    "{from}"
                );
            }
        }
    }
}
