// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IProofAggregation} from "../interfaces/IProofAggregation.sol";
import {IProofVerifier} from "../interfaces/IProofVerifier.sol";
import {IVerifierGateway} from "../interfaces/IVerifierGateway.sol";
import {CommitmentTree} from "../libraries/CommitmentTree.sol";
import {Goldilocks} from "../libraries/Goldilocks.sol";

/// @title ProofAggregation
/// @notice Keeps the roots of aggregated proofs. Roots are added by proof alone and never change.
contract ProofAggregation is IProofAggregation {
    struct Aggregation {
        uint32 count;
        uint8 depth;
        uint64 submittedAt;
        uint32 blobs;
    }

    /// @dev Order of the scalar field of BN254.
    uint256 private constant R =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// @inheritdoc IProofAggregation
    uint256 public constant MAX_DEPTH = 20;

    /// @inheritdoc IProofAggregation
    uint256 public constant COMMITMENTS_PER_BLOB = 3968;

    /// @inheritdoc IProofAggregation
    IVerifierGateway public immutable GATEWAY;

    /// @inheritdoc IProofAggregation
    uint256 public immutable PROGRAM_DIGEST;

    /// @inheritdoc IProofAggregation
    bytes4 public immutable SELECTOR;

    // Where it was deployed; after a split, one of two chains has another id.
    uint256 private immutable _CHAIN_ID;
    bytes32 private immutable _DOMAIN;

    /// @inheritdoc IProofAggregation
    mapping(bytes32 root => Aggregation) public aggregation;

    mapping(bytes32 root => mapping(uint256 index => bytes32)) private _blobHashes;

    constructor(IVerifierGateway gateway, uint256 programDigest, bytes4 selector) {
        if (address(gateway).code.length == 0) revert GatewayWithoutCode(address(gateway));
        if (programDigest == 0 || programDigest >= R) revert ProgramDigestInvalid(programDigest);
        // Without a route, the gateway's owner could still choose what the selector stands for.
        (IProofVerifier verifier,) = gateway.routes(selector);
        if (address(verifier) == address(0)) revert IVerifierGateway.RouteNotFound(selector);

        (GATEWAY, PROGRAM_DIGEST, SELECTOR) = (gateway, programDigest, selector);
        (_CHAIN_ID, _DOMAIN) = (block.chainid, _domain());
    }

    /// @inheritdoc IProofAggregation
    function DOMAIN() public view returns (bytes32) {
        return block.chainid == _CHAIN_ID ? _DOMAIN : _domain();
    }

    function _domain() private view returns (bytes32) {
        return keccak256(abi.encode(keccak256("Causeway ProofAggregation"), block.chainid, address(this)));
    }

    // ---- submitting

    /// @inheritdoc IProofAggregation
    function submit(bytes32 root, uint256 depth, bytes32[] calldata commitments, bytes calldata proof)
        external
    {
        uint256 count = commitments.length;
        _check(root, depth, count, proof);
        _checkCommitments(root, depth, commitments);

        _record(root, depth, count, new bytes32[](0), proof);
    }

    /// @inheritdoc IProofAggregation
    function submitWithBlobs(bytes32 root, uint256 depth, uint256 count, bytes calldata proof) external {
        _check(root, depth, count, proof);

        _record(root, depth, count, _transactionBlobs(count), proof);
    }

    /// @dev What every root needs and costs little to see.
    function _check(bytes32 root, uint256 depth, uint256 count, bytes calldata proof) private view {
        if (depth > MAX_DEPTH) revert DepthTooLarge(depth, MAX_DEPTH);
        if (count == 0) revert NoProofs();
        if (count > 2 ** depth) revert CountTooLarge(count, 2 ** depth);
        if (aggregation[root].count != 0) revert RootAlreadyExists(root);
        // A proof that is too short for a selector is filled up with zeros; the gateway refuses it.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes4 selector = bytes4(proof);
        if (selector != SELECTOR) revert RouteNotPinned(selector, SELECTOR);
    }

    /// @dev The commitments are those under the root.
    function _checkCommitments(bytes32 root, uint256 depth, bytes32[] calldata commitments) private pure {
        uint256 zero = CommitmentTree.indexOfZero(commitments);
        if (zero < commitments.length) revert CommitmentIsZero(zero);
        bytes32 computed = CommitmentTree.root(commitments, depth);
        if (computed != root) revert RootMismatch(root, computed);
    }

    /// @dev Versioned hashes of the transaction's first blobs, as many as the commitments fill.
    function _transactionBlobs(uint256 count) private view returns (bytes32[] memory hashes) {
        hashes = new bytes32[]((count + COMMITMENTS_PER_BLOB - 1) / COMMITMENTS_PER_BLOB);
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = blobhash(i);
            if (hashes[i] == 0) revert BlobMissing(i);
        }
    }

    /// @dev Keeps what was checked, if it is proven.
    function _record(
        bytes32 root,
        uint256 depth,
        uint256 count,
        bytes32[] memory blobHashes,
        bytes calldata proof
    ) private {
        GATEWAY.verify(PROGRAM_DIGEST, statementDigest(root, depth, count), proof);

        // A count is at most 2^20, a depth at most 20.
        // forge-lint: disable-next-item(unsafe-typecast)
        aggregation[root] =
            Aggregation(uint32(count), uint8(depth), uint64(block.timestamp), uint32(blobHashes.length));
        for (uint256 i = 0; i < blobHashes.length; ++i) {
            _blobHashes[root][i] = blobHashes[i];
        }
        emit ProofsAggregated(root, msg.sender, depth, count, blobHashes);
    }

    /// @inheritdoc IProofAggregation
    function statementDigest(bytes32 root, uint256 depth, uint256 count) public view returns (uint256) {
        return uint256(keccak256(abi.encode(DOMAIN(), root, depth, count))) & type(uint248).max;
    }

    // ---- publishing again

    /// @inheritdoc IProofAggregation
    function publish(bytes32 root, bytes32[] calldata commitments) external {
        Aggregation memory record = aggregation[root];
        if (record.count == 0) revert RootNotFound(root);
        if (commitments.length != record.count) revert CountMismatch(commitments.length, record.count);
        _checkCommitments(root, record.depth, commitments);

        emit CommitmentsPublished(root, msg.sender, new bytes32[](0));
    }

    /// @inheritdoc IProofAggregation
    function publishWithBlobs(bytes32 root) external {
        uint256 count = aggregation[root].count;
        if (count == 0) revert RootNotFound(root);

        emit CommitmentsPublished(root, msg.sender, _transactionBlobs(count));
    }

    // ---- asking

    /// @inheritdoc IProofAggregation
    function blobHash(bytes32 root, uint256 index) external view returns (bytes32) {
        Aggregation memory record = aggregation[root];
        if (record.count == 0) revert RootNotFound(root);
        if (index >= record.blobs) revert BlobNotFound(root, index, record.blobs);
        return _blobHashes[root][index];
    }

    /// @inheritdoc IProofAggregation
    function verifyProofInclusion(
        bytes32 root,
        bytes32 key,
        bytes calldata publicInputs,
        uint256 index,
        bytes32[] calldata siblings
    ) external view {
        Aggregation memory record = aggregation[root];
        if (record.count == 0) revert RootNotFound(root);
        if (siblings.length != record.depth) revert SiblingCountInvalid(siblings.length, record.depth);
        if (index >= record.count) revert IndexTooLarge(index, record.count);
        if (!Goldilocks.areCanonical(key)) revert KeyNotCanonical(key);
        _checkPublicInputs(publicInputs);
        bytes32 computed = CommitmentTree.rootOf(CommitmentTree.leaf(key, publicInputs), index, siblings);
        if (computed != root) revert PathMismatch(root, computed);
    }

    function _checkPublicInputs(bytes calldata publicInputs) private pure {
        if (publicInputs.length % Goldilocks.BYTES != 0) revert PublicInputsNotWhole(publicInputs.length);
        if (Goldilocks.areCanonical(publicInputs)) return;
        uint256 index = 0;
        while (Goldilocks.at(publicInputs, index) < Goldilocks.ORDER) ++index;
        revert PublicInputNotCanonical(index, Goldilocks.at(publicInputs, index));
    }

    /// @inheritdoc IProofAggregation
    function isIncluded(
        bytes32 root,
        bytes32 key,
        bytes calldata publicInputs,
        uint256 index,
        bytes32[] calldata siblings
    ) external view returns (bool) {
        Aggregation memory record = aggregation[root];
        // No index is below the count of a root that nobody has proven.
        return siblings.length == record.depth && index < record.count && Goldilocks.areCanonical(key)
            && publicInputs.length % Goldilocks.BYTES == 0 && Goldilocks.areCanonical(publicInputs)
            && CommitmentTree.rootOf(CommitmentTree.leaf(key, publicInputs), index, siblings) == root;
    }
}
