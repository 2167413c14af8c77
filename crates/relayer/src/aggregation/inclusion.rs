//! What a user asks a contract with.

use alloy_primitives::U256;
use alloy_sol_types::SolCall;
use causeway_bindings::ProofAggregation;
use causeway_types::GoldilocksDigest;
use causeway_types::aggregation::{
    AggregationDomain, AggregationRecord, AggregationStatement, AggregationTree, InclusionProof,
    ProofCommitment, PublicInputs,
};
use serde::{Deserialize, Serialize};

use super::error::SubmissionError;
use super::submission::Call;

/// The version of [`Inclusion`] that is written and read.
pub const INCLUSION_VERSION: u32 = 1;

/// What a proof claims: that the program of a key accepted public inputs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Digest of the program's normalised key.
    pub key: GoldilocksDigest,
    /// The program's public inputs.
    pub public_inputs: PublicInputs,
}

impl Claim {
    /// The leaf that it is.
    pub fn commitment(&self) -> ProofCommitment {
        ProofCommitment::of(self.key, &self.public_inputs)
    }
}

/// Where a claim stands in an aggregation, and the call that a contract answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// [`INCLUSION_VERSION`].
    pub version: u32,
    /// What the contract was shown.
    pub statement: AggregationStatement,
    /// The claim.
    pub claim: Claim,
    /// Its commitment.
    pub commitment: ProofCommitment,
    /// Where it stands.
    pub path: InclusionProof,
    /// `verifyProofInclusion`, which returns if the root was submitted and reverts by name otherwise.
    pub call: Call,
}

impl Inclusion {
    /// Finds a claim in a tree.
    ///
    /// # Errors
    /// [`SubmissionError::NotIncluded`].
    pub fn find(
        domain: AggregationDomain,
        tree: &AggregationTree,
        claim: Claim,
    ) -> Result<Self, SubmissionError> {
        let commitment = claim.commitment();
        let mut commitments = (0..).zip(tree.commitments());
        let place = commitments.find(|(_, other)| **other == commitment);
        let (index, _) = place.ok_or(SubmissionError::NotIncluded { commitment })?;
        Self::at(domain, tree, index, claim)
    }

    /// A claim that stands at an index of a tree.
    ///
    /// # Errors
    /// [`SubmissionError::Aggregation`] for an index beyond the last, [`SubmissionError::Commitment`] if another claim stands there.
    pub fn at(
        domain: AggregationDomain,
        tree: &AggregationTree,
        index: u32,
        claim: Claim,
    ) -> Result<Self, SubmissionError> {
        let commitment = claim.commitment();
        let path = tree.inclusion(index)?;
        let there = tree.commitments().get(index as usize).copied();
        if there != Some(commitment) {
            return Err(SubmissionError::Commitment {
                found: there.map(ProofCommitment::get).unwrap_or_default(),
                computed: commitment.get(),
            });
        }
        let statement = AggregationStatement {
            domain,
            record: tree.record(),
        };
        let call = expected_call(&statement, &claim, &path);
        Ok(Self {
            version: INCLUSION_VERSION,
            statement,
            claim,
            commitment,
            path,
            call,
        })
    }

    /// Whether the path leads from the claim to the root, and every other field is what follows. Whether the root was submitted is
    /// not seen here.
    ///
    /// # Errors
    /// A [`SubmissionError`] that names the field.
    pub fn check(&self) -> Result<(), SubmissionError> {
        if self.version != INCLUSION_VERSION {
            return Err(SubmissionError::Version {
                found: self.version,
                expected: INCLUSION_VERSION,
            });
        }
        let computed = self.claim.commitment();
        if computed != self.commitment {
            return Err(SubmissionError::Commitment {
                found: self.commitment.get(),
                computed: computed.get(),
            });
        }
        self.path.verify(&self.statement.record, computed)?;
        self.call
            .check(&expected_call(&self.statement, &self.claim, &self.path))
    }

    /// [`Self::check`], and that it is of this aggregation.
    ///
    /// # Errors
    /// [`SubmissionError::Domain`], [`SubmissionError::OtherRoot`], or those of [`Self::check`].
    pub fn check_in(&self, statement: &AggregationStatement) -> Result<(), SubmissionError> {
        same_domain(&statement.domain, &self.statement.domain)?;
        let (expected, found) = (statement.record, self.statement.record);
        if found.root() != expected.root() {
            return Err(SubmissionError::OtherRoot {
                expected: expected.root(),
                found: found.root(),
            });
        }
        self.check()?;
        // A root fixes neither depth nor count: those are the aggregation's.
        self.path.verify(&expected, self.commitment)?;
        check_record(&expected, &found)
    }
}

/// Whether something is for the chain and contract that it should be for.
///
/// # Errors
/// [`SubmissionError::Domain`].
pub fn same_domain(expected: &AggregationDomain, found: &AggregationDomain) -> Result<(), SubmissionError> {
    if found != expected {
        return Err(SubmissionError::Domain {
            expected: (expected.chain_id, expected.contract),
            found: (found.chain_id, found.contract),
        });
    }
    Ok(())
}

fn check_record(expected: &AggregationRecord, found: &AggregationRecord) -> Result<(), SubmissionError> {
    if found != expected {
        return Err(SubmissionError::Record {
            expected: (expected.depth(), expected.count()),
            found: (found.depth(), found.count()),
        });
    }
    Ok(())
}

fn expected_call(statement: &AggregationStatement, claim: &Claim, path: &InclusionProof) -> Call {
    let call = ProofAggregation::verifyProofInclusionCall {
        root: statement.record.root(),
        key: claim.key.into(),
        publicInputs: claim.public_inputs.bytes().into(),
        index: U256::from(path.index),
        siblings: path.siblings.clone(),
    };
    Call {
        to: statement.domain.contract,
        data: call.abi_encode().into(),
    }
}
