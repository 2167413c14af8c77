//! Poseidon2 (eprint 2023/323) over BN254's scalar field with S-box x^5: the instances of the paper's reference
//! implementation in the three widths that are used here.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, Zero};

use super::grain::Grain;

/// Rounds with an S-box on every element; half of them come before the partial rounds.
pub const FULL_ROUNDS: usize = 8;

const HALF: usize = FULL_ROUNDS / 2;

/// The reference draws the internal matrix's diagonal after the round constants until the matrix has no invariant
/// subspace trails (section 5.3 of the paper). Of width 8 it refuses as many.
const REFUSED_DIAGONALS: usize = 30;

/// Constants of the permutation of `T` field elements.
#[derive(Clone, Debug)]
pub struct Poseidon2<const T: usize> {
    /// Added before the S-boxes of each full round.
    pub full: [[Fr; T]; FULL_ROUNDS],
    /// Added to the first element before its S-box in each partial round.
    pub partial: Vec<Fr>,
    /// The internal matrix less the all-one matrix: a diagonal.
    pub diagonal: [Fr; T],
}

/// Widths that have an instance.
pub trait Instance: Sized {
    /// The constants, made once.
    fn get() -> &'static Self;
}

impl Instance for Poseidon2<2> {
    fn get() -> &'static Self {
        static CONSTANTS: OnceLock<Poseidon2<2>> = OnceLock::new();
        CONSTANTS.get_or_init(|| Self::new(56, |_| [1u64, 2].map(Fr::from)))
    }
}

impl Instance for Poseidon2<3> {
    fn get() -> &'static Self {
        static CONSTANTS: OnceLock<Poseidon2<3>> = OnceLock::new();
        CONSTANTS.get_or_init(|| Self::new(56, |_| [1u64, 1, 2].map(Fr::from)))
    }
}

impl Instance for Poseidon2<8> {
    fn get() -> &'static Self {
        static CONSTANTS: OnceLock<Poseidon2<8>> = OnceLock::new();
        CONSTANTS.get_or_init(|| {
            Self::new(57, |grain| {
                (0..REFUSED_DIAGONALS * 8).for_each(|_| _ = grain.unreduced());
                std::array::from_fn(|_| grain.unreduced() - Fr::from(1u64))
            })
        })
    }
}

impl<const T: usize> Poseidon2<T> {
    /// The constants in the order in which the Grain LFSR makes and the rounds use them.
    fn new(partial_rounds: usize, diagonal: impl FnOnce(&mut Grain) -> [Fr; T]) -> Self {
        let mut grain = Grain::new(T, FULL_ROUNDS, partial_rounds);
        let mut full = [[Fr::zero(); T]; FULL_ROUNDS];
        let (first, last) = full.split_at_mut(HALF);
        let fill = |rounds: &mut [[Fr; T]], grain: &mut Grain| {
            rounds
                .as_flattened_mut()
                .iter_mut()
                .for_each(|c| *c = grain.element());
        };
        fill(first, &mut grain);
        let partial = (0..partial_rounds).map(|_| grain.element()).collect();
        fill(last, &mut grain);
        let diagonal = diagonal(&mut grain);
        Self {
            full,
            partial,
            diagonal,
        }
    }

    /// Applies the permutation in place.
    pub fn permute(&self, s: &mut [Fr; T]) {
        let full = |s: &mut [Fr; T], round: &[Fr; T]| {
            for (x, c) in s.iter_mut().zip(round) {
                *x += c;
                sbox(x);
            }
            external(s);
        };
        external(s);
        self.full[..HALF].iter().for_each(|round| full(s, round));
        for c in &self.partial {
            s[0] += c;
            sbox(&mut s[0]);
            self.internal(s);
        }
        self.full[HALF..].iter().for_each(|round| full(s, round));
    }

