//! Poseidon2 in constraints: three per S-box and nothing for the linear layers.

use ark_bn254::Fr;
use ark_ff::Field;

use super::lc::Lc;
use super::synth::Synth;
use crate::bn254::{Domain, FULL_ROUNDS, PARTIAL_ROUNDS, WIDTH, round_constants};

const HALF: usize = FULL_ROUNDS / 2;

fn external(s: &[Lc; WIDTH]) -> [Lc; WIDTH] {
    let sum = Lc::sum(s);
    s.each_ref().map(|x| x + &sum)
}

fn internal(s: &[Lc; WIDTH]) -> [Lc; WIDTH] {
    let sum = Lc::sum(s);
    [&s[0] + &sum, &s[1] + &sum, &(&s[2] * Fr::from(2u64)) + &sum]
}

fn fifth_power(x: Fr) -> Fr {
    x.square().square() * x
}

impl Synth {
    /// Constrains `x^5 = power`.
    fn enforce_fifth_power(&mut self, x: &Lc, power: &Lc) {
        let square = self.mul(x, x);
        let fourth = self.mul(&square, &square);
        self.enforce(&fourth, x, power);
    }

    /// The permutation.
    ///
    /// The columns between two rounds are the *inputs* of the next S-boxes, from which the outputs of the last ones
    /// follow linearly: then every row has one dense side in place of three.
    pub fn permute(&mut self, state: &[Lc; WIDTH]) -> [Lc; WIDTH] {
        let constants = round_constants();
        let mut full = constants.full.iter();
        let mut state = external(state);
        for round in full.by_ref().take(HALF) {
            state = self.full_round(&state, round);
        }
        for constant in &constants.partial[..PARTIAL_ROUNDS] {
            state = self.partial_round(&state, *constant);
        }
        for round in full {
            state = self.full_round(&state, round);
        }
        state
    }

    /// Adds constants, applies all S-boxes and the external matrix. New columns hold the resulting state.
    fn full_round(&mut self, state: &[Lc; WIDTH], round: &[Fr; WIDTH]) -> [Lc; WIDTH] {
        let inputs: [Lc; WIDTH] = std::array::from_fn(|i| &state[i] + &Lc::constant(round[i]));
        let powers = inputs.each_ref().map(|x| fifth_power(x.value()));
        let total: Fr = powers.iter().sum();
        let next = powers.map(|power| self.alloc_unchecked(power + total));
        // The inverse of circ(2, 1, 1) takes a quarter of the sum from each element.
        let quarter = &Lc::sum(&next) * Fr::from(4u64).inverse().expect("four is not zero");
        for (x, out) in inputs.iter().zip(&next) {
            self.enforce_fifth_power(x, &(out - &quarter));
        }
        next
    }

    /// Adds a constant to the first element, applies its S-box and the internal matrix. A new column holds the
    /// resulting first element.
    fn partial_round(&mut self, state: &[Lc; WIDTH], constant: Fr) -> [Lc; WIDTH] {
        let input = &state[0] + &Lc::constant(constant);
        let rest = &state[1] + &state[2];
        let half = Fr::from(2u64).inverse().expect("two is not zero");
        let next = self.alloc_unchecked(fifth_power(input.value()) * Fr::from(2u64) + rest.value());
        let power = &(&next - &rest) * half;
        self.enforce_fifth_power(&input, &power);
        internal(&[power, state[1].clone(), state[2].clone()])
    }

    /// Absorbs words two at a time, the last block padded with zeros; one word out.
    pub fn hash_words(&mut self, domain: Domain, words: &[Lc]) -> Lc {
        let mut state = [Lc::zero(), Lc::zero(), Lc::constant(domain.capacity())];
        for block in words.chunks(WIDTH - 1) {
            for (i, slot) in state[..WIDTH - 1].iter_mut().enumerate() {
                *slot = block.get(i).cloned().unwrap_or_else(Lc::zero);
            }
            state = self.permute(&state);
        }
        let [out, ..] = state;
        out
    }
}
