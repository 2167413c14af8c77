// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {INetworkRegistry} from "../../src/interfaces/INetworkRegistry.sol";
import {NetworkId} from "../../src/types/NetworkId.sol";
import {vm} from "../Vm.sol";
import {SettlementBase} from "./SettlementBase.sol";

contract NetworkRegistryTest is SettlementBase {
    NetworkId private constant FIRST = NetworkId.wrap(1);
    NetworkId private constant SECOND = NetworkId.wrap(2);

    /// @dev The chain written out.
    function _link(bytes32 chain, NetworkId network, uint8 kind, address signer, bytes32 key)
        private
        pure
        returns (bytes32)
    {
        return keccak256(
            bytes.concat(chain, bytes4(NetworkId.unwrap(network)), bytes1(kind), bytes20(signer), key)
        );
    }

    function _assertLink(uint32 count, bytes32 expected, uint256 superseded) private view {
        (bytes32 hash, uint64 supersededAt) = settlement.registryAt(count);
        vm.assertEq(hash, expected);
        vm.assertEq(supersededAt, superseded);
    }

    function _assertNetwork(NetworkId network, address admin, uint256 entered, address pending) private view {
        (address admin_, uint64 enteredAt, address pendingAdmin) = settlement.networks(network);
        vm.assertEq(admin_, admin);
        vm.assertEq(enteredAt, entered);
        vm.assertEq(pendingAdmin, pending);
    }

    function test_registry_beginsWithNothing() external {
        vm.assertEq(settlement.REGISTRAR(), REGISTRAR);
        vm.assertEq(settlement.registryCount(), 0);
        vm.assertEq(settlement.networkCount(), 0);
        _assertLink(0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(INetworkRegistry.RegistryNotRecorded.selector, 1));
        settlement.registryAt(1);
    }

    // ---- addNetwork

    function test_addNetwork_numbersNetworksFromOne() external {
        bytes32 first = _link(0, FIRST, 3, SIGNER, KEY);
        vm.expectEmit(address(settlement));
        emit INetworkRegistry.RegistryEntryAdded(1, FIRST, 3, SIGNER, KEY, first);
        vm.expectEmit(address(settlement));
        emit INetworkRegistry.AdminTransferred(FIRST, ADMIN);
        vm.assertTrue(addNetwork(3, SIGNER, KEY) == FIRST);
        uint256 added = block.timestamp;
        _assertLink(0, 0, added);
        _assertLink(1, first, 0);
        _assertNetwork(FIRST, ADMIN, added, address(0));

        vm.warp(added + 9);
        vm.assertTrue(addNetwork(2, address(0), KEY) == SECOND);
        vm.assertEq(settlement.registryCount(), 2);
        vm.assertEq(settlement.networkCount(), 2);
        _assertLink(1, first, added + 9);
        _assertLink(2, _link(first, SECOND, 2, address(0), KEY), 0);
    }

    function test_addNetwork_revertsForAnybodyButTheRegistrar() external {
        vm.expectRevert(abi.encodeWithSelector(INetworkRegistry.OnlyRegistrar.selector, ADMIN, REGISTRAR));
        vm.prank(ADMIN);
        settlement.addNetwork(1, SIGNER, 0, ADMIN);
    }

    function test_addNetwork_revertsForAnUnknownKind() external {
        _refused(0, SIGNER, KEY, abi.encodeWithSelector(INetworkRegistry.UnknownAuthorityKind.selector, 0));
        _refused(4, SIGNER, KEY, abi.encodeWithSelector(INetworkRegistry.UnknownAuthorityKind.selector, 4));
    }

    function test_addNetwork_revertsWithoutAKeyOfItsKind() external {
        bytes4 error = INetworkRegistry.AuthorityKeyZero.selector;
        _refused(1, address(0), 0, abi.encodeWithSelector(error, 1));
        _refused(2, address(0), 0, abi.encodeWithSelector(error, 2));
        _refused(3, SIGNER, 0, abi.encodeWithSelector(error, 3));
        _refused(3, address(0), KEY, abi.encodeWithSelector(error, 3));
    }

    function test_addNetwork_revertsForAKeyTooMany() external {
        bytes4 error = INetworkRegistry.AuthorityKeySurplus.selector;
        _refused(1, SIGNER, KEY, abi.encodeWithSelector(error, 1));
        _refused(2, SIGNER, KEY, abi.encodeWithSelector(error, 2));
    }

    function test_addNetwork_revertsWhenTheKeyIsNotCanonical() external {
        for (uint256 i = 0; i < 4; ++i) {
            bytes32 key = bytes32(uint256(0xffffffff00000001) << (64 * i));
            bytes memory error =
                abi.encodeWithSelector(INetworkRegistry.AuthorityKeyNotCanonical.selector, key);
            _refused(2, address(0), key, error);
            _refused(3, SIGNER, key, error);
        }
    }

    function _refused(uint8 kind, address signer, bytes32 key, bytes memory error) private {
        vm.expectRevert(error);
        vm.prank(REGISTRAR);
        settlement.addNetwork(kind, signer, key, ADMIN);
    }

    // ---- rotateKey

    function test_rotateKey_replacesTheAuthority() external {
        addNetwork();
        (bytes32 before,) = settlement.registryAt(1);
        uint256 rotated = block.timestamp + settlement.GRACE();
        vm.warp(rotated);
        bytes32 hash = _link(before, FIRST, 2, address(0), KEY);
        vm.expectEmit(address(settlement));
        emit INetworkRegistry.RegistryEntryAdded(2, FIRST, 2, address(0), KEY, hash);
        vm.prank(ADMIN);
        settlement.rotateKey(FIRST, 2, address(0), KEY);
        _assertLink(1, before, rotated);
        _assertLink(2, hash, 0);
        _assertNetwork(FIRST, ADMIN, rotated, address(0));
        vm.assertEq(settlement.networkCount(), 1);
    }

    function test_rotateKey_revertsWithinGrace() external {
        addNetwork();
        uint256 grace = settlement.GRACE();
        for (uint256 i = 0; i < 3; ++i) {
            uint256 notBefore = block.timestamp + grace;
            vm.warp(notBefore - 1);
            vm.expectRevert(
                abi.encodeWithSelector(INetworkRegistry.RotationTooSoon.selector, FIRST, notBefore)
            );
            _rotate(FIRST);
            vm.warp(notBefore);
            _rotate(FIRST);
        }
        // Another network's rotation is its own.
        addNetwork();
        vm.warp(block.timestamp + grace);
        _rotate(FIRST);
        _rotate(SECOND);
    }

    function _rotate(NetworkId network) private {
        vm.prank(ADMIN);
        settlement.rotateKey(network, 1, SIGNER, 0);
    }

    function test_rotateKey_revertsForAnybodyButTheAdmin() external {
        addNetwork();
        address[3] memory others = [REGISTRAR, SIGNER, address(this)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(INetworkRegistry.OnlyAdmin.selector, others[i], ADMIN));
            vm.prank(others[i]);
            settlement.rotateKey(FIRST, 1, SIGNER, 0);
        }
    }

    function test_rotateKey_revertsForAnUnknownNetwork() external {
        addNetwork();
        uint32[3] memory ids = [uint32(0), 2, type(uint32).max];
        for (uint256 i = 0; i < ids.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(INetworkRegistry.NetworkUnknown.selector, ids[i]));
            _rotate(NetworkId.wrap(ids[i]));
        }
    }

    function test_rotateKey_revertsForWhatIsNoAuthority() external {
        addNetwork();
        vm.warp(block.timestamp + settlement.GRACE());
        vm.expectRevert(abi.encodeWithSelector(INetworkRegistry.UnknownAuthorityKind.selector, 0));
        vm.prank(ADMIN);
        settlement.rotateKey(FIRST, 0, SIGNER, 0);
    }

    // ---- admins

    function test_transferAdmin_isAccepted() external {
        addNetwork();
        vm.expectEmit(address(settlement));
        emit INetworkRegistry.AdminTransferStarted(FIRST, ADMIN, ALICE);
        vm.prank(ADMIN);
        settlement.transferAdmin(FIRST, ALICE);
        _assertNetwork(FIRST, ADMIN, block.timestamp, ALICE);
        vm.expectEmit(address(settlement));
        emit INetworkRegistry.AdminTransferred(FIRST, ALICE);
        vm.prank(ALICE);
        settlement.acceptAdmin(FIRST);
        _assertNetwork(FIRST, ALICE, block.timestamp, address(0));
        vm.expectRevert(abi.encodeWithSelector(INetworkRegistry.OnlyPendingAdmin.selector, ALICE, address(0)));
        vm.prank(ALICE);
        settlement.acceptAdmin(FIRST);
    }

    function test_transferAdmin_revertsForAnybodyButTheAdmin() external {
        addNetwork();
        vm.expectRevert(abi.encodeWithSelector(INetworkRegistry.OnlyAdmin.selector, ALICE, ADMIN));
        vm.prank(ALICE);
        settlement.transferAdmin(FIRST, ALICE);
        vm.expectRevert(abi.encodeWithSelector(INetworkRegistry.NetworkUnknown.selector, 2));
        vm.prank(ADMIN);
        settlement.transferAdmin(SECOND, ALICE);
    }

    function test_acceptAdmin_revertsForAnybodyButTheNamed() external {
        addNetwork();
        vm.prank(ADMIN);
        settlement.transferAdmin(FIRST, ALICE);
        vm.expectRevert(abi.encodeWithSelector(INetworkRegistry.OnlyPendingAdmin.selector, ADMIN, ALICE));
        vm.prank(ADMIN);
        settlement.acceptAdmin(FIRST);
    }

    // ---- what Rust takes and refuses

    function test_authorities_areThoseOfTheVectors() external {
        string memory json = vm.readFile("vectors/settlement.json");
        uint256 taken = 0;
        for (uint256 i = 0; i < 60; ++i) {
            string memory at = string.concat(".authorities[", vm.toString(i), "].");
            uint8 kind = uint8(vm.parseJsonUint(json, string.concat(at, "kind")));
            address signer = vm.parseJsonAddress(json, string.concat(at, "signer"));
            bytes32 key = vm.parseJsonBytes32(json, string.concat(at, "key"));
            bytes memory error = _error(vm.parseJsonString(json, string.concat(at, "refusal")), kind, key);
            if (error.length == 0) ++taken;
            else vm.expectRevert(error);
            vm.prank(REGISTRAR);
            settlement.addNetwork(kind, signer, key, ADMIN);
        }
        vm.assertEq(settlement.registryCount(), taken);
        vm.assertEq(taken, 5);
    }

    function _error(string memory refusal, uint8 kind, bytes32 key) private pure returns (bytes memory) {
        bytes32 name = keccak256(bytes(refusal));
        if (name == keccak256("")) return "";
        if (name == keccak256("AuthorityKeyNotCanonical")) {
            return abi.encodeWithSelector(INetworkRegistry.AuthorityKeyNotCanonical.selector, key);
        }
        return abi.encodeWithSelector(bytes4(keccak256(bytes(string.concat(refusal, "(uint8)")))), kind);
    }

    /// @dev Taken exactly if it is one of three shapes, each written out.
    function testFuzz_addNetwork_takesAuthoritiesAlone(
        uint8 kind,
        address signer,
        bytes32 key,
        uint8 zeros,
        uint64[4] memory elements
    ) external {
        kind = kind % 5;
        if (zeros & 1 == 0) signer = address(0);
        if (zeros & 2 == 0) key = bytes32(abi.encodePacked(elements));
        if (zeros & 4 == 0) key = 0;
        bool canonical = true;
        for (uint256 i = 0; i < 4; ++i) {
            canonical = canonical && (uint256(key) >> (64 * i)) % 2 ** 64 < 0xffffffff00000001;
        }
        bool valid = (kind == 1 && signer != address(0) && key == 0)
            || (kind == 2 && signer == address(0) && key != 0 && canonical)
            || (kind == 3 && signer != address(0) && key != 0 && canonical);
        vm.prank(REGISTRAR);
        try settlement.addNetwork(kind, signer, key, ADMIN) {
            vm.assertTrue(valid);
        } catch {
            vm.assertFalse(valid);
        }
    }
}
