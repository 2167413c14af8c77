use ark_bn254::Fr;
use ark_ff::{One, UniformRand};
use rand::{CryptoRng, RngCore, rngs::OsRng};
use rayon::prelude::*;

use super::{
    InvalidProof, Origin, Progress, Proof, ProvingKey, VerifyError,
    msm::msm,
    qap::{TRANSFORMS, domain_log2, quotient},
    scalar::Scalar,
    verify,
};
use crate::r1cs::{R1cs, Unsatisfied};

/// Why there is no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// The key is for a circuit with other counts of columns or rows.
    #[error(
        "the key is for {key_variables} columns, {key_public} public inputs and 2^{key_domain_log2} rows; the circuit has \
         {circuit_variables}, {circuit_public} and 2^{circuit_domain_log2}"
    )]
    OtherCircuit {
        /// Columns the key is for.
        key_variables: usize,
        /// Public inputs the key is for.
        key_public: usize,
        /// Binary logarithm of the key's domain.
        key_domain_log2: u32,
        /// Columns of the circuit.
        circuit_variables: usize,
        /// Public inputs of the circuit.
        circuit_public: usize,
        /// Binary logarithm of the circuit's domain.
        circuit_domain_log2: u32,
    },
    /// The circuit is larger than any key.
    #[error(transparent)]
    TooLarge(#[from] super::CircuitTooLarge),
    /// The assignment does not have one value per column.
    #[error("{actual} values where the circuit has {expected} columns")]
    AssignmentLength {
        /// Values given.
        actual: usize,
        /// Columns of the circuit.
        expected: usize,
    },
    /// The assignment does not begin with one.
    #[error("column 0 of the assignment is not one")]
    ColumnZero,
    /// The assignment does not satisfy the circuit.
    #[error(transparent)]
    Unsatisfied(#[from] Unsatisfied),
    /// The points made are no proof: the key is damaged or not of this circuit.
    #[error("the key is damaged or of another circuit: {0}")]
    Invalid(#[from] InvalidProof),
    /// The proof made is not accepted: the key is damaged or not of this circuit.
    #[error("the key is damaged or of another circuit: {0}")]
    SelfCheck(#[from] VerifyError),
}

/// Proves that `assignment` (one, public inputs, witness) satisfies `r1cs`, with randomness from the operating
/// system. The assignment is checked first and the proof is verified before it is returned.
pub fn prove<O: Origin>(
    key: &ProvingKey<O>,
    r1cs: &R1cs,
    assignment: &[Fr],
    progress: Progress<'_>,
) -> Result<Proof, ProveError> {
    prove_with_rng(key, r1cs, assignment, &mut OsRng, progress)
}

/// As [`prove`], with `rng` for the two blinding scalars; who can predict them learns about the witness.
pub fn prove_with_rng<O: Origin>(
    key: &ProvingKey<O>,
    r1cs: &R1cs,
    assignment: &[Fr],
    rng: &mut (impl RngCore + CryptoRng),
    progress: Progress<'_>,
) -> Result<Proof, ProveError> {
    check_shape(key, r1cs, assignment)?;
    let stage = progress.stage("check and quotient", TRANSFORMS);
    let quotient = quotient(r1cs, key.domain_log2, assignment, || stage.advance(1))?;

    let queries = &key.queries;
    let stage = progress.stage("multi-exponentiations", 5);
    let scalars: Vec<Scalar> = quotient.into_par_iter().map(Scalar::from).collect();
    let h = msm(&queries.h, |i| &scalars[i]);
    drop(scalars);
    stage.advance(1);
    let z: Vec<Scalar> = assignment.par_iter().copied().map(Scalar::from).collect();
    let a = msm(&queries.a, |i| &z[queries.a_columns[i] as usize]);
    stage.advance(1);
    let b_g1 = msm(&queries.b_g1, |i| &z[queries.b_columns[i] as usize]);
    stage.advance(1);
    let witness = &z[r1cs.num_public() + 1..];
    let l = msm(&queries.l, |i| &witness[i]);
    stage.advance(1);
    let b_g2 = msm(&queries.b_g2, |i| &z[queries.b_columns[i] as usize]);
    stage.advance(1);

    let points = key.verifying_key.points();
    let (r, s) = (Fr::rand(rng), Fr::rand(rng));
    let a = a + points.alpha_g1 + key.delta_g1 * r;
    let b_g1 = b_g1 + key.beta_g1 + key.delta_g1 * s;
    let b_g2 = b_g2 + points.beta_g2 + points.delta_g2 * s;
    let c = l + h + a * s + b_g1 * r - key.delta_g1 * (r * s);
    let proof = Proof::new(a.into(), b_g2.into(), c.into())?;

    let stage = progress.stage("verification", 1);
    verify(&key.verifying_key, &assignment[1..=r1cs.num_public()], &proof)?;
    stage.advance(1);
    Ok(proof)
}

fn check_shape<O: Origin>(key: &ProvingKey<O>, r1cs: &R1cs, assignment: &[Fr]) -> Result<(), ProveError> {
    let circuit_domain_log2 = domain_log2(r1cs)?;
    let key_public = key.verifying_key.num_public();
    let expected = r1cs.num_variables();
    if (key.num_variables, key_public, key.domain_log2) != (expected, r1cs.num_public(), circuit_domain_log2)
    {
        return Err(ProveError::OtherCircuit {
            key_variables: key.num_variables,
            key_public,
            key_domain_log2: key.domain_log2,
            circuit_variables: expected,
            circuit_public: r1cs.num_public(),
            circuit_domain_log2,
        });
    }
    if assignment.len() != expected {
        return Err(ProveError::AssignmentLength {
            actual: assignment.len(),
            expected,
        });
    }
    if !assignment[0].is_one() {
        return Err(ProveError::ColumnZero);
    }
    Ok(())
}
