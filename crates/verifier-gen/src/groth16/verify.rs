use ark_bn254::{Bn254, Fr};
use ark_ec::pairing::Pairing;
use ark_ff::One;

use super::{Origin, Proof, VerifyingKey};

/// Why a proof is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The key is for another number of public inputs.
    #[error("{actual} public inputs where the key takes {expected}")]
    InputCount {
        /// Inputs given.
        actual: usize,
        /// Inputs the key takes.
        expected: usize,
    },
    /// The pairing equation does not hold: the proof does not prove these inputs under this key.
    #[error("the proof does not prove these public inputs under this key")]
    Rejected,
}

/// Checks that `proof` proves `inputs` under `key`: e(A, B) = e(alpha, beta) e(inputs, gamma) e(C, delta).
pub fn verify<O: Origin>(key: &VerifyingKey<O>, inputs: &[Fr], proof: &Proof) -> Result<(), VerifyError> {
    let expected = key.num_public();
    if inputs.len() != expected {
        return Err(VerifyError::InputCount {
            actual: inputs.len(),
            expected,
        });
    }
    let points = key.points();
    let bound = points.ic[1..].iter().zip(inputs).fold(
        points.ic[0].into(),
        |sum: ark_bn254::G1Projective, (point, input)| sum + *point * input,
    );
    let product = Bn254::multi_pairing(
        [-*proof.a(), points.alpha_g1, bound.into(), *proof.c()],
        [*proof.b(), points.beta_g2, points.gamma_g2, points.delta_g2],
    );
    if product.0.is_one() {
        Ok(())
    } else {
        Err(VerifyError::Rejected)
    }
}
