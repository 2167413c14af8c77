// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

contract NetworkIdTest is Base {
    function test_mainnet_isZero() external pure {
        vm.assertEq(NetworkId.unwrap(MAINNET), 0);
    }

    function testFuzz_equality_isThatOfTheNumbers(uint32 left, uint32 right) external pure {
        _assertEquality(left, right);
        _assertEquality(left, left);
    }

    function _assertEquality(uint32 left, uint32 right) private pure {
        vm.assertTrue((NetworkId.wrap(left) == NetworkId.wrap(right)) == (left == right));
        vm.assertTrue((NetworkId.wrap(left) != NetworkId.wrap(right)) == (left != right));
    }
}
