// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ISharedBridge} from "../../src/interfaces/ISharedBridge.sol";
import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {PlainExitTree} from "../PlainExitTree.sol";
import {vm} from "../Vm.sol";

import {BridgeBase} from "./BridgeBase.sol";

/// @notice What the bridge costs, cold: each call is a transaction of its own. LxLy's numbers are in vectors/lxly-gas.json.
contract SharedBridgeGasTest is BridgeBase {
    /// @dev A source with up to 2^20 exits among up to 2^6 networks.
    uint256 private constant LOCAL_HEIGHT = 20;
    uint256 private constant ROLLUP_HEIGHT = 6;
    /// @dev The first index of a word of the bitmap out of which one exit is claimed.
    uint32 private constant USED = 1 << 19;

    /// @dev Intrinsic gas of an exit of ether.
    uint256 private constant INTRINSIC = 22_500;

    string private lxly;

    function _lxly(string memory kind, string memory name) private view returns (uint256) {
        return vm.parseJsonUint(lxly, string.concat(".", kind, "['", name, "']"));
    }

    /// @dev Keeps the gas of the last transaction, intrinsic gas and EIP-7623's floor included, and holds it below a bound.
    function _transaction(string memory name, uint256 bound) private {
        vm.assertLe(vm.snapshotGasLastCall("SharedBridge, transactions", name), bound);
    }

    function _transaction(string memory name) private {
        _transaction(name, _lxly("transactions", name));
    }

    /// @dev The same of short proofs, below the least that any transaction with the calldata of full ones costs.
    function _short(string memory name, uint256 claims) private {
        _transaction(name, claims * vm.parseJsonUint(lxly, ".floorOfTwoProofs"));
    }

    /// @dev Makes everything cold that a call touches, and keeps what the call alone costs, below LxLy's.
    function _execution(string memory name, address target, uint256 value, bytes memory data) private {
        address[6] memory touched = [
            address(l1),
            address(roots),
            address(token),
            BOB,
            l1.getWrappedTokenBridgeImplementation(),
            l1.computeTokenProxyAddress(B, address(0x70c3))
        ];
        for (uint256 i = 0; i < touched.length; ++i) {
            vm.cool(touched[i]);
        }
        _call(ALICE, target, value, data);
        vm.assertLe(vm.snapshotGasLastCall("SharedBridge, execution", name), _lxly("execution", name));
    }

    function _call(address sender, address target, uint256 value, bytes memory data) private {
        vm.prank(sender);
        (bool success,) = target.call{value: value}(data);
        vm.assertTrue(success);
    }

    function _bridgeEther(bool force) private pure returns (bytes memory) {
        return abi.encodeCall(ISharedBridge.bridgeAsset, (A, BOB, 1 ether, address(0), force, ""));
    }

    function _message() private pure returns (bytes memory) {
        return abi.encodeCall(ISharedBridge.bridgeMessage, (A, BOB, false, "hello"));
    }

    function _bridgeToken() private view returns (bytes memory) {
        return abi.encodeCall(ISharedBridge.bridgeAsset, (A, BOB, 1e6, address(token), false, ""));
    }

    /// @dev A bridge in use: there were exits before, and claims out of the same word.
    function setUp() public override {
        super.setUp();
        lxly = vm.readFile("vectors/lxly-gas.json");
        for (uint256 i = 0; i < 3; ++i) {
            _call(ALICE, address(l1), 1 ether, _bridgeEther(true));
        }
        _call(ALICE, address(token), 0, abi.encodeCall(IERC20.approve, (address(l1), type(uint256).max)));
        _call(ALICE, address(l1), 0, _bridgeToken());
        vm.deal(address(l1), 1000 ether);
        vm.deal(BOB, 1);
        Exit memory exit = etherExit(MAINNET, 1);
        _claim(exit, USED, false);
    }

    function test_transaction_etherLeaves() external {
        _call(ALICE, address(l1), 1 ether, _bridgeEther(false));
        _transaction("bridgeAsset of ether", _lxly("execution", "bridgeAsset of ether") + INTRINSIC);
    }

    function test_transaction_etherLeavesForced() external {
        _call(ALICE, address(l1), 1 ether, _bridgeEther(true));
        string memory name = "bridgeAsset of ether, forced update";
        _transaction(name, _lxly("execution", name) + INTRINSIC);
    }

    function test_transaction_messageLeaves() external {
        _call(ALICE, address(l1), 0, _message());
        _transaction("bridgeMessage");
    }

    function test_transaction_aTokenLeaves() external {
        _call(ALICE, address(l1), 0, _bridgeToken());
        _transaction("bridgeAsset of a token");
    }

    /// forge-config: default.isolate = false
    function test_execution_etherLeaves() external {
        _execution("bridgeAsset of ether", address(l1), 1 ether, _bridgeEther(false));
    }

    /// forge-config: default.isolate = false
    function test_execution_etherLeavesForced() external {
        _execution("bridgeAsset of ether, forced update", address(l1), 1 ether, _bridgeEther(true));
    }

    /// forge-config: default.isolate = false
    function test_execution_messageLeaves() external {
        _execution("bridgeMessage", address(l1), 0, _message());
    }

    /// @dev A path in trees of the two heights, made of siblings of no zero bytes.
    function _path(Exit memory exit) private pure returns (Path memory path) {
        bytes32 root = leafOf(exit);
        (root, path.local, path.shortLocal) = _climb(root, exit.leafIndex, 0, LOCAL_HEIGHT);
        if (exit.source == MAINNET) {
            (path.mainnetExitRoot, path.rollupExitRoot) = (root, keccak256("rollups"));
            (, path.rollup,) = _climb(root, 0, 0, ROLLUP_HEIGHT);
        } else {
            (root, path.rollup, path.shortRollup) =
                _climb(root, NetworkId.unwrap(exit.source) - 1, 0, ROLLUP_HEIGHT);
            (path.mainnetExitRoot, path.rollupExitRoot) = (keccak256("mainnet"), root);
        }
    }

    /// @dev The path from a node at height `from` through a tree of height `size`; below the node it is left out.
    function _climb(bytes32 node, uint256 index, uint256 from, uint256 size)
        private
        pure
        returns (bytes32 root, bytes32[32] memory full, bytes32[] memory short)
    {
        root = node;
        short = new bytes32[](size);
        for (uint256 height = from; height < 32; ++height) {
            full[height] =
                height < size ? keccak256(abi.encode("sibling", node, height)) : PlainExitTree.empty(height);
            if (height < size) short[height] = full[height];
            root = (index >> height) & 1 == 1
                ? keccak256(abi.encodePacked(full[height], root))
                : keccak256(abi.encodePacked(root, full[height]));
        }
    }

    function _assetData(Exit memory exit, Path memory path) private pure returns (bytes memory) {
        return abi.encodeCall(
            ISharedBridge.claimAsset,
            (
                path.local,
                path.rollup,
                globalIndexOf(exit),
                path.mainnetExitRoot,
                path.rollupExitRoot,
                exit.originNetwork,
                exit.originAddress,
                exit.destinationNetwork,
                exit.destinationAddress,
                exit.amount,
                exit.metadata
            )
        );
    }

    function _messageData(Exit memory exit, Path memory path) private pure returns (bytes memory) {
        return abi.encodeCall(
            ISharedBridge.claimMessage,
            (
                path.local,
                path.rollup,
                globalIndexOf(exit),
                path.mainnetExitRoot,
                path.rollupExitRoot,
                exit.originNetwork,
                exit.originAddress,
                exit.destinationNetwork,
                exit.destinationAddress,
                exit.amount,
                exit.metadata
            )
        );
    }

    function _shortData(Exit memory exit, Path memory path) private pure returns (bytes memory) {
        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](1);
        claims[0] = shortClaim(exit, path);
        return abi.encodeCall(ISharedBridge.claimMany, (path.mainnetExitRoot, path.rollupExitRoot, claims));
    }

    /// @dev Lets the bridge know the exit and returns the calldata of its claim.
    function _prepare(Exit memory exit, uint32 leafIndex, bool short) private returns (bytes memory) {
        exit.leafIndex = leafIndex;
        Path memory path = _path(exit);
        insert(address(roots), path);
        if (short) return _shortData(exit, path);
        return exit.leafType == 0 ? _assetData(exit, path) : _messageData(exit, path);
    }

    function _claim(Exit memory exit, uint32 leafIndex, bool short) private {
        _call(ALICE, address(l1), 0, _prepare(exit, leafIndex, short));
    }

    /// @dev The first ten of sixteen exits that stand next to each other, claimed at once.
    function _tenData() private returns (bytes memory) {
        uint32 first = USED + 16;
        Exit memory exit = etherExit(MAINNET, 1 ether);
        bytes32[] memory leaves = new bytes32[](16);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = leafOf(exit);
        }
        Path memory path;
        bytes32 root = PlainExitTree.node(leaves, 4, 0);
        (root,, path.shortLocal) = _climb(root, first, 4, LOCAL_HEIGHT);
        (path.rollupExitRoot,, path.shortRollup) =
            _climb(root, NetworkId.unwrap(exit.source) - 1, 0, ROLLUP_HEIGHT);
        path.mainnetExitRoot = keccak256("mainnet");
        insert(address(roots), path);

        ISharedBridge.Claim[] memory claims = new ISharedBridge.Claim[](10);
        for (uint32 i = 0; i < claims.length; ++i) {
            exit.leafIndex = first + i;
            claims[i] = shortClaim(exit, path);
            claims[i].smtProofLocalExitRoot = new bytes32[](LOCAL_HEIGHT);
            for (uint256 height = 0; height < LOCAL_HEIGHT; ++height) {
                claims[i].smtProofLocalExitRoot[height] = height < 4
                    ? PlainExitTree.node(leaves, height, (i >> height) ^ 1)
                    : path.shortLocal[height];
            }
        }
        return abi.encodeCall(ISharedBridge.claimMany, (path.mainnetExitRoot, path.rollupExitRoot, claims));
    }

    function _wrapped() private pure returns (Exit memory exit) {
        exit = tokenExit(MAINNET, address(0x70c3), 5e6);
        exit.originNetwork = B;
    }

    function test_transactions_claims() external {
        _claim(etherExit(MAINNET, 1 ether), USED + 1, false);
        _transaction("claimAsset of ether");
        _claim(etherExit(MAINNET, 1 ether), USED + 2, true);
        _short("claimMany of ether", 1);
        _claim(_wrapped(), USED + 3, false);
        _transaction("claimAsset of a wrapped token, first");
        _claim(_wrapped(), USED + 4, false);
        _transaction("claimAsset of a wrapped token");
        _claim(_wrapped(), USED + 5, true);
        _short("claimMany of a wrapped token", 1);
        _claim(message(MAINNET, BOB, 0), USED + 6, false);
        _transaction("claimMessage");
        _claim(message(MAINNET, BOB, 0), USED + 7, true);
        _short("claimMany of a message", 1);
        _call(ALICE, address(l1), 0, _tenData());
        _short("claimMany of ether, ten at once", 10);
    }

    /// forge-config: default.isolate = false
    function test_execution_etherArrives() external {
        bytes memory data = _prepare(etherExit(MAINNET, 1 ether), USED + 1, false);
        _execution("claimAsset of ether", address(l1), 0, data);
    }

    /// forge-config: default.isolate = false
    function test_execution_etherArrivesInAFreshWord() external {
        bytes memory data = _prepare(etherExit(MAINNET, 1 ether), USED + 256, false);
        _execution("claimAsset of ether, fresh word", address(l1), 0, data);
    }

    /// forge-config: default.isolate = false
    function test_execution_aWrappedTokenArrivesFirst() external {
        bytes memory data = _prepare(_wrapped(), USED + 256, false);
        _execution("claimAsset of a wrapped token, first", address(l1), 0, data);
    }

    /// forge-config: default.isolate = false
    function test_execution_aWrappedTokenArrives() external {
        _claim(_wrapped(), USED + 1, false);
        bytes memory data = _prepare(_wrapped(), USED + 2, false);
        _execution("claimAsset of a wrapped token", address(l1), 0, data);
    }

    function test_sizes_leaveRoom() external {
        _size("SharedBridge", address(l1));
        _size("SharedBridgeL2", l1.bridgeLib());
        _size("WrappedToken", l1.getWrappedTokenBridgeImplementation());
        _size("GlobalExitRoot", address(roots));
        _size("GlobalExitRootL2", address(rootsL2));
        arrive(l2, tokenExit(A, address(token), 1));
        _size("WrappedTokenCreation", l2.getTokenWrappedAddress(MAINNET, address(token)));
    }

    function _size(string memory name, address account) private {
        vm.snapshotValue("bytecode sizes", name, account.code.length);
        vm.assertLe(account.code.length, 20_000);
    }
}
