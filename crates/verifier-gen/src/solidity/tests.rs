#![allow(clippy::unwrap_used)]

use std::{env, fs, path::Path};

use ark_bn254::{Bn254, Fr};
use ark_ff::{Field, One};
use ark_groth16::Groth16;
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError, lc};
use ark_snark::SNARK;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Contract, GenerateError, generate, key_hash, selector};
use crate::{
    groth16::{Ceremony, Development, Origin, Proof, VerifyingKey, VerifyingPoints, scalar_to_word},
    r1cs::CircuitHash,
};

/// The public inputs are the second, third, ... powers of a secret.
#[derive(Clone, Copy)]
struct Powers {
    secret: Fr,
    num_public: usize,
}

impl Powers {
    fn public(self) -> Vec<Fr> {
        (0..self.num_public)
            .map(|index| self.secret.pow([index as u64 + 2]))
            .collect()
    }
}

impl ConstraintSynthesizer<Fr> for Powers {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let secret = cs.new_witness_variable(|| Ok(self.secret))?;
        let mut last = secret;
        for power in self.public() {
            let next = cs.new_input_variable(|| Ok(power))?;
            cs.enforce_r1cs_constraint(|| lc!() + last, || lc!() + secret, || lc!() + next)?;
            last = next;
        }
        Ok(())
    }
}

fn proving_key(num_public: usize) -> ark_groth16::ProvingKey<Bn254> {
    let circuit = Powers {
        secret: Fr::one(),
        num_public,
    };
    let mut rng = ChaCha20Rng::seed_from_u64(num_public as u64);
    Groth16::<Bn254>::circuit_specific_setup(circuit, &mut rng)
        .unwrap()
        .0
}

fn circuit_hash(num_public: usize) -> CircuitHash {
    CircuitHash(Sha256::digest(format!("powers, {num_public} public inputs")).into())
}

/// A key of arkworks' own setup, whose gamma, unlike ours, is random.
fn key_from<O: Origin>(num_public: usize, origin: O) -> VerifyingKey<O> {
    let key = proving_key(num_public).vk;
    let points = VerifyingPoints {
        alpha_g1: key.alpha_g1,
        beta_g2: key.beta_g2,
        gamma_g2: key.gamma_g2,
        delta_g2: key.delta_g2,
        ic: key.gamma_abc_g1,
    };
    VerifyingKey::new(origin, circuit_hash(num_public), num_public, points).unwrap()
}

fn key(num_public: usize) -> VerifyingKey<Development> {
    key_from(num_public, Development { seed: [0; 32] })
}

fn prove(num_public: usize) -> (Vec<Fr>, Proof) {
    // Powers of a large number fill the field, as digests nearly do.
    let secret = -Fr::from(3u64).inverse().unwrap();
    let circuit = Powers { secret, num_public };
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let proof = Groth16::<Bn254>::prove(&proving_key(num_public), circuit, &mut rng).unwrap();
    (circuit.public(), Proof::new(proof.a, proof.b, proof.c).unwrap())
}

const CONTRACT: Contract<'static> = Contract {
    name: "Verifier",
    interfaces: "./interfaces",
};

/// A proof as forge and revm read it. A type of its own: the order of a JSON map depends on features of other crates.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    provenance: &'static str,
    circuit_hash: String,
    key_hash: String,
    public_inputs: Vec<String>,
    proof: String,
}

/// What forge reads: contracts of small keys and a proof under each. CAUSEWAY_REGENERATE=1 writes them.
#[test]
fn committed_fixtures_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let regenerate = env::var_os("CAUSEWAY_REGENERATE").is_some();
    let hold = |path: &str, text: String| {
        let path = root.join(path);
        if regenerate {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        } else {
            assert_eq!(
                fs::read_to_string(&path).unwrap(),
                text,
                "{} is stale: make gen",
                path.display()
            );
        }
    };
    let hex = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
    let (key, (public, proof)) = (key(3), prove(3));
    let contract = Contract {
        name: "ThreeInputsVerifier",
        interfaces: "../../src/interfaces",
    };
    hold(
        "contracts/test/generated/ThreeInputsVerifier.sol",
        generate(&key, &contract).unwrap(),
    );
    let vector = Vector {
        provenance: "DEVELOPMENT",
        circuit_hash: hex(&key.circuit().0),
        key_hash: hex(&key_hash(&key)),
        public_inputs: public.iter().map(|&input| hex(&scalar_to_word(input))).collect(),
        proof: hex(&proof.to_bytes()),
    };
    hold(
        "vectors/three-inputs-proof.json",
        serde_json::to_string_pretty(&vector).unwrap() + "\n",
    );
}

#[test]
fn is_deterministic_and_says_what_it_is() {
    let text = generate(&key(2), &CONTRACT).unwrap();
    assert_eq!(text, generate(&key(2), &CONTRACT).unwrap());
    assert!(text.contains("contract Verifier is IProofVerifier {"));
    assert!(text.contains("KEY PROVENANCE: DEVELOPMENT."));
    assert!(text.contains("KeyProvenance.Development;"));
    assert!(text.contains(&format!("CIRCUIT_HASH = 0x{};", circuit_hash(2))));

    let ceremony = Ceremony {
        zkey_sha256: [1; 32],
        initial_hash: [2; 64],
        contributions: vec![],
    };
    let text = generate(&key_from(2, ceremony), &CONTRACT).unwrap();
    assert!(text.contains("KEY PROVENANCE: CEREMONY."));
    assert!(text.contains("KeyProvenance.Ceremony;"));
    assert!(!text.contains("DEVELOPMENT") && !text.contains("Development"));
}

#[test]
fn other_numbers_of_inputs_take_an_array() {
    for num_public in [1, 3, 12] {
        let text = generate(&key(num_public), &CONTRACT).unwrap();
        assert!(text.contains("contract Verifier is IVerifyingKey {"));
        assert!(text.contains(&format!(
            "verify(uint256[{num_public}] calldata publicInputs, bytes"
        )));
        assert!(text.contains(&format!("IC{num_public}_Y")));
        assert!(!text.contains(&format!("IC{}_Y", num_public + 1)));
        assert!(text.lines().all(|line| line.len() <= 120));
    }
    assert_eq!(generate(&key(0), &CONTRACT), Err(GenerateError::NoPublicInputs));
}

#[test]
fn selector_starts_the_key_hash() {
    assert_eq!(selector(&key(2)), key_hash(&key(2))[..4]);
    assert_ne!(selector(&key(2)), selector(&key(3)));
}

#[test]
fn refuses_names_and_paths_that_would_break_the_text() {
    let key = key(2);
    for name in ["", "1A", "A B", "A{", "Ä"] {
        let error = generate(&key, &Contract { name, ..CONTRACT });
        let name = name.to_owned();
        assert_eq!(error, Err(GenerateError::ContractName { name }));
    }
    for path in ["", "a\"", "a\nb", "a b"] {
        let contract = Contract {
            interfaces: path,
            ..CONTRACT
        };
        let path = path.to_owned();
        assert_eq!(generate(&key, &contract), Err(GenerateError::ImportPath { path }));
    }
}
