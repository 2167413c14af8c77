// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IGlobalExitRoot, IGlobalExitRootBase} from "../interfaces/IGlobalExitRoot.sol";
import {ISharedBridge} from "../interfaces/ISharedBridge.sol";
import {ExitTree} from "../libraries/ExitTree.sol";

/// @title GlobalExitRoot
/// @notice Ethereum's global exit roots: keccak256 of its own exit root and the rollups'. Each new one becomes a leaf of the L1 info
/// tree, whose every root is kept.
contract GlobalExitRoot is IGlobalExitRoot {
    using ExitTree for ExitTree.Frontier;

    /// @inheritdoc IGlobalExitRootBase
    address public immutable bridgeAddress;
    /// @inheritdoc IGlobalExitRoot
    address public immutable rollupManager;

    /// @inheritdoc IGlobalExitRootBase
    bytes32 public lastRollupExitRoot;
    /// @inheritdoc IGlobalExitRoot
    bytes32 public lastMainnetExitRoot;
    /// @inheritdoc IGlobalExitRootBase
    /// @dev The hash of the block before the root's own.
    mapping(bytes32 globalExitRoot => uint256) public globalExitRootMap;
    /// @inheritdoc IGlobalExitRoot
    mapping(uint32 leafCount => bytes32) public l1InfoRootMap;
    /// @inheritdoc IGlobalExitRoot
    mapping(uint256 depositCount => bytes32) public mainnetExitRootAt;

    ExitTree.Frontier private _l1InfoTree;
    uint32 private _leafCount;
    bool private _initialized;

    constructor(address rollupManager_, address bridge) {
        (rollupManager, bridgeAddress) = (rollupManager_, bridge);
    }

    /// @inheritdoc IGlobalExitRoot
    function initialize() external {
        if (_initialized) revert AlreadyInitialized();
        _initialized = true;
        bytes32 root = _l1InfoTree.root(_leafCount);
        l1InfoRootMap[_leafCount] = root;
        emit InitL1InfoRootMap(_leafCount, root);
        emit Initialized(1);
    }

    /// @inheritdoc IGlobalExitRootBase
    function updateExitRoot(bytes32 newRoot) external {
        (bytes32 mainnet, bytes32 rollup) = (lastMainnetExitRoot, lastRollupExitRoot);
        if (msg.sender == bridgeAddress) {
            lastMainnetExitRoot = mainnet = newRoot;
            uint256 deposits = ISharedBridge(msg.sender).depositCount();
            mainnetExitRootAt[deposits] = newRoot;
            emit DepositsCheckpointed(deposits, newRoot);
        } else if (msg.sender == rollupManager) {
            lastRollupExitRoot = rollup = newRoot;
        } else {
            revert OnlyAllowedContracts();
        }

        bytes32 globalExitRoot = ExitTree.hash(mainnet, rollup);
        if (globalExitRootMap[globalExitRoot] == 0) _record(globalExitRoot, mainnet, rollup);
    }

    function _record(bytes32 globalExitRoot, bytes32 mainnet, bytes32 rollup) private {
        uint256 lastBlockHash = uint256(blockhash(block.number - 1));
        globalExitRootMap[globalExitRoot] = lastBlockHash;
        uint32 count = _leafCount;
        _l1InfoTree.append(count, getLeafValue(globalExitRoot, lastBlockHash, uint64(block.timestamp)));
        _leafCount = ++count;
        bytes32 root = _l1InfoTree.root(count);
        l1InfoRootMap[count] = root;
        emit UpdateL1InfoTree(mainnet, rollup);
        emit UpdateL1InfoTreeV2(root, count, lastBlockHash, uint64(block.timestamp));
    }

    /// @inheritdoc IGlobalExitRoot
    function getLastGlobalExitRoot() external view returns (bytes32) {
        return ExitTree.hash(lastMainnetExitRoot, lastRollupExitRoot);
    }

    /// @inheritdoc IGlobalExitRoot
    function depositCount() external view returns (uint256) {
        return _leafCount;
    }

    /// @inheritdoc IGlobalExitRoot
    function getRoot() external view returns (bytes32) {
        return _l1InfoTree.root(_leafCount);
    }

    /// @inheritdoc IGlobalExitRoot
    function getLeafValue(bytes32 newGlobalExitRoot, uint256 lastBlockHash, uint64 timestamp)
        public
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(newGlobalExitRoot, lastBlockHash, timestamp));
    }

    /// @inheritdoc IGlobalExitRoot
    function calculateRoot(bytes32 leafHash, bytes32[32] calldata smtProof, uint32 index)
        external
        pure
        returns (bytes32)
    {
        return ExitTree.rootOf(leafHash, smtProof, index);
    }

    /// @inheritdoc IGlobalExitRoot
    function verifyMerkleProof(bytes32 leafHash, bytes32[32] calldata smtProof, uint32 index, bytes32 root)
        external
        pure
        returns (bool)
    {
        return ExitTree.rootOf(leafHash, smtProof, index) == root;
    }

    /// @inheritdoc IGlobalExitRoot
    function GER_VERSION() external pure returns (string memory) {
        return "causeway-v1.0.0";
    }

    /// @inheritdoc IGlobalExitRootBase
    function version() external pure returns (string memory) {
        return "causeway-v1.0.0";
    }
}
