//! The last layer and Groth16, over whatever key there is.

use causeway_aggregation::{ClosedProof, StatementDigest};
use causeway_circuits::proofs::AggregationProgram;
use causeway_verifier_gen::groth16::{KeyStore, Progress, Step};
use causeway_verifier_gen::last::Profile;
use causeway_verifier_gen::wrapped_proof::WrappedProof;
use causeway_verifier_gen::wrapper::{DEVELOPMENT_SEED, Wrapper, development_key};

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

/// Wraps under the development key, whose secret everybody knows.
pub struct DevelopmentWrapping<'a> {
    profile: Profile,
    wrapper: Wrapper,
    store: KeyStore,
    progress: &'a (dyn Fn(Step) + Sync),
}

impl std::fmt::Debug for DevelopmentWrapping<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DevelopmentWrapping")
            .field("profile", &self.profile)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

impl<'a> DevelopmentWrapping<'a> {
    /// Builds the last layer for a program, in seconds.
    ///
    /// # Errors
    /// If it does not fit.
    pub fn new(
        program: &AggregationProgram,
        profile: Profile,
        store: KeyStore,
        progress: &'a (dyn Fn(Step) + Sync),
    ) -> Result<Self, AggregationError> {
        Ok(Self {
            profile,
            wrapper: Wrapper::new(profile, program.closing().key())?,
            store,
            progress,
        })
    }

    /// What wraps: it tells the program digest that a contract pins.
    pub const fn wrapper(&self) -> &Wrapper {
        &self.wrapper
    }
}

impl Wrapping for DevelopmentWrapping<'_> {
    fn identity(&self) -> Vec<u8> {
        [self.profile.to_string().as_bytes(), &DEVELOPMENT_SEED].concat()
    }

    fn wrap(&mut self, closed: &ClosedProof) -> Result<WrappedProof, AggregationError> {
        let progress = Progress::new(self.progress);
        let synthesis = self.wrapper.synthesize(closed)?;
        let key = development_key(&self.store, &synthesis.r1cs, DEVELOPMENT_SEED, progress)?;
        Ok(self.wrapper.prove(&synthesis, &key, progress)?)
    }

    fn check(&mut self, wrapped: &WrappedProof, limbs: [u64; 4]) -> Result<(), AggregationError> {
        let expected = StatementDigest::try_from(limbs).map_err(|_| AggregationError::OtherStatement)?;
        if wrapped.statement_digest != expected.to_be_bytes() {
            return Err(AggregationError::OtherStatement);
        }
        // The key's own file has a small part that verifies; what it holds is checked there.
        let key = self
            .store
            .load_development(wrapped.circuit, Progress::new(self.progress))?;
        let program = causeway_verifier_gen::groth16::scalar_to_word(self.wrapper.program_digest());
        Ok(wrapped.verify(key.verifying_key(), Some(program))?)
    }
}
