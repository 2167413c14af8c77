// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {NetworkId} from "../types/NetworkId.sol";

/// @title ExitLeaf
/// @notice The leaf of an exit, LxLy's 113 bytes to the letter.
library ExitLeaf {
    /// @notice An exit of a token.
    uint8 internal constant ASSET = 0;
    /// @notice A message, with or without ether.
    uint8 internal constant MESSAGE = 1;

    /// @notice keccak256 of leafType (1 byte), originNetwork (4), originAddress (20), destinationNetwork (4),
    /// destinationAddress (20), amount (32) and metadataHash (32), all big-endian.
    function hash(
        uint8 leafType,
        NetworkId originNetwork,
        address originAddress,
        NetworkId destinationNetwork,
        address destinationAddress,
        uint256 amount,
        bytes32 metadataHash
    ) internal pure returns (bytes32) {
        return keccak256(
            abi.encodePacked(
                leafType,
                originNetwork,
                originAddress,
                destinationNetwork,
                destinationAddress,
                amount,
                metadataHash
            )
        );
    }
}
