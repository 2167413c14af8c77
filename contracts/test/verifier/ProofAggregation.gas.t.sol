// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProofAggregation} from "../../src/interfaces/IProofAggregation.sol";
import {KeyProvenance} from "../../src/interfaces/IVerifyingKey.sol";
import {ProofAggregation} from "../../src/verifier/ProofAggregation.sol";
import {VerifierGateway} from "../../src/verifier/VerifierGateway.sol";
import {PlainCommitmentTree} from "../PlainCommitmentTree.sol";
import {vm} from "../Vm.sol";
import {MockVerifier} from "../mocks/MockVerifier.sol";
import {ProofAggregationBase} from "./ProofAggregationBase.sol";

/// @notice What aggregation costs, cold. The verifier here accepts everything at once: what a real one takes is added where it
/// says so, 195,060 as in the snapshot of `Groth16Verifier.verify`.
/// @dev Calls are measured alone and transactions computed by EIP-7623 from them: forge sends no blobs with transactions.
/// forge-config: default.isolate = false
contract ProofAggregationGasTest is ProofAggregationBase {
    uint256 private constant GROTH16 = 195_060;
    uint256 private constant PROOF_BYTES = 256;

    MockVerifier private verifier;

    function setUp() public override {
        gateway = new VerifierGateway(address(this), false);
        verifier = new MockVerifier(KEY_HASH, KeyProvenance.Ceremony);
        gateway.addRoute(verifier);
        aggregation = new ProofAggregation(gateway, PROGRAM, SELECTOR);
        submit(treeOf(2));
    }

    /// @dev As long as a real proof and without zero bytes.
    function _proof() private pure returns (bytes memory proof) {
        proof = bytes.concat(SELECTOR, new bytes(PROOF_BYTES));
        for (uint256 i = 4; i < proof.length; ++i) {
            proof[i] = 0xa5;
        }
    }

    function _call(bytes memory data) private {
        vm.cool(address(aggregation));
        vm.cool(address(gateway));
        vm.cool(address(verifier));
        (bool success,) = address(aggregation).call(data);
        vm.assertTrue(success);
    }

    /// @dev Keeps what the contracts but the verifier took, and what the whole transaction takes with a real verifier; blob gas aside.
    function _submission(string memory name, bytes memory data) private returns (uint256) {
        _call(data);
        uint256 execution =
            vm.snapshotGasLastCall("ProofAggregation, execution", string.concat(name, " without Groth16"));
        return _transaction(name, data, execution + GROTH16);
    }

    /// @dev Keeps what a call that verifies no proof takes, alone and as a transaction; blob gas aside.
    function _publication(string memory name, bytes memory data) private returns (uint256) {
        _call(data);
        return _transaction(name, data, vm.snapshotGasLastCall("ProofAggregation, execution", name));
    }

    function _transaction(string memory name, bytes memory data, uint256 execution)
        private
        returns (uint256 total)
    {
        uint256 tokens = 0;
        for (uint256 i = 0; i < data.length; ++i) {
            tokens += data[i] == 0 ? 1 : 4;
        }
        uint256 standard = 21_000 + 4 * tokens + execution;
        uint256 floor = 21_000 + 10 * tokens;
        total = standard > floor ? standard : floor;
        vm.snapshotValue("ProofAggregation, transactions", name, total);
    }

    function _calldata(uint256 count) private returns (uint256) {
        Tree memory tree = treeOf(count);
        return _submission(
            string.concat("submit ", vm.toString(count)),
            abi.encodeCall(IProofAggregation.submit, (tree.root, tree.depth, tree.commitments, _proof()))
        );
    }

    function _blobs(uint256 count, uint256 blobs) private returns (uint256) {
        vm.blobhashes(blobsOf(blobs));
        bytes32 root = keccak256(abi.encode("root", count));
        uint256 depth = PlainCommitmentTree.depthOf(count);
        return _submission(
            string.concat("submitWithBlobs ", vm.toString(count)),
            abi.encodeCall(IProofAggregation.submitWithBlobs, (root, depth, count, _proof()))
        );
    }

    function test_submit_1() external {
        _calldata(1);
    }

    function test_submit_16() external {
        _calldata(16);
    }

    function test_submit_256() external {
        vm.assertLe(_calldata(256), 256 * 2000);
    }

    /// @dev At this size the calldata alone sets the price.
    function test_submit_3968() external {
        vm.assertLe(_calldata(3968), 3968 * 1300);
    }

    function test_submitWithBlobs_1() external {
        _blobs(1, 1);
    }

    function test_submitWithBlobs_16() external {
        _blobs(16, 1);
    }

    function test_submitWithBlobs_256() external {
        _blobs(256, 1);
    }

    function test_submitWithBlobs_3968() external {
        vm.assertLe(_blobs(3968, 1), 3968 * 100);
    }

    /// @dev As many blobs as a block of Prague may have.
    function test_submitWithBlobs_35712() external {
        vm.assertLe(_blobs(9 * 3968, 9), 9 * 3968 * 20);
    }

    function test_publish_256() external {
        vm.assertLe(_published(256), 256 * 1500);
    }

    function test_publish_3968() external {
        vm.assertLe(_published(3968), 3968 * 1300);
    }

    function _published(uint256 count) private returns (uint256) {
        Tree memory tree = treeOf(count);
        submit(tree);
        return _publication(
            string.concat("publish ", vm.toString(count)),
            abi.encodeCall(IProofAggregation.publish, (tree.root, tree.commitments))
        );
    }

    /// @dev Nothing is stored: less than one gas a commitment.
    function test_publishWithBlobs_35712() external {
        uint256 count = 9 * 3968;
        bytes32 root = keccak256("root");
        vm.blobhashes(blobsOf(9));
        aggregation.submitWithBlobs(root, 16, count, _proof());
        bytes memory data = abi.encodeCall(IProofAggregation.publishWithBlobs, (root));
        vm.assertLe(_publication(string.concat("publishWithBlobs ", vm.toString(count)), data), count);
    }

    function test_inclusion_depth0() external {
        _inclusion(0);
    }

    function test_inclusion_depth4() external {
        _inclusion(4);
    }

    function test_inclusion_depth8() external {
        _inclusion(8);
    }

    function test_inclusion_depth12() external {
        _inclusion(12);
    }

    /// @dev The question alone, of a proof with two public inputs; `isIncluded` within a few gas of it.
    function _inclusion(uint256 depth) private {
        Tree memory tree = treeOf(2 ** depth - 2 ** depth / 4);
        submit(tree);
        uint256 index = tree.commitments.length / 2;
        bytes32[] memory siblings = siblingsOf(tree, index);
        _call(
            abi.encodeCall(
                IProofAggregation.verifyProofInclusion, (tree.root, KEY, inputsOf(index), index, siblings)
            )
        );
        string memory name = string.concat("verifyProofInclusion, depth ", vm.toString(depth));
        vm.snapshotGasLastCall("ProofAggregation, execution", name);
    }
}
