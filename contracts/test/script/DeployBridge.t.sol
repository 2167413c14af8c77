// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DeployBridge} from "../../script/DeployBridge.s.sol";
import {SharedBridge} from "../../src/bridge/SharedBridge.sol";
import {IGlobalExitRootBase, IGlobalExitRootL2} from "../../src/interfaces/IGlobalExitRoot.sol";
import {ISharedBridgeL2} from "../../src/interfaces/ISharedBridgeL2.sol";
import {NetworkId} from "../../src/types/NetworkId.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

contract DeployBridgeTest is Base {
    function _settings() private pure returns (DeployBridge.L2 memory) {
        return DeployBridge.L2(
            NetworkId.wrap(4),
            address(9),
            NetworkId.wrap(2),
            "metadata",
            address(1),
            address(2),
            address(3),
            address(4),
            address(5)
        );
    }

    /// @dev Two networks are two states: one EVM is taken back before it becomes the other.
    function test_deploy_putsTheBridgeAtOneAddress() external {
        DeployBridge script = new DeployBridge();
        uint256 before = vm.snapshotState();
        (SharedBridge l1, address roots) = script.deployL1(address(script), address(7));
        vm.assertEq(NetworkId.unwrap(l1.networkID()), 0);
        vm.assertEq(l1.globalExitRootManager(), roots);
        vm.assertEq(l1.polygonRollupManager(), address(7));
        vm.assertEq(IGlobalExitRootBase(roots).bridgeAddress(), address(l1));
        vm.assertFalse(l1.isEmergencyState());

        vm.assertTrue(vm.revertToState(before));
        (SharedBridge l2, address rootsL2) = script.deployL2(address(script), _settings());
        vm.assertEq(address(l2), address(l1));
        vm.assertEq(NetworkId.unwrap(l2.networkID()), 4);
        vm.assertEq(l2.gasTokenAddress(), address(9));
        vm.assertEq(NetworkId.unwrap(l2.gasTokenNetwork()), 2);
        vm.assertEq(l2.gasTokenMetadata(), "metadata");
        vm.assertTrue(l2.WETHToken() != address(0));
        ISharedBridgeL2 bridge = ISharedBridgeL2(address(l2));
        vm.assertEq(bridge.bridgeManager(), address(1));
        vm.assertEq(bridge.emergencyBridgePauser(), address(2));
        vm.assertEq(bridge.emergencyBridgeUnpauser(), address(3));
        vm.assertEq(IGlobalExitRootL2(rootsL2).globalExitRootUpdater(), address(4));
        vm.assertEq(IGlobalExitRootL2(rootsL2).globalExitRootRemover(), address(5));
    }

    /// @dev Anybody can put the bridge at its address before the script does. It is the same bridge and waits for its initializer.
    function test_deploy_takesABridgeThatSomebodyElsePutThere() external {
        DeployBridge script = new DeployBridge();
        bytes memory creation = bytes.concat(type(SharedBridge).creationCode, abi.encode(address(script)));
        address factory = 0x4e59b44847b379578588920cA78FbF26c0B4956C;
        (bool success, bytes memory answer) = factory.call(bytes.concat(script.SALT(), creation));
        vm.assertTrue(success);
        (SharedBridge bridge,) = script.deployL1(address(script), address(7));
        vm.assertEq(abi.encodePacked(bridge), answer);
        vm.assertEq(bridge.polygonRollupManager(), address(7));
    }
}
