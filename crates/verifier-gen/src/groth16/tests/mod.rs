#![allow(clippy::unwrap_used)]

mod keys;
mod proofs;
mod store;

use ark_bn254::Fr;
use ark_ff::{Field, One, Zero};

use super::{Development, Progress, ProvingKey, development_setup};
use crate::r1cs::{R1cs, Var};

/// A circuit of mostly bits with two public inputs: the cube of a number that has `bits` bits and the number's square.
/// Row `bits` recomposes the number; the last two rows are the products.
pub(super) fn sample(bits: usize, number: u64) -> (R1cs, Vec<Fr>) {
    let mut r1cs = R1cs::new(2);
    let one = Fr::one();
    let (cube, square) = (Var(1), Var(2));
    let x = r1cs.new_variable();
    let value = Fr::from(number);
    let mut z = vec![one, value.pow([3u64]), value.square(), value];
    let mut sum = Vec::new();
    for i in 0..bits {
        let bit = r1cs.new_variable();
        z.push(Fr::from(number >> i & 1));
        r1cs.push(&[(bit, one)], &[(bit, one), (Var::ONE, -one)], &[]);
        sum.push((bit, Fr::from(1u64 << i)));
    }
    r1cs.push(&sum, &[(Var::ONE, one)], &[(x, one)]);
    r1cs.push(&[(x, one)], &[(x, one)], &[(square, one)]);
    r1cs.push(&[(square, one)], &[(x, one)], &[(cube, one)]);
    // A column that no row uses, as a builder may leave one.
    r1cs.new_variable();
    z.push(Fr::zero());
    (r1cs, z)
}

pub(super) const SEED: [u8; 32] = [7; 32];

pub(super) fn sample_key() -> (R1cs, Vec<Fr>, ProvingKey<Development>) {
    let (r1cs, z) = sample(20, 0b1011_0010_1110_0001);
    let key = development_setup(&r1cs, SEED, Progress::none()).unwrap();
    (r1cs, z, key)
}
