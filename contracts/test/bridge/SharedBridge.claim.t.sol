// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IBridgeErrors, IBridgeErrorsL2} from "../../src/interfaces/IBridgeErrors.sol";
import {ISharedBridge} from "../../src/interfaces/ISharedBridge.sol";
import {ISharedBridgeL2} from "../../src/interfaces/ISharedBridgeL2.sol";
import {IWrappedToken} from "../../src/interfaces/IWrappedToken.sol";
import {ExitLeaf} from "../../src/libraries/ExitLeaf.sol";
import {GlobalIndex, InvalidGlobalIndex} from "../../src/types/GlobalIndex.sol";
import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {PlainExitTree} from "../PlainExitTree.sol";
import {vm} from "../Vm.sol";
import {MockForwarder, MockReceiver, MockRefuser} from "../mocks/MockReceivers.sol";
import {MockOddToken, MockReentrantToken, MockToken} from "../mocks/MockTokens.sol";
import {BridgeBase} from "./BridgeBase.sol";

contract SharedBridgeClaimTest is BridgeBase {
    function _fund() private {
        vm.deal(address(l1), 100 ether);
        token.mint(address(l1), 100e6);
    }

    function test_claimAsset_paysEther() external {
        _fund();
        Exit memory exit = etherExit(MAINNET, 2 ether);
        exit.leafIndex = 5;
        Path memory path = publish(address(roots), exit);
        vm.assertFalse(l1.isClaimed(5, B));
        vm.expectEmit(address(l1));
        emit ISharedBridge.ClaimEvent(GlobalIndex.unwrap(globalIndexOf(exit)), 0, address(0), BOB, 2 ether);
        claimAsset(l1, exit, path);
        vm.assertEq(BOB.balance, 2 ether);
        vm.assertTrue(l1.isClaimed(5, B));
        vm.assertFalse(l1.isClaimed(4, B));
        vm.assertEq(l1.claimedBitMap(2 << 24), 1 << 5);
    }

    function test_claimAsset_paysLockedTokens() external {
        _fund();
        arrive(l1, tokenExit(MAINNET, address(token), 30e6));
        vm.assertEq(token.balanceOf(BOB), 30e6);
        vm.assertEq(token.balanceOf(address(l1)), 70e6);
    }

    /// @dev A token that fails is `SafeERC20FailedOperation`, unless it says itself what is wrong; one that reverts without a word
    /// leaves it at that.
    function test_claimAsset_revertsAsTheTokenDoes() external {
        MockOddToken odd = new MockOddToken();
        Exit memory exit = tokenExit(MAINNET, address(odd), 1);
        Path memory path = publish(address(roots), exit);
        bytes memory failed =
            abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(odd));
        odd.set(abi.encode(false), false);
        vm.expectRevert(failed);
        claimAsset(l1, exit, path);
        odd.set("its own words", true);
        vm.expectRevert("its own words");
        claimAsset(l1, exit, path);
        odd.set("", true);
        (bool success, bytes memory returned) =
            address(this).call(abi.encodeCall(this.claimOnEthereum, (exit, path)));
        vm.assertFalse(success);
        vm.assertEq(returned, "");
        vm.etch(address(odd), "");
        vm.expectRevert(failed);
        claimAsset(l1, exit, path);
    }

    function claimOnEthereum(Exit calldata exit, Path calldata path) external {
        claimAsset(l1, exit, path);
    }

    function test_claimAsset_mintsWrappedTokens() external {
        Exit memory exit = tokenExit(A, address(token), 30e6);
        exit.source = MAINNET;
        exit.leafIndex = 3;
        address wrapped = l2.computeTokenProxyAddress(MAINNET, address(token));
        vm.assertEq(l2.getTokenWrappedAddress(MAINNET, address(token)), address(0));
        Path memory path = publish(address(rootsL2), exit);
        vm.expectEmit(address(l2));
        emit ISharedBridge.NewWrappedToken(0, address(token), wrapped, exit.metadata);
        claimAsset(l2, exit, path);

        MockToken minted = MockToken(wrapped);
        vm.assertEq(minted.balanceOf(BOB), 30e6);
        vm.assertEq(minted.name(), "USD Coin");
        vm.assertEq(minted.symbol(), "USDC");
        vm.assertEq(minted.decimals(), 6);
        vm.assertEq(l2.getTokenWrappedAddress(MAINNET, address(token)), wrapped);
        vm.assertEq(l2.tokenInfoToWrappedToken(keccak256(abi.encodePacked(MAINNET, address(token)))), wrapped);
        (NetworkId network, address origin) = l2.wrappedTokenToTokenInfo(wrapped);
        vm.assertEq(NetworkId.unwrap(network), 0);
        vm.assertEq(origin, address(token));
        vm.assertEq(IWrappedToken(wrapped).originTokenAddress(), address(token));

        exit.leafIndex = 4;
        arrive(l2, exit);
        vm.assertEq(minted.totalSupply(), 60e6);
    }

    /// @dev One word of the key differs, and so does the token.
    function test_claimAsset_keepsTokensOfOneAddressOnTwoNetworksApart() external {
        Exit memory exit = tokenExit(A, address(token), 1);
        arrive(l2, exit);
        exit.originNetwork = B;
        exit.leafIndex = 1;
        arrive(l2, exit);
        MockToken first = MockToken(l2.getTokenWrappedAddress(MAINNET, address(token)));
        MockToken second = MockToken(l2.getTokenWrappedAddress(B, address(token)));
        vm.assertTrue(address(first) != address(second));
        vm.assertEq(first.totalSupply(), 1);
        vm.assertEq(second.totalSupply(), 1);
    }

    function test_computeTokenProxyAddress_dependsOnBridgeAndOriginAlone() external view {
        bytes32 salt = keccak256(abi.encodePacked(MAINNET, address(token)));
        bytes32 creation = keccak256(vm.getCode("WrappedTokenCode.sol:WrappedTokenCreation"));
        bytes32 hash = keccak256(abi.encodePacked(hex"ff", address(l2), salt, creation));
        vm.assertEq(l2.computeTokenProxyAddress(MAINNET, address(token)), address(uint160(uint256(hash))));
    }

    function test_claimAsset_mintsWethOnAGasTokenNetwork() external {
        arrive(gas, etherExit(G, 3 ether));
        vm.assertEq(MockToken(gas.WETHToken()).balanceOf(BOB), 3 ether);
        vm.assertEq(BOB.balance, 0);
    }

    function test_claimAsset_raisesBalancesAndChainsOnAnL2() external {
        Exit memory exit = tokenExit(A, address(token), 30);
        bytes32 key = keccak256(abi.encodePacked(MAINNET, address(token)));
        Path memory path = publish(address(rootsL2), exit);
        bytes32 index = bytes32(GlobalIndex.unwrap(globalIndexOf(exit)));
        bytes32 chain = keccak256(abi.encode(bytes32(0), keccak256(abi.encode(index, leafOf(exit)))));
        vm.expectEmit(address(l2));
        emit ISharedBridgeL2.UpdatedClaimedGlobalIndexHashChain(index, chain);
        claimAsset(l2, exit, path);
        vm.assertEq(asL2(l2).claimedGlobalIndexHashChain(), chain);
        vm.assertEq(asL2(l2).localBalanceTree(key), 30);

        Exit memory second = message(A, address(new MockReceiver()), 5);
        second.leafIndex = 1;
        arrive(l2, second);
        chain = keccak256(abi.encode(chain, keccak256(abi.encode(globalIndexOf(second), leafOf(second)))));
        vm.assertEq(asL2(l2).claimedGlobalIndexHashChain(), chain);
        vm.assertEq(asL2(l2).localBalanceTree(keccak256(abi.encodePacked(MAINNET, address(0)))), 5);
    }

    function test_claimAsset_tellsAllOfItOnAnL2() external {
        Exit memory exit = tokenExit(A, address(token), 30);
        exit.metadata = "thirty-three bytes of metadata...";
        Path memory path = publish(address(rootsL2), exit);
        vm.expectEmit(address(l2));
        _emitDetails(exit, path);
        claimAsset(l2, exit, path);
        exit.leafIndex = 2;
        path = publish(address(rootsL2), exit);
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](1);
        claims[0] = shortClaim(exit, path);
        vm.expectEmit(address(l2));
        _emitDetails(exit, path);
        l2.claimMany(path.mainnetExitRoot, path.rollupExitRoot, claims);
    }

    function _emitDetails(Exit memory exit, Path memory path) private {
        emit ISharedBridgeL2.DetailedClaimEvent(
            path.local,
            path.rollup,
            GlobalIndex.unwrap(globalIndexOf(exit)),
            path.mainnetExitRoot,
            path.rollupExitRoot,
            NetworkId.unwrap(exit.originNetwork),
            exit.originAddress,
            NetworkId.unwrap(exit.destinationNetwork),
            exit.destinationAddress,
            exit.amount,
            exit.metadata
        );
    }

    function test_claimAsset_revertsWhenABalanceOverflows() external {
        arrive(l2, tokenExit(A, address(token), type(uint256).max));
        Exit memory exit = tokenExit(A, address(token), 1);
        exit.leafIndex = 1;
        Path memory path = publish(address(rootsL2), exit);
        vm.expectRevert(
            abi.encodeWithSelector(
                IBridgeErrorsL2.LocalBalanceTreeOverflow.selector, 0, address(token), 1, type(uint256).max
            )
        );
        claimAsset(l2, exit, path);
    }

    /// @dev Whatever the metadata is, the claim goes through and the token has some name.
    function test_claimAsset_takesMetadataOfEveryOddKind() external {
        bytes[6] memory odd = [
            bytes(""),
            hex"ff",
            abi.encode("name"),
            abi.encode(uint256(96), uint256(96), uint256(256), uint256(0)),
            abi.encode(type(uint256).max, uint256(96), uint256(8), uint256(0)),
            abi.encode(uint256(96), uint256(96), uint256(8), type(uint256).max)
        ];
        for (uint32 i = 0; i < odd.length; ++i) {
            address origin = address(uint160(i + 1));
            Exit memory exit = tokenExit(A, origin, 1);
            (exit.metadata, exit.leafIndex) = (odd[i], i);
            arrive(l2, exit);
            MockToken minted = MockToken(l2.getTokenWrappedAddress(MAINNET, origin));
            vm.assertEq(minted.name(), "NO_NAME");
            vm.assertEq(minted.symbol(), "NO_SYMBOL");
            vm.assertEq(minted.decimals(), 18);
            vm.assertEq(minted.balanceOf(BOB), 1);
        }
    }

    /// @dev Where an account has a nonce nothing can be created, whatever its code.
    function test_claimAsset_revertsWhenTheWrappedTokenCannotBeCreated() external {
        Exit memory exit = tokenExit(A, address(token), 1);
        Path memory path = publish(address(rootsL2), exit);
        vm.setNonce(l2.computeTokenProxyAddress(MAINNET, address(token)), 1);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.FailedProxyDeployment.selector));
        claimAsset(l2, exit, path);
    }

    function test_claimAsset_takesLongNamesAndCutsEndlessOnes() external {
        bytes memory endless = new bytes(1000);
        for (uint256 i = 0; i < endless.length; ++i) {
            endless[i] = "x";
        }
        Exit memory exit = tokenExit(A, address(1), 1);
        exit.metadata = abi.encode("A name of more than twenty-nine bytes", string(endless), uint8(3));
        arrive(l2, exit);
        MockToken minted = MockToken(l2.getTokenWrappedAddress(MAINNET, address(1)));
        vm.assertEq(minted.name(), "A name of more than twenty-nine bytes");
        vm.assertEq(bytes(minted.symbol()).length, 256);
        vm.assertEq(minted.decimals(), 3);
    }

    /// @dev The native token is told by its network and its address.
    function test_claimAsset_tellsTheNativeTokenFromItsNamesakes() external {
        Exit memory exit = tokenExit(G, address(gasToken), 5);
        exit.originNetwork = B;
        arrive(gas, exit);
        vm.assertEq(BOB.balance, 0);
        vm.assertEq(MockToken(gas.getTokenWrappedAddress(B, address(gasToken))).balanceOf(BOB), 5);
    }

    function test_claimMessage_deliversWithValue() external {
        _fund();
        MockReceiver receiver = new MockReceiver();
        arrive(l1, message(MAINNET, address(receiver), 2 ether));
        vm.assertEq(receiver.originAddress(), ALICE);
        vm.assertEq(receiver.originNetwork(), 2);
        vm.assertEq(receiver.data(), "hello");
        vm.assertEq(receiver.value(), 2 ether);
    }

    function test_claimMessage_reachesAccountsWithoutCode() external {
        _fund();
        arrive(l1, message(MAINNET, BOB, 1 ether));
        vm.assertEq(BOB.balance, 1 ether);
    }

    function test_claimMessage_mintsWethOnAGasTokenNetwork() external {
        MockReceiver receiver = new MockReceiver();
        arrive(gas, message(G, address(receiver), 2 ether));
        vm.assertEq(receiver.value(), 0);
        vm.assertEq(receiver.data(), "hello");
        vm.assertEq(MockToken(gas.WETHToken()).balanceOf(address(receiver)), 2 ether);
    }

    function test_claimMessage_letsTheReceiverBridgeOn() external {
        _fund();
        arrive(l1, message(MAINNET, address(new MockForwarder()), 2 ether));
        vm.assertEq(l1.depositCount(), 1);
        vm.assertEq(address(l1).balance, 100 ether);
    }

    function test_claim_revertsWhenTheReceiverRefusesAndCanBeRetried() external {
        _fund();
        Exit memory exit = etherExit(MAINNET, 1 ether);
        exit.destinationAddress = address(0xdead);
        Path memory path = publish(address(roots), exit);
        vm.etch(exit.destinationAddress, address(new MockRefuser()).code);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.EtherTransferFailed.selector));
        claimAsset(l1, exit, path);
        vm.etch(exit.destinationAddress, "");
        claimAsset(l1, exit, path);

        Exit memory second = message(MAINNET, address(0xbeef), 0);
        second.leafIndex = 1;
        path = publish(address(roots), second);
        vm.etch(address(0xbeef), address(new MockRefuser()).code);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.MessageFailed.selector));
        claimMessage(l1, second, path);
        vm.etch(address(0xbeef), "");
        claimMessage(l1, second, path);
    }

    // What a claim is refused for.

    function test_claim_revertsWhenClaimed() external {
        _fund();
        Exit memory exit = etherExit(MAINNET, 1 ether);
        Path memory path = publish(address(roots), exit);
        claimAsset(l1, exit, path);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.AlreadyClaimed.selector));
        claimAsset(l1, exit, path);
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](1);
        claims[0] = shortClaim(exit, path);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.AlreadyClaimed.selector));
        l1.claimMany(path.mainnetExitRoot, path.rollupExitRoot, claims);
        vm.assertEq(BOB.balance, 1 ether);
    }

    function test_claim_revertsForAnotherDestination() external {
        Exit memory exit = etherExit(A, 1);
        Path memory path = publish(address(roots), exit);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.DestinationNetworkInvalid.selector));
        claimAsset(l1, exit, path);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.DestinationNetworkInvalid.selector));
        claimMessage(l1, exit, path);
    }

    function test_claim_revertsUnderAnUnknownGlobalExitRoot() external {
        Exit memory exit = etherExit(MAINNET, 1);
        Path memory path = publish(address(roots), exit);
        (path.mainnetExitRoot, path.rollupExitRoot) = (path.rollupExitRoot, path.mainnetExitRoot);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.GlobalExitRootInvalid.selector));
        claimAsset(l1, exit, path);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.GlobalExitRootInvalid.selector));
        l1.claimMany(path.mainnetExitRoot, path.rollupExitRoot, new ISharedBridge.Claim[](0));
    }

    function test_claim_revertsForAnIndexOfNoExit() external {
        Exit memory exit = etherExit(MAINNET, 1);
        Path memory path = publish(address(roots), exit);
        GlobalIndex index = GlobalIndex.wrap((1 << 65) | GlobalIndex.unwrap(globalIndexOf(exit)));
        vm.expectRevert(abi.encodePacked(InvalidGlobalIndex.selector));
        l1.claimAsset(
            path.local,
            path.rollup,
            index,
            path.mainnetExitRoot,
            path.rollupExitRoot,
            exit.originNetwork,
            exit.originAddress,
            exit.destinationNetwork,
            exit.destinationAddress,
            exit.amount,
            exit.metadata
        );
    }

    /// @dev Every field of the exit, and every way to stand elsewhere.
    function test_claim_revertsForAnythingElseThanTheExit() external {
        _fund();
        Exit memory exit = tokenExit(MAINNET, address(token), 7);
        exit.leafIndex = 2;
        Path memory path = publish(address(roots), exit);
        bytes memory original = abi.encode(exit);
        for (uint256 change = 0; change < 8; ++change) {
            Exit memory other = abi.decode(original, (Exit));
            if (change == 0) other.leafType = ExitLeaf.MESSAGE;
            if (change == 1) other.originNetwork = B;
            if (change == 2) other.originAddress = address(1);
            if (change == 3) other.destinationAddress = ALICE;
            if (change == 4) other.amount = 8;
            if (change == 5) other.metadata = "";
            if (change == 6) other.leafIndex = 3;
            if (change == 7) other.source = A;
            _assertRefused(other, path);
        }
        path.local[31] = bytes32(uint256(1));
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidSmtProof.selector));
        claimAsset(l1, exit, path);
        path = publish(address(roots), exit);
        path.rollup[0] = bytes32(uint256(1));
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidSmtProof.selector));
        claimAsset(l1, exit, path);
        path = publish(address(roots), exit);
        claimAsset(l1, exit, path);
    }

    function test_claim_revertsForAnythingElseThanMainnetsExit() external {
        Exit memory exit = tokenExit(A, address(token), 7);
        exit.source = MAINNET;
        exit.leafIndex = 2;
        Path memory path = publish(address(rootsL2), exit);
        bytes memory refusal = abi.encodePacked(IBridgeErrors.InvalidSmtProof.selector);
        exit.amount = 8;
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](1);
        claims[0] = shortClaim(exit, path);
        vm.expectRevert(refusal);
        claimAsset(l2, exit, path);
        vm.expectRevert(refusal);
        l2.claimMany(path.mainnetExitRoot, path.rollupExitRoot, claims);
        exit.amount = 7;
        path.local[31] = bytes32(uint256(1));
        vm.expectRevert(refusal);
        claimAsset(l2, exit, path);
        path.local[31] = PlainExitTree.empty(31);
        claimAsset(l2, exit, path);
    }

    /// @dev A token that bridges while it is paid out.
    function _reentrant() private returns (MockReentrantToken evil, Exit memory exit, Path memory path) {
        evil = new MockReentrantToken();
        evil.mint(address(l1), 100);
        evil.set(address(l1), abi.encodeCall(l1.bridgeAsset, (A, BOB, 0, address(0), false, "")));
        exit = tokenExit(MAINNET, address(evil), 100);
        path = publish(address(roots), exit);
    }

    function _assertReentered(MockReentrantToken evil) private view {
        vm.assertEq(evil.balanceOf(BOB), 100);
        vm.assertFalse(evil.succeeded());
        vm.assertEq(evil.answer(), abi.encodePacked(IBridgeErrors.Reentered.selector));
        vm.assertEq(l1.depositCount(), 0);
    }

    function test_claimAsset_revertsWhenReentered() external {
        (MockReentrantToken evil, Exit memory exit, Path memory path) = _reentrant();
        claimAsset(l1, exit, path);
        _assertReentered(evil);
    }

    function test_claimMany_revertsWhenAPaymentIsReentered() external {
        (MockReentrantToken evil, Exit memory exit, Path memory path) = _reentrant();
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](1);
        claims[0] = shortClaim(exit, path);
        l1.claimMany(path.mainnetExitRoot, path.rollupExitRoot, claims);
        _assertReentered(evil);
    }

    function _assertRefused(Exit memory other, Path memory path) private {
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](1);
        claims[0] = shortClaim(other, path);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidSmtProof.selector));
        l1.claimMany(path.mainnetExitRoot, path.rollupExitRoot, claims);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidSmtProof.selector));
        if (other.leafType == ExitLeaf.ASSET) claimAsset(l1, other, path);
        else claimMessage(l1, other, path);
    }

    function test_claimMany_claimsAssetsAndMessages() external {
        _fund();
        MockReceiver receiver = new MockReceiver();
        Exit memory exit = etherExit(MAINNET, 1 ether);
        Exit memory second = message(MAINNET, address(receiver), 2 ether);
        second.leafIndex = 1;
        bytes32[] memory leaves = new bytes32[](2);
        (leaves[0], leaves[1]) = (leafOf(exit), leafOf(second));
        Path memory path = pathOf(leaves, B, 0);
        insert(address(roots), path);
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](2);
        claims[0] = shortClaim(exit, path);
        claims[1] = shortClaim(second, pathOf(leaves, B, 1));
        l1.claimMany(path.mainnetExitRoot, path.rollupExitRoot, claims);
        vm.assertEq(BOB.balance, 1 ether);
        vm.assertEq(receiver.value(), 2 ether);
        vm.assertTrue(l1.isClaimed(0, B) && l1.isClaimed(1, B));
    }

    /// @dev The guard of one payment does not stand in the way of the next.
    function test_claimMany_paysSeveralAssetsAtOnce() external {
        _fund();
        Exit memory exit = etherExit(MAINNET, 1 ether);
        Exit memory second = tokenExit(MAINNET, address(token), 5);
        second.leafIndex = 1;
        bytes32[] memory leaves = new bytes32[](2);
        (leaves[0], leaves[1]) = (leafOf(exit), leafOf(second));
        Path memory path = pathOf(leaves, B, 0);
        insert(address(roots), path);
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](2);
        claims[0] = shortClaim(exit, path);
        claims[1] = shortClaim(second, pathOf(leaves, B, 1));
        l1.claimMany(path.mainnetExitRoot, path.rollupExitRoot, claims);
        vm.assertEq(BOB.balance, 1 ether);
        vm.assertEq(token.balanceOf(BOB), 5);
    }

    function test_claimMany_refusesOtherTypes() external {
        Exit memory exit = etherExit(MAINNET, 1);
        exit.leafType = 2;
        Path memory path = publish(address(roots), exit);
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](1);
        claims[0] = shortClaim(exit, path);
        vm.expectRevert(abi.encodePacked(IBridgeErrors.InvalidLeafType.selector));
        l1.claimMany(path.mainnetExitRoot, path.rollupExitRoot, claims);
    }

    /// @dev Each exit has a bit of its own, on Ethereum for all networks from 1 and on an L2 for all.
    function testFuzz_isClaimed_isOneBitForEachExit(uint32 leaf, uint32 other, uint32 source, uint32 another)
        external
    {
        NetworkId first = NetworkId.wrap(source == 0 ? 1 : source);
        NetworkId second = NetworkId.wrap(another == 0 ? 1 : another);
        vm.assume(leaf != other || first != second);
        GlobalIndex[] memory indexes = new GlobalIndex[](1);
        indexes[0] = GlobalIndex.wrap((uint256(NetworkId.unwrap(first) - 1) << 32) | leaf);
        vm.prank(REMOVER);
        asL2(l2).setMultipleClaims(indexes);
        vm.assertTrue(l2.isClaimed(leaf, first));
        vm.assertFalse(l2.isClaimed(other, second));
        uint256 position = (uint256(NetworkId.unwrap(first)) << 32) | leaf;
        vm.assertEq(l2.claimedBitMap(position >> 8), 2 ** (position & 0xff));
    }

    /// @dev On Ethereum, network 1 has the words that Ethereum's own exits would have.
    function test_isClaimed_readsNetworkOneOnEthereumAsLxLyDoes() external {
        _fund();
        Exit memory exit = etherExit(MAINNET, 1);
        (exit.source, exit.leafIndex) = (A, 3);
        arrive(l1, exit);
        vm.assertTrue(l1.isClaimed(3, A));
        vm.assertTrue(l1.isClaimed(3, MAINNET));
        vm.assertFalse(l1.isClaimed(3, B));
        vm.assertEq(l1.claimedBitMap(0), 1 << 3);
        exit.source = A;
        exit.destinationNetwork = G;
        arrive(gas, exit);
        vm.assertTrue(gas.isClaimed(3, A));
        vm.assertFalse(gas.isClaimed(3, MAINNET));
    }
}
