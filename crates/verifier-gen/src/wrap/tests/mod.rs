//! Two laws for every gadget: it agrees with the native function, and no forged hint changes its result.
#![allow(clippy::unwrap_used)]

mod arithmetic;
mod bits;
mod fri;
mod gates;
mod hashing;
mod proofs;
mod transcript;

use ark_bn254::Fr;
use ark_ff::{One, UniformRand, Zero};
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::{Field, PrimeField64, Sample};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use super::extension::Ext;
use super::goldilocks::P;
use super::lc::Lc;
use super::synth::{Synth, Synthesis};

type F = GoldilocksField;
type FE = QuadraticExtension<F>;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn random_ext() -> FE {
    QuadraticExtension([F::rand(), F::rand()])
}

fn values(x: FE) -> [u64; 2] {
    x.0.map(|c| c.to_canonical_u64())
}

fn native(x: &Ext) -> FE {
    QuadraticExtension(x.residues().map(F::from_canonical_u64))
}

/// Builds a circuit with no public inputs.
fn build<T>(gadget: impl FnOnce(&mut Synth) -> T) -> (Synthesis, T) {
    let (mut cs, _) = Synth::new(&[]);
    let out = gadget(&mut cs);
    (cs.finish(), out)
}

/// Builds the gadget and checks that its constraints hold.
fn accept<T>(gadget: impl FnOnce(&mut Synth) -> T) -> T {
    let (synthesis, out) = build(gadget);
    synthesis.check().unwrap();
    out
}

/// Forges every column in turn, in several ways, and lets the gadget go on from there: either a constraint breaks or
/// the result is what it was. At least one forgery must break one.
fn rigid<T: PartialEq + std::fmt::Debug>(gadget: impl Fn(&mut Synth) -> T) {
    let (honest, expected) = build(&gadget);
    honest.check().unwrap();
    let mut rng = rng(7);
    let mut refused = 0;
    for column in 1..honest.r1cs.num_variables() {
        let value = honest.assignment[column];
        let p = Fr::from(P);
        for forged in [
            value + Fr::one(),
            value - Fr::one(),
            value + p,
            value - p,
            -value,
            Fr::rand(&mut rng),
        ] {
            if forged == value {
                continue;
            }
            let (mut cs, _) = Synth::new(&[]);
            cs.forge(column, forged);
            let result = gadget(&mut cs);
            match cs.finish().check() {
                Err(_) => refused += 1,
                Ok(()) => assert_eq!(
                    result, expected,
                    "column {column} forged from {value} to {forged}"
                ),
            }
        }
    }
    assert!(refused > 0, "no forgery was refused");
}

/// A column fixed to a value, so that forging it is refused.
fn fixed(cs: &mut Synth, value: Fr) -> Lc {
    let lc = cs.alloc_unchecked(value);
    cs.enforce_equal(&lc, &Lc::constant(value));
    lc
}

/// An extension element fixed to a value.
fn fixed_ext(cs: &mut Synth, value: FE) -> Ext {
    let ext = cs.alloc_ext(values(value));
    for (c, value) in ext.c.iter().zip(values(value)) {
        cs.enforce_equal(c.lc(), &Lc::constant(Fr::from(value)));
    }
    ext
}

#[test]
fn constraints_do_not_depend_on_values() {
    let gadget = |x: FE| {
        build(|cs| {
            let x = cs.alloc_ext(values(x));
            let y = cs.square_ext(&x);
            let y = cs.mul_ext(&y, &x);
            cs.div_ext(&y, &x)
        })
    };
    let zero = gadget(FE::ZERO).0;
    assert_eq!(zero.r1cs, gadget(random_ext()).0.r1cs);
    assert!(!zero.assignment[0].is_zero());
}