    /// Multiplies by the all-one matrix plus the diagonal.
    #[inline(always)]
    fn internal(&self, s: &mut [Fr; T]) {
        let sum: Fr = s.iter().sum();
        if T < 4 {
            // Diagonal (1, 2) or (1, 1, 2).
            s[T - 1].double_in_place();
        } else {
            s.iter_mut().zip(&self.diagonal).for_each(|(x, d)| *x *= d);
        }
        s.iter_mut().for_each(|x| *x += sum);
    }
}

/// Applies the permutation of this width in place.
pub fn permute<const T: usize>(s: &mut [Fr; T])
where
    Poseidon2<T>: Instance,
{
    Poseidon2::get().permute(s);
}

#[inline(always)]
fn sbox(x: &mut Fr) {
    let mut fourth = *x;
    fourth.square_in_place();
    fourth.square_in_place();
    *x *= fourth;
}

/// Multiplies by the external matrix: circ(2, 1) and circ(2, 1, 1), otherwise circ(2 M, M, ..., M) with M = (5 7 1 3,
/// 4 6 1 1, 1 3 5 7, 1 1 4 6) on the vector's quarters of four.
#[inline(always)]
pub(crate) fn external<const T: usize>(s: &mut [Fr; T]) {
    if T < 4 {
        let sum: Fr = s.iter().sum();
        s.iter_mut().for_each(|x| *x += sum);
        return;
    }
    let (fours, _) = s.as_chunks_mut::<4>();
    fours.iter_mut().for_each(multiply_four);
    let mut sums = [Fr::zero(); 4];
    for four in fours.iter() {
        sums.iter_mut().zip(four).for_each(|(sum, x)| *sum += x);
    }
    for four in fours {
        four.iter_mut().zip(&sums).for_each(|(x, sum)| *x += sum);
    }
}

/// M of [`external`] in eight additions and four doublings, by the paper's section 5.1.
#[inline(always)]
fn multiply_four([a, b, c, d]: &mut [Fr; 4]) {
    let (ab, cd) = (*a + *b, *c + *d);
    let left = b.double() + cd;
    let right = d.double() + ab;
    let fourth = cd.double().double() + right;
    let second = ab.double().double() + left;
    (*a, *b, *c, *d) = (right + second, second, left + fourth, fourth);
}

#[cfg(test)]
mod tests {
    use ark_ff::{BigInteger, PrimeField, UniformRand};
    use rand::SeedableRng;
    use taceo_poseidon2::bn254::{t2, t3, t8};

    use super::*;

    fn compare<const T: usize>(peer: impl Fn(&[Fr; T]) -> [Fr; T])
    where
        Poseidon2<T>: Instance,
    {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        for _ in 0..100 {
            let input: [Fr; T] = std::array::from_fn(|_| Fr::rand(&mut rng));
            let mut ours = input;
            permute(&mut ours);
            assert_eq!(ours, peer(&input));
        }
    }

    #[test]
    fn agrees_with_an_independent_implementation() {
        compare(t2::permutation);
        compare(t3::permutation);
        compare(t8::permutation);
    }

    #[test]
    fn diagonals_are_what_the_short_form_takes_them_for() {
        assert_eq!(Poseidon2::<2>::get().diagonal, [1u64, 2].map(Fr::from));
        assert_eq!(Poseidon2::<3>::get().diagonal, [1u64, 1, 2].map(Fr::from));
    }

    /// The test vector of the reference implementation for the state (0, 1, 2).
    #[test]
    fn agrees_with_the_published_vector() {
        let mut state = [0u64, 1, 2].map(Fr::from);
        permute(&mut state);
        let words = state.map(|x| hex::encode(x.into_bigint().to_bytes_be()));
        assert_eq!(
            words[0],
            "0bb61d24daca55eebcb1929a82650f328134334da98ea4f847f760054f4a3033"
        );
        assert_eq!(
            words[1],
            "303b6f7c86d043bfcbcc80214f26a30277a15d3f74ca654992defe7ff8d03570"
        );
        assert_eq!(
            words[2],
            "1ed25194542b12eef8617361c3ba7c52e660b145994427cc86296242cf766ec8"
        );
    }
}
