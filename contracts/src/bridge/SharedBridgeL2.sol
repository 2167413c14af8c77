// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IGlobalExitRootL2} from "../interfaces/IGlobalExitRoot.sol";
import {ISharedBridgeL2} from "../interfaces/ISharedBridgeL2.sol";
import {IWrappedToken} from "../interfaces/IWrappedToken.sol";
import {ExitLeaf} from "../libraries/ExitLeaf.sol";
import {ExitTree} from "../libraries/ExitTree.sol";
import {TokenMetadata} from "../libraries/TokenMetadata.sol";
import {TokenPermit} from "../libraries/TokenPermit.sol";
import {GlobalIndex} from "../types/GlobalIndex.sol";
import {MAINNET, NetworkId} from "../types/NetworkId.sol";
import {BridgeCore} from "./BridgeCore.sol";

/// @title SharedBridgeL2
/// @notice The half of `SharedBridge` that only L2s use. It runs on the bridge's storage; called at its own address, it has a
/// storage that nobody initialized, where no role is anybody's.
contract SharedBridgeL2 is ISharedBridgeL2, BridgeCore {
    using ExitTree for ExitTree.Frontier;

    modifier onlyManager() {
        if (msg.sender != _bridgeManager) revert OnlyBridgeManager();
        _;
    }

    /// @dev Whoever may remove a global exit root may undo what was claimed against it.
    modifier onlyRemover() {
        if (_networkId == MAINNET) revert OnlyGlobalExitRootRemover();
        if (msg.sender != IGlobalExitRootL2(_globalExitRootManager).globalExitRootRemover()) {
            revert OnlyGlobalExitRootRemover();
        }
        _;
    }

    modifier inEmergency() {
        if (!_isEmergency()) revert OnlyEmergencyState();
        _;
    }

    constructor(address initializer, address implementation) BridgeCore(initializer, implementation) {}

    /// @inheritdoc ISharedBridgeL2
    function initialize(
        NetworkId _networkID,
        address _gasToken,
        NetworkId _gasNetwork,
        address _manager,
        address _polygonRollupManager,
        bytes memory _metadata,
        address _bridgeManager_,
        address _sovereignWETHAddress,
        bool _sovereignWETHAddressIsNotMintable,
        address _emergencyBridgePauser,
        address _emergencyBridgeUnpauser,
        address _proxiedTokensManager
    ) external {
        _initialize(_networkID, _gasToken, _gasNetwork, _manager, _polygonRollupManager, _metadata);
        if (_networkID == MAINNET) revert InvalidZeroNetworkID();
        if (_proxiedTokensManager != address(0)) {
            revert ProxiedTokensManagerNotSupported(_proxiedTokensManager);
        }
        (_bridgeManager, _pauser, _unpauser) =
        (_bridgeManager_, _emergencyBridgePauser, _emergencyBridgeUnpauser);
        emit AcceptEmergencyBridgePauserRole(address(0), _emergencyBridgePauser);
        emit AcceptEmergencyBridgeUnpauserRole(address(0), _emergencyBridgeUnpauser);
        _initializeWeth(_sovereignWETHAddress, _sovereignWETHAddressIsNotMintable);
    }

    /// @dev Ether has a token where the native token is another: the one given, or one made here.
    function _initializeWeth(address weth, bool isNotMintable) private {
        bool given = weth != address(0);
        if ((_gasTokenAddress == address(0) && given) || (isNotMintable && !given)) {
            revert InvalidSovereignWETHAddressParams();
        }
        if (_gasTokenAddress == address(0)) return;
        if (given) _setWeth(weth, isNotMintable);
        else _wethToken = _createWeth(WETH_NAME, WETH_SYMBOL, TokenMetadata.DEFAULT_DECIMALS);
    }

    function _createWeth(string memory name, string memory symbol, uint8 decimals)
        private
        returns (address token)
    {
        token = _create(0, MAINNET, address(0));
        IWrappedToken(token).initialize(name, symbol, decimals);
    }

    // Tokens.

    /// @inheritdoc ISharedBridgeL2
    function setMultipleSovereignTokenAddress(
        NetworkId[] calldata originNetworks,
        address[] calldata originTokenAddresses,
        address[] calldata sovereignTokenAddresses,
        bool[] calldata isNotMintable
    ) external onlyManager {
        uint256 length = originNetworks.length;
        if (
            originTokenAddresses.length != length || sovereignTokenAddresses.length != length
                || isNotMintable.length != length
        ) revert InputArraysLengthMismatch();
        for (uint256 i = 0; i < length; ++i) {
            _remap(originNetworks[i], originTokenAddresses[i], sovereignTokenAddresses[i], isNotMintable[i]);
        }
    }

    function _remap(NetworkId network, address origin, address token, bool isNotMintable) private {
        if (origin == address(0) || token == address(0)) revert InvalidZeroAddress();
        if (token == address(this)) revert BridgeAddressNotAllowed();
        if (network == _networkId) revert OriginNetworkInvalid();
        (bool wrapped,,) = _originOf(token);
        // Ether's own token stands for ether already.
        if (wrapped || token == _wethToken) revert TokenAlreadyMapped();
        _list(network, origin, token, isNotMintable);
    }

    function _list(NetworkId network, address origin, address token, bool isNotMintable) private {
        _remapped[_tokenInfoHash(network, origin)] = token;
        _listings[token] = Listing(network, origin, Standing.Listed, isNotMintable);
        emit SetSovereignTokenAddress(NetworkId.unwrap(network), origin, token, isNotMintable);
    }

    /// @inheritdoc ISharedBridgeL2
    function removeLegacySovereignTokenAddress(address legacySovereignTokenAddress) external onlyManager {
        (bool wrapped, NetworkId network, address origin) = _originOf(legacySovereignTokenAddress);
        if (!wrapped || _tokenFor(_tokenInfoHash(network, origin)) == legacySovereignTokenAddress) {
            revert TokenNotRemapped();
        }
        _listings[legacySovereignTokenAddress] = Listing(MAINNET, address(0), Standing.Delisted, false);
        emit RemoveLegacySovereignTokenAddress(legacySovereignTokenAddress);
    }

    /// @inheritdoc ISharedBridgeL2
    function setSovereignWETHAddress(address sovereignWETHTokenAddress, bool isNotMintable)
        external
        onlyManager
    {
        if (_gasTokenAddress == address(0)) revert WETHRemappingNotSupportedOnGasTokenNetworks();
        _setWeth(sovereignWETHTokenAddress, isNotMintable);
    }

    function _setWeth(address token, bool isNotMintable) private {
        if (token == address(0)) revert InvalidZeroAddress();
        if (token == address(this)) revert BridgeAddressNotAllowed();
        (bool wrapped,,) = _originOf(token);
        if (wrapped) revert TokenAlreadyMapped();
        _wethToken = token;
        _listings[token].notMintable = isNotMintable;
        emit SetSovereignWETHAddress(token, isNotMintable);
    }

    /// @inheritdoc ISharedBridgeL2
    function deployWrappedTokenAndRemap(
        NetworkId originNetwork,
        address originTokenAddress,
        bool isNotMintable
    ) external onlyManager {
        if (originNetwork == MAINNET && originTokenAddress == address(0)) {
            return _deployWeth(isNotMintable);
        }
        bytes32 salt = _tokenInfoHash(originNetwork, originTokenAddress);
        address current = _tokenFor(salt);
        if (current == address(0)) revert TokenNotMapped();
        bytes memory metadata = TokenMetadata.read(current);
        address token = _createWrapped(salt, originNetwork, originTokenAddress, metadata, true);
        _list(originNetwork, originTokenAddress, token, isNotMintable);
    }

    /// @dev The bridge's own WETH, called as the one before.
    function _deployWeth(bool isNotMintable) private {
        if (_gasTokenAddress == address(0)) revert WETHRemappingNotSupportedOnGasTokenNetworks();
        address current = _wethToken;
        address token = _createWeth(
            TokenMetadata.readName(current),
            TokenMetadata.readSymbol(current),
            TokenMetadata.readDecimals(current)
        );
        _setWeth(token, isNotMintable);
    }

    /// @inheritdoc ISharedBridgeL2
    function migrateLegacyToken(address legacyTokenAddress, uint256 amount, bytes calldata permitData)
        external
        whenNotEmergency
        nonReentrant
    {
        (bool wrapped, NetworkId network, address origin) = _originOf(legacyTokenAddress);
        if (!wrapped) revert TokenNotMapped();
        address updated = _tokenFor(_tokenInfoHash(network, origin));
        if (updated == legacyTokenAddress) revert TokenAlreadyUpdated();
        if (permitData.length != 0) TokenPermit.run(legacyTokenAddress, permitData);
        uint256 collected = _collect(legacyTokenAddress, amount);
        _issue(updated, msg.sender, collected);
        emit MigrateLegacyToken(msg.sender, legacyTokenAddress, updated, collected);
    }

    /// @inheritdoc ISharedBridgeL2
    function setBridgeManager(address newBridgeManager) external onlyManager {
        if (newBridgeManager == address(0)) revert InvalidZeroAddress();
        _bridgeManager = newBridgeManager;
        emit SetBridgeManager(newBridgeManager);
    }

    // Claims.

    /// @inheritdoc ISharedBridgeL2
    function unsetMultipleClaims(GlobalIndex[] calldata globalIndexes) external onlyRemover {
        bytes32 chain = _unsetChain;
        for (uint256 i = 0; i < globalIndexes.length; ++i) {
            (NetworkId source, uint32 leafIndex) = globalIndexes[i].decode();
            if (!_isClaimed(source, leafIndex)) revert ClaimNotSet();
            (uint256 word, uint256 mask) = _bitOf(source, leafIndex);
            _claimedBitMap[word] &= ~mask;
            bytes32 globalIndex = bytes32(GlobalIndex.unwrap(globalIndexes[i]));
            chain = ExitTree.hash(chain, globalIndex);
            emit UpdatedUnsetGlobalIndexHashChain(globalIndex, chain);
        }
        _unsetChain = chain;
    }

    /// @inheritdoc ISharedBridgeL2
    function setMultipleClaims(GlobalIndex[] calldata globalIndexes) external onlyRemover {
        for (uint256 i = 0; i < globalIndexes.length; ++i) {
            (NetworkId source, uint32 leafIndex) = globalIndexes[i].decode();
            _setClaimed(source, leafIndex);
            emit SetClaim(leafIndex, NetworkId.unwrap(source));
        }
    }

    // The exit tree.

    /// @inheritdoc ISharedBridgeL2
    function backwardLET(
        uint256 newDepositCount,
        bytes32[32] calldata newFrontier,
        bytes32 nextLeaf,
        bytes32[32] calldata proof
    ) external onlyRemover inEmergency {
        uint256 count = _depositCount;
        bytes32 root = _exitTree.root(count);
        if (newDepositCount > ExitTree.MAX_LEAVES) revert NewDepositCountExceedsMax();
        if (newDepositCount >= count) revert InvalidDepositCount();
        // Checked above.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint32 index = uint32(newDepositCount);
        if (ExitTree.rootOf(nextLeaf, proof, index) != root) revert InvalidSmtProof();
        // The left siblings of the first leaf that goes are the frontier of those that stay.
        for (uint256 height = 0; height < ExitTree.DEPTH; ++height) {
            if ((newDepositCount >> height) & 1 == 1) {
                if (newFrontier[height] != proof[height]) revert SubtreeFrontierMismatch();
            } else if (newFrontier[height] != 0) {
                revert NonZeroValueForUnusedFrontier();
            }
            _exitTree.nodes[height] = newFrontier[height];
        }
        _depositCount = index;
        _publish();
        emit BackwardLET(count, root, newDepositCount, _exitTree.root(newDepositCount));
    }

    /// @inheritdoc ISharedBridgeL2
    function forwardLET(LeafData[] calldata newLeaves, bytes32 expectedLER) external onlyRemover inEmergency {
        if (newLeaves.length == 0) revert InvalidLeavesLength();
        uint256 count = _depositCount;
        bytes32 root = _exitTree.root(count);
        for (uint256 i = 0; i < newLeaves.length; ++i) {
            LeafData calldata leaf = newLeaves[i];
            if (leaf.leafType > ExitLeaf.MESSAGE) revert InvalidLeafType();
            _checkSettles(leaf);
            _append(_hash(leaf));
        }
        bytes32 newRoot = _exitTree.root(_depositCount);
        if (newRoot != expectedLER) revert InvalidExpectedLER();
        _publish();
        emit ForwardLET(count, root, _depositCount, newRoot, abi.encode(newLeaves));
    }

    /// @dev A network with a leaf that settlement refuses could not settle any more. Users cannot make one.
    function _checkSettles(LeafData calldata leaf) private view {
        if (leaf.destinationNetwork == _networkId) revert DestinationNetworkInvalid();
        if (leaf.leafType == ExitLeaf.MESSAGE && leaf.originNetwork != _networkId) {
            revert OriginNetworkInvalid();
        }
        if (leaf.originAddress == address(0) && leaf.originNetwork != MAINNET) revert InvalidZeroAddress();
    }

    function _hash(LeafData calldata leaf) private pure returns (bytes32) {
        return ExitLeaf.hash(
            leaf.leafType,
            leaf.originNetwork,
            leaf.originAddress,
            leaf.destinationNetwork,
            leaf.destinationAddress,
            leaf.amount,
            keccak256(leaf.metadata)
        );
    }

    /// @inheritdoc ISharedBridgeL2
    function setLocalBalanceTree(
        NetworkId[] calldata originNetworks,
        address[] calldata originTokenAddresses,
        uint256[] calldata amounts
    ) external onlyRemover inEmergency {
        uint256 length = originNetworks.length;
        if (originTokenAddresses.length != length || amounts.length != length) {
            revert InputArraysLengthMismatch();
        }
        for (uint256 i = 0; i < length; ++i) {
            NetworkId network = originNetworks[i];
            if (network == _networkId) revert InvalidLBTLeaf();
            address token = originTokenAddresses[i];
            _localBalances[_tokenInfoHash(network, token)] = amounts[i];
            emit SetLocalBalanceTree(NetworkId.unwrap(network), token, amounts[i]);
        }
    }

    // Roles.

    /// @inheritdoc ISharedBridgeL2
    function transferEmergencyBridgePauserRole(address newEmergencyBridgePauser) external {
        if (msg.sender != _pauser) revert OnlyEmergencyBridgePauser();
        _pendingPauser = newEmergencyBridgePauser;
        emit TransferEmergencyBridgePauserRole(_pauser, newEmergencyBridgePauser);
    }

    /// @inheritdoc ISharedBridgeL2
    function acceptEmergencyBridgePauserRole() external {
        if (msg.sender != _pendingPauser) revert OnlyPendingEmergencyBridgePauser();
        emit AcceptEmergencyBridgePauserRole(_pauser, msg.sender);
        (_pauser, _pendingPauser) = (msg.sender, address(0));
    }

    /// @inheritdoc ISharedBridgeL2
    function transferEmergencyBridgeUnpauserRole(address newEmergencyBridgeUnpauser) external {
        if (msg.sender != _unpauser) revert OnlyEmergencyBridgeUnpauser();
        _pendingUnpauser = newEmergencyBridgeUnpauser;
        emit TransferEmergencyBridgeUnpauserRole(_unpauser, newEmergencyBridgeUnpauser);
    }

    /// @inheritdoc ISharedBridgeL2
    function acceptEmergencyBridgeUnpauserRole() external {
        if (msg.sender != _pendingUnpauser) revert OnlyPendingEmergencyBridgeUnpauser();
        emit AcceptEmergencyBridgeUnpauserRole(_unpauser, msg.sender);
        (_unpauser, _pendingUnpauser) = (msg.sender, address(0));
    }

    // Views.

    /// @inheritdoc ISharedBridgeL2
    function bridgeManager() external view returns (address) {
        return _bridgeManager;
    }

    /// @inheritdoc ISharedBridgeL2
    function emergencyBridgePauser() external view returns (address) {
        return _pauser;
    }

    /// @inheritdoc ISharedBridgeL2
    function emergencyBridgeUnpauser() external view returns (address) {
        return _unpauser;
    }

    /// @inheritdoc ISharedBridgeL2
    function pendingEmergencyBridgePauser() external view returns (address) {
        return _pendingPauser;
    }

    /// @inheritdoc ISharedBridgeL2
    function pendingEmergencyBridgeUnpauser() external view returns (address) {
        return _pendingUnpauser;
    }

    /// @inheritdoc ISharedBridgeL2
    function localBalanceTree(bytes32 tokenInfoHash) external view returns (uint256) {
        return _localBalances[tokenInfoHash];
    }

    /// @inheritdoc ISharedBridgeL2
    function claimedGlobalIndexHashChain() external view returns (bytes32) {
        return _claimedChain;
    }

    /// @inheritdoc ISharedBridgeL2
    function unsetGlobalIndexHashChain() external view returns (bytes32) {
        return _unsetChain;
    }

    /// @inheritdoc ISharedBridgeL2
    function wrappedAddressIsNotMintable(address wrappedToken) external view returns (bool) {
        return _isNotMintable(wrappedToken);
    }

    /// @inheritdoc ISharedBridgeL2
    function safeName(address token) external view returns (string memory) {
        return TokenMetadata.readName(token);
    }

    /// @inheritdoc ISharedBridgeL2
    function safeSymbol(address token) external view returns (string memory) {
        return TokenMetadata.readSymbol(token);
    }

    /// @inheritdoc ISharedBridgeL2
    function safeDecimals(address token) external view returns (uint8) {
        return TokenMetadata.readDecimals(token);
    }

    /// @inheritdoc ISharedBridgeL2
    function getTokenMetadata(address token) external view returns (bytes memory) {
        return TokenMetadata.read(token);
    }

    /// @inheritdoc ISharedBridgeL2
    function BRIDGE_SOVEREIGN_VERSION() external pure returns (string memory) {
        return VERSION;
    }
}
