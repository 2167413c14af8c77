//! The wrap: an R1CS over BN254 that verifies one plonky2 proof made under [`crate::bn254::Bn254Config`].
//!
//! Its file names follow plonky2's, so that the two can be read side by side. Public inputs, in order:
//! the **program digest** ([`program_digest`]) and the **statement digest** ([`statement_digest`]).

mod bits;
mod challenger;
mod extension;
mod fri;
mod gates;
mod goldilocks;
mod layout;
mod lc;
mod merkle;
mod plonk;
mod poseidon2;
mod proof;
mod synth;
#[cfg(test)]
mod tests;

use ark_bn254::Fr;
use ark_ff::{Field, Zero};
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::plonk::circuit_data::CommonCircuitData;

pub use layout::{Layout, UnsupportedCircuit};
pub use proof::{LastKey, LastProof, ProofValues, STATEMENT_LIMB_BITS, WrongLength};
pub use synth::{Synthesis, UnsatisfiedSection};

use crate::bn254::{Domain, hash_words};
use challenger::Challenger;
use fri::FriChallenges;
use lc::Lc;
use plonk::PlonkChallenges;
use proof::Proof;
use synth::Synth;

/// Public inputs of the wrap.
pub const NUM_PUBLIC_INPUTS: usize = 2;

/// The digest of a verifying key: Poseidon2 of circuit digest and every entry of the constants-and-sigmas cap.
pub fn program_digest(key: &LastKey) -> Fr {
    let words = key.constants_sigmas_cap.0.iter().map(|digest| digest.0);
    hash_key(std::iter::once(key.circuit_digest.0).chain(words))
}

fn hash_key(words: impl Iterator<Item = Fr>) -> Fr {
    let words: Vec<Fr> = words.collect();
    hash_words(Domain::Program(words.len()), words)
}

/// The 248-bit number whose 62-bit limbs, lowest first, are the proof's public inputs.
pub fn statement_digest(limbs: &[u64]) -> Fr {
    let base = Fr::from(1u64 << STATEMENT_LIMB_BITS);
    limbs
        .iter()
        .rev()
        .fold(Fr::zero(), |digest, &limb| digest * base + Fr::from(limb))
}

/// The wrap circuit for proofs of one shape.
#[derive(Clone, Debug)]
pub struct WrapCircuit {
    layout: Layout,
}

impl WrapCircuit {
    /// Refuses circuits that the wrap cannot verify.
    pub fn new(common: &CommonCircuitData<GoldilocksField, 2>) -> Result<Self, UnsupportedCircuit> {
        Ok(Self {
            layout: Layout::new(common)?,
        })
    }

    /// The shape of the proofs.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The constraints alone, from a blank proof.
    pub fn synthesize_blank(&self) -> Synthesis {
        self.synthesize_values(&ProofValues::blank(&self.layout))
    }

    /// The constraints with the assignment that a proof gives. Whether it satisfies them is for
    /// [`Synthesis::check`] to say.
    pub fn synthesize(&self, proof: &LastProof, key: &LastKey) -> Result<Synthesis, WrongLength> {
        Ok(self.synthesize_values(&ProofValues::new(&self.layout, proof, key)?))
    }

    /// The constraints with the assignment for these values.
    pub fn synthesize_values(&self, values: &ProofValues) -> Synthesis {
        let program = hash_key(values.key_words());
        let statement = statement_digest(values.public_inputs());
        let (mut cs, public) = Synth::new(&[program, statement]);
        self.constrain(&mut cs, values, &public);
        cs.finish()
    }

    fn constrain(&self, cs: &mut Synth, values: &ProofValues, public: &[Lc]) {
        let layout = &self.layout;
        cs.section("proof_ranges");
        let proof = Proof::alloc(cs, values);

        cs.section("public_inputs");
        let mut key = vec![proof.circuit_digest.clone()];
        key.extend_from_slice(&proof.caps[0]);
        let program = cs.hash_words(Domain::Program(key.len()), &key);
        cs.enforce_equal(&program, &public[0]);
        let base = Fr::from(2u64).pow([STATEMENT_LIMB_BITS as u64]);
        let statement = proof
            .public_inputs
            .iter()
            .rev()
            .fold(Lc::zero(), |digest, limb| &(&digest * base) + limb.lc());
        cs.enforce_equal(&statement, &public[1]);

        cs.section("transcript");
        let mut challenger = Challenger::default();
        let plonk = plonk_challenges(cs, layout, &proof, &mut challenger);
        let fri = fri_challenges(cs, layout, &proof, &mut challenger);

        plonk::verify(cs, layout, &proof, &plonk);
        fri::verify(cs, layout, values, &proof, &plonk.zeta, &fri);
    }
}

/// plonky2's `get_challenges`.
fn plonk_challenges(
    cs: &mut Synth,
    layout: &Layout,
    proof: &Proof,
    challenger: &mut Challenger,
) -> PlonkChallenges {
    let n = layout.num_challenges;
    layout
        .fri_parameters
        .iter()
        .for_each(|&value| challenger.observe_constant(cs, value));
    challenger.observe_digest(cs, &proof.circuit_digest);
    proof
        .public_inputs
        .iter()
        .for_each(|input| challenger.observe(cs, input));
    let [_, wires, zs_partial_products, quotient] = &proof.caps;
    challenger.observe_cap(cs, wires);
    let betas = challenger.challenges(cs, n);
    let gammas = challenger.challenges(cs, n);
    challenger.observe_cap(cs, zs_partial_products);
    let alphas = challenger.challenges(cs, n);
    challenger.observe_cap(cs, quotient);
    let zeta = challenger.challenge_ext(cs);
    proof
        .openings
        .at_zeta()
        .for_each(|opening| challenger.observe_ext(cs, opening));
    proof
        .openings
        .zs_next
        .iter()
        .for_each(|opening| challenger.observe_ext(cs, opening));
    PlonkChallenges {
        betas,
        gammas,
        alphas,
        zeta,
    }
}

/// plonky2's `fri_challenges`.
fn fri_challenges(
    cs: &mut Synth,
    layout: &Layout,
    proof: &Proof,
    challenger: &mut Challenger,
) -> FriChallenges {
    let alpha = challenger.challenge_ext(cs);
    let betas = proof
        .commit_caps
        .iter()
        .map(|cap| {
            challenger.observe_cap(cs, cap);
            challenger.challenge_ext(cs)
        })
        .collect();
    proof
        .final_poly
        .iter()
        .for_each(|coefficient| challenger.observe_ext(cs, coefficient));
    challenger.observe(cs, &proof.pow_witness);
    let pow_response = challenger.challenge(cs);
    let indices = (0..layout.num_queries)
        .map(|_| challenger.challenge(cs))
        .collect();
    FriChallenges {
        alpha,
        betas,
        pow_response,
        indices,
    }
}
