// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SharedBridge} from "../../src/bridge/SharedBridge.sol";
import {ERC20} from "solady/tokens/ERC20.sol";

import {IBridgeErrors, IBridgeErrorsL2} from "../../src/interfaces/IBridgeErrors.sol";
import {ISharedBridge} from "../../src/interfaces/ISharedBridge.sol";
import {ExitLeaf} from "../../src/libraries/ExitLeaf.sol";
import {IDaiPermit, TokenPermit} from "../../src/libraries/TokenPermit.sol";
import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {PlainExitTree} from "../PlainExitTree.sol";
import {vm} from "../Vm.sol";
import {MockDaiToken, MockFeeToken, MockReentrantToken, MockToken} from "../mocks/MockTokens.sol";
import {BridgeBase} from "./BridgeBase.sol";

contract SharedBridgeExitTest is BridgeBase {
    bytes32[] private leaves;

    /// @dev Expects the event of an exit and remembers its leaf.
    function _expect(SharedBridge bridge, Exit memory exit) private {
        vm.expectEmit(address(bridge));
        emit ISharedBridge.BridgeEvent(
            exit.leafType,
            NetworkId.unwrap(exit.originNetwork),
            exit.originAddress,
            NetworkId.unwrap(exit.destinationNetwork),
            exit.destinationAddress,
            exit.amount,
            exit.metadata,
            uint32(leaves.length)
        );
        leaves.push(leafOf(exit));
    }

    function _assertTree(SharedBridge bridge) private view {
        vm.assertEq(bridge.depositCount(), leaves.length);
        vm.assertEq(bridge.getRoot(), PlainExitTree.root(leaves));
    }

    function _asset(
        NetworkId network,
        address origin,
        NetworkId destination,
        uint256 amount,
        bytes memory metadata
    ) private pure returns (Exit memory) {
        return Exit(MAINNET, 0, ExitLeaf.ASSET, network, origin, destination, BOB, amount, metadata);
    }

    function test_bridgeAsset_takesEther() external {
        _expect(l1, _asset(MAINNET, address(0), A, 3 ether, ""));
        vm.prank(ALICE);
        l1.bridgeAsset{value: 3 ether}(A, BOB, 3 ether, address(0), false, "permit data is not read");
        vm.assertEq(address(l1).balance, 3 ether);
        vm.assertEq(roots.lastMainnetExitRoot(), 0);
        _assertTree(l1);

        _expect(l1, _asset(MAINNET, address(0), B, 1, ""));
        vm.prank(ALICE);
        l1.bridgeAsset{value: 1}(B, BOB, 1, address(0), true, "");
        _assertTree(l1);
        vm.assertEq(roots.lastMainnetExitRoot(), PlainExitTree.root(leaves));
        vm.assertEq(roots.mainnetExitRootAt(2), PlainExitTree.root(leaves));
        vm.assertEq(l1.lastUpdatedDepositCount(), 2);
    }

    function test_bridgeAsset_takesTokens() external {
        bytes memory metadata = abi.encode("USD Coin", "USDC", uint8(6));
        vm.assertEq(l1.getTokenMetadata(address(token)), metadata);
        vm.prank(ALICE);
        token.approve(address(l1), 5e6);
        _expect(l1, _asset(MAINNET, address(token), A, 5e6, metadata));
        vm.prank(ALICE);
        l1.bridgeAsset(A, BOB, 5e6, address(token), false, "");
        vm.assertEq(token.balanceOf(address(l1)), 5e6);
        _assertTree(l1);
    }

    function test_bridgeAsset_countsWhatArrivesOfATokenWithFees() external {
        MockFeeToken fee = new MockFeeToken();
        fee.mint(ALICE, 1000);
        vm.prank(ALICE);
        fee.approve(address(l1), 1000);
        _expect(l1, _asset(MAINNET, address(fee), A, 990, abi.encode("Fee", "FEE", uint8(18))));
        vm.prank(ALICE);
        l1.bridgeAsset(A, BOB, 1000, address(fee), false, "");
        vm.assertEq(fee.balanceOf(address(l1)), 990);
        _assertTree(l1);
    }

    function test_bridgeAsset_burnsWrappedTokens() external {
        Exit memory arrival = tokenExit(A, address(token), 100);
        arrival.destinationAddress = ALICE;
        arrive(l2, arrival);
        address wrapped = l2.getTokenWrappedAddress(MAINNET, address(token));
        _expect(l2, _asset(MAINNET, address(token), MAINNET, 40, arrival.metadata));
        vm.prank(ALICE);
        l2.bridgeAsset(MAINNET, BOB, 40, wrapped, false, "");
        vm.assertEq(MockToken(wrapped).balanceOf(ALICE), 60);
        vm.assertEq(MockToken(wrapped).totalSupply(), 60);
        _assertTree(l2);
    }

    /// @dev A contract with a wrapped token's code at another address is an ordinary token.
    function test_bridgeAsset_isNotFooledByTheCodeOfAWrappedToken() external {
        arrive(l2, tokenExit(A, address(token), 100));
        address wrapped = l2.getTokenWrappedAddress(MAINNET, address(token));
        address copy = address(0xc0de);
        vm.etch(copy, wrapped.code);
        (NetworkId network, address origin) = l2.wrappedTokenToTokenInfo(copy);
        vm.assertEq(origin, address(0));
        vm.assertEq(NetworkId.unwrap(network), 0);
        (network, origin) = l2.wrappedTokenToTokenInfo(wrapped);
        vm.assertEq(origin, address(token));
        vm.prank(ALICE);
        vm.expectRevert(abi.encodePacked(ERC20.InsufficientAllowance.selector));
        l2.bridgeAsset(MAINNET, BOB, 1, copy, false, "");
    }

    function test_bridgeAsset_takesTheNativeTokenOfAGasTokenNetwork() external {
        bytes memory metadata = abi.encode("Gas", "GAS", uint8(18));
        Exit memory arrival = _asset(MAINNET, address(gasToken), G, 7 ether, metadata);
        arrival.source = B;
        arrive(gas, arrival);
        vm.assertEq(BOB.balance, 7 ether);
        _expect(gas, _asset(MAINNET, address(gasToken), A, 2 ether, metadata));
        vm.prank(ALICE);
        gas.bridgeAsset{value: 2 ether}(A, BOB, 2 ether, address(0), false, "");
        _assertTree(gas);
    }

    function test_bridgeAsset_burnsWethAsEther() external {
        Exit memory arrival = etherExit(G, 5 ether);
        arrival.destinationAddress = ALICE;
        arrive(gas, arrival);
        address weth = gas.WETHToken();
        vm.assertEq(MockToken(weth).balanceOf(ALICE), 5 ether);
        vm.assertEq(MockToken(weth).symbol(), "WETH");
        _expect(gas, _asset(MAINNET, address(0), A, 2 ether, ""));
        vm.prank(ALICE);
        gas.bridgeAsset(A, BOB, 2 ether, weth, false, "");
        vm.assertEq(MockToken(weth).totalSupply(), 3 ether);
        _assertTree(gas);
    }

    function test_bridgeAsset_revertsWhenItStaysHere() external {
        vm.expectRevert(abi.encodePacked(IBridgeErrors.DestinationNetworkInvalid.selector));
        l1.bridgeAsset(MAINNET, BOB, 0, address(0), false, "");
        vm.expectRevert(abi.encodePacked(IBridgeErrors.DestinationNetworkInvalid.selector));
        l1.bridgeMessage(MAINNET, BOB, false, "");
    }

    function test_bridgeAsset_revertsWhenTheValueIsWrong() external {
        vm.deal(address(this), 10);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.AmountDoesNotMatchMsgValue.selector));
        l1.bridgeAsset{value: 1}(A, BOB, 2, address(0), false, "");
        vm.expectRevert(abi.encodePacked(IBridgeErrors.MsgValueNotZero.selector));
        l1.bridgeAsset{value: 1}(A, BOB, 1, address(token), false, "");
    }

    function test_bridgeAsset_revertsWhenReentered() external {
        MockReentrantToken evil = new MockReentrantToken();
        evil.mint(ALICE, 100);
        evil.set(address(l1), abi.encodeCall(l1.bridgeAsset, (A, BOB, 0, address(0), false, "")));
        vm.startPrank(ALICE);
        evil.approve(address(l1), 100);
        l1.bridgeAsset(A, BOB, 100, address(evil), false, "");
        vm.stopPrank();
        vm.assertFalse(evil.succeeded());
        vm.assertEq(evil.answer(), abi.encodePacked(IBridgeErrors.Reentered.selector));
        vm.assertEq(l1.depositCount(), 1);
    }

    function test_bridgeAsset_revertsWhenTheNetworkHoldsLess() external {
        vm.prank(ALICE);
        vm.expectRevert(
            abi.encodeWithSelector(IBridgeErrorsL2.LocalBalanceTreeUnderflow.selector, 0, address(0), 2, 0)
        );
        l2.bridgeAsset{value: 2}(MAINNET, BOB, 2, address(0), false, "");
        vm.prank(ALICE);
        vm.expectRevert(
            abi.encodeWithSelector(IBridgeErrorsL2.LocalBalanceTreeUnderflow.selector, 0, address(0), 3, 0)
        );
        l2.bridgeMessage{value: 3}(MAINNET, BOB, false, "");
    }

    function test_bridgeMessage_sendsEtherAndData() external {
        Exit memory exit = Exit(MAINNET, 0, ExitLeaf.MESSAGE, MAINNET, ALICE, A, BOB, 2 ether, "hello");
        _expect(l1, exit);
        vm.prank(ALICE);
        l1.bridgeMessage{value: 2 ether}(A, BOB, true, "hello");
        _assertTree(l1);
        vm.assertEq(roots.lastMainnetExitRoot(), PlainExitTree.root(leaves));
    }

    function test_bridgeMessage_revertsWithValueOnAGasTokenNetwork() external {
        vm.prank(ALICE);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.NoValueInMessagesOnGasTokenNetworks.selector));
        gas.bridgeMessage{value: 1}(A, BOB, false, "");
        vm.expectRevert(abi.encodePacked(IBridgeErrors.NativeTokenIsEther.selector));
        l1.bridgeMessageWETH(A, BOB, 1, false, "");
    }

    function test_bridgeMessageWETH_burnsWeth() external {
        Exit memory arrival = etherExit(G, 5 ether);
        arrival.destinationAddress = ALICE;
        arrive(gas, arrival);
        _expect(gas, Exit(MAINNET, 0, ExitLeaf.MESSAGE, G, ALICE, A, BOB, 2 ether, "hello"));
        vm.prank(ALICE);
        gas.bridgeMessageWETH(A, BOB, 2 ether, false, "hello");
        _expect(gas, Exit(MAINNET, 0, ExitLeaf.MESSAGE, G, ALICE, A, BOB, 0, "no value"));
        vm.prank(ALICE);
        gas.bridgeMessage(A, BOB, false, "no value");
        vm.assertEq(MockToken(gas.WETHToken()).balanceOf(ALICE), 3 ether);
        _assertTree(gas);
        bytes32 ether_ = keccak256(abi.encodePacked(MAINNET, address(0)));
        vm.assertEq(asL2(gas).localBalanceTree(ether_), 3 ether);
    }

    function test_updateGlobalExitRoot_publishesOnce() external {
        l1.updateGlobalExitRoot();
        vm.assertEq(roots.lastMainnetExitRoot(), 0);
        l1.bridgeMessage(A, BOB, false, "");
        l1.updateGlobalExitRoot();
        vm.assertEq(roots.lastMainnetExitRoot(), l1.getRoot());
        vm.assertEq(roots.depositCount(), 1);
        l1.updateGlobalExitRoot();
        vm.assertEq(roots.depositCount(), 1);
    }

    // Permits.

    function test_permit_allowsTheTransfer() external {
        address owner = vm.addr(7);
        token.mint(owner, 50);
        bytes memory permit = permitOf(token, 7, address(l1), 50);
        vm.prank(owner);
        l1.bridgeAsset(A, BOB, 20, address(token), false, permit);
        // Used up, but the allowance stands: what the permit answers does not matter.
        vm.prank(owner);
        l1.bridgeAsset(A, BOB, 30, address(token), false, permit);
        vm.assertEq(token.balanceOf(address(l1)), 50);
    }

    function test_permit_takesDais() external {
        MockDaiToken dai = new MockDaiToken();
        address owner = vm.addr(8);
        dai.mint(owner, 50);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(8, keccak256(abi.encode(owner, address(l1), 0, 0, true)));
        bytes memory permit = abi.encodeCall(IDaiPermit.permit, (owner, address(l1), 0, 0, true, v, r, s));
        vm.prank(owner);
        l1.bridgeAsset(A, BOB, 50, address(dai), false, permit);
        vm.assertEq(dai.balanceOf(address(l1)), 50);
    }

    function test_permit_revertsWhenItIsNone() external {
        bytes memory permit = permitOf(token, 7, address(l1), 50);
        bytes[4] memory bad =
            [bytes(hex"d505ac"), hex"d505accf", abi.encodePacked(bytes4(0x12345678), permit), ""];
        bad[3] = new bytes(permit.length - 1);
        for (uint256 i = 0; i < permit.length - 1; ++i) {
            bad[3][i] = permit[i];
        }
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(abi.encodePacked(TokenPermit.NotValidSignature.selector));
            l1.bridgeAsset(A, BOB, 1, address(token), false, bad[i]);
        }
    }

    function test_permit_revertsForAnotherOwnerOrSpender() external {
        bytes memory permit = permitOf(token, 7, address(l1), 50);
        vm.expectRevert(abi.encodePacked(TokenPermit.NotValidOwner.selector));
        l1.bridgeAsset(A, BOB, 1, address(token), false, permit);
        permit = permitOf(token, 7, address(l2), 50);
        vm.prank(vm.addr(7));
        vm.expectRevert(abi.encodePacked(TokenPermit.NotValidSpender.selector));
        l1.bridgeAsset(A, BOB, 1, address(token), false, permit);
    }
}
