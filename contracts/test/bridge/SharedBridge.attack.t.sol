// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SharedBridge} from "../../src/bridge/SharedBridge.sol";
import {IBridgeErrors} from "../../src/interfaces/IBridgeErrors.sol";
import {ISharedBridge} from "../../src/interfaces/ISharedBridge.sol";
import {ISharedBridgeL2} from "../../src/interfaces/ISharedBridgeL2.sol";
import {IWrappedToken} from "../../src/interfaces/IWrappedToken.sol";
import {ExitLeaf} from "../../src/libraries/ExitLeaf.sol";
import {ExitTree} from "../../src/libraries/ExitTree.sol";
import {GlobalIndex} from "../../src/types/GlobalIndex.sol";
import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {PlainExitTree} from "../PlainExitTree.sol";
import {Vm, vm} from "../Vm.sol";
import {MockToken} from "../mocks/MockTokens.sol";
import {BridgeBase} from "./BridgeBase.sol";

/// @notice What a claim could be bent to, and what else a client of LxLy could notice.
contract SharedBridgeAttackTest is BridgeBase {
    bytes32[] private leaves;

    // Proofs.

    /// @dev Claims an exit with claimMany and says whether it worked; if not it fails as a wrong proof does.
    function _claims(Exit memory exit, Path memory path, GlobalIndex index) private returns (bool) {
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](1);
        claims[0] = shortClaim(exit, path);
        claims[0].globalIndex = index;
        try l2.claimMany(path.mainnetExitRoot, path.rollupExitRoot, claims) {
            return true;
        } catch (bytes memory reason) {
            vm.assertEq(reason, abi.encodePacked(IBridgeErrors.InvalidSmtProof.selector));
            return false;
        }
    }

    /// @dev No sibling can be left out but empty ones, none added but empty ones, none changed, and no index but the exit's own
    /// leads to its leaf, above the proof's height neither.
    function testFuzz_claimMany_takesTheOneProof(uint32 count, uint32 index, uint256 change, uint256 kind)
        external
    {
        count = 1 + count % 9;
        index %= count;
        Exit memory exit = etherExit(A, 3);
        exit.leafIndex = index;
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = keccak256(abi.encode(i));
        }
        leaves[index] = leafOf(exit);
        Path memory path = pathOf(leaves, B, index);
        insert(address(rootsL2), path);
        GlobalIndex right = globalIndexOf(exit);
        // One bit, moved.
        // forge-lint: disable-next-line(incorrect-shift)
        uint256 word = GlobalIndex.unwrap(right) ^ (1 << (change % 63));
        // The bit of the mainnet flag is left out: it has a test of its own.
        vm.assertFalse(_claims(exit, path, GlobalIndex.wrap(word)));

        bytes32[] memory siblings = path.shortLocal;
        uint256 at = siblings.length == 0 ? 0 : change % siblings.length;
        bool harmless = false;
        if (siblings.length != 0 && kind % 3 == 0) {
            bytes32 kept = siblings[at];
            siblings[at] ^= bytes32(1 + change / 2);
            vm.assertFalse(_claims(exit, path, right));
            siblings[at] = kept;
        } else if (siblings.length != 0 && kind % 3 == 1) {
            // One fewer is right only if the last one is an empty subtree.
            path.shortLocal = new bytes32[](siblings.length - 1);
            for (uint256 i = 0; i < path.shortLocal.length; ++i) {
                path.shortLocal[i] = siblings[i];
            }
            harmless = siblings[siblings.length - 1] == PlainExitTree.empty(siblings.length - 1);
            vm.assertEq(_claims(exit, path, right) ? 1 : 0, harmless ? 1 : 0);
        } else {
            path.shortLocal = new bytes32[](siblings.length + 1);
            for (uint256 i = 0; i < siblings.length; ++i) {
                path.shortLocal[i] = siblings[i];
            }
            path.shortLocal[siblings.length] = bytes32(change | 1);
            vm.assertFalse(_claims(exit, path, right));
        }
        path.shortLocal = siblings;
        if (!harmless) vm.assertTrue(_claims(exit, path, right));
        vm.assertEq(BOB.balance, 3);
    }

    /// @dev 64 bytes that are a node are no leaf: a leaf has 113 bytes and 32 levels above it, whatever the proof's length.
    function test_claimMany_takesNoNodeForALeaf() external {
        Exit memory exit = etherExit(A, 3);
        leaves = [leafOf(exit), keccak256("second"), keccak256("third"), keccak256("fourth")];
        Path memory path = pathOf(leaves, B, 0);
        insert(address(rootsL2), path);
        // The rollup tree's leaf given as the exit tree's root, one level higher, and so on.
        (path.shortLocal, path.shortRollup) = (path.shortRollup, path.shortLocal);
        vm.assertFalse(_claims(exit, path, globalIndexOf(exit)));
        path.shortLocal = new bytes32[](0);
        vm.assertFalse(_claims(exit, path, globalIndexOf(exit)));
        path.shortLocal = new bytes32[](33);
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](1);
        claims[0] = shortClaim(exit, path);
        vm.expectRevert(abi.encodeWithSelector(ExitTree.ProofTooLong.selector, 33));
        l2.claimMany(path.mainnetExitRoot, path.rollupExitRoot, claims);
    }

    /// @dev The only exit of a network is its own root's lowest left leaf: no sibling is needed.
    function test_claimMany_takesAProofWithoutSiblings() external {
        Exit memory exit = etherExit(A, 3);
        leaves = [leafOf(exit)];
        Path memory path = pathOf(leaves, MAINNET, 0);
        exit.source = MAINNET;
        insert(address(rootsL2), path);
        vm.assertEq(path.shortLocal.length, 0);
        vm.assertTrue(_claims(exit, path, globalIndexOf(exit)));
    }

    // Events.

    function testFuzz_detailedClaimEvent_isWhatTheCompilerDecodes(
        uint32 index,
        uint256 amount,
        address to,
        bytes calldata metadata,
        bool many
    ) external {
        Exit memory exit = tokenExit(A, address(token), amount);
        (exit.leafIndex, exit.metadata) = (index % 5, metadata);
        exit.destinationAddress = to;
        Path memory path = publish(address(rootsL2), exit);
        vm.recordLogs();
        if (many) {
            ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](1);
            claims[0] = shortClaim(exit, path);
            l2.claimMany(path.mainnetExitRoot, path.rollupExitRoot, claims);
        } else {
            claimAsset(l2, exit, path);
        }
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs[0].topics[0], ISharedBridgeL2.UpdatedClaimedGlobalIndexHashChain.selector);
        vm.assertEq(logs[1].topics[0], ISharedBridge.ClaimEvent.selector);
        Vm.Log memory log = logs[2];
        vm.assertEq(log.topics.length, 3);
        vm.assertEq(log.topics[0], ISharedBridgeL2.DetailedClaimEvent.selector);
        vm.assertEq(log.topics[1], bytes32(GlobalIndex.unwrap(globalIndexOf(exit))));
        vm.assertEq(log.topics[2], bytes32(uint256(uint160(to))));
        _assertDetails(log.data, exit, path);
        // What the claim brings about comes after it.
        vm.assertEq(logs[3].topics[0], ISharedBridge.NewWrappedToken.selector);
    }

    function _assertDetails(bytes memory data, Exit memory exit, Path memory path) private pure {
        bytes memory expected = abi.encode(
            path.local,
            path.rollup,
            path.mainnetExitRoot,
            path.rollupExitRoot,
            exit.originNetwork,
            exit.originAddress,
            exit.destinationNetwork,
            exit.amount,
            exit.metadata
        );
        vm.assertEq(data, expected);
    }

    // Names.

    /// @dev An exit without an amount needs no balance, so any network can have the first exit of any token: what a wrapped
    /// token is called is that network's word, until its own has one.
    function test_claimAsset_callsATokenWhatItsOwnNetworkCallsIt() external {
        Exit memory exit = tokenExit(A, address(token), 0);
        exit.metadata = abi.encode("A name that is none of USD Coin's own", "NOT", uint8(0));
        arrive(l2, exit);
        MockToken wrapped = MockToken(l2.getTokenWrappedAddress(MAINNET, address(token)));
        _assertNamed(wrapped, "A name that is none of USD Coin's own", "NOT", 0, true);
        // Another network's next exit changes nothing.
        exit.leafIndex = 1;
        exit.metadata = abi.encode("Another", "AN", uint8(1));
        arrive(l2, exit);
        _assertNamed(wrapped, "A name that is none of USD Coin's own", "NOT", 0, true);

        exit = tokenExit(A, address(token), 5e6);
        exit.source = MAINNET;
        Path memory path = publish(address(rootsL2), exit);
        vm.expectEmit(address(l2));
        emit ISharedBridge.WrappedTokenRenamed(0, address(token), address(wrapped), exit.metadata);
        claimAsset(l2, exit, path);
        vm.assertEq(wrapped.balanceOf(BOB), 5e6);
        _assertNamed(wrapped, "USD Coin", "USDC", 6, false);

        // That is for good, whatever its own network says later.
        exit.leafIndex = 1;
        exit.metadata = abi.encode("USD Coin 2", "USDC2", uint8(7));
        arrive(l2, exit);
        _assertNamed(wrapped, "USD Coin", "USDC", 6, false);
    }

    /// @dev Short texts are kept otherwise than long ones, and give way to them.
    function testFuzz_claimAsset_callsATokenWhatItsOwnNetworkCallsIt(
        string memory first,
        string memory second,
        uint8 decimals,
        bool fromShortToLong
    ) external {
        vm.assume(bytes(first).length <= 256 && bytes(second).length <= 200);
        string memory longer = string.concat(second, "and so on until it is too long for one slot");
        Exit memory exit = tokenExit(A, address(token), 0);
        exit.metadata = abi.encode(first, fromShortToLong ? "s" : longer, uint8(3));
        arrive(l2, exit);
        exit = tokenExit(A, address(token), 0);
        exit.source = MAINNET;
        exit.metadata = abi.encode(fromShortToLong ? longer : "", first, decimals);
        arrive(l2, exit);
        MockToken wrapped = MockToken(l2.getTokenWrappedAddress(MAINNET, address(token)));
        _assertNamed(wrapped, fromShortToLong ? longer : "", first, decimals, false);
    }

    /// @dev What the token's own network names first is named for good at once.
    function test_claimAsset_keepsTheNameOfItsOwnNetwork() external {
        Exit memory exit = tokenExit(A, address(token), 0);
        exit.source = MAINNET;
        arrive(l2, exit);
        exit = tokenExit(A, address(token), 0);
        exit.metadata = abi.encode("Not USD", "NOT", uint8(0));
        arrive(l2, exit);
        MockToken wrapped = MockToken(l2.getTokenWrappedAddress(MAINNET, address(token)));
        _assertNamed(wrapped, "USD Coin", "USDC", 6, false);
    }

    /// @dev A token set by hand knows nothing of names that are for now.
    function test_claimAsset_renamesNoTokenSetByHand() external {
        MockToken own = new MockToken("Own USDC", "oUSDC", 6);
        NetworkId[] memory networks = new NetworkId[](1);
        address[] memory origins = new address[](1);
        address[] memory tokens = new address[](1);
        (origins[0], tokens[0]) = (address(token), address(own));
        vm.prank(MANAGER);
        asL2(l2).setMultipleSovereignTokenAddress(networks, origins, tokens, new bool[](1));
        Exit memory exit = tokenExit(A, address(token), 5);
        exit.source = MAINNET;
        arrive(l2, exit);
        vm.assertEq(own.balanceOf(BOB), 5);
        vm.assertEq(own.symbol(), "oUSDC");
    }

    /// @dev Solady's tokens let Permit2 take everything unless told otherwise.
    function test_wrappedToken_givesPermit2Nothing() external {
        arrive(l2, tokenExit(A, address(token), 5));
        MockToken wrapped = MockToken(l2.getTokenWrappedAddress(MAINNET, address(token)));
        vm.assertEq(wrapped.allowance(BOB, 0x000000000022D473030F116dDEE9F6B43aC78BA3), 0);
    }

    function _assertNamed(
        MockToken wrapped,
        string memory name,
        string memory symbol,
        uint8 decimals,
        bool forNow
    ) private view {
        vm.assertEq(wrapped.name(), name);
        vm.assertEq(wrapped.symbol(), symbol);
        vm.assertEq(wrapped.decimals(), decimals);
        vm.assertEq(IWrappedToken(address(wrapped)).isNamedForNow() ? 1 : 0, forNow ? 1 : 0);
    }

    /// @dev An exit to nobody does not stay unclaimed for ever.
    function test_claimAsset_mintsForNobody() external {
        Exit memory exit = tokenExit(A, address(token), 5);
        exit.destinationAddress = address(0);
        arrive(l2, exit);
        MockToken wrapped = MockToken(l2.getTokenWrappedAddress(MAINNET, address(token)));
        vm.assertEq(wrapped.balanceOf(address(0)), 5);
    }

    /// @dev The address that the wrapped token of ether would have is nobody's, and no exit can be made of it.
    function test_bridgeAsset_refusesTheWrappedTokenOfEther() external {
        SharedBridge[3] memory bridges = [l1, l2, gas];
        for (uint256 i = 0; i < 3; ++i) {
            address ghost = bridges[i].computeTokenProxyAddress(MAINNET, address(0));
            vm.assertEq(ghost.code.length, 0);
            vm.prank(ALICE);
            (bool success,) =
                address(bridges[i]).call(abi.encodeCall(l1.bridgeAsset, (B, BOB, 0, ghost, false, "")));
            vm.assertFalse(success);
            vm.prank(ALICE);
            (success,) =
                address(bridges[i]).call(abi.encodeCall(ISharedBridgeL2.migrateLegacyToken, (ghost, 0, "")));
            vm.assertFalse(success);
        }
    }

    // The bridge as somebody else's caller.

    /// @dev Messages and payments to the bridge itself fail, and value without a call does not enter it.
    function test_claims_doNotReachTheBridgeItself() external {
        Exit memory exit = message(A, address(l2), 0);
        Path memory path = publish(address(rootsL2), exit);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.MessageFailed.selector));
        claimMessage(l2, exit, path);
        exit = etherExit(A, 1);
        exit.destinationAddress = address(l2);
        path = publish(address(rootsL2), exit);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.EtherTransferFailed.selector));
        claimAsset(l2, exit, path);
        vm.prank(ALICE);
        (bool success,) = address(l2).call{value: 1}("");
        vm.assertFalse(success);
    }

    // Emergency.

    /// @dev Whoever may stop the bridge stops it for at most half of the time, but for the first stop.
    function testFuzz_activate_cannotStandStillForMoreThanHalfOfTheTime(uint32[8] memory waits) external {
        uint256 start = block.timestamp;
        uint256 stopped = 0;
        for (uint256 i = 0; i < waits.length; ++i) {
            vm.prank(PAUSER);
            try l2.activateEmergencyState() {
                uint256 began = block.timestamp;
                vm.warp(block.timestamp + waits[i] % 8 days);
                if (l2.isEmergencyState()) {
                    vm.prank(UNPAUSER);
                    l2.deactivateEmergencyState();
                }
                uint256 end = l2.emergencyEndsAt();
                stopped += end - began;
            } catch (bytes memory reason) {
                // The selector alone: when the next stop may begin is another test's.
                // forge-lint: disable-next-line(unsafe-typecast)
                vm.assertEq(bytes32(bytes4(reason)), bytes32(IBridgeErrors.EmergencyTooSoon.selector));
                vm.warp(block.timestamp + waits[i] % 8 days);
            }
            vm.assertLe(2 * stopped, block.timestamp - start + 7 days);
        }
    }

    // What LxLy's bridge has and this one does not.

    function test_interface_lacksWhatUpgradeableTokensNeed() external view {
        bytes4[7] memory selectors = [
            bytes4(keccak256("INIT_BYTECODE_TRANSPARENT_PROXY()")),
            bytes4(keccak256("wrappedTokenBytecodeStorer()")),
            bytes4(keccak256("getProxiedTokensManager()")),
            bytes4(keccak256("proxiedTokensManager()")),
            bytes4(keccak256("pendingProxiedTokensManager()")),
            bytes4(keccak256("acceptProxiedTokensManagerRole()")),
            bytes4(keccak256("transferProxiedTokensManagerRole(address)"))
        ];
        for (uint256 i = 0; i < selectors.length; ++i) {
            (bool success, bytes memory answer) =
                address(l2).staticcall(abi.encodeWithSelector(selectors[i], MANAGER));
            vm.assertFalse(success);
            vm.assertEq(answer, "");
        }
    }

    /// @dev Where LxLy's bridge keeps the first word of its bitmap and its chain of claims, this one keeps nothing.
    function test_storage_isLaidOutOtherwise() external {
        arrive(l2, Exit(A, 0, ExitLeaf.ASSET, B, address(token), A, BOB, 1, ""));
        vm.assertEq(l2.claimedBitMap(1 << 24), 1);
        vm.assertEq(vm.load(address(l2), keccak256(abi.encode(uint256(1 << 24), uint256(105)))), 0);
        vm.assertTrue(asL2(l2).claimedGlobalIndexHashChain() != 0);
        vm.assertEq(vm.load(address(l2), bytes32(uint256(165))), 0);
    }
}
