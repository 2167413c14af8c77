// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DeployProofAggregation} from "../../script/DeployProofAggregation.s.sol";
import {PinnedRoute} from "../../script/PinnedRoute.sol";
import {IProofVerifier} from "../../src/interfaces/IProofVerifier.sol";
import {Groth16Verifier} from "../../src/verifier/Groth16Verifier.sol";
import {ProofAggregation} from "../../src/verifier/ProofAggregation.sol";
import {VerifierGateway} from "../../src/verifier/VerifierGateway.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

contract DeployProofAggregationTest is Base {
    DeployProofAggregation private script;
    VerifierGateway private gateway;
    Groth16Verifier private verifier;
    bytes4 private selector;

    function setUp() external {
        script = new DeployProofAggregation();
        gateway = new VerifierGateway(address(this), false);
        verifier = new Groth16Verifier();
        selector = bytes4(verifier.KEY_HASH());
        gateway.addRoute(verifier);
    }

    function test_deploy_pinsTheRouteOfTheVerifier() external {
        ProofAggregation aggregation = script.deploy(gateway, verifier, 5);
        vm.assertEq(address(aggregation.GATEWAY()), address(gateway));
        vm.assertEq(aggregation.PROGRAM_DIGEST(), 5);
        vm.assertEq(aggregation.SELECTOR(), selector);
    }

    function test_deploy_refusesAVerifierThatIsNotRouted() external {
        Groth16Verifier same = new Groth16Verifier();
        vm.expectRevert(abi.encodeWithSelector(PinnedRoute.VerifierNotRouted.selector, same, verifier));
        script.deploy(gateway, same, 5);
        VerifierGateway other = new VerifierGateway(address(this), false);
        vm.expectRevert(
            abi.encodeWithSelector(
                PinnedRoute.VerifierNotRouted.selector, verifier, IProofVerifier(address(0))
            )
        );
        script.deploy(other, verifier, 5);
    }

    function test_deploy_refusesARouteThatWillFreeze() external {
        gateway.freezeRoute(selector);
        vm.expectRevert(
            abi.encodeWithSelector(PinnedRoute.RouteFreezes.selector, selector, block.timestamp + 30 days)
        );
        script.deploy(gateway, verifier, 5);
    }
}
