//! Poseidon2 in constraints: three per S-box and nothing for the linear layers.

use std::array::from_fn;

use ark_bn254::Fr;
use ark_ff::{Field, One, Zero};

use super::lc::Lc;
use super::synth::Synth;
use crate::bn254::{Domain, FULL_ROUNDS, Instance, Poseidon2, SPONGE_WIDTH, external};

const HALF: usize = FULL_ROUNDS / 2;

/// A square matrix, by rows.
type Matrix<const T: usize> = [[Fr; T]; T];

/// The external matrix and its inverse.
struct External<const T: usize> {
    matrix: Matrix<T>,
    inverse: Matrix<T>,
}

impl<const T: usize> External<T> {
    /// The matrix is taken from what it does to the unit vectors.
    fn new() -> Self {
        let columns: Matrix<T> = from_fn(|i| {
            let mut unit: [Fr; T] = from_fn(|j| if i == j { Fr::one() } else { Fr::zero() });
            external(&mut unit);
            unit
        });
        let matrix = from_fn(|row| from_fn(|column| columns[column][row]));
        Self {
            matrix,
            inverse: invert(matrix),
        }
    }
}

/// The inverse, by Gauss and Jordan.
///
/// # Panics
/// If there is none.
fn invert<const T: usize>(mut matrix: Matrix<T>) -> Matrix<T> {
    let mut inverse: Matrix<T> = from_fn(|i| from_fn(|j| if i == j { Fr::one() } else { Fr::zero() }));
    for pivot in 0..T {
        let row = (pivot..T)
            .find(|&row| !matrix[row][pivot].is_zero())
            .expect("the matrix of a permutation is invertible");
        matrix.swap(pivot, row);
        inverse.swap(pivot, row);
        let scale = matrix[pivot][pivot].inverse().expect("the pivot is not zero");
        for side in [&mut matrix, &mut inverse] {
            side[pivot].iter_mut().for_each(|x| *x *= scale);
        }
        for row in (0..T).filter(|&row| row != pivot) {
            let factor = matrix[row][pivot];
            for side in [&mut matrix, &mut inverse] {
                let subtracted = side[pivot];
                side[row]
                    .iter_mut()
                    .zip(subtracted)
                    .for_each(|(x, y)| *x -= factor * y);
            }
        }
    }
    inverse
}

/// The combination of `items` with these coefficients.
fn combine(items: &[Lc], coefficients: &[Fr]) -> Lc {
    let scaled: Vec<Lc> = items.iter().zip(coefficients).map(|(x, &c)| x * c).collect();
    Lc::sum(&scaled)
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
    pub fn permute<const T: usize>(&mut self, state: &[Lc; T]) -> [Lc; T]
    where
        Poseidon2<T>: Instance,
    {
        let constants = Poseidon2::<T>::get();
        let linear = External::<T>::new();
        let mut full = constants.full.iter();
        let mut state = linear.matrix.each_ref().map(|row| combine(state, row));
        for round in full.by_ref().take(HALF) {
            state = self.full_round(&state, round, &linear);
        }
        for &constant in &constants.partial {
            state = self.partial_round(&state, constant, &constants.diagonal);
        }
        for round in full {
            state = self.full_round(&state, round, &linear);
        }
        state
    }

    /// Adds constants, applies all S-boxes and the external matrix. New columns hold the resulting state.
    fn full_round<const T: usize>(
        &mut self,
        state: &[Lc; T],
        round: &[Fr; T],
        linear: &External<T>,
    ) -> [Lc; T] {
        let inputs: [Lc; T] = from_fn(|i| &state[i] + &Lc::constant(round[i]));
        let mut values = inputs.each_ref().map(|x| fifth_power(x.value()));
        external(&mut values);
        let next = values.map(|value| self.alloc_unchecked(value));
        for (x, row) in inputs.iter().zip(&linear.inverse) {
            self.enforce_fifth_power(x, &combine(&next, row));
        }
        next
    }

    /// Adds a constant to the first element, applies its S-box and the internal matrix. A new column holds the
    /// resulting first element.
    fn partial_round<const T: usize>(
        &mut self,
        state: &[Lc; T],
        constant: Fr,
        diagonal: &[Fr; T],
    ) -> [Lc; T] {
        let input = &state[0] + &Lc::constant(constant);
        let rest = Lc::sum(&state[1..]);
        let scale = diagonal[0] + Fr::one();
        let next = self.alloc_unchecked(fifth_power(input.value()) * scale + rest.value());
        let unscale = scale.inverse().expect("no instance has -1 in its diagonal");
        let power = &(&next - &rest) * unscale;
        self.enforce_fifth_power(&input, &power);
        let sum = &power + &rest;
        from_fn(|i| {
            if i == 0 {
                next.clone()
            } else {
                &(&state[i] * diagonal[i]) + &sum
            }
        })
    }

    /// Absorbs words seven at a time, the last block padded with zeros; one word out.
    pub fn hash_words(&mut self, domain: Domain, words: &[Lc]) -> Lc {
        let mut state: [Lc; SPONGE_WIDTH] = from_fn(|_| Lc::zero());
        state[SPONGE_WIDTH - 1] = Lc::constant(domain.capacity());
        for block in words.chunks(SPONGE_WIDTH - 1) {
            for (i, slot) in state[..SPONGE_WIDTH - 1].iter_mut().enumerate() {
                *slot = block.get(i).cloned().unwrap_or_else(Lc::zero);
            }
            state = self.permute(&state);
        }
        let [out, ..] = state;
        out
    }

    /// Two words to one: [`crate::bn254::compress`].
    pub fn compress(&mut self, left: &Lc, right: &Lc) -> Lc {
        let [first, _] = self.permute(&[left.clone(), right.clone()]);
        &first + left
    }
}
