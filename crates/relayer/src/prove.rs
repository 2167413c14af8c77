//! Who proves: a trait, so that the relayer's library knows no circuit.

use std::fmt::Debug;
use std::ops::ControlFlow;
use std::sync::Arc;

use alloy_primitives::{B256, Bytes, U256};
use causeway_ledger::{GlobalState, TransitionInputs};
use causeway_types::{Authority, Exit, GoldilocksDigest, NetworkId, SettlementDomain};
use serde::{Deserialize, Serialize};

/// Is told of each stage, as a prover begins it; says whether to go on. A prover that is told to stop keeps the stages that it has.
pub type Progress<'a> = dyn FnMut(&str) -> ControlFlow<()> + 'a;

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProverError {
    /// It was told to stop; what is finished is kept.
    #[error("stopped")]
    Stopped,
    /// The network's own proof is none of this certificate: another has to come.
    #[error("the network's own proof is refused: {0}")]
    OwnProof(String),
    /// What was proven before does not read any more, or is of another program: it has to be proven again.
    #[error("a transition that was proven cannot be read: {detail}")]
    Transition {
        /// Its place in the epoch.
        position: usize,
        /// Why.
        detail: String,
    },
    /// It cannot be proven: asking again changes nothing.
    #[error("it cannot be proven: {0}")]
    Impossible(String),
    /// Something of the machine: a full disk, too little memory. It says nothing of what is to be proven, and passes.
    #[error("{0}")]
    Machine(String),
    /// The prover fell, or brought something else than was asked for. A few times it is asked again.
    #[error("{0}")]
    Wrong(String),
}

impl ProverError {
    /// How often it is asked again, if a prover may begin a proof so often.
    pub const fn tries(&self, most: u32) -> u32 {
        match self {
            Self::Stopped | Self::Machine(_) => u32::MAX,
            Self::Wrong(_) => most,
            Self::OwnProof(_) | Self::Transition { .. } | Self::Impossible(_) => 0,
        }
    }
}

/// An epoch to be proven.
#[derive(Clone, Debug)]
pub struct EpochWork {
    /// The deployment.
    pub domain: SettlementDomain,
    /// The state that it stands on.
    pub before: GlobalState,
    /// Entries of the registry that it consumes, in order.
    pub registry: Vec<(NetworkId, Authority)>,
    /// Exits of L1 that it consumes, in order.
    pub deposits: Vec<Exit>,
    /// What was proven of its certificates, in the order in which they settle.
    pub transitions: Vec<Vec<u8>>,
}

/// A proven epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochProof {
    /// What it says. The relayer compares it with what it wanted.
    pub statement: B256,
    /// The proof as its verifier takes it, without the selector in front.
    pub proof: Bytes,
}

/// Tells whether a proof that a network sent with its own certificate is one. It is asked before the proof is kept: anybody can send
/// bytes.
pub trait OwnProofs: Debug + Send + Sync {
    /// Whether a proof under the key of this digest says this certificate digest.
    ///
    /// # Errors
    /// Why not, in words.
    fn check(&self, key: GoldilocksDigest, certificate: GoldilocksDigest, proof: &[u8])
    -> Result<(), String>;
}

/// Proves certificates and epochs. A prover may take minutes and keeps stages of its own, so that what was broken off goes on; it runs
/// in a thread of its own.
pub trait Prover: Send + 'static {
    /// The program whose statements it proves; settlement pins one.
    fn program_digest(&self) -> U256;

    /// What tells networks' own proofs from other bytes.
    fn own_proofs(&self) -> Arc<dyn OwnProofs>;

    /// Proves a certificate that the ledger applied. `own` is what a network that proves its own certificates sent for it.
    ///
    /// # Errors
    /// A [`ProverError`].
    fn prove_transition(
        &mut self,
        inputs: &TransitionInputs,
        own: Option<&[u8]>,
        progress: &mut Progress<'_>,
    ) -> Result<Vec<u8>, ProverError>;

    /// Proves an epoch of transitions that it proved.
    ///
    /// # Errors
    /// A [`ProverError`].
    fn prove_epoch(
        &mut self,
        work: &EpochWork,
        progress: &mut Progress<'_>,
    ) -> Result<EpochProof, ProverError>;
}
