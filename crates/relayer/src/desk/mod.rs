//! What whoever speaks with the relayer may ask of it, however he reaches it.
//!
//! What can be read stands in the journal; here is what needs the ledger, the chains or the tasks that run. The interfaces (REST,
//! JSON-RPC, the command line) are shapes around a [`Desk`] and a journal, and judge nothing.

mod next;
mod operator;
mod refusal;
mod status;

use alloy_primitives::B256;
use causeway_journal::{CertificateRecord, ClaimKey, Reason, Standing};
use causeway_types::{CertificateJson, GoldilocksDigest, NetworkId};
use serde::Serialize;
use utoipa::ToSchema;

pub use next::{NextEpoch, PlannedCertificate, WaitingCertificate};
pub use operator::{Acted, ClaimCall, Operator};
pub use refusal::{Code, Refusal};
pub use status::{Component, Exits, NetworkStatus, Status, TaskStatus, TierExits, WalletStatus};

/// What became of a certificate that was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Submitted {
    /// Its id here: the hash of all of it.
    #[schema(value_type = String)]
    pub id: B256,
    /// LxLy's id, which leaves out Causeway's fields and every authorisation.
    #[schema(value_type = String)]
    pub lxly_id: B256,
    /// Where it stands.
    #[schema(value_type = String)]
    pub standing: Standing,
    /// Why there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub reason: Option<Reason>,
    /// Whether it was here already.
    pub known: bool,
}

/// One cause in a chain of causes: why something waits, down to what would have to happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cause {
    /// A code that never changes.
    pub code: String,
    /// In words, with what was found and what is expected.
    pub detail: String,
    /// The certificate, epoch, job or endpoint it is about, as other commands name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// What is needed to make a certificate Causeway's whose sender speaks LxLy alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ToSign {
    /// The certificate digest, as 32 bytes.
    #[schema(value_type = String)]
    pub digest: B256,
    /// EIP-712's hash of it, which the network's signer signs.
    #[schema(value_type = String)]
    pub signing_hash: B256,
}

/// What the own proof of a network that proves its certificates has to be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ToProve {
    /// The certificate digest, which it says.
    #[schema(value_type = String)]
    pub digest: GoldilocksDigest,
    /// Digest of the key under which it verifies.
    #[schema(value_type = String)]
    pub key: GoldilocksDigest,
}

/// The relayer, for whoever speaks with it.
pub trait Desk: Send + Sync + 'static {
    /// Takes a certificate in, with the proof that its network made of it if that came with it. The same one again is answered as the
    /// first time.
    ///
    /// # Errors
    /// A [`Refusal`], whose class says what its sender does next.
    fn submit(
        &self,
        certificate: CertificateJson,
        own_proof: Option<&[u8]>,
        source: &str,
    ) -> Result<Submitted, Refusal>;

    /// Takes in the proof that a network which proves its own certificates made of one.
    ///
    /// # Errors
    /// A [`Refusal`].
    fn submit_own_proof(&self, certificate: B256, proof: &[u8]) -> Result<Submitted, Refusal>;

    /// Why a certificate stands where it does: the nearest cause first, the last one is what would have to happen.
    fn explain(&self, certificate: &CertificateRecord) -> Vec<Cause>;

    /// A network as L1 and the certificates here have it; `None` if it is not registered.
    fn network(&self, network: NetworkId) -> Option<NetworkStatus>;

    /// All networks, in order.
    fn networks(&self) -> Vec<NetworkStatus>;

    /// What the next epoch would have if it was closed now.
    ///
    /// # Errors
    /// A [`Refusal`]: [`Code::NotReady`] as long as L1 was not read.
    fn next_epoch(&self) -> Result<NextEpoch, Refusal>;

    /// How the relayer is.
    fn status(&self) -> Status;

    /// The call that claims an exit where it goes: anybody may send it.
    ///
    /// # Errors
    /// A [`Refusal`]: [`Code::NotFound`], or [`Code::NotReady`] as long as its destination knows no root that covers it.
    fn claim_call(&self, claim: ClaimKey) -> Result<ClaimCall, Refusal>;

    /// Looks at a job again at once, whatever it is held for; one that failed is made again. Audited in the same transaction.
    ///
    /// # Errors
    /// A [`Refusal`]: [`Code::NotFound`], or [`Code::Refused`] if there is nothing to be done again.
    fn retry_job(&self, job: u64, by: &Operator) -> Result<Acted, Refusal>;

    /// Gives a job up: what is signed is cancelled by another transaction of its nonce. Audited in the same transaction.
    ///
    /// # Errors
    /// A [`Refusal`]: [`Code::NotFound`], or [`Code::Refused`] if it is over.
    fn abort_job(&self, job: u64, by: &Operator) -> Result<Acted, Refusal>;

    /// Rejects a certificate that L1 does not have: its height is free again. Audited in the same transaction.
    ///
    /// # Errors
    /// A [`Refusal`]: [`Code::NotFound`], or [`Code::Refused`] if L1 has it or it is over.
    fn reject_certificate(&self, certificate: B256, by: &Operator) -> Result<Acted, Refusal>;
}
