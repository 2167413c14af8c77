//! Brings any plonky2 proof to the standard shape: the one call that a user of plonky2 makes on his own proof.
//!
//! The circuit that does it holds the user's verifier data as *constants*. What identifies his program to everyone else is
//! therefore the digest of the *normalised* key: whoever compares it knows which circuit was verified, gates and degree
//! included. The program's own key digest is exposed beside it for convenience, and is worth nothing by itself:
//! a circuit that is not of this module can expose any value.

mod accept;
pub mod message;
mod wrap;

use plonky2::plonk::circuit_data::{CommonCircuitData, VerifierCircuitData, VerifierOnlyCircuitData};
use plonky2::plonk::config::{AlgebraicHasher, GenericConfig};
use plonky2::plonk::proof::ProofWithPublicInputs;
use serde::{Deserialize, Serialize};

use crate::config::{C, D, F};
use crate::domain;
use crate::key::{KeyDigest, key_digest};
use crate::proof_shape::{ProofShapeError, check_proof};
use crate::prove::ProveError;
use crate::security::Security;
use crate::shape::Shape;
use crate::shaped_proof::ShapedProof;
use wrap::{Wrap, WrapKind};

pub use accept::Unsupported;
pub(crate) use accept::check_circuit;
pub use message::message_digest;

/// Below this a proof is taken only on demand.
pub const MIN_BITS: f64 = 90.0;
/// Wraps of ours in between are held to this.
const OWN_BITS: f64 = 100.0;
/// Wraps that a proof may go through before it fits; each one roughly halves what is too large.
const MAX_WRAPS: usize = 6;

/// What to take that is refused by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Take a proof of fewer than [`MIN_BITS`] bits.
    pub allow_weak: bool,
    /// Take a circuit with gates that are not plonky2's own. Their circuit evaluation must agree with their native
    /// one; if it does not, the normalised key stands for something else than its author meant.
    pub allow_custom_gates: bool,
}

/// Why a program or a proof of it cannot be normalised.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NormalizeError {
    /// The circuit has a feature or size that is not taken.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// The circuit's proofs are too weak.
    #[error(
        "the circuit's proofs are worth {bits:.1} bits, less than {min:.0}: allow weak ones to take them"
    )]
    Weak {
        /// What they are worth.
        bits: f64,
        /// The least that is taken by default.
        min: f64,
        /// By what the bits are limited.
        security: Security,
    },
    /// Verifying the proof takes more rows than wraps can bring down.
    #[error("after {wraps} wraps the proof still does not fit the standard shape")]
    TooLarge {
        /// Wraps tried.
        wraps: usize,
    },
    /// A part of key or proof has another length than its circuit prescribes.
    #[error(transparent)]
    Shape(#[from] ProofShapeError),
    /// The proof does not verify under the program's key.
    #[error("the proof does not verify under the program's key")]
    Invalid,
    /// A wrap of a proof that verifies was not proven: its circuit and plonky2's verifier disagree, or plonky2 failed.
    #[error("wrap {wrap} of a valid proof: {source}")]
    Prover {
        /// Index of the wrap, from zero.
        wrap: usize,
        /// Why.
        source: ProveError,
    },
}

/// What a normalised proof says: its first twelve public inputs, the others being zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NormalizedInputs {
    /// Digest of the program's own key.
    pub program: KeyDigest,
    /// Digest of the program's public inputs, see [`public_inputs_digest`].
    pub public_inputs: [F; 4],
    /// Digest of the message that commitments hash, see [`message_digest`]; zeros for too many public inputs.
    pub message: [F; 4],
}

impl NormalizedInputs {
    /// Number of public inputs it takes.
    pub const LEN: usize = 12;

    /// Reads them from a normalised proof's public inputs; `None` if there are fewer than [`Self::LEN`].
    pub fn from_slice(public_inputs: &[F]) -> Option<Self> {
        let (program, rest) = public_inputs.split_first_chunk::<4>()?;
        let (public_inputs, rest) = rest.split_first_chunk::<4>()?;
        let (message, _) = rest.split_first_chunk::<4>()?;
        Some(Self {
            program: KeyDigest::from_elements(*program),
            public_inputs: *public_inputs,
            message: *message,
        })
    }
}

/// Digest of a program's public inputs as normalised proofs expose it.
pub fn public_inputs_digest(public_inputs: &[F]) -> [F; 4] {
    domain::PUBLIC_INPUTS.hash(public_inputs).elements
}

