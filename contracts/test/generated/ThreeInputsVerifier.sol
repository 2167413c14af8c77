// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated from a verifying key by verifier-gen; do not edit.
pragma solidity ^0.8.30;

import {IVerifyingKey, KeyProvenance} from "../../src/interfaces/IVerifyingKey.sol";

/// @title ThreeInputsVerifier
/// @notice Verifies Groth16 proofs over BN254 under one key, which is part of the code.
/// KEY PROVENANCE: DEVELOPMENT. Anybody can forge proofs for this key: nothing of value may depend on it.
contract ThreeInputsVerifier is IVerifyingKey {
    /// @inheritdoc IVerifyingKey
    KeyProvenance public constant PROVENANCE = KeyProvenance.Development;

    /// @inheritdoc IVerifyingKey
    bytes32 public constant CIRCUIT_HASH = 0xaede898ab5bafc3d393eb38db16023b626f5b1f653c076ad0a6d5ab374150c2d;

    /// @dev Order of the scalar field.
    uint256 internal constant SCALAR_FIELD =
        0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    // The key. What stands on the other side of the pairing equation is negated.
    uint256 internal constant ALPHA_X = 0x1d8a7266215b78c612de68608b61a9e24630122b6e2363efa484dc5507d4bedf;
    uint256 internal constant ALPHA_Y = 0x031f16e8961e3f8e74da2d7a2f7294b41c9c742daacc50dd502e38e60af25b8e;
    uint256 internal constant NEG_BETA_X1 =
        0x2510fe3ad8fb93270d7f1050ec92e50ed19cbd5c09a32bbbdfcecd2bf6ab616c;
    uint256 internal constant NEG_BETA_X0 =
        0x2d4690f13c9cd8708c55ba406074fa6191e5709cf3ee8e0cab68b44934d96fc6;
    uint256 internal constant NEG_BETA_Y1 =
        0x1d4d827c5704f565d1457abb232d65754b06e2666ce803465979d023a26c5cdf;
    uint256 internal constant NEG_BETA_Y0 =
        0x1f45b8c9e62f1dbda34b7453180fbd6dd5980a8f8663f7c6c3edd2b0b70a70ab;
    uint256 internal constant NEG_GAMMA_X1 =
        0x194e4a8fac640d9361de02eadbfa3ddbef02a827c0121e90d23c7890f646d56a;
    uint256 internal constant NEG_GAMMA_X0 =
        0x05626cc5b97fd9def21d0474b7a32f4627f976f984b7be0f122675285b0f24e4;
    uint256 internal constant NEG_GAMMA_Y1 =
        0x06dac962729cb1a3ead6f899e43da3ae429b8b9b5a2b8dd5cebdd8a24ab72142;
    uint256 internal constant NEG_GAMMA_Y0 =
        0x1175a7ecadef97141599eb17c9d91f3114a16a7978d47e2a80681a9d80c57351;
    uint256 internal constant NEG_DELTA_X1 =
        0x22c667363a66589ff6cfc901a444e74ad4fc090c80eeac372f57cbbe3cf62a28;
    uint256 internal constant NEG_DELTA_X0 =
        0x2cfcb8001bf433ac2f6f93b59deb6a319308ce69c41de982faa4b6ee0cda5541;
    uint256 internal constant NEG_DELTA_Y1 =
        0x039657b6ab7b11c74209022abb4e2f703dd148cf476b0e9680526097d3569e11;
    uint256 internal constant NEG_DELTA_Y0 =
        0x00537d93c27caf35088114ce5752ec01a604c491da032c063533c3d90f9d2792;
    uint256 internal constant IC0_X = 0x151024f6801943da1caba016083832091739ba7c9442da7d567bd8ec852eeb6f;
    uint256 internal constant IC0_Y = 0x0cbcfbec896acdc99da4e24fc5c6fcfaaaa5a5fe1bd064c67623f423d89b55e2;
    uint256 internal constant IC1_X = 0x2396495ff77622930c76d3afb23662ad79521ffb4054616225dba7237237241e;
    uint256 internal constant IC1_Y = 0x1acd9781591fbe7180ae6070099e8ebe9d82fc8b4044c1c25c3d640ca43287ea;
    uint256 internal constant IC2_X = 0x1e380211edebbee7d2f09bcf1242e027db2f8480a6ea4bd60af565f816f5ebbb;
    uint256 internal constant IC2_Y = 0x1742c5e9702f5d94bd54a66708bc192ef2dd15dd11db777bc2389301b134125e;
    uint256 internal constant IC3_X = 0x0d0fbf0a7cbd1913b51f1c1e0694fe1cfb77782cc89787e1db7f08d30c1e9740;
    uint256 internal constant IC3_Y = 0x12388e6b09d3b4bfae6e176e572997c13361c18e3ebf9c8137469bf674a57d08;

    /// @inheritdoc IVerifyingKey
    function KEY_HASH() external pure returns (bytes32) {
        bytes memory key = abi.encode(ALPHA_X, ALPHA_Y);
        key = bytes.concat(key, abi.encode(NEG_BETA_X1, NEG_BETA_X0, NEG_BETA_Y1, NEG_BETA_Y0));
        key = bytes.concat(key, abi.encode(NEG_GAMMA_X1, NEG_GAMMA_X0, NEG_GAMMA_Y1, NEG_GAMMA_Y0));
        key = bytes.concat(key, abi.encode(NEG_DELTA_X1, NEG_DELTA_X0, NEG_DELTA_Y1, NEG_DELTA_Y0));
        key = bytes.concat(key, abi.encode(IC0_X, IC0_Y));
        key = bytes.concat(key, abi.encode(IC1_X, IC1_Y));
        key = bytes.concat(key, abi.encode(IC2_X, IC2_Y));
        key = bytes.concat(key, abi.encode(IC3_X, IC3_Y));
        return keccak256(key);
    }

    /// @notice Returns if the proof, A, B, C in EIP-197 order, is valid and reverts otherwise.
    function verify(uint256[3] calldata publicInputs, bytes calldata proof) external view {
        if (publicInputs[0] >= SCALAR_FIELD) revert PublicInputNotInField(0, publicInputs[0]);
        if (publicInputs[1] >= SCALAR_FIELD) revert PublicInputNotInField(1, publicInputs[1]);
        if (publicInputs[2] >= SCALAR_FIELD) revert PublicInputNotInField(2, publicInputs[2]);
        if (proof.length != 256) revert ProofLengthInvalid(proof.length, 256);

        bool curve;
        bool paired;
        bool valid;
        assembly ("memory-safe") {
            // Input of the pairing: (A, B), (C, -delta), (alpha, -beta), (sum, -gamma), 192 bytes each.
            let pairs := mload(0x40)
            let sum := add(pairs, 0x240)
            let term := add(pairs, 0x280)

            // sum = IC0 + input * IC1 + ..., made where the pairing reads it; each term where -gamma will stand.
            mstore(sum, IC0_X)
            mstore(add(sum, 0x20), IC0_Y)
            mstore(term, IC1_X)
            mstore(add(term, 0x20), IC1_Y)
            mstore(add(term, 0x40), calldataload(publicInputs))
            curve := staticcall(gas(), 0x07, term, 0x60, term, 0x40)
            curve := and(curve, eq(returndatasize(), 0x40))
            curve := and(curve, staticcall(gas(), 0x06, sum, 0x80, sum, 0x40))
            curve := and(curve, eq(returndatasize(), 0x40))
            mstore(term, IC2_X)
            mstore(add(term, 0x20), IC2_Y)
            mstore(add(term, 0x40), calldataload(add(publicInputs, 0x20)))
            curve := and(curve, staticcall(gas(), 0x07, term, 0x60, term, 0x40))
            curve := and(curve, eq(returndatasize(), 0x40))
            curve := and(curve, staticcall(gas(), 0x06, sum, 0x80, sum, 0x40))
            curve := and(curve, eq(returndatasize(), 0x40))
            mstore(term, IC3_X)
            mstore(add(term, 0x20), IC3_Y)
            mstore(add(term, 0x40), calldataload(add(publicInputs, 0x40)))
            curve := and(curve, staticcall(gas(), 0x07, term, 0x60, term, 0x40))
            curve := and(curve, eq(returndatasize(), 0x40))
            curve := and(curve, staticcall(gas(), 0x06, sum, 0x80, sum, 0x40))
            curve := and(curve, eq(returndatasize(), 0x40))

            calldatacopy(pairs, proof.offset, 0x100)
            mstore(add(pairs, 0x100), NEG_DELTA_X1)
            mstore(add(pairs, 0x120), NEG_DELTA_X0)
            mstore(add(pairs, 0x140), NEG_DELTA_Y1)
            mstore(add(pairs, 0x160), NEG_DELTA_Y0)
            mstore(add(pairs, 0x180), ALPHA_X)
            mstore(add(pairs, 0x1a0), ALPHA_Y)
            mstore(add(pairs, 0x1c0), NEG_BETA_X1)
            mstore(add(pairs, 0x1e0), NEG_BETA_X0)
            mstore(add(pairs, 0x200), NEG_BETA_Y1)
            mstore(add(pairs, 0x220), NEG_BETA_Y0)
            mstore(add(pairs, 0x280), NEG_GAMMA_X1)
            mstore(add(pairs, 0x2a0), NEG_GAMMA_X0)
            mstore(add(pairs, 0x2c0), NEG_GAMMA_Y1)
            mstore(add(pairs, 0x2e0), NEG_GAMMA_Y0)
            paired := staticcall(gas(), 0x08, pairs, 0x300, 0x00, 0x20)
            valid := and(eq(returndatasize(), 0x20), mload(0x00))
        }
        if (!curve) revert PrecompileFailed();
        if (!paired) revert ProofMalformed();
        if (!valid) revert ProofInvalid();
    }
}
