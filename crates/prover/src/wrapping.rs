//! The last layer and Groth16, over whatever key there is.

use causeway_aggregation::{ClosedProof, Closing, StatementDigest};
use causeway_verifier_gen::groth16::{
    KeyStore, Progress, Provenance, ProvingKey, Step, StoreError, VerifyingKey, Word, scalar_to_word,
};
use causeway_verifier_gen::last::Profile;
use causeway_verifier_gen::r1cs::{CircuitHash, circuit_hash};
use causeway_verifier_gen::solidity::key_hash;
use causeway_verifier_gen::wrap::Synthesis;
use causeway_verifier_gen::wrapped_proof::{WrappedProof, WrappedProofError};
use causeway_verifier_gen::wrapper::{
    DEVELOPMENT_SEED, DevelopmentKeyError, WrapError, Wrapper, development_key, wrap_circuit,
};

/// Why a closing proof is not wrapped, or a Groth16 proof refused.
#[derive(Debug, thiserror::Error)]
pub enum WrappingError {
    /// The closing proof cannot be wrapped.
    #[error(transparent)]
    Wrap(#[from] WrapError),
    /// There is no Groth16 key.
    #[error(transparent)]
    Key(#[from] DevelopmentKeyError),
    /// The store of Groth16 keys cannot be used.
    #[error(transparent)]
    KeyStore(#[from] StoreError),
    /// The store's key is another one than it was, or than is asked for.
    #[error("the key in the store is another one than this program is wrapped under")]
    OtherKey,
    /// A Groth16 proof does not verify.
    #[error(transparent)]
    Wrapped(#[from] WrappedProofError),
    /// A Groth16 proof states something else than the closing proof.
    #[error("the Groth16 proof states something else")]
    OtherStatement,
}

/// Wraps closing proofs of one program.
pub trait Wrapping {
    /// What else than the closing proof its proofs depend on: profile, key.
    fn identity(&self) -> Vec<u8>;

    /// Wraps a closing proof.
    ///
    /// # Errors
    /// If it is refused, or there is no key.
    fn wrap(&mut self, closed: &ClosedProof) -> Result<WrappedProof, WrappingError>;

    /// Verifies a proof, and that it states these limbs.
    ///
    /// # Errors
    /// What is wrong with it.
    fn check(&mut self, wrapped: &WrappedProof, limbs: [u64; 4]) -> Result<(), WrappingError>;
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
    /// Builds the last layer for the closing circuit of a program, in seconds, to wrap under the key that a store has for the profile: one from a ceremony
    /// if there is one.
    ///
    /// # Errors
    /// [`WrappingError::KeyStore`] if there is no key; if the last layer does not fit.
    pub fn new(
        closing: &Closing,
        profile: Profile,
        store: KeyStore,
        progress: &'a (dyn Fn(Step) + Sync),
    ) -> Result<Self, WrappingError> {
        let key = stored_key(&store, profile_circuit(profile)?)?;
        Self::under(Key::Stored(Box::new(key)), closing, profile, store, progress)
    }

    /// As [`Self::new`], under the development key, whose secret everybody knows. It is made, in a minute, where it is not there.
    ///
    /// # Errors
    /// If the last layer does not fit.
    pub fn development(
        closing: &Closing,
        profile: Profile,
        store: KeyStore,
        progress: &'a (dyn Fn(Step) + Sync),
    ) -> Result<Self, WrappingError> {
        Self::under(Key::Development, closing, profile, store, progress)
    }

    fn under(
        key: Key,
        closing: &Closing,
        profile: Profile,
        store: KeyStore,
        progress: &'a (dyn Fn(Step) + Sync),
    ) -> Result<Self, WrappingError> {
        Ok(Self {
            profile,
            wrapper: Wrapper::new(profile, closing.key())?,
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
    /// [`WrappingError::KeyStore`] if the store has it no longer.
    pub fn verifying_key(&self, wrapped: &WrappedProof) -> Result<VerifyingKey<Provenance>, WrappingError> {
        match &self.key {
            Key::Stored(key) => Ok(VerifyingKey::clone(key)),
            Key::Development => {
                let key = self.store.load_verifying_key(wrapped.circuit, DEVELOPMENT)?;
                if is_of_seed(&key) {
                    Ok(key)
                } else {
                    Err(WrappingError::OtherKey)
                }
            }
        }
    }

    fn proving_key(&self, synthesis: &Synthesis) -> Result<ProvingKey<Provenance>, WrappingError> {
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
                    Err(WrappingError::OtherKey)
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

    fn wrap(&mut self, closed: &ClosedProof) -> Result<WrappedProof, WrappingError> {
        let synthesis = self.wrapper.synthesize(closed)?;
        let key = self.proving_key(&synthesis)?;
        Ok(self
            .wrapper
            .prove(&synthesis, &key, Progress::new(self.progress))?)
    }

    fn check(&mut self, wrapped: &WrappedProof, limbs: [u64; 4]) -> Result<(), WrappingError> {
        let expected = StatementDigest::try_from(limbs).map_err(|_| WrappingError::OtherStatement)?;
        if wrapped.statement_digest != expected.to_be_bytes() {
            return Err(WrappingError::OtherStatement);
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
pub fn profile_circuit(profile: Profile) -> Result<CircuitHash, WrappingError> {
    Ok(circuit_hash(&wrap_circuit(profile)?.synthesize_blank().r1cs))
}

/// The verifying key that a store has for a circuit: one from a ceremony if there is one, else a development key.
///
/// # Errors
/// [`WrappingError::KeyStore`].
pub fn stored_key(store: &KeyStore, circuit: CircuitHash) -> Result<VerifyingKey<Provenance>, WrappingError> {
    match store.load_verifying_key(circuit, CEREMONY) {
        Err(StoreError::Missing { .. }) => Ok(store.load_verifying_key(circuit, DEVELOPMENT)?),
        key => Ok(key?),
    }
}
