// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProofAggregation} from "../../src/interfaces/IProofAggregation.sol";
import {IVerifierGateway} from "../../src/interfaces/IVerifierGateway.sol";
import {IVerifyingKey} from "../../src/interfaces/IVerifyingKey.sol";
import {ProofAggregation} from "../../src/verifier/ProofAggregation.sol";
import {vm} from "../Vm.sol";
import {MockStatementVerifier} from "../mocks/MockStatementVerifier.sol";
import {ProofAggregationBase} from "./ProofAggregationBase.sol";

contract ProofAggregationSubmitTest is ProofAggregationBase {
    address private constant STRANGER = address(0xBAD);
    /// @dev What no check looks at before the proof itself is verified.
    bytes private _unproven = bytes.concat(SELECTOR, "no proof");

    // ---- constructor

    function test_constructor_pinsGatewayProgramAndRoute() external {
        vm.assertEq(address(aggregation.GATEWAY()), address(gateway));
        vm.assertEq(aggregation.PROGRAM_DIGEST(), PROGRAM);
        vm.assertEq(aggregation.SELECTOR(), SELECTOR);
        vm.assertEq(aggregation.MAX_DEPTH(), 20);
        vm.assertEq(aggregation.COMMITMENTS_PER_BLOB(), 3968);
        vm.snapshotValue("ProofAggregation", "bytecode size", address(aggregation).code.length);
    }

    function test_constructor_bindsTheDomainToChainAndContract() external {
        bytes32 name = keccak256("Causeway ProofAggregation");
        vm.assertEq(aggregation.DOMAIN(), keccak256(abi.encode(name, uint256(31337), address(aggregation))));
        vm.chainId(5);
        ProofAggregation other = new ProofAggregation(gateway, PROGRAM, SELECTOR);
        vm.assertEq(other.DOMAIN(), keccak256(abi.encode(name, uint256(5), address(other))));
        vm.chainId(6);
        vm.assertEq(other.DOMAIN(), keccak256(abi.encode(name, uint256(6), address(other))));
        vm.chainId(5);
        vm.assertEq(other.DOMAIN(), keccak256(abi.encode(name, uint256(5), address(other))));
    }

    /// @dev Both chains have all that was there before the split; one of them has another id.
    function test_submit_afterASplitTakesWhatIsForItsChain() external {
        Tree memory tree = treeOf(5);
        bytes memory proof = proofOf(tree);
        vm.chainId(5);
        vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.ProofInvalid.selector));
        aggregation.submit(tree.root, tree.depth, tree.commitments, proof);
        aggregation.submit(tree.root, tree.depth, tree.commitments, proofOf(tree));
    }

    function test_constructor_revertsWhenGatewayHasNoCode() external {
        address[2] memory accounts = [address(0), STRANGER];
        for (uint256 i = 0; i < accounts.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IProofAggregation.GatewayWithoutCode.selector, accounts[i])
            );
            new ProofAggregation(IVerifierGateway(accounts[i]), PROGRAM, SELECTOR);
        }
    }

    function test_constructor_revertsWhenTheProgramDigestIsZero() external {
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.ProgramDigestInvalid.selector, 0));
        new ProofAggregation(gateway, 0, SELECTOR);
    }

    function test_constructor_revertsWhenTheProgramDigestIsNotInTheField() external {
        new ProofAggregation(gateway, R - 1, SELECTOR);
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.ProgramDigestInvalid.selector, R));
        new ProofAggregation(gateway, R, SELECTOR);
    }

    function test_constructor_revertsWhenThereIsNoSuchRoute() external {
        vm.expectRevert(abi.encodeWithSelector(IVerifierGateway.RouteNotFound.selector, bytes4(0)));
        new ProofAggregation(gateway, PROGRAM, bytes4(0));
    }

    // ---- submit

    function test_submit_recordsAndPublishes() external {
        Tree memory tree = treeOf(5);
        bytes memory proof = proofOf(tree);
        vm.warp(1_900_000_000);
        vm.expectCall(
            address(gateway),
            abi.encodeCall(
                IVerifierGateway.verify, (PROGRAM, aggregation.statementDigest(tree.root, 3, 5), proof)
            )
        );
        vm.expectEmit(address(aggregation));
        emit IProofAggregation.ProofsAggregated(tree.root, STRANGER, 3, 5, new bytes32[](0));
        vm.prank(STRANGER);
        aggregation.submit(tree.root, tree.depth, tree.commitments, proof);
        assertRecorded(tree.root, 5, 3, 1_900_000_000, 0);
        assertRecorded(keccak256("another root"), 0, 0, 0, 0);
    }

    function test_submit_takesAnyDepthThatWasProven() external {
        uint256[4] memory counts = [uint256(1), 1, 3, 8];
        uint256[4] memory depths = [uint256(0), 20, 4, 3];
        for (uint256 i = 0; i < counts.length; ++i) {
            Tree memory tree = treeOf(counts[i], depths[i]);
            submit(tree);
            assertRecorded(tree.root, counts[i], depths[i], block.timestamp, 0);
        }
    }

    function test_submit_revertsWhenDepthIsTooLarge() external {
        Tree memory tree = treeOf(1, 21);
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.DepthTooLarge.selector, 21, 20));
        submit(tree);
        vm.expectRevert(
            abi.encodeWithSelector(IProofAggregation.DepthTooLarge.selector, type(uint256).max, 20)
        );
        aggregation.submit(tree.root, type(uint256).max, tree.commitments, _unproven);
    }

    function test_submit_revertsWithoutProofs() external {
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.NoProofs.selector));
        aggregation.submit(0, 0, new bytes32[](0), proofFor(0, 0, 0));
    }

    function test_submit_revertsWhenTheTreeHasNoRoom() external {
        Tree memory tree = treeOf(5, 2);
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.CountTooLarge.selector, 5, 4));
        submit(tree);
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.CountTooLarge.selector, 5, 1));
        aggregation.submit(tree.root, 0, tree.commitments, _unproven);
    }

    function test_submit_revertsWhenTheRootIsThere() external {
        Tree memory tree = treeOf(3);
        submit(tree);
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.RootAlreadyExists.selector, tree.root));
        submit(tree);
        assertRecorded(tree.root, 3, 2, block.timestamp, 0);
    }

    function test_submit_revertsForAnyOtherRoute() external {
        bytes32 keyHash = keccak256("another key");
        gateway.addRoute(new MockStatementVerifier(keyHash));
        Tree memory tree = treeOf(3);
        // A selector is the start of a hash: the cut is meant.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes4 other = bytes4(keyHash);
        bytes memory proof =
            bytes.concat(other, abi.encode(PROGRAM, aggregation.statementDigest(tree.root, 2, 3)));
        gateway.verify(PROGRAM, aggregation.statementDigest(tree.root, 2, 3), proof);
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.RouteNotPinned.selector, other, SELECTOR));
        aggregation.submit(tree.root, tree.depth, tree.commitments, proof);
        vm.expectRevert(
            abi.encodeWithSelector(IProofAggregation.RouteNotPinned.selector, bytes4(0), SELECTOR)
        );
        aggregation.submit(tree.root, tree.depth, tree.commitments, "");
    }

    function test_submit_revertsWhenAShortProofIsFilledUp() external {
        gateway.addRoute(new MockStatementVerifier(0));
        aggregation = new ProofAggregation(gateway, PROGRAM, bytes4(0));
        Tree memory tree = treeOf(3);
        vm.expectRevert(abi.encodeWithSelector(IVerifierGateway.ProofWithoutSelector.selector, 3));
        aggregation.submit(tree.root, tree.depth, tree.commitments, hex"000000");
    }

    function test_submit_revertsWhenACommitmentIsZero() external {
        Tree memory tree = treeOf(3);
        bytes32[] memory more = new bytes32[](4);
        (more[0], more[1], more[2]) = (tree.commitments[0], tree.commitments[1], tree.commitments[2]);
        bytes memory proof = proofFor(tree.root, 2, 4);
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.CommitmentIsZero.selector, 3));
        aggregation.submit(tree.root, 2, more, proof);
        more[1] = 0;
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.CommitmentIsZero.selector, 1));
        aggregation.submit(tree.root, 2, more, proof);
    }

    function test_submit_revertsForAnyOtherCommitments() external {
        Tree memory tree = treeOf(5);
        bytes memory proof = proofOf(tree);
        for (uint256 i = 0; i < 5; ++i) {
            bytes32 kept = tree.commitments[i];
            tree.commitments[i] = kept ^ bytes32(uint256(1));
            _expectRootMismatch(tree, proof);
            tree.commitments[i] = kept;
        }
        (tree.commitments[0], tree.commitments[4]) = (tree.commitments[4], tree.commitments[0]);
        _expectRootMismatch(tree, proof);
    }

    function _expectRootMismatch(Tree memory tree, bytes memory proof) private {
        bytes32 computed = _root(tree);
        vm.expectRevert(abi.encodeWithSelector(IProofAggregation.RootMismatch.selector, tree.root, computed));
        aggregation.submit(tree.root, tree.depth, tree.commitments, proof);
    }

    function _root(Tree memory tree) private pure returns (bytes32 node) {
        bytes32[] memory leaves = tree.commitments;
        bytes32 padding = keccak256(new bytes(64));
        node = keccak256(
            bytes.concat(
                keccak256(
                    bytes.concat(
                        keccak256(bytes.concat(leaves[0], leaves[1])),
                        keccak256(bytes.concat(leaves[2], leaves[3]))
                    )
                ),
                keccak256(bytes.concat(keccak256(bytes.concat(leaves[4], bytes32(0))), padding))
            )
        );
    }

    /// @dev The count is that of the commitments: one less, or padding named as commitment, is another statement or another root.
    function test_submit_revertsForFewerCommitments() external {
        Tree memory tree = treeOf(3);
        bytes32[] memory fewer = new bytes32[](2);
        (fewer[0], fewer[1]) = (tree.commitments[0], tree.commitments[1]);
        vm.expectRevert(
            abi.encodeWithSelector(
                IProofAggregation.RootMismatch.selector, tree.root, _pairUnderPadding(fewer)
            )
        );
        aggregation.submit(tree.root, 2, fewer, proofFor(tree.root, 2, 2));
    }

    function _pairUnderPadding(bytes32[] memory pair) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(bytes.concat(pair[0], pair[1])), keccak256(new bytes(64))));
    }

    /// @dev Another depth, count, program, chain or contract is another statement.
    function test_submit_revertsWhenSomethingElseIsProven() external {
        Tree memory tree = treeOf(3);
        Tree memory deeper = treeOf(3, 3);
        ProofAggregation other = new ProofAggregation(gateway, PROGRAM, SELECTOR);
        uint256 statement = aggregation.statementDigest(tree.root, 2, 3);
        bytes[6] memory proofs = [
            proofFor(deeper.root, 2, 3),
            proofFor(tree.root, 3, 3),
            proofFor(tree.root, 2, 4),
            proofFor(address(other), tree.root, 2, 3),
            bytes.concat(SELECTOR, abi.encode(PROGRAM + 1, statement)),
            _unproven
        ];
        for (uint256 i = 0; i < proofs.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.ProofInvalid.selector));
            aggregation.submit(tree.root, 2, tree.commitments, proofs[i]);
        }
        assertRecorded(tree.root, 0, 0, 0, 0);
    }

    function test_submit_revertsWhenTheRouteIsFrozen() external {
        Tree memory tree = treeOf(3);
        submit(tree);
        gateway.freezeRoute(SELECTOR);
        vm.warp(block.timestamp + 30 days);
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierGateway.RouteFrozen.selector, SELECTOR, block.timestamp)
        );
        submit(treeOf(4));
        // What was proven before stays.
        aggregation.verifyProofInclusion(tree.root, KEY, inputsOf(1), 1, siblingsOf(tree, 1));
    }

    function testFuzz_statementDigest_isTheLow248BitsOfFourWords(bytes32 root, uint256 depth, uint256 count)
        external
        view
    {
        uint256 word = uint256(keccak256(abi.encode(aggregation.DOMAIN(), root, depth, count)));
        vm.assertEq(aggregation.statementDigest(root, depth, count), word % 2 ** 248);
    }
}
