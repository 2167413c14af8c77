// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice The tree of commitments without assembly: a list of leaves from which every node is computed anew.
library PlainCommitmentTree {
    /// @notice The least depth that has room for all.
    function depthOf(uint256 count) internal pure returns (uint256 depth) {
        while (count > 2 ** depth) ++depth;
    }

    function root(bytes32[] memory leaves, uint256 depth) internal pure returns (bytes32) {
        return node(leaves, depth, 0);
    }

    /// @notice The node over leaves `index * 2^height` and on.
    function node(bytes32[] memory leaves, uint256 height, uint256 index) internal pure returns (bytes32) {
        if (index << height >= leaves.length) return padding(height);
        if (height == 0) return leaves[index];
        return
            keccak256(
                bytes.concat(node(leaves, height - 1, 2 * index), node(leaves, height - 1, 2 * index + 1))
            );
    }

    function padding(uint256 height) internal pure returns (bytes32) {
        if (height == 0) return 0;
        bytes32 child = padding(height - 1);
        return keccak256(bytes.concat(child, child));
    }

    function siblings(bytes32[] memory leaves, uint256 depth, uint256 index)
        internal
        pure
        returns (bytes32[] memory path)
    {
        path = new bytes32[](depth);
        for (uint256 height = 0; height < depth; ++height) {
            path[height] = node(leaves, height, (index >> height) ^ 1);
        }
    }
}
