// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IGlobalExitRootBase, IGlobalExitRootL2} from "../interfaces/IGlobalExitRoot.sol";
import {ExitTree} from "../libraries/ExitTree.sol";

/// @title GlobalExitRootL2
/// @notice The global exit roots that an L2's users can claim against.
contract GlobalExitRootL2 is IGlobalExitRootL2 {
    /// @inheritdoc IGlobalExitRootBase
    address public immutable bridgeAddress;
    address private immutable _INITIALIZER;

    /// @inheritdoc IGlobalExitRootBase
    /// @dev The time at which a root was inserted.
    mapping(bytes32 globalExitRoot => uint256) public globalExitRootMap;
    /// @inheritdoc IGlobalExitRootBase
    bytes32 public lastRollupExitRoot;
    /// @inheritdoc IGlobalExitRootL2
    bytes32 public insertedGERHashChain;
    /// @inheritdoc IGlobalExitRootL2
    bytes32 public removedGERHashChain;

    /// @inheritdoc IGlobalExitRootL2
    address public globalExitRootUpdater;
    /// @inheritdoc IGlobalExitRootL2
    address public globalExitRootRemover;
    /// @inheritdoc IGlobalExitRootL2
    address public pendingGlobalExitRootUpdater;
    /// @inheritdoc IGlobalExitRootL2
    address public pendingGlobalExitRootRemover;
    bool private _initialized;

    constructor(address bridge, address initializer) {
        (bridgeAddress, _INITIALIZER) = (bridge, initializer);
    }

    /// @dev Without an updater, whoever produces the block.
    modifier onlyUpdater() {
        address updater = globalExitRootUpdater;
        // Before the roles are named nobody inserts.
        if (!_initialized || msg.sender != (updater == address(0) ? block.coinbase : updater)) {
            revert OnlyGlobalExitRootUpdater();
        }
        _;
    }

    modifier onlyRemover() {
        if (msg.sender != globalExitRootRemover) revert OnlyGlobalExitRootRemover();
        _;
    }

    /// @inheritdoc IGlobalExitRootL2
    function initialize(address _globalExitRootUpdater, address _globalExitRootRemover) external {
        if (msg.sender != _INITIALIZER) revert OnlyDeployer();
        if (_initialized) revert AlreadyInitialized();
        _initialized = true;
        (globalExitRootUpdater, globalExitRootRemover) = (_globalExitRootUpdater, _globalExitRootRemover);
        emit AcceptGlobalExitRootUpdater(address(0), _globalExitRootUpdater);
        emit AcceptGlobalExitRootRemover(address(0), _globalExitRootRemover);
        emit Initialized(1);
    }

    /// @inheritdoc IGlobalExitRootBase
    function updateExitRoot(bytes32 newRoot) external {
        if (msg.sender != bridgeAddress) revert OnlyAllowedContracts();
        lastRollupExitRoot = newRoot;
    }

    /// @inheritdoc IGlobalExitRootL2
    function insertGlobalExitRoot(bytes32 newRoot) external onlyUpdater {
        if (globalExitRootMap[newRoot] != 0) revert GlobalExitRootAlreadySet();
        globalExitRootMap[newRoot] = block.timestamp;
        bytes32 chain = ExitTree.hash(insertedGERHashChain, newRoot);
        insertedGERHashChain = chain;
        emit UpdateHashChainValue(newRoot, chain);
    }

    /// @inheritdoc IGlobalExitRootL2
    function removeGlobalExitRoots(bytes32[] calldata gersToRemove) external onlyRemover {
        bytes32 chain = removedGERHashChain;
        for (uint256 i = 0; i < gersToRemove.length; ++i) {
            bytes32 root = gersToRemove[i];
            if (globalExitRootMap[root] == 0) revert GlobalExitRootNotFound();
            delete globalExitRootMap[root];
            chain = ExitTree.hash(chain, root);
            emit UpdateRemovalHashChainValue(root, chain);
        }
        removedGERHashChain = chain;
    }

    /// @inheritdoc IGlobalExitRootL2
    function transferGlobalExitRootUpdater(address newUpdater) external onlyUpdater {
        if (newUpdater == address(0)) revert InvalidZeroAddress();
        pendingGlobalExitRootUpdater = newUpdater;
        emit TransferGlobalExitRootUpdater(globalExitRootUpdater, newUpdater);
    }

    /// @inheritdoc IGlobalExitRootL2
    function acceptGlobalExitRootUpdater() external {
        if (msg.sender != pendingGlobalExitRootUpdater) revert OnlyPendingGlobalExitRootUpdater();
        emit AcceptGlobalExitRootUpdater(globalExitRootUpdater, msg.sender);
        (globalExitRootUpdater, pendingGlobalExitRootUpdater) = (msg.sender, address(0));
    }

    /// @inheritdoc IGlobalExitRootL2
    function transferGlobalExitRootRemover(address newRemover) external onlyRemover {
        pendingGlobalExitRootRemover = newRemover;
        emit TransferGlobalExitRootRemover(globalExitRootRemover, newRemover);
    }

    /// @inheritdoc IGlobalExitRootL2
    function acceptGlobalExitRootRemover() external {
        if (msg.sender != pendingGlobalExitRootRemover) revert OnlyPendingGlobalExitRootRemover();
        emit AcceptGlobalExitRootRemover(globalExitRootRemover, msg.sender);
        (globalExitRootRemover, pendingGlobalExitRootRemover) = (msg.sender, address(0));
    }

    /// @inheritdoc IGlobalExitRootL2
    function GER_SOVEREIGN_VERSION() external pure returns (string memory) {
        return "causeway-v1.0.0";
    }

    /// @inheritdoc IGlobalExitRootBase
    function version() external pure returns (string memory) {
        return "causeway-v1.0.0";
    }
}
