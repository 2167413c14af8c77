//! Certificates of a payments chain, proven: the program whose key authorises the chain's network.
//!
//! A proof has four public inputs, a certificate digest, and says of that certificate:
//!
//! - one batch, proven by [`PaymentsProgram`], leads from the accounts of the old state root to those of the new one;
//! - its exits are the exits of that batch, all of them, in order and nothing else, in the chain's own token, as assets without
//!   metadata; they stand behind as many as the chain had made, and a state root says how many that are;
//! - at height 0 the old state root is that of a network that has named none, no exit was made, and the accounts are those of the
//!   genesis: the key of the program names a chain together with its genesis and token;
//! - it has no imports and no contingencies: what is sent to the chain is not taken in, and the chain waits for nobody.
//!
//! It does not say:
//!
//! - who made the batch. Who may spend is the chain's own rule and not part of the payments proof, so that anybody who knows the
//!   accounts can prove one. A network whose coins are worth anything has the sequencer's signature beside the proof
//!   ([`causeway_types::Authority::both`]);
//! - that the certificate follows the last one that settled, nor which exits stood before. Settlement compares state root, exit
//!   count and shadow root with the digest, and holds its own against them;
//! - anything of an earlier authority. A network that did not begin under this key is taken as that authority left it: the state
//!   root that it named has to open, and has to say the number of exits that are settled;
//! - what domain and expiry are: they are the prover's choice, and the digest binds them.

mod circuit;
#[cfg(test)]
mod tests;

use causeway_aggregation::config::standard_config;
use causeway_aggregation::{C, D, F, Normalizer, Options, ProveError, ShapedProof, prove};
use causeway_types::{Authorisation, Authority, GoldilocksDigest};
use plonky2::field::types::PrimeField64;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::CircuitData;
use plonky2::plonk::proof::{ProofWithPublicInputs, ProofWithPublicInputsTarget};

use super::network::{Advance, CertifyError, PaymentsGenesis};
use super::{PaymentsError, PaymentsProgram};
use circuit::CertificateTargets;

/// The program that proves a chain's certificates.
#[derive(Debug)]
pub struct PaymentsCertifier {
    payments: PaymentsProgram,
    data: CircuitData<F, C, D>,
    proof: ProofWithPublicInputsTarget<D>,
    targets: CertificateTargets,
    normalizer: Normalizer<C>,
}

impl PaymentsCertifier {
    /// Builds the circuits of chains with a genesis, in seconds.
    ///
    /// # Errors
    /// [`CertifyError::Normalize`] if its proofs cannot be normalised.
    pub fn build(genesis: &PaymentsGenesis) -> Result<Self, CertifyError> {
        let payments = PaymentsProgram::build();
        let mut builder = CircuitBuilder::<F, D>::new(standard_config());
        let inner = payments.data();
        let proof = builder.add_virtual_proof_with_pis(&inner.common);
        let key = builder.constant_verifier_data(&inner.verifier_only);
        builder.verify_proof::<C>(&proof, &key, &inner.common);
        let targets = circuit::constrain(&mut builder, genesis, &proof.public_inputs);
        builder.register_public_inputs(&targets.digest.elements);
        let data = builder.build::<C>();
        let normalizer = Normalizer::new(&data.common, &data.verifier_only, Options::default())?;
        Ok(Self {
            payments,
            data,
            proof,
            targets,
            normalizer,
        })
    }

    /// The program that proves batches.
    pub const fn payments(&self) -> &PaymentsProgram {
        &self.payments
    }

    /// The circuit.
    pub const fn data(&self) -> &CircuitData<F, C, D> {
        &self.data
    }

    /// Digest of the normalised key: what a registry holds of the chain.
    pub fn authority_key(&self) -> GoldilocksDigest {
        let elements = self.normalizer.key_digest().elements();
        GoldilocksDigest::reduced(elements.map(|element| element.to_canonical_u64()))
    }

    /// The authority of a network that needs nothing but proofs.
    ///
    /// # Errors
    /// [`CertifyError::Authority`].
    pub fn authority(&self) -> Result<Authority, CertifyError> {
        Ok(Authority::validity(self.authority_key())?)
    }

    /// What a certificate carries beside which a proof travels.
    pub fn authorisation(&self) -> Authorisation {
        Authorisation::Validity {
            key: self.authority_key(),
        }
    }

    /// A prover's inputs, given the proof of the batch; `None` if that is of another shape.
    pub fn witness(
        &self,
        advance: &Advance,
        payments: &ProofWithPublicInputs<F, C, D>,
    ) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        witness.set_proof_with_pis_target(&self.proof, payments).ok()?;
        self.targets.set(&mut witness, advance)?;
        Some(witness)
    }

    /// Proves the batch, and then its certificate.
    ///
    /// # Errors
    /// [`CertifyError::Payments`], or [`CertifyError::Prover`] if the chain has another genesis.
    pub fn prove(&self, advance: &Advance) -> Result<ProofWithPublicInputs<F, C, D>, CertifyError> {
        let batch = self.payments.witness(&advance.payments);
        let batch = prove(self.payments.data(), &batch).map_err(PaymentsError::from)?;
        let witness = self.witness(advance, &batch).ok_or(ProveError::Assignment)?;
        Ok(prove(&self.data, &witness)?)
    }

    /// Brings a proof of a certificate to the shape in which settlement takes it in.
    ///
    /// # Errors
    /// [`CertifyError::Normalize`] if it is no proof of this program.
    pub fn normalised(&self, proof: &ProofWithPublicInputs<F, C, D>) -> Result<ShapedProof, CertifyError> {
        Ok(self.normalizer.normalize(proof)?)
    }
}
