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
    bytes32 public constant CIRCUIT_HASH = 0xc2a6dc33417833645bb7d6ce1861244dd7798e21dde63e61ee8777830376519a;

    /// @dev Order of the scalar field.
    uint256 internal constant SCALAR_FIELD =
        0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    // The key. What stands on the other side of the pairing equation is negated.
    uint256 internal constant ALPHA_X = 0x1139023e98c0704b0ef47d1385952f4c83577ffee83b076c96c2a8861fbf3545;
    uint256 internal constant ALPHA_Y = 0x15898efcdd10f796e8c4f27553f935e93c55b309c88642c20e73d38a7252d5f5;
    uint256 internal constant NEG_BETA_X1 =
        0x21ab8329259026d75ff2548cc71fa1c0b6a42e7c7261978204761a145bca761d;
    uint256 internal constant NEG_BETA_X0 =
        0x076707a4449149976131f24d1818d09e87cb110afc69b4c6aec9b3dbe12bd587;
    uint256 internal constant NEG_BETA_Y1 =
        0x00a874b92e181c3ce244bea416f51f81b44b04aae065c4fa8bb1899d375a0092;
    uint256 internal constant NEG_BETA_Y0 =
        0x0701fe9bc3769b2558ee5db560080531eaecd8bf180d104fe4f9a00a9854b7b9;
    uint256 internal constant NEG_GAMMA_X1 =
        0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2;
    uint256 internal constant NEG_GAMMA_X0 =
        0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed;
    uint256 internal constant NEG_GAMMA_Y1 =
        0x275dc4a288d1afb3cbb1ac09187524c7db36395df7be3b99e673b13a075a65ec;
    uint256 internal constant NEG_GAMMA_Y0 =
        0x1d9befcd05a5323e6da4d435f3b617cdb3af83285c2df711ef39c01571827f9d;
    uint256 internal constant NEG_DELTA_X1 =
        0x3021b29038e252aa5a5c29f760e7d03f486b53a3e9eaaa0679712a78420d50a2;
    uint256 internal constant NEG_DELTA_X0 =
        0x1a7d1905be9dff4cb3fb5d72b8cfe70949b0885151eed3d2ddb5e42ca3b77cd3;
    uint256 internal constant NEG_DELTA_Y1 =
        0x277aa0c8ec1246fd8ded87e5ca46ff79d0839d8934ebf864a6239444cf5b3fc4;
    uint256 internal constant NEG_DELTA_Y0 =
        0x276e0002a93fea74656ade29c26fb6c44f5cf73cffc171df0a5ff798355e03b7;
    uint256 internal constant IC0_X = 0x25b4642310dd93b75ff40f40aea30c894ff8984455524a05a6938c2428108bf4;
    uint256 internal constant IC0_Y = 0x06ae5c627dedc1e11f2791966805dd7c74c8fd3f7daff29b30047aedb4b7ac46;
    uint256 internal constant IC1_X = 0x1b713c20140ebac40e2303aaad3d0621e8a430179db89eb48c7d7d54d2745455;
    uint256 internal constant IC1_Y = 0x1f2ce13604d7beb5900bbae2cc46ec694216e81f6519125e1f6a90606a2cc014;
    uint256 internal constant IC2_X = 0x1bed7de53d51d278ce81b2a90f4a1bf23adfe9dffa3b258ee7550f905e29b195;
    uint256 internal constant IC2_Y = 0x1d7af2ef5c027780a983f0e6f5c6768aeb75b6d0e9fd445edd7ad83d6fe41e88;

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
