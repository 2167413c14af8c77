//! A real aggregated proof on a chain: taken once, by this contract alone; and each way of asking for what it does not contain,
//! by name.
#![allow(clippy::unwrap_used)]

use alloy_primitives::{B256, Bytes, U256};
use alloy_sol_types::{SolCall, SolError, SolEvent};
use causeway_bindings::{Groth16Verifier, ProofAggregation};
use causeway_relayer::aggregation::{Kzg, SubmissionError, published_in_call};
use causeway_tests::aggregation::{AggregationVector, Claim, Deployment};
use causeway_tests::evm::{EvmError, SENDER};
use causeway_types::GoldilocksDigest;
use causeway_types::aggregation::{
    AggregationBlob, AggregationError, AggregationTree, InclusionProof, PublicInputs, published,
};

fn vector() -> AggregationVector {
    AggregationVector::committed().unwrap()
}

fn deployed(vector: &AggregationVector) -> Deployment {
    Deployment::new(vector.program_digest).unwrap()
}

/// A chain that has taken the aggregation.
fn settled() -> (Deployment, AggregationVector, AggregationTree) {
    let vector = vector();
    let tree = vector.tree().unwrap();
    let mut deployment = deployed(&vector);
    deployment.submit(&tree, &vector.proof).unwrap();
    (deployment, vector, tree)
}

/// The error that the contract reverts with.
fn reverted<E: SolError, T: std::fmt::Debug>(result: Result<T, EvmError>) -> E {
    let error = result.unwrap_err();
    error.reverted_with().unwrap_or_else(|| panic!("{error}"))
}

#[test]
fn every_proof_of_an_aggregation_is_included() {
    let (mut deployment, vector, tree) = settled();
    assert_eq!((tree.count(), tree.depth()), (5, 3));
    for (index, claim) in (0..).zip(&vector.claims) {
        let path = tree.inclusion(index).unwrap();
        path.verify(&tree.record(), claim.commitment()).unwrap();
        deployment.verify_inclusion(tree.root(), claim, &path).unwrap();
        assert!(deployment.is_included(tree.root(), claim, &path).unwrap());
    }
}

#[test]
fn the_event_tells_what_was_taken() {
    let vector = vector();
    let tree = vector.tree().unwrap();
    let mut deployment = deployed(&vector);
    let receipt = deployment.submit(&tree, &vector.proof).unwrap();
    let [log] = receipt.logs.as_slice() else {
        panic!("{:?}", receipt.logs);
    };
    let event = ProofAggregation::ProofsAggregated::decode_log(log).unwrap();
    assert_eq!(event.address, deployment.aggregation);
    assert_eq!((event.root, event.submitter), (tree.root(), SENDER));
    assert_eq!((event.depth, event.count), (U256::from(3), U256::from(5)));
    assert_eq!(event.blobHashes, Vec::<B256>::new());
}

/// What asking with something wrong is refused with, on chain and natively.
fn refused(claim: &Claim, path: &InclusionProof, native: impl Fn(&AggregationError) -> bool) -> EvmError {
    let (mut deployment, _, tree) = settled();
    assert!(!deployment.is_included(tree.root(), claim, path).unwrap());
    let error = path.verify(&tree.record(), claim.commitment()).unwrap_err();
    assert!(native(&error), "{error}");
    deployment.verify_inclusion(tree.root(), claim, path).unwrap_err()
}

fn is_mismatch(error: &AggregationError) -> bool {
    matches!(error, AggregationError::PathMismatch { .. })
}

#[test]
fn another_key_input_index_or_sibling_leads_to_another_root() {
    let vector = vector();
    let tree = vector.tree().unwrap();
    let (claim, path) = (vector.claims[1].clone(), tree.inclusion(1).unwrap());
    let mut words = claim.key.words();
    words[0] ^= 1;
    let key = Claim {
        key: GoldilocksDigest::new(words).unwrap(),
        ..claim.clone()
    };
    let mut bytes = claim.public_inputs.bytes();
    bytes[7] ^= 1;
    let inputs = Claim {
        public_inputs: PublicInputs::try_from(bytes.as_slice()).unwrap(),
        ..claim.clone()
    };
    let index = InclusionProof {
        index: 2,
        ..path.clone()
    };
    let mut sibling = path.clone();
    sibling.siblings[1].0[31] ^= 1;
    for (claim, path) in [
        (&key, &path),
        (&inputs, &path),
        (&claim, &index),
        (&claim, &sibling),
    ] {
        let error = refused(claim, path, is_mismatch);
        let error = error.reverted_with::<ProofAggregation::PathMismatch>().unwrap();
        assert_eq!(error.root, tree.root());
        assert_ne!(error.computed, tree.root());
    }
}