/// Normalises the proofs of one program. Built once per program, in seconds.
///
/// Taken are proofs whose Merkle hash is algebraic (`PoseidonGoldilocksConfig`, or a user's own). A proof under
/// `KeccakGoldilocksConfig` is refused at compile time, for verifying Keccak paths in a circuit is out of all proportion:
///
/// ```compile_fail
/// use causeway_aggregation::normalize::Normalizer;
/// use plonky2::plonk::config::KeccakGoldilocksConfig;
/// fn refused(_: Normalizer<KeccakGoldilocksConfig>) {}
/// ```
#[derive(Debug)]
pub struct Normalizer<InC>
where
    InC: GenericConfig<D, F = F>,
    InC::Hasher: AlgebraicHasher<F>,
{
    program: VerifierCircuitData<F, InC, D>,
    security: Security,
    first: Wrap,
    further: Vec<Wrap>,
}

impl<InC> Normalizer<InC>
where
    InC: GenericConfig<D, F = F> + 'static,
    InC::Hasher: AlgebraicHasher<F>,
{
    /// Builds the circuits that normalise one program, given the data that plonky2's builder made for it.
    ///
    /// # Panics
    /// plonky2 panics on selectors that do not fit the gates, which only it can read: circuit data come from its
    /// builder and not from a stranger's file. Proofs may come from anywhere.
    ///
    /// # Errors
    /// [`NormalizeError::Unsupported`], [`NormalizeError::Weak`], [`NormalizeError::Shape`] of the key, or
    /// [`NormalizeError::TooLarge`].
    pub fn new(
        common: &CommonCircuitData<F, D>,
        key: &VerifierOnlyCircuitData<InC, D>,
        options: Options,
    ) -> Result<Self, NormalizeError> {
        accept::check_circuit(common, key, options)?;
        let security = Security::of_circuit(common);
        if security.bits() < MIN_BITS && !options.allow_weak {
            return Err(NormalizeError::Weak {
                bits: security.bits(),
                min: MIN_BITS,
                security,
            });
        }
        let first = Wrap::new(common, key, WrapKind::First);
        let mut further: Vec<Wrap> = Vec::new();
        let mut fits = first.is_standard();
        while !fits {
            let last = further.last().unwrap_or(&first);
            if further.len() + 1 == MAX_WRAPS || Security::of_circuit(last.common()).bits() < OWN_BITS {
                return Err(NormalizeError::TooLarge {
                    wraps: further.len() + 1,
                });
            }
            let wrap = Wrap::new(last.common(), last.key(), WrapKind::Further);
            fits = wrap.is_standard();
            further.push(wrap);
        }
        let program = VerifierCircuitData {
            verifier_only: key.clone(),
            common: common.clone(),
        };
        Ok(Self {
            program,
            security,
            first,
            further,
        })
    }

    /// What the program's own proofs are worth.
    pub const fn security(&self) -> &Security {
        &self.security
    }

    /// Digest of the program's own key, which normalised proofs expose.
    pub fn program_key_digest(&self) -> KeyDigest {
        key_digest(&self.program.verifier_only)
    }

    /// The normalised key, whose digest identifies the program.
    pub fn key(&self) -> &VerifierOnlyCircuitData<C, D> {
        self.further.last().unwrap_or(&self.first).key()
    }

    /// Digest of [`Self::key`].
    pub fn key_digest(&self) -> KeyDigest {
        key_digest(self.key())
    }

    /// Rows of each wrap before padding, and binary logarithm of its degree, in order.
    pub fn wraps(&self) -> Vec<(usize, usize)> {
        std::iter::once(&self.first)
            .chain(&self.further)
            .map(|wrap| (wrap.rows(), wrap.common().degree_bits()))
            .collect()
    }

    /// Normalises one proof, verifying it first.
    ///
    /// # Errors
    /// [`NormalizeError::Shape`] or [`NormalizeError::Invalid`] for a proof that is not one of this program;
    /// [`NormalizeError::Prover`] if a wrap of a valid proof is not proven.
    pub fn normalize(&self, proof: &ProofWithPublicInputs<F, InC, D>) -> Result<ShapedProof, NormalizeError> {
        check_proof(proof, &self.program.common)?;
        self.program
            .verify(proof.clone())
            .map_err(|_| NormalizeError::Invalid)?;
        let mut wrapped = self
            .first
            .prove(proof)
            .map_err(|source| NormalizeError::Prover { wrap: 0, source })?;
        for (index, wrap) in self.further.iter().enumerate() {
            wrapped = wrap.prove(&wrapped).map_err(|source| NormalizeError::Prover {
                wrap: index + 1,
                source,
            })?;
        }
        Ok(ShapedProof {
            shape: Shape::Standard,
            proof: wrapped,
            key: self.key().clone(),
        })
    }
}
