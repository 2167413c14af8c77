// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ExitTree} from "../../src/libraries/ExitTree.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {NetworkId} from "../../src/types/NetworkId.sol";
import {vm} from "../Vm.sol";
import {BridgeBase} from "./BridgeBase.sol";

/// @notice Three certificates of a real network: their exits and claims lead to the roots that they state.
contract SharedBridgeVectorsTest is BridgeBase {
    using ExitTree for ExitTree.Frontier;

    uint256 private constant CERTIFICATES = 3;

    ExitTree.Frontier private _tree;

    function test_getLeafValue_leadsToTheRootsOfRealCertificates() external {
        uint256 count;
        for (uint256 i = 0; i < CERTIFICATES; ++i) {
            string memory json = _certificate(i);
            vm.assertEq(_tree.root(count), vm.parseJsonBytes32(json, ".prev_local_exit_root"));
            _tree.append(count++, _leaf(json, ".bridge_exits[0]"));
            vm.assertEq(_tree.root(count), vm.parseJsonBytes32(json, ".new_local_exit_root"));
        }
    }

    function test_verifyMerkleProof_acceptsRealClaims() external view {
        for (uint256 i = 0; i < CERTIFICATES; ++i) {
            string memory json = _certificate(i);
            string memory at = ".imported_bridge_exits[0]";
            uint256 leafIndex = vm.parseJsonUint(json, string.concat(at, ".global_index.leaf_index"));
            bytes32 leaf = _leaf(json, string.concat(at, ".bridge_exit"));
            at = string.concat(at, ".claim_data.Mainnet");
            bytes32 mainnet = vm.parseJsonBytes32(json, string.concat(at, ".proof_leaf_mer.root"));
            bytes32[32] memory proof = _siblings(json, string.concat(at, ".proof_leaf_mer"));
            vm.assertTrue(l1.verifyMerkleProof(leaf, proof, SafeCast.toUint32(leafIndex), mainnet));
            vm.assertFalse(l1.verifyMerkleProof(leaf, proof, SafeCast.toUint32(leafIndex) ^ 1, mainnet));

            _assertInfo(json, at, mainnet);
        }
    }

    /// @dev From the global exit root to Ethereum's tree of them.
    function _assertInfo(string memory json, string memory at, bytes32 mainnet) private view {
        string memory info = string.concat(at, ".l1_leaf");
        bytes32 global = ExitTree.hash(mainnet, vm.parseJsonBytes32(json, string.concat(info, ".rer")));
        vm.assertEq(global, vm.parseJsonBytes32(json, string.concat(info, ".inner.global_exit_root")));
        uint256 timestamp = vm.parseJsonUint(json, string.concat(info, ".inner.timestamp"));
        bytes32 blockHash = vm.parseJsonBytes32(json, string.concat(info, ".inner.block_hash"));
        bytes32 leaf = roots.getLeafValue(global, uint256(blockHash), SafeCast.toUint64(timestamp));
        uint32 index = SafeCast.toUint32(vm.parseJsonUint(json, string.concat(info, ".l1_info_tree_index")));
        bytes32 root = vm.parseJsonBytes32(json, string.concat(at, ".proof_ger_l1root.root"));
        bytes32[32] memory proof = _siblings(json, string.concat(at, ".proof_ger_l1root"));
        vm.assertTrue(roots.verifyMerkleProof(leaf, proof, index, root));
        vm.assertEq(roots.calculateRoot(leaf, proof, index), root);
    }

    function _certificate(uint256 height) private view returns (string memory) {
        return vm.readFile(string.concat("vectors/lxly/cert_h", vm.toString(height), ".json"));
    }

    function _leaf(string memory json, string memory at) private view returns (bytes32) {
        string memory token = string.concat(at, ".token_info");
        string memory metadata = vm.parseJsonString(json, string.concat(at, ".metadata"));
        return l1.getLeafValue(
            0,
            NetworkId.wrap(
                SafeCast.toUint32(vm.parseJsonUint(json, string.concat(token, ".origin_network")))
            ),
            vm.parseJsonAddress(json, string.concat(token, ".origin_token_address")),
            NetworkId.wrap(SafeCast.toUint32(vm.parseJsonUint(json, string.concat(at, ".dest_network")))),
            vm.parseJsonAddress(json, string.concat(at, ".dest_address")),
            vm.parseJsonUint(json, string.concat(at, ".amount")),
            vm.parseBytes32(string.concat("0x", metadata))
        );
    }

    function _siblings(string memory json, string memory at) private pure returns (bytes32[32] memory proof) {
        bytes32[] memory siblings = vm.parseJsonBytes32Array(json, string.concat(at, ".proof.siblings"));
        vm.assertEq(siblings.length, 32);
        for (uint256 i = 0; i < 32; ++i) {
            proof[i] = siblings[i];
        }
    }
}
