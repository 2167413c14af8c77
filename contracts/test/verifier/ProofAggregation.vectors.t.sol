// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ProofAggregation} from "../../src/verifier/ProofAggregation.sol";
import {vm} from "../Vm.sol";
import {ProofAggregationBase} from "./ProofAggregationBase.sol";

/// @notice The encodings that Rust wrote down: commitments, roots, paths and statements are the same here.
contract ProofAggregationVectorsTest is ProofAggregationBase {
    uint256 private constant PROOFS = 5;
    uint256 private constant TREES = 5;

    string private json;

    /// @dev The contract at the address, on the chain, of the vectors.
    function setUp() public override {
        super.setUp();
        json = vm.readFile("vectors/encodings.json");
        vm.chainId(vm.parseJsonUint(json, ".aggregation.domain.chainId"));
        address place = vm.parseJsonAddress(json, ".aggregation.domain.contract");
        vm.etch(
            place,
            bytes.concat(type(ProofAggregation).creationCode, abi.encode(address(gateway), PROGRAM, SELECTOR))
        );
        (bool success, bytes memory code) = place.call("");
        vm.assertTrue(success);
        vm.etch(place, code);
        aggregation = ProofAggregation(place);
    }

    function _at(string memory list, uint256 index, string memory field)
        private
        pure
        returns (string memory)
    {
        return string.concat(".aggregation.", list, "[", vm.toString(index), "].", field);
    }

    function test_domain_isThatOfTheVectors() external view {
        vm.assertEq(aggregation.DOMAIN(), vm.parseJsonBytes32(json, ".aggregation.domain.digest"));
    }

    function test_verify_followsTheVectors() external {
        bytes32 key = vm.parseJsonBytes32(json, ".aggregation.key");
        for (uint256 i = 0; i < TREES; ++i) {
            uint256 count = vm.parseJsonUint(json, _at("trees", i, "count"));
            uint256 depth = vm.parseJsonUint(json, _at("trees", i, "depth"));
            bytes32 root = vm.parseJsonBytes32(json, _at("trees", i, "root"));
            bytes32[] memory commitments = new bytes32[](count);
            for (uint256 k = 0; k < count; ++k) {
                commitments[k] = vm.parseJsonBytes32(json, _at("proofs", k, "commitment"));
            }
            uint256 statement = uint256(vm.parseJsonBytes32(json, _at("trees", i, "statementDigest")));
            vm.assertEq(aggregation.statementDigest(root, depth, count), statement);
            aggregation.submit(
                root, depth, commitments, bytes.concat(SELECTOR, abi.encode(PROGRAM, statement))
            );

            bytes memory inputs = vm.parseJsonBytes(json, _at("proofs", count - 1, "publicInputs"));
            bytes32[] memory siblings = new bytes32[](0);
            if (depth > 0) siblings = vm.parseJsonBytes32Array(json, _at("trees", i, "siblingsOfLast"));
            aggregation.verifyProofInclusion(root, key, inputs, count - 1, siblings);
        }
    }

    /// @dev The first elements of a blob, cut by hand.
    function test_blob_isTheCommitmentsCutEvery31Bytes() external view {
        bytes memory head = vm.parseJsonBytes(json, ".aggregation.blobHead");
        vm.assertEq(head.length, 192);
        bytes memory stream;
        for (uint256 i = 0; i < PROOFS; ++i) {
            stream = bytes.concat(stream, vm.parseJsonBytes32(json, _at("proofs", i, "commitment")));
        }
        for (uint256 i = 0; i < head.length; ++i) {
            (uint256 element, uint256 place) = (i / 32, i % 32);
            uint256 at = 31 * element + place - (place == 0 ? 0 : 1);
            bytes1 expected = place == 0 || at >= stream.length ? bytes1(0) : stream[at];
            vm.assertEq(bytes32(head[i]), bytes32(expected));
        }
    }
}
