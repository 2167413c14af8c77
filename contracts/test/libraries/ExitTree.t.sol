// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ExitTree} from "../../src/libraries/ExitTree.sol";
import {Base} from "../Base.sol";
import {PlainExitTree} from "../PlainExitTree.sol";
import {vm} from "../Vm.sol";

contract ExitTreeTest is Base {
    using ExitTree for ExitTree.Frontier;

    ExitTree.Frontier private tree;
    uint256 private constant VECTORS = 4;

    function append(uint256 count, bytes32 leaf) external {
        tree.append(count, leaf);
    }

    function rootOf(bytes32 leaf, bytes32[32] calldata siblings, uint32 index)
        external
        pure
        returns (bytes32)
    {
        return ExitTree.rootOf(leaf, siblings, index);
    }

    function rootOfShort(bytes32 leaf, bytes32[] calldata siblings, uint32 index)
        external
        pure
        returns (bytes32)
    {
        return ExitTree.rootOfShort(leaf, siblings, index);
    }

    function lengthened(bytes32[] calldata siblings) external pure returns (bytes32[32] memory) {
        return ExitTree.lengthened(siblings);
    }

    function test_emptyRoot_isThatOfTheTreeWithoutLeaves() external view {
        vm.assertEq(ExitTree.EMPTY_ROOT, tree.root(0));
        vm.assertEq(ExitTree.EMPTY_ROOT, PlainExitTree.empty(32));
    }

    function test_append_agreesWithLxLysRoots() external {
        _assertRoots("vectors/lxly/root-vectors.json", "newLeaf.currentLeafValue");
    }

    function test_append_agreesWithLxLysL1InfoTree() external {
        _assertRoots("vectors/lxly/l1-info-tree-roots.json", "newLeafValue");
    }

    function _assertRoots(string memory file, string memory leafKey) private {
        string memory json = vm.readFile(file);
        for (uint256 i = 0; i < VECTORS; ++i) {
            string memory at = string.concat("[", vm.toString(i), "].");
            vm.assertEq(tree.root(i), vm.parseJsonBytes32(json, string.concat(at, "currentRoot")));
            tree.append(i, vm.parseJsonBytes32(json, string.concat(at, leafKey)));
            vm.assertEq(tree.root(i + 1), vm.parseJsonBytes32(json, string.concat(at, "newRoot")));
        }
    }

    function test_append_revertsWhenFull() external {
        this.append(type(uint32).max - 1, keccak256("last"));
        vm.expectRevert(abi.encodePacked(ExitTree.MerkleTreeFull.selector));
        this.append(type(uint32).max, keccak256("one too many"));
    }

    function testFuzz_root_agreesWithThePlainTree(bytes32[] memory leaves, uint256 index) external {
        vm.assume(leaves.length > 0);
        for (uint256 i = 0; i < leaves.length; ++i) {
            tree.append(i, leaves[i]);
        }
        bytes32 root = PlainExitTree.root(leaves);
        vm.assertEq(tree.root(leaves.length), root);

        index %= leaves.length;
        bytes32[] memory short = PlainExitTree.shortProof(leaves, index);
        bytes32[32] memory full = PlainExitTree.proof(leaves, index);
        uint32 at = SafeCast.toUint32(index);
        vm.assertEq(this.rootOf(leaves[index], full, at), root);
        vm.assertEq(this.rootOfShort(leaves[index], short, at), root);
        bytes32[32] memory all = this.lengthened(short);
        for (uint256 height = 0; height < 32; ++height) {
            vm.assertEq(all[height], full[height]);
        }
    }

    function testFuzz_rootOf_followsEveryBitOfTheIndex(
        bytes32 leaf,
        bytes32[32] memory siblings,
        uint32 index
    ) external view {
        bytes32 node = leaf;
        bytes32[] memory list = new bytes32[](32);
        for (uint256 height = 0; height < 32; ++height) {
            list[height] = siblings[height];
            node = (index >> height) & 1 == 1
                ? keccak256(abi.encodePacked(siblings[height], node))
                : keccak256(abi.encodePacked(node, siblings[height]));
        }
        vm.assertEq(this.rootOf(leaf, siblings, index), node);
        vm.assertEq(this.rootOfShort(leaf, list, index), node);
    }

    function test_rootOfShort_revertsWhenTooLong() external {
        bytes memory refusal = abi.encodeWithSelector(ExitTree.ProofTooLong.selector, 33);
        vm.expectRevert(refusal);
        this.rootOfShort(0, new bytes32[](33), 0);
        vm.expectRevert(refusal);
        this.lengthened(new bytes32[](33));
    }
}
