// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ExitLeaf} from "../../src/libraries/ExitLeaf.sol";
import {NetworkId} from "../../src/types/NetworkId.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

contract ExitLeafTest is Base {
    uint256 private constant VECTORS = 4;

    bytes private encoding;

    function test_hash_agreesWithLxLysLeaves() external view {
        string memory json = vm.readFile("vectors/lxly/leaf-vectors.json");
        for (uint256 i = 0; i < VECTORS; ++i) {
            string memory at = string.concat("[", vm.toString(i), "].");
            bytes32 leaf = ExitLeaf.hash(
                ExitLeaf.ASSET,
                NetworkId.wrap(uint32(vm.parseJsonUint(json, string.concat(at, "originNetwork")))),
                vm.parseJsonAddress(json, string.concat(at, "tokenAddress")),
                NetworkId.wrap(uint32(vm.parseJsonUint(json, string.concat(at, "destinationNetwork")))),
                vm.parseJsonAddress(json, string.concat(at, "destinationAddress")),
                vm.parseJsonUint(json, string.concat(at, "amount")),
                keccak256(vm.parseJsonBytes(json, string.concat(at, "metadata")))
            );
            vm.assertEq(leaf, vm.parseJsonBytes32(json, string.concat(at, "leafValue")));
        }
    }

    /// @dev Ten ether for the first network, as LxLy's own tests have it.
    function test_hash_isTheKnownAnswer() external pure {
        bytes32 leaf = ExitLeaf.hash(
            ExitLeaf.ASSET,
            NetworkId.wrap(0),
            address(0),
            NetworkId.wrap(1),
            0xC949254d682D8c9ad5682521675b8F43b102aec4,
            10 ether,
            keccak256("")
        );
        vm.assertEq(leaf, 0x22ed288677b4c2afd83a6d7d55f7df7f4eaaf60f7310210c030fd27adacbc5e0);
    }

    /// @dev The bytes one by one, each field from its highest.
    function testFuzz_hash_isThatOfOneHundredAndThirteenBytes(
        uint8 leafType,
        uint32 originNetwork,
        address originAddress,
        uint32 destinationNetwork,
        address destinationAddress,
        uint256 amount,
        bytes32 metadataHash
    ) external {
        _append(leafType, 1);
        _append(originNetwork, 4);
        _append(uint160(originAddress), 20);
        _append(destinationNetwork, 4);
        _append(uint160(destinationAddress), 20);
        _append(amount, 32);
        _append(uint256(metadataHash), 32);
        vm.assertEq(encoding.length, 113);
        bytes32 leaf = ExitLeaf.hash(
            leafType,
            NetworkId.wrap(originNetwork),
            originAddress,
            NetworkId.wrap(destinationNetwork),
            destinationAddress,
            amount,
            metadataHash
        );
        vm.assertEq(leaf, keccak256(encoding));
    }

    function _append(uint256 value, uint256 size) private {
        for (uint256 i = 32 - size; i < 32; ++i) {
            encoding.push(bytes32(value)[i]);
        }
    }
}
