//! Exits are imported once.

use causeway_aggregation::{D, F};
use causeway_ledger::nullifiers::imported_leaf;
use causeway_types::GoldilocksDigest;
use plonky2::iop::target::BoolTarget;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::tree::PathTarget;
use super::word::{DigestTarget, constant};

/// Marks an exit as imported: the roots of a tree in which its place is empty, and of the same tree in which it is not. The caller
/// compares the first with what there is.
///
/// The place is the source network in the upper 32 bits and the leaf index in the lower (`nullifier_key`): bits, the lowest first, of
/// two words, so that no two exits have one place. Two paths of 64 rows.
pub fn nullify(
    builder: &mut CircuitBuilder<F, D>,
    place: &[BoolTarget],
    path: &PathTarget,
) -> (DigestTarget, DigestTarget) {
    let [empty, imported] = [GoldilocksDigest::ZERO, imported_leaf()].map(|leaf| {
        let leaf = constant(builder, leaf);
        path.root(builder, leaf, place)
    });
    (empty, imported)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use causeway_ledger::NullifierTree;
    use causeway_types::{GlobalIndex, NetworkId};

    use super::*;
    use crate::targets::testing::{Gadget, words};
    use crate::targets::tree::TreeTarget;
    use crate::targets::word::U32Target;

    fn gadget() -> Gadget {
        Gadget::new(|builder| {
            let (source, index) = (U32Target::new(builder), U32Target::new(builder));
            let path = PathTarget::new(builder, TreeTarget::Nullifiers);
            let place = [index.bits(builder), source.bits(builder)].concat();
            let (before, after) = nullify(builder, &place, &path);
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
