// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated from what Rust hashes, by a test of causeway-ledger; do not edit.
pragma solidity ^0.8.30;

/// @notice What an epoch's proof says: its statement digest is the low 248 bits of keccak256 over `abi.encode` of these.
struct PublicValues {
    bytes32 domain;
    bytes32 oldCommitment;
    bytes32 newCommitment;
    bytes32 rollupExitRoot;
    uint32 deposits;
    bytes32 depositRoot;
    uint32 registryEntries;
    bytes32 registryHash;
    uint64 expiry;
    bytes32 authorisationsChain;
    bytes32 payloadChain;
}

// The state commitment of a world without networks.
bytes32 constant GENESIS_COMMITMENT = 0x3a34ed0dfdd46f506c168d3a44535ed7d5eaae90fe67f651c543b0a4f8753e50;

// Bytes of an entry of the payload.
uint256 constant PAYLOAD_ENTRY_BYTES = 208;

// Bytes of an entry of the authorisations.
uint256 constant AUTHORISATION_BYTES = 56;
