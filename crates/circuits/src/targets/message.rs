//! The ledger's messages and their hash.

use causeway_aggregation::{D, F};
use causeway_ledger::Domain;
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::hash::hashing::PlonkyPermutation;
use plonky2::hash::poseidon::{PoseidonHash, PoseidonPermutation, SPONGE_RATE};
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::config::AlgebraicHasher;

use super::exit::TokenTarget;
use super::word::{DigestTarget, U32Target, WordsTarget};
use crate::keccak;

/// A message in the making: `causeway_ledger::poseidon::Message`.
#[derive(Clone, Debug, Default)]
pub struct MessageTarget(Vec<Target>);

impl MessageTarget {
    /// No element.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Appends one word.
    #[must_use]
    pub fn u32(mut self, word: U32Target) -> Self {
        self.0.push(word.target());
        self
    }

    /// Appends the words of a longer value, the uppermost first.
    #[must_use]
    pub fn words<const N: usize>(mut self, words: &WordsTarget<N>) -> Self {
        self.0.extend(words.targets());
        self
    }

    /// Appends six words: network, address.
    #[must_use]
    pub fn token(self, token: &TokenTarget) -> Self {
        self.u32(token.network).words(&token.address)
    }

    /// Appends the four elements of a digest.
    #[must_use]
    pub fn digest(mut self, digest: DigestTarget) -> Self {
        self.0.extend(digest.elements);
        self
    }

    /// Appends the limbs of a digest of Keccak.
    #[must_use]
    pub fn keccak_digest(mut self, digest: &keccak::DigestTarget) -> Self {
        self.0.extend(digest);
        self
    }

    /// Appends elements that are no words.
    #[must_use]
    pub fn elements_of(mut self, elements: &[Target]) -> Self {
        self.0.extend(elements);
        self
    }

    /// Appends one element that is no word.
    #[must_use]
    pub fn element(mut self, element: Target) -> Self {
        self.0.push(element);
        self
    }

    /// The elements.
    pub fn elements(&self) -> &[Target] {
        &self.0
    }

    /// The hash of what was appended: a permutation for every eight elements.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>, domain: Domain) -> DigestTarget {
        let tag = tag(builder, domain);
        let mut state = start(builder, tag, self.0.len());
        if self.0.is_empty() {
            state = builder.permute::<PoseidonHash>(state);
        }
        for block in self.0.chunks(SPONGE_RATE) {
            state.set_from_slice(block, 0);
            state = builder.permute::<PoseidonHash>(state);
        }
        squeeze(&state)
    }
}

/// What says what a hash is for.
pub(super) fn tag(builder: &mut CircuitBuilder<F, D>, domain: Domain) -> Target {
    builder.constant(F::from_canonical_u64(domain.tag()))
}

/// The node above a node and its sibling, which stands to the left of it where `right` is set: one row.
pub(super) fn node(
    builder: &mut CircuitBuilder<F, D>,
    domain: Domain,
    node: DigestTarget,
    sibling: DigestTarget,
    right: BoolTarget,
) -> DigestTarget {
    let tag = tag(builder, domain);
    tagged_node(builder, tag, node, sibling, right)
}

/// [`node`], of a tree that a witness may choose.
pub(super) fn tagged_node(
    builder: &mut CircuitBuilder<F, D>,
    tag: Target,
    node: DigestTarget,
    sibling: DigestTarget,
    right: BoolTarget,
) -> DigestTarget {
    let mut state = start(builder, tag, SPONGE_RATE);
    state.set_from_slice(&node.elements, 0);
    state.set_from_slice(&sibling.elements, 4);
    squeeze(&PoseidonHash::permute_swapped(state, right, builder))
}

/// Zeros, then tag and length in the capacity.
fn start(builder: &mut CircuitBuilder<F, D>, tag: Target, length: usize) -> PoseidonPermutation<Target> {
    let zero = builder.zero();
    let mut state = PoseidonPermutation::new(std::iter::repeat(zero));
    let length = builder.constant(F::from_canonical_usize(length));
    state.set_elt(tag, SPONGE_RATE);
    state.set_elt(length, SPONGE_RATE + 1);
    state
}

fn squeeze(state: &PoseidonPermutation<Target>) -> DigestTarget {
    let mut elements = [state.squeeze()[0]; 4];
    elements.copy_from_slice(&state.squeeze()[..4]);
    HashOutTarget { elements }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use causeway_ledger::poseidon::{EXIT, EXIT_NODE};

    use super::*;
    use crate::targets::testing::{Gadget, words};

    #[test]
    fn messages_of_any_length_hash_as_the_ledger_does() {
        for length in [0, 1, 7, 8, 9, 16, 17, 29] {
            let gadget = Gadget::new(|builder| {
                let targets = builder.add_virtual_targets(length);
                let hash = MessageTarget(targets.clone()).hash(builder, EXIT);
                [targets, hash.elements.to_vec()].concat()
            });
            let message: Vec<u64> = (0..length as u64).map(|at| at << 40 | 7).collect();
            let elements: Vec<F> = message.iter().map(|&word| F::from_canonical_u64(word)).collect();
            let digest = EXIT.hash(&elements);
            gadget.holds_alone(&[message, digest.words().to_vec()].concat());
        }
    }

    #[test]
    fn a_node_has_its_sibling_on_the_side_that_the_bit_says() {
        let gadget = Gadget::new(|builder| {
            let (left, right) = (builder.add_virtual_hash(), builder.add_virtual_hash());
            let bit = builder.add_virtual_bool_target_unsafe();
            let node = node(builder, EXIT_NODE, left, right, bit);
            [&left.elements[..], &right.elements, &[bit.target], &node.elements].concat()
        });
        let (node, sibling) = (EXIT.hash(&[F::ONE]), EXIT.hash(&[F::TWO]));
        for (bit, above) in [
            (0, EXIT_NODE.node(node, sibling)),
            (1, EXIT_NODE.node(sibling, node)),
        ] {
            gadget.holds_alone(&[&words(node)[..], &words(sibling), &[bit], &words(above)].concat());
        }
    }
}
