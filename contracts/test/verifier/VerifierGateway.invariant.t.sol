// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProofVerifier} from "../../src/interfaces/IProofVerifier.sol";
import {KeyProvenance} from "../../src/interfaces/IVerifyingKey.sol";
import {VerifierGateway} from "../../src/verifier/VerifierGateway.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";
import {MockVerifier} from "../mocks/MockVerifier.sol";

/// @notice Owns a gateway and does to it, in any order, all that an owner can. What it knows of each route it learnt
/// from the calls that succeeded.
contract GatewayOwner {
    uint256 public constant SELECTORS = 3;

    VerifierGateway public immutable GATEWAY = new VerifierGateway(address(this), false);
    mapping(bytes4 selector => IProofVerifier) public added;
    mapping(bytes4 selector => uint256) public announcedAt;
    /// @notice Whether the gateway ever took a second verifier for a selector.
    bool public replaced;

    function selectorOf(uint256 index) public pure returns (bytes4) {
        return bytes4(keccak256(abi.encode(index % SELECTORS)));
    }

    function add(uint256 index) external {
        bytes32 keyHash = keccak256(abi.encode(index % SELECTORS));
        MockVerifier verifier = new MockVerifier(keyHash, KeyProvenance.Ceremony);
        try GATEWAY.addRoute(verifier) {
            if (address(added[selectorOf(index)]) != address(0)) replaced = true;
            added[selectorOf(index)] = verifier;
        } catch {}
    }

    function freeze(uint256 index) external {
        bytes4 selector = selectorOf(index);
        try GATEWAY.freezeRoute(selector) {
            announcedAt[selector] = block.timestamp;
        } catch {}
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + time % 20 days);
    }
}

contract VerifierGatewayInvariantTest is Base {
    GatewayOwner private owner;

    function setUp() external {
        owner = new GatewayOwner();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(owner);
    }

    function invariant_routesNeverChangeAndFreezeInTheOpen() external view {
        vm.assertFalse(owner.replaced());
        for (uint256 i = 0; i < owner.SELECTORS(); ++i) {
            bytes4 selector = owner.selectorOf(i);
            (IProofVerifier verifier, uint64 freezesAt) = owner.GATEWAY().routes(selector);
            vm.assertEq(address(verifier), address(owner.added(selector)));

            uint256 announcedAt = owner.announcedAt(selector);
            if (announcedAt == 0) vm.assertEq(freezesAt, 0);
            else vm.assertEq(freezesAt, announcedAt + 30 days);

            if (address(verifier) == address(0)) continue;
            try owner.GATEWAY().verify(0, 0, bytes.concat(selector)) {
                vm.assertTrue(freezesAt == 0 || block.timestamp < freezesAt);
            } catch {
                vm.assertTrue(freezesAt != 0 && block.timestamp >= freezesAt);
            }
        }
    }
}
