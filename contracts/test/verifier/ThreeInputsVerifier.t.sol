// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IVerifyingKey} from "../../src/interfaces/IVerifyingKey.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";
import {ThreeInputsVerifier} from "../generated/ThreeInputsVerifier.sol";

/// @notice The generator at a number of public inputs other than two.
contract ThreeInputsVerifierTest is Base {
    ThreeInputsVerifier private verifier;
    Vector private vector;
    uint256[3] private inputs;

    function setUp() external {
        verifier = new ThreeInputsVerifier();
        vector = readVector("three-inputs-proof");
        vm.assertEq(vector.publicInputs.length, 3);
        for (uint256 i = 0; i < 3; ++i) {
            inputs[i] = vector.publicInputs[i];
        }
    }

    function test_key_isWhatTheGeneratorSays() external view {
        vm.assertEq(verifier.KEY_HASH(), vector.keyHash);
        vm.assertEq(verifier.CIRCUIT_HASH(), vector.circuitHash);
        vm.assertEq(uint256(verifier.PROVENANCE()), uint256(vector.provenance));
    }

    function test_verify_acceptsRealProof() external {
        verifier.verify(inputs, vector.proof);
        vm.snapshotGasLastCall("ThreeInputsVerifier", "verify");
    }

    function test_verify_revertsWhenAnyInputIsFlipped() external {
        for (uint256 i = 0; i < 3; ++i) {
            uint256[3] memory flipped = inputs;
            flipped[i] ^= 1;
            vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.ProofInvalid.selector));
            verifier.verify(flipped, vector.proof);
        }
    }

    function test_verify_revertsWhenAnyInputIsAliased() external {
        for (uint256 i = 0; i < 3; ++i) {
            uint256[3] memory aliased = inputs;
            aliased[i] += R;
            vm.expectRevert(
                abi.encodeWithSelector(IVerifyingKey.PublicInputNotInField.selector, i, aliased[i])
            );
            verifier.verify(aliased, vector.proof);
        }
    }
}
