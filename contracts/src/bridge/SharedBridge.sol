// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IBridgeErrorsL2} from "../interfaces/IBridgeErrors.sol";
import {IGlobalExitRootBase} from "../interfaces/IGlobalExitRoot.sol";
import {IMessageReceiver, ISharedBridge} from "../interfaces/ISharedBridge.sol";
import {ISharedBridgeL2} from "../interfaces/ISharedBridgeL2.sol";
import {IWrappedTokenDeployer} from "../interfaces/IWrappedToken.sol";
import {ExitLeaf} from "../libraries/ExitLeaf.sol";
import {ExitTree} from "../libraries/ExitTree.sol";
import {TokenMetadata} from "../libraries/TokenMetadata.sol";
import {TokenPermit} from "../libraries/TokenPermit.sol";
import {GlobalIndex} from "../types/GlobalIndex.sol";
import {MAINNET, NetworkId} from "../types/NetworkId.sol";
import {BridgeCore} from "./BridgeCore.sol";
import {SharedBridgeL2} from "./SharedBridgeL2.sol";
import {WrappedToken} from "./WrappedToken.sol";

/// @title SharedBridge
/// @notice The bridge, the same contract at the same address on Ethereum and on every L2. Its behaviour is LxLy's; what differs is in
/// docs/integrating.md.
/// @dev It is no proxy and nobody can change it. It is deployed with CREATE2 and knows its network from `initialize`, before
/// which it stands still. Calls that it does not know run in `SharedBridgeL2` on its storage: what only L2s do.
contract SharedBridge is ISharedBridge, IWrappedTokenDeployer, BridgeCore {
    using ExitTree for ExitTree.Frontier;
    using SafeERC20 for IERC20;

    /// @dev An exit that leaves.
    struct Departure {
        uint8 leafType;
        NetworkId originNetwork;
        address originAddress;
        NetworkId destinationNetwork;
        address destinationAddress;
        uint256 amount;
    }

    /// @dev An exit that arrives, and where it is said to stand.
    struct Arrival {
        GlobalIndex globalIndex;
        bytes32 mainnetExitRoot;
        bytes32 rollupExitRoot;
        uint8 leafType;
        NetworkId originNetwork;
        address originAddress;
        NetworkId destinationNetwork;
        address destinationAddress;
        uint256 amount;
    }

    /// @inheritdoc ISharedBridge
    uint64 public constant MAX_EMERGENCY = 7 days;

    /// @dev Without it, a stop of no time around each claim would be one without end.
    uint64 private constant MIN_REST = 1 days;

    SharedBridgeL2 private immutable _L2;

    constructor(address initializer) BridgeCore(initializer, address(new WrappedToken())) {
        _L2 = new SharedBridgeL2(initializer, _IMPLEMENTATION);
        // Nothing works before the network is known.
        _emergencyEndsAt = type(uint64).max;
    }

    /// @inheritdoc ISharedBridge
    function initialize(
        NetworkId _networkID,
        address _gasToken,
        NetworkId _gasNetwork,
        address _manager,
        address _polygonRollupManager,
        bytes memory _metadata
    ) external {
        if (_networkID != MAINNET || _gasToken != address(0)) {
            revert InvalidInitializeFunction();
        }
        _initialize(_networkID, _gasToken, _gasNetwork, _manager, _polygonRollupManager, _metadata);
    }

    /// @inheritdoc ISharedBridge
    function initialize() external pure {
        revert InvalidInitializeFunction();
    }

    // Exits.

    /// @inheritdoc ISharedBridge
    function bridgeAsset(
        NetworkId destinationNetwork,
        address destinationAddress,
        uint256 amount,
        address token,
        bool forceUpdateGlobalExitRoot,
        bytes calldata permitData
    ) external payable whenNotEmergency nonReentrant {
        Departure memory departure = _departure(
            ExitLeaf.ASSET, destinationNetwork, destinationAddress, amount
        );
        bytes memory metadata;
        if (token == address(0)) {
            if (msg.value != amount) revert AmountDoesNotMatchMsgValue();
            departure.originNetwork = _gasTokenNetwork;
            departure.originAddress = _gasTokenAddress;
            if (departure.originAddress != address(0)) metadata = _gasTokenMetadata;
        } else {
            if (msg.value != 0) revert MsgValueNotZero();
            if (permitData.length != 0) TokenPermit.run(token, permitData);
            metadata = _take(departure, token);
        }
        _depart(departure, metadata, forceUpdateGlobalExitRoot);
    }

    /// @inheritdoc ISharedBridge
    function bridgeMessage(
        NetworkId destinationNetwork,
        address destinationAddress,
        bool forceUpdateGlobalExitRoot,
        bytes calldata metadata
    ) external payable whenNotEmergency {
        if (msg.value != 0 && _gasTokenAddress != address(0)) {
            revert NoValueInMessagesOnGasTokenNetworks();
        }
        Departure memory departure =
            _departure(ExitLeaf.MESSAGE, destinationNetwork, destinationAddress, msg.value);
        (departure.originNetwork, departure.originAddress) = (_networkId, msg.sender);
        _depart(departure, metadata, forceUpdateGlobalExitRoot);
    }

    /// @inheritdoc ISharedBridge
    /// @dev Guarded, unlike bridgeMessage: a WETH that the bridge holds is counted by the difference of balances.
    function bridgeMessageWETH(
        NetworkId destinationNetwork,
        address destinationAddress,
        uint256 amountWETH,
        bool forceUpdateGlobalExitRoot,
        bytes calldata metadata
    ) external whenNotEmergency nonReentrant {
        if (_gasTokenAddress == address(0)) revert NativeTokenIsEther();
        Departure memory departure =
            _departure(ExitLeaf.MESSAGE, destinationNetwork, destinationAddress, amountWETH);
        (departure.originNetwork, departure.originAddress) = (_networkId, msg.sender);
        departure.amount = _collect(_wethToken, amountWETH);
        _depart(departure, metadata, forceUpdateGlobalExitRoot);
    }

    function _departure(
        uint8 leafType,
        NetworkId destinationNetwork,
        address destinationAddress,
        uint256 amount
    ) private view returns (Departure memory departure) {
        if (destinationNetwork == _networkId) revert DestinationNetworkInvalid();
        departure.leafType = leafType;
        departure.destinationNetwork = destinationNetwork;
        departure.destinationAddress = destinationAddress;
        departure.amount = amount;
    }

    /// @dev Takes the caller's tokens, and says in the departure what they are and how many arrived.
    function _take(Departure memory departure, address token) private returns (bytes memory metadata) {
        uint256 amount = departure.amount;
        // Ether's own token is ether: network and address stay zero.
        if (_gasTokenAddress != address(0) && token == _wethToken) {
            departure.amount = _collect(token, amount);
            return metadata;
        }
        (bool wrapped, NetworkId network, address origin) = _originOf(token);
        if (wrapped) {
            (departure.originNetwork, departure.originAddress) = (network, origin);
            departure.amount = _collect(token, amount);
        } else {
            (departure.originNetwork, departure.originAddress) = (_networkId, token);
            departure.amount = _pull(token, amount);
        }
        return TokenMetadata.read(token);
    }

    function _depart(Departure memory departure, bytes memory metadata, bool publish) private {
        emit BridgeEvent(
            departure.leafType,
            NetworkId.unwrap(departure.originNetwork),
            departure.originAddress,
            NetworkId.unwrap(departure.destinationNetwork),
            departure.destinationAddress,
            departure.amount,
            metadata,
            _depositCount
        );
        if (_networkId != MAINNET) {
            if (departure.leafType == ExitLeaf.MESSAGE) _lowerBalance(MAINNET, address(0), departure.amount);
            else _lowerBalance(departure.originNetwork, departure.originAddress, departure.amount);
        }
        _append(
            ExitLeaf.hash(
                departure.leafType,
                departure.originNetwork,
                departure.originAddress,
                departure.destinationNetwork,
                departure.destinationAddress,
                departure.amount,
                keccak256(metadata)
            )
        );
        if (publish) _publish();
    }

    /// @inheritdoc ISharedBridge
    function updateGlobalExitRoot() external {
        if (_lastUpdatedDepositCount < _depositCount) _publish();
    }

    // Claims.

    /// @inheritdoc ISharedBridge
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
    ) external whenNotEmergency nonReentrant {
        Arrival memory arrival = Arrival(
            globalIndex,
            mainnetExitRoot,
            rollupExitRoot,
            ExitLeaf.ASSET,
            originNetwork,
            originTokenAddress,
            destinationNetwork,
            destinationAddress,
            amount
        );
        _accept(arrival, smtProofLocalExitRoot, smtProofRollupExitRoot, metadata);
        _pay(arrival, metadata);
    }

    /// @inheritdoc ISharedBridge
    /// @dev Not guarded against reentrance: a receiver may bridge on what it receives.
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
    ) external whenNotEmergency {
        Arrival memory arrival = Arrival(
            globalIndex,
            mainnetExitRoot,
            rollupExitRoot,
            ExitLeaf.MESSAGE,
            originNetwork,
            originAddress,
            destinationNetwork,
            destinationAddress,
            amount
        );
        _accept(arrival, smtProofLocalExitRoot, smtProofRollupExitRoot, metadata);
        _deliver(arrival, metadata);
    }

    /// @inheritdoc ISharedBridge
    function claimMany(bytes32 mainnetExitRoot, bytes32 rollupExitRoot, Claim[] calldata claims)
        external
        whenNotEmergency
    {
        _checkGlobalExitRoot(mainnetExitRoot, rollupExitRoot);
        NetworkId self = _networkId;
        for (uint256 i = 0; i < claims.length; ++i) {
            Claim calldata claim = claims[i];
            if (claim.leafType > ExitLeaf.MESSAGE) revert InvalidLeafType();
            Arrival memory arrival = Arrival(
                claim.globalIndex,
                mainnetExitRoot,
                rollupExitRoot,
                claim.leafType,
                claim.originNetwork,
                claim.originAddress,
                self,
                claim.destinationAddress,
                claim.amount
            );
            _acceptShort(arrival, claim);
            if (claim.leafType == ExitLeaf.ASSET) _payGuarded(arrival, claim.metadata);
            else _deliver(arrival, claim.metadata);
        }
    }

    /// @dev Guards one payment, and not what a message's receiver does between two of them.
    function _payGuarded(Arrival memory arrival, bytes calldata metadata) private nonReentrant {
        _pay(arrival, metadata);
    }

    /// @dev Checks an exit and marks it as claimed.
    function _accept(
        Arrival memory arrival,
        bytes32[32] calldata localProof,
        bytes32[32] calldata rollupProof,
        bytes calldata metadata
    ) private {
        if (arrival.destinationNetwork != _networkId) {
            revert DestinationNetworkInvalid();
        }
        _checkGlobalExitRoot(arrival.mainnetExitRoot, arrival.rollupExitRoot);
        (NetworkId source, uint32 leafIndex) = arrival.globalIndex.decode();
        bytes32 leaf = _leafOf(arrival, metadata);
        bytes32 root = ExitTree.rootOf(leaf, localProof, leafIndex);
        if (source != MAINNET) root = ExitTree.rootOf(root, rollupProof, NetworkId.unwrap(source) - 1);
        _claim(arrival, source, leafIndex, root, leaf);
        if (arrival.destinationNetwork != MAINNET && arrival.leafType == ExitLeaf.ASSET) {
            _emitDetails(arrival, abi.encodePacked(localProof, rollupProof), metadata);
        }
    }

    /// @dev `_accept` with short proofs; the caller has checked the global exit root, and the destination is this network.
    function _acceptShort(Arrival memory arrival, Claim calldata claim) private {
        (NetworkId source, uint32 leafIndex) = arrival.globalIndex.decode();
        bytes32 leaf = _leafOf(arrival, claim.metadata);
        bytes32 root = ExitTree.rootOfShort(leaf, claim.smtProofLocalExitRoot, leafIndex);
        if (source != MAINNET) {
            root = ExitTree.rootOfShort(root, claim.smtProofRollupExitRoot, NetworkId.unwrap(source) - 1);
        }
        _claim(arrival, source, leafIndex, root, leaf);
        if (arrival.destinationNetwork != MAINNET && arrival.leafType == ExitLeaf.ASSET) {
            bytes memory proofs = abi.encodePacked(
                ExitTree.lengthened(claim.smtProofLocalExitRoot),
                ExitTree.lengthened(claim.smtProofRollupExitRoot)
            );
            _emitDetails(arrival, proofs, claim.metadata);
        }
    }

    function _checkGlobalExitRoot(bytes32 mainnetExitRoot, bytes32 rollupExitRoot) private view {
        bytes32 globalExitRoot = ExitTree.hash(mainnetExitRoot, rollupExitRoot);
        if (IGlobalExitRootBase(_globalExitRootManager).globalExitRootMap(globalExitRoot) == 0) {
            revert GlobalExitRootInvalid();
        }
    }

    function _leafOf(Arrival memory arrival, bytes calldata metadata) private pure returns (bytes32) {
        return ExitLeaf.hash(
            arrival.leafType,
            arrival.originNetwork,
            arrival.originAddress,
            arrival.destinationNetwork,
            arrival.destinationAddress,
            arrival.amount,
            keccak256(metadata)
        );
    }

    /// @dev Compares the root that the exit leads to with its half of the global exit root, and marks the exit.
    function _claim(Arrival memory arrival, NetworkId source, uint32 leafIndex, bytes32 root, bytes32 leaf)
        private
    {
        if (root != (source == MAINNET ? arrival.mainnetExitRoot : arrival.rollupExitRoot)) {
            revert InvalidSmtProof();
        }
        _setClaimed(source, leafIndex);
        uint256 globalIndex = GlobalIndex.unwrap(arrival.globalIndex);
        if (arrival.destinationNetwork != MAINNET) {
            if (arrival.leafType == ExitLeaf.MESSAGE) _raiseBalance(MAINNET, address(0), arrival.amount);
            else _raiseBalance(arrival.originNetwork, arrival.originAddress, arrival.amount);
            bytes32 claimed = ExitTree.hash(bytes32(globalIndex), leaf);
            bytes32 chain = ExitTree.hash(_claimedChain, claimed);
            _claimedChain = chain;
            emit ISharedBridgeL2.UpdatedClaimedGlobalIndexHashChain(bytes32(globalIndex), chain);
        }
        emit ClaimEvent(
            globalIndex,
            NetworkId.unwrap(arrival.originNetwork),
            arrival.originAddress,
            arrival.destinationAddress,
            arrival.amount
        );
    }

    /// @dev `DetailedClaimEvent` has eleven arguments, more than the compiler can hold at once.
    function _emitDetails(Arrival memory arrival, bytes memory proofs, bytes calldata metadata) private {
        bytes memory fields = abi.encode(
            arrival.mainnetExitRoot,
            arrival.rollupExitRoot,
            arrival.originNetwork,
            arrival.originAddress,
            arrival.destinationNetwork,
            arrival.amount,
            proofs.length + 7 * 32,
            metadata.length
        );
        bytes memory data =
            bytes.concat(proofs, fields, metadata, new bytes((32 - (metadata.length % 32)) % 32));
        bytes32 topic = ISharedBridgeL2.DetailedClaimEvent.selector;
        uint256 globalIndex = GlobalIndex.unwrap(arrival.globalIndex);
        address destination = arrival.destinationAddress;
        assembly ("memory-safe") {
            log3(add(data, 32), mload(data), topic, globalIndex, destination)
        }
    }

    /// @dev Pays out an asset.
    function _pay(Arrival memory arrival, bytes calldata metadata) private {
        (NetworkId network, address origin) = (arrival.originNetwork, arrival.originAddress);
        address gasToken = _gasTokenAddress;
        bool isEther = network == MAINNET && origin == address(0);
        if (isEther && gasToken != address(0)) {
            _issue(_wethToken, arrival.destinationAddress, arrival.amount);
        } else if (isEther || (origin == gasToken && network == _gasTokenNetwork)) {
            (bool success,) = arrival.destinationAddress.call{value: arrival.amount}("");
            if (!success) revert EtherTransferFailed();
        } else if (network == arrival.destinationNetwork) {
            IERC20(origin).safeTransfer(arrival.destinationAddress, arrival.amount);
        } else {
            bytes32 salt = _tokenInfoHash(network, origin);
            address token = _tokenFor(salt);
            (NetworkId source,) = arrival.globalIndex.decode();
            if (token == address(0)) {
                token = _createWrapped(salt, network, origin, metadata, source == network);
            } else if (source == network) {
                _rename(salt, network, origin, token, metadata);
            }
            _issue(token, arrival.destinationAddress, arrival.amount);
        }
    }

    /// @dev Delivers a message.
    function _deliver(Arrival memory arrival, bytes calldata metadata) private {
        uint256 value = arrival.amount;
        if (_gasTokenAddress != address(0)) {
            if (value != 0) _issue(_wethToken, arrival.destinationAddress, value);
            value = 0;
        }
        bytes memory call = abi.encodeCall(
            IMessageReceiver.onMessageReceived,
            (arrival.originAddress, NetworkId.unwrap(arrival.originNetwork), metadata)
        );
        (bool success,) = arrival.destinationAddress.call{value: value}(call);
        if (!success) revert MessageFailed();
    }

    // Emergency.

    /// @inheritdoc ISharedBridge
    function activateEmergencyState() external {
        if (_networkId == MAINNET) {
            if (msg.sender != _rollupManager) revert OnlyRollupManager();
        } else if (msg.sender != _pauser) {
            revert IBridgeErrorsL2.OnlyEmergencyBridgePauser();
        }
        if (_isEmergency()) revert OnlyNotEmergencyState();
        uint256 stood = _emergencyEndsAt - _emergencyStartedAt;
        uint256 notBefore = _emergencyEndsAt + (stood < MIN_REST ? MIN_REST : stood);
        if (block.timestamp < notBefore) revert EmergencyTooSoon(notBefore);

        _emergencyStartedAt = uint64(block.timestamp);
        _emergencyEndsAt = uint64(block.timestamp) + MAX_EMERGENCY;
        emit EmergencyStateActivated();
    }

    /// @inheritdoc ISharedBridge
    function deactivateEmergencyState() external {
        if (_networkId == MAINNET) {
            if (msg.sender != _rollupManager) revert OnlyRollupManager();
        } else if (msg.sender != _unpauser) {
            revert IBridgeErrorsL2.OnlyEmergencyBridgeUnpauser();
        }
        if (!_isEmergency()) revert OnlyEmergencyState();

        _emergencyEndsAt = uint64(block.timestamp);
        emit EmergencyStateDeactivated();
    }

    /// @inheritdoc ISharedBridge
    function isEmergencyState() external view returns (bool) {
        return _isEmergency();
    }

    /// @inheritdoc ISharedBridge
    function emergencyEndsAt() external view returns (uint64) {
        return _emergencyEndsAt;
    }

    // Views.

    /// @inheritdoc ISharedBridge
    function INITIALIZER() external view returns (address) {
        return _INITIALIZER;
    }

    /// @inheritdoc ISharedBridge
    function networkID() external view returns (NetworkId) {
        return _networkId;
    }

    /// @inheritdoc ISharedBridge
    function globalExitRootManager() external view returns (address) {
        return _globalExitRootManager;
    }

    /// @inheritdoc ISharedBridge
    function polygonRollupManager() external view returns (address) {
        return _rollupManager;
    }

    /// @inheritdoc ISharedBridge
    function gasTokenAddress() external view returns (address) {
        return _gasTokenAddress;
    }

    /// @inheritdoc ISharedBridge
    function gasTokenNetwork() external view returns (NetworkId) {
        return _gasTokenNetwork;
    }

    /// @inheritdoc ISharedBridge
    function gasTokenMetadata() external view returns (bytes memory) {
        return _gasTokenMetadata;
    }

    /// @inheritdoc ISharedBridge
    function WETHToken() external view returns (address) {
        return _wethToken;
    }

    /// @inheritdoc ISharedBridge
    function depositCount() external view returns (uint256) {
        return _depositCount;
    }

    /// @inheritdoc ISharedBridge
    function lastUpdatedDepositCount() external view returns (uint32) {
        return _lastUpdatedDepositCount;
    }

    /// @inheritdoc ISharedBridge
    function getRoot() external view returns (bytes32) {
        return _exitTree.root(_depositCount);
    }

    /// @inheritdoc ISharedBridge
    function claimedBitMap(uint256 word) external view returns (uint256) {
        return _claimedBitMap[word];
    }

    /// @inheritdoc ISharedBridge
    function isClaimed(uint32 leafIndex, NetworkId sourceBridgeNetwork) external view returns (bool) {
        return _isClaimed(sourceBridgeNetwork, leafIndex);
    }

    /// @inheritdoc ISharedBridge
    function getTokenWrappedAddress(NetworkId originNetwork, address originTokenAddress)
        external
        view
        returns (address)
    {
        return _tokenFor(_tokenInfoHash(originNetwork, originTokenAddress));
    }

    /// @inheritdoc ISharedBridge
    function computeTokenProxyAddress(NetworkId originNetwork, address originTokenAddress)
        external
        view
        returns (address)
    {
        return _wrappedAddress(_tokenInfoHash(originNetwork, originTokenAddress));
    }

    /// @inheritdoc ISharedBridge
    function tokenInfoToWrappedToken(bytes32 tokenInfoHash) external view returns (address) {
        return _tokenFor(tokenInfoHash);
    }

    /// @inheritdoc ISharedBridge
    function wrappedTokenToTokenInfo(address wrappedToken) external view returns (NetworkId, address) {
        (, NetworkId network, address origin) = _originOf(wrappedToken);
        return (network, origin);
    }

    /// @inheritdoc ISharedBridge
    function getWrappedTokenBridgeImplementation() external view returns (address) {
        return _IMPLEMENTATION;
    }

    /// @inheritdoc IWrappedTokenDeployer
    function wrappedTokenParameters() external view returns (address, NetworkId, address) {
        return (_IMPLEMENTATION, _createdNetwork, _createdToken);
    }

    /// @inheritdoc ISharedBridge
    function getTokenMetadata(address token) external view returns (bytes memory) {
        return TokenMetadata.read(token);
    }

    /// @inheritdoc ISharedBridge
    function getLeafValue(
        uint8 leafType,
        NetworkId originNetwork,
        address originAddress,
        NetworkId destinationNetwork,
        address destinationAddress,
        uint256 amount,
        bytes32 metadataHash
    ) external pure returns (bytes32) {
        return ExitLeaf.hash(
            leafType,
            originNetwork,
            originAddress,
            destinationNetwork,
            destinationAddress,
            amount,
            metadataHash
        );
    }

    /// @inheritdoc ISharedBridge
    function calculateRoot(bytes32 leafHash, bytes32[32] calldata smtProof, uint32 index)
        external
        pure
        returns (bytes32)
    {
        return ExitTree.rootOf(leafHash, smtProof, index);
    }

    /// @inheritdoc ISharedBridge
    function verifyMerkleProof(bytes32 leafHash, bytes32[32] calldata smtProof, uint32 index, bytes32 root)
        external
        pure
        returns (bool)
    {
        return ExitTree.rootOf(leafHash, smtProof, index) == root;
    }

    /// @inheritdoc ISharedBridge
    function bridgeLib() external view returns (address) {
        return address(_L2);
    }

    /// @inheritdoc ISharedBridge
    function BRIDGE_VERSION() external pure returns (string memory) {
        return VERSION;
    }

    /// @inheritdoc ISharedBridge
    function version() external pure returns (string memory) {
        return VERSION;
    }

    /// @notice Runs `ISharedBridgeL2` on this contract's storage.
    fallback() external {
        address extension = address(_L2);
        assembly {
            calldatacopy(0, 0, calldatasize())
            let success := delegatecall(gas(), extension, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(success) { revert(0, returndatasize()) }
            return(0, returndatasize())
        }
    }
}