#[test]
fn a_path_is_as_long_as_the_tree_is_high() {
    let vector = vector();
    let tree = vector.tree().unwrap();
    let path = tree.inclusion(1).unwrap();
    let mut short = path.clone();
    short.siblings.pop();
    let mut long = path;
    long.siblings.push(B256::ZERO);
    for (path, siblings) in [(short, 2), (long, 4)] {
        let error = refused(&vector.claims[1], &path, |error| {
            matches!(error, AggregationError::SiblingCountInvalid { expected: 3, .. })
        });
        let error = error
            .reverted_with::<ProofAggregation::SiblingCountInvalid>()
            .unwrap();
        assert_eq!((error.actual, error.depth), (U256::from(siblings), U256::from(3)));
    }
}

#[test]
fn places_behind_the_last_proof_hold_none() {
    let vector = vector();
    let path = InclusionProof {
        index: 5,
        ..vector.tree().unwrap().inclusion(4).unwrap()
    };
    let error = refused(&vector.claims[4], &path, |error| {
        matches!(error, AggregationError::IndexTooLarge { index: 5, count: 5 })
    });
    let error = error.reverted_with::<ProofAggregation::IndexTooLarge>().unwrap();
    assert_eq!((error.index, error.count), (U256::from(5), U256::from(5)));
}

#[test]
fn a_node_is_no_leaf() {
    // The bytes under the root's left child, as a key and public inputs: 64 bytes less the zero in front, which nobody can shift away.
    let (mut deployment, vector, tree) = settled();
    let path = tree.inclusion(0).unwrap();
    let mut bytes = [vector.claims[0].commitment().get().0, path.siblings[0].0].concat();
    bytes.drain(..1);
    let call = ProofAggregation::verifyProofInclusionCall {
        root: tree.root(),
        key: B256::from_slice(&bytes[..32]),
        publicInputs: Bytes::copy_from_slice(&bytes[32..]),
        index: U256::ZERO,
        siblings: path.siblings[1..].to_vec(),
    };
    let error: ProofAggregation::SiblingCountInvalid =
        reverted(deployment.evm.call(deployment.aggregation, &call));
    assert_eq!((error.actual, error.depth), (U256::from(2), U256::from(3)));
}

#[test]
fn a_root_is_taken_once() {
    let (mut deployment, vector, tree) = settled();
    let error: ProofAggregation::RootAlreadyExists = reverted(deployment.submit(&tree, &vector.proof));
    assert_eq!(error.root, tree.root());
}

#[test]
fn a_proof_serves_no_other_tree_contract_or_chain() {
    let vector = vector();
    let tree = vector.tree().unwrap();
    // One proof fewer, one more: the statement is another.
    let fewer = AggregationTree::new(tree.commitments()[..4].to_vec()).unwrap();
    let deeper = AggregationTree::with_depth(tree.commitments().to_vec(), 4).unwrap();
    for tree in [&fewer, &deeper] {
        let mut deployment = deployed(&vector);
        let _: Groth16Verifier::ProofInvalid = reverted(deployment.submit(tree, &vector.proof));
    }
    // Another contract on the same chain: one transaction moves the address.
    let mut deployment = deployed(&vector);
    let arguments = alloy_sol_types::SolValue::abi_encode_params(&(
        deployment
            .evm
            .view(deployment.aggregation, &ProofAggregation::GATEWAYCall {})
            .unwrap(),
        vector.program_digest,
        deployment.selector,
    ));
    let code = causeway_tests::artifact::creation_code("ProofAggregation").unwrap();
    deployment.aggregation = deployment.evm.deploy(&code, &arguments).unwrap().output;
    let _: Groth16Verifier::ProofInvalid = reverted(deployment.submit(&tree, &vector.proof));
    // Another program.
    let mut deployment = Deployment::new(vector.program_digest + U256::ONE).unwrap();
    let _: Groth16Verifier::ProofInvalid = reverted(deployment.submit(&tree, &vector.proof));
}

