// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GlobalIndex} from "../types/GlobalIndex.sol";
import {NetworkId} from "../types/NetworkId.sol";
import {IBridgeErrorsL2} from "./IBridgeErrors.sol";

/// @title ISharedBridgeL2
/// @notice What an L2's bridge does besides: call it at the bridge's own address. Roles, from the weakest: the pauser stops, the
/// unpauser starts, the manager says which tokens stand for which, the remover of global exit roots rewrites what was
/// claimed and rewinds the exit tree. All of them hold only what their own L2 holds: Ethereum and the other networks are
/// kept by proofs.
interface ISharedBridgeL2 is IBridgeErrorsL2 {
    /// @notice An exit to append to a rewound tree.
    struct LeafData {
        uint8 leafType;
        NetworkId originNetwork;
        address originAddress;
        NetworkId destinationNetwork;
        address destinationAddress;
        uint256 amount;
        bytes metadata;
    }

    /// @notice A claim of an asset, as it was called.
    event DetailedClaimEvent(
        bytes32[32] smtProofLocalExitRoot,
        bytes32[32] smtProofRollupExitRoot,
        uint256 indexed globalIndex,
        bytes32 mainnetExitRoot,
        bytes32 rollupExitRoot,
        uint32 originNetwork,
        address originTokenAddress,
        uint32 destinationNetwork,
        address indexed destinationAddress,
        uint256 amount,
        bytes metadata
    );
    /// @notice A claim joined the chain of claims.
    event UpdatedClaimedGlobalIndexHashChain(
        bytes32 claimedGlobalIndex, bytes32 newClaimedGlobalIndexHashChain
    );
    /// @notice A claim was taken back.
    event UpdatedUnsetGlobalIndexHashChain(bytes32 unsetGlobalIndex, bytes32 newUnsetGlobalIndexHashChain);
    /// @notice An exit was marked as claimed.
    event SetClaim(uint32 leafIndex, uint32 sourceNetwork);
    /// @notice A token stands for another network's from now on.
    event SetSovereignTokenAddress(
        uint32 originNetwork, address originTokenAddress, address sovereignTokenAddress, bool isNotMintable
    );
    /// @notice A token that stood for another network's leaves no more.
    event RemoveLegacySovereignTokenAddress(address sovereignTokenAddress);
    /// @notice Ether's token was replaced.
    event SetSovereignWETHAddress(address sovereignWETHTokenAddress, bool isNotMintable);
    /// @notice A holder changed a token for the one that stands in its place now.
    event MigrateLegacyToken(
        address sender, address legacyTokenAddress, address updatedTokenAddress, uint256 amount
    );
    /// @notice There is another bridge manager.
    event SetBridgeManager(address bridgeManager);
    /// @notice A balance was set by hand.
    event SetLocalBalanceTree(
        uint32 indexed originNetwork, address indexed originTokenAddress, uint256 newAmount
    );
    /// @notice The exit tree went back.
    event BackwardLET(
        uint256 previousDepositCount, bytes32 previousRoot, uint256 newDepositCount, bytes32 newRoot
    );
    /// @notice Exits were appended by hand.
    event ForwardLET(
        uint256 previousDepositCount,
        bytes32 previousRoot,
        uint256 newDepositCount,
        bytes32 newRoot,
        bytes newLeaves
    );
    /// @notice The pauser named another.
    event TransferEmergencyBridgePauserRole(
        address currentEmergencyBridgePauser, address newEmergencyBridgePauser
    );
    /// @notice The other accepted.
    event AcceptEmergencyBridgePauserRole(address oldEmergencyBridgePauser, address newEmergencyBridgePauser);
    /// @notice The unpauser named another.
    event TransferEmergencyBridgeUnpauserRole(
        address currentEmergencyBridgeUnpauser, address newEmergencyBridgeUnpauser
    );
    /// @notice The other accepted.
    event AcceptEmergencyBridgeUnpauserRole(
        address oldEmergencyBridgeUnpauser, address newEmergencyBridgeUnpauser
    );

    /// @notice Sets up an L2's bridge, once.
    /// @param _networkID Not zero.
    /// @param _gasTokenAddress The native token on its own network; zero for ether.
    /// @param _gasTokenNetwork Its network.
    /// @param _globalExitRootManager This L2's `GlobalExitRootL2`.
    /// @param _polygonRollupManager Has no power on an L2.
    /// @param _gasTokenMetadata `abi.encode(name, symbol, decimals)` of the native token; empty for ether.
    /// @param _bridgeManager Says which tokens stand for which.
    /// @param _sovereignWETHAddress Ether's token, where the native token is another; zero to have one made.
    /// @param _sovereignWETHAddressIsNotMintable Whether the bridge holds that token instead of minting it.
    /// @param _emergencyBridgePauser Stops the bridge.
    /// @param _emergencyBridgeUnpauser Starts it.
    /// @param _proxiedTokensManager Zero.
    function initialize(
        NetworkId _networkID,
        address _gasTokenAddress,
        NetworkId _gasTokenNetwork,
        address _globalExitRootManager,
        address _polygonRollupManager,
        bytes memory _gasTokenMetadata,
        address _bridgeManager,
        address _sovereignWETHAddress,
        bool _sovereignWETHAddressIsNotMintable,
        address _emergencyBridgePauser,
        address _emergencyBridgeUnpauser,
        address _proxiedTokensManager
    ) external;

