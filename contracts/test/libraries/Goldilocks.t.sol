// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Goldilocks} from "../../src/libraries/Goldilocks.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

contract GoldilocksTest is Base {
    uint64 private constant P = 18446744069414584321;

    function areCanonical(bytes calldata elements) external pure returns (bool) {
        return Goldilocks.areCanonical(elements);
    }

    function at(bytes calldata elements, uint256 index) external pure returns (uint64) {
        return Goldilocks.at(elements, index);
    }

    function _encode(uint64[] memory elements) private pure returns (bytes memory encoded) {
        for (uint256 i = 0; i < elements.length; ++i) {
            encoded = bytes.concat(encoded, bytes8(elements[i]));
        }
    }

    /// @dev The least and greatest on either side of the order, in each place of up to nine.
    function test_areCanonical_holdsAtTheOrder() external view {
        vm.assertEq(Goldilocks.ORDER, P);
        uint64[7] memory values = [0, P - 1, P - 2, type(uint32).max, P, P + 1, type(uint64).max];
        for (uint256 length = 1; length < 10; ++length) {
            for (uint256 i = 0; i < length; ++i) {
                for (uint256 k = 0; k < values.length; ++k) {
                    uint64[] memory elements = new uint64[](length);
                    elements[i] = values[k];
                    bytes memory encoded = _encode(elements);
                    vm.assertTrue(this.areCanonical(encoded) == (k < 4));
                    vm.assertEq(this.at(encoded, i), values[k]);
                }
            }
        }
        vm.assertTrue(this.areCanonical(""));
    }

    /// @dev High words are all ones half the time: elements on both sides of the order.
    function testFuzz_areCanonical_agreesWithComparison(uint64[] memory elements, uint256 high)
        external
        view
    {
        bool canonical = true;
        for (uint256 i = 0; i < elements.length; ++i) {
            if ((high >> (i % 256)) & 1 == 1) elements[i] |= uint64(type(uint32).max) << 32;
            if ((high >> (i % 255)) & 3 == 3) elements[i] &= uint64(type(uint32).max) << 32;
            if (elements[i] >= P) canonical = false;
        }
        vm.assertTrue(this.areCanonical(_encode(elements)) == canonical);
    }

    /// @dev What follows in memory or calldata, and what is left over after whole elements, is none of its matter.
    function test_areCanonical_readsWholeElementsOnly() external view {
        bytes memory elements = bytes.concat(bytes8(uint64(1)), hex"ffffffffffffff");
        vm.assertTrue(this.areCanonical(elements));
        vm.assertTrue(this.areCanonical(bytes.concat(bytes32(uint256(1)), elements)));
        vm.assertFalse(this.areCanonical(bytes.concat(elements, hex"ff")));
    }

    function testFuzz_areCanonical_ofAWordIsThatOfItsElements(bytes32 word) external view {
        vm.assertTrue(Goldilocks.areCanonical(word) == this.areCanonical(bytes.concat(word)));
    }
}
