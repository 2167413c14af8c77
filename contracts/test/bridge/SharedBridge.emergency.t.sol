// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SharedBridge} from "../../src/bridge/SharedBridge.sol";
import {IBridgeErrors, IBridgeErrorsL2} from "../../src/interfaces/IBridgeErrors.sol";
import {ISharedBridge} from "../../src/interfaces/ISharedBridge.sol";
import {ISharedBridgeL2} from "../../src/interfaces/ISharedBridgeL2.sol";
import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {vm} from "../Vm.sol";
import {BridgeBase} from "./BridgeBase.sol";

contract SharedBridgeEmergencyTest is BridgeBase {
    uint256 private constant BEGIN = 1_700_000_000;

    function _refused(SharedBridge bridge) private {
        bytes memory refusal = abi.encodePacked(IBridgeErrors.OnlyNotEmergencyState.selector);
        Exit memory exit = etherExit(bridge.networkID(), 1);
        Path memory path = pathOf(new bytes32[](1), B, 0);
        vm.expectRevert(refusal);
        bridge.bridgeAsset(B, BOB, 0, address(0), false, "");
        vm.expectRevert(refusal);
        bridge.bridgeMessage(B, BOB, false, "");
        vm.expectRevert(refusal);
        bridge.bridgeMessageWETH(B, BOB, 0, false, "");
        vm.expectRevert(refusal);
        claimAsset(bridge, exit, path);
        vm.expectRevert(refusal);
        claimMessage(bridge, exit, path);
        vm.expectRevert(refusal);
        bridge.claimMany(0, 0, new ISharedBridge.Claim[](0));
        vm.expectRevert(refusal);
        asL2(bridge).migrateLegacyToken(address(1), 1, "");
    }

    function test_activate_stopsEverythingOnEthereum() external {
        vm.expectRevert(abi.encodePacked(IBridgeErrors.OnlyRollupManager.selector));
        l1.activateEmergencyState();
        vm.expectEmit(address(l1));
        emit ISharedBridge.EmergencyStateActivated();
        settlement.activateEmergencyState(l1);
        vm.assertTrue(l1.isEmergencyState());
        vm.assertEq(l1.emergencyEndsAt(), BEGIN + 7 days);
        _refused(l1);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.OnlyNotEmergencyState.selector));
        settlement.activateEmergencyState(l1);

        vm.warp(BEGIN + 1 days);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.OnlyRollupManager.selector));
        l1.deactivateEmergencyState();
        vm.expectEmit(address(l1));
        emit ISharedBridge.EmergencyStateDeactivated();
        settlement.deactivateEmergencyState(l1);
        vm.assertFalse(l1.isEmergencyState());
        l1.bridgeMessage(A, BOB, false, "");
        vm.expectRevert(abi.encodePacked(IBridgeErrors.OnlyEmergencyState.selector));
        settlement.deactivateEmergencyState(l1);
    }

    function test_activate_waitsAsLongAsTheBridgeStoodStill() external {
        settlement.activateEmergencyState(l1);
        vm.warp(BEGIN + 2 days);
        settlement.deactivateEmergencyState(l1);
        vm.warp(BEGIN + 4 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IBridgeErrors.EmergencyTooSoon.selector, BEGIN + 4 days));
        settlement.activateEmergencyState(l1);
        vm.warp(BEGIN + 4 days);
        settlement.activateEmergencyState(l1);
        // It ends by itself, and the wait is as long as it lasted.
        vm.warp(BEGIN + 11 days - 1);
        vm.assertTrue(l1.isEmergencyState());
        vm.warp(BEGIN + 11 days);
        vm.assertFalse(l1.isEmergencyState());
        l1.bridgeMessage(A, BOB, false, "");
        vm.warp(BEGIN + 18 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IBridgeErrors.EmergencyTooSoon.selector, BEGIN + 18 days));
        settlement.activateEmergencyState(l1);
        vm.warp(BEGIN + 18 days);
        settlement.activateEmergencyState(l1);
    }

    /// @dev Before and behind each claim that he sees coming, whoever stops would stop no time at all and for ever.
    function test_activate_leavesADayToClaimIn() external {
        settlement.activateEmergencyState(l1);
        settlement.deactivateEmergencyState(l1);
        vm.expectRevert(abi.encodeWithSelector(IBridgeErrors.EmergencyTooSoon.selector, BEGIN + 1 days));
        settlement.activateEmergencyState(l1);
        vm.warp(BEGIN + 1 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IBridgeErrors.EmergencyTooSoon.selector, BEGIN + 1 days));
        settlement.activateEmergencyState(l1);
        vm.warp(BEGIN + 1 days);
        settlement.activateEmergencyState(l1);
    }

    function test_activate_isThePausersOnAnL2() external {
        vm.prank(UNPAUSER);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyEmergencyBridgePauser.selector));
        l2.activateEmergencyState();
        vm.prank(PAUSER);
        l2.activateEmergencyState();
        _refused(l2);
        vm.prank(PAUSER);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyEmergencyBridgeUnpauser.selector));
        l2.deactivateEmergencyState();
        vm.prank(UNPAUSER);
        l2.deactivateEmergencyState();
        vm.assertFalse(l2.isEmergencyState());
    }

    // Before and at initialization.

    function test_initialize_comesFirst() external {
        SharedBridge bridge = new SharedBridge(ALICE);
        vm.assertTrue(bridge.isEmergencyState());
        vm.assertEq(bridge.INITIALIZER(), ALICE);
        _refused(bridge);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.OnlyRollupManager.selector));
        bridge.activateEmergencyState();
        vm.expectRevert(abi.encodePacked(IBridgeErrors.OnlyRollupManager.selector));
        bridge.deactivateEmergencyState();

        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidInitializeFunction.selector));
        bridge.initialize();
        vm.expectRevert(abi.encodePacked(IBridgeErrors.OnlyDeployer.selector));
        bridge.initialize(MAINNET, address(0), MAINNET, address(roots), address(settlement), "");
        vm.startPrank(ALICE);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidInitializeFunction.selector));
        bridge.initialize(A, address(0), MAINNET, address(roots), address(settlement), "");
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidInitializeFunction.selector));
        bridge.initialize(MAINNET, address(1), MAINNET, address(roots), address(settlement), "");
        vm.expectRevert(abi.encodePacked(IBridgeErrors.GasTokenNetworkMustBeZeroOnEther.selector));
        bridge.initialize(MAINNET, address(0), A, address(roots), address(settlement), "");
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidZeroAddress.selector));
        bridge.initialize(MAINNET, address(0), MAINNET, address(0), address(settlement), "");
        vm.expectEmit(address(bridge));
        emit ISharedBridge.Initialized(1);
        bridge.initialize(MAINNET, address(0), MAINNET, address(roots), address(settlement), "ignored");
        vm.expectRevert(abi.encodePacked(IBridgeErrors.AlreadyInitialized.selector));
        bridge.initialize(MAINNET, address(0), MAINNET, address(roots), address(settlement), "");
        vm.stopPrank();
        vm.assertFalse(bridge.isEmergencyState());
        vm.assertEq(bridge.gasTokenMetadata(), "");
        vm.assertEq(bridge.polygonRollupManager(), address(settlement));
    }

    function _initializeL2(NetworkId network, address native, address weth, bool held, address tokensManager)
        private
        returns (SharedBridge bridge)
    {
        bridge = new SharedBridge(address(this));
        ISharedBridgeL2(address(bridge))
            .initialize(
                network,
                native,
                MAINNET,
                address(rootsL2),
                address(0),
                "",
                MANAGER,
                weth,
                held,
                PAUSER,
                UNPAUSER,
                tokensManager
            );
    }

    function initializeL2(NetworkId network, address native, address weth, bool held, address tokensManager)
        external
        returns (SharedBridge)
    {
        return _initializeL2(network, native, weth, held, tokensManager);
    }

    /// @dev Whoever follows the events of the roles knows their first holders.
    function test_initialize_namesTheRoles() external {
        SharedBridge bridge = new SharedBridge(address(this));
        vm.expectEmit(address(bridge));
        emit ISharedBridgeL2.AcceptEmergencyBridgePauserRole(address(0), PAUSER);
        vm.expectEmit(address(bridge));
        emit ISharedBridgeL2.AcceptEmergencyBridgeUnpauserRole(address(0), UNPAUSER);
        ISharedBridgeL2(address(bridge))
            .initialize(
                A,
                address(0),
                MAINNET,
                address(rootsL2),
                address(0),
                "",
                MANAGER,
                address(0),
                false,
                PAUSER,
                UNPAUSER,
                address(0)
            );
    }

    function test_initialize_refusesWhatAnL2CannotBe() external {
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidZeroNetworkID.selector));
        this.initializeL2(MAINNET, address(0), address(0), false, address(0));
        vm.expectRevert(
            abi.encodeWithSelector(IBridgeErrors.ProxiedTokensManagerNotSupported.selector, ALICE)
        );
        this.initializeL2(A, address(0), address(0), false, ALICE);
        bytes memory refusal = abi.encodePacked(IBridgeErrors.InvalidSovereignWETHAddressParams.selector);
        vm.expectRevert(refusal);
        this.initializeL2(A, address(0), address(1), false, address(0));
        vm.expectRevert(refusal);
        this.initializeL2(A, address(0), address(0), true, address(0));
        vm.expectRevert(refusal);
        this.initializeL2(A, address(2), address(0), true, address(0));
        SharedBridge bridge = this.initializeL2(A, address(2), address(token), true, address(0));
        vm.assertEq(bridge.WETHToken(), address(token));
        vm.assertTrue(asL2(bridge).wrappedAddressIsNotMintable(address(token)));
        // Called at its own address, the second half is nobody's bridge.
        ISharedBridgeL2 half = ISharedBridgeL2(bridge.bridgeLib());
        vm.prank(MANAGER);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyBridgeManager.selector));
        half.setBridgeManager(ALICE);
    }
}
