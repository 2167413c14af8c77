// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice The exit tree without a frontier or assembly: a list of leaves from which every node is computed anew.
library PlainExitTree {
    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        return node(leaves, 32, 0);
    }

    /// @notice The node over leaves `index * 2^height` and on.
    function node(bytes32[] memory leaves, uint256 height, uint256 index) internal pure returns (bytes32) {
        if (index << height >= leaves.length) return empty(height);
        if (height == 0) return leaves[index];
        return keccak256(
            abi.encodePacked(node(leaves, height - 1, 2 * index), node(leaves, height - 1, 2 * index + 1))
        );
    }

    function empty(uint256 height) internal pure returns (bytes32) {
        if (height == 0) return 0;
        bytes32 child = empty(height - 1);
        return keccak256(abi.encodePacked(child, child));
    }

    function proof(bytes32[] memory leaves, uint256 index)
        internal
        pure
        returns (bytes32[32] memory siblings)
    {
        for (uint256 height = 0; height < 32; ++height) {
            siblings[height] = node(leaves, height, (index >> height) ^ 1);
        }
    }

    /// @notice A proof without the siblings that are empty for the list's size.
    function shortProof(bytes32[] memory leaves, uint256 index)
        internal
        pure
        returns (bytes32[] memory siblings)
    {
        uint256 length = 0;
        while (leaves.length > 2 ** length) ++length;
        siblings = new bytes32[](length);
        for (uint256 height = 0; height < length; ++height) {
            siblings[height] = node(leaves, height, (index >> height) ^ 1);
        }
    }
}