#[test]
fn blobs_are_recorded_and_read_back() {
    let vector = vector();
    let tree = vector.tree().unwrap();
    let mut deployment = deployed(&vector);
    let without: ProofAggregation::BlobMissing =
        reverted(deployment.submit_with_blobs(&tree, &vector.proof, vec![]));
    assert_eq!(without.index, U256::ZERO);
    let kzg = Kzg::ethereum();
    let blobs = AggregationBlob::encode(tree.commitments());
    let hash = kzg.versioned_hash(0, &blobs[0]).unwrap();
    let receipt = deployment
        .submit_with_blobs(&tree, &vector.proof, vec![hash])
        .unwrap();
    let event = ProofAggregation::ProofsAggregated::decode_log(&receipt.logs[0]).unwrap();
    assert_eq!(event.blobHashes, [hash]);
    let recorded = ProofAggregation::blobHashCall {
        root: tree.root(),
        index: U256::ZERO,
    };
    let recorded = deployment.evm.view(deployment.aggregation, &recorded).unwrap();
    assert_eq!(recorded, hash);

    // Who reads the blob compares its hash and recomputes the root; a path out of it holds on chain.
    assert_eq!(kzg.check(&blobs, &[recorded]), Ok(()));
    let read = published(&blobs, &tree.record()).unwrap();
    let path = read.inclusion(3).unwrap();
    deployment
        .verify_inclusion(tree.root(), &vector.claims[3], &path)
        .unwrap();
    let other = AggregationTree::new(tree.commitments().iter().rev().copied().collect()).unwrap();
    let blobs = AggregationBlob::encode(other.commitments());
    let refused = kzg.check(&blobs, &[recorded]);
    assert!(
        matches!(refused, Err(SubmissionError::VersionedHash { blob: 0, declared, .. }) if declared == hash),
        "{refused:?}"
    );
    assert!(matches!(
        published(&blobs, &tree.record()),
        Err(AggregationError::RootMismatch { .. })
    ));
}

/// Somebody saw a proof on its way and sent it first, with a blob of his own.
#[test]
fn commitments_are_published_again_after_other_blobs() {
    let vector = vector();
    let tree = vector.tree().unwrap();
    let mut deployment = deployed(&vector);
    let kzg = Kzg::ethereum();
    let own = AggregationBlob::encode(tree.commitments());
    let hash = kzg.versioned_hash(0, &own[0]).unwrap();
    let reversed = AggregationTree::new(tree.commitments().iter().rev().copied().collect()).unwrap();
    let others = AggregationBlob::encode(reversed.commitments());
    let other_hash = kzg.versioned_hash(0, &others[0]).unwrap();
    deployment
        .submit_with_blobs(&tree, &vector.proof, vec![other_hash])
        .unwrap();
    let late: ProofAggregation::RootAlreadyExists =
        reverted(deployment.submit_with_blobs(&tree, &vector.proof, vec![hash]));
    assert_eq!(late.root, tree.root());

    let publish = ProofAggregation::publishCall {
        root: tree.root(),
        commitments: tree
            .commitments()
            .iter()
            .map(|commitment| commitment.get())
            .collect(),
    };
    let contract = deployment.aggregation;
    let in_calldata = deployment.evm.call(contract, &publish).unwrap();
    let event = ProofAggregation::CommitmentsPublished::decode_log(&in_calldata.logs[0]).unwrap();
    assert_eq!(
        (event.root, event.publisher, event.blobHashes.len()),
        (tree.root(), SENDER, 0)
    );
    assert_eq!(
        published_in_call(&publish.abi_encode(), &tree.record()),
        Ok(tree.clone())
    );
    let with_blobs = ProofAggregation::publishWithBlobsCall { root: tree.root() };
    let in_blobs = deployment
        .evm
        .call_with_blobs(contract, &with_blobs, vec![hash])
        .unwrap();
    let event = ProofAggregation::CommitmentsPublished::decode_log(&in_blobs.logs[0]).unwrap();
    assert_eq!(event.blobHashes, [hash]);
    assert_eq!(kzg.check(&own, &event.blobHashes), Ok(()));
    assert_eq!(published(&own, &tree.record()).unwrap(), tree);

    let refused = ProofAggregation::publishCall {
        commitments: reversed
            .commitments()
            .iter()
            .map(|commitment| commitment.get())
            .collect(),
        ..publish
    };
    let mismatch: ProofAggregation::RootMismatch = reverted(deployment.evm.call(contract, &refused));
    assert_eq!(
        (mismatch.declared, mismatch.computed),
        (tree.root(), reversed.root())
    );
}
