// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice Where the secret behind a Groth16 key came from.
/// @dev The unsafe kind is zero, so that nothing left unset reads as safe.
enum KeyProvenance {
    /// One machine made the key from a published seed: whoever knows the seed can prove anything.
    Development,
    /// A ceremony made the key: forging takes the collusion of all its participants.
    Ceremony
}

/// @title IVerifyingKey
/// @notice What a generated Groth16 verifier tells about the key in its code, and how it refuses a proof.
interface IVerifyingKey {
    /// @notice A public input is not below the order of the scalar field: it would alias another one.
    error PublicInputNotInField(uint256 index, uint256 value);

    /// @notice A proof is three points, A, B, C, of exactly `expected` bytes.
    error ProofLengthInvalid(uint256 actual, uint256 expected);

    /// @notice The pairing precompile refused the proof's points: a coordinate is not reduced, a point is not on its
    /// curve, or B is outside the subgroup. Too little gas for the pairing shows as this too.
    error ProofMalformed();

    /// @notice The proof's points are well formed and the pairing equation does not hold for these public inputs.
    error ProofInvalid();

    /// @notice A curve precompile failed on input that is always well formed: this chain does not have it.
    error PrecompileFailed();

    /// @notice Where the key came from. Anybody can forge proofs for a development key.
    function PROVENANCE() external view returns (KeyProvenance);

    /// @notice Digest of the constraint system that the key was made for.
    function CIRCUIT_HASH() external view returns (bytes32);

    /// @notice keccak256 of the key as the contract uses it, 32-byte words in EIP-197 order:
    /// alpha, -beta, -gamma, -delta, IC[0], IC[1], ... Its first four bytes are the key's selector, the prefix that
    /// routes a proof to its verifier: they name the key and authenticate nothing.
    function KEY_HASH() external view returns (bytes32);
}
