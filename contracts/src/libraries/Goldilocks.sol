// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Goldilocks
/// @notice Elements of the field of order 2^64 - 2^32 + 1 as bytes: eight for each, big-endian, below the order.
library Goldilocks {
    /// @notice Bytes of an element.
    uint256 internal constant BYTES = 8;

    /// @notice The order of the field.
    uint64 internal constant ORDER = 0xffffffff00000001;

    /// @dev The highest bit of each of four elements.
    uint256 private constant HIGHEST = 0x8000000000000000800000000000000080000000000000008000000000000000;
    /// @dev 2^64 - ORDER, four times: added to an element that is not below the order, it carries out of the 64 bits.
    uint256 private constant COMPLEMENT = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;

    /// @notice Whether all four elements of a word are below the order.
    function areCanonical(bytes32 word) internal pure returns (bool) {
        uint256 elements = uint256(word);
        // Without the highest bits the sums stay apart. An element carries where its highest bit is set and the rest carry into it.
        uint256 sums = (elements & ~HIGHEST) + COMPLEMENT;
        return sums & elements & HIGHEST == 0;
    }

    /// @notice Whether all elements are below the order. What is left over after whole elements does not count.
    function areCanonical(bytes calldata elements) internal pure returns (bool) {
        uint256 length = elements.length - elements.length % BYTES;
        uint256 whole = length - length % 32;
        for (uint256 i = 0; i < whole; i += 32) {
            if (!areCanonical(bytes32(elements[i:]))) return false;
        }
        // Shorter than a word, it is filled up with zeros.
        return areCanonical(bytes32(elements[whole:length]));
    }

    /// @notice The element at an index.
    function at(bytes calldata elements, uint256 index) internal pure returns (uint64) {
        return uint64(bytes8(elements[BYTES * index:BYTES * (index + 1)]));
    }
}
