//! Exits are imported once.

use causeway_aggregation::{D, F};
use causeway_ledger::nullifiers::imported_leaf;
use causeway_types::GoldilocksDigest;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::tree::PathTarget;
use super::word::{DigestTarget, U32Target, constant};

/// Marks an exit as imported: holds its place to be empty under the root before, and gives the root after.
///
/// The place is the source network in the upper 32 bits and the leaf index in the lower (`nullifier_key`); both are words, so
/// that no two exits have one place. Two paths of 64 rows.
pub fn nullify(
    builder: &mut CircuitBuilder<F, D>,
    source: U32Target,
    leaf_index: U32Target,
    path: &PathTarget,
    before: DigestTarget,
) -> DigestTarget {
    let mut key = leaf_index.bits(builder);
    key.extend(source.bits(builder));
    let empty = constant(builder, GoldilocksDigest::ZERO);
    let root = path.root(builder, empty, &key);
    builder.connect_hashes(root, before);
    let imported = constant(builder, imported_leaf());
    path.root(builder, imported, &key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use causeway_ledger::NullifierTree;
    use causeway_types::{GlobalIndex, NetworkId};

    use super::*;
    use crate::targets::testing::{Gadget, words};
    use crate::targets::tree::TreeTarget;

    fn gadget() -> Gadget {
        Gadget::new(|builder| {
            let (source, index) = (U32Target::new(builder), U32Target::new(builder));
            let path = PathTarget::new(builder, TreeTarget::Nullifiers);
            let before = builder.add_virtual_hash();
            let after = nullify(builder, source, index, &path, before);
            let siblings: Vec<_> = path
                .siblings()
                .iter()
                .flat_map(|sibling| sibling.elements)
                .collect();
            [
                &[source.target(), index.target()],
                &siblings[..],
                &before.elements,
                &after.elements,
            ]
            .concat()
        })
    }

    fn exit(source: u32, index: u32) -> GlobalIndex {
        GlobalIndex::new(NetworkId::new(source), index)
    }

    fn values(tree: &NullifierTree, exit: GlobalIndex) -> Vec<u64> {
        let siblings: Vec<u64> = tree.path(exit).into_iter().flat_map(words).collect();
        let before = tree.root();
        let mut tree = tree.clone();
        tree.insert([exit]);
        [
            &[exit.source().get().into(), exit.leaf_index().into()],
            &siblings[..],
            &words(before),
            &words(tree.root()),
        ]
        .concat()
    }

    #[test]
    fn an_exit_is_imported_once() {
        let gadget = gadget();
        let mut tree = NullifierTree::new();
        for exit in [
            exit(0, 7),
            exit(7, 0),
            exit(u32::MAX - 1, u32::MAX - 1),
            exit(1, 7),
        ] {
            let values = values(&tree, exit);
            assert!(gadget.holds(&values), "{exit:?}");
            tree.insert([exit]);
            // Under the root after it the place is not empty.
            let mut again = values.clone();
            again[258..262].copy_from_slice(&words(tree.root()));
            assert!(!gadget.holds(&again), "{exit:?}");
        }
    }

    #[test]
    fn place_path_and_roots_are_bound() {
        let gadget = gadget();
        let mut tree = NullifierTree::new();
        tree.insert([exit(3, 4), exit(3, 5)]);
        let values = values(&tree, exit(3, 6));
        assert!(gadget.holds(&values));
        for at in [0, 1, 2, 5, 130, 257, 258, 261, 262, 265] {
            let mut other = values.clone();
            other[at] += 1;
            assert!(!gadget.holds(&other), "{at}");
        }
    }
}
