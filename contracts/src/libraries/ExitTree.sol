// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title ExitTree
/// @notice The append-only keccak tree of LxLy: depth 32, empty leaves of 32 zero bytes, node = keccak256(left, right). The
/// exit trees of all networks, the tree of their roots and the L1 info tree have this form.
/// @dev A root does not tell the number of leaves, since trailing empty leaves do not change it: whoever keeps a tree keeps the
/// count, packed with whatever else he reads with it.
library ExitTree {
    /// @notice The left siblings of the next leaf. Only the nodes at the bits that are set in the count mean anything.
    struct Frontier {
        bytes32[32] nodes;
    }

    /// @notice Levels between a leaf and the root.
    uint256 internal constant DEPTH = 32;

    /// @notice Leaves that a tree takes: the last index stays unused.
    uint256 internal constant MAX_LEAVES = type(uint32).max;

    /// @notice The root of the tree without leaves.
    bytes32 internal constant EMPTY_ROOT = 0x27ae5ba08d7291c96c8cbddcc148bf48a6d68c7974b94356f53754ef6171d757;

    /// @notice The tree takes no more leaves.
    error MerkleTreeFull();
    /// @notice A short proof has more siblings than the tree has levels.
    error ProofTooLong(uint256 siblings);

    /// @notice Appends a leaf to a tree of `count` leaves.
    function append(Frontier storage self, uint256 count, bytes32 leaf) internal {
        if (count >= MAX_LEAVES) revert MerkleTreeFull();
        bytes32 node = leaf;
        uint256 size = count + 1;
        uint256 height = 0;
        while ((size >> height) & 1 == 0) {
            node = hash(self.nodes[height], node);
            ++height;
        }
        self.nodes[height] = node;
    }

    /// @notice The root of a tree of `count` leaves.
    function root(Frontier storage self, uint256 count) internal view returns (bytes32 node) {
        bytes32 empty = 0;
        for (uint256 height = 0; height < DEPTH; ++height) {
            node = (count >> height) & 1 == 1 ? hash(self.nodes[height], node) : hash(node, empty);
            empty = hash(empty, empty);
        }
    }

    /// @notice The root that a leaf has under its 32 siblings, lowest first.
    function rootOf(bytes32 leaf, bytes32[32] calldata siblings, uint32 index)
        internal
        pure
        returns (bytes32 node)
    {
        // The scratch space holds the pair; a bit of the index says which of the two words is the node.
        assembly ("memory-safe") {
            node := leaf
            for { let height := 0 } lt(height, 32) { height := add(height, 1) } {
                let right := shl(5, and(shr(height, index), 1))
                mstore(right, node)
                mstore(xor(right, 32), calldataload(add(siblings, shl(5, height))))
                node := keccak256(0, 64)
            }
        }
    }

    /// @notice The root that a leaf has under its lowest siblings; above them the siblings are empty subtrees.
    function rootOfShort(bytes32 leaf, bytes32[] calldata siblings, uint32 index)
        internal
        pure
        returns (bytes32 node)
    {
        if (siblings.length > DEPTH) revert ProofTooLong(siblings.length);
        assembly ("memory-safe") {
            node := leaf
            let empty := 0
            for { let height := 0 } lt(height, 32) { height := add(height, 1) } {
                let sibling := empty
                if lt(height, siblings.length) {
                    sibling := calldataload(add(siblings.offset, shl(5, height)))
                }
                mstore(0, empty)
                mstore(32, empty)
                empty := keccak256(0, 64)
                let right := shl(5, and(shr(height, index), 1))
                mstore(right, node)
                mstore(xor(right, 32), sibling)
                node := keccak256(0, 64)
            }
        }
    }

    /// @notice All 32 siblings of a short proof.
    function lengthened(bytes32[] calldata siblings) internal pure returns (bytes32[32] memory all) {
        if (siblings.length > DEPTH) revert ProofTooLong(siblings.length);
        bytes32 empty = 0;
        for (uint256 height = 0; height < DEPTH; ++height) {
            all[height] = height < siblings.length ? siblings[height] : empty;
            empty = hash(empty, empty);
        }
    }

    /// @notice A node.
    function hash(bytes32 left, bytes32 right) internal pure returns (bytes32 node) {
        assembly ("memory-safe") {
            mstore(0, left)
            mstore(32, right)
            node := keccak256(0, 64)
        }
    }
}
