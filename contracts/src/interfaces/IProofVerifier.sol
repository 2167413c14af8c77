// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IVerifyingKey} from "./IVerifyingKey.sol";

/// @title IProofVerifier
/// @notice Verifies that a program accepted a statement, from one Groth16 proof over BN254.
interface IProofVerifier is IVerifyingKey {
    /// @notice Returns if the proof is valid and reverts otherwise.
    /// @dev Who calls decides what the digests mean: compare `programDigest` with a pinned value, and let
    /// `statementDigest` commit to chain, contract and everything that must not be replayed. Proofs are malleable:
    /// the same statement has many, so neither a proof nor its hash may serve as a nullifier. A malformed point burns
    /// all gas forwarded to the pairing: a caller that catches the failure must limit the gas it forwards.
    /// @param programDigest Hash of the verifier data of the plonky2 circuit that made the statement.
    /// @param statementDigest Digest of the public values of the statement.
    /// @param proof A, B, C in EIP-197 order: 256 bytes.
    function verify(uint256 programDigest, uint256 statementDigest, bytes calldata proof) external view;
}
