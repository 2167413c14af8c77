//! Aggregated proofs on a chain: deployment, submission, and asking whether a proof is included.

use std::path::Path;

use alloy_primitives::{Address, B256, Bytes, FixedBytes, U256};
use alloy_sol_types::SolValue;
use anyhow::{Context, Result, ensure};
use causeway_bindings::{Groth16Verifier, ProofAggregation, VerifierGateway};
use causeway_relayer::aggregation::Submission;
use causeway_types::aggregation::{AggregationDomain, AggregationTree, InclusionProof};
use serde::{Deserialize, Serialize};

pub use causeway_relayer::aggregation::Claim;

use crate::artifact::{creation_code, repository};
use crate::evm::{Evm, EvmError, LOCAL_CHAIN_ID, Receipt, SENDER};

/// Verifier, gateway and [`ProofAggregation`] on a local chain. Addresses are the same on each, so that a committed proof fits.
#[derive(Debug)]
pub struct Deployment {
    /// The chain.
    pub evm: Evm,
    /// [`ProofAggregation`].
    pub aggregation: Address,
    /// The route that it pins.
    pub selector: FixedBytes<4>,
}

impl Deployment {
    /// Deploys them for one program.
    pub fn new(program_digest: U256) -> Result<Self> {
        let mut evm = Evm::new(LOCAL_CHAIN_ID);
        let verifier = evm.deploy(&creation_code("Groth16Verifier")?, &[])?.output;
        let key_hash = evm.call(verifier, &Groth16Verifier::KEY_HASHCall {})?.output;
        let arguments = (SENDER, false).abi_encode_params();
        let gateway = evm.deploy(&creation_code("VerifierGateway")?, &arguments)?.output;
        evm.call(gateway, &VerifierGateway::addRouteCall { verifier })?;
        let selector = FixedBytes::<4>::from_slice(&key_hash[..4]);
        let arguments = (gateway, program_digest, selector).abi_encode_params();
        let aggregation = evm
            .deploy(&creation_code("ProofAggregation")?, &arguments)?
            .output;
        Ok(Self {
            evm,
            aggregation,
            selector,
        })
    }

    /// The domain of the contract, which proofs are made for.
    pub fn domain(&mut self) -> Result<B256> {
        let domain = AggregationDomain {
            chain_id: LOCAL_CHAIN_ID,
            contract: self.aggregation,
        }
        .digest();
        let deployed = self
            .evm
            .view(self.aggregation, &ProofAggregation::DOMAINCall {})?;
        ensure!(domain == deployed, "the contract's domain is {deployed}");
        Ok(domain)
    }

    /// The proof as the gateway takes it.
    pub fn routed(&self, proof: &Bytes) -> Bytes {
        [&self.selector[..], proof].concat().into()
    }

    /// Submits a tree with its commitments in calldata.
    pub fn submit(&mut self, tree: &AggregationTree, proof: &Bytes) -> Result<Receipt<()>, EvmError> {
        let call = ProofAggregation::submitCall {
            root: tree.root(),
            depth: U256::from(tree.depth()),
            commitments: tree
                .commitments()
                .iter()
                .map(|commitment| commitment.get())
                .collect(),
            proof: self.routed(proof),
        };
        let receipt = self.evm.call(self.aggregation, &call)?;
        Ok(Receipt {
            output: (),
            gas: receipt.gas,
            logs: receipt.logs,
        })
    }

    /// Submits a tree whose commitments are in blobs of these versioned hashes.
    pub fn submit_with_blobs(
        &mut self,
        tree: &AggregationTree,
        proof: &Bytes,
        hashes: Vec<B256>,
    ) -> Result<Receipt<()>, EvmError> {
        let call = ProofAggregation::submitWithBlobsCall {
            root: tree.root(),
            depth: U256::from(tree.depth()),
            count: U256::from(tree.count()),
            proof: self.routed(proof),
        };
        let receipt = self.evm.call_with_blobs(self.aggregation, &call, hashes)?;
        Ok(Receipt {
            output: (),
            gas: receipt.gas,
            logs: receipt.logs,
        })
    }

    /// What a contract would call to be sure that a claim is included.
    pub fn verify_inclusion(
        &mut self,
        root: B256,
        claim: &Claim,
        path: &InclusionProof,
    ) -> Result<Receipt<()>, EvmError> {
        let call = ProofAggregation::verifyProofInclusionCall {
            root,
            key: claim.key.into(),
            publicInputs: claim.public_inputs.bytes().into(),
            index: U256::from(path.index),
            siblings: path.siblings.clone(),
        };
        let receipt = self.evm.call(self.aggregation, &call)?;
        Ok(Receipt {
            output: (),
            gas: receipt.gas,
            logs: receipt.logs,
        })
    }

    /// Whether a claim is included.
    pub fn is_included(
        &mut self,
        root: B256,
        claim: &Claim,
        path: &InclusionProof,
    ) -> Result<bool, EvmError> {
        let call = ProofAggregation::isIncludedCall {
            root,
            key: claim.key.into(),
            publicInputs: claim.public_inputs.bytes().into(),
            index: U256::from(path.index),
            siblings: path.siblings.clone(),
        };
        self.evm.view(self.aggregation, &call)
    }
}

/// A real aggregation: what was claimed, and the Groth16 proof. `vectors/aggregation-proof.json` is one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AggregationVector {
    /// The program digest that the contract pins.
    pub program_digest: U256,
    /// The statement digest of the proof.
    pub statement_digest: U256,
    /// The claims in the order of their leaves.
    pub claims: Vec<Claim>,
    /// A, B, C in the order of EIP-197.
    pub proof: Bytes,
}

impl AggregationVector {
    /// The vector of a submission.
    pub fn new(claims: Vec<Claim>, submission: &Submission) -> Self {
        Self {
            program_digest: submission.program_digest.into(),
            statement_digest: submission.statement.digest().into(),
            claims,
            proof: submission.proof.clone(),
        }
    }

    /// The committed one.
    pub fn committed() -> Result<Self> {
        let path = repository().join("vectors/aggregation-proof.json");
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    }

    /// Writes it.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(path, text).with_context(|| path.display().to_string())
    }

    /// The tree over the claims.
    pub fn tree(&self) -> Result<AggregationTree> {
        Ok(AggregationTree::new(
            self.claims.iter().map(Claim::commitment).collect(),
        )?)
    }
}
