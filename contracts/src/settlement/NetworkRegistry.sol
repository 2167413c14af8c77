// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {INetworkRegistry} from "../interfaces/INetworkRegistry.sol";
import {Goldilocks} from "../libraries/Goldilocks.sol";
import {NetworkId} from "../types/NetworkId.sol";

/// @title NetworkRegistry
/// @notice The chain of registry entries, and who may add to it.
abstract contract NetworkRegistry is INetworkRegistry {
    struct Network {
        address admin;
        uint64 enteredAt;
        address pendingAdmin;
    }

    struct Link {
        bytes32 hash;
        uint64 supersededAt;
    }

    uint8 private constant SIGNER = 1;
    uint8 private constant VALIDITY = 2;
    uint8 private constant BOTH = 3;

    /// @inheritdoc INetworkRegistry
    uint64 public constant GRACE = 1 hours;

    /// @inheritdoc INetworkRegistry
    address public immutable REGISTRAR;

    /// @inheritdoc INetworkRegistry
    mapping(NetworkId network => Network) public networks;

    mapping(uint32 count => Link) private _links;

    // Last, so that they share a slot with what a settlement reads besides.

    /// @inheritdoc INetworkRegistry
    uint32 public registryCount;
    /// @inheritdoc INetworkRegistry
    uint32 public networkCount;

    constructor(address registrar) {
        REGISTRAR = registrar;
    }

    /// @inheritdoc INetworkRegistry
    function addNetwork(uint8 kind, address signer, bytes32 key, address admin)
        external
        returns (NetworkId network)
    {
        if (msg.sender != REGISTRAR) revert OnlyRegistrar(msg.sender, REGISTRAR);
        _checkAuthority(kind, signer, key);

        network = NetworkId.wrap(++networkCount);
        networks[network] = Network(admin, uint64(block.timestamp), address(0));
        _append(network, kind, signer, key);
        emit AdminTransferred(network, admin);
    }

    /// @inheritdoc INetworkRegistry
    function rotateKey(NetworkId network, uint8 kind, address signer, bytes32 key) external {
        Network storage entered = _ofAdmin(network);
        uint256 notBefore = uint256(entered.enteredAt) + GRACE;
        if (block.timestamp < notBefore) revert RotationTooSoon(network, notBefore);
        _checkAuthority(kind, signer, key);

        entered.enteredAt = uint64(block.timestamp);
        _append(network, kind, signer, key);
    }

    /// @inheritdoc INetworkRegistry
    function transferAdmin(NetworkId network, address newAdmin) external {
        _ofAdmin(network).pendingAdmin = newAdmin;
        emit AdminTransferStarted(network, msg.sender, newAdmin);
    }

    /// @inheritdoc INetworkRegistry
    function acceptAdmin(NetworkId network) external {
        Network storage entered = networks[network];
        if (msg.sender != entered.pendingAdmin) revert OnlyPendingAdmin(msg.sender, entered.pendingAdmin);

        (entered.admin, entered.pendingAdmin) = (msg.sender, address(0));
        emit AdminTransferred(network, msg.sender);
    }

    /// @inheritdoc INetworkRegistry
    function registryAt(uint32 count) external view returns (bytes32 hash, uint64 supersededAt) {
        if (count > registryCount) revert RegistryNotRecorded(count);
        Link storage link = _links[count];
        return (link.hash, link.supersededAt);
    }

    /// @dev The chain over so many entries, if an epoch may still end with them.
    function _registryHash(uint32 count) internal view returns (bytes32) {
        uint32 newest = registryCount;
        if (count > newest) revert RegistryNotRecorded(count);
        Link storage link = _links[count];
        if (count < newest) {
            uint256 supersededAt = link.supersededAt;
            if (block.timestamp >= supersededAt + GRACE) revert RegistrySuperseded(count, supersededAt);
        }
        return link.hash;
    }

    function _ofAdmin(NetworkId network) private view returns (Network storage entered) {
        uint32 id = NetworkId.unwrap(network);
        if (id == 0 || id > networkCount) revert NetworkUnknown(network);
        entered = networks[network];
        if (msg.sender != entered.admin) revert OnlyAdmin(msg.sender, entered.admin);
    }

    function _append(NetworkId network, uint8 kind, address signer, bytes32 key) private {
        uint32 count = registryCount;
        Link storage link = _links[count];
        link.supersededAt = uint64(block.timestamp);
        bytes32 hash = keccak256(abi.encodePacked(link.hash, network, kind, signer, key));
        registryCount = ++count;
        _links[count].hash = hash;
        emit RegistryEntryAdded(count, network, kind, signer, key, hash);
    }

    /// @dev An entry that circuits refuse would stop every later epoch: what they refuse is refused here.
    function _checkAuthority(uint8 kind, address signer, bytes32 key) private pure {
        if (!Goldilocks.areCanonical(key)) revert AuthorityKeyNotCanonical(key);
        if (kind < SIGNER || kind > BOTH) revert UnknownAuthorityKind(kind);
        (bool signs, bool proves) = (kind != VALIDITY, kind != SIGNER);
        (bool hasSigner, bool hasKey) = (signer != address(0), key != 0);
        if ((signs && !hasSigner) || (proves && !hasKey)) revert AuthorityKeyZero(kind);
        if (signs != hasSigner || proves != hasKey) revert AuthorityKeySurplus(kind);
    }
}
