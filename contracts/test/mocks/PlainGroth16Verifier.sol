// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Groth16Verifier} from "../../src/verifier/Groth16Verifier.sol";

/// @notice The generated verifier beside the same equation without assembly.
contract PlainGroth16Verifier is Groth16Verifier {
    enum Outcome {
        Valid,
        Malformed,
        Invalid
    }

    error CurveOperationFailed(address precompile);

    function verifyPlain(uint256[2] memory inputs, uint256[8] memory proof) external view returns (Outcome) {
        uint256[2] memory sum = [IC0_X, IC0_Y];
        sum = _add(sum, _mul([IC1_X, IC1_Y], inputs[0]));
        sum = _add(sum, _mul([IC2_X, IC2_Y], inputs[1]));

        bytes memory pairs = abi.encode(proof[0], proof[1], proof[2], proof[3], proof[4], proof[5]);
        pairs = bytes.concat(pairs, abi.encode(sum, NEG_GAMMA_X1, NEG_GAMMA_X0, NEG_GAMMA_Y1, NEG_GAMMA_Y0));
        pairs = bytes.concat(pairs, abi.encode(proof[6], proof[7]));
        pairs = bytes.concat(pairs, abi.encode(NEG_DELTA_X1, NEG_DELTA_X0, NEG_DELTA_Y1, NEG_DELTA_Y0));
        pairs = bytes.concat(pairs, abi.encode(ALPHA_X, ALPHA_Y));
        pairs = bytes.concat(pairs, abi.encode(NEG_BETA_X1, NEG_BETA_X0, NEG_BETA_Y1, NEG_BETA_Y0));
        (bool success, bytes memory product) = address(8).staticcall(pairs);
        if (!success) return Outcome.Malformed;
        return abi.decode(product, (uint256)) == 1 ? Outcome.Valid : Outcome.Invalid;
    }

    function _mul(uint256[2] memory point, uint256 scalar) private view returns (uint256[2] memory) {
        (bool success, bytes memory product) = address(7).staticcall(abi.encode(point, scalar));
        if (!success) revert CurveOperationFailed(address(7));
        return abi.decode(product, (uint256[2]));
    }

    function _add(uint256[2] memory left, uint256[2] memory right) private view returns (uint256[2] memory) {
        (bool success, bytes memory sum) = address(6).staticcall(abi.encode(left, right));
        if (!success) revert CurveOperationFailed(address(6));
        return abi.decode(sum, (uint256[2]));
    }
}
