// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SharedBridge} from "../src/bridge/SharedBridge.sol";

/// @notice The cheatcode of forge by which the address is known beforehand.
interface AddressVm {
    function computeCreate2Address(bytes32 salt, bytes32 creationHash) external pure returns (address);
}

/// @title BridgeAddress
/// @notice Puts the bridge at its address, the same on every network for an initializer.
abstract contract BridgeAddress {
    /// @notice Part of the bridge's address.
    bytes32 public constant SALT = keccak256("Causeway SharedBridge 1");

    AddressVm private constant VM = AddressVm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev Anybody can have put the bridge at its address before: it is the same, and waits for its initializer.
    function _bridge(address initializer) internal returns (SharedBridge) {
        bytes32 creationHash =
            keccak256(bytes.concat(type(SharedBridge).creationCode, abi.encode(initializer)));
        address there = VM.computeCreate2Address(SALT, creationHash);
        if (there.code.length != 0) return SharedBridge(there);
        return new SharedBridge{salt: SALT}(initializer);
    }
}
