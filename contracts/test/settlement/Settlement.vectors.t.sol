// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {GlobalExitRoot} from "../../src/bridge/GlobalExitRoot.sol";
import {GENESIS_COMMITMENT, PublicValues} from "../../src/generated/PublicValues.sol";
import {Settlement} from "../../src/settlement/Settlement.sol";
import {NetworkId} from "../../src/types/NetworkId.sol";
import {vm} from "../Vm.sol";
import {SettlementBase} from "./SettlementBase.sol";

/// @notice What Rust wrote down is the same here: public values, their digest, domains, the chain of the registry.
contract SettlementVectorsTest is SettlementBase {
    /// @dev The contract as it is at the address, on the chain, of some vectors.
    function _place(string memory json, string memory domain) private returns (Settlement) {
        vm.chainId(vm.parseJsonUint(json, string.concat(domain, ".chainId")));
        address place = vm.parseJsonAddress(json, string.concat(domain, ".settlement"));
        GlobalExitRoot manager = new GlobalExitRoot(place, address(bridge));
        bytes memory arguments =
            abi.encode(gateway, manager, PROGRAM, SELECTOR, Settlement.Roles(REGISTRAR, ANNOUNCER, GUARDIAN));
        vm.etch(place, bytes.concat(type(Settlement).creationCode, arguments));
        (bool success, bytes memory code) = place.call("");
        vm.assertTrue(success);
        vm.etch(place, code);
        return Settlement(place);
    }

    function test_domains_areThoseOfTheVectors() external {
        string memory json = vm.readFile("vectors/settlement.json");
        Settlement placed = _place(json, "");
        vm.assertEq(placed.DOMAIN(), vm.parseJsonBytes32(json, ".domain"));
        vm.assertEq(placed.DOMAIN_SEPARATOR(), vm.parseJsonBytes32(json, ".separator"));
    }

    function test_genesis_isThatOfTheVectors() external view {
        string memory json = vm.readFile("vectors/encodings.json");
        vm.assertEq(GENESIS_COMMITMENT, vm.parseJsonBytes32(json, ".genesis"));
    }

    function test_registry_isThatOfTheVectors() external {
        string memory json = vm.readFile("vectors/encodings.json");
        for (uint256 i = 0; i < 4; ++i) {
            string memory at = string.concat(".registry[", vm.toString(i), "].");
            _enter(
                vm.parseJsonUint(json, string.concat(at, "network")),
                uint8(vm.parseJsonUint(json, string.concat(at, "kind"))),
                vm.parseJsonAddress(json, string.concat(at, "signer")),
                vm.parseJsonBytes32(json, string.concat(at, "validityKey"))
            );
            (bytes32 hash,) = settlement.registryAt(settlement.registryCount());
            vm.assertEq(hash, vm.parseJsonBytes32(json, string.concat(at, "hash")));
            vm.assertEq(settlement.registryCount(), vm.parseJsonUint(json, string.concat(at, "count")));
        }
    }

    /// @dev A network that is there already has its authority replaced.
    function _enter(uint256 network, uint8 kind, address signer, bytes32 key) private {
        if (network > settlement.networkCount()) {
            vm.assertEq(NetworkId.unwrap(addNetwork(kind, signer, key)), network);
        } else {
            vm.warp(block.timestamp + settlement.GRACE());
            vm.prank(ADMIN);
            // It was compared with a count of 32 bits.
            // forge-lint: disable-next-line(unsafe-typecast)
            settlement.rotateKey(NetworkId.wrap(uint32(network)), kind, signer, key);
        }
    }

    function test_publicValues_areThoseOfTheVectors() external view {
        string memory json = vm.readFile("vectors/public-values.json");
        PublicValues memory values;
        values.domain = vm.parseJsonBytes32(json, ".domain");
        values.oldCommitment = vm.parseJsonBytes32(json, ".oldCommitment");
        values.newCommitment = vm.parseJsonBytes32(json, ".newCommitment");
        values.rollupExitRoot = vm.parseJsonBytes32(json, ".rollupExitRoot");
        values.deposits = SafeCast.toUint32(vm.parseJsonUint(json, ".deposits"));
        values.depositRoot = vm.parseJsonBytes32(json, ".depositRoot");
        values.registryEntries = SafeCast.toUint32(vm.parseJsonUint(json, ".registryEntries"));
        values.registryHash = vm.parseJsonBytes32(json, ".registryHash");
        values.expiry = SafeCast.toUint64(vm.parseJsonUint(json, ".expiry"));
        values.authorisationsChain = vm.parseJsonBytes32(json, ".authorisationsChain");
        values.payloadChain = vm.parseJsonBytes32(json, ".payloadChain");
        bytes memory encoding = abi.encode(values);
        vm.assertEq(encoding, vm.parseJsonBytes(json, ".encoding"));
        vm.assertEq(uint256(keccak256(encoding)) % 2 ** 248, uint256(vm.parseJsonBytes32(json, ".statement")));
    }
}
