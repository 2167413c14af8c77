//! The order in which a tree grows leaf by leaf.

/// Finished subtrees with their heights, heights falling from the bottom up.
#[derive(Debug)]
pub(super) struct Stack<T>(Vec<(u32, T)>);

impl<T> Default for Stack<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Stack<T> {
    /// Adds a leaf and joins every two neighbours of equal height.
    pub(super) fn push<E>(&mut self, leaf: T, mut join: impl FnMut(T, T) -> Result<T, E>) -> Result<(), E> {
        let (mut height, mut right) = (0, leaf);
        while let Some((_, left)) = self.0.pop_if(|(other, _)| *other == height) {
            right = join(left, right)?;
            height += 1;
        }
        self.0.push((height, right));
        Ok(())
    }

    /// Joins what is left, from the right; `None` if nothing was pushed.
    pub(super) fn finish<E>(mut self, mut join: impl FnMut(T, T) -> Result<T, E>) -> Result<Option<T>, E> {
        let Some((_, mut right)) = self.0.pop() else {
            return Ok(None);
        };
        while let Some((_, left)) = self.0.pop() {
            right = join(left, right)?;
        }
        Ok(Some(right))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::convert::Infallible;

    use plonky2::field::types::Field;

    use super::*;
    use crate::commitment::{Commitment, PoseidonCommitment};
    use crate::config::F;
    use crate::key::KeyDigest;
    use crate::tree::tree_value;

    #[test]
    fn growing_leaf_by_leaf_gives_the_tree_of_levels() {
        let leaves: Vec<_> = (0..40)
            .map(|i| {
                (
                    KeyDigest::from_elements([F::from_canonical_u64(i); 4]),
                    vec![F::ONE; 16],
                )
            })
            .collect();
        for count in 0..=leaves.len() {
            let mut stack = Stack::default();
            let join =
                |left: Vec<F>, right: Vec<F>| Ok::<_, Infallible>(PoseidonCommitment.join(&left, &right));
            for (key, inputs) in &leaves[..count] {
                stack.push(PoseidonCommitment.leaf(*key, inputs), join).unwrap();
                assert!(stack.0.len() <= 6, "memory is logarithmic");
            }
            assert_eq!(
                stack.finish(join).unwrap(),
                tree_value(&PoseidonCommitment, &leaves[..count])
            );
        }
    }
}
