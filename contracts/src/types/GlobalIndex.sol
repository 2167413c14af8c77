// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MAINNET, NetworkId} from "./NetworkId.sol";

/// @notice Where an exit stands among those of all networks: bits 0 to 31 are its index in its network's exit tree, bits 32
/// to 63 the network's rollup index, bit 64 is set for exits of Ethereum, whose rollup index is zero. No other bit is set.
type GlobalIndex is uint256;

using {decode} for GlobalIndex global;

/// @notice No network and leaf have this index.
error InvalidGlobalIndex();

/// @notice The network of an exit and its index there; refuses every word that no exit has.
function decode(GlobalIndex index) pure returns (NetworkId source, uint32 leafIndex) {
    uint256 word = GlobalIndex.unwrap(index);
    uint256 rollupIndex = (word >> 32) & type(uint32).max;
    uint256 flag = word >> 64;
    // The network after the last rollup index does not exist.
    if (flag > 1 || (flag == 1 && rollupIndex != 0) || rollupIndex == type(uint32).max) {
        revert InvalidGlobalIndex();
    }
    // Both were cut to 32 bits above.
    // forge-lint: disable-next-item(unsafe-typecast)
    {
        source = flag == 1 ? MAINNET : NetworkId.wrap(uint32(rollupIndex + 1));
        leafIndex = uint32(word);
    }
}
