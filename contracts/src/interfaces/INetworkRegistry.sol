// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {NetworkId} from "../types/NetworkId.sol";

/// @title INetworkRegistry
/// @notice Which networks there are and who speaks for each: a chain of entries that epochs consume in order.
/// @dev An authority is a kind with its keys: 1 is a signer, 2 the verifying key of validity proofs, 3 both. What a kind has not is zero. An
/// entry is the network 4, kind 1, signer 20 and key 32; the chain is keccak256(chain, entry), from zero.
///
/// Powers, all of them: the registrar adds networks. A network's admin replaces its authority, once in `GRACE`, and names another admin.
/// Neither can take a network away, nor touch what it has settled. A network without an admin keeps its authority for ever.
interface INetworkRegistry {
    /// @notice The entry that makes `count` of them; `hash` is the chain with it.
    event RegistryEntryAdded(
        uint32 indexed count,
        NetworkId indexed network,
        uint8 kind,
        address indexed signer,
        bytes32 key,
        bytes32 hash
    );

    /// @notice The network's admin named another, who may accept.
    event AdminTransferStarted(
        NetworkId indexed network, address indexed admin, address indexed pendingAdmin
    );

    /// @notice The network has another admin.
    event AdminTransferred(NetworkId indexed network, address indexed admin);

    /// @notice Only the registrar adds networks.
    error OnlyRegistrar(address caller, address registrar);

    /// @notice Only the network's admin.
    error OnlyAdmin(address caller, address admin);

    /// @notice Only whom the network's admin named.
    error OnlyPendingAdmin(address caller, address pendingAdmin);

    /// @notice No network has this id.
    error NetworkUnknown(NetworkId network);

    /// @notice There are authorities of the kinds 1, 2 and 3.
    error UnknownAuthorityKind(uint8 kind);

    /// @notice A key that an authority of this kind has is zero.
    error AuthorityKeyZero(uint8 kind);

    /// @notice A key that an authority of this kind has not is other than zero.
    error AuthorityKeySurplus(uint8 kind);

    /// @notice An element of the verifying key's digest is not below the order of the field.
    error AuthorityKeyNotCanonical(bytes32 key);

    /// @notice The network's authority may be replaced from `notBefore` on.
    error RotationTooSoon(NetworkId network, uint256 notBefore);

    /// @notice There are fewer entries.
    error RegistryNotRecorded(uint32 count);

    /// @notice Entries after these are older than `GRACE`.
    error RegistrySuperseded(uint32 count, uint256 supersededAt);

    /// @notice Seconds for which an epoch may still leave out entries: longer than it takes to prove one. As long, an authority that was
    /// replaced may still settle.
    function GRACE() external view returns (uint64);

    /// @notice Who adds networks.
    function REGISTRAR() external view returns (address);

    /// @notice How many entries there are.
    function registryCount() external view returns (uint32);

    /// @notice How many networks there are: their ids are 1 to this.
    function networkCount() external view returns (uint32);

    /// @notice The chain over the first `count` entries, and when the next one came; zero if none has.
    function registryAt(uint32 count) external view returns (bytes32 hash, uint64 supersededAt);

    /// @notice Who may replace the network's authority, who was named to succeed him, and when the authority was entered.
    function networks(NetworkId network)
        external
        view
        returns (address admin, uint64 enteredAt, address pendingAdmin);

    /// @notice Adds a network. Registrar only.
    /// @param kind 1, 2 or 3.
    /// @param signer Who signs for it, or approves; zero if nobody does.
    /// @param key Normalised verifying key digest of its validity proofs; zero if there are none.
    /// @param admin Who may replace these; nobody if zero.
    function addNetwork(uint8 kind, address signer, bytes32 key, address admin)
        external
        returns (NetworkId network);

    /// @notice Replaces a network's authority. Its admin only.
    function rotateKey(NetworkId network, uint8 kind, address signer, bytes32 key) external;

    /// @notice Names the network's next admin, who accepts. Its admin only.
    function transferAdmin(NetworkId network, address newAdmin) external;

    /// @notice Becomes the network's admin.
    function acceptAdmin(NetworkId network) external;
}
