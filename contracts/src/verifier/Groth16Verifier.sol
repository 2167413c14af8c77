// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated from a verifying key by verifier-gen; do not edit.
pragma solidity ^0.8.30;

import {IProofVerifier} from "../interfaces/IProofVerifier.sol";
import {IVerifyingKey, KeyProvenance} from "../interfaces/IVerifyingKey.sol";

/// @title Groth16Verifier
/// @notice Verifies Groth16 proofs over BN254 under one key, which is part of the code.
/// KEY PROVENANCE: DEVELOPMENT. Anybody can forge proofs for this key: nothing of value may depend on it.
contract Groth16Verifier is IProofVerifier {
    /// @inheritdoc IVerifyingKey
    KeyProvenance public constant PROVENANCE = KeyProvenance.Development;

    /// @inheritdoc IVerifyingKey
    bytes32 public constant CIRCUIT_HASH = 0x2b762f185927adf0f0f12294d46ed077b34d1455195739157d03c92b751fa3a0;

    /// @dev Order of the scalar field.
    uint256 internal constant SCALAR_FIELD =
        0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    // The key. What stands on the other side of the pairing equation is negated.
    uint256 internal constant ALPHA_X = 0x1a0f2d5658330a07d531a9728d8940e65c48dfe08ac792a332f0bf14a9990af0;
    uint256 internal constant ALPHA_Y = 0x2e2ecff2f9c60e0ff40b19a1f1bdf3209c18f53b1d6a3e09d5dbd2e07abeb94c;
    uint256 internal constant NEG_BETA_X1 =
        0x290714a05cbfe740c9585bd3cd22a18d3f1aada4c1b1022a758aad9e9a77bc38;
    uint256 internal constant NEG_BETA_X0 =
        0x1f74100ed90213bdcbfcfb54a8956cde3ed8cf9bc61c9af8d090a8533b20fda9;
    uint256 internal constant NEG_BETA_Y1 =
        0x173e10e9f533951e9789e5e9c11513cb2048d0f358bb805b10c84efc9124e1b1;
    uint256 internal constant NEG_BETA_Y0 =
        0x1aac03256b40d753bf9f5ac1c3c8ca6585d5c807245a448484cb7f9a1b59200c;
    uint256 internal constant NEG_GAMMA_X1 =
        0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2;
    uint256 internal constant NEG_GAMMA_X0 =
        0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed;
    uint256 internal constant NEG_GAMMA_Y1 =
        0x275dc4a288d1afb3cbb1ac09187524c7db36395df7be3b99e673b13a075a65ec;
    uint256 internal constant NEG_GAMMA_Y0 =
        0x1d9befcd05a5323e6da4d435f3b617cdb3af83285c2df711ef39c01571827f9d;
    uint256 internal constant NEG_DELTA_X1 =
        0x27332cf17ecbdda9562e8b689a28b930a54e25b4378a79e556f4ca612ccfc2dc;
    uint256 internal constant NEG_DELTA_X0 =
        0x2b55899b2c7f4a26705d56d32da014bbe1319f4dcd04afdd3ea96f4644df37a0;
    uint256 internal constant NEG_DELTA_Y1 =
        0x26d41ecb7ddfba1fcea865e1cfb8ddfde357a19bb308b1b5ec80d86d42172080;
    uint256 internal constant NEG_DELTA_Y0 =
        0x08b934892f23789e2937549797e3716d967cbf9784be8e92cb309e4f2f0cb2cb;
    uint256 internal constant IC0_X = 0x109f5cd1d37bc71f218d1ec4e4baa26e219b01ac26e024e4be69f4ab71a69413;
    uint256 internal constant IC0_Y = 0x07b4e15aea05171ed30bd043bb4a3766525a773adf4dc20a6104c01924503f01;
    uint256 internal constant IC1_X = 0x2dddd1260907e396bd6a78c22144922c6d18726afca82dc81b6ea91d3a9a86b3;
    uint256 internal constant IC1_Y = 0x1d9e86ad02413550ae7f0815364ba0dc898f72734625b8880350501a209a486c;
    uint256 internal constant IC2_X = 0x1ca576105f8744ca6feb9d5caeb4d9b8509315905c1217c228f7322b3fc8721d;
    uint256 internal constant IC2_Y = 0x2eeeb9389adcbce92c957d840555a69e0783f56c2af0888ac3ce42854d5e8bee;

    /// @inheritdoc IVerifyingKey
    function KEY_HASH() external pure returns (bytes32) {
        bytes memory key = abi.encode(ALPHA_X, ALPHA_Y);
        key = bytes.concat(key, abi.encode(NEG_BETA_X1, NEG_BETA_X0, NEG_BETA_Y1, NEG_BETA_Y0));
        key = bytes.concat(key, abi.encode(NEG_GAMMA_X1, NEG_GAMMA_X0, NEG_GAMMA_Y1, NEG_GAMMA_Y0));
        key = bytes.concat(key, abi.encode(NEG_DELTA_X1, NEG_DELTA_X0, NEG_DELTA_Y1, NEG_DELTA_Y0));
        key = bytes.concat(key, abi.encode(IC0_X, IC0_Y));
        key = bytes.concat(key, abi.encode(IC1_X, IC1_Y));
        key = bytes.concat(key, abi.encode(IC2_X, IC2_Y));
        return keccak256(key);
    }

    /// @inheritdoc IProofVerifier
    function verify(uint256 programDigest, uint256 statementDigest, bytes calldata proof) external view {
        if (programDigest >= SCALAR_FIELD) revert PublicInputNotInField(0, programDigest);
        if (statementDigest >= SCALAR_FIELD) revert PublicInputNotInField(1, statementDigest);
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
            mstore(add(term, 0x40), programDigest)
            curve := staticcall(gas(), 0x07, term, 0x60, term, 0x40)
            curve := and(curve, eq(returndatasize(), 0x40))
            curve := and(curve, staticcall(gas(), 0x06, sum, 0x80, sum, 0x40))
            curve := and(curve, eq(returndatasize(), 0x40))
            mstore(term, IC2_X)
            mstore(add(term, 0x20), IC2_Y)
            mstore(add(term, 0x40), statementDigest)
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
