// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {PAYLOAD_ENTRY_BYTES} from "../generated/PublicValues.sol";

/// @title EpochPayload
/// @notice An epoch's public record: one entry for each certificate, in the order in which they settle, one after the other.
/// @dev An entry is the network 4, height 8, exit count 4, exit root 32, state root 32 and the digests of shadow, balance and nullifier
/// roots and of the exit tree's frontier, 32 each.
library EpochPayload {
    /// @notice The payload ends within an entry.
    error PayloadNotWhole(uint256 length);

    /// @notice The chain over all entries: keccak256(chain, entry), from zero.
    function chain(bytes calldata payload) internal pure returns (bytes32 link) {
        if (payload.length % PAYLOAD_ENTRY_BYTES != 0) revert PayloadNotWhole(payload.length);
        // In memory that nobody has asked for.
        assembly ("memory-safe") {
            let place := mload(0x40)
            let end := add(payload.offset, payload.length)
            for { let entry := payload.offset } lt(entry, end) { entry := add(entry, PAYLOAD_ENTRY_BYTES) } {
                mstore(place, link)
                calldatacopy(add(place, 32), entry, PAYLOAD_ENTRY_BYTES)
                link := keccak256(place, add(32, PAYLOAD_ENTRY_BYTES))
            }
        }
    }
}
