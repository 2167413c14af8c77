// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DeployVerifier} from "../../script/DeployVerifier.s.sol";
import {IProofVerifier} from "../../src/interfaces/IProofVerifier.sol";
import {IVerifierGateway} from "../../src/interfaces/IVerifierGateway.sol";
import {KeyProvenance} from "../../src/interfaces/IVerifyingKey.sol";
import {Groth16Verifier} from "../../src/verifier/Groth16Verifier.sol";
import {VerifierGateway} from "../../src/verifier/VerifierGateway.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

contract DeployVerifierTest is Base {
    address private constant OWNER = address(0xCAFE);

    DeployVerifier private script;

    function setUp() external {
        script = new DeployVerifier();
    }

    function test_deploy_routesTheVerifierAndOffersTheGateway() external {
        (Groth16Verifier verifier, VerifierGateway gateway) = script.deploy(address(script), OWNER, false);
        (IProofVerifier routed,) = gateway.routes(bytes4(verifier.KEY_HASH()));
        vm.assertEq(address(routed), address(verifier));
        vm.assertEq(gateway.owner(), address(script));
        vm.assertEq(gateway.pendingOwner(), OWNER);
        vm.prank(OWNER);
        gateway.acceptOwnership();
        vm.assertEq(gateway.owner(), OWNER);
    }

    /// @dev Which of the two holds is a property of the committed key.
    function test_deploy_refusesDevelopmentKeyOnMainnet() external {
        bool development = new Groth16Verifier().PROVENANCE() == KeyProvenance.Development;
        vm.chainId(1);
        if (development) vm.expectPartialRevert(IVerifierGateway.DevelopmentKeyRefused.selector);
        script.deploy(address(script), OWNER, false);
    }
}
