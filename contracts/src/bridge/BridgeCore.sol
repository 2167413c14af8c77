// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IBridgeErrors, IBridgeErrorsL2} from "../interfaces/IBridgeErrors.sol";
import {IGlobalExitRootBase} from "../interfaces/IGlobalExitRoot.sol";
import {ISharedBridge} from "../interfaces/ISharedBridge.sol";
import {IWrappedToken} from "../interfaces/IWrappedToken.sol";
import {ExitTree} from "../libraries/ExitTree.sol";
import {TokenMetadata} from "../libraries/TokenMetadata.sol";
import {MAINNET, NetworkId} from "../types/NetworkId.sol";
import {WrappedTokenCode, WrappedTokenCreation} from "./WrappedTokenCode.sol";

/// @title BridgeCore
/// @notice Storage of the bridge and what both of its halves do with it: `SharedBridge` holds it, `SharedBridgeL2` runs on it by
/// delegatecall.
abstract contract BridgeCore is IBridgeErrors {
    using ExitTree for ExitTree.Frontier;
    using SafeERC20 for IERC20;

    /// @dev Whether a token was put in a wrapped one's place, or a wrapped one was ended, by the manager of an L2.
    enum Standing {
        None,
        Listed,
        Delisted
    }

    /// @dev What the manager of an L2 said of a token.
    struct Listing {
        NetworkId originNetwork;
        address originTokenAddress;
        Standing standing;
        bool notMintable;
    }

    /// @dev Names of ether's token, where the native token is another.
    string internal constant WETH_NAME = "Wrapped Ether";
    string internal constant WETH_SYMBOL = "WETH";
    string internal constant VERSION = "causeway-v1.0.0";

    /// @dev Who initializes the bridge.
    address internal immutable _INITIALIZER;
    /// @dev The implementation of wrapped tokens.
    address internal immutable _IMPLEMENTATION;
    /// @dev Their creation code is constant, and so is the part of their addresses that it decides.
    bytes32 internal immutable _CREATION_HASH = keccak256(type(WrappedTokenCreation).creationCode);

    // One slot that every call reads and every exit writes.
    NetworkId internal _networkId;
    address internal _globalExitRootManager;
    uint32 internal _depositCount;
    uint32 internal _lastUpdatedDepositCount;
    // One that every call reads.
    address internal _gasTokenAddress;
    NetworkId internal _gasTokenNetwork;
    uint64 internal _emergencyEndsAt;
    // One that is read where the native token is not ether.
    address internal _wethToken;
    uint64 internal _emergencyStartedAt;

    address internal _rollupManager;
    bytes internal _gasTokenMetadata;
    ExitTree.Frontier internal _exitTree;
    mapping(uint256 word => uint256) internal _claimedBitMap;

    // Of L2s only.
    mapping(bytes32 tokenInfoHash => address) internal _remapped;
    mapping(address token => Listing) internal _listings;
    mapping(bytes32 tokenInfoHash => uint256) internal _localBalances;
    bytes32 internal _claimedChain;
    bytes32 internal _unsetChain;
    address internal _bridgeManager;
    address internal _pauser;
    address internal _unpauser;
    address internal _pendingPauser;
    address internal _pendingUnpauser;

    bool internal transient _entered;
    NetworkId internal transient _createdNetwork;
    address internal transient _createdToken;

    modifier whenNotEmergency() {
        if (_isEmergency()) revert OnlyNotEmergencyState();
        _;
    }

    modifier nonReentrant() {
        if (_entered) revert Reentered();
        _entered = true;
        _;
        _entered = false;
    }

    constructor(address initializer, address implementation) {
        _INITIALIZER = initializer;
        _IMPLEMENTATION = implementation;
    }

    /// @dev What both initializers set.
    function _initialize(
        NetworkId networkId,
        address gasToken,
        NetworkId gasNetwork,
        address manager,
        address rollupManager,
        bytes memory gasMetadata
    ) internal {
        if (msg.sender != _INITIALIZER) revert OnlyDeployer();
        if (_globalExitRootManager != address(0)) revert AlreadyInitialized();
        if (manager == address(0)) revert InvalidZeroAddress();
        if (gasToken == address(0) && gasNetwork != MAINNET) revert GasTokenNetworkMustBeZeroOnEther();

        _networkId = networkId;
        _globalExitRootManager = manager;
        _rollupManager = rollupManager;
        _gasTokenAddress = gasToken;
        _gasTokenNetwork = gasNetwork;
        _emergencyEndsAt = 0;
        if (gasToken != address(0)) _gasTokenMetadata = gasMetadata;
        emit ISharedBridge.Initialized(1);
    }

    function _isEmergency() internal view returns (bool) {
        return block.timestamp < _emergencyEndsAt;
    }

    // Exits.

    /// @dev Appends a leaf and returns its index.
    function _append(bytes32 leaf) internal returns (uint32 index) {
        index = _depositCount;
        _exitTree.append(index, leaf);
        _depositCount = index + 1;
    }

    function _publish() internal {
        _lastUpdatedDepositCount = _depositCount;
        IGlobalExitRootBase(_globalExitRootManager).updateExitRoot(_exitTree.root(_depositCount));
    }

    // Claims.

    /// @dev Where an exit's bit is. On Ethereum, network 1 shares the words of Ethereum itself, whose exits never come back here: so
    /// did LxLy's first bridge, and so its clients read the bitmap.
    function _bitOf(NetworkId source, uint32 leafIndex) internal view returns (uint256 word, uint256 mask) {
        uint256 network = NetworkId.unwrap(source);
        if (_networkId == MAINNET && network == 1) network = 0;
        uint256 position = (network << 32) | leafIndex;
        // One bit, moved: the constant is what is shifted.
        // forge-lint: disable-next-line(incorrect-shift)
        return (position >> 8, 1 << (position & 0xff));
    }

    function _isClaimed(NetworkId source, uint32 leafIndex) internal view returns (bool) {
        (uint256 word, uint256 mask) = _bitOf(source, leafIndex);
        return _claimedBitMap[word] & mask != 0;
    }

    function _setClaimed(NetworkId source, uint32 leafIndex) internal {
        (uint256 word, uint256 mask) = _bitOf(source, leafIndex);
        uint256 claimed = _claimedBitMap[word];
        if (claimed & mask != 0) revert AlreadyClaimed();
        _claimedBitMap[word] = claimed | mask;
    }

    // Balances of an L2: what it holds of other networks' tokens. Claims raise them, exits lower them.

    function _lowerBalance(NetworkId network, address token, uint256 amount) internal {
        if (network == _networkId) return;
        bytes32 key = _tokenInfoHash(network, token);
        uint256 balance = _localBalances[key];
        if (amount > balance) {
            revert IBridgeErrorsL2.LocalBalanceTreeUnderflow(
                NetworkId.unwrap(network), token, amount, balance
            );
        }
        if (amount != 0) _localBalances[key] = balance - amount;
    }

    function _raiseBalance(NetworkId network, address token, uint256 amount) internal {
        if (network == _networkId) return;
        bytes32 key = _tokenInfoHash(network, token);
        uint256 balance = _localBalances[key];
        if (amount > type(uint256).max - balance) {
            revert IBridgeErrorsL2.LocalBalanceTreeOverflow(NetworkId.unwrap(network), token, amount, balance);
        }
        if (amount != 0) _localBalances[key] = balance + amount;
    }

    // Tokens that stand for others.

    function _tokenInfoHash(NetworkId network, address token) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(network, token));
    }

    /// @dev The address of the wrapped token with this salt: its bridge and its salt alone decide.
    function _wrappedAddress(bytes32 salt) internal view returns (address) {
        bytes32 hash = keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, _CREATION_HASH));
        // An address is the end of a hash.
        // forge-lint: disable-next-line(unsafe-typecast)
        return address(uint160(uint256(hash)));
    }

    /// @dev The token that stands for another now; zero if there is none.
    function _tokenFor(bytes32 salt) internal view returns (address token) {
        if (_networkId != MAINNET) {
            token = _remapped[salt];
            if (token != address(0)) return token;
        }
        token = _wrappedAddress(salt);
        if (token.code.length == 0) token = address(0);
    }

    /// @dev What a token stands for, if it stands for another.
    function _originOf(address token)
        internal
        view
        returns (bool wrapped, NetworkId network, address origin)
    {
        if (_networkId != MAINNET) {
            Listing storage listing = _listings[token];
            Standing standing = listing.standing;
            if (standing == Standing.Listed) {
                return (true, listing.originNetwork, listing.originTokenAddress);
            }
            if (standing == Standing.Delisted) return (false, network, origin);
        }
        (network, origin) = WrappedTokenCode.origin(token);
        // Code that claims an origin is the bridge's own where the bridge would have put it.
        if (token == _wrappedAddress(_tokenInfoHash(network, origin))) return (true, network, origin);
        return (false, MAINNET, address(0));
    }

    function _isNotMintable(address token) internal view returns (bool) {
        return _networkId != MAINNET && _listings[token].notMintable;
    }

    /// @dev Creates the wrapped token with this salt.
    function _create(bytes32 salt, NetworkId network, address origin) internal returns (address token) {
        bytes memory creation = type(WrappedTokenCreation).creationCode;
        (_createdNetwork, _createdToken) = (network, origin);
        assembly ("memory-safe") {
            token := create2(0, add(creation, 32), mload(creation), salt)
        }
        if (token == address(0)) revert FailedProxyDeployment();
    }

    /// @dev A wrapped token by the name that an exit gives it: for good if the token's own network made the exit.
    function _createWrapped(
        bytes32 salt,
        NetworkId network,
        address origin,
        bytes memory metadata,
        bool forGood
    ) internal returns (address token) {
        token = _create(salt, network, origin);
        (string memory name, string memory symbol, uint8 decimals) = TokenMetadata.decode(metadata);
        if (forGood) IWrappedToken(token).initialize(name, symbol, decimals);
        else IWrappedToken(token).initializeForNow(name, symbol, decimals);
        emit ISharedBridge.NewWrappedToken(NetworkId.unwrap(network), origin, token, metadata);
    }

    /// @dev Any network can make the first exit of another's token. The first that its own network makes says what it is called.
    function _rename(bytes32 salt, NetworkId network, address origin, address token, bytes memory metadata)
        internal
    {
        // A token set by hand is not the bridge's to call.
        if (token != _wrappedAddress(salt) || !IWrappedToken(token).isNamedForNow()) return;
        (string memory name, string memory symbol, uint8 decimals) = TokenMetadata.decode(metadata);
        IWrappedToken(token).initialize(name, symbol, decimals);
        emit ISharedBridge.WrappedTokenRenamed(NetworkId.unwrap(network), origin, token, metadata);
    }

    /// @dev Takes the caller's tokens that stand for others; what was taken.
    function _collect(address token, uint256 amount) internal returns (uint256) {
        if (_isNotMintable(token)) return _pull(token, amount);
        IWrappedToken(token).burn(msg.sender, amount);
        return amount;
    }

    /// @dev Gives tokens that stand for others.
    function _issue(address token, address to, uint256 amount) internal {
        if (_isNotMintable(token)) IERC20(token).safeTransfer(to, amount);
        else IWrappedToken(token).mint(to, amount);
    }

    /// @dev Takes the caller's tokens; what arrived, which is less where a token takes fees.
    function _pull(address token, uint256 amount) internal returns (uint256) {
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        return IERC20(token).balanceOf(address(this)) - before;
    }
}
