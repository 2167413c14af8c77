// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GlobalExitRoot} from "../src/bridge/GlobalExitRoot.sol";
import {GlobalExitRootL2} from "../src/bridge/GlobalExitRootL2.sol";
import {SharedBridge} from "../src/bridge/SharedBridge.sol";
import {ISharedBridgeL2} from "../src/interfaces/ISharedBridgeL2.sol";
import {MAINNET, NetworkId} from "../src/types/NetworkId.sol";
import {BridgeAddress} from "./BridgeAddress.sol";

/// @notice The cheatcodes of forge that this script uses.
interface BridgeScriptVm {
    function envAddress(string calldata name) external view returns (address);
    function envUint(string calldata name) external view returns (uint256);
    function envOr(string calldata name, address fallbackValue) external view returns (address);
    function envOr(string calldata name, uint256 fallbackValue) external view returns (uint256);
    function envOr(string calldata name, bytes calldata fallbackValue) external view returns (bytes memory);
    function startBroadcast() external;
    function stopBroadcast() external;
}

/// @title DeployBridge
/// @notice Brings up a network's bridge with its contract of global exit roots, at the same bridge address on every network.
/// @dev `NETWORK_ID=0 ROLLUP_MANAGER=0x... forge script contracts/script/DeployBridge.s.sol --rpc-url ... --broadcast` on
/// Ethereum; on an L2 `NETWORK_ID=1 BRIDGE_MANAGER=... PAUSER=... UNPAUSER=... GER_UPDATER=... GER_REMOVER=...`, and where
/// the native token is not ether `GAS_TOKEN=... GAS_TOKEN_NETWORK=... GAS_TOKEN_METADATA=0x...`. The bridge's address
/// depends on the account that broadcasts, which initializes it: take the same one on every network.
contract DeployBridge is BridgeAddress {
    /// @notice What an L2's bridge is told.
    struct L2 {
        NetworkId network;
        address gasToken;
        NetworkId gasTokenNetwork;
        bytes gasTokenMetadata;
        address bridgeManager;
        address pauser;
        address unpauser;
        address updater;
        address remover;
    }

    /// @notice Forge looks for this.
    bool public constant IS_SCRIPT = true;

    BridgeScriptVm private constant VM =
        BridgeScriptVm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error NetworkIdTooLarge(uint256 networkId);

    function run() external returns (SharedBridge bridge, address globalExitRoot) {
        NetworkId network = _network(VM.envUint("NETWORK_ID"));
        if (network == MAINNET) {
            address rollupManager = VM.envAddress("ROLLUP_MANAGER");
            VM.startBroadcast();
            (bridge, globalExitRoot) = deployL1(msg.sender, rollupManager);
        } else {
            L2 memory settings = L2(
                network,
                VM.envOr("GAS_TOKEN", address(0)),
                _network(VM.envOr("GAS_TOKEN_NETWORK", uint256(0))),
                VM.envOr("GAS_TOKEN_METADATA", bytes("")),
                VM.envAddress("BRIDGE_MANAGER"),
                VM.envAddress("PAUSER"),
                VM.envAddress("UNPAUSER"),
                VM.envAddress("GER_UPDATER"),
                VM.envAddress("GER_REMOVER")
            );
            VM.startBroadcast();
            (bridge, globalExitRoot) = deployL2(msg.sender, settings);
        }
        VM.stopBroadcast();
    }

    /// @notice Ethereum's; `initializer` is whoever sends what this calls.
    function deployL1(address initializer, address rollupManager)
        public
        returns (SharedBridge bridge, address globalExitRoot)
    {
        bridge = _bridge(initializer);
        GlobalExitRoot manager = new GlobalExitRoot(rollupManager, address(bridge));
        manager.initialize();
        bridge.initialize(MAINNET, address(0), MAINNET, address(manager), rollupManager, "");
        return (bridge, address(manager));
    }

    /// @notice An L2's; `initializer` is whoever sends what this calls.
    function deployL2(address initializer, L2 memory settings)
        public
        returns (SharedBridge bridge, address globalExitRoot)
    {
        bridge = _bridge(initializer);
        GlobalExitRootL2 manager = new GlobalExitRootL2(address(bridge), initializer);
        manager.initialize(settings.updater, settings.remover);
        ISharedBridgeL2(address(bridge))
            .initialize(
                settings.network,
                settings.gasToken,
                settings.gasTokenNetwork,
                address(manager),
                address(0),
                settings.gasTokenMetadata,
                settings.bridgeManager,
                address(0),
                false,
                settings.pauser,
                settings.unpauser,
                address(0)
            );
        return (bridge, address(manager));
    }

    function _network(uint256 id) private pure returns (NetworkId) {
        if (id > type(uint32).max) revert NetworkIdTooLarge(id);
        // Checked above.
        // forge-lint: disable-next-line(unsafe-typecast)
        return NetworkId.wrap(uint32(id));
    }
}
