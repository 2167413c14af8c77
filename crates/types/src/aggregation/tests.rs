//! Trees of every size, their paths and their blobs; and each change of them, refused by its own name.
#![allow(clippy::unwrap_used)]

use alloy_primitives::{B256, keccak256};
use proptest::prelude::*;

use super::blob::published;
use super::{
    AggregationBlob, AggregationError, AggregationRecord, AggregationTree, InclusionProof, ProofCommitment,
    PublicInputs,
};
use crate::goldilocks::GoldilocksDigest;
use crate::proof::hash_pair;

fn commitment(index: usize) -> ProofCommitment {
    let key = GoldilocksDigest::new([1, 2, 3, 4]).unwrap();
    ProofCommitment::of(key, &PublicInputs::new([index as u64]).unwrap())
}

fn commitments(count: usize) -> Vec<ProofCommitment> {
    (0..count).map(commitment).collect()
}

fn tree(count: usize) -> AggregationTree {
    AggregationTree::new(commitments(count)).unwrap()
}

/// The root without levels or padding nodes: every leaf is there.
fn plain_root(leaves: &[B256]) -> B256 {
    match leaves {
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len() / 2);
            hash_pair(plain_root(left), plain_root(right))
        }
    }
}

fn with<T>(value: &T, change: impl FnOnce(&mut T)) -> T
where
    T: Clone,
{
    let mut changed = value.clone();
    change(&mut changed);
    changed
}

#[test]
fn depth_is_the_least_with_room_for_all() {
    for (count, depth) in [
        (1, 0),
        (2, 1),
        (3, 2),
        (4, 2),
        (5, 3),
        (256, 8),
        (257, 9),
        (3968, 12),
    ] {
        assert_eq!((tree(count).depth(), tree(count).count()), (depth, count as u32));
    }
    assert_eq!(tree(1).root(), commitment(0).get());
    assert_eq!(AggregationTree::new(vec![]), Err(AggregationError::NoProofs));
    assert_eq!(
        AggregationTree::new(vec![commitment(0); (1 << 20) + 1]),
        Err(AggregationError::DepthTooLarge { depth: 21, max: 20 })
    );
    assert_eq!(
        AggregationTree::with_depth(commitments(5), 2),
        Err(AggregationError::CountTooLarge { count: 5, leaves: 4 })
    );
}

#[test]
fn a_leaf_cannot_pose_as_a_node() {
    // 64 bytes under a commitment would make it a node: with the tag there are 33 + 8n, never 64.
    let (left, right) = (commitment(0), commitment(1));
    let two = AggregationTree::new(vec![left, right]).unwrap();
    let words = [left.get(), right.get()].map(|half| GoldilocksDigest::try_from(half).unwrap());
    let inputs = PublicInputs::new(words[1].words()).unwrap();
    assert_ne!(ProofCommitment::of(words[0], &inputs).get(), two.root());
    // Nor does a tree of one leaf that is a node have paths as long as the tree below it.
    let one = AggregationTree::new(vec![ProofCommitment::try_from(two.root()).unwrap()]).unwrap();
    assert_eq!(
        two.inclusion(0).unwrap().verify(&one.record(), left),
        Err(AggregationError::SiblingCountInvalid {
            actual: 1,
            expected: 0
        })
    );
}

#[test]
fn a_path_in_json_has_no_more_than_its_fields() {
    let proof = tree(3).inclusion(2).unwrap();
    let json = serde_json::to_string(&proof).unwrap();
    assert_eq!(serde_json::from_str::<InclusionProof>(&json).unwrap(), proof);
    let more = json.replace("{\"index\"", "{\"root\":0,\"index\"");
    let refusal = serde_json::from_str::<InclusionProof>(&more)
        .unwrap_err()
        .to_string();
    assert!(refusal.contains("unknown field `root`"), "{refusal}");
}

proptest! {
    #[test]
    fn paths_lead_to_the_root_and_nothing_else_does(count in 1_usize..300, extra in 0_u8..3, pick: prop::sample::Index) {
        let list = commitments(count);
        let depth = tree(count).depth() + extra;
        let tree = AggregationTree::with_depth(list.clone(), depth).unwrap();
        let mut leaves: Vec<B256> = list.iter().map(|leaf| leaf.get()).collect();
        leaves.resize(1 << depth, B256::ZERO);
        prop_assert_eq!(tree.root(), plain_root(&leaves));

        let record = tree.record();
        prop_assert_eq!(AggregationRecord::new(tree.root(), depth, count as u32), Ok(record));
        let index = pick.index(count);
        let (leaf, proof) = (list[index], tree.inclusion(index as u32).unwrap());
        prop_assert_eq!(proof.verify(&record, leaf), Ok(()));
        prop_assert!(is_mismatch(proof.verify(&record, commitment(count))));
        for other in (0..count as u32).filter(|&other| other != proof.index).take(8) {
            let moved = with(&proof, |proof| proof.index = other);
            prop_assert!(is_mismatch(moved.verify(&record, leaf)));
        }
        for height in 0..usize::from(depth) {
            let changed = with(&proof, |proof| proof.siblings[height] ^= B256::with_last_byte(1));
            prop_assert!(is_mismatch(changed.verify(&record, leaf)));
        }
        let beyond = with(&proof, |proof| proof.index = count as u32);
        let refusal = AggregationError::IndexTooLarge { index: count as u32, count: count as u32 };
        prop_assert_eq!(beyond.verify(&record, leaf), Err(refusal));
        prop_assert_eq!(tree.inclusion(count as u32), Err(refusal));
        let longer = with(&proof, |proof| proof.siblings.push(B256::ZERO));
        let refusal = |actual| Err(AggregationError::SiblingCountInvalid { actual, expected: depth });
        prop_assert_eq!(longer.verify(&record, leaf), refusal(usize::from(depth) + 1));
        if depth > 0 {
            let shorter = with(&proof, |proof| { proof.siblings.pop(); });
            prop_assert_eq!(shorter.verify(&record, leaf), refusal(usize::from(depth) - 1));
        }
        let root = keccak256("another root");
        let another = AggregationRecord::new(root, depth, count as u32).unwrap();
        let refusal = AggregationError::PathMismatch { expected: root, computed: tree.root() };
        prop_assert_eq!(proof.verify(&another, leaf), Err(refusal));
    }

    #[test]
    fn blobs_hold_what_was_put_in(count in prop_oneof![1_usize..200, 3900_usize..4000, 7936..7938_usize]) {
        let tree = tree(count);
        let blobs = AggregationBlob::encode(tree.commitments());
        prop_assert_eq!(blobs.len(), count.div_ceil(3968));
        prop_assert!(blobs.iter().all(|blob| blob.bytes().len() == 131_072));
        prop_assert_eq!(published(&blobs, &tree.record()), Ok(tree));
    }
}

