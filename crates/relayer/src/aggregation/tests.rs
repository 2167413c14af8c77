//! Each field of a submission and an inclusion is held to the others, and the error names it.
#![allow(clippy::unwrap_used)]

use alloy_primitives::{Address, B256, Bytes, b256};
use causeway_types::GoldilocksDigest;
use causeway_types::aggregation::{
    AggregationBlob, AggregationDomain, AggregationError, AggregationRecord, AggregationStatement,
    AggregationTree, ProofCommitment, PublicInputs,
};

use super::*;

const DOMAIN: AggregationDomain = AggregationDomain {
    chain_id: 1,
    contract: Address::repeat_byte(0xa9),
};

fn claim(number: u64) -> Claim {
    Claim {
        key: GoldilocksDigest::new([1, 2, 3, number]).unwrap(),
        public_inputs: PublicInputs::new([number, 7]).unwrap(),
    }
}

fn tree() -> AggregationTree {
    AggregationTree::new((0..5).map(|number| claim(number).commitment()).collect()).unwrap()
}

fn submission(publication: Publication) -> Submission {
    let tree = tree();
    let statement = AggregationStatement {
        domain: DOMAIN,
        record: tree.record(),
    };
    let verifier = VerifierId {
        key_hash: B256::repeat_byte(0xf0),
        circuit_hash: B256::repeat_byte(0xc0),
        provenance: "DEVELOPMENT".to_owned(),
    };
    let proof = Bytes::from(vec![5; Submission::PROOF_LEN]);
    let commitments = tree.commitments().to_vec();
    Submission::new(
        statement,
        B256::repeat_byte(2),
        verifier,
        proof,
        commitments,
        publication,
    )
    .unwrap()
}

fn blobs() -> Publication {
    Publication::Blobs(vec![BlobReference {
        file: "blob-0.bin".to_owned(),
        versioned_hash: B256::with_last_byte(1),
    }])
}

fn record(root: B256, depth: u8, count: u32) -> AggregationRecord {
    AggregationRecord::new(root, depth, count).unwrap()
}

#[test]
fn a_submission_survives_json_and_checks_itself() {
    for publication in [Publication::Calldata, blobs()] {
        let submission = submission(publication);
        let json = serde_json::to_string(&submission).unwrap();
        let read: Submission = serde_json::from_str(&json).unwrap();
        assert_eq!(read, submission);
        assert_eq!(read.check(), Ok(()));
        assert_eq!(read.tree().unwrap().root(), tree().root());
    }
}

#[test]
fn every_field_of_a_submission_is_held_to_the_others() {
    let refusal = |change: fn(&mut Submission)| {
        let mut changed = submission(Publication::Calldata);
        change(&mut changed);
        changed.check().unwrap_err()
    };
    let root = tree().root();
    assert_eq!(
        refusal(|changed| changed.version = 2),
        SubmissionError::Version {
            found: 2,
            expected: 1
        }
    );
    let other = AggregationError::RootMismatch {
        expected: B256::ZERO,
        computed: root,
    };
    assert_eq!(
        refusal(|changed| changed.statement.record = record(B256::ZERO, 3, 5)),
        other.into()
    );
    assert_eq!(
        refusal(|changed| changed.statement.record = record(changed.statement.record.root(), 3, 6)),
        SubmissionError::Count {
            declared: 6,
            commitments: 5
        }
    );
    assert!(matches!(
        refusal(|changed| changed.statement.record = record(changed.statement.record.root(), 4, 5)),
        SubmissionError::Aggregation(AggregationError::RootMismatch { .. })
    ));
    assert!(matches!(
        refusal(|changed| changed.commitments.swap(0, 1)),
        SubmissionError::Aggregation(AggregationError::RootMismatch { .. })
    ));
    assert_eq!(
        refusal(|changed| {
            changed.commitments.pop();
        }),
        SubmissionError::Count {
            declared: 5,
            commitments: 4
        }
    );
    assert_eq!(
        refusal(|changed| changed.proof = Bytes::from(vec![5; 255])),
        SubmissionError::ProofLength {
            length: 255,
            expected: 256
        }
    );
    let (expected, found) = (Address::ZERO, DOMAIN.contract);
    assert_eq!(
        refusal(|changed| changed.statement.domain.contract = Address::ZERO),
        SubmissionError::CallTarget { expected, found }
    );
    let named = |file: &str| {
        let mut changed = submission(blobs());
        changed.publication = Publication::Blobs(vec![BlobReference {
            file: file.to_owned(),
            versioned_hash: B256::ZERO,
        }]);
        changed.check()
    };
    assert_eq!(named("another.bin"), Ok(()));
    for file in ["", ".", "..", "/etc/passwd", "../blob-0.bin", "a/b", "a\\b"] {
        let refusal = SubmissionError::BlobFile {
            file: file.to_owned(),
        };
        assert_eq!(named(file), Err(refusal));
    }
    // What is in the call alone: selector, head, then route and proof at the end.
    let data_of: [fn(&mut Submission); 5] = [
        |changed| changed.call.data = Bytes::new(),
        |changed| changed.call.data = [&changed.call.data[..], &[0]].concat().into(),
        |changed| changed.proof = Bytes::from(vec![6; 256]),
        |changed| changed.verifier.key_hash = B256::ZERO,
        |changed| changed.publication = blobs(),
    ];
    for change in data_of {
        let error = refusal(change);
        assert!(matches!(error, SubmissionError::CallData { .. }), "{error}");
    }
}

