// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IBridgeErrors} from "../../src/interfaces/IBridgeErrors.sol";
import {ISharedBridge} from "../../src/interfaces/ISharedBridge.sol";
import {ISharedBridgeL2} from "../../src/interfaces/ISharedBridgeL2.sol";
import {ExitLeaf} from "../../src/libraries/ExitLeaf.sol";
import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {PlainExitTree} from "../PlainExitTree.sol";
import {vm} from "../Vm.sol";
import {MockBomb, MockReceiver, MockReentrantReceiver} from "../mocks/MockReceivers.sol";
import {MockReentrantToken, MockToken} from "../mocks/MockTokens.sol";
import {BridgeBase} from "./BridgeBase.sol";

/// @notice Tokens and receivers that call back in the middle of everything.
contract SharedBridgeReentranceTest is BridgeBase {
    MockReentrantToken private evil;
    MockReentrantReceiver private receiver;

    function setUp() public override {
        super.setUp();
        evil = new MockReentrantToken();
        receiver = new MockReentrantReceiver();
        evil.mint(ALICE, 1000);
        vm.startPrank(ALICE);
        evil.approve(address(l1), type(uint256).max);
        evil.approve(address(l2), type(uint256).max);
        vm.stopPrank();
    }

    function _encodeClaim(bytes4 selector, Exit memory exit, Path memory path)
        private
        pure
        returns (bytes memory)
    {
        return bytes.concat(
            abi.encodePacked(selector, path.local, path.rollup),
            abi.encode(
                globalIndexOf(exit),
                path.mainnetExitRoot,
                path.rollupExitRoot,
                exit.originNetwork,
                exit.originAddress,
                exit.destinationNetwork,
                exit.destinationAddress,
                exit.amount,
                // Where the metadata begins: 64 siblings and eleven words after the start.
                uint256(73 * 32),
                exit.metadata.length
            ),
            exit.metadata
        );
    }

    function _encodeMany(Exit memory exit, Path memory path) private pure returns (bytes memory) {
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](1);
        claims[0] = shortClaim(exit, path);
        return abi.encodeCall(ISharedBridge.claimMany, (path.mainnetExitRoot, path.rollupExitRoot, claims));
    }

    function _assertRefused() private view {
        vm.assertFalse(evil.succeeded());
        vm.assertEq(evil.answer(), abi.encodePacked(IBridgeErrors.Reentered.selector));
    }

    /// @dev A token that comes in counts by the difference of two balances: nothing else may come in between them.
    function test_bridgeAsset_isNotReenteredByAnyOtherWayIn() external {
        Exit memory exit = etherExit(A, 1);
        Path memory path = publish(address(rootsL2), exit);
        bytes[4] memory calls = [
            abi.encodeCall(ISharedBridge.bridgeAsset, (B, BOB, 0, address(0), false, "")),
            _encodeClaim(ISharedBridge.claimAsset.selector, exit, path),
            _encodeMany(exit, path),
            abi.encodeCall(ISharedBridgeL2.migrateLegacyToken, (address(evil), 1, ""))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            evil.set(address(l2), calls[i]);
            vm.prank(ALICE);
            l2.bridgeAsset(B, BOB, 1, address(evil), false, "");
            _assertRefused();
        }
        vm.assertEq(l2.depositCount(), calls.length);
        vm.assertFalse(l2.isClaimed(0, B));
        // The guard is open again.
        claimAsset(l2, exit, path);
    }

    /// @dev Messages pass, both ways; the tree and the balances stay in order.
    function test_bridgeAsset_letsMessagesPassMeanwhile() external {
        evil.set(address(l2), abi.encodeCall(ISharedBridge.bridgeMessage, (MAINNET, BOB, true, "")));
        vm.prank(ALICE);
        l2.bridgeAsset(B, BOB, 9, address(evil), true, "");
        vm.assertTrue(evil.succeeded());
        bytes32[] memory leaves = new bytes32[](2);
        leaves[0] = leafOf(Exit(A, 0, ExitLeaf.MESSAGE, A, address(evil), MAINNET, BOB, 0, ""));
        bytes memory metadata = abi.encode("Reentrant", "RE", uint8(18));
        leaves[1] = leafOf(Exit(A, 1, ExitLeaf.ASSET, A, address(evil), B, BOB, 9, metadata));
        vm.assertEq(l2.getRoot(), PlainExitTree.root(leaves));
        vm.assertEq(rootsL2.lastRollupExitRoot(), l2.getRoot());

        Exit memory exit = message(A, address(receiver), 5);
        Path memory path = publish(address(rootsL2), exit);
        evil.set(address(l2), _encodeClaim(ISharedBridge.claimMessage.selector, exit, path));
        vm.prank(ALICE);
        l2.bridgeAsset(B, BOB, 9, address(evil), true, "");
        vm.assertTrue(evil.succeeded());
        vm.assertEq(address(receiver).balance, 5);
    }

    function test_claimAsset_isNotReentered() external {
        vm.prank(ALICE);
        l1.bridgeAsset(B, BOB, 100, address(evil), false, "");
        Exit memory exit = tokenExit(MAINNET, address(evil), 60);
        Path memory path = publish(address(roots), exit);
        evil.set(address(l1), _encodeClaim(ISharedBridge.claimAsset.selector, exit, path));
        claimAsset(l1, exit, path);
        _assertRefused();
        vm.assertEq(evil.balanceOf(BOB), 60);
        vm.assertEq(evil.balanceOf(address(l1)), 40);
        evil.set(address(l1), _encodeMany(exit, path));
        exit.leafIndex = 1;
        exit.amount = 40;
        path = publish(address(roots), exit);
        l1.claimMany(path.mainnetExitRoot, path.rollupExitRoot, _list(exit, path));
        vm.assertFalse(evil.succeeded());
        vm.assertEq(evil.answer(), abi.encodePacked(IBridgeErrors.AlreadyClaimed.selector));
        vm.assertEq(evil.balanceOf(address(l1)), 0);
    }

    function _list(Exit memory exit, Path memory path)
        private
        pure
        returns (ISharedBridge.Claim[] memory claims)
    {
        claims = new ISharedBridge.Claim[](1);
        claims[0] = shortClaim(exit, path);
    }

    /// @dev A migration runs in the other half of the bridge, under the same guard.
    function test_migrateLegacyToken_isNotReentered() external {
        Exit memory exit = tokenExit(A, address(token), 10);
        exit.destinationAddress = ALICE;
        arrive(l2, exit);
        address legacy = l2.getTokenWrappedAddress(MAINNET, address(token));
        NetworkId[] memory networks = new NetworkId[](1);
        address[] memory origins = new address[](1);
        address[] memory tokens = new address[](1);
        bool[] memory held = new bool[](1);
        (origins[0], tokens[0], held[0]) = (address(token), address(evil), true);
        vm.prank(MANAGER);
        asL2(l2).setMultipleSovereignTokenAddress(networks, origins, tokens, held);
        evil.mint(address(l2), 10);
        evil.set(address(l2), abi.encodeCall(ISharedBridge.bridgeAsset, (B, BOB, 0, legacy, false, "")));
        vm.prank(ALICE);
        asL2(l2).migrateLegacyToken(legacy, 4, "");
        _assertRefused();
        vm.assertEq(MockToken(legacy).balanceOf(ALICE), 6);
        vm.assertEq(evil.balanceOf(ALICE), 1004);
    }

    function test_migrateLegacyToken_standsStillInAnEmergency() external {
        vm.prank(PAUSER);
        l2.activateEmergencyState();
        vm.expectRevert(abi.encodePacked(IBridgeErrors.OnlyNotEmergencyState.selector));
        asL2(l2).migrateLegacyToken(address(token), 0, "");
    }

    /// @dev A message's receiver cannot have it, or the asset after it, twice.
    function test_claimMessage_isNotClaimedAgainByItsReceiver() external {
        bytes32[] memory leaves = new bytes32[](2);
        Exit memory exit = message(A, address(receiver), 5);
        Exit memory asset = etherExit(A, 7);
        asset.leafIndex = 1;
        (leaves[0], leaves[1]) = (leafOf(exit), leafOf(asset));
        Path memory path = pathOf(leaves, B, 0);
        Path memory next = pathOf(leaves, B, 1);
        insert(address(rootsL2), path);
        uint256 before = vm.snapshotState();
        receiver.set(address(l2), _encodeClaim(ISharedBridge.claimMessage.selector, exit, path));
        claimMessage(l2, exit, path);
        vm.assertFalse(receiver.succeeded());
        vm.assertEq(receiver.answer(), abi.encodePacked(IBridgeErrors.AlreadyClaimed.selector));
        vm.assertEq(address(receiver).balance, 5);

        vm.assertTrue(vm.revertToState(before));
        receiver.set(address(l2), _encodeMany(asset, next));
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](2);
        (claims[0], claims[1]) = (shortClaim(exit, path), shortClaim(asset, next));
        vm.expectRevert(abi.encodePacked(IBridgeErrors.AlreadyClaimed.selector));
        l2.claimMany(path.mainnetExitRoot, path.rollupExitRoot, claims);
        l2.claimMany(path.mainnetExitRoot, path.rollupExitRoot, _list(exit, path));
        vm.assertTrue(receiver.succeeded());
        vm.assertEq(BOB.balance, 7);
        vm.assertEq(asL2(l2).localBalanceTree(keccak256(abi.encodePacked(MAINNET, address(0)))), 12);
    }

    /// @dev What a receiver answers costs its claimer gas, and the claim goes through.
    function test_claimMessage_takesWhateverIsAnswered() external {
        arrive(l2, message(A, address(new MockBomb()), 5));
        vm.assertTrue(l2.isClaimed(0, B));
    }

    /// @dev Too little gas fails the whole claim, which can be made again.
    function testFuzz_claimMessage_cannotBeWastedWithLittleGas(uint256 limit) external {
        Exit memory exit = message(A, address(new MockReceiver()), 5);
        Path memory path = publish(address(rootsL2), exit);
        (bool success,) = address(l2).call{gas: limit % 400_000}(
            _encodeClaim(ISharedBridge.claimMessage.selector, exit, path)
        );
        vm.assertEq(l2.isClaimed(0, B) ? 1 : 0, success ? 1 : 0);
        vm.assertEq(exit.destinationAddress.balance, success ? 5 : 0);
        vm.assertEq(MockReceiver(exit.destinationAddress).value(), success ? 5 : 0);
    }
}
