// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProofAggregation} from "../../src/interfaces/IProofAggregation.sol";
import {CommitmentTree} from "../../src/libraries/CommitmentTree.sol";
import {vm} from "../Vm.sol";
import {ProofAggregationBase} from "./ProofAggregationBase.sol";

contract ProofAggregationInclusionTest is ProofAggregationBase {
    uint64 private constant P = 18446744069414584321;

    /// @notice Arguments of a question.
    struct Question {
        bytes32 root;
        bytes32 key;
        bytes publicInputs;
        uint256 index;
        bytes32[] siblings;
    }

    /// @dev What the circuits prove: a tree is in the contract.
    function _proven(uint256 count, uint256 depth) private returns (Tree memory tree) {
        tree = treeOf(count, depth);
        submit(tree);
    }

    function _question(Tree memory tree, uint256 index) private pure returns (Question memory) {
        return Question(tree.root, KEY, inputsOf(index), index, siblingsOf(tree, index));
    }

    function _ask(Question memory q) private view {
        aggregation.verifyProofInclusion(q.root, q.key, q.publicInputs, q.index, q.siblings);
    }

    function _isIncluded(Question memory q) private view returns (bool) {
        return aggregation.isIncluded(q.root, q.key, q.publicInputs, q.index, q.siblings);
    }

    function _refuses(Question memory q, bytes memory refusal) private {
        vm.assertFalse(_isIncluded(q));
        vm.expectRevert(refusal);
        _ask(q);
    }

    /// @dev Refused for where its path leads, which is computed here once more.
    function _refusesPath(Question memory q) private {
        bytes32 node = commitmentOf(q.key, q.publicInputs);
        for (uint256 height = 0; height < q.siblings.length; ++height) {
            node = (q.index >> height) & 1 == 1
                ? keccak256(bytes.concat(q.siblings[height], node))
                : keccak256(bytes.concat(node, q.siblings[height]));
        }
        _refuses(q, abi.encodeWithSelector(IProofAggregation.PathMismatch.selector, q.root, node));
    }

    function test_verify_acceptsEveryProofOfEveryTree() external {
        for (uint256 count = 1; count < 10; ++count) {
            for (uint256 depth = 4; depth < 7; ++depth) {
                Tree memory tree = _proven(count, depth);
                for (uint256 i = 0; i < count; ++i) {
                    _ask(_question(tree, i));
                    vm.assertTrue(_isIncluded(_question(tree, i)));
                }
            }
        }
    }

    function test_verify_acceptsTheOneProofOfATreeWithoutLevels() external {
        Tree memory tree = _proven(1, 0);
        vm.assertEq(tree.root, tree.commitments[0]);
        _ask(_question(tree, 0));
    }

    function test_verify_acceptsPublicInputsOfAnyNumber() external {
        Tree memory tree = treeOf(5);
        bytes[5] memory inputs = [
            bytes(""),
            abi.encodePacked(P - 1),
            abi.encodePacked(P - 1, uint64(0), P - 1, uint64(1)),
            abi.encodePacked(uint64(1), uint64(2), uint64(3), uint64(4), P - 1),
            new bytes(800)
        ];
        for (uint256 i = 0; i < 5; ++i) {
            tree.commitments[i] = commitmentOf(KEY, inputs[i]);
        }
        tree.root = _rootOf(tree);
        submit(tree);
        for (uint256 i = 0; i < 5; ++i) {
            Question memory q = _question(tree, i);
            q.publicInputs = inputs[i];
            _ask(q);
            vm.assertTrue(_isIncluded(q));
        }
    }

    function _rootOf(Tree memory tree) private view returns (bytes32) {
        return this.root(tree.commitments, tree.depth);
    }

    function root(bytes32[] calldata commitments, uint256 depth) external pure returns (bytes32) {
        return CommitmentTree.root(commitments, depth);
    }

    // ---- each argument

    function test_verify_revertsWhenNobodyHasProvenTheRoot() external {
        Tree memory tree = treeOf(3);
        Question memory q = _question(tree, 1);
        _refuses(q, abi.encodeWithSelector(IProofAggregation.RootNotFound.selector, tree.root));
        submit(tree);
        _ask(q);
        q.root = 0;
        _refuses(q, abi.encodeWithSelector(IProofAggregation.RootNotFound.selector, bytes32(0)));
        // Nothing stands in a tree of nothing.
        q.siblings = new bytes32[](0);
        _refuses(q, abi.encodeWithSelector(IProofAggregation.RootNotFound.selector, bytes32(0)));
        q.root = commitmentOf(KEY, q.publicInputs);
        q.index = 0;
        _refuses(q, abi.encodeWithSelector(IProofAggregation.RootNotFound.selector, q.root));
    }

    function test_verify_revertsWhenThePathHasAnotherLength() external {
        Tree memory tree = _proven(5, 3);
        for (uint256 length = 0; length < 6; ++length) {
            if (length == 3) continue;
            Question memory q = _question(tree, 4);
            q.siblings = new bytes32[](length);
            _refuses(q, abi.encodeWithSelector(IProofAggregation.SiblingCountInvalid.selector, length, 3));
        }
    }

    function test_verify_revertsWhenTheIndexIsTooLarge() external {
        Tree memory tree = _proven(5, 3);
        uint256[4] memory indexes = [uint256(5), 7, 8 + 4, type(uint256).max];
        for (uint256 i = 0; i < indexes.length; ++i) {
            Question memory q = _question(tree, 4);
            q.index = indexes[i];
            _refuses(q, abi.encodeWithSelector(IProofAggregation.IndexTooLarge.selector, indexes[i], 5));
        }
    }

    function test_verify_revertsForAnyOtherIndex() external {
        Tree memory tree = _proven(5, 3);
        for (uint256 i = 0; i < 5; ++i) {
            for (uint256 other = 0; other < 5; ++other) {
                if (other == i) continue;
                Question memory q = _question(tree, i);
                q.index = other;
                _refusesPath(q);
            }
        }
    }

    function test_verify_revertsForAnyOtherSibling() external {
        Tree memory tree = _proven(5, 3);
        for (uint256 i = 0; i < 5; ++i) {
            for (uint256 height = 0; height < 3; ++height) {
                Question memory q = _question(tree, i);
                q.siblings[height] ^= bytes32(uint256(1));
                _refusesPath(q);
            }
        }
    }

    function test_verify_revertsForAnyOtherKeyOrInputs() external {
        Tree memory tree = _proven(5, 3);
        Question memory q = _question(tree, 2);
        q.key ^= bytes32(uint256(1));
        _refusesPath(q);
        q = _question(tree, 2);
        q.publicInputs = inputsOf(3);
        _refusesPath(q);
        q.publicInputs = bytes.concat(inputsOf(2), bytes8(0));
        _refusesPath(q);
        q.publicInputs = "";
        _refusesPath(q);
    }

    function test_verify_revertsForARootOfAnotherTree() external {
        Tree memory other = _proven(4, 3);
        Question memory q = _question(_proven(5, 3), 2);
        q.root = other.root;
        _refusesPath(q);
    }

    function test_verify_revertsWhenTheKeyIsNotCanonical() external {
        Tree memory tree = _proven(5, 3);
        uint64[2] memory words = [P, type(uint64).max];
        for (uint256 i = 0; i < 4; ++i) {
            for (uint256 k = 0; k < words.length; ++k) {
                Question memory q = _question(tree, 2);
                q.key |= bytes32(uint256(words[k]) << (64 * i));
                if (words[k] == P) q.key = bytes32(uint256(P) << (64 * i));
                _refuses(q, abi.encodeWithSelector(IProofAggregation.KeyNotCanonical.selector, q.key));
            }
        }
    }

    function test_verify_revertsWhenPublicInputsAreNotWhole() external {
        Tree memory tree = _proven(5, 3);
        for (uint256 length = 1; length < 34; ++length) {
            if (length % 8 == 0) continue;
            Question memory q = _question(tree, 2);
            q.publicInputs = new bytes(length);
            _refuses(q, abi.encodeWithSelector(IProofAggregation.PublicInputsNotWhole.selector, length));
        }
    }

    function test_verify_revertsWhenAPublicInputIsNotCanonical() external {
        Tree memory tree = _proven(5, 3);
        for (uint64 count = 1; count < 7; ++count) {
            for (uint64 i = 0; i < count; ++i) {
                bytes memory before = new bytes(8 * i);
                bytes memory rest = new bytes(8 * (count - i - 1));
                Question memory q = _question(tree, 2);
                q.publicInputs = bytes.concat(before, bytes8(P + i), rest);
                _refuses(
                    q, abi.encodeWithSelector(IProofAggregation.PublicInputNotCanonical.selector, i, P + i)
                );
            }
        }
    }

    // ---- attacks

    /// @dev Were a commitment keccak256(key, inputs), a real proof of an attacker's program whose four public inputs are the commitment
    /// of a proof that does not exist would be the node above his key and that commitment, at one sibling more.
    function test_attack_aLeafDoesNotPoseAsANode() external {
        bytes32 attackerKey = 0x0000000000000005000000000000000600000000000000070000000000000008;
        bytes memory forged = inputsOf(1_000_000);
        bytes32 fake = commitmentOf(KEY, forged);
        // The attacker's public inputs are four elements: so are nearly all commitments.
        bytes memory inputs = bytes.concat(fake);

        Tree memory tree = treeOf(1, 0);
        tree.commitments[0] = commitmentOf(attackerKey, inputs);
        tree.root = tree.commitments[0];
        submit(tree);
        _ask(Question(tree.root, attackerKey, inputs, 0, new bytes32[](0)));

        bytes32[] memory siblings = new bytes32[](1);
        siblings[0] = attackerKey;
        Question memory q = Question(tree.root, KEY, forged, 0, siblings);
        _refuses(q, abi.encodeWithSelector(IProofAggregation.SiblingCountInvalid.selector, 1, 0));
        q.index = 1;
        _refuses(q, abi.encodeWithSelector(IProofAggregation.SiblingCountInvalid.selector, 1, 0));

        // Nor would it, had the tree the level that he needs.
        vm.assertNotEq(keccak256(bytes.concat(attackerKey, fake)), tree.root);
        vm.assertNotEq(keccak256(bytes.concat(fake, attackerKey)), tree.root);
        Tree memory deeper = treeOf(2, 1);
        deeper.commitments[0] = tree.root;
        deeper.root = keccak256(bytes.concat(deeper.commitments[0], deeper.commitments[1]));
        submit(deeper);
        q.root = deeper.root;
        q.index = 0;
        _refusesPath(q);
        q.index = 1;
        _refusesPath(q);
    }

    /// @dev A node whose left half begins with a zero byte is the commitment of 31 bytes of public inputs: that is no number of elements,
    /// and the node stands where no leaf does.
    function test_attack_aNodeDoesNotPoseAsALeaf() external {
        Tree memory tree = treeOf(4, 2);
        uint256 i = 0;
        // Some 256 public inputs are tried until a node begins so.
        while (uint256(keccak256(bytes.concat(tree.commitments[0], tree.commitments[1]))) >> 248 != 0) {
            tree.commitments[0] = commitmentOf(KEY, inputsOf(++i));
        }
        bytes32 left = keccak256(bytes.concat(tree.commitments[0], tree.commitments[1]));
        bytes32 right = keccak256(bytes.concat(tree.commitments[2], tree.commitments[3]));
        tree.root = keccak256(bytes.concat(left, right));
        submit(tree);

        bytes memory node = bytes.concat(left, right);
        bytes32 key;
        bytes memory inputs = new bytes(31);
        for (uint256 at = 0; at < 32; ++at) {
            key |= bytes32(node[1 + at]) >> (8 * at);
            if (at < 31) inputs[at] = node[33 + at];
        }
        vm.assertEq(commitmentOf(key, inputs), tree.root);
        Question memory q = Question(tree.root, key, inputs, 0, new bytes32[](0));
        _refuses(q, abi.encodeWithSelector(IProofAggregation.SiblingCountInvalid.selector, 0, 2));
        q.siblings = new bytes32[](2);
        _refuses(q, abi.encodeWithSelector(IProofAggregation.PublicInputsNotWhole.selector, 31));
    }

    /// @dev No circuit proves nodes to be commitments. If one did, what is below them would still be no leaf of this tree.
    function test_attack_aLongerPathLeadsNowhere() external {
        Tree memory tree = treeOf(4, 2);
        Tree memory upper = treeOf(2, 1);
        upper.root = tree.root;
        upper.commitments[0] = keccak256(bytes.concat(tree.commitments[0], tree.commitments[1]));
        upper.commitments[1] = keccak256(bytes.concat(tree.commitments[2], tree.commitments[3]));
        submit(upper);
        for (uint256 i = 0; i < 2; ++i) {
            _refuses(
                _question(tree, i),
                abi.encodeWithSelector(IProofAggregation.SiblingCountInvalid.selector, 2, 1)
            );
        }
    }

    /// @dev Padding is no proof: it has no key and inputs, and its index is not below the count.
    function test_attack_paddingIsNoProof() external {
        Tree memory tree = _proven(5, 3);
        for (uint256 i = 5; i < 8; ++i) {
            Question memory q = Question(tree.root, KEY, "", i, siblingsOf(tree, i));
            _refuses(q, abi.encodeWithSelector(IProofAggregation.IndexTooLarge.selector, i, 5));
        }
    }

    // ---- isIncluded

    function testFuzz_isIncluded_neverReverts(
        bytes32 root_,
        bytes32 key,
        bytes calldata publicInputs,
        uint256 index,
        bytes32[] calldata siblings
    ) external {
        Tree memory tree = _proven(5, 3);
        vm.assertFalse(aggregation.isIncluded(root_, key, publicInputs, index, siblings));
        vm.assertFalse(aggregation.isIncluded(tree.root, key, publicInputs, index, siblings));
        vm.assertFalse(aggregation.isIncluded(tree.root, KEY, publicInputs, index % 5, siblings));
        bytes32[] memory path = siblingsOf(tree, index % 5);
        vm.assertFalse(aggregation.isIncluded(tree.root, key, publicInputs, index % 5, path));
    }

    /// @dev True exactly where `verifyProofInclusion` returns, whatever of a good question is changed.
    function testFuzz_isIncluded_saysWhatVerifyDoes(uint256 at, uint256 change, uint256 value) external {
        Tree memory tree = _proven(11, 4);
        Question memory q = _question(tree, at % 11);
        change %= 9;
        if (change == 0) q.root = bytes32(value);
        if (change == 1) q.key = bytes32(value);
        if (change == 2) q.publicInputs = abi.encodePacked(value);
        if (change == 3) q.publicInputs = inputsOf(value % 13);
        if (change == 4) q.index = value % 17;
        if (change == 5) q.siblings[value % 4] = bytes32(value);
        if (change == 6) q.siblings = new bytes32[](value % 9);
        if (change == 7) q.publicInputs = new bytes(value % 40);
        bool included;
        try aggregation.verifyProofInclusion(q.root, q.key, q.publicInputs, q.index, q.siblings) {
            included = true;
        } catch {}
        vm.assertTrue(_isIncluded(q) == included);
        if (change == 8) vm.assertTrue(included);
    }
}
