// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {KeyProvenance} from "../src/interfaces/IVerifyingKey.sol";
import {vm} from "./Vm.sol";

/// @notice What every test contract starts from.
abstract contract Base {
    /// @notice Forge looks for this.
    bool public constant IS_TEST = true;

    /// @notice Order of the scalar field of BN254.
    uint256 internal constant R =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// @notice Order of the base field of BN254.
    uint256 internal constant Q =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;

    /// @notice A real proof, with what the Rust side says about its key.
    struct Vector {
        KeyProvenance provenance;
        bytes32 circuitHash;
        bytes32 keyHash;
        uint256[] publicInputs;
        bytes proof;
    }

    error UnknownProvenance(string label);

    /// @notice Reads `vectors/<name>.json`.
    function readVector(string memory name) internal view returns (Vector memory vector) {
        string memory json = vm.readFile(string.concat("vectors/", name, ".json"));
        string memory label = vm.parseJsonString(json, ".provenance");
        if (keccak256(bytes(label)) == keccak256("DEVELOPMENT")) {
            vector.provenance = KeyProvenance.Development;
        } else if (keccak256(bytes(label)) == keccak256("CEREMONY")) {
            vector.provenance = KeyProvenance.Ceremony;
        } else {
            revert UnknownProvenance(label);
        }
        vector.circuitHash = vm.parseJsonBytes32(json, ".circuitHash");
        vector.keyHash = vm.parseJsonBytes32(json, ".keyHash");
        vector.publicInputs = vm.parseJsonUintArray(json, ".publicInputs");
        vector.proof = vm.parseJsonBytes(json, ".proof");
    }

    /// @notice The 32-byte word of `data` at word `index`.
    function wordAt(bytes memory data, uint256 index) internal pure returns (uint256 word) {
        for (uint256 i = 0; i < 32; ++i) {
            word = (word << 8) | uint8(data[32 * index + i]);
        }
    }

    /// @notice A copy of `data` with word `index` set to `word`.
    function withWord(bytes memory data, uint256 index, uint256 word)
        internal
        pure
        returns (bytes memory copy)
    {
        copy = bytes.concat(data);
        for (uint256 i = 0; i < 32; ++i) {
            copy[32 * index + i] = bytes32(word)[i];
        }
    }
}
