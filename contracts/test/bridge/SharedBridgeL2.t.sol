// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {SharedBridge} from "../../src/bridge/SharedBridge.sol";
import {IBridgeErrors, IBridgeErrorsL2} from "../../src/interfaces/IBridgeErrors.sol";
import {ISharedBridge} from "../../src/interfaces/ISharedBridge.sol";
import {ISharedBridgeL2} from "../../src/interfaces/ISharedBridgeL2.sol";
import {ExitLeaf} from "../../src/libraries/ExitLeaf.sol";
import {GlobalIndex} from "../../src/types/GlobalIndex.sol";
import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {PlainExitTree} from "../PlainExitTree.sol";
import {vm} from "../Vm.sol";
import {MockFeeToken, MockReentrantToken, MockToken} from "../mocks/MockTokens.sol";
import {BridgeBase} from "./BridgeBase.sol";

contract SharedBridgeL2Test is BridgeBase {
    MockToken private own;
    ISharedBridgeL2 private bridge;

    function setUp() public override {
        super.setUp();
        own = new MockToken("Own USDC", "oUSDC", 6);
        bridge = asL2(l2);
    }

    function _remap(NetworkId network, address origin, address sovereign, bool held) private {
        NetworkId[] memory networks = new NetworkId[](1);
        address[] memory origins = new address[](1);
        address[] memory tokens = new address[](1);
        bool[] memory holds = new bool[](1);
        (networks[0], origins[0], tokens[0], holds[0]) = (network, origin, sovereign, held);
        bridge.setMultipleSovereignTokenAddress(networks, origins, tokens, holds);
    }

    function remap(NetworkId network, address origin, address sovereign, bool held) external {
        vm.startPrank(MANAGER);
        _remap(network, origin, sovereign, held);
        vm.stopPrank();
    }

    function _arrive(uint32 index, uint256 amount) private {
        Exit memory exit = tokenExit(A, address(token), amount);
        (exit.leafIndex, exit.destinationAddress) = (index, ALICE);
        arrive(l2, exit);
    }

    // Tokens.

    function test_remap_mintsTheOtherToken() external {
        vm.expectEmit(address(l2));
        emit ISharedBridgeL2.SetSovereignTokenAddress(0, address(token), address(own), false);
        this.remap(MAINNET, address(token), address(own), false);
        _arrive(0, 10);
        vm.assertEq(own.balanceOf(ALICE), 10);
        vm.assertEq(l2.getTokenWrappedAddress(MAINNET, address(token)), address(own));
        (, address origin) = l2.wrappedTokenToTokenInfo(address(own));
        vm.assertEq(origin, address(token));
        vm.prank(ALICE);
        l2.bridgeAsset(MAINNET, BOB, 4, address(own), false, "");
        vm.assertEq(own.totalSupply(), 6);
        vm.assertEq(bridge.localBalanceTree(keccak256(abi.encodePacked(MAINNET, address(token)))), 6);
    }

    function test_remap_holdsTheOtherToken() external {
        this.remap(MAINNET, address(token), address(own), true);
        vm.assertTrue(bridge.wrappedAddressIsNotMintable(address(own)));
        own.mint(address(l2), 100);
        _arrive(0, 10);
        vm.assertEq(own.balanceOf(ALICE), 10);
        vm.assertEq(own.totalSupply(), 100);
        vm.startPrank(ALICE);
        own.approve(address(l2), 4);
        l2.bridgeAsset(MAINNET, BOB, 4, address(own), false, "");
        vm.stopPrank();
        vm.assertEq(own.balanceOf(address(l2)), 94);
    }

    /// @dev Of a held token, too, an exit is of what arrives.
    function test_remap_countsWhatArrivesOfAHeldTokenWithFees() external {
        MockFeeToken fee = new MockFeeToken();
        this.remap(MAINNET, address(token), address(fee), true);
        fee.mint(address(l2), 1000);
        _arrive(0, 1000);
        fee.mint(ALICE, 1000);
        vm.startPrank(ALICE);
        fee.approve(address(l2), 1000);
        vm.expectEmit(address(l2));
        emit ISharedBridge.BridgeEvent(
            0, 0, address(token), 0, BOB, 990, abi.encode("Fee", "FEE", uint8(18)), 0
        );
        l2.bridgeAsset(MAINNET, BOB, 1000, address(fee), false, "");
        vm.stopPrank();
        vm.assertEq(bridge.localBalanceTree(keccak256(abi.encodePacked(MAINNET, address(token)))), 10);
    }

    function test_remap_refusesByName() external {
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyBridgeManager.selector));
        _remap(MAINNET, address(token), address(own), false);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidZeroAddress.selector));
        this.remap(MAINNET, address(0), address(own), false);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidZeroAddress.selector));
        this.remap(MAINNET, address(token), address(0), false);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.BridgeAddressNotAllowed.selector));
        this.remap(MAINNET, address(token), address(l2), false);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OriginNetworkInvalid.selector));
        this.remap(A, address(token), address(own), false);
        this.remap(MAINNET, address(token), address(own), false);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.TokenAlreadyMapped.selector));
        this.remap(B, address(token), address(own), false);
        _arrive(0, 1);
        for (uint256 i = 1; i < 4; ++i) {
            vm.prank(MANAGER);
            vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.InputArraysLengthMismatch.selector));
            bridge.setMultipleSovereignTokenAddress(
                new NetworkId[](1),
                new address[](i == 1 ? 0 : 1),
                new address[](i == 2 ? 0 : 1),
                new bool[](i == 3 ? 0 : 1)
            );
        }
    }

    function test_migrate_changesAReplacedTokenForTheNewOne() external {
        _arrive(0, 10);
        address wrapped = l2.getTokenWrappedAddress(MAINNET, address(token));
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.TokenNotMapped.selector));
        bridge.migrateLegacyToken(address(own), 1, "");
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.TokenAlreadyUpdated.selector));
        bridge.migrateLegacyToken(wrapped, 1, "");
        vm.prank(MANAGER);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.TokenNotRemapped.selector));
        bridge.removeLegacySovereignTokenAddress(wrapped);

        this.remap(MAINNET, address(token), address(own), false);
        vm.expectEmit(address(l2));
        emit ISharedBridgeL2.MigrateLegacyToken(ALICE, wrapped, address(own), 3);
        vm.prank(ALICE);
        bridge.migrateLegacyToken(wrapped, 3, "");
        vm.assertEq(own.balanceOf(ALICE), 3);
        vm.assertEq(MockToken(wrapped).balanceOf(ALICE), 7);
        // A replaced token still leaves.
        vm.prank(ALICE);
        l2.bridgeAsset(MAINNET, BOB, 2, wrapped, false, "");

        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyBridgeManager.selector));
        bridge.removeLegacySovereignTokenAddress(wrapped);
        vm.prank(MANAGER);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.TokenNotRemapped.selector));
        bridge.removeLegacySovereignTokenAddress(address(gasToken));
        vm.expectEmit(address(l2));
        emit ISharedBridgeL2.RemoveLegacySovereignTokenAddress(wrapped);
        vm.prank(MANAGER);
        bridge.removeLegacySovereignTokenAddress(wrapped);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.TokenNotMapped.selector));
        bridge.migrateLegacyToken(wrapped, 1, "");
        (, address origin) = l2.wrappedTokenToTokenInfo(wrapped);
        vm.assertEq(origin, address(0));
    }

    /// @dev A token that the bridge holds is pulled, which its holder may permit in the same call.
    function test_migrate_takesAPermitForATokenThatIsHeld() external {
        address owner = vm.addr(7);
        MockToken next = new MockToken("Next USDC", "nUSDC", 6);
        own.mint(owner, 10);
        this.remap(MAINNET, address(token), address(own), true);
        this.remap(MAINNET, address(token), address(next), false);
        bytes memory permit = permitOf(own, 7, address(l2), 6);
        vm.prank(owner);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(l2), 0, 6)
        );
        bridge.migrateLegacyToken(address(own), 6, "");
        vm.prank(owner);
        bridge.migrateLegacyToken(address(own), 6, permit);
        vm.assertEq(own.balanceOf(address(l2)), 6);
        vm.assertEq(next.balanceOf(owner), 6);
    }

    function test_migrate_countsWhatArrivesOfAHeldTokenWithFees() external {
        MockFeeToken fee = new MockFeeToken();
        this.remap(MAINNET, address(token), address(fee), true);
        this.remap(MAINNET, address(token), address(own), false);
        fee.mint(ALICE, 1000);
        vm.startPrank(ALICE);
        fee.approve(address(l2), 1000);
        bridge.migrateLegacyToken(address(fee), 1000, "");
        vm.stopPrank();
        vm.assertEq(fee.balanceOf(address(l2)), 990);
        vm.assertEq(own.balanceOf(ALICE), 990);
    }

    function test_migrate_revertsWhenReentered() external {
        MockReentrantToken legacy = new MockReentrantToken();
        this.remap(MAINNET, address(token), address(legacy), true);
        this.remap(MAINNET, address(token), address(own), false);
        legacy.mint(ALICE, 10);
        legacy.set(address(l2), abi.encodeCall(bridge.migrateLegacyToken, (address(legacy), 0, "")));
        vm.startPrank(ALICE);
        legacy.approve(address(l2), 10);
        bridge.migrateLegacyToken(address(legacy), 10, "");
        vm.stopPrank();
        vm.assertFalse(legacy.succeeded());
        vm.assertEq(legacy.answer(), abi.encodePacked(IBridgeErrors.Reentered.selector));
        vm.assertEq(own.balanceOf(ALICE), 10);
    }

    function test_deployWrappedTokenAndRemap_replacesATokenSetByHand() external {
        vm.prank(MANAGER);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.TokenNotMapped.selector));
        bridge.deployWrappedTokenAndRemap(MAINNET, address(token), false);
        this.remap(MAINNET, address(token), address(own), false);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyBridgeManager.selector));
        bridge.deployWrappedTokenAndRemap(MAINNET, address(token), false);
        vm.expectEmit(address(l2));
        emit ISharedBridge.NewWrappedToken(
            0,
            address(token),
            l2.computeTokenProxyAddress(MAINNET, address(token)),
            abi.encode("Own USDC", "oUSDC", uint8(6))
        );
        vm.prank(MANAGER);
        bridge.deployWrappedTokenAndRemap(MAINNET, address(token), false);
        address wrapped = l2.getTokenWrappedAddress(MAINNET, address(token));
        vm.assertEq(wrapped, l2.computeTokenProxyAddress(MAINNET, address(token)));
        vm.assertEq(MockToken(wrapped).name(), "Own USDC");
        vm.prank(MANAGER);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.FailedProxyDeployment.selector));
        bridge.deployWrappedTokenAndRemap(MAINNET, address(token), false);
        _arrive(0, 10);
        vm.assertEq(MockToken(wrapped).balanceOf(ALICE), 10);
    }

    function test_deployWrappedTokenAndRemap_makesWeth() external {
        vm.prank(MANAGER);
        vm.expectRevert(
            abi.encodePacked(IBridgeErrorsL2.WETHRemappingNotSupportedOnGasTokenNetworks.selector)
        );
        bridge.deployWrappedTokenAndRemap(MAINNET, address(0), false);
        // The bridge makes one WETH: here it made it as it was initialized.
        vm.prank(MANAGER);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.FailedProxyDeployment.selector));
        asL2(gas).deployWrappedTokenAndRemap(MAINNET, address(0), false);

        l2 = new SharedBridge(address(this));
        bridge = asL2(l2);
        bridge.initialize(
            A,
            address(gasToken),
            MAINNET,
            address(rootsL2),
            address(0),
            "",
            MANAGER,
            address(own),
            true,
            PAUSER,
            UNPAUSER,
            address(0)
        );
        vm.prank(MANAGER);
        bridge.deployWrappedTokenAndRemap(MAINNET, address(0), false);
        MockToken weth = MockToken(l2.WETHToken());
        vm.assertTrue(address(weth) != address(own));
        vm.assertFalse(bridge.wrappedAddressIsNotMintable(address(weth)));
        vm.assertEq(weth.name(), "Own USDC");
        vm.assertEq(weth.symbol(), "oUSDC");
        vm.assertEq(weth.decimals(), 6);
        arrive(l2, etherExit(A, 5));
        vm.assertEq(weth.balanceOf(BOB), 5);
        vm.prank(BOB);
        l2.bridgeMessageWETH(MAINNET, ALICE, 2, false, "");
        vm.assertEq(weth.totalSupply(), 3);
    }

    function test_setSovereignWeth_replacesEthersToken() external {
        vm.prank(MANAGER);
        vm.expectRevert(
            abi.encodePacked(IBridgeErrorsL2.WETHRemappingNotSupportedOnGasTokenNetworks.selector)
        );
        bridge.setSovereignWETHAddress(address(own), false);
        bridge = asL2(gas);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyBridgeManager.selector));
        bridge.setSovereignWETHAddress(address(own), false);
        vm.startPrank(MANAGER);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidZeroAddress.selector));
        bridge.setSovereignWETHAddress(address(0), false);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.BridgeAddressNotAllowed.selector));
        bridge.setSovereignWETHAddress(address(gas), false);
        _remap(MAINNET, address(token), address(token), false);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.TokenAlreadyMapped.selector));
        bridge.setSovereignWETHAddress(address(token), false);
        vm.expectEmit(address(gas));
        emit ISharedBridgeL2.SetSovereignWETHAddress(address(own), false);
        bridge.setSovereignWETHAddress(address(own), false);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.TokenAlreadyMapped.selector));
        _remap(MAINNET, address(1), address(own), false);
        vm.stopPrank();
        arrive(gas, etherExit(G, 5));
        vm.assertEq(own.balanceOf(BOB), 5);
    }

    function test_setSovereignWeth_countsWhatArrivesOfAHeldTokenWithFees() external {
        MockFeeToken fee = new MockFeeToken();
        vm.prank(MANAGER);
        asL2(gas).setSovereignWETHAddress(address(fee), true);
        fee.mint(address(gas), 2000);
        arrive(gas, etherExit(G, 2000));
        fee.mint(ALICE, 2000);
        vm.startPrank(ALICE);
        fee.approve(address(gas), 2000);
        vm.expectEmit(address(gas));
        emit ISharedBridge.BridgeEvent(0, 0, address(0), 0, BOB, 990, "", 0);
        gas.bridgeAsset(MAINNET, BOB, 1000, address(fee), false, "");
        vm.expectEmit(address(gas));
        emit ISharedBridge.BridgeEvent(1, 3, ALICE, 0, BOB, 990, "hello", 1);
        gas.bridgeMessageWETH(MAINNET, BOB, 1000, false, "hello");
        vm.stopPrank();
        vm.assertEq(asL2(gas).localBalanceTree(keccak256(abi.encodePacked(MAINNET, address(0)))), 20);
    }

    /// @dev A token that lets itself be sent twice at once is counted once.
    function test_bridgeMessageWETH_revertsWhenReentered() external {
        MockReentrantToken weth = new MockReentrantToken();
        vm.prank(MANAGER);
        asL2(gas).setSovereignWETHAddress(address(weth), true);
        weth.mint(address(gas), 100);
        Exit memory exit = etherExit(G, 50);
        exit.destinationAddress = ALICE;
        arrive(gas, exit);
        weth.set(address(gas), abi.encodeCall(gas.bridgeMessageWETH, (A, BOB, 0, false, "")));
        vm.startPrank(ALICE);
        weth.approve(address(gas), 50);
        gas.bridgeMessageWETH(A, BOB, 50, false, "");
        vm.stopPrank();
        vm.assertFalse(weth.succeeded());
        vm.assertEq(weth.answer(), abi.encodePacked(IBridgeErrors.Reentered.selector));
        vm.assertEq(gas.depositCount(), 1);
    }

    function test_roles_passOnInTwoSteps() external {
        vm.assertEq(bridge.bridgeManager(), MANAGER);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyBridgeManager.selector));
        bridge.setBridgeManager(ALICE);
        vm.startPrank(MANAGER);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidZeroAddress.selector));
        bridge.setBridgeManager(address(0));
        bridge.setBridgeManager(ALICE);
        vm.stopPrank();
        vm.assertEq(bridge.bridgeManager(), ALICE);

        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyEmergencyBridgePauser.selector));
        bridge.transferEmergencyBridgePauserRole(ALICE);
        vm.prank(PAUSER);
        bridge.transferEmergencyBridgePauserRole(ALICE);
        vm.assertEq(bridge.pendingEmergencyBridgePauser(), ALICE);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyPendingEmergencyBridgePauser.selector));
        bridge.acceptEmergencyBridgePauserRole();
        vm.expectEmit(address(l2));
        emit ISharedBridgeL2.AcceptEmergencyBridgePauserRole(PAUSER, ALICE);
        vm.prank(ALICE);
        bridge.acceptEmergencyBridgePauserRole();
        vm.assertEq(bridge.emergencyBridgePauser(), ALICE);
        vm.assertEq(bridge.pendingEmergencyBridgePauser(), address(0));

        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyEmergencyBridgeUnpauser.selector));
        bridge.transferEmergencyBridgeUnpauserRole(BOB);
        vm.prank(UNPAUSER);
        bridge.transferEmergencyBridgeUnpauserRole(BOB);
        vm.assertEq(bridge.pendingEmergencyBridgeUnpauser(), BOB);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyPendingEmergencyBridgeUnpauser.selector));
        bridge.acceptEmergencyBridgeUnpauserRole();
        vm.expectEmit(address(l2));
        emit ISharedBridgeL2.AcceptEmergencyBridgeUnpauserRole(UNPAUSER, BOB);
        vm.prank(BOB);
        bridge.acceptEmergencyBridgeUnpauserRole();
        vm.assertEq(bridge.emergencyBridgeUnpauser(), BOB);
        vm.assertEq(bridge.pendingEmergencyBridgeUnpauser(), address(0));
    }

    // Claims.

    function _one(GlobalIndex index) private pure returns (GlobalIndex[] memory list) {
        list = new GlobalIndex[](1);
        list[0] = index;
    }

    function test_unsetMultipleClaims_letsAClaimBeMadeAgain() external {
        Exit memory exit = tokenExit(A, address(token), 10);
        Path memory path = publish(address(rootsL2), exit);
        GlobalIndex[] memory indexes = _one(globalIndexOf(exit));
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyGlobalExitRootRemover.selector));
        bridge.unsetMultipleClaims(indexes);
        vm.prank(REMOVER);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.ClaimNotSet.selector));
        bridge.unsetMultipleClaims(indexes);
        claimAsset(l2, exit, path);
        bytes32 chain = keccak256(abi.encode(0, indexes[0]));
        vm.expectEmit(address(l2));
        emit ISharedBridgeL2.UpdatedUnsetGlobalIndexHashChain(bytes32(GlobalIndex.unwrap(indexes[0])), chain);
        vm.prank(REMOVER);
        bridge.unsetMultipleClaims(indexes);
        vm.assertEq(bridge.unsetGlobalIndexHashChain(), chain);
        claimAsset(l2, exit, path);
    }

    /// @dev Exits of one word: each unset alone, and all of them in the hash chain, in one call or more.
    function test_unsetMultipleClaims_leavesOthersAndChains() external {
        GlobalIndex[] memory indexes = new GlobalIndex[](4);
        for (uint256 i = 0; i < indexes.length; ++i) {
            indexes[i] = GlobalIndex.wrap((1 << 32) | i);
        }
        vm.startPrank(REMOVER);
        bridge.setMultipleClaims(indexes);
        bridge.unsetMultipleClaims(_one(indexes[2]));
        bytes32 chain = keccak256(abi.encode(0, indexes[2]));
        GlobalIndex[] memory two = new GlobalIndex[](2);
        (two[0], two[1]) = (indexes[3], indexes[0]);
        bridge.unsetMultipleClaims(two);
        vm.stopPrank();
        chain = keccak256(abi.encode(keccak256(abi.encode(chain, indexes[3])), indexes[0]));
        vm.assertEq(bridge.unsetGlobalIndexHashChain(), chain);
        vm.assertEq(l2.claimedBitMap(2 << 24), 1 << 1);
    }

    function test_setMultipleClaims_endsAnExit() external {
        Exit memory exit = tokenExit(A, address(token), 10);
        Path memory path = publish(address(rootsL2), exit);
        GlobalIndex[] memory indexes = _one(globalIndexOf(exit));
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyGlobalExitRootRemover.selector));
        bridge.setMultipleClaims(indexes);
        vm.expectEmit(address(l2));
        emit ISharedBridgeL2.SetClaim(0, 2);
        vm.prank(REMOVER);
        bridge.setMultipleClaims(indexes);
        vm.prank(REMOVER);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.AlreadyClaimed.selector));
        bridge.setMultipleClaims(indexes);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.AlreadyClaimed.selector));
        claimAsset(l2, exit, path);
    }

    /// @dev Ethereum's bridge has none of these powers.
    function test_nobodyHasThesePowersOnEthereum() external {
        bytes32[32] memory words;
        bytes memory refusal = abi.encodePacked(IBridgeErrorsL2.OnlyGlobalExitRootRemover.selector);
        vm.startPrank(REMOVER);
        vm.expectRevert(refusal);
        asL2(l1).setMultipleClaims(new GlobalIndex[](0));
        vm.expectRevert(refusal);
        asL2(l1).unsetMultipleClaims(new GlobalIndex[](0));
        vm.expectRevert(refusal);
        asL2(l1).backwardLET(0, words, 0, words);
        vm.expectRevert(refusal);
        asL2(l1).forwardLET(new ISharedBridgeL2.LeafData[](0), 0);
        vm.expectRevert(refusal);
        asL2(l1).setLocalBalanceTree(new NetworkId[](0), new address[](0), new uint256[](0));
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyBridgeManager.selector));
        asL2(l1).setBridgeManager(REMOVER);
        vm.stopPrank();
    }

    // The exit tree.

    function _leaves(uint256 count) private returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            bytes memory data = abi.encode(i);
            l2.bridgeMessage(MAINNET, BOB, false, data);
            leaves[i] = keccak256(
                abi.encodePacked(
                    ExitLeaf.MESSAGE, A, address(this), MAINNET, BOB, uint256(0), keccak256(data)
                )
            );
        }
    }

    function _first(bytes32[] memory leaves, uint256 count) private pure returns (bytes32[] memory first) {
        first = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            first[i] = leaves[i];
        }
    }

    function _backward(bytes32[] memory leaves, uint256 count) private {
        bytes32[32] memory proof = PlainExitTree.proof(leaves, count);
        bytes32[32] memory frontier;
        for (uint256 height = 0; height < 32; ++height) {
            if ((count >> height) & 1 == 1) frontier[height] = proof[height];
        }
        vm.prank(REMOVER);
        bridge.backwardLET(count, frontier, leaves[count], proof);
    }

    function testFuzz_backwardLET_takesTheTreeBack(uint256 size, uint256 count) external {
        size = 1 + size % 12;
        count %= size;
        bytes32[] memory leaves = _leaves(size);
        vm.prank(PAUSER);
        l2.activateEmergencyState();
        vm.expectEmit(address(l2));
        emit ISharedBridgeL2.BackwardLET(
            size, PlainExitTree.root(leaves), count, PlainExitTree.root(_first(leaves, count))
        );
        _backward(leaves, count);
        vm.assertEq(l2.depositCount(), count);
        vm.assertEq(l2.getRoot(), PlainExitTree.root(_first(leaves, count)));
        vm.assertEq(rootsL2.lastRollupExitRoot(), l2.getRoot());
        vm.prank(UNPAUSER);
        l2.deactivateEmergencyState();
        l2.bridgeMessage(MAINNET, BOB, false, abi.encode(count));
        bytes32[] memory again = _first(leaves, count + 1);
        vm.assertEq(l2.getRoot(), PlainExitTree.root(again));
    }

    function test_backwardLET_refusesByName() external {
        bytes32[] memory leaves = _leaves(6);
        bytes32[32] memory proof = PlainExitTree.proof(leaves, 3);
        bytes32[32] memory frontier;
        (frontier[0], frontier[1]) = (proof[0], proof[1]);
        vm.startPrank(REMOVER);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.OnlyEmergencyState.selector));
        bridge.backwardLET(3, frontier, leaves[3], proof);
        vm.stopPrank();
        vm.prank(PAUSER);
        l2.activateEmergencyState();
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyGlobalExitRootRemover.selector));
        bridge.backwardLET(3, frontier, leaves[3], proof);
        vm.startPrank(REMOVER);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.InvalidDepositCount.selector));
        bridge.backwardLET(6, frontier, leaves[3], proof);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.NewDepositCountExceedsMax.selector));
        bridge.backwardLET(1 << 32, frontier, leaves[3], proof);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidSmtProof.selector));
        bridge.backwardLET(3, frontier, leaves[4], proof);
        frontier[2] = bytes32(uint256(1));
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.NonZeroValueForUnusedFrontier.selector));
        bridge.backwardLET(3, frontier, leaves[3], proof);
        (frontier[2], frontier[1]) = (0, bytes32(uint256(1)));
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.SubtreeFrontierMismatch.selector));
        bridge.backwardLET(3, frontier, leaves[3], proof);
        vm.stopPrank();
    }

    function test_forwardLET_appendsExits() external {
        bytes32[] memory leaves = _leaves(5);
        vm.prank(PAUSER);
        l2.activateEmergencyState();
        _backward(leaves, 3);
        ISharedBridgeL2.LeafData[] memory data = new ISharedBridgeL2.LeafData[](2);
        for (uint256 i = 0; i < 2; ++i) {
            data[i] = ISharedBridgeL2.LeafData(
                ExitLeaf.MESSAGE, A, address(this), MAINNET, BOB, 0, abi.encode(3 + i)
            );
        }
        bytes32 root = PlainExitTree.root(leaves);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyGlobalExitRootRemover.selector));
        bridge.forwardLET(data, root);
        vm.startPrank(REMOVER);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.InvalidLeavesLength.selector));
        bridge.forwardLET(new ISharedBridgeL2.LeafData[](0), root);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.InvalidExpectedLER.selector));
        bridge.forwardLET(data, PlainExitTree.root(_first(leaves, 4)));
        data[1].leafType = 2;
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidLeafType.selector));
        bridge.forwardLET(data, root);
        (data[1].leafType, data[1].destinationNetwork) = (ExitLeaf.MESSAGE, A);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.DestinationNetworkInvalid.selector));
        bridge.forwardLET(data, root);
        data[1].destinationNetwork = MAINNET;
        vm.expectEmit(address(l2));
        emit ISharedBridgeL2.ForwardLET(3, PlainExitTree.root(_first(leaves, 3)), 5, root, abi.encode(data));
        bridge.forwardLET(data, root);
        vm.stopPrank();
        vm.assertEq(l2.getRoot(), root);
        vm.assertEq(rootsL2.lastRollupExitRoot(), root);
        vm.prank(UNPAUSER);
        l2.deactivateEmergencyState();
        vm.prank(REMOVER);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.OnlyEmergencyState.selector));
        bridge.forwardLET(data, root);
    }

    /// @dev Settlement takes neither messages of others nor tokens without an address, but ether.
    function test_forwardLET_refusesWhatCouldNotSettle() external {
        vm.prank(PAUSER);
        l2.activateEmergencyState();
        ISharedBridgeL2.LeafData[] memory data = new ISharedBridgeL2.LeafData[](1);
        data[0] = ISharedBridgeL2.LeafData(ExitLeaf.MESSAGE, B, ALICE, MAINNET, BOB, 0, "");
        vm.startPrank(REMOVER);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OriginNetworkInvalid.selector));
        bridge.forwardLET(data, 0);
        (data[0].originNetwork, data[0].originAddress) = (A, address(0));
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidZeroAddress.selector));
        bridge.forwardLET(data, 0);
        data[0].leafType = ExitLeaf.ASSET;
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidZeroAddress.selector));
        bridge.forwardLET(data, 0);
        data[0].originNetwork = MAINNET;
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.InvalidExpectedLER.selector));
        bridge.forwardLET(data, 0);
        vm.stopPrank();
    }

    function test_setLocalBalanceTree_setsBalances() external {
        NetworkId[] memory networks = new NetworkId[](1);
        address[] memory tokens = new address[](1);
        uint256[] memory amounts = new uint256[](1);
        (networks[0], tokens[0], amounts[0]) = (B, address(token), 77);
        vm.prank(REMOVER);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.OnlyEmergencyState.selector));
        bridge.setLocalBalanceTree(networks, tokens, amounts);
        vm.prank(PAUSER);
        l2.activateEmergencyState();
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.OnlyGlobalExitRootRemover.selector));
        bridge.setLocalBalanceTree(networks, tokens, amounts);
        vm.startPrank(REMOVER);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.InputArraysLengthMismatch.selector));
        bridge.setLocalBalanceTree(networks, new address[](0), amounts);
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.InputArraysLengthMismatch.selector));
        bridge.setLocalBalanceTree(networks, tokens, new uint256[](2));
        vm.expectEmit(address(l2));
        emit ISharedBridgeL2.SetLocalBalanceTree(2, address(token), 77);
        bridge.setLocalBalanceTree(networks, tokens, amounts);
        vm.assertEq(bridge.localBalanceTree(keccak256(abi.encodePacked(B, address(token)))), 77);
        networks[0] = A;
        vm.expectRevert(abi.encodePacked(IBridgeErrorsL2.InvalidLBTLeaf.selector));
        bridge.setLocalBalanceTree(networks, tokens, amounts);
        vm.stopPrank();
    }

    function test_balances_leaveOutTheNetworksOwnTokens() external {
        own.mint(ALICE, 10);
        vm.startPrank(ALICE);
        own.approve(address(l2), 10);
        l2.bridgeAsset(MAINNET, BOB, 10, address(own), false, "");
        vm.stopPrank();
        Exit memory exit = tokenExit(A, address(own), 10);
        exit.originNetwork = A;
        arrive(l2, exit);
        vm.assertEq(own.balanceOf(BOB), 10);
        vm.assertEq(bridge.localBalanceTree(keccak256(abi.encodePacked(A, address(own)))), 0);
    }
}