#[test]
fn the_call_of_a_submission_gives_its_tree_back() {
    let call = submission(Publication::Calldata).call;
    let tree = tree();
    let again = submission(blobs()).publish_call();
    for call in [&call, &again] {
        assert_eq!(call.to, DOMAIN.contract);
        assert_eq!(published_in_call(&call.data, &tree.record()), Ok(tree.clone()));
    }
    let error = published_in_call(&call.data, &record(B256::ZERO, 3, 5)).unwrap_err();
    assert!(
        matches!(
            error,
            SubmissionError::Aggregation(AggregationError::RootMismatch { .. })
        ),
        "{error}"
    );
    let error = published_in_call(&call.data, &record(tree.root(), 3, 6)).unwrap_err();
    assert!(matches!(error, SubmissionError::Count { .. }), "{error}");
    for data in [&[][..], &call.data[..100], &submission(blobs()).call.data] {
        let error = published_in_call(data, &tree.record()).unwrap_err();
        assert!(matches!(error, SubmissionError::NotACall(_)), "{error}");
    }
}

#[test]
fn an_inclusion_is_found_and_survives_json() {
    for number in 0..5 {
        let inclusion = Inclusion::find(DOMAIN, &tree(), claim(number)).unwrap();
        assert_eq!(u64::from(inclusion.path.index), number);
        let json = serde_json::to_string(&inclusion).unwrap();
        let read: Inclusion = serde_json::from_str(&json).unwrap();
        assert_eq!(read, inclusion);
        assert_eq!(read.check_in(&submission(blobs()).statement), Ok(()));
    }
    let (found, computed) = (claim(2).commitment().get(), claim(3).commitment().get());
    assert_eq!(
        Inclusion::at(DOMAIN, &tree(), 2, claim(3)),
        Err(SubmissionError::Commitment { found, computed })
    );
    assert_eq!(
        Inclusion::at(DOMAIN, &tree(), 5, claim(3)),
        Err(AggregationError::IndexTooLarge { index: 5, count: 5 }.into())
    );
    let commitment = claim(5).commitment();
    assert_eq!(
        Inclusion::find(DOMAIN, &tree(), claim(5)),
        Err(SubmissionError::NotIncluded { commitment })
    );
}

