// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GlobalIndex, InvalidGlobalIndex} from "../../src/types/GlobalIndex.sol";
import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

contract GlobalIndexTest is Base {
    function decode(uint256 word) external pure returns (NetworkId, uint32) {
        return GlobalIndex.wrap(word).decode();
    }

    function _assertDecodes(uint256 word, NetworkId network, uint32 leaf) private view {
        (NetworkId source, uint32 leafIndex) = this.decode(word);
        vm.assertEq(NetworkId.unwrap(source), NetworkId.unwrap(network));
        vm.assertEq(leafIndex, leaf);
    }

    function test_decode_readsRealIndexes() external view {
        _assertDecodes(18446744073709748107, MAINNET, 196491);
        _assertDecodes(4294968029, NetworkId.wrap(2), 733);
        _assertDecodes(0, NetworkId.wrap(1), 0);
        _assertDecodes(1 << 64, MAINNET, 0);
        _assertDecodes(uint256(type(uint32).max - 1) << 32, NetworkId.wrap(type(uint32).max), 0);
    }

    function test_decode_refusesWhatNoExitHas() external {
        uint256[5] memory words = [
            uint256(1) << 65,
            (uint256(1) << 64) | (uint256(1) << 32),
            uint256(type(uint32).max) << 32,
            type(uint256).max,
            (uint256(1) << 255) | (uint256(1) << 64)
        ];
        for (uint256 i = 0; i < words.length; ++i) {
            vm.expectRevert(abi.encodePacked(InvalidGlobalIndex.selector));
            this.decode(words[i]);
        }
    }

    function testFuzz_decode_isOneToOne(uint256 word) external {
        uint256 flag = (word >> 64) & 1;
        uint256 rollupIndex = (word >> 32) & type(uint32).max;
        bool canonical = word >> 65 == 0 && !(flag == 1 && rollupIndex != 0) && rollupIndex < type(uint32).max;
        if (!canonical) vm.expectRevert(abi.encodePacked(InvalidGlobalIndex.selector));
        (NetworkId source, uint32 leafIndex) = this.decode(word);
        if (!canonical) return;
        uint256 network = NetworkId.unwrap(source);
        vm.assertEq(word, (network == 0 ? 1 << 64 : (network - 1) << 32) | leafIndex);
    }
}
