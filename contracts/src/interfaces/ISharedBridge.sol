// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GlobalIndex} from "../types/GlobalIndex.sol";
import {NetworkId} from "../types/NetworkId.sol";
import {IBridgeErrors} from "./IBridgeErrors.sol";

/// @title IMessageReceiver
/// @notice What a contract implements to be sent messages.
interface IMessageReceiver {
    /// @notice A message arrived, with the value of the call if it carries ether.
    function onMessageReceived(address originAddress, uint32 originNetwork, bytes calldata data)
        external
        payable;
}

/// @title ISharedBridge
/// @notice The bridge of every network: users leave with bridgeAsset and bridgeMessage and arrive with a claim. The interface is
/// LxLy's; `claimMany` and what it takes are Causeway's own.
interface ISharedBridge is IBridgeErrors {
    /// @notice One exit to claim with `claimMany`.
    /// @param leafType 0 for an asset, 1 for a message.
    /// @param originNetwork Network of the token, or of a message's sender.
    /// @param originAddress The token on its own network, or the message's sender.
    /// @param destinationAddress Who receives.
    /// @param amount How much.
    /// @param metadata A token's `abi.encode(name, symbol, decimals)`, or the message.
    /// @param smtProofLocalExitRoot The lowest siblings in the source's exit tree; those left out are empty subtrees.
    /// @param smtProofRollupExitRoot The lowest siblings in the tree of the rollups' roots, likewise; none for Ethereum's.
    struct Claim {
        GlobalIndex globalIndex;
        uint8 leafType;
        NetworkId originNetwork;
        address originAddress;
        address destinationAddress;
        uint256 amount;
        bytes metadata;
        bytes32[] smtProofLocalExitRoot;
        bytes32[] smtProofRollupExitRoot;
    }

    /// @notice An exit was appended at index `depositCount`. `metadata` is hashed in the leaf.
    event BridgeEvent(
        uint8 leafType,
        uint32 originNetwork,
        address originAddress,
        uint32 destinationNetwork,
        address destinationAddress,
        uint256 amount,
        bytes metadata,
        uint32 depositCount
    );
    /// @notice An exit was claimed.
    event ClaimEvent(
        uint256 globalIndex,
        uint32 originNetwork,
        address originAddress,
        address destinationAddress,
        uint256 amount
    );
    /// @notice A token was claimed here for the first time and got a wrapped one.
    event NewWrappedToken(
        uint32 originNetwork, address originTokenAddress, address wrappedTokenAddress, bytes metadata
    );

    /// @notice A wrapped token that another network had named got the name that its own network gives it.
    event WrappedTokenRenamed(
        uint32 originNetwork, address originTokenAddress, address wrappedTokenAddress, bytes metadata
    );
    /// @notice The bridge was set up.
    event Initialized(uint8 version);
    /// @notice The bridge stands still: nobody leaves and nobody claims.
    event EmergencyStateActivated();
    /// @notice The bridge works again. It also does, without an event, when a stop has lasted as long as it may.
    event EmergencyStateDeactivated();

    /// @notice Sets up Ethereum's bridge, once.
    /// @param _networkID Zero.
    /// @param _gasTokenAddress Zero: Ethereum's native token is ether.
    /// @param _gasTokenNetwork Zero.
    /// @param _globalExitRootManager Ethereum's `GlobalExitRoot`.
    /// @param _polygonRollupManager Who stops and starts the bridge.
    /// @param _gasTokenMetadata Empty.
    function initialize(
        NetworkId _networkID,
        address _gasTokenAddress,
        NetworkId _gasTokenNetwork,
        address _globalExitRootManager,
        address _polygonRollupManager,
        bytes memory _gasTokenMetadata
    ) external;

    /// @notice Reverts with `InvalidInitializeFunction`.
    function initialize() external pure;

    /// @notice Sends a token to another network.
    /// @param destinationNetwork The other network.
    /// @param destinationAddress Who receives there.
    /// @param amount How much; of a token with fees on transfers, what arrives leaves.
    /// @param token Zero for the native token, then `amount` is the value of the call.
    /// @param forceUpdateGlobalExitRoot Whether to publish the new exit root at once.
    /// @param permitData Calldata of the token's `permit` for the bridge, EIP-2612's or DAI's; may be empty.
    function bridgeAsset(
        NetworkId destinationNetwork,
        address destinationAddress,
        uint256 amount,
        address token,
        bool forceUpdateGlobalExitRoot,
        bytes calldata permitData
    ) external payable;

    /// @notice Sends a message to another network, and the value of the call with it where ether is the native token.
    function bridgeMessage(
        NetworkId destinationNetwork,
        address destinationAddress,
        bool forceUpdateGlobalExitRoot,
        bytes calldata metadata
    ) external payable;

    /// @notice Sends a message with WETH from a network whose native token is not ether.
    function bridgeMessageWETH(
        NetworkId destinationNetwork,
        address destinationAddress,
        uint256 amountWETH,
        bool forceUpdateGlobalExitRoot,
        bytes calldata metadata
    ) external;

