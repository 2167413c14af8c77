// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

import {GlobalExitRoot} from "../../src/bridge/GlobalExitRoot.sol";
import {GlobalExitRootL2} from "../../src/bridge/GlobalExitRootL2.sol";
import {SharedBridge} from "../../src/bridge/SharedBridge.sol";
import {ISharedBridge} from "../../src/interfaces/ISharedBridge.sol";
import {ISharedBridgeL2} from "../../src/interfaces/ISharedBridgeL2.sol";
import {ExitLeaf} from "../../src/libraries/ExitLeaf.sol";
import {GlobalIndex} from "../../src/types/GlobalIndex.sol";
import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {Base} from "../Base.sol";
import {PlainExitTree} from "../PlainExitTree.sol";
import {vm} from "../Vm.sol";
import {MockToken} from "../mocks/MockTokens.sol";
import {MockSettlement} from "./MockSettlement.sol";

/// @notice Ethereum's bridge, an L2's whose native token is ether, and one's whose native token is another, in one EVM.
abstract contract BridgeBase is Base {
    /// @notice An exit that stands in the tree of `source`, which the test makes up, and all that a claim of it says.
    struct Exit {
        NetworkId source;
        uint32 leafIndex;
        uint8 leafType;
        NetworkId originNetwork;
        address originAddress;
        NetworkId destinationNetwork;
        address destinationAddress;
        uint256 amount;
        bytes metadata;
    }

    NetworkId internal constant A = NetworkId.wrap(1);
    NetworkId internal constant B = NetworkId.wrap(2);
    NetworkId internal constant G = NetworkId.wrap(3);
    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);
    address internal constant MANAGER = address(0x111);
    address internal constant PAUSER = address(0x222);
    address internal constant UNPAUSER = address(0x333);
    address internal constant UPDATER = address(0x444);
    address internal constant REMOVER = address(0x555);

    MockSettlement internal settlement;
    SharedBridge internal l1;
    SharedBridge internal l2;
    SharedBridge internal gas;
    GlobalExitRoot internal roots;
    GlobalExitRootL2 internal rootsL2;
    GlobalExitRootL2 internal rootsGas;
    MockToken internal token;
    MockToken internal gasToken;

    function setUp() public virtual {
        vm.roll(100);
        vm.warp(1_700_000_000);
        settlement = new MockSettlement();
        token = new MockToken("USD Coin", "USDC", 6);
        gasToken = new MockToken("Gas", "GAS", 18);

        l1 = new SharedBridge(address(this));
        roots = new GlobalExitRoot(address(settlement), address(l1));
        roots.initialize();
        l1.initialize(MAINNET, address(0), MAINNET, address(roots), address(settlement), "");

        (l2, rootsL2) = deployL2(A, address(0), "");
        (gas, rootsGas) = deployL2(G, address(gasToken), abi.encode("Gas", "GAS", uint8(18)));

        vm.deal(ALICE, 1000 ether);
        vm.deal(address(l2), 1_000_000 ether);
        vm.deal(address(gas), 1_000_000 ether);
        token.mint(ALICE, 1_000_000e6);
    }

    function deployL2(NetworkId network, address native, bytes memory metadata)
        internal
        returns (SharedBridge bridge, GlobalExitRootL2 manager)
    {
        bridge = new SharedBridge(address(this));
        manager = new GlobalExitRootL2(address(bridge), address(this));
        manager.initialize(UPDATER, REMOVER);
        ISharedBridgeL2(address(bridge))
            .initialize(
                network,
                native,
                MAINNET,
                address(manager),
                address(0),
                metadata,
                MANAGER,
                address(0),
                false,
                PAUSER,
                UNPAUSER,
                address(0)
            );
    }

    /// @notice The bridge as an L2's.
    function asL2(SharedBridge bridge) internal pure returns (ISharedBridgeL2) {
        return ISharedBridgeL2(address(bridge));
    }

    function leafOf(Exit memory exit) internal pure returns (bytes32) {
        return keccak256(
            abi.encodePacked(
                exit.leafType,
                exit.originNetwork,
                exit.originAddress,
                exit.destinationNetwork,
                exit.destinationAddress,
                exit.amount,
                keccak256(exit.metadata)
            )
        );
    }

    function globalIndexOf(Exit memory exit) internal pure returns (GlobalIndex) {
        uint256 network = NetworkId.unwrap(exit.source);
        uint256 high = network == 0 ? 1 << 64 : (network - 1) << 32;
        return GlobalIndex.wrap(high | exit.leafIndex);
    }

    /// @notice An exit of ether out of the second network.
    function etherExit(NetworkId destination, uint256 amount) internal pure returns (Exit memory) {
        return Exit(B, 0, ExitLeaf.ASSET, MAINNET, address(0), destination, BOB, amount, "");
    }

    /// @notice An exit of a token of Ethereum's out of the second network.
    function tokenExit(NetworkId destination, address origin, uint256 amount)
        internal
        pure
        returns (Exit memory)
    {
        return Exit(
            B,
            0,
            ExitLeaf.ASSET,
            MAINNET,
            origin,
            destination,
            BOB,
            amount,
            abi.encode("USD Coin", "USDC", uint8(6))
        );
    }

    /// @notice A message out of the second network.
    function message(NetworkId destination, address receiver, uint256 value)
        internal
        pure
        returns (Exit memory)
    {
        return Exit(B, 0, ExitLeaf.MESSAGE, B, ALICE, destination, receiver, value, "hello");
    }

    /// @notice What a claim needs besides the exit itself.
    struct Path {
        bytes32[32] local;
        bytes32[32] rollup;
        bytes32[] shortLocal;
        bytes32[] shortRollup;
        bytes32 mainnetExitRoot;
        bytes32 rollupExitRoot;
    }

    /// @notice Puts an exit into its source's tree and lets `manager` know the global exit root.
    function publish(address manager, Exit memory exit) internal returns (Path memory path) {
        bytes32[] memory leaves = new bytes32[](exit.leafIndex + 1);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = keccak256(abi.encode("another exit", i));
        }
        leaves[exit.leafIndex] = leafOf(exit);
        path = pathOf(leaves, exit.source, exit.leafIndex);
        insert(manager, path);
    }

    function pathOf(bytes32[] memory leaves, NetworkId source, uint256 index)
        internal
        pure
        returns (Path memory path)
    {
        path.local = PlainExitTree.proof(leaves, index);
        path.shortLocal = PlainExitTree.shortProof(leaves, index);
        bytes32 exitRoot = PlainExitTree.root(leaves);
        if (source == MAINNET) {
            (path.mainnetExitRoot, path.rollupExitRoot) = (exitRoot, keccak256("rollups"));
        } else {
            bytes32[] memory networks = new bytes32[](NetworkId.unwrap(source) + 2);
            networks[NetworkId.unwrap(source) + 1] = keccak256("another network");
            networks[NetworkId.unwrap(source) - 1] = exitRoot;
            path.rollup = PlainExitTree.proof(networks, NetworkId.unwrap(source) - 1);
            path.shortRollup = PlainExitTree.shortProof(networks, NetworkId.unwrap(source) - 1);
            (path.mainnetExitRoot, path.rollupExitRoot) = (keccak256("mainnet"), PlainExitTree.root(networks));
        }
    }

    /// @notice Lets a manager of either kind know a global exit root.
    function insert(address manager, Path memory path) internal {
        if (manager == address(roots)) {
            vm.prank(address(l1));
            roots.updateExitRoot(path.mainnetExitRoot);
            vm.prank(address(settlement));
            roots.updateExitRoot(path.rollupExitRoot);
        } else {
            vm.prank(UPDATER);
            GlobalExitRootL2(manager)
                .insertGlobalExitRoot(keccak256(abi.encodePacked(path.mainnetExitRoot, path.rollupExitRoot)));
        }
    }

    function claimAsset(SharedBridge bridge, Exit memory exit, Path memory path) internal {
        bridge.claimAsset(
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
        );
    }

    function claimMessage(SharedBridge bridge, Exit memory exit, Path memory path) internal {
        bridge.claimMessage(
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
        );
    }

    /// @notice Publishes and claims.
    function arrive(SharedBridge bridge, Exit memory exit) internal {
        Path memory path = publish(bridge.globalExitRootManager(), exit);
        if (exit.leafType == ExitLeaf.ASSET) claimAsset(bridge, exit, path);
        else claimMessage(bridge, exit, path);
    }

    /// @notice An exit as `claimMany` takes it.
    function shortClaim(Exit memory exit, Path memory path)
        internal
        pure
        returns (ISharedBridge.Claim memory)
    {
        return ISharedBridge.Claim(
            globalIndexOf(exit),
            exit.leafType,
            exit.originNetwork,
            exit.originAddress,
            exit.destinationAddress,
            exit.amount,
            exit.metadata,
            path.shortLocal,
            path.shortRollup
        );
    }

    /// @notice Calldata of a token's permit, signed with a key.
    function permitOf(MockToken permitted, uint256 key, address spender, uint256 value)
        internal
        view
        returns (bytes memory)
    {
        address owner = vm.addr(key);
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 fields = keccak256(abi.encode(typeHash, owner, spender, value, 0, block.timestamp));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, keccak256(abi.encodePacked(hex"1901", permitted.DOMAIN_SEPARATOR(), fields)));
        return abi.encodeCall(IERC20Permit.permit, (owner, spender, value, block.timestamp, v, r, s));
    }
}
