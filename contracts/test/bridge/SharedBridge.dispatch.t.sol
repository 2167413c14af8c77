// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SharedBridge} from "../../src/bridge/SharedBridge.sol";
import {IBridgeErrors, IBridgeErrorsL2} from "../../src/interfaces/IBridgeErrors.sol";
import {
    IGlobalExitRoot,
    IGlobalExitRootBase,
    IGlobalExitRootL2
} from "../../src/interfaces/IGlobalExitRoot.sol";
import {ExitTree} from "../../src/libraries/ExitTree.sol";
import {GlobalIndex} from "../../src/types/GlobalIndex.sol";
import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {PlainExitTree} from "../PlainExitTree.sol";
import {vm} from "../Vm.sol";
import {BridgeBase} from "./BridgeBase.sol";

/// @notice The events of LxLy v12.1.4 that index a field: a topic does not tell which.
interface ILxLyIndexedEvents {
    event DetailedClaimEvent(
        bytes32[32] smtProofLocalExitRoot,
        bytes32[32] smtProofRollupExitRoot,
        uint256 indexed globalIndex,
        bytes32 mainnetExitRoot,
        bytes32 rollupExitRoot,
        uint32 originNetwork,
        address originTokenAddress,
        uint32 destinationNetwork,
        address indexed destinationAddress,
        uint256 amount,
        bytes metadata
    );
    event SetLocalBalanceTree(
        uint32 indexed originNetwork, address indexed originTokenAddress, uint256 newAmount
    );
    event UpdateL1InfoTree(bytes32 indexed mainnetExitRoot, bytes32 indexed rollupExitRoot);
    event UpdateL1InfoTreeV2(
        bytes32 currentL1InfoRoot, uint32 indexed leafCount, uint256 blockhash, uint64 minTimestamp
    );
    event UpdateHashChainValue(bytes32 indexed newGlobalExitRoot, bytes32 indexed newHashChainValue);
    event UpdateRemovalHashChainValue(
        bytes32 indexed removedGlobalExitRoot, bytes32 indexed newRemovalHashChainValue
    );
}

