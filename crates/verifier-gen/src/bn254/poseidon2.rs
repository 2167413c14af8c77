//! Poseidon2 (eprint 2023/323) over BN254's scalar field with state width 3, S-box x^5, 8 full and 56 partial
//! rounds: the instance of the paper's reference implementation.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, Zero};

use super::grain::Grain;

/// Field elements of the state: two of rate and one of capacity.
pub const WIDTH: usize = 3;
/// Rounds with an S-box on every element; half of them come before the partial rounds.
pub const FULL_ROUNDS: usize = 8;
/// Rounds with an S-box on the first element only.
pub const PARTIAL_ROUNDS: usize = 56;

const HALF: usize = FULL_ROUNDS / 2;

/// Constants added before the S-boxes of each round.
#[derive(Clone, Debug)]
pub struct RoundConstants {
    /// One row per full round.
    pub full: [[Fr; WIDTH]; FULL_ROUNDS],
    /// One per partial round.
    pub partial: [Fr; PARTIAL_ROUNDS],
}

/// The round constants, made by the Grain LFSR in the order in which the rounds use them.
pub fn round_constants() -> &'static RoundConstants {
    static CONSTANTS: OnceLock<RoundConstants> = OnceLock::new();
    CONSTANTS.get_or_init(|| {
        let mut grain = Grain::new(WIDTH, FULL_ROUNDS, PARTIAL_ROUNDS);
        let mut constants = RoundConstants {
            full: [[Fr::zero(); WIDTH]; FULL_ROUNDS],
            partial: [Fr::zero(); PARTIAL_ROUNDS],
        };
        let (first, last) = constants.full.split_at_mut(HALF);
        first
            .as_flattened_mut()
            .iter_mut()
            .for_each(|c| *c = grain.element());
        constants.partial.iter_mut().for_each(|c| *c = grain.element());
        last.as_flattened_mut()
            .iter_mut()
            .for_each(|c| *c = grain.element());
        constants
    })
}

#[inline(always)]
fn sbox(x: &mut Fr) {
    let mut fourth = *x;
    fourth.square_in_place();
    fourth.square_in_place();
    *x *= fourth;
}

/// Multiplies by circ(2, 1, 1).
#[inline(always)]
fn external(s: &mut [Fr; WIDTH]) {
    let sum = s[0] + s[1] + s[2];
    s.iter_mut().for_each(|x| *x += sum);
}

/// Multiplies by the all-one matrix plus diag(1, 1, 2).
#[inline(always)]
fn internal(s: &mut [Fr; WIDTH]) {
    let sum = s[0] + s[1] + s[2];
    s[2].double_in_place();
    s.iter_mut().for_each(|x| *x += sum);
}

/// Applies the permutation in place.
pub fn permute(s: &mut [Fr; WIDTH]) {
    let constants = round_constants();
    let full = |s: &mut [Fr; WIDTH], round: &[Fr; WIDTH]| {
        for (x, c) in s.iter_mut().zip(round) {
            *x += c;
            sbox(x);
        }
        external(s);
    };
    external(s);
    constants.full[..HALF].iter().for_each(|round| full(s, round));
    for c in &constants.partial {
        s[0] += c;
        sbox(&mut s[0]);
        internal(s);
    }
    constants.full[HALF..].iter().for_each(|round| full(s, round));
}

#[cfg(test)]
mod tests {
    use ark_ff::{BigInteger, PrimeField, UniformRand};
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn agrees_with_an_independent_implementation() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        for _ in 0..100 {
            let input: [Fr; WIDTH] = std::array::from_fn(|_| Fr::rand(&mut rng));
            let mut ours = input;
            permute(&mut ours);
            assert_eq!(ours, taceo_poseidon2::bn254::t3::permutation(&input));
        }
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