    /// @notice Pays out an exit to this network. Anybody may call; the exit says who receives.
    /// @param smtProofLocalExitRoot The 32 siblings in the source's exit tree, lowest first.
    /// @param smtProofRollupExitRoot The 32 siblings in the tree of the rollups' roots; not read for Ethereum's exits.
    /// @param globalIndex Where the exit stands.
    /// @param mainnetExitRoot Ethereum's half of a known global exit root.
    /// @param rollupExitRoot The rollups' half.
    /// @param originNetwork Network of the token.
    /// @param originTokenAddress The token there; zero with network zero for ether.
    /// @param destinationNetwork This network.
    /// @param destinationAddress Who receives.
    /// @param amount How much.
    /// @param metadata `abi.encode(name, symbol, decimals)`; whatever else it is does not hinder the claim.
    function claimAsset(
        bytes32[32] calldata smtProofLocalExitRoot,
        bytes32[32] calldata smtProofRollupExitRoot,
        GlobalIndex globalIndex,
        bytes32 mainnetExitRoot,
        bytes32 rollupExitRoot,
        NetworkId originNetwork,
        address originTokenAddress,
        NetworkId destinationNetwork,
        address destinationAddress,
        uint256 amount,
        bytes calldata metadata
    ) external;

    /// @notice Delivers a message to this network: `onMessageReceived` of the receiver, with its value. Can be retried if the
    /// receiver reverts.
    function claimMessage(
        bytes32[32] calldata smtProofLocalExitRoot,
        bytes32[32] calldata smtProofRollupExitRoot,
        GlobalIndex globalIndex,
        bytes32 mainnetExitRoot,
        bytes32 rollupExitRoot,
        NetworkId originNetwork,
        address originAddress,
        NetworkId destinationNetwork,
        address destinationAddress,
        uint256 amount,
        bytes calldata metadata
    ) external;

    /// @notice Claims exits under one global exit root, each with as many siblings as its tree is high: what two full proofs
    /// cost in calldata is most of the price of a claim. All succeed or none does.
    function claimMany(bytes32 mainnetExitRoot, bytes32 rollupExitRoot, Claim[] calldata claims) external;

    /// @notice Publishes the newest exit root, if it was not yet.
    function updateGlobalExitRoot() external;

    /// @notice Stops the bridge for at most `MAX_EMERGENCY`; on Ethereum the rollup manager, on an L2 the pauser.
    function activateEmergencyState() external;

    /// @notice Starts it again; on Ethereum the rollup manager, on an L2 the unpauser.
    function deactivateEmergencyState() external;

    /// @notice Whether the bridge stands still, which it also does before it is initialized.
    function isEmergencyState() external view returns (bool);

    /// @notice When the bridge starts again by itself, or did; zero if it never stood still.
    function emergencyEndsAt() external view returns (uint64);

    /// @notice Seconds for which a bridge can be stopped at most, and then not again for as long as it stood still, nor within a day.
    function MAX_EMERGENCY() external view returns (uint64);

    /// @notice Who initializes the bridge.
    function INITIALIZER() external view returns (address);

    /// @notice This network.
    function networkID() external view returns (NetworkId);

    /// @notice The contract that knows global exit roots here.
    function globalExitRootManager() external view returns (address);

    /// @notice Who stops and starts the bridge on Ethereum.
    function polygonRollupManager() external view returns (address);

    /// @notice The native token as its own network knows it; zero for ether.
    function gasTokenAddress() external view returns (address);

    /// @notice The network of the native token.
    function gasTokenNetwork() external view returns (NetworkId);

    /// @notice Metadata of the native token; empty for ether.
    function gasTokenMetadata() external view returns (bytes memory);

    /// @notice Ether's token on a network whose native token is another; else zero.
    function WETHToken() external view returns (address);

    /// @notice Number of exits.
    function depositCount() external view returns (uint256);

    /// @notice Number of exits under the exit root published last.
    function lastUpdatedDepositCount() external view returns (uint32);

    /// @notice The exit root of this network.
    function getRoot() external view returns (bytes32);

    /// @notice A word of the bitmap of claims: bit i of word w is exit 256 w + i, counted as leaf index + source * 2^32.
    function claimedBitMap(uint256 word) external view returns (uint256);

    /// @notice Whether an exit was claimed here.
    function isClaimed(uint32 leafIndex, NetworkId sourceBridgeNetwork) external view returns (bool);

    /// @notice The token that stands here for another network's; zero if it was never claimed.
    function getTokenWrappedAddress(NetworkId originNetwork, address originTokenAddress)
        external
        view
        returns (address);

    /// @notice The address that a token's wrapped one has or will have on every network with this bridge address.
    function computeTokenProxyAddress(NetworkId originNetwork, address originTokenAddress)
        external
        view
        returns (address);

    /// @notice `getTokenWrappedAddress` by keccak256(originNetwork (4 bytes), originTokenAddress (20)).
    function tokenInfoToWrappedToken(bytes32 tokenInfoHash) external view returns (address);

    /// @notice What a wrapped token stands for; zeros if it is none.
    function wrappedTokenToTokenInfo(address wrappedToken)
        external
        view
        returns (NetworkId originNetwork, address originTokenAddress);

    /// @notice The implementation of wrapped tokens.
    function getWrappedTokenBridgeImplementation() external view returns (address);

    /// @notice `abi.encode(name, symbol, decimals)` of a token, whatever it answers.
    function getTokenMetadata(address token) external view returns (bytes memory);

    /// @notice keccak256 of an exit's 113 bytes.
    function getLeafValue(
        uint8 leafType,
        NetworkId originNetwork,
        address originAddress,
        NetworkId destinationNetwork,
        address destinationAddress,
        uint256 amount,
        bytes32 metadataHash
    ) external pure returns (bytes32);

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

    /// @notice The contract with what only L2s do, and the readers of metadata.
    function bridgeLib() external view returns (address);

    /// @notice Causeway's version.
    function BRIDGE_VERSION() external pure returns (string memory);

    /// @notice Causeway's version.
    function version() external pure returns (string memory);
}
