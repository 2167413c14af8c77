// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProofVerifier} from "../../src/interfaces/IProofVerifier.sol";
import {IVerifyingKey, KeyProvenance} from "../../src/interfaces/IVerifyingKey.sol";

/// @notice Accepts as proof of a statement of a program the two digests themselves, and nothing else.
contract MockStatementVerifier is IProofVerifier {
    /// @inheritdoc IVerifyingKey
    bytes32 public immutable KEY_HASH;

    /// @inheritdoc IVerifyingKey
    KeyProvenance public constant PROVENANCE = KeyProvenance.Development;

    /// @inheritdoc IVerifyingKey
    bytes32 public constant CIRCUIT_HASH = bytes32(0);

    constructor(bytes32 keyHash) {
        KEY_HASH = keyHash;
    }

    /// @inheritdoc IProofVerifier
    function verify(uint256 programDigest, uint256 statementDigest, bytes calldata proof) external pure {
        if (keccak256(proof) != keccak256(abi.encode(programDigest, statementDigest))) revert ProofInvalid();
    }
}
