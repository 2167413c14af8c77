// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GlobalExitRootL2} from "../../src/bridge/GlobalExitRootL2.sol";
import {IGlobalExitRootBase, IGlobalExitRootL2} from "../../src/interfaces/IGlobalExitRoot.sol";
import {vm} from "../Vm.sol";
import {BridgeBase} from "./BridgeBase.sol";

contract GlobalExitRootL2Test is BridgeBase {
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

    function test_initialize_isTheDeployersOnce() external {
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

    /// @dev Both chains and the set, whatever is inserted and removed.
    function testFuzz_chains_areOfWhatCameAndWent(bytes32[] memory values, uint256 gone) external {
        bytes32 inserted;
        bytes32 removed;
        for (uint256 i = 0; i < values.length; ++i) {
            if (rootsL2.globalExitRootMap(values[i]) != 0) continue;
            vm.prank(UPDATER);
            rootsL2.insertGlobalExitRoot(values[i]);
            inserted = keccak256(abi.encode(inserted, values[i]));
            if ((gone >> (i % 256)) & 1 == 0) continue;
            bytes32[] memory list = new bytes32[](1);
            list[0] = values[i];
            vm.prank(REMOVER);
            rootsL2.removeGlobalExitRoots(list);
            removed = keccak256(abi.encode(removed, values[i]));
            vm.assertEq(rootsL2.globalExitRootMap(values[i]), 0);
        }
        vm.assertEq(rootsL2.insertedGERHashChain(), inserted);
        vm.assertEq(rootsL2.removedGERHashChain(), removed);
    }

    function test_updateExitRoot_isTheBridges() external {
        vm.prank(address(settlement));
        vm.expectRevert(abi.encodePacked(IGlobalExitRootBase.OnlyAllowedContracts.selector));
        rootsL2.updateExitRoot(0);
        vm.prank(address(l2));
        rootsL2.updateExitRoot(keccak256("root"));
        vm.assertEq(rootsL2.lastRollupExitRoot(), keccak256("root"));
    }

    /// @dev Each link holds the one before, within a call and from one to the next.
    function test_hashChains_runOn() external {
        bytes32[] memory two = new bytes32[](2);
        (two[0], two[1]) = (keccak256("first"), keccak256("second"));
        bytes32[] memory third = new bytes32[](1);
        third[0] = keccak256("third");
        vm.startPrank(UPDATER);
        rootsL2.insertGlobalExitRoot(two[0]);
        rootsL2.insertGlobalExitRoot(two[1]);
        rootsL2.insertGlobalExitRoot(third[0]);
        vm.stopPrank();
        bytes32 chain = keccak256(abi.encode(keccak256(abi.encode(0, two[0])), two[1]));
        chain = keccak256(abi.encode(chain, third[0]));
        vm.assertEq(rootsL2.insertedGERHashChain(), chain);
        vm.startPrank(REMOVER);
        rootsL2.removeGlobalExitRoots(two);
        rootsL2.removeGlobalExitRoots(third);
        vm.stopPrank();
        vm.assertEq(rootsL2.removedGERHashChain(), chain);
    }
}
