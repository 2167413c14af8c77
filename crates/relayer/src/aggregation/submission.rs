//! What `ProofAggregation` takes.

use alloy_primitives::{Address, B256, Bytes, FixedBytes, U256};
use alloy_sol_types::SolCall;
use causeway_bindings::ProofAggregation;
use causeway_types::aggregation::{
    AggregationError, AggregationRecord, AggregationStatement, AggregationTree, ProofCommitment,
};
use serde::{Deserialize, Serialize};

use super::error::SubmissionError;

/// The version of [`Submission`] that is written and read.
pub const SUBMISSION_VERSION: u32 = 1;

/// A call of a contract, as any wallet sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The contract.
    pub to: Address,
    /// The calldata.
    pub data: Bytes,
}

impl Call {
    /// Whether it is the call that follows from something else.
    pub(super) fn check(&self, expected: &Self) -> Result<(), SubmissionError> {
        if self.to != expected.to {
            return Err(SubmissionError::CallTarget {
                expected: expected.to,
                found: self.to,
            });
        }
        let (found, expected) = (&self.data, &expected.data);
        let same = found.iter().zip(expected).take_while(|(a, b)| a == b).count();
        if same != found.len() || same != expected.len() {
            return Err(SubmissionError::CallData { at: same });
        }
        Ok(())
    }
}

/// Whose verifier accepts the proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifierId {
    /// Hash of the verifying key, as the verifier's `KEY_HASH`; its first four bytes are the route.
    pub key_hash: B256,
    /// Hash of the circuit, as the verifier's `CIRCUIT_HASH`.
    pub circuit_hash: B256,
    /// "DEVELOPMENT" or "CEREMONY": where the key came from.
    pub provenance: String,
}

impl VerifierId {
    /// The route by which the gateway finds the verifier.
    pub fn selector(&self) -> FixedBytes<4> {
        FixedBytes::from_slice(&self.key_hash[..4])
    }
}

/// A blob by its versioned hash, and the file that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobReference {
    /// Name of its file, beside the submission: its 131,072 bytes.
    pub file: String,
    /// Its versioned hash.
    pub versioned_hash: B256,
}

/// Where the commitments are published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Publication {
    /// In the call.
    Calldata,
    /// In these blobs of the transaction, which has to carry them first and in this order.
    Blobs(Vec<BlobReference>),
}

/// An aggregated proof with all that its submission needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// [`SUBMISSION_VERSION`].
    pub version: u32,
    /// What is proven, and for whom.
    pub statement: AggregationStatement,
    /// The program that proved it, which the contract pins.
    pub program_digest: B256,
    /// Whose verifier accepts the proof.
    pub verifier: VerifierId,
    /// A, B, C in the order of EIP-197, without the route.
    pub proof: Bytes,
    /// The commitments in the order of the leaves.
    pub commitments: Vec<ProofCommitment>,
    /// Where they are published.
    pub publication: Publication,
    /// The call that submits it.
    pub call: Call,
}

impl Submission {
    /// Bytes of a Groth16 proof.
    pub const PROOF_LEN: usize = 256;

    /// A submission, its call made from the rest.
    ///
    /// # Errors
    /// Those of [`Self::check`].
    pub fn new(
        statement: AggregationStatement,
        program_digest: B256,
        verifier: VerifierId,
        proof: Bytes,
        commitments: Vec<ProofCommitment>,
        publication: Publication,
    ) -> Result<Self, SubmissionError> {
        let mut submission = Self {
            version: SUBMISSION_VERSION,
            statement,
            program_digest,
            verifier,
            proof,
            commitments,
            publication,
            call: Call {
                to: Address::ZERO,
                data: Bytes::new(),
            },
        };
        submission.call = submission.expected_call();
        submission.check()?;
        Ok(submission)
    }

