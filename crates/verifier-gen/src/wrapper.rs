//! From a closed proof to Groth16: last layer, wrap, proof, each checked before it is handed on.

use ark_bn254::Fr;
use causeway_aggregation::{ClosedProof, KeyDigest, ProofError, Security, Shape, key_digest};
use plonky2::plonk::circuit_data::CircuitConfig;

use crate::groth16::{
    self, Development, KeyStore, Origin, Progress, ProveError, ProvingKey, SetupError, StoreError,
    development_setup,
};
use crate::last::{self, InnerKey, LastCircuit, LastError, Profile};
use crate::r1cs::{CircuitHash, R1cs, circuit_hash};
use crate::wrap::{
    LastProof, Synthesis, UnsatisfiedSection, UnsupportedCircuit, WrapCircuit, WrongLength, program_digest,
};
use crate::wrapped_proof::{PROOF_VERSION, WrappedProof};

/// Why there is no wrapped proof.
#[derive(Debug, thiserror::Error)]
pub enum WrapError {
    /// The last layer cannot be built or proven.
    #[error(transparent)]
    Last(#[from] LastError),
    /// The wrap cannot verify the last layer.
    #[error(transparent)]
    Unsupported(#[from] UnsupportedCircuit),
    /// The closed proof is malformed or proves nothing.
    #[error("the closed proof is refused: {0}")]
    Closed(#[from] ProofError),
    /// The closed proof is of another program than the last layer was built for.
    #[error("the closed proof is of the program with key digest {found}, this wraps {expected}")]
    OtherProgram {
        /// Key digest that the last layer holds.
        expected: KeyDigest,
        /// Key digest of the proof.
        found: KeyDigest,
    },
    /// The key is for another circuit than the wrap of this profile.
    #[error(
        "the proving key is for circuit {found}, profile {profile} has {expected}; make it with `verifier-gen setup`"
    )]
    OtherCircuit {
        /// The profile.
        profile: Profile,
        /// Circuit of the profile.
        expected: CircuitHash,
        /// Circuit of the key.
        found: CircuitHash,
    },
    /// The last layer's proof is malformed.
    #[error(transparent)]
    Length(#[from] WrongLength),
    /// The last layer's proof verifies natively and breaks a constraint of the wrap: a fault of this program, or a
    /// proof in the one part in 2^60 that the wrap refuses.
    #[error("the wrap refuses the last layer's proof: {0}")]
    Unsatisfied(#[from] UnsatisfiedSection),
    /// Groth16 fails.
    #[error(transparent)]
    Prove(#[from] ProveError),
}

/// The wrap circuit of a profile: the same for every program.
pub fn wrap_circuit(profile: Profile) -> Result<WrapCircuit, WrapError> {
    let common = last::common_data(profile.config(), Shape::Closing.common())?;
    Ok(WrapCircuit::new(&common)?)
}

/// The seed of the development key that the committed Solidity verifier holds. It is no secret.
pub const DEVELOPMENT_SEED: [u8; 32] = *b"causeway development setup: seed";

/// Why there is no development key.
#[derive(Debug, thiserror::Error)]
pub enum DevelopmentKeyError {
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The setup fails.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

/// The development key of a circuit from the store, made and stored first if it is not there or has another seed.
pub fn development_key(
    store: &KeyStore,
    r1cs: &R1cs,
    seed: [u8; 32],
    progress: Progress<'_>,
) -> Result<ProvingKey<Development>, DevelopmentKeyError> {
    match store.load_development(circuit_hash(r1cs), progress) {
        Ok(key) if key.verifying_key().origin().seed == seed => return Ok(key),
        Ok(_) | Err(StoreError::Missing { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let key = development_setup(r1cs, seed, progress)?;
    store.save(&key, progress)?;
    Ok(key)
}

/// Security of a profile's last layer.
pub fn security(profile: Profile) -> Security {
    last::security(&profile.config())
}

/// Last layer and wrap circuit for one closing key, under any configuration of the last layer that is worth
/// [`last::LEAST_BITS`]. [`Wrapper`] takes the configuration from a profile; measurements compare others.
#[derive(Debug)]
pub struct Layers {
    inner_key: KeyDigest,
    last: LastCircuit,
    wrap: WrapCircuit,
}

impl Layers {
    /// Builds the last layer for the program with this closing key, in seconds to a minute: it commits to the circuit.
    pub fn new(config: CircuitConfig, closing_key: &InnerKey) -> Result<Self, WrapError> {
        let last = LastCircuit::new(config, Shape::Closing.common(), closing_key)?;
        let wrap = WrapCircuit::new(&last.data().common)?;
        Ok(Self {
            inner_key: key_digest(closing_key),
            last,
            wrap,
        })
    }

    /// The program digest that a contract pins.
    pub fn program_digest(&self) -> Fr {
        program_digest(&self.last.data().verifier_only)
    }

    /// Proves that a closed proof of the program verifies.
    pub fn prove_last(&self, closed: &ClosedProof) -> Result<LastProof, WrapError> {
        let found = closed.key_digest();
        if found != self.inner_key {
            return Err(WrapError::OtherProgram {
                expected: self.inner_key,
                found,
            });
        }
        closed.verify_as(Shape::Closing)?;
        Ok(self.last.prove(&closed.proof)?)
    }

    /// The wrap's constraints with the assignment that the last layer's proof gives, which satisfies them.
    pub fn synthesize(&self, proof: &LastProof) -> Result<Synthesis, WrapError> {
        let synthesis = self.wrap.synthesize(proof, &self.last.data().verifier_only)?;
        synthesis.check()?;
        Ok(synthesis)
    }
}

/// Wraps the proofs of one program.
#[derive(Debug)]
pub struct Wrapper {
    profile: Profile,
    layers: Layers,
}

impl Wrapper {
    /// [`Layers::new`] in the configuration of a profile.
    pub fn new(profile: Profile, closing_key: &InnerKey) -> Result<Self, WrapError> {
        Ok(Self {
            profile,
            layers: Layers::new(profile.config(), closing_key)?,
        })
    }

    /// The program digest that a contract pins.
    pub fn program_digest(&self) -> Fr {
        self.layers.program_digest()
    }

    /// Proves the last layer and gives the wrap's constraints with a satisfying assignment.
    pub fn synthesize(&self, closed: &ClosedProof) -> Result<Synthesis, WrapError> {
        self.layers.synthesize(&self.layers.prove_last(closed)?)
    }

    /// Proves a synthesis in Groth16. The proof is verified before it is returned.
    pub fn prove<O: Origin>(
        &self,
        synthesis: &Synthesis,
        key: &ProvingKey<O>,
        progress: Progress<'_>,
    ) -> Result<WrappedProof, WrapError> {
        let circuit = circuit_hash(&synthesis.r1cs);
        if circuit != key.circuit() {
            return Err(WrapError::OtherCircuit {
                profile: self.profile,
                expected: circuit,
                found: key.circuit(),
            });
        }
        let proof = groth16::prove(key, &synthesis.r1cs, &synthesis.assignment, progress)?;
        let [program, statement] = synthesis.public_inputs() else {
            unreachable!("the wrap has two inputs")
        };
        let provenance: groth16::Provenance = key.verifying_key().origin().clone().into();
        Ok(WrappedProof {
            version: PROOF_VERSION,
            circuit,
            provenance: provenance.label().to_owned(),
            program_digest: groth16::scalar_to_word(*program),
            statement_digest: groth16::scalar_to_word(*statement),
            proof,
        })
    }
}