/// @notice Every function of LxLy's bridges and exit root contracts, called by its selector at a deployed contract: views answer in
/// LxLy's types, and the rest, given words of zero, does its work or refuses by name. What is not there refuses without a word.
contract SharedBridgeDispatchTest is BridgeBase {
    bytes32 private constant EMPTY_ROOT = ExitTree.EMPTY_ROOT;

    function _answers(address target, bytes memory data, bytes memory answer) private view {
        (bool success, bytes memory returned) = target.staticcall(data);
        vm.assertTrue(success);
        vm.assertEq(returned, answer);
    }

    function _does(address target, bytes4 selector, uint256 words) private {
        (bool success, bytes memory returned) = target.call(bytes.concat(selector, new bytes(32 * words)));
        vm.assertTrue(success);
        vm.assertEq(returned, "");
    }

    function _refuses(address target, bytes4 selector, uint256 words, bytes4 refusal) private {
        (bool success, bytes memory returned) = target.call(bytes.concat(selector, new bytes(32 * words)));
        vm.assertFalse(success);
        vm.assertEq(returned, abi.encodePacked(refusal));
    }

    function _assertViews(SharedBridge bridge, address manager, address rollupManager, uint32 network)
        private
        view
    {
        address at = address(bridge);
        address origin = address(token);
        _answers(at, hex"65d6f654", abi.encode("causeway-v1.0.0"));
        _answers(at, hex"54fd4d50", abi.encode("causeway-v1.0.0"));
        _answers(at, hex"4b2f336d", abi.encode(address(0)));
        _answers(at, hex"6f0bc3da", abi.encode(bridge.bridgeLib()));
        _answers(at, hex"2dfdf0b5", abi.encode(uint256(0)));
        _answers(at, hex"3c351e10", abi.encode(address(0)));
        _answers(at, hex"27aef4e8", abi.encode(bytes("")));
        _answers(at, hex"3cbc795b", abi.encode(uint32(0)));
        _answers(at, hex"5ca1e165", abi.encode(EMPTY_ROOT));
        _answers(at, hex"3b2fee9a", abi.encode(bridge.getWrappedTokenBridgeImplementation()));
        _answers(at, hex"d02103ca", abi.encode(manager));
        _answers(at, hex"15064c96", abi.encode(false));
        _answers(at, hex"be5831c7", abi.encode(uint32(0)));
        _answers(at, hex"bab161bf", abi.encode(network));
        _answers(at, hex"8ed7e3f2", abi.encode(rollupManager));
        _answers(at, bytes.concat(hex"ee25560b", abi.encode(uint256(7))), abi.encode(uint256(0)));
        _answers(at, bytes.concat(hex"cc461632", abi.encode(uint32(1), uint32(2))), abi.encode(false));
        bytes memory metadata = abi.encode("USD Coin", "USDC", uint8(6));
        _answers(at, bytes.concat(hex"c00f14ab", abi.encode(origin)), abi.encode(metadata));
        _answers(at, bytes.concat(hex"22e95f2c", abi.encode(uint32(5), origin)), abi.encode(address(0)));
        _answers(at, bytes.concat(hex"81b1c174", abi.encode(keccak256("none"))), abi.encode(address(0)));
        _answers(at, bytes.concat(hex"318aee3d", abi.encode(origin)), abi.encode(uint32(0), address(0)));
        bytes memory proxy = abi.encode(bridge.computeTokenProxyAddress(B, origin));
        _answers(at, bytes.concat(hex"f214e161", abi.encode(uint32(2), origin)), proxy);
        _assertPure(at);
    }

    /// @dev The known leaf and root of LxLy's own tests.
    function _assertPure(address at) private view {
        bytes32 leaf = 0x22ed288677b4c2afd83a6d7d55f7df7f4eaaf60f7310210c030fd27adacbc5e0;
        bytes32 root = 0x5ba002329b53c11a2f1dfe90b11e031771842056cf2125b43da8103c199dcd7f;
        bytes memory fields = abi.encode(
            uint8(0),
            uint32(0),
            address(0),
            uint32(1),
            0xC949254d682D8c9ad5682521675b8F43b102aec4,
            10 ether,
            keccak256("")
        );
        _answers(at, bytes.concat(hex"3e197043", fields), abi.encode(leaf));
        bytes32[32] memory proof = pathOf(new bytes32[](1), MAINNET, 0).local;
        _answers(at, bytes.concat(hex"83f24403", abi.encode(leaf, proof, uint32(0))), abi.encode(root));
        _answers(at, bytes.concat(hex"fb570834", abi.encode(leaf, proof, uint32(0), root)), abi.encode(true));
    }

    function test_views_answerOnEthereum() external view {
        _assertViews(l1, address(roots), address(settlement), 0);
    }

    function test_views_answerOnAnL2() external view {
        _assertViews(l2, address(rootsL2), address(0), 1);
        address at = address(l2);
        _answers(at, hex"f67566e4", abi.encode("causeway-v1.0.0"));
        _answers(at, hex"14cc01a0", abi.encode(MANAGER));
        _answers(at, hex"2f84c690", abi.encode(PAUSER));
        _answers(at, hex"ae24490a", abi.encode(UNPAUSER));
        _answers(at, hex"03e6e116", abi.encode(address(0)));
        _answers(at, hex"606617ff", abi.encode(address(0)));
        _answers(at, hex"1d081d8c", abi.encode(bytes32(0)));
        _answers(at, hex"6ee84b23", abi.encode(bytes32(0)));
        _answers(at, bytes.concat(hex"d9cb3aec", abi.encode(keccak256("none"))), abi.encode(uint256(0)));
        _answers(at, bytes.concat(hex"c0f49163", abi.encode(address(token))), abi.encode(false));
    }

    /// @dev LxLy's `bridgeLib` reads metadata, and so does ours.
    function test_views_answerAtTheLibrary() external view {
        address at = l1.bridgeLib();
        bytes memory argument = abi.encode(address(token));
        bytes memory metadata = abi.encode("USD Coin", "USDC", uint8(6));
        _answers(at, bytes.concat(hex"c00f14ab", argument), abi.encode(metadata));
        _answers(at, bytes.concat(hex"cf825e55", argument), abi.encode("USD Coin"));
        _answers(at, bytes.concat(hex"737ce341", argument), abi.encode("USDC"));
        _answers(at, bytes.concat(hex"be3dcf62", argument), abi.encode(uint8(6)));
    }

    function test_views_answerAtTheExitRoots() external view {
        address at = address(roots);
        _answers(at, hex"0f142619", abi.encode("causeway-v1.0.0"));
        _answers(at, hex"54fd4d50", abi.encode("causeway-v1.0.0"));
        _answers(at, hex"a3c573eb", abi.encode(address(l1)));
        _answers(at, hex"2dfdf0b5", abi.encode(uint256(0)));
        _answers(at, hex"3ed691ef", abi.encode(keccak256(new bytes(64))));
        _answers(at, hex"5ca1e165", abi.encode(EMPTY_ROOT));
        _answers(at, hex"319cf735", abi.encode(bytes32(0)));
        _answers(at, hex"01fd9044", abi.encode(bytes32(0)));
        _answers(at, hex"49b7b802", abi.encode(address(settlement)));
        _answers(at, bytes.concat(hex"257b3632", abi.encode(keccak256("none"))), abi.encode(uint256(0)));
        _answers(at, bytes.concat(hex"ef4eeb35", abi.encode(uint32(0))), abi.encode(EMPTY_ROOT));
        bytes32 leaf = keccak256(abi.encodePacked(bytes32(uint256(1)), uint256(2), uint64(3)));
        bytes memory fields = abi.encode(bytes32(uint256(1)), uint256(2), uint64(3));
        _answers(at, bytes.concat(hex"5d810501", fields), abi.encode(leaf));
        bytes memory path = abi.encode(leaf, pathOf(new bytes32[](1), MAINNET, 0).local, uint32(0));
        bytes32 root = roots.calculateRoot(leaf, pathOf(new bytes32[](1), MAINNET, 0).local, 0);
        _answers(at, bytes.concat(hex"83f24403", path), abi.encode(root));
        _answers(at, bytes.concat(hex"fb570834", path, root), abi.encode(true));
    }

    function test_views_answerAtTheExitRootsOfAnL2() external view {
        address at = address(rootsL2);
        _answers(at, hex"6ee160d0", abi.encode("causeway-v1.0.0"));
        _answers(at, hex"54fd4d50", abi.encode("causeway-v1.0.0"));
        _answers(at, hex"a3c573eb", abi.encode(address(l2)));
        _answers(at, hex"91eb796d", abi.encode(REMOVER));
        _answers(at, hex"7c314ce3", abi.encode(UPDATER));
        _answers(at, hex"163bbb46", abi.encode(bytes32(0)));
        _answers(at, hex"f5d2f04b", abi.encode(bytes32(0)));
        _answers(at, hex"01fd9044", abi.encode(bytes32(0)));
        _answers(at, hex"14770a93", abi.encode(address(0)));
        _answers(at, hex"2d5ddf2b", abi.encode(address(0)));
        _answers(at, bytes.concat(hex"257b3632", abi.encode(keccak256("none"))), abi.encode(uint256(0)));
    }

    function test_calls_areDispatchedOnEthereum() external {
        address at = address(l1);
        _does(at, 0x79e2cf97, 0);
        _refuses(at, 0x2072f6c5, 0, IBridgeErrors.OnlyRollupManager.selector);
        _refuses(at, 0xdbc16976, 0, IBridgeErrors.OnlyRollupManager.selector);
        _refuses(at, 0xcd586579, 6, IBridgeErrors.DestinationNetworkInvalid.selector);
        _refuses(at, 0x240ff378, 4, IBridgeErrors.DestinationNetworkInvalid.selector);
        _refuses(at, 0xb8b284d0, 5, IBridgeErrors.NativeTokenIsEther.selector);
        _refuses(at, 0xccaa2d11, 73, IBridgeErrors.GlobalExitRootInvalid.selector);
        _refuses(at, 0xf5efcd79, 73, IBridgeErrors.GlobalExitRootInvalid.selector);
        _refuses(at, 0x8129fc1c, 0, IBridgeErrors.InvalidInitializeFunction.selector);
        _refuses(at, 0xf811bff7, 6, IBridgeErrors.AlreadyInitialized.selector);
    }

    function test_calls_areDispatchedOnAnL2() external {
        address at = address(l2);
        _does(at, 0x79e2cf97, 0);
        _does(at, 0xcd586579, 6);
        _does(at, 0x240ff378, 4);
        vm.assertEq(l2.depositCount(), 2);
        _refuses(at, 0x2072f6c5, 0, IBridgeErrorsL2.OnlyEmergencyBridgePauser.selector);
        _refuses(at, 0xdbc16976, 0, IBridgeErrorsL2.OnlyEmergencyBridgeUnpauser.selector);
        _refuses(at, 0xb8b284d0, 5, IBridgeErrors.NativeTokenIsEther.selector);
        _refuses(at, 0xccaa2d11, 73, IBridgeErrors.DestinationNetworkInvalid.selector);
        _refuses(at, 0xf5efcd79, 73, IBridgeErrors.DestinationNetworkInvalid.selector);
        _refuses(at, 0x8129fc1c, 0, IBridgeErrors.InvalidInitializeFunction.selector);
        _refuses(at, 0x006ee171, 12, IBridgeErrors.AlreadyInitialized.selector);
        _refuses(at, 0xe88f0436, 0, IBridgeErrorsL2.OnlyPendingEmergencyBridgePauser.selector);
        _refuses(at, 0x8b37b873, 0, IBridgeErrorsL2.OnlyPendingEmergencyBridgeUnpauser.selector);
        _refuses(at, 0x69e3ab12, 1, IBridgeErrorsL2.OnlyEmergencyBridgePauser.selector);
        _refuses(at, 0x8d942096, 1, IBridgeErrorsL2.OnlyEmergencyBridgeUnpauser.selector);
        _refuses(at, 0xfd7640e8, 66, IBridgeErrorsL2.OnlyGlobalExitRootRemover.selector);
        _refuses(at, 0xf0e70808, 2, IBridgeErrorsL2.OnlyGlobalExitRootRemover.selector);
        _refuses(at, 0x8f9720bb, 3, IBridgeErrorsL2.OnlyGlobalExitRootRemover.selector);
        _refuses(at, 0x1c208229, 1, IBridgeErrorsL2.OnlyGlobalExitRootRemover.selector);
        _refuses(at, 0x136a2c60, 1, IBridgeErrorsL2.OnlyGlobalExitRootRemover.selector);
        _refuses(at, 0x6e974cd4, 3, IBridgeErrorsL2.OnlyBridgeManager.selector);
        _refuses(at, 0xb4586962, 1, IBridgeErrorsL2.OnlyBridgeManager.selector);
        _refuses(at, 0xeabd372a, 1, IBridgeErrorsL2.OnlyBridgeManager.selector);
        _refuses(at, 0x57cfbee3, 4, IBridgeErrorsL2.OnlyBridgeManager.selector);
        _refuses(at, 0xbf130d7f, 2, IBridgeErrorsL2.OnlyBridgeManager.selector);
        _refuses(at, 0xb0b37920, 3, IBridgeErrorsL2.TokenNotMapped.selector);
    }

    function test_calls_areDispatchedAtTheExitRoots() external {
        _refuses(address(roots), 0x8129fc1c, 0, IGlobalExitRoot.AlreadyInitialized.selector);
        _refuses(address(roots), 0x33d6247d, 1, IGlobalExitRootBase.OnlyAllowedContracts.selector);

        address at = address(rootsL2);
        _refuses(at, 0x485cc955, 2, IGlobalExitRootL2.AlreadyInitialized.selector);
        _refuses(at, 0x33d6247d, 1, IGlobalExitRootBase.OnlyAllowedContracts.selector);
        _refuses(at, 0x12da06b2, 1, IGlobalExitRootL2.OnlyGlobalExitRootUpdater.selector);
        _refuses(at, 0x65f0e347, 1, IGlobalExitRootL2.OnlyGlobalExitRootRemover.selector);
        _refuses(at, 0x0e1bbf9f, 1, IGlobalExitRootL2.OnlyGlobalExitRootUpdater.selector);
        _refuses(at, 0x68328bc1, 1, IGlobalExitRootL2.OnlyGlobalExitRootRemover.selector);
        _refuses(at, 0xc053902a, 0, IGlobalExitRootL2.OnlyPendingGlobalExitRootUpdater.selector);
        _refuses(at, 0xf5c2f092, 0, IGlobalExitRootL2.OnlyPendingGlobalExitRootRemover.selector);
    }

    /// @dev Nobody manages wrapped tokens here: these functions of LxLy's are not there.
    function test_calls_ofProxiesAreRefusedWithoutAWord() external {
        bytes4[7] memory selectors =
            [bytes4(0xc514f24e), 0x8c668f1c, 0x38b8fbbb, 0xece93c6f, 0x6e4ecfed, 0x8bd309c3, 0x381fef6d];
        for (uint256 i = 0; i < selectors.length; ++i) {
            for (uint256 network = 0; network < 2; ++network) {
                (bool success, bytes memory returned) =
                    address(network == 0 ? l1 : l2).call(bytes.concat(selectors[i], new bytes(32)));
                vm.assertFalse(success);
                vm.assertEq(returned, "");
            }
        }
    }

    function test_events_indexWhatLxLysDo() external {
        Exit memory exit = tokenExit(A, address(token), 5);
        bytes32[] memory leaves = new bytes32[](1);
        leaves[0] = leafOf(exit);
        Path memory path = pathOf(leaves, B, 0);
        bytes32 root = keccak256(abi.encodePacked(path.mainnetExitRoot, path.rollupExitRoot));
        vm.expectEmit(address(rootsL2));
        emit ILxLyIndexedEvents.UpdateHashChainValue(root, keccak256(abi.encode(0, root)));
        insert(address(rootsL2), path);
        vm.expectEmit(address(l2));
        emit ILxLyIndexedEvents.DetailedClaimEvent(
            path.local,
            path.rollup,
            GlobalIndex.unwrap(globalIndexOf(exit)),
            path.mainnetExitRoot,
            path.rollupExitRoot,
            0,
            exit.originAddress,
            1,
            exit.destinationAddress,
            exit.amount,
            exit.metadata
        );
        claimAsset(l2, exit, path);

        bytes32[] memory list = new bytes32[](1);
        list[0] = root;
        vm.expectEmit(address(rootsL2));
        emit ILxLyIndexedEvents.UpdateRemovalHashChainValue(root, keccak256(abi.encode(0, root)));
        vm.prank(REMOVER);
        rootsL2.removeGlobalExitRoots(list);

        vm.prank(PAUSER);
        l2.activateEmergencyState();
        NetworkId[] memory networks = new NetworkId[](1);
        address[] memory tokens = new address[](1);
        uint256[] memory amounts = new uint256[](1);
        (networks[0], tokens[0], amounts[0]) = (B, address(token), 77);
        vm.expectEmit(address(l2));
        emit ILxLyIndexedEvents.SetLocalBalanceTree(2, address(token), 77);
        vm.prank(REMOVER);
        asL2(l2).setLocalBalanceTree(networks, tokens, amounts);
    }

    function test_events_indexWhatLxLysDoOnEthereum() external {
        bytes32[] memory leaves = new bytes32[](1);
        bytes32 blockHash = blockhash(block.number - 1);
        bytes32 root = keccak256("root");
        leaves[0] =
            roots.getLeafValue(keccak256(abi.encode(root, 0)), uint256(blockHash), uint64(block.timestamp));
        vm.expectEmit(address(roots));
        emit ILxLyIndexedEvents.UpdateL1InfoTree(root, 0);
        vm.expectEmit(address(roots));
        emit ILxLyIndexedEvents.UpdateL1InfoTreeV2(
            PlainExitTree.root(leaves), 1, uint256(blockHash), uint64(block.timestamp)
        );
        vm.prank(address(l1));
        roots.updateExitRoot(root);
    }
}
