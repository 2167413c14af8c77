// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IVerifierGateway} from "./IVerifierGateway.sol";

/// @title IProofAggregation
/// @notice Verifies one proof that many proofs were verified, and tells any contract which.
/// @dev A proof is known by its commitment, keccak256(0x00, key, public inputs): `key` is the normalised verifying key digest of
/// its program, four field elements, and each element, key or public input, is eight bytes, big-endian, below
/// 2^64 - 2^32 + 1. The commitments are the leaves of a keccak tree, 32 zero bytes where none is, and the tree's root is what is proven.
///
/// A root says that programs accepted public inputs: who submitted it, when and for whom says nothing. Whatever a caller must not
/// see twice or elsewhere (chain, address, nonce) belongs into the public inputs and is the caller's to check.
///
/// There is no owner and no power. One route of the gateway is pinned: what stands behind it can never change, so a later choice of
/// the gateway's owner cannot make a false root true here. The price is that this contract ends with its route: once that is frozen
/// it takes no new roots, and keeps the old ones for ever. A new key is a new contract. A route whose verifier was broken goes on
/// for the gateway's `FREEZE_DELAY`: stop relying on roots by your own means as soon as its freeze is announced.
interface IProofAggregation {
    /// @notice A root was proven. `blobHashes` are the versioned hashes of the blobs of its transaction that were to publish the
    /// commitments; there are none if they were published in calldata, that of the call to `submit`.
    /// @dev The proof does not bind the blobs: a root proves, a blob only publishes. Anybody who has a proof can send it with blobs
    /// of anything, and be first. Whoever reads a blob computes the root of what is in it and refuses all but this one, and anybody can
    /// publish a root's commitments again. Calldata is bound: the contract has computed the root from it. `submitter` is the caller, so a contract if one was between.
    event ProofsAggregated(
        bytes32 indexed root, address indexed submitter, uint256 depth, uint256 count, bytes32[] blobHashes
    );

    /// @notice The commitments of a root that stands were published again: in the calldata of the call to `publish`, from which the
    /// contract has computed the root, or in blobs of these versioned hashes, which nothing binds to it.
    /// @dev Of a root's publications, `ProofsAggregated` first, a reader takes the first one that gives the root.
    event CommitmentsPublished(bytes32 indexed root, address indexed publisher, bytes32[] blobHashes);

    /// @notice Nothing that verifies proofs is at this address.
    error GatewayWithoutCode(address gateway);

    /// @notice No program has this digest: it is zero or not below the order of BN254's scalar field.
    error ProgramDigestInvalid(uint256 programDigest);

    /// @notice The tree has more levels than are taken.
    error DepthTooLarge(uint256 depth, uint256 maxDepth);

    /// @notice An aggregation has at least one proof.
    error NoProofs();

    /// @notice There are more proofs than the tree has leaves.
    error CountTooLarge(uint256 count, uint256 leaves);

    /// @notice The root was proven before.
    error RootAlreadyExists(bytes32 root);

    /// @notice The proof is for another route than the pinned one.
    error RouteNotPinned(bytes4 selector, bytes4 pinned);

    /// @notice No proof has the commitment zero.
    error CommitmentIsZero(uint256 index);

    /// @notice The commitments are those of another root.
    error RootMismatch(bytes32 declared, bytes32 computed);

    /// @notice The root has more or fewer commitments.
    error CountMismatch(uint256 actual, uint256 count);

    /// @notice The transaction has no blob at this index, which the commitments need.
    error BlobMissing(uint256 index);

    /// @notice Nobody has proven this root.
    error RootNotFound(bytes32 root);

    /// @notice No blob of this index was recorded with the root.
    error BlobNotFound(bytes32 root, uint256 index, uint256 blobs);

    /// @notice A path has as many siblings as the tree has levels.
    error SiblingCountInvalid(uint256 actual, uint256 depth);

    /// @notice No proof stands at this index.
    error IndexTooLarge(uint256 index, uint256 count);

    /// @notice An element of the key is not below the order of the field.
    error KeyNotCanonical(bytes32 key);

    /// @notice Public inputs are eight bytes each.
    error PublicInputsNotWhole(uint256 length);

    /// @notice A public input is not below the order of the field.
    error PublicInputNotCanonical(uint256 index, uint256 value);