#[test]
fn every_field_of_an_inclusion_is_held_to_the_others() {
    let statement = submission(Publication::Calldata).statement;
    let refusal = |change: fn(&mut Inclusion)| {
        let mut changed = Inclusion::find(DOMAIN, &tree(), claim(2)).unwrap();
        change(&mut changed);
        changed.check_in(&statement).unwrap_err()
    };
    let (found, expected) = (2, 1);
    assert_eq!(
        refusal(|changed| changed.version = 2),
        SubmissionError::Version { found, expected }
    );
    let (found, computed) = (claim(2).commitment().get(), claim(3).commitment().get());
    assert_eq!(
        refusal(|changed| changed.claim = claim(3)),
        SubmissionError::Commitment { found, computed }
    );
    let mismatch: [fn(&mut Inclusion); 3] = [
        |changed| {
            changed.claim = claim(3);
            changed.commitment = claim(3).commitment();
        },
        |changed| changed.path.index = 3,
        |changed| changed.path.siblings[1] = B256::ZERO,
    ];
    for change in mismatch {
        let error = refusal(change);
        let named = matches!(
            error,
            SubmissionError::Aggregation(AggregationError::PathMismatch { .. })
        );
        assert!(named, "{error}");
    }
    assert_eq!(
        refusal(|changed| changed.path.index = 5),
        AggregationError::IndexTooLarge { index: 5, count: 5 }.into()
    );
    assert_eq!(
        refusal(|changed| {
            changed.path.siblings.pop();
        }),
        AggregationError::SiblingCountInvalid {
            actual: 2,
            expected: 3
        }
        .into()
    );
    let (expected, found) = ((1, DOMAIN.contract), (2, DOMAIN.contract));
    assert_eq!(
        refusal(|changed| changed.statement.domain.chain_id = 2),
        SubmissionError::Domain { expected, found }
    );
    let (expected, found) = (tree().root(), B256::ZERO);
    assert_eq!(
        refusal(|changed| changed.statement.record = record(B256::ZERO, 3, 5)),
        SubmissionError::OtherRoot { expected, found }
    );
    let (expected, found) = ((3, 5), (3, 8));
    assert_eq!(
        refusal(|changed| changed.statement.record = record(changed.statement.record.root(), 3, 8)),
        SubmissionError::Record { expected, found }
    );
    let (expected, found) = (DOMAIN.contract, Address::ZERO);
    assert_eq!(
        refusal(|changed| changed.call.to = Address::ZERO),
        SubmissionError::CallTarget { expected, found }
    );
    assert_eq!(
        refusal(|changed| changed.call.data = Bytes::new()),
        SubmissionError::CallData { at: 0 }
    );
}

/// Of a blob of zeros the commitment is the point at infinity: c0, then 47 zeros. This is the hash that clients test with.
#[test]
fn the_empty_blob_has_the_versioned_hash_that_everybody_knows() {
    let blob = AggregationBlob::try_from(Bytes::from(vec![0; AggregationBlob::LEN])).unwrap();
    let hash = b256!("010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014");
    assert_eq!(Kzg::ethereum().versioned_hashes(&[blob]), Ok(vec![hash]));
}

#[test]
fn blobs_are_held_to_their_versioned_hashes() {
    let kzg = Kzg::ethereum();
    let commitments: Vec<ProofCommitment> = (0..3).map(|number| claim(number).commitment()).collect();
    let blobs = AggregationBlob::encode(&commitments);
    let hashes = kzg.versioned_hashes(&blobs).unwrap();
    assert_eq!(hashes.len(), 1);
    assert_eq!(hashes[0][0], 1);
    assert_eq!(kzg.check(&blobs, &hashes), Ok(()));
    let (declared, computed) = (B256::with_last_byte(1), hashes[0]);
    let other = SubmissionError::VersionedHash {
        blob: 0,
        declared,
        computed,
    };
    assert_eq!(kzg.check(&blobs, &[declared]), Err(other));
    let count = SubmissionError::BlobCount {
        declared: 0,
        found: 1,
    };
    assert_eq!(kzg.check(&blobs, &[]), Err(count));
    // The order of the field is below 2^255.
    let mut bytes = blobs[0].bytes().to_vec();
    bytes[0] = 0xff;
    let blob = AggregationBlob::try_from(Bytes::from(bytes)).unwrap();
    let refusal = SubmissionError::BlobNotCanonical { blob: 7 };
    assert_eq!(kzg.versioned_hash(7, &blob), Err(refusal));
}
