// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GlobalExitRoot} from "../../src/bridge/GlobalExitRoot.sol";
import {GlobalExitRootL2} from "../../src/bridge/GlobalExitRootL2.sol";
import {
    IGlobalExitRoot,
    IGlobalExitRootBase,
    IGlobalExitRootL2
} from "../../src/interfaces/IGlobalExitRoot.sol";
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
        vm.prank(address(settlement));
        vm.expectRevert(abi.encodePacked(IGlobalExitRootBase.OnlyAllowedContracts.selector));
        rootsL2.updateExitRoot(0);
    }

    // On an L2.

    function test_insert_isTheUpdaters() external {
        bytes32 root = keccak256("root");
        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.OnlyGlobalExitRootUpdater.selector));
        rootsL2.insertGlobalExitRoot(root);
        vm.startPrank(UPDATER);
        bytes32 chain = keccak256(abi.encode(bytes32(0), root));
        vm.expectEmit(address(rootsL2));
        emit IGlobalExitRootL2.UpdateHashChainValue(root, chain);
        rootsL2.insertGlobalExitRoot(root);
        vm.assertEq(rootsL2.globalExitRootMap(root), block.timestamp);
        vm.assertEq(rootsL2.insertedGERHashChain(), chain);
        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.GlobalExitRootAlreadySet.selector));
        rootsL2.insertGlobalExitRoot(root);
        vm.stopPrank();
    }

    function test_insert_isTheBlockProducersWithoutAnUpdater() external {
        GlobalExitRootL2 open = new GlobalExitRootL2(address(l2), address(this));
        vm.coinbase(ALICE);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.OnlyGlobalExitRootUpdater.selector));
        open.insertGlobalExitRoot(bytes32(uint256(1)));
        open.initialize(address(0), REMOVER);
        vm.prank(ALICE);
        open.insertGlobalExitRoot(bytes32(uint256(1)));
        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.OnlyGlobalExitRootUpdater.selector));
        open.insertGlobalExitRoot(bytes32(uint256(2)));
    }

    function test_remove_isTheRemovers() external {
        bytes32[] memory list = new bytes32[](1);
        list[0] = keccak256("root");
        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.OnlyGlobalExitRootRemover.selector));
        rootsL2.removeGlobalExitRoots(list);
        vm.prank(REMOVER);
        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.GlobalExitRootNotFound.selector));
        rootsL2.removeGlobalExitRoots(list);
        vm.prank(UPDATER);
        rootsL2.insertGlobalExitRoot(list[0]);
        bytes32 chain = keccak256(abi.encode(bytes32(0), list[0]));
        vm.expectEmit(address(rootsL2));
        emit IGlobalExitRootL2.UpdateRemovalHashChainValue(list[0], chain);
        vm.prank(REMOVER);
        rootsL2.removeGlobalExitRoots(list);
        vm.assertEq(rootsL2.globalExitRootMap(list[0]), 0);
        vm.assertEq(rootsL2.removedGERHashChain(), chain);
    }

    function test_initializeL2_isTheDeployersOnce() external {
        GlobalExitRootL2 fresh = new GlobalExitRootL2(address(l2), ALICE);
        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.OnlyDeployer.selector));
        fresh.initialize(UPDATER, REMOVER);
        vm.startPrank(ALICE);
        vm.expectEmit(address(fresh));
        emit IGlobalExitRootL2.AcceptGlobalExitRootUpdater(address(0), UPDATER);
        vm.expectEmit(address(fresh));
        emit IGlobalExitRootL2.AcceptGlobalExitRootRemover(address(0), REMOVER);
        vm.expectEmit(address(fresh));
        emit IGlobalExitRootL2.Initialized(1);
        fresh.initialize(UPDATER, REMOVER);
        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.AlreadyInitialized.selector));
        fresh.initialize(UPDATER, REMOVER);
        vm.stopPrank();
        vm.assertEq(fresh.bridgeAddress(), address(l2));
    }

    function test_roles_passOnInTwoSteps() external {
        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.OnlyGlobalExitRootUpdater.selector));
        rootsL2.transferGlobalExitRootUpdater(ALICE);
        vm.startPrank(UPDATER);
        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.InvalidZeroAddress.selector));
        rootsL2.transferGlobalExitRootUpdater(address(0));
        vm.expectEmit(address(rootsL2));
        emit IGlobalExitRootL2.TransferGlobalExitRootUpdater(UPDATER, ALICE);
        rootsL2.transferGlobalExitRootUpdater(ALICE);
        vm.stopPrank();
        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.OnlyPendingGlobalExitRootUpdater.selector));
        rootsL2.acceptGlobalExitRootUpdater();
        vm.expectEmit(address(rootsL2));
        emit IGlobalExitRootL2.AcceptGlobalExitRootUpdater(UPDATER, ALICE);
        vm.prank(ALICE);
        rootsL2.acceptGlobalExitRootUpdater();
        vm.assertEq(rootsL2.globalExitRootUpdater(), ALICE);
        vm.assertEq(rootsL2.pendingGlobalExitRootUpdater(), address(0));

        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.OnlyGlobalExitRootRemover.selector));
        rootsL2.transferGlobalExitRootRemover(BOB);
        vm.startPrank(REMOVER);
        rootsL2.transferGlobalExitRootRemover(ALICE);
        // Unlike the updater, the remover can take a name back without another.
        rootsL2.transferGlobalExitRootRemover(address(0));
        vm.assertEq(rootsL2.pendingGlobalExitRootRemover(), address(0));
        vm.expectEmit(address(rootsL2));
        emit IGlobalExitRootL2.TransferGlobalExitRootRemover(REMOVER, BOB);
        rootsL2.transferGlobalExitRootRemover(BOB);
        vm.stopPrank();
        vm.expectRevert(abi.encodePacked(IGlobalExitRootL2.OnlyPendingGlobalExitRootRemover.selector));
        rootsL2.acceptGlobalExitRootRemover();
        vm.expectEmit(address(rootsL2));
        emit IGlobalExitRootL2.AcceptGlobalExitRootRemover(REMOVER, BOB);
        vm.prank(BOB);
        rootsL2.acceptGlobalExitRootRemover();
        vm.assertEq(rootsL2.globalExitRootRemover(), BOB);
        vm.assertEq(rootsL2.pendingGlobalExitRootRemover(), address(0));
    }
}
