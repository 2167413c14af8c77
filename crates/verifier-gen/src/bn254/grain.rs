//! The Grain LFSR of the Poseidon paper (eprint 2019/458, appendix E), which makes the round constants.

use ark_bn254::Fr;
use ark_ff::{BigInteger, BigInteger256, PrimeField};

/// Number of bits of BN254's scalar field, written into the generator's seed.
const FIELD_BITS: usize = 254;

pub(super) struct Grain {
    state: [bool; 80],
}

impl Grain {
    /// Seeds the register for a prime field, the S-box x^5 and a permutation of this width and these rounds.
    pub(super) fn new(width: usize, full_rounds: usize, partial_rounds: usize) -> Self {
        let mut state = [true; 80];
        let seed = [
            (1, 2),
            (0, 4),
            (FIELD_BITS, 12),
            (width, 12),
            (full_rounds, 10),
            (partial_rounds, 10),
        ];
        let bits = seed
            .iter()
            .flat_map(|&(value, n)| (0..n).rev().map(move |i| (value >> i) & 1 == 1));
        state.iter_mut().zip(bits).for_each(|(slot, bit)| *slot = bit);
        let mut grain = Self { state };
        (0..160).for_each(|_| _ = grain.shift());
        grain
    }

    fn shift(&mut self) -> bool {
        let s = &self.state;
        let bit = s[62] ^ s[51] ^ s[38] ^ s[23] ^ s[13] ^ s[0];
        self.state.rotate_left(1);
        self.state[79] = bit;
        bit
    }

    /// Self-shrinking: of two bits the second counts only if the first is set.
    fn bit(&mut self) -> bool {
        while !self.shift() {
            self.shift();
        }
        self.shift()
    }

    fn number(&mut self) -> BigInteger256 {
        let mut bits: Vec<bool> = (0..FIELD_BITS).map(|_| self.bit()).collect();
        bits.reverse();
        BigInteger256::from_bits_le(&bits)
    }

    /// A uniform field element: values at or above the modulus are thrown away.
    pub(super) fn element(&mut self) -> Fr {
        loop {
            if let Some(element) = Fr::from_bigint(self.number()) {
                return element;
            }
        }
    }

    /// A field element from the next number whatever it is, reduced.
    pub(super) fn unreduced(&mut self) -> Fr {
        Fr::from_le_bytes_mod_order(&self.number().to_bytes_le())
    }
}
