// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IVerifyingKey} from "../../src/interfaces/IVerifyingKey.sol";
import {Groth16Verifier} from "../../src/verifier/Groth16Verifier.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";
import {PlainGroth16Verifier} from "../mocks/PlainGroth16Verifier.sol";

contract Groth16VerifierTest is Base {
    /// @dev A malformed point burns all gas that reaches the pairing: tests forward no more than a proof needs.
    uint256 private constant GAS = 250_000;

    Groth16Verifier private verifier;
    PlainGroth16Verifier private twin;
    Vector private vector;
    uint256 private program;
    uint256 private statement;
    bytes private proof;

    function setUp() external {
        verifier = new Groth16Verifier();
        twin = new PlainGroth16Verifier();
        vector = readVector("wrap-proof");
        vm.assertEq(vector.publicInputs.length, 2);
        (program, statement, proof) = (vector.publicInputs[0], vector.publicInputs[1], vector.proof);
    }

    function test_verify_acceptsRealProof() external {
        verifier.verify(program, statement, proof);
        vm.snapshotGasLastCall("Groth16Verifier", "verify");
    }

    function test_deployment_size() external {
        vm.snapshotValue("Groth16Verifier", "bytecode size", address(verifier).code.length);
        bytes32 initcode = keccak256(type(Groth16Verifier).creationCode);
        vm.snapshotValue("Groth16Verifier", "initcode hash", uint256(initcode));
    }

    function test_key_isWhatTheGeneratorSays() external view {
        vm.assertEq(verifier.KEY_HASH(), vector.keyHash);
        vm.assertEq(verifier.CIRCUIT_HASH(), vector.circuitHash);
        vm.assertEq(uint256(verifier.PROVENANCE()), uint256(vector.provenance));
    }

    function test_verify_revertsWhenAnyProofWordIsFlipped() external {
        for (uint256 word = 0; word < 8; ++word) {
            // A changed coordinate leaves the curve.
            expectMalformed();
            verifier.verify{gas: GAS}(program, statement, withWord(proof, word, wordAt(proof, word) ^ 1));
        }
    }

    function test_verify_revertsWhenAnyInputIsFlipped() external {
        expectInvalid();
        verifier.verify(program ^ 1, statement, proof);
        expectInvalid();
        verifier.verify(program, statement ^ 1, proof);
    }

    function test_verify_revertsWhenInputsAreSwapped() external {
        expectInvalid();
        verifier.verify(statement, program, proof);
    }

    function test_verify_revertsWhenPointsAreWellFormedAndWrong() external {
        (uint256 ax, uint256 ay, uint256 cx, uint256 cy) =
            (wordAt(proof, 0), wordAt(proof, 1), wordAt(proof, 6), wordAt(proof, 7));
        expectInvalid();
        verifier.verify(program, statement, withWord(withWord(proof, 0, cx), 1, cy));
        expectInvalid();
        verifier.verify(program, statement, withWord(withWord(proof, 6, ax), 7, ay));
        expectInvalid();
        verifier.verify(program, statement, withWord(proof, 1, Q - ay));
    }

    function test_verify_revertsWhenPointsAreAtInfinity() external {
        expectInvalid();
        verifier.verify(program, statement, new bytes(256));
        expectInvalid();
        verifier.verify(program, statement, withWord(withWord(proof, 0, 0), 1, 0));
        expectInvalid();
        verifier.verify(program, statement, withWord(withWord(proof, 6, 0), 7, 0));
    }

    function test_verify_revertsWhenCoordinateIsNotReduced() external {
        for (uint256 word = 0; word < 8; ++word) {
            expectMalformed();
            verifier.verify{gas: GAS}(program, statement, withWord(proof, word, wordAt(proof, word) + Q));
        }
    }

    function test_verify_revertsWhenBIsOutsideSubgroup() external {
        // x = 2 + i, on the twist, of another order.
        bytes memory outside = withWord(proof, 2, 1);
        outside = withWord(outside, 3, 2);
        outside = withWord(
            outside, 4, 19659275751359636165940301690575149581329631496732780143538578556285923319774
        );
        outside = withWord(
            outside, 5, 7292567877523311580221095596750716176434782432868683424513645834767876293070
        );
        expectMalformed();
        verifier.verify{gas: GAS}(program, statement, outside);
    }

    function test_verify_revertsWhenInputIsAliased() external {
        vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.PublicInputNotInField.selector, 0, program + R));
        verifier.verify(program + R, statement, proof);
        vm.expectRevert(
            abi.encodeWithSelector(IVerifyingKey.PublicInputNotInField.selector, 1, statement + R)
        );
        verifier.verify(program, statement + R, proof);
        vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.PublicInputNotInField.selector, 0, R));
        verifier.verify(R, statement, proof);
        expectInvalid();
        verifier.verify(R - 1, statement, proof);
    }

    function test_verify_revertsWhenProofHasWrongLength() external {
        expectLength(0);
        verifier.verify(program, statement, "");
        expectLength(257);
        verifier.verify(program, statement, bytes.concat(proof, hex"00"));
        bytes memory short = new bytes(255);
        for (uint256 i = 0; i < 255; ++i) {
            short[i] = proof[i];
        }
        expectLength(255);
        verifier.verify(program, statement, short);
    }

    function test_verify_revertsWhenGasIsShortOfThePairing() external {
        expectMalformed();
        verifier.verify{gas: 150_000}(program, statement, proof);
    }

    /// @dev A chain may lack a precompile: nothing there is taken for its answer.
    function test_verify_revertsWhenAPrecompileFails() external {
        for (uint160 precompile = 6; precompile < 8; ++precompile) {
            vm.mockCallRevert(address(precompile), "", "");
            vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.PrecompileFailed.selector));
            verifier.verify(program, statement, proof);
            vm.clearMockedCalls();
        }
    }

    /// @dev A proof is no nullifier: of one, anybody makes others.
    function test_verify_acceptsAnotherProofOfTheSameStatement() external view {
        bytes memory other = withWord(proof, 1, Q - wordAt(proof, 1));
        other = withWord(other, 4, Q - wordAt(proof, 4));
        other = withWord(other, 5, Q - wordAt(proof, 5));
        verifier.verify(program, statement, other);
    }

    function testFuzz_verify_revertsOnOtherInputs(uint256 otherProgram, uint256 otherStatement) external {
        vm.assume(otherProgram % R != program || otherStatement % R != statement);
        expectInvalid();
        verifier.verify(otherProgram % R, otherStatement % R, proof);
    }

    /// @dev Each byte string is malformed, invalid or valid for the twin and the assembly alike.
    function testFuzz_verify_agreesWithItsPlainTwin(uint256 kind, uint256 word, uint256 value, uint256 scalar)
        external
    {
        bytes memory candidate = proof;
        uint256[2] memory inputs = [program, statement];
        kind %= 5;
        if (kind == 0) candidate = withWord(proof, word % 8, value);
        if (kind == 1) candidate = scaled(candidate, 6, scalar);
        if (kind == 2) candidate = scaled(candidate, 0, scalar);
        if (kind == 3) inputs[word % 2] = value % R;

        uint256[8] memory words;
        for (uint256 i = 0; i < 8; ++i) {
            words[i] = wordAt(candidate, i);
        }
        PlainGroth16Verifier.Outcome outcome = twin.verifyPlain{gas: GAS}(inputs, words);
        if (outcome == PlainGroth16Verifier.Outcome.Malformed) expectMalformed();
        if (outcome == PlainGroth16Verifier.Outcome.Invalid) expectInvalid();
        verifier.verify{gas: GAS}(inputs[0], inputs[1], candidate);
    }

    /// @notice `data` with its point of G1 at `word` multiplied by `scalar`: well formed, and wrong unless 1.
    function scaled(bytes memory data, uint256 word, uint256 scalar) private view returns (bytes memory) {
        (bool success, bytes memory point) =
            address(7).staticcall(abi.encode(wordAt(data, word), wordAt(data, word + 1), scalar));
        vm.assertTrue(success);
        return withWord(withWord(data, word, wordAt(point, 0)), word + 1, wordAt(point, 1));
    }

    function expectMalformed() private {
        vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.ProofMalformed.selector));
    }

    function expectInvalid() private {
        vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.ProofInvalid.selector));
    }

    function expectLength(uint256 length) private {
        vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.ProofLengthInvalid.selector, length, 256));
    }
}
