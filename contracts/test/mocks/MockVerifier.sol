// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProofVerifier} from "../../src/interfaces/IProofVerifier.sol";
import {IVerifyingKey, KeyProvenance} from "../../src/interfaces/IVerifyingKey.sol";

/// @notice Says of its key what a test wants and accepts every proof.
contract MockVerifier is IProofVerifier {
    /// @inheritdoc IVerifyingKey
    bytes32 public immutable KEY_HASH;

    /// @inheritdoc IVerifyingKey
    KeyProvenance public immutable PROVENANCE;

    /// @inheritdoc IVerifyingKey
    bytes32 public constant CIRCUIT_HASH = bytes32(0);

    constructor(bytes32 keyHash, KeyProvenance provenance) {
        KEY_HASH = keyHash;
        PROVENANCE = provenance;
    }

    /// @inheritdoc IProofVerifier
    function verify(uint256, uint256, bytes calldata) external view {}
}
