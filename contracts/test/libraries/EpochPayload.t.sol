// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {PAYLOAD_ENTRY_BYTES} from "../../src/generated/PublicValues.sol";
import {EpochPayload} from "../../src/libraries/EpochPayload.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

contract EpochPayloadTest is Base {
    function chain(bytes calldata payload) external pure returns (bytes32) {
        return EpochPayload.chain(payload);
    }

    function test_chain_ofNothingIsZero() external view {
        vm.assertEq(this.chain(""), 0);
    }

    function testFuzz_chain_agreesWithPlainSolidity(bytes32 seed, uint8 count) external view {
        bytes memory payload;
        bytes32 expected = 0;
        for (uint256 i = 0; i < count % 9; ++i) {
            bytes memory entry = _entry(seed, i);
            payload = bytes.concat(payload, entry);
            expected = keccak256(bytes.concat(expected, entry));
        }
        vm.assertEq(this.chain(payload), expected);
    }

    function testFuzz_chain_revertsWithinAnEntry(bytes32 seed, uint8 count, uint8 surplus) external {
        bytes memory payload;
        for (uint256 i = 0; i < count % 4; ++i) {
            payload = bytes.concat(payload, _entry(seed, i));
        }
        payload = bytes.concat(payload, new bytes(1 + surplus % (PAYLOAD_ENTRY_BYTES - 1)));
        vm.expectRevert(abi.encodeWithSelector(EpochPayload.PayloadNotWhole.selector, payload.length));
        this.chain(payload);
    }

    function _entry(bytes32 seed, uint256 index) private pure returns (bytes memory entry) {
        entry = new bytes(PAYLOAD_ENTRY_BYTES);
        for (uint256 i = 0; i < entry.length; ++i) {
            entry[i] = keccak256(abi.encode(seed, index, i))[0];
        }
    }

    /// @dev As Rust wrote down an epoch of two certificates.
    function test_chain_isThatOfTheVectors() external view {
        string memory json = vm.readFile("vectors/encodings.json");
        bytes memory payload = bytes.concat(
            vm.parseJsonBytes(json, ".certificates[0].payloadEntry"),
            vm.parseJsonBytes(json, ".certificates[1].payloadEntry")
        );
        vm.assertEq(this.chain(payload), vm.parseJsonBytes32(json, ".payloadChain"));
    }
}
