// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CommitmentTree} from "../../src/libraries/CommitmentTree.sol";
import {Base} from "../Base.sol";
import {PlainCommitmentTree} from "../PlainCommitmentTree.sol";
import {vm} from "../Vm.sol";

contract CommitmentTreeTest is Base {
    function leaf(bytes32 key, bytes calldata publicInputs) external pure returns (bytes32) {
        return CommitmentTree.leaf(key, publicInputs);
    }

    function indexOfZero(bytes32[] calldata commitments) external pure returns (uint256) {
        return CommitmentTree.indexOfZero(commitments);
    }

    function root(bytes32[] calldata commitments, uint256 depth) external pure returns (bytes32) {
        return CommitmentTree.root(commitments, depth);
    }

    /// @dev With whatever was in memory before.
    function rootInDirtyMemory(bytes32[] calldata commitments, uint256 depth)
        external
        pure
        returns (bytes32 result, bytes memory kept)
    {
        kept = "kept";
        assembly ("memory-safe") {
            let free := mload(0x40)
            for { let i := 0 } lt(i, 0x4000) { i := add(i, 32) } { mstore(add(free, i), not(0)) }
        }
        result = CommitmentTree.root(commitments, depth);
    }

    function rootOf(bytes32 commitment, uint256 index, bytes32[] calldata siblings)
        external
        pure
        returns (bytes32)
    {
        return CommitmentTree.rootOf(commitment, index, siblings);
    }

    function testFuzz_leaf_hashesTagKeyAndInputs(bytes32 key, bytes calldata publicInputs) external view {
        vm.assertEq(this.leaf(key, publicInputs), keccak256(bytes.concat(hex"00", key, publicInputs)));
    }

    function testFuzz_root_agreesWithThePlainTree(bytes32[] memory leaves, uint256 extra, uint256 index)
        external
        view
    {
        vm.assume(leaves.length > 0);
        uint256 depth = PlainCommitmentTree.depthOf(leaves.length) + extra % 4;
        bytes32 expected = PlainCommitmentTree.root(leaves, depth);
        vm.assertEq(this.root(leaves, depth), expected);
        (bytes32 dirty, bytes memory kept) = this.rootInDirtyMemory(leaves, depth);
        vm.assertEq(dirty, expected);
        vm.assertEq(kept, bytes("kept"));

        index %= leaves.length;
        bytes32[] memory siblings = PlainCommitmentTree.siblings(leaves, depth, index);
        vm.assertEq(this.rootOf(leaves[index], index, siblings), expected);
    }

    function test_root_takesEverySizeUpToThatOfABlob() external view {
        bytes32[] memory leaves = new bytes32[](3968);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = keccak256(abi.encode(i));
        }
        vm.assertEq(this.root(leaves, 12), PlainCommitmentTree.root(leaves, 12));
        for (uint256 count = 1; count < 34; ++count) {
            bytes32[] memory some = new bytes32[](count);
            for (uint256 i = 0; i < count; ++i) {
                some[i] = leaves[i];
            }
            uint256 depth = PlainCommitmentTree.depthOf(count);
            vm.assertEq(this.root(some, depth), PlainCommitmentTree.root(some, depth));
            vm.assertEq(this.root(some, 20), PlainCommitmentTree.root(some, 20));
        }
    }

    function testFuzz_rootOf_followsEveryBitOfTheIndex(
        bytes32 commitment,
        bytes32[] memory siblings,
        uint256 index
    ) external view {
        bytes32 node = commitment;
        for (uint256 height = 0; height < siblings.length; ++height) {
            node = height < 256 && (index >> height) & 1 == 1
                ? keccak256(bytes.concat(siblings[height], node))
                : keccak256(bytes.concat(node, siblings[height]));
        }
        vm.assertEq(this.rootOf(commitment, index, siblings), node);
    }

    function testFuzz_indexOfZero_findsTheFirst(bytes32[] memory commitments, uint256 one, uint256 other)
        external
        view
    {
        for (uint256 i = 0; i < commitments.length; ++i) {
            if (commitments[i] == 0) commitments[i] = "one";
        }
        vm.assertEq(this.indexOfZero(commitments), commitments.length);
        if (commitments.length == 0) return;
        (one, other) = (one % commitments.length, other % commitments.length);
        (commitments[one], commitments[other]) = (bytes32(0), bytes32(0));
        vm.assertEq(this.indexOfZero(commitments), one < other ? one : other);
    }
}
