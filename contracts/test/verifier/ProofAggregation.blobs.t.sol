// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProofAggregation} from "../../src/interfaces/IProofAggregation.sol";
import {IVerifyingKey} from "../../src/interfaces/IVerifyingKey.sol";
import {vm} from "../Vm.sol";
import {ProofAggregationBase} from "./ProofAggregationBase.sol";

/// @dev Forge cannot send blobs with a transaction of a call's own.
/// forge-config: default.isolate = false
contract ProofAggregationBlobsTest is ProofAggregationBase {
    address private constant STRANGER = address(0xBAD);

    function test_submitWithBlobs_recordsTheHashesItNeeds() external {
        bytes32 root = keccak256("root");
        bytes32[] memory hashes = blobsOf(2);
        bytes memory proof = proofFor(root, 12, 3969);
        vm.blobhashes(blobsOf(3));
        vm.expectEmit(address(aggregation));
        emit IProofAggregation.ProofsAggregated(root, STRANGER, 12, 3969, hashes);
        vm.prank(STRANGER);
        aggregation.submitWithBlobs(root, 12, 3969, proof);
        assertRecorded(root, 3969, 12, block.timestamp, 2);
        vm.assertEq(aggregation.blobHash(root, 0), hashes[0]);
        vm.assertEq(aggregation.blobHash(root, 1), hashes[1]);
    }

    function test_submitWithBlobs_needsOneBlobForEach3968() external {
        uint256[5] memory counts = [uint256(1), 3968, 3969, 7936, 7937];
        uint256[5] memory needed = [uint256(1), 1, 2, 2, 3];
        for (uint256 i = 0; i < counts.length; ++i) {
            bytes32 root = keccak256(abi.encode(i));
            bytes memory proof = proofFor(root, 13, counts[i]);
            vm.blobhashes(blobsOf(needed[i] - 1));
            vm.expectRevert(abi.encodeWithSelector(IProofAggregation.BlobMissing.selector, needed[i] - 1));
            aggregation.submitWithBlobs(root, 13, counts[i], proof);
            vm.blobhashes(blobsOf(needed[i]));
            aggregation.submitWithBlobs(root, 13, counts[i], proof);
            assertRecorded(root, counts[i], 13, block.timestamp, needed[i]);
        }
    }

    function test_submitWithBlobs_refusesWhatSubmitDoes() external {
        bytes32 root = keccak256("root");
        vm.blobhashes(blobsOf(1));
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.DepthTooLarge.selector, 21, 20));
        aggregation.submitWithBlobs(root, 21, 1, proofFor(root, 21, 1));
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.NoProofs.selector));
        aggregation.submitWithBlobs(root, 3, 0, proofFor(root, 3, 0));
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.CountTooLarge.selector, 9, 8));
        aggregation.submitWithBlobs(root, 3, 9, proofFor(root, 3, 9));
        vm.expectRevert(
            abi.encodeWithSelector(IProofAggregation.CountTooLarge.selector, type(uint256).max, 8)
        );
        aggregation.submitWithBlobs(root, 3, type(uint256).max, bytes.concat(SELECTOR));
        vm.expectRevert(
            abi.encodeWithSelector(IProofAggregation.RouteNotPinned.selector, ~SELECTOR, SELECTOR)
        );
        aggregation.submitWithBlobs(root, 3, 8, bytes.concat(~SELECTOR));
    }

    function test_blobHash_revertsWhereThereIsNone() external {
        Tree memory tree = treeOf(3);
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.RootNotFound.selector, tree.root));
        aggregation.blobHash(tree.root, 0);
        vm.blobhashes(blobsOf(3));
        aggregation.submitWithBlobs(tree.root, 2, 3, proofOf(tree));
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.BlobNotFound.selector, tree.root, 1, 1));
        aggregation.blobHash(tree.root, 1);
        Tree memory other = treeOf(4);
        submit(other);
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.BlobNotFound.selector, other.root, 0, 0));
        aggregation.blobHash(other.root, 0);
    }

    function test_submitWithBlobs_revertsWhenTheRootIsThere() external {
        Tree memory tree = treeOf(3);
        submit(tree);
        vm.blobhashes(blobsOf(1));
        bytes memory refusal = abi.encodeWithSelector(IProofAggregation.RootAlreadyExists.selector, tree.root);
        vm.expectRevert(refusal);
        aggregation.submitWithBlobs(tree.root, 2, 3, proofOf(tree));
        vm.expectRevert(refusal);
        aggregation.submitWithBlobs(tree.root, 4, 1, proofFor(tree.root, 4, 1));
        assertRecorded(tree.root, 3, 2, block.timestamp, 0);

        // Nor can calldata replace blobs.
        tree = treeOf(4);
        aggregation.submitWithBlobs(tree.root, 2, 4, proofOf(tree));
        refusal = abi.encodeWithSelector(IProofAggregation.RootAlreadyExists.selector, tree.root);
        vm.expectRevert(refusal);
        submit(tree);
        assertRecorded(tree.root, 4, 2, block.timestamp, 1);
    }

    function test_submitWithBlobs_revertsWhenSomethingElseIsProven() external {
        bytes32 root = keccak256("root");
        bytes[4] memory proofs = [
            proofFor(keccak256("another root"), 2, 3),
            proofFor(root, 3, 3),
            proofFor(root, 2, 4),
            proofFor(address(this), root, 2, 3)
        ];
        vm.blobhashes(blobsOf(1));
        for (uint256 i = 0; i < proofs.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.ProofInvalid.selector));
            aggregation.submitWithBlobs(root, 2, 3, proofs[i]);
        }
        assertRecorded(root, 0, 0, 0, 0);
    }

    /// @dev A proof that was seen can be sent by anybody, with blobs of anything: the root stands, its blobs are the first sender's.
    function test_submitWithBlobs_doesNotBindTheBlobs() external {
        Tree memory tree = treeOf(3);
        bytes32[] memory anything = new bytes32[](1);
        anything[0] = keccak256("anything");
        vm.blobhashes(anything);
        vm.prank(STRANGER);
        aggregation.submitWithBlobs(tree.root, 2, 3, proofOf(tree));
        vm.assertEq(aggregation.blobHash(tree.root, 0), anything[0]);
        aggregation.verifyProofInclusion(tree.root, KEY, inputsOf(2), 2, siblingsOf(tree, 2));
    }
}
