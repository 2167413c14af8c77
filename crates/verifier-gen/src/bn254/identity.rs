use std::fmt::Debug;

use plonky2::field::extension::Extendable;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::hash::hash_types::{HashOut, NUM_HASH_OUT_ELTS};
use plonky2::hash::hashing::PlonkyPermutation;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::config::{AlgebraicHasher, Hasher};

/// Public inputs of a circuit under [`super::Bn254Config`]: exactly as many as a plonky2 digest has elements.
pub const NUM_PUBLIC_INPUTS: usize = NUM_HASH_OUT_ELTS;

const RATE: usize = 8;
const STATE: usize = 12;

/// Hashes four public inputs to themselves, which spares the wrap the emulation of a Goldilocks hash.
///
/// It is no hash for anything else: it ignores what comes after the fourth element. Whoever builds a circuit with it
/// must refuse every other number of public inputs, as [`crate::last`] and [`crate::wrap`] do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityHash;

/// The permutation that changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityPermutation<T> {
    state: [T; STATE],
}

impl<T: Copy + Default> Default for IdentityPermutation<T> {
    fn default() -> Self {
        Self {
            state: [T::default(); STATE],
        }
    }
}

impl<T> AsRef<[T]> for IdentityPermutation<T> {
    fn as_ref(&self) -> &[T] {
        &self.state
    }
}

impl<T: Copy + Default + Debug + Eq + Sync + Send> PlonkyPermutation<T> for IdentityPermutation<T> {
    const RATE: usize = RATE;
    const WIDTH: usize = STATE;

    fn new<I: IntoIterator<Item = T>>(elts: I) -> Self {
        let mut permutation = Self::default();
        permutation.set_from_iter(elts, 0);
        permutation
    }

    fn set_elt(&mut self, elt: T, idx: usize) {
        self.state[idx] = elt;
    }

    fn set_from_iter<I: IntoIterator<Item = T>>(&mut self, elts: I, start_idx: usize) {
        self.state[start_idx..]
            .iter_mut()
            .zip(elts)
            .for_each(|(slot, elt)| *slot = elt);
    }

    fn set_from_slice(&mut self, elts: &[T], start_idx: usize) {
        self.set_from_iter(elts.iter().copied(), start_idx);
    }

    fn permute(&mut self) {}

    fn squeeze(&self) -> &[T] {
        &self.state[..RATE]
    }
}

impl Hasher<GoldilocksField> for IdentityHash {
    const HASH_SIZE: usize = 32;
    type Hash = HashOut<GoldilocksField>;
    type Permutation = IdentityPermutation<GoldilocksField>;

    fn hash_no_pad(input: &[GoldilocksField]) -> Self::Hash {
        plonky2::hash::hashing::hash_n_to_hash_no_pad::<_, Self::Permutation>(input)
    }

    fn two_to_one(left: Self::Hash, _: Self::Hash) -> Self::Hash {
        left
    }
}

impl AlgebraicHasher<GoldilocksField> for IdentityHash {
    type AlgebraicPermutation = IdentityPermutation<Target>;

    fn permute_swapped<const D: usize>(
        inputs: Self::AlgebraicPermutation,
        _: BoolTarget,
        _: &mut CircuitBuilder<GoldilocksField, D>,
    ) -> Self::AlgebraicPermutation
    where
        GoldilocksField: Extendable<D>,
    {
        inputs
    }
}
