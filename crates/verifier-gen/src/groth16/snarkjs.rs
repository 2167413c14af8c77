//! Proofs, public inputs and verifying keys in snarkjs's JSON, so that its users can check ours.

use ark_bn254::{Fr, G1Affine, G2Affine};
use serde::Serialize;

use super::{Origin, Proof, VerifyingKey};

/// x, y, z in decimal.
type G1Json = [String; 3];
/// x, y, z in decimal, of each the real part first.
type G2Json = [[String; 2]; 3];

fn g1(point: &G1Affine) -> G1Json {
    [point.x.to_string(), point.y.to_string(), "1".into()]
}

fn g2(point: &G2Affine) -> G2Json {
    let pair = |c0: &dyn ToString, c1: &dyn ToString| [c0.to_string(), c1.to_string()];
    [
        pair(&point.x.c0, &point.x.c1),
        pair(&point.y.c0, &point.y.c1),
        pair(&1, &0),
    ]
}

/// What `snarkjs groth16 prove` writes as `proof.json`.
#[derive(Clone, Debug, Serialize)]
pub struct SnarkjsProof {
    pi_a: G1Json,
    pi_b: G2Json,
    pi_c: G1Json,
    protocol: &'static str,
    curve: &'static str,
}

impl From<&Proof> for SnarkjsProof {
    fn from(proof: &Proof) -> Self {
        Self {
            pi_a: g1(proof.a()),
            pi_b: g2(proof.b()),
            pi_c: g1(proof.c()),
            protocol: "groth16",
            curve: "bn128",
        }
    }
}

/// What `snarkjs zkey export verificationkey` writes, less its redundant pairing.
#[derive(Clone, Debug, Serialize)]
pub struct SnarkjsVerifyingKey {
    protocol: &'static str,
    curve: &'static str,
    #[serde(rename = "nPublic")]
    num_public: usize,
    vk_alpha_1: G1Json,
    vk_beta_2: G2Json,
    vk_gamma_2: G2Json,
    vk_delta_2: G2Json,
    #[serde(rename = "IC")]
    ic: Vec<G1Json>,
}

impl<O: Origin> From<&VerifyingKey<O>> for SnarkjsVerifyingKey {
    fn from(key: &VerifyingKey<O>) -> Self {
        let points = key.points();
        Self {
            protocol: "groth16",
            curve: "bn128",
            num_public: key.num_public(),
            vk_alpha_1: g1(&points.alpha_g1),
            vk_beta_2: g2(&points.beta_g2),
            vk_gamma_2: g2(&points.gamma_g2),
            vk_delta_2: g2(&points.delta_g2),
            ic: points.ic.iter().map(g1).collect(),
        }
    }
}

/// What `snarkjs groth16 prove` writes as `public.json`.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct SnarkjsPublic(Vec<String>);

impl From<&[Fr]> for SnarkjsPublic {
    fn from(inputs: &[Fr]) -> Self {
        Self(inputs.iter().map(ToString::to_string).collect())
    }
}
