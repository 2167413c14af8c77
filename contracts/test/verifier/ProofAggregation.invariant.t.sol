// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ProofAggregation} from "../../src/verifier/ProofAggregation.sol";
import {vm} from "../Vm.sol";
import {ProofAggregationBase} from "./ProofAggregationBase.sol";

/// @notice Sends proofs, good and bad, for a few trees, and keeps what the first good one of each said.
contract AggregationSubmitter is ProofAggregationBase {
    struct Record {
        uint256 count;
        uint256 depth;
        uint256 submittedAt;
        uint256 blobs;
    }

    uint256 public constant TREES = 12;

    mapping(uint256 tree => Record) public records;
    uint256 public accepted;
    /// @notice Whether the contract took what it should not have, or refused what it should have taken.
    bool public fooled;

    constructor() {
        setUp();
    }

    function contractUnderTest() external view returns (ProofAggregation) {
        return aggregation;
    }

    function sizesOf(uint256 number) public pure returns (uint256 count, uint256 depth) {
        return (1 + number % 6, 3 + (number / 6) % 2);
    }

    function rootOf(uint256 number) public pure returns (bytes32) {
        (uint256 count, uint256 depth) = sizesOf(number);
        return treeOf(count, depth).root;
    }

    function publish(uint256 number, bool proven) external {
        (Tree memory tree, bytes memory proof, bool good) = _prepare(number, proven);
        try aggregation.submit(tree.root, tree.depth, tree.commitments, proof) {
            _took(number, good, 0);
        } catch {
            if (good) fooled = true;
        }
    }

    function publishInBlobs(uint256 number, bool proven, bool sent) external {
        (Tree memory tree, bytes memory proof, bool good) = _prepare(number, proven);
        vm.blobhashes(blobsOf(sent ? 1 : 0));
        try aggregation.submitWithBlobs(tree.root, tree.depth, tree.commitments.length, proof) {
            _took(number, good && sent, 1);
        } catch {
            if (good && sent) fooled = true;
        }
    }

    /// @dev With a proof of another count, depth or root.
    function bend(uint256 number, uint256 count, uint256 depth, bytes32 root) external {
        (Tree memory tree, bytes memory proof,) = _prepare(number, true);
        vm.blobhashes(blobsOf(1));
        if (count == tree.commitments.length && depth == tree.depth && root == tree.root) return;
        try aggregation.submitWithBlobs(root, depth, count, proof) {
            fooled = true;
        } catch {}
        try aggregation.submitWithBlobs(tree.root, (tree.depth + depth % 20 + 1) % 21, count % 3, proof) {
            fooled = true;
        } catch {}
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + time % 1 days);
    }

    function _prepare(uint256 number, bool proven)
        private
        view
        returns (Tree memory tree, bytes memory proof, bool good)
    {
        number %= TREES;
        (uint256 count, uint256 depth) = sizesOf(number);
        tree = treeOf(count, depth);
        proof = proven ? proofOf(tree) : proofFor(tree.root, depth, count + 1);
        good = proven && records[number].count == 0;
    }

    function _took(uint256 number, bool good, uint256 blobs) private {
        if (!good) fooled = true;
        number %= TREES;
        (uint256 count, uint256 depth) = sizesOf(number);
        records[number] = Record(count, depth, block.timestamp, blobs);
        ++accepted;
    }
}

/// forge-config: default.isolate = false
contract ProofAggregationInvariantTest is ProofAggregationBase {
    AggregationSubmitter private submitter;

    function setUp() public override {
        submitter = new AggregationSubmitter();
        aggregation = submitter.contractUnderTest();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(submitter);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0].addr = address(submitter);
        targets[0].selectors = new bytes4[](4);
        targets[0].selectors[0] = AggregationSubmitter.publish.selector;
        targets[0].selectors[1] = AggregationSubmitter.publishInBlobs.selector;
        targets[0].selectors[2] = AggregationSubmitter.bend.selector;
        targets[0].selectors[3] = AggregationSubmitter.wait.selector;
    }

    /// @dev A root is there if a proof of exactly it was accepted, and says for ever what that proof said.
    function invariant_rootsAreProvenAndNeverChange() external view {
        vm.assertFalse(submitter.fooled());
        for (uint256 i = 0; i < submitter.TREES(); ++i) {
            (uint256 count, uint256 depth, uint256 submittedAt, uint256 blobs) = submitter.records(i);
            assertRecorded(submitter.rootOf(i), count, depth, submittedAt, blobs);
        }
    }

    /// @dev What was accepted was proven; most of a run is not for nothing.
    function afterInvariant() external view {
        vm.assertTrue(submitter.accepted() > 0);
    }
}