    /// @notice Lets tokens stand for other networks', in place of the wrapped ones. Those replaced still leave and migrate.
    function setMultipleSovereignTokenAddress(
        NetworkId[] calldata originNetworks,
        address[] calldata originTokenAddresses,
        address[] calldata sovereignTokenAddresses,
        bool[] calldata isNotMintable
    ) external;

    /// @notice Ends a replaced token: it leaves and migrates no more.
    function removeLegacySovereignTokenAddress(address legacySovereignTokenAddress) external;

    /// @notice Replaces ether's token where the native token is another.
    function setSovereignWETHAddress(address sovereignWETHTokenAddress, bool isNotMintable) external;

    /// @notice Makes the bridge's own wrapped token for one that a token set by hand stands for, and lets it take its place. For
    /// ether it makes the bridge's own WETH, where the native token is another.
    function deployWrappedTokenAndRemap(
        NetworkId originNetwork,
        address originTokenAddress,
        bool isNotMintable
    ) external;

    /// @notice Changes the caller's replaced tokens for those in their place.
    function migrateLegacyToken(address legacyTokenAddress, uint256 amount, bytes calldata permitData)
        external;

    /// @notice Names another bridge manager.
    function setBridgeManager(address newBridgeManager) external;

    /// @notice Takes claims back, so that they can be made again.
    function unsetMultipleClaims(GlobalIndex[] calldata globalIndexes) external;

    /// @notice Marks exits as claimed without paying them out.
    function setMultipleClaims(GlobalIndex[] calldata globalIndexes) external;

    /// @notice Takes the exit tree back to fewer leaves, in an emergency.
    /// @param newDepositCount How many.
    /// @param newFrontier The frontier of the tree at that count, zero where the count has no bit.
    /// @param nextLeaf The first leaf that goes.
    /// @param proof Its siblings in the tree as it is, which hold that frontier.
    function backwardLET(
        uint256 newDepositCount,
        bytes32[32] calldata newFrontier,
        bytes32 nextLeaf,
        bytes32[32] calldata proof
    ) external;

    /// @notice Appends exits to the tree, in an emergency.
    /// @param newLeaves The exits.
    /// @param expectedLER The root that they lead to.
    function forwardLET(LeafData[] calldata newLeaves, bytes32 expectedLER) external;

    /// @notice Sets balances, in an emergency.
    function setLocalBalanceTree(
        NetworkId[] calldata originNetworks,
        address[] calldata originTokenAddresses,
        uint256[] calldata amounts
    ) external;

    /// @notice Names the next pauser, who accepts.
    function transferEmergencyBridgePauserRole(address newEmergencyBridgePauser) external;

    /// @notice Becomes pauser.
    function acceptEmergencyBridgePauserRole() external;

    /// @notice Names the next unpauser, who accepts.
    function transferEmergencyBridgeUnpauserRole(address newEmergencyBridgeUnpauser) external;

    /// @notice Becomes unpauser.
    function acceptEmergencyBridgeUnpauserRole() external;

    /// @notice Who says which tokens stand for which.
    function bridgeManager() external view returns (address);

    /// @notice Who stops the bridge.
    function emergencyBridgePauser() external view returns (address);

    /// @notice Who starts it.
    function emergencyBridgeUnpauser() external view returns (address);

    /// @notice Whom the pauser named.
    function pendingEmergencyBridgePauser() external view returns (address);

    /// @notice Whom the unpauser named.
    function pendingEmergencyBridgeUnpauser() external view returns (address);

    /// @notice What the network holds of another network's token, by keccak256(originNetwork (4 bytes), token (20)).
    function localBalanceTree(bytes32 tokenInfoHash) external view returns (uint256);

    /// @notice keccak256(chain, keccak256(globalIndex, leaf)) over all claims in order.
    function claimedGlobalIndexHashChain() external view returns (bytes32);

    /// @notice keccak256(chain, globalIndex) over all claims taken back, in order.
    function unsetGlobalIndexHashChain() external view returns (bytes32);

    /// @notice Whether the bridge holds a token that stands for another instead of minting it.
    function wrappedAddressIsNotMintable(address wrappedToken) external view returns (bool);

    /// @notice A token's name as an exit carries it.
    function safeName(address token) external view returns (string memory);

    /// @notice A token's symbol as an exit carries it.
    function safeSymbol(address token) external view returns (string memory);

    /// @notice A token's decimals as an exit carries them.
    function safeDecimals(address token) external view returns (uint8);

    /// @notice `abi.encode(name, symbol, decimals)` of a token, whatever it answers.
    function getTokenMetadata(address token) external view returns (bytes memory);

    /// @notice Causeway's version.
    function BRIDGE_SOVEREIGN_VERSION() external pure returns (string memory);
}
