//! Why a certificate or an epoch has no proof.

use causeway_aggregation::proof_shape::ProofShapeError;
use causeway_aggregation::{EnvelopeError, ProofError};
use causeway_circuits::keccak::{ClosingError, SizeError};
use causeway_circuits::settlement::SettlementError;
use causeway_ledger::{CertificateRef, GlobalError, LedgerError};

use super::kind::SettlementKind;
use crate::run::RunError;
use crate::wrapping::WrappingError;

/// Why a stage of a settlement has no proof, or what was read is none.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// A proof is not the outcome of its stage.
    #[error("the proof is not the outcome of stage {stage}")]
    Outcome {
        /// The stage.
        stage: usize,
    },
    /// The program refuses.
    #[error(transparent)]
    Program(#[from] SettlementError),
    /// A list cannot be closed.
    #[error(transparent)]
    Closing(#[from] ClosingError),
    /// A file is no proof.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// A proof has another shape than it says.
    #[error(transparent)]
    Shape(#[from] ProofShapeError),
    /// A proof does not verify.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A file is no Groth16 proof.
    #[error("not a Groth16 proof: {0}")]
    Json(#[from] serde_json::Error),
    /// The closing proof is not wrapped, or the Groth16 proof refused.
    #[error(transparent)]
    Wrapping(#[from] WrappingError),
}

/// Why there is no plan for a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArrivalError {
    /// The certificate, or the network's own proof of it, is refused.
    #[error(transparent)]
    Program(#[from] SettlementError),
    /// The certificate has more exits than one list takes.
    #[error("the certificate has {exits} exits: make two of it, of at most {max} exits each; {source}")]
    TooManyExits {
        /// How many it has.
        exits: usize,
        /// As many as always fit, [`super::ArrivalPlan::MAX_EXITS`]: where an exit tree happens to stand a few more may.
        max: usize,
        /// What does not fit.
        source: SizeError,
    },
}

/// Why there is no plan for an epoch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EpochError {
    /// Nothing happens.
    #[error("an epoch of nothing")]
    Empty,
    /// An entry of the registry cannot be consumed.
    #[error("entry {entry} of the registry: {source}")]
    Registry {
        /// Its position in what was given.
        entry: usize,
        /// Why.
        source: LedgerError,
    },
    /// Exits of L1 cannot be consumed.
    #[error("exits of L1 from position {first} on: {source}")]
    Deposits {
        /// Position in what was given of the first of those that were consumed together.
        first: usize,
        /// Why.
        source: LedgerError,
    },
    /// A certificate has no place in the state, or what it depends on is not there after the epoch.
    #[error("the certificate of network {} at height {}: {source}", certificate.network.get(), certificate.height)]
    Place {
        /// Which one.
        certificate: CertificateRef,
        /// Why.
        source: GlobalError,
    },
    /// A certificate's proof is refused, or is of another certificate.
    #[error("the certificate of network {} at height {}: {source}", certificate.network.get(), certificate.height)]
    Certificate {
        /// Which one.
        certificate: CertificateRef,
        /// Why.
        source: SettlementError,
    },
    /// A certificate's list is not closed: its proof is not that of the last stage of an arrival.
    #[error("the list of the certificate of network {} at height {} is open", certificate.network.get(), certificate.height)]
    ListOpen {
        /// Which one.
        certificate: CertificateRef,
    },
    /// What is given does not go together.
    #[error(transparent)]
    Program(#[from] SettlementError),
    /// More happens than one list takes.
    #[error("the epoch is too large, make two of it: {0}")]
    List(#[from] SizeError),
}

/// Why a certificate or an epoch has no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProvingError {
    /// There is no plan for the certificate.
    #[error(transparent)]
    Arrival(#[from] ArrivalError),
    /// There is no plan for the epoch.
    #[error(transparent)]
    Epoch(Box<EpochError>),
    /// The run ended. Whatever was proven before is taken up by the next one.
    #[error(transparent)]
    Run(Box<RunError<StageError, SettlementKind>>),
}

impl From<RunError<StageError, SettlementKind>> for ProvingError {
    fn from(error: RunError<StageError, SettlementKind>) -> Self {
        Self::Run(Box::new(error))
    }
}

impl From<EpochError> for ProvingError {
    fn from(error: EpochError) -> Self {
        Self::Epoch(Box::new(error))
    }
}
