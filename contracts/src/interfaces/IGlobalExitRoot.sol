// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title IGlobalExitRootBase
/// @notice What a bridge asks and tells the contract that knows global exit roots.
interface IGlobalExitRootBase {
    /// @notice Only the bridge, and on Ethereum the rollup manager.
    error OnlyAllowedContracts();

    /// @notice Takes a new exit root of the caller.
    function updateExitRoot(bytes32 newRoot) external;

    /// @notice Not zero for every global exit root that claims may name.
    function globalExitRootMap(bytes32 globalExitRoot) external view returns (uint256);

    /// @notice The bridge.
    function bridgeAddress() external view returns (address);

    /// @notice The rollups' exit root; on an L2, its own exit root published last.
    function lastRollupExitRoot() external view returns (bytes32);

    /// @notice Causeway's version.
    function version() external pure returns (string memory);
}

/// @title IGlobalExitRoot
/// @notice Ethereum's global exit roots, and the L1 info tree over them. Nobody has a power over it beyond the two contracts it is
/// deployed with.
interface IGlobalExitRoot is IGlobalExitRootBase {
    /// @notice Both halves of the newest global exit root.
    event UpdateL1InfoTree(bytes32 indexed mainnetExitRoot, bytes32 indexed rollupExitRoot);
    /// @notice Its leaf was appended to the L1 info tree.
    event UpdateL1InfoTreeV2(
        bytes32 currentL1InfoRoot, uint32 indexed leafCount, uint256 blockhash, uint64 minTimestamp
    );
    /// @notice The root and count that the L1 info tree began with.
    event InitL1InfoRootMap(uint32 leafCount, bytes32 currentL1InfoRoot);
    /// @notice Ethereum's bridge had this many exits under this root, which an epoch may consume.
    event DepositsCheckpointed(uint256 indexed depositCount, bytes32 mainnetExitRoot);
    /// @notice The contract was set up.
    event Initialized(uint8 version);

    /// @notice It was initialized already.
    error AlreadyInitialized();

    /// @notice Records the empty L1 info tree, once; anybody may.
    function initialize() external;

    /// @notice Who publishes the rollups' exit root.
    function rollupManager() external view returns (address);

    /// @notice Ethereum's exit root published last; zero before the first.
    function lastMainnetExitRoot() external view returns (bytes32);

    /// @notice keccak256 of the newest halves.
    function getLastGlobalExitRoot() external view returns (bytes32);

    /// @notice The exit root that Ethereum's bridge published with this many exits; zero if it published none then.
    function mainnetExitRootAt(uint256 depositCount) external view returns (bytes32);

    /// @notice Leaves of the L1 info tree.
    function depositCount() external view returns (uint256);

    /// @notice The root of the L1 info tree with this many leaves.
    function l1InfoRootMap(uint32 leafCount) external view returns (bytes32);

    /// @notice The root of the L1 info tree.
    function getRoot() external view returns (bytes32);

    /// @notice A leaf of the L1 info tree: keccak256 of the global exit root, the block hash and the timestamp (8 bytes).
    function getLeafValue(bytes32 newGlobalExitRoot, uint256 lastBlockHash, uint64 timestamp)
        external
        pure
        returns (bytes32);

    /// @notice The root that a leaf has under 32 siblings.
    function calculateRoot(bytes32 leafHash, bytes32[32] calldata smtProof, uint32 index)
        external
        pure
        returns (bytes32);

    /// @notice Whether a leaf stands under a root.
    function verifyMerkleProof(bytes32 leafHash, bytes32[32] calldata smtProof, uint32 index, bytes32 root)
        external
        pure
        returns (bool);

    /// @notice Causeway's version.
    function GER_VERSION() external pure returns (string memory);
}

/// @title IGlobalExitRootL2
/// @notice The global exit roots that an L2 believes. The updater inserts them: users of this L2 who claim against a root that
/// Ethereum does not know trust the updater for it. The remover takes a wrong one out again.
interface IGlobalExitRootL2 is IGlobalExitRootBase {
    /// @notice A root joined the chain of inserted ones.
    event UpdateHashChainValue(bytes32 indexed newGlobalExitRoot, bytes32 indexed newHashChainValue);
    /// @notice A root joined the chain of removed ones.
    event UpdateRemovalHashChainValue(
        bytes32 indexed removedGlobalExitRoot, bytes32 indexed newRemovalHashChainValue
    );
    /// @notice The updater named another.
    event TransferGlobalExitRootUpdater(
        address currentGlobalExitRootUpdater, address pendingGlobalExitRootUpdater
    );
    /// @notice The other accepted.
    event AcceptGlobalExitRootUpdater(address oldGlobalExitRootUpdater, address newGlobalExitRootUpdater);
    /// @notice The remover named another.
    event TransferGlobalExitRootRemover(
        address currentGlobalExitRootRemover, address pendingGlobalExitRootRemover
    );
    /// @notice The other accepted.
    event AcceptGlobalExitRootRemover(address oldGlobalExitRootRemover, address newGlobalExitRootRemover);
    /// @notice The contract was set up.
    event Initialized(uint8 version);

    /// @notice It was initialized already.
    error AlreadyInitialized();
    /// @notice Only the address that it was deployed with initializes it.
    error OnlyDeployer();
    /// @notice The root is there already.
    error GlobalExitRootAlreadySet();
    /// @notice The root is not there.
    error GlobalExitRootNotFound();
    /// @notice An address is missing.
    error InvalidZeroAddress();
    /// @notice Only the updater; the block's producer if there is none.
    error OnlyGlobalExitRootUpdater();
    /// @notice Only the remover.
    error OnlyGlobalExitRootRemover();
    /// @notice Only whom the updater named.
    error OnlyPendingGlobalExitRootUpdater();
    /// @notice Only whom the remover named.
    error OnlyPendingGlobalExitRootRemover();

    /// @notice Names the roles, once. A zero updater leaves insertion to each block's producer.
    function initialize(address _globalExitRootUpdater, address _globalExitRootRemover) external;

    /// @notice Adds a root.
    function insertGlobalExitRoot(bytes32 newRoot) external;

    /// @notice Takes roots out.
    function removeGlobalExitRoots(bytes32[] calldata gersToRemove) external;

    /// @notice Names the next updater, who accepts.
    function transferGlobalExitRootUpdater(address newUpdater) external;

    /// @notice Becomes updater.
    function acceptGlobalExitRootUpdater() external;

    /// @notice Names the next remover, who accepts; zero takes a name back.
    function transferGlobalExitRootRemover(address newRemover) external;

    /// @notice Becomes remover.
    function acceptGlobalExitRootRemover() external;

    /// @notice Who inserts roots.
    function globalExitRootUpdater() external view returns (address);

    /// @notice Who removes them.
    function globalExitRootRemover() external view returns (address);

    /// @notice Whom the updater named.
    function pendingGlobalExitRootUpdater() external view returns (address);

    /// @notice Whom the remover named.
    function pendingGlobalExitRootRemover() external view returns (address);

    /// @notice keccak256(chain, root) over all insertions.
    function insertedGERHashChain() external view returns (bytes32);

    /// @notice keccak256(chain, root) over all removals.
    function removedGERHashChain() external view returns (bytes32);

    /// @notice Causeway's version.
    function GER_SOVEREIGN_VERSION() external pure returns (string memory);
}
