// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GlobalExitRoot} from "../../src/bridge/GlobalExitRoot.sol";
import {IBridgeErrors} from "../../src/interfaces/IBridgeErrors.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {ITurns} from "../../src/interfaces/ITurns.sol";
import {IVerifierGateway} from "../../src/interfaces/IVerifierGateway.sol";
import {Settlement} from "../../src/settlement/Settlement.sol";
import {vm} from "../Vm.sol";
import {MockStatementVerifier} from "../mocks/MockStatementVerifier.sol";
import {SettlementBase} from "./SettlementBase.sol";

/// @notice Deployment, the program, stops: who may do what, and for how long.
contract SettlementPowersTest is SettlementBase {
    uint256 private constant NEXT = 78;
    bytes32 private constant NEXT_KEY_HASH = keccak256("key of the next verifier");
    // A selector is the start of a hash: the cut is meant.
    // forge-lint: disable-next-line(unsafe-typecast)
    bytes4 private constant NEXT_SELECTOR = bytes4(NEXT_KEY_HASH);
    uint256 private constant DELAY = 30 days;
    uint256 private constant WEEK = 7 days;

    bytes private _unproven = bytes.concat(SELECTOR, "no proof");

    // ---- constructor

    function test_constructor_keepsWhatItIsGiven() external view {
        vm.assertEq(address(settlement.GATEWAY()), address(gateway));
        vm.assertEq(address(settlement.GLOBAL_EXIT_ROOT()), address(roots));
        vm.assertEq(address(settlement.BRIDGE()), address(bridge));
        vm.assertEq(settlement.programDigest(), PROGRAM);
        vm.assertEq(settlement.selector(), SELECTOR);
        vm.assertEq(settlement.ANNOUNCER(), ANNOUNCER);
        vm.assertEq(settlement.GUARDIAN(), GUARDIAN);
        vm.assertEq(settlement.DELAY(), DELAY);
        vm.assertEq(settlement.MAX_STOP(), WEEK);
        vm.assertEq(settlement.stoppedUntil(), 0);
        _assertAnnounced(0, 0, 0);
    }

    function _roles() private pure returns (Settlement.Roles memory) {
        return Settlement.Roles(REGISTRAR, ANNOUNCER, GUARDIAN);
    }

    /// @dev Exit roots that take the rollups' from the contract that is deployed after them.
    function _roots() private returns (GlobalExitRoot) {
        return new GlobalExitRoot(
            vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1), address(bridge)
        );
    }

    function test_constructor_bindsDomainsToChainAndContract() external {
        vm.chainId(5);
        GlobalExitRoot manager = _roots();
        Settlement other = new Settlement(gateway, manager, PROGRAM, SELECTOR, _roles());
        vm.assertEq(other.DOMAIN(), keccak256(abi.encode(uint256(5), address(other))));
        settlement = other;
        bytes32 separator = other.DOMAIN_SEPARATOR();
        vm.assertEq(separator, domainSeparator());
        vm.chainId(6);
        vm.assertEq(other.DOMAIN(), keccak256(abi.encode(uint256(6), address(other))));
        vm.assertNotEq(separator, domainSeparator());
        vm.assertEq(other.DOMAIN_SEPARATOR(), domainSeparator());
        vm.chainId(5);
        vm.assertEq(other.DOMAIN(), keccak256(abi.encode(uint256(5), address(other))));
        vm.assertEq(other.DOMAIN_SEPARATOR(), separator);
    }

    function test_constructor_revertsWhenGatewayHasNoCode() external {
        GlobalExitRoot manager = _roots();
        vm.expectRevert(abi.encodeWithSelector(ISettlement.GatewayWithoutCode.selector, ALICE));
        new Settlement(IVerifierGateway(ALICE), manager, PROGRAM, SELECTOR, _roles());
    }

    function test_constructor_revertsWhenItIsNotTheRollupManager() external {
        vm.expectRevert(abi.encodeWithSelector(ISettlement.NotRollupManager.selector, settlement));
        new Settlement(gateway, roots, PROGRAM, SELECTOR, _roles());
    }

    function test_constructor_revertsForWhatIsNoProgram() external {
        uint256[2] memory digests = [0, R];
        for (uint256 i = 0; i < digests.length; ++i) {
            GlobalExitRoot manager = _roots();
            vm.expectRevert(abi.encodeWithSelector(ISettlement.ProgramDigestInvalid.selector, digests[i]));
            new Settlement(gateway, manager, digests[i], SELECTOR, _roles());
        }
        GlobalExitRoot last = _roots();
        vm.expectRevert(abi.encodeWithSelector(IVerifierGateway.RouteNotFound.selector, bytes4(0)));
        new Settlement(gateway, last, PROGRAM, 0, _roles());
    }

    // ---- the program

    /// @dev Alice takes a turn.
    function _reserve() private returns (uint256 endsAt) {
        uint256 price = settlement.turnPrice();
        vm.deal(ALICE, price);
        vm.prank(ALICE);
        settlement.reserve{value: price}();
        return block.timestamp + settlement.TURN();
    }

    function _settleAsAlice() private {
        Epoch memory epoch = emptyEpoch();
        bytes memory proof = proofOf(epoch);
        vm.prank(ALICE);
        settle(epoch, proof);
    }

    function _assertAnnounced(uint256 programDigest, bytes4 selector, uint256 readyAt) private view {
        (uint256 programDigest_, bytes4 selector_, uint64 readyAt_) = settlement.announced();
        vm.assertEq(programDigest_, programDigest);
        vm.assertEq(selector_, selector);
        vm.assertEq(readyAt_, readyAt);
    }

    function _announce() private returns (uint256 readyAt) {
        gateway.addRoute(new MockStatementVerifier(NEXT_KEY_HASH));
        readyAt = block.timestamp + DELAY;
        vm.expectEmit(address(settlement));
        emit ISettlement.ProgramAnnounced(NEXT, NEXT_SELECTOR, readyAt);
        vm.prank(ANNOUNCER);
        settlement.announceProgram(NEXT, NEXT_SELECTOR);
        _assertAnnounced(NEXT, NEXT_SELECTOR, readyAt);
    }

    function test_adoptProgram_replacesProgramAndRoute() external {
        vm.warp(_announce());
        // The announcement alone changes nothing.
        settle(emptyEpoch());
        vm.expectEmit(address(settlement));
        emit ISettlement.ProgramAdopted(NEXT, NEXT_SELECTOR);
        vm.prank(ALICE);
        settlement.adoptProgram();
        vm.assertEq(settlement.programDigest(), NEXT);
        vm.assertEq(settlement.selector(), NEXT_SELECTOR);
        _assertAnnounced(0, 0, 0);

        Epoch memory epoch = emptyEpoch();
        uint256 statement = settlement.statementDigest(epoch.inputs);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RouteNotPinned.selector, SELECTOR, NEXT_SELECTOR));
        settle(epoch, _unproven);
        settle(epoch, bytes.concat(NEXT_SELECTOR, abi.encode(NEXT, statement)));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.NoProgramAnnounced.selector));
        settlement.adoptProgram();
    }

    function test_adoptProgram_revertsBeforeItsTime() external {
        vm.expectRevert(abi.encodeWithSelector(ISettlement.NoProgramAnnounced.selector));
        settlement.adoptProgram();
        uint256 readyAt = _announce();
        vm.warp(readyAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.ProgramNotReady.selector, readyAt));
        settlement.adoptProgram();
    }

    function test_adoptProgram_waitsForAnothersTurn() external {
        vm.warp(_announce());
        uint256 endsAt = _reserve();
        vm.warp(endsAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ITurns.NotYourTurn.selector, ALICE, endsAt));
        settlement.adoptProgram();
        _settleAsAlice();
        settlement.adoptProgram();
    }

    function test_adoptProgram_isForWhoeverHasTheTurn() external {
        vm.warp(_announce());
        _reserve();
        vm.prank(ALICE);
        settlement.adoptProgram();
        vm.assertEq(settlement.programDigest(), NEXT);
    }

    function test_announceProgram_replacesAnAnnouncementAndItsTime() external {
        uint256 first = _announce();
        vm.warp(first - 1);
        vm.prank(ANNOUNCER);
        settlement.announceProgram(NEXT + 1, SELECTOR);
        _assertAnnounced(NEXT + 1, SELECTOR, first - 1 + DELAY);
        vm.warp(first);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.ProgramNotReady.selector, first - 1 + DELAY));
        settlement.adoptProgram();
    }

    function test_announceProgram_revertsForAnybodyButTheAnnouncer() external {
        address[2] memory others = [GUARDIAN, REGISTRAR];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ISettlement.OnlyAnnouncer.selector, others[i], ANNOUNCER));
            vm.prank(others[i]);
            settlement.announceProgram(NEXT, SELECTOR);
        }
    }

    function test_announceProgram_revertsForWhatIsNoProgram() external {
        uint256[2] memory digests = [0, R];
        for (uint256 i = 0; i < digests.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ISettlement.ProgramDigestInvalid.selector, digests[i]));
            vm.prank(ANNOUNCER);
            settlement.announceProgram(digests[i], SELECTOR);
        }
        vm.expectRevert(abi.encodeWithSelector(IVerifierGateway.RouteNotFound.selector, NEXT_SELECTOR));
        vm.prank(ANNOUNCER);
        settlement.announceProgram(NEXT, NEXT_SELECTOR);
    }

    function test_cancelProgram_takesItBack() external {
        uint256 readyAt = _announce();
        vm.expectEmit(address(settlement));
        emit ISettlement.ProgramCancelled(NEXT, NEXT_SELECTOR);
        vm.prank(ANNOUNCER);
        settlement.cancelProgram();
        _assertAnnounced(0, 0, 0);
        vm.warp(readyAt);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.NoProgramAnnounced.selector));
        settlement.adoptProgram();
        vm.expectRevert(abi.encodeWithSelector(ISettlement.NoProgramAnnounced.selector));
        vm.prank(ANNOUNCER);
        settlement.cancelProgram();
    }

    function test_cancelProgram_revertsForAnybodyButTheAnnouncer() external {
        _announce();
        vm.expectRevert(abi.encodeWithSelector(ISettlement.OnlyAnnouncer.selector, GUARDIAN, ANNOUNCER));
        vm.prank(GUARDIAN);
        settlement.cancelProgram();
    }

    // ---- stopping settlement

    function _stop() private {
        vm.prank(GUARDIAN);
        settlement.stopSettlement();
    }

    function _resume() private {
        vm.prank(GUARDIAN);
        settlement.resumeSettlement();
    }

    function test_stopSettlement_endsByItself() external {
        Epoch memory epoch = emptyEpoch();
        uint256 until = block.timestamp + WEEK;
        vm.expectEmit(address(settlement));
        emit ISettlement.SettlementStopped(until);
        _stop();
        vm.assertEq(settlement.stoppedUntil(), until);
        vm.assertFalse(bridge.isEmergencyState());
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.SettlementIsStopped.selector, until));
        settle(epoch, _unproven);
        vm.warp(until);
        settle(epoch);
    }

    function test_stopSettlement_comesBeforeTurns() external {
        _reserve();
        _stop();
        Epoch memory epoch = emptyEpoch();
        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.SettlementIsStopped.selector, block.timestamp + WEEK)
        );
        settle(epoch, _unproven);
    }

    function test_reserve_revertsWhileStopped() external {
        uint256 until = block.timestamp + WEEK;
        _stop();
        vm.deal(ALICE, 1 ether);
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.SettlementIsStopped.selector, until));
        vm.prank(ALICE);
        settlement.reserve{value: 1 ether}();
        vm.warp(until);
        _reserve();
    }

    function test_stopSettlement_revertsUntilAsLongHasPassed() external {
        uint256 start = block.timestamp;
        _stop();
        vm.expectRevert(abi.encodeWithSelector(ISettlement.SettlementIsStopped.selector, start + WEEK));
        _stop();
        vm.warp(start + 2 * WEEK - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.StopTooSoon.selector, start + 2 * WEEK));
        _stop();
        vm.warp(start + 2 * WEEK);
        _stop();
        vm.assertEq(settlement.stoppedUntil(), start + 3 * WEEK);
    }

    function test_resumeSettlement_shortensBothStopAndRest() external {
        uint256 start = block.timestamp;
        _stop();
        vm.warp(start + 2 days);
        vm.expectEmit(address(settlement));
        emit ISettlement.SettlementResumed();
        _resume();
        vm.assertEq(settlement.stoppedUntil(), start + 2 days);
        settle(emptyEpoch());
        vm.warp(start + 4 days - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.StopTooSoon.selector, start + 4 days));
        _stop();
        vm.warp(start + 4 days);
        _stop();
    }

    /// @dev Before and behind each settlement that he sees coming, the guardian would stop no time at all and for ever.
    function test_resumeSettlement_leavesADayToSettleIn() external {
        uint256 start = block.timestamp;
        _stop();
        _resume();
        vm.expectRevert(abi.encodeWithSelector(ISettlement.StopTooSoon.selector, start + 1 days));
        _stop();
        settle(emptyEpoch());
        vm.warp(start + 1 days - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.StopTooSoon.selector, start + 1 days));
        _stop();
        vm.warp(start + 1 days);
        _stop();
    }

    function test_resumeSettlement_revertsWhenNotStopped() external {
        bytes memory error = abi.encodeWithSelector(ISettlement.SettlementNotStopped.selector);
        vm.expectRevert(error);
        _resume();
        _stop();
        vm.warp(block.timestamp + WEEK);
        vm.expectRevert(error);
        _resume();
    }

    function test_guardian_isTheOnlyOneToStop() external {
        bytes[4] memory calls = [
            abi.encodeCall(ISettlement.stopSettlement, ()),
            abi.encodeCall(ISettlement.resumeSettlement, ()),
            abi.encodeCall(ISettlement.activateBridgeEmergency, ()),
            abi.encodeCall(ISettlement.deactivateBridgeEmergency, ())
        ];
        bytes memory error = abi.encodeWithSelector(ISettlement.OnlyGuardian.selector, ANNOUNCER, GUARDIAN);
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(ANNOUNCER);
            (bool success, bytes memory answer) = address(settlement).call(calls[i]);
            vm.assertFalse(success);
            vm.assertEq(answer, error);
        }
    }

    // ---- stopping the bridge

    function test_bridgeEmergency_isSeparate() external {
        vm.prank(GUARDIAN);
        settlement.activateBridgeEmergency();
        vm.assertTrue(bridge.isEmergencyState());
        settle(emptyEpoch());
        vm.prank(GUARDIAN);
        settlement.deactivateBridgeEmergency();
        vm.assertFalse(bridge.isEmergencyState());
    }

    function test_bridgeEmergency_hasTheBridgesLimits() external {
        uint256 start = block.timestamp;
        vm.prank(GUARDIAN);
        settlement.activateBridgeEmergency();
        vm.assertEq(bridge.emergencyEndsAt(), start + WEEK);
        vm.warp(start + WEEK);
        vm.assertFalse(bridge.isEmergencyState());
        vm.expectRevert(abi.encodeWithSelector(IBridgeErrors.EmergencyTooSoon.selector, start + 2 * WEEK));
        vm.prank(GUARDIAN);
        settlement.activateBridgeEmergency();
        vm.expectRevert(abi.encodeWithSelector(IBridgeErrors.OnlyEmergencyState.selector));
        vm.prank(GUARDIAN);
        settlement.deactivateBridgeEmergency();
    }
}