    /// @notice The proof is not where it is said to be: its path leads to another root.
    error PathMismatch(bytes32 root, bytes32 computed);

    /// @notice The gateway that verifies proofs.
    function GATEWAY() external view returns (IVerifierGateway);

    /// @notice The program whose statements count.
    function PROGRAM_DIGEST() external view returns (uint256);

    /// @notice The pinned route of the gateway.
    function SELECTOR() external view returns (bytes4);

    /// @notice What a statement begins with: keccak256 of three words, keccak256("Causeway ProofAggregation"), the chain id and this
    /// contract's address. After a split of the chain it is another one where the id is: a proof serves one of the two.
    function DOMAIN() external view returns (bytes32);

    /// @notice The greatest depth that is taken.
    function MAX_DEPTH() external view returns (uint256);

    /// @notice Commitments in a blob: 4,096 elements of 31 usable bytes, 32 for a commitment.
    function COMMITMENTS_PER_BLOB() external view returns (uint256);

    /// @notice Records a root whose commitments this call publishes. Anybody may.
    /// @param root Root of the tree, recomputed from the commitments.
    /// @param depth Levels between a leaf and the root, as proven.
    /// @param commitments All of them, in order.
    /// @param proof The pinned selector, then the proof for its verifier.
    function submit(bytes32 root, uint256 depth, bytes32[] calldata commitments, bytes calldata proof)
        external;

    /// @notice Records a root whose commitments the blobs of this transaction are to publish. Anybody may.
    /// @dev Nothing here can see whether they do: see `ProofsAggregated`. The transaction's first blobs are taken, as many as the
    /// commitments fill, and none of them may be missing.
    /// @param root Root of the tree.
    /// @param depth Levels between a leaf and the root, as proven.
    /// @param count Number of proofs, as proven.
    /// @param proof The pinned selector, then the proof for its verifier.
    function submitWithBlobs(bytes32 root, uint256 depth, uint256 count, bytes calldata proof) external;

    /// @notice Publishes the commitments of a root that stands in this call. Anybody may, at any time: nothing is kept of it but the event.
    /// @param root Root of the tree, recomputed from the commitments.
    /// @param commitments All of them, in order.
    function publish(bytes32 root, bytes32[] calldata commitments) external;

    /// @notice Publishes the commitments of a root that stands in the blobs of this transaction. Anybody may, at any time: nothing is kept of
    /// it but the event, and `blobHash` goes on telling of the blobs of the submission.
    /// @dev Nothing here can see whether they do, as with `submitWithBlobs`.
    function publishWithBlobs(bytes32 root) external;

    /// @notice What a proof for this contract has to say of a tree: the low 248 bits of keccak256 over four words, domain, root,
    /// depth, count.
    function statementDigest(bytes32 root, uint256 depth, uint256 count) external view returns (uint256);

    /// @notice What is kept of a root; zeros if nobody has proven it.
    /// @param root The root.
    /// @return count Number of proofs.
    /// @return depth Levels between a leaf and the root.
    /// @return submittedAt When it was recorded, in seconds.
    /// @return blobs Number of blobs recorded with it, zero if the commitments were published in calldata.
    function aggregation(bytes32 root)
        external
        view
        returns (uint32 count, uint8 depth, uint64 submittedAt, uint32 blobs);

    /// @notice The versioned hash of a blob that was sent with the root. That the blob holds the root's commitments is for its
    /// reader to see.
    function blobHash(bytes32 root, uint256 index) external view returns (bytes32);

    /// @notice Returns if the program of this key accepted these public inputs in a proof that stands at the index, and reverts
    /// otherwise.
    /// @param root A root that was proven.
    /// @param key Normalised verifying key digest of the program: compare it with a pinned value.
    /// @param publicInputs Eight bytes each, big-endian.
    /// @param index The proof's index in the aggregation.
    /// @param siblings As many as the tree has levels, the leaf's own first.
    function verifyProofInclusion(
        bytes32 root,
        bytes32 key,
        bytes calldata publicInputs,
        uint256 index,
        bytes32[] calldata siblings
    ) external view;

    /// @notice Whether `verifyProofInclusion` returns: for callers that go on without.
    function isIncluded(
        bytes32 root,
        bytes32 key,
        bytes calldata publicInputs,
        uint256 index,
        bytes32[] calldata siblings
    ) external view returns (bool);
}
