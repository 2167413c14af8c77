// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice A network of the shared bridge: 0 is Ethereum, an L2's is its rollup index plus one.
type NetworkId is uint32;

using {_equals as ==, _differs as !=} for NetworkId global;

// Ethereum.
NetworkId constant MAINNET = NetworkId.wrap(0);

function _equals(NetworkId left, NetworkId right) pure returns (bool) {
    return NetworkId.unwrap(left) == NetworkId.unwrap(right);
}

function _differs(NetworkId left, NetworkId right) pure returns (bool) {
    return NetworkId.unwrap(left) != NetworkId.unwrap(right);
}
