// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {GENESIS_COMMITMENT, PublicValues} from "../generated/PublicValues.sol";
import {IGlobalExitRoot} from "../interfaces/IGlobalExitRoot.sol";
import {IProofVerifier} from "../interfaces/IProofVerifier.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {ISharedBridge} from "../interfaces/ISharedBridge.sol";
import {IVerifierGateway} from "../interfaces/IVerifierGateway.sol";
import {Authorisations} from "../libraries/Authorisations.sol";
import {EpochPayload} from "../libraries/EpochPayload.sol";
import {ExitTree} from "../libraries/ExitTree.sol";
import {Goldilocks} from "../libraries/Goldilocks.sol";
import {NetworkRegistry} from "./NetworkRegistry.sol";
import {Turns} from "./Turns.sol";

/// @title Settlement
/// @notice Keeps the state commitment of all networks and replaces it for whoever proves an epoch.
contract Settlement is ISettlement, Turns, NetworkRegistry {
    using Authorisations for Authorisations.Approvals;

    /// @notice Who has which power.
    struct Roles {
        address registrar;
        address announcer;
        address guardian;
    }

    struct Program {
        uint256 programDigest;
        bytes4 selector;
        uint64 readyAt;
    }

    /// @dev Order of the scalar field of BN254.
    uint256 private constant R =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// @dev Without it, a stop of no time around each transaction that settles would be one without end.
    uint64 private constant MIN_REST = 1 days;

    /// @inheritdoc ISettlement
    uint64 public constant DELAY = 30 days;

    /// @inheritdoc ISettlement
    uint64 public constant MAX_STOP = 7 days;

    /// @inheritdoc ISettlement
    IVerifierGateway public immutable GATEWAY;

    /// @inheritdoc ISettlement
    IGlobalExitRoot public immutable GLOBAL_EXIT_ROOT;

    /// @inheritdoc ISettlement
    ISharedBridge public immutable BRIDGE;

    /// @inheritdoc ISettlement
    address public immutable ANNOUNCER;

    /// @inheritdoc ISettlement
    address public immutable GUARDIAN;

    // Where it was deployed; after a split, one of two chains has another id.
    uint256 private immutable _CHAIN_ID;
    bytes32 private immutable _DOMAIN;
    bytes32 private immutable _DOMAIN_SEPARATOR;

    // In the slot in which the registry ends: a settlement reads both.
    uint64 private _stoppedAt;
    /// @inheritdoc ISettlement
    uint64 public stoppedUntil;
    /// @inheritdoc ISettlement
    bytes4 public selector;

    /// @inheritdoc ISettlement
    bytes32 public stateCommitment = GENESIS_COMMITMENT;

    /// @inheritdoc ISettlement
    uint256 public programDigest;

    /// @inheritdoc ISettlement
    Program public announced;

    Authorisations.Approvals private _approvals;

    constructor(
        IVerifierGateway gateway,
        IGlobalExitRoot globalExitRoot,
        uint256 programDigest_,
        bytes4 selector_,
        Roles memory roles
    ) NetworkRegistry(roles.registrar) {
        if (address(gateway).code.length == 0) {
            revert GatewayWithoutCode(address(gateway));
        }
        address rollupManager = globalExitRoot.rollupManager();
        if (rollupManager != address(this)) revert NotRollupManager(rollupManager);

        GATEWAY = gateway;
        GLOBAL_EXIT_ROOT = globalExitRoot;
        BRIDGE = ISharedBridge(globalExitRoot.bridgeAddress());
        (ANNOUNCER, GUARDIAN) = (roles.announcer, roles.guardian);
        (_CHAIN_ID, _DOMAIN, _DOMAIN_SEPARATOR) = (block.chainid, _domain(), Authorisations.separator());
        _checkProgram(gateway, programDigest_, selector_);
        (programDigest, selector) = (programDigest_, selector_);
    }

    // Settling.

    /// @inheritdoc ISettlement
    function settle(
        EpochInputs calldata inputs,
        bytes calldata authorisations,
        bytes calldata signatures,
        bytes calldata payload,
        bytes calldata proof
    ) external {
        _checkNotStopped();
        _checkTurn();
        uint256 statement = statementDigest(inputs);
        _checkChains(inputs, authorisations, signatures, payload);
        _checkRoute(proof);
        GATEWAY.verify(programDigest, statement, proof);

        _record(inputs, payload);
        _endTurn();
    }

    /// @dev The epoch is settled. Nobody who was not trusted before is called.
    function _record(EpochInputs calldata inputs, bytes calldata payload) private {
        stateCommitment = inputs.newCommitment;
        emit EpochSettled(
            inputs.oldCommitment,
            inputs.newCommitment,
            inputs.rollupExitRoot,
            inputs.deposits,
            inputs.registryEntries,
            payload
        );
        if (inputs.rollupExitRoot != GLOBAL_EXIT_ROOT.lastRollupExitRoot()) {
            GLOBAL_EXIT_ROOT.updateExitRoot(inputs.rollupExitRoot);
        }
    }

    /// @inheritdoc ISettlement
    function publicValues(EpochInputs calldata inputs) public view returns (PublicValues memory) {
        bytes32 commitment = stateCommitment;
        if (inputs.oldCommitment != commitment) revert StateMismatch(commitment, inputs.oldCommitment);
        if (inputs.newCommitment == commitment) revert NothingChanged();
        if (block.timestamp > inputs.expiry) revert EpochExpired(inputs.expiry, block.timestamp);
        bytes32 depositRoot = _depositRoot(inputs.deposits);
        bytes32 registryHash = _registryHash(inputs.registryEntries);
        if (!Goldilocks.areCanonical(inputs.newCommitment)) {
            revert CommitmentNotCanonical(inputs.newCommitment);
        }
        return PublicValues(
            DOMAIN(),
            commitment,
            inputs.newCommitment,
            inputs.rollupExitRoot,
            inputs.deposits,
            depositRoot,
            inputs.registryEntries,
            registryHash,
            inputs.expiry,
            inputs.authorisationsChain,
            inputs.payloadChain
        );
    }

    /// @inheritdoc ISettlement
    function statementDigest(EpochInputs calldata inputs) public view returns (uint256) {
        return uint256(keccak256(abi.encode(publicValues(inputs)))) & type(uint248).max;
    }

    function _depositRoot(uint32 deposits) private view returns (bytes32 root) {
        if (deposits == 0) return ExitTree.EMPTY_ROOT;
        root = GLOBAL_EXIT_ROOT.mainnetExitRootAt(deposits);
        if (root == 0) revert DepositsNotRecorded(deposits);
    }

    /// @dev What is published is what was proven, and who had to agree did.
    function _checkChains(
        EpochInputs calldata inputs,
        bytes calldata authorisations,
        bytes calldata signatures,
        bytes calldata payload
    ) private view {
        bytes32 published = EpochPayload.chain(payload);
        if (published != inputs.payloadChain) revert PayloadMismatch(inputs.payloadChain, published);
        bytes32 agreed = _approvals.check(DOMAIN_SEPARATOR(), authorisations, signatures);
        if (agreed != inputs.authorisationsChain) {
            revert AuthorisationsMismatch(inputs.authorisationsChain, agreed);
        }
    }

    function _checkRoute(bytes calldata proof) private view {
        // A proof that is too short for a selector is filled up with zeros; the gateway refuses it.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes4 route = bytes4(proof);
        if (route != selector) revert RouteNotPinned(route, selector);
    }

    // Where it is.

    /// @inheritdoc ISettlement
    function DOMAIN() public view returns (bytes32) {
        return block.chainid == _CHAIN_ID ? _DOMAIN : _domain();
    }

    /// @inheritdoc ISettlement
    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return block.chainid == _CHAIN_ID ? _DOMAIN_SEPARATOR : Authorisations.separator();
    }

    function _domain() private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this)));
    }

    // Approving.

    /// @inheritdoc ISettlement
    function approve(bytes32 digest) external {
        _approvals.approved[msg.sender][digest] = true;
        emit DigestApproved(msg.sender, digest);
    }

    /// @inheritdoc ISettlement
    function approved(address signer, bytes32 digest) external view returns (bool) {
        return _approvals.approved[signer][digest];
    }

    // The program.

    /// @inheritdoc ISettlement
    function announceProgram(uint256 programDigest_, bytes4 selector_) external {
        if (msg.sender != ANNOUNCER) revert OnlyAnnouncer(msg.sender, ANNOUNCER);
        _checkProgram(GATEWAY, programDigest_, selector_);

        uint64 readyAt = uint64(block.timestamp) + DELAY;
        announced = Program(programDigest_, selector_, readyAt);
        emit ProgramAnnounced(programDigest_, selector_, readyAt);
    }

    /// @inheritdoc ISettlement
    function cancelProgram() external {
        if (msg.sender != ANNOUNCER) revert OnlyAnnouncer(msg.sender, ANNOUNCER);
        Program memory program = announced;
        if (program.readyAt == 0) revert NoProgramAnnounced();

        delete announced;
        emit ProgramCancelled(program.programDigest, program.selector);
    }

    /// @inheritdoc ISettlement
    function adoptProgram() external {
        Program memory program = announced;
        if (program.readyAt == 0) revert NoProgramAnnounced();
        if (block.timestamp < program.readyAt) revert ProgramNotReady(program.readyAt);
        // It makes the proof stale that a turn was taken for.
        _checkTurn();

        delete announced;
        (programDigest, selector) = (program.programDigest, program.selector);
        emit ProgramAdopted(program.programDigest, program.selector);
    }

    function _checkProgram(IVerifierGateway gateway, uint256 programDigest_, bytes4 selector_) private view {
        if (programDigest_ == 0 || programDigest_ >= R) revert ProgramDigestInvalid(programDigest_);
        // Without a route, the gateway's owner could still choose what the selector stands for.
        (IProofVerifier verifier,) = gateway.routes(selector_);
        if (address(verifier) == address(0)) revert IVerifierGateway.RouteNotFound(selector_);
    }

    // Stopping.

    modifier onlyGuardian() {
        if (msg.sender != GUARDIAN) revert OnlyGuardian(msg.sender, GUARDIAN);
        _;
    }

    /// @inheritdoc ISettlement
    function stopSettlement() external onlyGuardian {
        _checkNotStopped();
        uint256 stood = stoppedUntil - _stoppedAt;
        uint256 notBefore = stoppedUntil + (stood < MIN_REST ? MIN_REST : stood);
        if (block.timestamp < notBefore) revert StopTooSoon(notBefore);

        _stoppedAt = uint64(block.timestamp);
        stoppedUntil = uint64(block.timestamp) + MAX_STOP;
        emit SettlementStopped(stoppedUntil);
    }

    /// @inheritdoc ISettlement
    function resumeSettlement() external onlyGuardian {
        if (block.timestamp >= stoppedUntil) revert SettlementNotStopped();

        stoppedUntil = uint64(block.timestamp);
        emit SettlementResumed();
    }

    function _checkNotStopped() internal view override {
        if (block.timestamp < stoppedUntil) revert SettlementIsStopped(stoppedUntil);
    }

    /// @inheritdoc ISettlement
    function activateBridgeEmergency() external onlyGuardian {
        BRIDGE.activateEmergencyState();
    }

    /// @inheritdoc ISettlement
    function deactivateBridgeEmergency() external onlyGuardian {
        BRIDGE.deactivateEmergencyState();
    }
}
