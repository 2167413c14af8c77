// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ProofAggregation} from "../../src/verifier/ProofAggregation.sol";
import {VerifierGateway} from "../../src/verifier/VerifierGateway.sol";
import {Base} from "../Base.sol";
import {PlainCommitmentTree} from "../PlainCommitmentTree.sol";
import {vm} from "../Vm.sol";
import {MockStatementVerifier} from "../mocks/MockStatementVerifier.sol";

/// @notice An aggregation contract behind a real gateway, whose verifier takes exactly the proofs that are made for it here.
abstract contract ProofAggregationBase is Base {
    /// @notice A tree of the proofs 0 to `count` - 1, each of public inputs of its own.
    struct Tree {
        bytes32 root;
        uint256 depth;
        bytes32[] commitments;
    }

    uint256 internal constant PROGRAM = 77;
    bytes32 internal constant KEY_HASH = keccak256("key of the verifier");
    // A selector is the start of a hash: the cut is meant.
    // forge-lint: disable-next-line(unsafe-typecast)
    bytes4 internal constant SELECTOR = bytes4(KEY_HASH);
    bytes32 internal constant KEY = 0x0000000000000001000000000000000200000000000000030000000000000004;

    VerifierGateway internal gateway;
    ProofAggregation internal aggregation;

    function setUp() public virtual {
        gateway = new VerifierGateway(address(this), false);
        gateway.addRoute(new MockStatementVerifier(KEY_HASH));
        aggregation = new ProofAggregation(gateway, PROGRAM, SELECTOR);
    }

    function inputsOf(uint256 index) internal pure returns (bytes memory) {
        return abi.encodePacked(uint64(7), SafeCast.toUint64(index));
    }

    function commitmentOf(bytes32 key, bytes memory publicInputs) internal pure returns (bytes32) {
        return keccak256(bytes.concat(hex"00", key, publicInputs));
    }

    function treeOf(uint256 count, uint256 depth) internal pure returns (Tree memory tree) {
        tree.depth = depth;
        tree.commitments = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            tree.commitments[i] = commitmentOf(KEY, inputsOf(i));
        }
        tree.root = PlainCommitmentTree.root(tree.commitments, depth);
    }

    function treeOf(uint256 count) internal pure returns (Tree memory) {
        return treeOf(count, PlainCommitmentTree.depthOf(count));
    }

    function siblingsOf(Tree memory tree, uint256 index) internal pure returns (bytes32[] memory) {
        return PlainCommitmentTree.siblings(tree.commitments, tree.depth, index);
    }

    /// @notice A proof for a contract that a tree was aggregated.
    function proofFor(address to, bytes32 root, uint256 depth, uint256 count)
        internal
        view
        returns (bytes memory)
    {
        bytes32 domain = keccak256(abi.encode(keccak256("Causeway ProofAggregation"), block.chainid, to));
        uint256 statement = uint256(keccak256(abi.encode(domain, root, depth, count))) % 2 ** 248;
        return bytes.concat(SELECTOR, abi.encode(PROGRAM, statement));
    }

    function proofFor(bytes32 root, uint256 depth, uint256 count) internal view returns (bytes memory) {
        return proofFor(address(aggregation), root, depth, count);
    }

    function proofOf(Tree memory tree) internal view returns (bytes memory) {
        return proofFor(tree.root, tree.depth, tree.commitments.length);
    }

    function submit(Tree memory tree) internal {
        aggregation.submit(tree.root, tree.depth, tree.commitments, proofOf(tree));
    }

    function blobsOf(uint256 count) internal pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            hashes[i] = keccak256(abi.encode("blob", i));
        }
    }

    function assertRecorded(bytes32 root, uint256 count, uint256 depth, uint256 submittedAt, uint256 blobs)
        internal
        view
    {
        (uint256 count_, uint256 depth_, uint256 submittedAt_, uint256 blobs_) = aggregation.aggregation(root);
        vm.assertEq(count_, count);
        vm.assertEq(depth_, depth);
        vm.assertEq(submittedAt_, submittedAt);
        vm.assertEq(blobs_, blobs);
    }
}
