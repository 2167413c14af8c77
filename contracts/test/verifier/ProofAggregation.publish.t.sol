// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProofAggregation} from "../../src/interfaces/IProofAggregation.sol";
import {vm} from "../Vm.sol";
import {ProofAggregationBase} from "./ProofAggregationBase.sol";

/// @dev Forge cannot send blobs with a transaction of a call's own.
/// forge-config: default.isolate = false
contract ProofAggregationPublishTest is ProofAggregationBase {
    address private constant STRANGER = address(0xBAD);
    address private constant PUBLISHER = address(0x900D);

    /// @dev Submitted by somebody who saw the proof on its way, with blobs of anything.
    function _frontRun(Tree memory tree) private {
        bytes32[] memory anything = new bytes32[](1);
        anything[0] = keccak256("anything");
        vm.blobhashes(anything);
        vm.prank(STRANGER);
        aggregation.submitWithBlobs(tree.root, tree.depth, tree.commitments.length, proofOf(tree));
    }

    function test_publish_mendsASubmissionWithOtherBlobs() external {
        Tree memory tree = treeOf(5);
        _frontRun(tree);
        vm.expectEmit(address(aggregation));
        emit IProofAggregation.CommitmentsPublished(tree.root, PUBLISHER, new bytes32[](0));
        vm.prank(PUBLISHER);
        aggregation.publish(tree.root, tree.commitments);
        // What the submission left stays.
        vm.assertEq(aggregation.blobHash(tree.root, 0), keccak256("anything"));
        assertRecorded(tree.root, 5, 3, block.timestamp, 1);
    }

    function test_publishWithBlobs_mendsASubmissionWithOtherBlobs() external {
        Tree memory tree = treeOf(5);
        _frontRun(tree);
        vm.blobhashes(blobsOf(2));
        vm.expectEmit(address(aggregation));
        emit IProofAggregation.CommitmentsPublished(tree.root, PUBLISHER, blobsOf(1));
        vm.prank(PUBLISHER);
        aggregation.publishWithBlobs(tree.root);
        vm.assertEq(aggregation.blobHash(tree.root, 0), keccak256("anything"));
        assertRecorded(tree.root, 5, 3, block.timestamp, 1);
    }

    function test_publish_goesOnForEver() external {
        Tree memory tree = treeOf(4, 5);
        submit(tree);
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(block.timestamp + 36_500 days);
            aggregation.publish(tree.root, tree.commitments);
            vm.blobhashes(blobsOf(1));
            aggregation.publishWithBlobs(tree.root);
        }
        assertRecorded(tree.root, 4, 5, block.timestamp - 73_000 days, 0);
    }

    function test_publish_revertsWhenNobodyHasProvenTheRoot() external {
        Tree memory tree = treeOf(3);
        bytes memory refusal = abi.encodeWithSelector(IProofAggregation.RootNotFound.selector, tree.root);
        vm.expectRevert(refusal);
        aggregation.publish(tree.root, tree.commitments);
        vm.expectRevert(refusal);
        aggregation.publish(tree.root, new bytes32[](0));
        vm.blobhashes(blobsOf(1));
        vm.expectRevert(refusal);
        aggregation.publishWithBlobs(tree.root);
    }

    /// @dev A commitment of zeros at the end leaves the root as it is: it is what a tree is padded with.
    function test_publish_revertsForAnotherCount() external {
        Tree memory tree = treeOf(3);
        submit(tree);
        bytes32[] memory padded = new bytes32[](4);
        bytes32[] memory fewer = new bytes32[](2);
        for (uint256 i = 0; i < 3; ++i) {
            padded[i] = tree.commitments[i];
            if (i < 2) fewer[i] = tree.commitments[i];
        }
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.CountMismatch.selector, 4, 3));
        aggregation.publish(tree.root, padded);
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.CountMismatch.selector, 2, 3));
        aggregation.publish(tree.root, fewer);
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.CountMismatch.selector, 0, 3));
        aggregation.publish(tree.root, new bytes32[](0));
    }

    function testFuzz_publish_revertsForAnyOtherCommitments(uint256 index, bytes32 other) external {
        Tree memory tree = treeOf(5);
        submit(tree);
        index %= 5;
        vm.assume(other != tree.commitments[index]);
        tree.commitments[index] = other;
        bytes4 refusal = other == 0
            ? IProofAggregation.CommitmentIsZero.selector
            : IProofAggregation.RootMismatch.selector;
        vm.expectPartialRevert(refusal);
        aggregation.publish(tree.root, tree.commitments);
    }

    function test_publish_revertsWhenACommitmentIsZero() external {
        Tree memory tree = treeOf(5);
        submit(tree);
        tree.commitments[2] = 0;
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.CommitmentIsZero.selector, 2));
        aggregation.publish(tree.root, tree.commitments);
    }

    function test_publishWithBlobs_needsOneBlobForEach3968() external {
        bytes32 root = keccak256("root");
        vm.blobhashes(blobsOf(2));
        aggregation.submitWithBlobs(root, 12, 3969, proofFor(root, 12, 3969));
        vm.blobhashes(blobsOf(1));
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.BlobMissing.selector, 1));
        aggregation.publishWithBlobs(root);
        vm.blobhashes(blobsOf(3));
        vm.expectEmit(address(aggregation));
        emit IProofAggregation.CommitmentsPublished(root, address(this), blobsOf(2));
        aggregation.publishWithBlobs(root);
    }
}
