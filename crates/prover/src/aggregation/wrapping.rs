//! The last layer and Groth16, over whatever key there is.

use causeway_aggregation::{ClosedProof, StatementDigest};
use causeway_circuits::proofs::AggregationProgram;
use causeway_verifier_gen::groth16::{
    KeyStore, Progress, Provenance, ProvingKey, Step, StoreError, VerifyingKey, Word, scalar_to_word,
};
use causeway_verifier_gen::last::Profile;
use causeway_verifier_gen::r1cs::{CircuitHash, circuit_hash};
use causeway_verifier_gen::solidity::key_hash;
use causeway_verifier_gen::wrap::Synthesis;
use causeway_verifier_gen::wrapped_proof::WrappedProof;
use causeway_verifier_gen::wrapper::{DEVELOPMENT_SEED, Wrapper, development_key, wrap_circuit};

use super::error::AggregationError;

/// Wraps closing proofs of one program.
pub trait Wrapping {
    /// What else than the closing proof its proofs depend on: profile, key.
    fn identity(&self) -> Vec<u8>;

    /// Wraps a closing proof.
    ///
    /// # Errors
    /// If it is refused, or there is no key.
    fn wrap(&mut self, closed: &ClosedProof) -> Result<WrappedProof, AggregationError>;

    /// Verifies a proof, and that it states these limbs.
    ///
    /// # Errors
    /// What is wrong with it.
    fn check(&mut self, wrapped: &WrappedProof, limbs: [u64; 4]) -> Result<(), AggregationError>;
}

/// Which key of a store wraps.
#[derive(Clone, Debug)]
enum Key {
    /// The development key of [`DEVELOPMENT_SEED`], made when it is needed and not there.
    Development,
    /// This one, which was in the store when it was opened.
    Stored(Box<VerifyingKey<Provenance>>),
}

/// Wraps under a key of a store.
pub struct StoredWrapping<'a> {
    profile: Profile,
    wrapper: Wrapper,
    store: KeyStore,
    key: Key,
    progress: &'a (dyn Fn(Step) + Sync),
}

impl std::fmt::Debug for StoredWrapping<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredWrapping")
            .field("profile", &self.profile)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

impl<'a> StoredWrapping<'a> {
    /// Builds the last layer for a program, in seconds, to wrap under the key that a store has for the profile: one from a ceremony
    /// if there is one.
    ///
    /// # Errors
    /// [`AggregationError::KeyStore`] if there is no key; if the last layer does not fit.
    pub fn new(
        program: &AggregationProgram,
        profile: Profile,
        store: KeyStore,
        progress: &'a (dyn Fn(Step) + Sync),
    ) -> Result<Self, AggregationError> {
        let key = stored_key(&store, profile_circuit(profile)?)?;
        Self::under(Key::Stored(Box::new(key)), program, profile, store, progress)
    }

    /// As [`Self::new`], under the development key, whose secret everybody knows. It is made, in a minute, where it is not there.
    ///
    /// # Errors
    /// If the last layer does not fit.
    pub fn development(
        program: &AggregationProgram,
        profile: Profile,
        store: KeyStore,
        progress: &'a (dyn Fn(Step) + Sync),
    ) -> Result<Self, AggregationError> {
        Self::under(Key::Development, program, profile, store, progress)
    }

    fn under(
        key: Key,
        program: &AggregationProgram,
        profile: Profile,
        store: KeyStore,
        progress: &'a (dyn Fn(Step) + Sync),
    ) -> Result<Self, AggregationError> {
        Ok(Self {
            profile,
            wrapper: Wrapper::new(profile, program.closing().key())?,
            store,
            key,
            progress,
        })
    }

    /// Whether it wraps under a development key: anybody can forge proofs for it.
    pub fn is_development(&self) -> bool {
        match &self.key {
            Key::Development => true,
            Key::Stored(key) => matches!(key.origin(), Provenance::Development(_)),
        }
    }

    /// What wraps.
    pub const fn wrapper(&self) -> &Wrapper {
        &self.wrapper
    }

