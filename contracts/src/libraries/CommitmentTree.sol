// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title CommitmentTree
/// @notice The keccak tree over commitments of proofs: node = keccak256(left, right), leaves after the last commitment 32 zero bytes.
/// @dev A commitment hashes 33 + 8n bytes and a node 64: neither can pose as the other.
library CommitmentTree {
    /// @dev What a commitment hashes first.
    uint8 private constant TAG = 0;

    /// @notice The leaf of a proof of the program with this key.
    function leaf(bytes32 key, bytes calldata publicInputs) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(TAG, key, publicInputs));
    }

    /// @notice The index of the first commitment that is zero; their number if none is.
    function indexOfZero(bytes32[] calldata commitments) internal pure returns (uint256 index) {
        assembly ("memory-safe") {
            let place := commitments.offset
            let end := add(place, shl(5, commitments.length))
            for {} lt(place, end) { place := add(place, 32) } {
                if iszero(calldataload(place)) { break }
            }
            index := shr(5, sub(place, commitments.offset))
        }
    }

    /// @notice The root over at most 2^depth commitments, and at least one.
    function root(bytes32[] calldata commitments, uint256 depth) internal pure returns (bytes32 node) {
        // Each level takes the place of the one below, in memory that nobody has asked for; with one word more, for the half that an
        // odd one out lacks.
        assembly ("memory-safe") {
            let nodes := mload(0x40)
            let count := commitments.length
            calldatacopy(nodes, commitments.offset, shl(5, count))
            let padding := 0
            for {} depth { depth := sub(depth, 1) } {
                mstore(add(nodes, shl(5, count)), padding)
                count := shr(1, add(count, 1))
                let pair := nodes
                let end := add(nodes, shl(5, count))
                for { let parent := nodes } lt(parent, end) { parent := add(parent, 32) } {
                    mstore(parent, keccak256(pair, 64))
                    pair := add(pair, 64)
                }
                mstore(0, padding)
                mstore(32, padding)
                padding := keccak256(0, 64)
            }
            node := mload(nodes)
        }
    }

    /// @notice The root that a leaf has under its siblings, lowest first.
    function rootOf(bytes32 commitment, uint256 index, bytes32[] calldata siblings)
        internal
        pure
        returns (bytes32 node)
    {
        // The scratch space holds the pair; the lowest bit of what is left of the index says which of the two words is the node.
        assembly ("memory-safe") {
            node := commitment
            let end := add(siblings.offset, shl(5, siblings.length))
            for { let place := siblings.offset } lt(place, end) { place := add(place, 32) } {
                let right := shl(5, and(index, 1))
                mstore(right, node)
                mstore(xor(right, 32), calldataload(place))
                node := keccak256(0, 64)
                index := shr(1, index)
            }
        }
    }
}
