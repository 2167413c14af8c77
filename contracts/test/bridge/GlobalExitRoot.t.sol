// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GlobalExitRoot} from "../../src/bridge/GlobalExitRoot.sol";
import {IGlobalExitRoot, IGlobalExitRootBase} from "../../src/interfaces/IGlobalExitRoot.sol";
import {ExitTree} from "../../src/libraries/ExitTree.sol";
import {PlainExitTree} from "../PlainExitTree.sol";
import {vm} from "../Vm.sol";
import {BridgeBase} from "./BridgeBase.sol";

contract GlobalExitRootTest is BridgeBase {
    bytes32[] private leaves;

    function test_initialize_recordsTheEmptyTreeOnce() external {
        GlobalExitRoot fresh = new GlobalExitRoot(address(settlement), address(l1));
        vm.assertEq(fresh.l1InfoRootMap(0), 0);
        vm.expectEmit(address(fresh));
        emit IGlobalExitRoot.InitL1InfoRootMap(0, ExitTree.EMPTY_ROOT);
        fresh.initialize();
        vm.assertEq(fresh.l1InfoRootMap(0), ExitTree.EMPTY_ROOT);
        vm.expectRevert(abi.encodePacked(IGlobalExitRoot.AlreadyInitialized.selector));
        fresh.initialize();
    }

    /// @dev The leaf is the root, the hash of the block before and the time: 72 bytes.
    function _leaf(bytes32 mainnet, bytes32 rollup) private view returns (bytes32) {
        return keccak256(
            abi.encodePacked(
                keccak256(abi.encodePacked(mainnet, rollup)),
                blockhash(block.number - 1),
                uint64(block.timestamp)
            )
        );
    }

    function testFuzz_updateExitRoot_appendsEachNewRoot(bytes32[6] memory values) external {
        for (uint256 i = 0; i < values.length; ++i) {
            vm.roll(block.number + 1);
            vm.warp(block.timestamp + 12);
            bool known;
            {
                bytes32 mainnet = i % 2 == 0 ? values[i] : roots.lastMainnetExitRoot();
                bytes32 rollup = i % 2 == 1 ? values[i] : roots.lastRollupExitRoot();
                known = roots.globalExitRootMap(keccak256(abi.encodePacked(mainnet, rollup))) != 0;
                if (!known) leaves.push(_leaf(mainnet, rollup));
            }
            vm.prank(i % 2 == 0 ? address(l1) : address(settlement));
            roots.updateExitRoot(values[i]);
            vm.assertEq(roots.depositCount(), leaves.length);
            vm.assertEq(roots.getRoot(), PlainExitTree.root(leaves));
            vm.assertEq(roots.l1InfoRootMap(uint32(leaves.length)), roots.getRoot());
            if (!known) {
                vm.assertEq(
                    roots.globalExitRootMap(roots.getLastGlobalExitRoot()),
                    uint256(blockhash(block.number - 1))
                );
            }
        }
        bytes32[32] memory proof = PlainExitTree.proof(leaves, 0);
        vm.assertTrue(roots.verifyMerkleProof(leaves[0], proof, 0, roots.getRoot()));
        vm.assertFalse(roots.verifyMerkleProof(leaves[0], proof, 1, roots.getRoot()));
        vm.assertEq(roots.calculateRoot(leaves[0], proof, 0), roots.getRoot());
        vm.assertEq(
            roots.getLeafValue(bytes32(uint256(1)), 2, 3),
            keccak256(abi.encodePacked(uint256(1), uint256(2), uint64(3)))
        );
    }

    function test_updateExitRoot_tellsOfIt() external {
        bytes32 root = keccak256("root");
        leaves.push(_leaf(root, 0));
        vm.expectEmit(address(roots));
        emit IGlobalExitRoot.DepositsCheckpointed(0, root);
        vm.expectEmit(address(roots));
        emit IGlobalExitRoot.UpdateL1InfoTree(root, 0);
        vm.expectEmit(address(roots));
        emit IGlobalExitRoot.UpdateL1InfoTreeV2(
            PlainExitTree.root(leaves), 1, uint256(blockhash(block.number - 1)), uint64(block.timestamp)
        );
        vm.prank(address(l1));
        roots.updateExitRoot(root);
        // The same roots again are no new leaf.
        vm.prank(address(l1));
        roots.updateExitRoot(root);
        vm.assertEq(roots.depositCount(), 1);
    }

    function test_updateExitRoot_isTheBridgesAndTheManagers() external {
        vm.expectRevert(abi.encodePacked(IGlobalExitRootBase.OnlyAllowedContracts.selector));
        roots.updateExitRoot(0);
    }
}