    /// The program digest that a contract pins.
    pub fn program_digest(&self) -> Word {
        scalar_to_word(self.wrapper.program_digest())
    }

    /// The verifying key of a proof that was wrapped here.
    ///
    /// # Errors
    /// [`AggregationError::KeyStore`] if the store has it no longer.
    pub fn verifying_key(
        &self,
        wrapped: &WrappedProof,
    ) -> Result<VerifyingKey<Provenance>, AggregationError> {
        match &self.key {
            Key::Stored(key) => Ok(VerifyingKey::clone(key)),
            Key::Development => {
                let key = self.store.load_verifying_key(wrapped.circuit, DEVELOPMENT)?;
                if is_of_seed(&key) {
                    Ok(key)
                } else {
                    Err(AggregationError::OtherKey)
                }
            }
        }
    }

    fn proving_key(&self, synthesis: &Synthesis) -> Result<ProvingKey<Provenance>, AggregationError> {
        let progress = Progress::new(self.progress);
        match &self.key {
            Key::Development => {
                Ok(development_key(&self.store, &synthesis.r1cs, DEVELOPMENT_SEED, progress)?.erase())
            }
            Key::Stored(expected) => {
                let key = self.store.load(circuit_hash(&synthesis.r1cs), progress)?;
                if key.verifying_key() == expected.as_ref() {
                    Ok(key)
                } else {
                    Err(AggregationError::OtherKey)
                }
            }
        }
    }
}

impl Wrapping for StoredWrapping<'_> {
    fn identity(&self) -> Vec<u8> {
        let key = match &self.key {
            Key::Development => DEVELOPMENT_SEED,
            // However it was asked for, it is the same key.
            Key::Stored(key) if is_of_seed(key) => DEVELOPMENT_SEED,
            Key::Stored(key) => key_hash(key),
        };
        [self.profile.to_string().as_bytes(), &key].concat()
    }

    fn wrap(&mut self, closed: &ClosedProof) -> Result<WrappedProof, AggregationError> {
        let synthesis = self.wrapper.synthesize(closed)?;
        let key = self.proving_key(&synthesis)?;
        Ok(self
            .wrapper
            .prove(&synthesis, &key, Progress::new(self.progress))?)
    }

    fn check(&mut self, wrapped: &WrappedProof, limbs: [u64; 4]) -> Result<(), AggregationError> {
        let expected = StatementDigest::try_from(limbs).map_err(|_| AggregationError::OtherStatement)?;
        if wrapped.statement_digest != expected.to_be_bytes() {
            return Err(AggregationError::OtherStatement);
        }
        let key = self.verifying_key(wrapped)?;
        Ok(wrapped.verify(&key, Some(self.program_digest()))?)
    }
}

const DEVELOPMENT: &str = "DEVELOPMENT";
const CEREMONY: &str = "CEREMONY";

/// Whether a key is the development key that [`StoredWrapping::development`] wraps under.
fn is_of_seed(key: &VerifyingKey<Provenance>) -> bool {
    matches!(key.origin(), Provenance::Development(origin) if origin.seed == DEVELOPMENT_SEED)
}

/// The circuit of a profile's wrap, which is the same for every program.
///
/// # Errors
/// If it does not fit.
pub fn profile_circuit(profile: Profile) -> Result<CircuitHash, AggregationError> {
    Ok(circuit_hash(&wrap_circuit(profile)?.synthesize_blank().r1cs))
}

/// The verifying key that a store has for a circuit: one from a ceremony if there is one, else a development key.
///
/// # Errors
/// [`AggregationError::KeyStore`].
pub fn stored_key(
    store: &KeyStore,
    circuit: CircuitHash,
) -> Result<VerifyingKey<Provenance>, AggregationError> {
    match store.load_verifying_key(circuit, CEREMONY) {
        Err(StoreError::Missing { .. }) => Ok(store.load_verifying_key(circuit, DEVELOPMENT)?),
        key => Ok(key?),
    }
}
