// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IGlobalExitRootBase} from "../../src/interfaces/IGlobalExitRoot.sol";
import {ISharedBridge} from "../../src/interfaces/ISharedBridge.sol";
import {NetworkId} from "../../src/types/NetworkId.sol";
import {PlainExitTree} from "../PlainExitTree.sol";

/// @notice Stands where settlement does, for tests of the bridge alone: takes any network's exit root without proof.
contract MockSettlement {
    bytes32[] private _exitRoots;

    /// @notice Sets a network's exit root and publishes the rollups'.
    function settle(IGlobalExitRootBase manager, NetworkId network, bytes32 exitRoot) external {
        uint256 index = NetworkId.unwrap(network) - 1;
        while (_exitRoots.length <= index) _exitRoots.push(0);
        _exitRoots[index] = exitRoot;
        manager.updateExitRoot(rollupExitRoot());
    }

    function activateEmergencyState(ISharedBridge bridge) external {
        bridge.activateEmergencyState();
    }

    function deactivateEmergencyState(ISharedBridge bridge) external {
        bridge.deactivateEmergencyState();
    }

    function exitRoots() external view returns (bytes32[] memory) {
        return _exitRoots;
    }

    function rollupExitRoot() public view returns (bytes32) {
        return PlainExitTree.root(_exitRoots);
    }
}