    /// Whether every field is what follows from the others. Whether the Groth16 proof verifies, and under which key, is not seen
    /// here, nor what is in blobs.
    ///
    /// # Errors
    /// A [`SubmissionError`] that names the field.
    pub fn check(&self) -> Result<(), SubmissionError> {
        if self.version != SUBMISSION_VERSION {
            return Err(SubmissionError::Version {
                found: self.version,
                expected: SUBMISSION_VERSION,
            });
        }
        if self.proof.len() != Self::PROOF_LEN {
            return Err(SubmissionError::ProofLength {
                length: self.proof.len(),
                expected: Self::PROOF_LEN,
            });
        }
        // Whoever reads the submission opens these files.
        if let Publication::Blobs(blobs) = &self.publication {
            for BlobReference { file, .. } in blobs {
                if matches!(file.as_str(), "" | "." | "..") || file.contains(['/', '\\']) {
                    return Err(SubmissionError::BlobFile { file: file.clone() });
                }
            }
        }
        self.tree()?;
        self.call.check(&self.expected_call())
    }

    /// The tree over the commitments, whose root is the statement's.
    ///
    /// # Errors
    /// [`SubmissionError::Count`], or [`SubmissionError::Aggregation`] for another root.
    pub fn tree(&self) -> Result<AggregationTree, SubmissionError> {
        tree_of(&self.statement.record, self.commitments.clone())
    }

    /// The versioned hashes of the blobs that the transaction has to carry; none if it publishes in calldata.
    pub fn versioned_hashes(&self) -> Vec<B256> {
        match &self.publication {
            Publication::Calldata => Vec::new(),
            Publication::Blobs(blobs) => blobs.iter().map(|blob| blob.versioned_hash).collect(),
        }
    }

    /// The proof as the gateway takes it: route, then points.
    pub fn routed_proof(&self) -> Bytes {
        [self.verifier.selector().as_slice(), &self.proof].concat().into()
    }

    /// The call that publishes the commitments once more, in calldata: for when somebody else submitted the proof with other blobs.
    pub fn publish_call(&self) -> Call {
        let data = ProofAggregation::publishCall {
            root: self.statement.record.root(),
            commitments: self.words(),
        };
        Call {
            to: self.statement.domain.contract,
            data: data.abi_encode().into(),
        }
    }

    fn words(&self) -> Vec<B256> {
        self.commitments
            .iter()
            .map(|commitment| commitment.get())
            .collect()
    }

    fn expected_call(&self) -> Call {
        let record = &self.statement.record;
        let (root, depth, proof) = (record.root(), U256::from(record.depth()), self.routed_proof());
        let data = match &self.publication {
            Publication::Calldata => ProofAggregation::submitCall {
                root,
                depth,
                commitments: self.words(),
                proof,
            }
            .abi_encode(),
            Publication::Blobs(_) => ProofAggregation::submitWithBlobsCall {
                root,
                depth,
                count: U256::from(record.count()),
                proof,
            }
            .abi_encode(),
        };
        Call {
            to: self.statement.domain.contract,
            data: data.into(),
        }
    }
}

/// The tree of a record over commitments that are said to be its.
fn tree_of(
    record: &AggregationRecord,
    commitments: Vec<ProofCommitment>,
) -> Result<AggregationTree, SubmissionError> {
    if commitments.len() != record.count() as usize {
        return Err(SubmissionError::Count {
            declared: record.count(),
            commitments: commitments.len(),
        });
    }
    let tree = AggregationTree::with_depth(commitments, record.depth())?;
    if tree.root() != record.root() {
        return Err(AggregationError::RootMismatch {
            expected: record.root(),
            computed: tree.root(),
        }
        .into());
    }
    Ok(tree)
}

/// The tree of a record, out of a call of `submit` or `publish` that published its commitments.
///
/// # Errors
/// [`SubmissionError::NotACall`], [`SubmissionError::Count`], or [`SubmissionError::Aggregation`] for another root.
pub fn published_in_call(
    data: &[u8],
    record: &AggregationRecord,
) -> Result<AggregationTree, SubmissionError> {
    let commitments = match ProofAggregation::publishCall::abi_decode_validate(data) {
        Ok(call) => call.commitments,
        Err(_) => {
            ProofAggregation::submitCall::abi_decode_validate(data)
                .map_err(SubmissionError::NotACall)?
                .commitments
        }
    };
    let commitments = commitments.into_iter().map(ProofCommitment::try_from);
    tree_of(record, commitments.collect::<Result<_, _>>()?)
}
