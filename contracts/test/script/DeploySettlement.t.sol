// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DeploySettlement} from "../../script/DeploySettlement.s.sol";
import {PinnedRoute} from "../../script/PinnedRoute.sol";
import {GlobalExitRoot} from "../../src/bridge/GlobalExitRoot.sol";
import {SharedBridge} from "../../src/bridge/SharedBridge.sol";
import {IProofVerifier} from "../../src/interfaces/IProofVerifier.sol";
import {Settlement} from "../../src/settlement/Settlement.sol";
import {Groth16Verifier} from "../../src/verifier/Groth16Verifier.sol";
import {VerifierGateway} from "../../src/verifier/VerifierGateway.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

contract DeploySettlementTest is Base {
    DeploySettlement private script;
    VerifierGateway private gateway;
    Groth16Verifier private verifier;

    function setUp() external {
        script = new DeploySettlement();
        gateway = new VerifierGateway(address(this), false);
        verifier = new Groth16Verifier();
    }

    function _settings() private view returns (DeploySettlement.Settings memory) {
        return
            DeploySettlement.Settings(
                gateway, verifier, 5, Settlement.Roles(address(1), address(2), address(3))
            );
    }

    function test_deploy_makesSettlementTheRollupManagerOfBoth() external {
        gateway.addRoute(verifier);
        (SharedBridge bridge, GlobalExitRoot roots, Settlement settlement) =
            script.deploy(address(script), _settings());
        vm.assertEq(roots.rollupManager(), address(settlement));
        vm.assertEq(bridge.polygonRollupManager(), address(settlement));
        vm.assertEq(bridge.globalExitRootManager(), address(roots));
        vm.assertEq(address(settlement.GLOBAL_EXIT_ROOT()), address(roots));
        vm.assertEq(address(settlement.BRIDGE()), address(bridge));
        vm.assertEq(address(settlement.GATEWAY()), address(gateway));
        vm.assertEq(settlement.programDigest(), 5);
        vm.assertEq(settlement.selector(), bytes4(verifier.KEY_HASH()));
        vm.assertEq(settlement.REGISTRAR(), address(1));
        vm.assertEq(settlement.ANNOUNCER(), address(2));
        vm.assertEq(settlement.GUARDIAN(), address(3));
        vm.assertFalse(bridge.isEmergencyState());
        vm.assertTrue(roots.l1InfoRootMap(0) != 0);
    }

    /// @dev A development key has none on a public chain.
    function test_deploy_refusesAVerifierWithoutARoute() external {
        vm.expectRevert(
            abi.encodeWithSelector(
                PinnedRoute.VerifierNotRouted.selector, verifier, IProofVerifier(address(0))
            )
        );
        script.deploy(address(script), _settings());
    }

    function test_deploy_refusesARouteThatWillFreeze() external {
        gateway.addRoute(verifier);
        bytes4 selector = bytes4(verifier.KEY_HASH());
        gateway.freezeRoute(selector);
        vm.expectRevert(
            abi.encodeWithSelector(PinnedRoute.RouteFreezes.selector, selector, block.timestamp + 30 days)
        );
        script.deploy(address(script), _settings());
    }
}