fn is_mismatch(outcome: Result<(), AggregationError>) -> bool {
    matches!(outcome, Err(AggregationError::PathMismatch { .. }))
}

/// The blobs with one byte changed.
fn changed(blobs: &[AggregationBlob], blob: usize, position: usize) -> Vec<AggregationBlob> {
    let mut blobs = blobs.to_vec();
    let mut bytes = blobs[blob].bytes().to_vec();
    bytes[position] ^= 1;
    blobs[blob] = AggregationBlob::try_from(bytes.into_boxed_slice()).unwrap();
    blobs
}

#[test]
fn a_blob_is_cut_every_31_bytes() {
    let list = commitments(2);
    let blob = &AggregationBlob::encode(&list)[0];
    let (first, second) = (list[0].get(), list[1].get());
    assert_eq!(blob.bytes()[0], 0);
    assert_eq!(blob.bytes()[1..32], first[..31]);
    assert_eq!(blob.bytes()[32..34], [0, first[31]]);
    assert_eq!(blob.bytes()[34..64], second[..30]);
    assert_eq!(blob.bytes()[64..67], [0, second[30], second[31]]);
    assert!(blob.bytes()[67..].iter().all(|&byte| byte == 0));
    // No commitment straddles two blobs.
    let full = AggregationBlob::encode(&commitments(3969));
    assert_eq!(full[0].bytes()[131_041..], commitment(3967).get()[1..]);
    assert_eq!(full[1].bytes()[1..32], commitment(3968).get()[..31]);
}

#[test]
fn a_blob_that_is_not_the_records_is_refused_by_name() {
    let tree = tree(3970);
    let (record, blobs) = (tree.record(), AggregationBlob::encode(tree.commitments()));
    let refusal = |blobs: &[AggregationBlob]| published(blobs, &record).unwrap_err();
    let count = |actual| AggregationError::BlobCountInvalid { actual, expected: 2 };
    assert_eq!(refusal(&blobs[..1]), count(1));
    assert_eq!(refusal(&[blobs.clone(), blobs.clone()].concat()), count(4));
    for (blob, element) in [(0, 0), (0, 4095), (1, 3), (1, 4095)] {
        let blobs = changed(&blobs, blob, 32 * element);
        assert_eq!(
            refusal(&blobs),
            AggregationError::ElementTooLarge { blob, element }
        );
    }
    // Two commitments end with the second byte of the third element.
    for (position, element) in [(67, 2), (95, 2), (97, 3), (131_071, 4095)] {
        let blobs = changed(&blobs, 1, position);
        assert_eq!(
            refusal(&blobs),
            AggregationError::TailNotZero { blob: 1, element }
        );
    }
    for (blob, position) in [(0, 1), (0, 131_071), (1, 1), (1, 66)] {
        let blobs = changed(&blobs, blob, position);
        let commitments = AggregationBlob::decode(&blobs, record.count()).unwrap();
        let computed = AggregationTree::new(commitments).unwrap().root();
        let expected = record.root();
        assert_eq!(
            refusal(&blobs),
            AggregationError::RootMismatch { expected, computed }
        );
    }
    let swapped = [blobs[1].clone(), blobs[0].clone()];
    assert_eq!(refusal(&swapped), AggregationError::CommitmentIsZero { index: 2 });
}

#[test]
fn a_blob_has_one_length() {
    for actual in [0, 131_071, 131_073] {
        let refusal = AggregationError::BlobLengthInvalid {
            actual,
            expected: 131_072,
        };
        assert_eq!(
            AggregationBlob::try_from(vec![0; actual].into_boxed_slice()),
            Err(refusal)
        );
    }
    let blob = AggregationBlob::encode(&commitments(1)).remove(0);
    let json = serde_json::to_string(&blob).unwrap();
    assert_eq!(serde_json::from_str::<AggregationBlob>(&json).unwrap(), blob);
}
