//! The development setup: one party draws every secret from a seed, so whoever knows the seed can forge.

use ark_bn254::{Fr, G1Affine, G2Affine, g1, g2};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, One, UniformRand, Zero};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{
    CircuitTooLarge, Development, InvalidKey, Progress, ProvingKey, VerifyingKey, VerifyingPoints,
    fixed_base::FixedBase,
    proving_key::Queries,
    qap::{columns_at, domain_log2, odd_lagrange_at},
};
use crate::r1cs::{R1cs, circuit_hash};

/// Why a setup gives no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The circuit is too large.
    #[error(transparent)]
    TooLarge(#[from] CircuitTooLarge),
    /// The key would be degenerate: a public column, or the constant one, is used by no row that binds it.
    #[error("the circuit has no sound key: {0}")]
    Degenerate(#[from] InvalidKey),
}

/// The secrets of a setup; gamma is one, as in every snarkjs ceremony.
struct Secrets {
    x: Fr,
    alpha: Fr,
    beta: Fr,
    delta: Fr,
}

impl Secrets {
    /// ChaCha20 keyed with SHA-256("causeway groth16 development setup v1" | seed | circuit hash) draws x, alpha,
    /// beta and delta in this order, drawing again what would make a key degenerate.
    fn derive(seed: &[u8; 32], circuit: &[u8; 32], domain_log2: u32) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"causeway groth16 development setup v1");
        hasher.update(seed);
        hasher.update(circuit);
        let mut rng = ChaCha20Rng::from_seed(hasher.finalize().into());
        let mut draw = |good: &dyn Fn(Fr) -> bool| loop {
            let value = Fr::rand(&mut rng);
            if good(value) {
                return value;
            }
        };
        Self {
            x: draw(&|x| !x.is_zero() && !x.pow([2u64 << domain_log2]).is_one()),
            alpha: draw(&|alpha| !alpha.is_zero()),
            beta: draw(&|beta| !beta.is_zero()),
            delta: draw(&|delta| !delta.is_zero() && !delta.square().is_one()),
        }
    }
}

/// Makes the development key of `r1cs` that `seed` determines, the same on every machine.
pub fn development_setup(
    r1cs: &R1cs,
    seed: [u8; 32],
    progress: Progress<'_>,
) -> Result<ProvingKey<Development>, SetupError> {
    let log2 = domain_log2(r1cs)?;
    let stage = progress.stage("circuit hash", 1);
    let circuit = circuit_hash(r1cs);
    stage.advance(1);
    let Secrets {
        x,
        alpha,
        beta,
        delta,
    } = Secrets::derive(&seed, &circuit.0, log2);
    let delta_inverse = delta.inverse().expect("delta is not zero");

    let stage = progress.stage("column polynomials", 1);
    let columns = columns_at(r1cs, log2, x);
    stage.advance(1);
    let num_ic = r1cs.num_public() + 1;
    let mixed: Vec<Fr> = (0..r1cs.num_variables())
        .into_par_iter()
        .map(|column| {
            let sum = beta * columns.a[column] + alpha * columns.b[column] + columns.c[column];
            if column < num_ic { sum } else { sum * delta_inverse }
        })
        .collect();
    let (a_columns, a) = non_zero(columns.a);
    let (b_columns, b) = non_zero(columns.b);
    let mut h = odd_lagrange_at(log2, x);
    h.par_iter_mut().for_each(|value| *value *= delta_inverse);

    let base = FixedBase::<g1::Config>::new(G1Affine::generator(), a.len() + b.len() + mixed.len() + h.len());
    let multiply = |name, scalars: Vec<Fr>| {
        let stage = progress.stage(name, scalars.len());
        base.multiply(&scalars, |units| stage.advance(units))
    };
    let a = multiply("key: A in G1", a);
    let b_g1 = multiply("key: B in G1", b.clone());
    let mut ic = multiply("key: L in G1", mixed);
    let l = ic.split_off(num_ic);
    let h = multiply("key: H in G1", h);
    drop(base);
    let stage = progress.stage("key: B in G2", b.len());
    let b_g2 = FixedBase::<g2::Config>::new(G2Affine::generator(), b.len())
        .multiply(&b, |units| stage.advance(units));

    let in_g1 = |scalar: Fr| (G1Affine::generator() * scalar).into_affine();
    let in_g2 = |scalar: Fr| (G2Affine::generator() * scalar).into_affine();
    let points = VerifyingPoints {
        alpha_g1: in_g1(alpha),
        beta_g2: in_g2(beta),
        gamma_g2: G2Affine::generator(),
        delta_g2: in_g2(delta),
        ic,
    };
    Ok(ProvingKey {
        verifying_key: VerifyingKey::new(Development { seed }, circuit, r1cs.num_public(), points)?,
        beta_g1: in_g1(beta),
        delta_g1: in_g1(delta),
        num_variables: r1cs.num_variables(),
        domain_log2: log2,
        queries: Queries {
            a_columns,
            a,
            b_columns,
            b_g1,
            b_g2,
            l,
            h,
        },
    })
}

/// The values that are not zero, after their columns.
fn non_zero(values: Vec<Fr>) -> (Vec<u32>, Vec<Fr>) {
    let entries = values
        .into_iter()
        .enumerate()
        .filter(|(_, value)| *value != Fr::ZERO);
    entries.map(|(column, value)| (column as u32, value)).unzip()
}
