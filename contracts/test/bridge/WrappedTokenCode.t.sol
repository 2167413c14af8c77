// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {WrappedTokenCode, WrappedTokenCreation} from "../../src/bridge/WrappedTokenCode.sol";
import {IWrappedTokenDeployer} from "../../src/interfaces/IWrappedToken.sol";
import {NetworkId} from "../../src/types/NetworkId.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";

contract WrappedTokenCodeTest is Base, IWrappedTokenDeployer {
    address private constant AT = address(0xc0de);

    address private implementation;
    NetworkId private network;
    address private origin;

    /// @inheritdoc IWrappedTokenDeployer
    function wrappedTokenParameters() external view returns (address, NetworkId, address) {
        return (implementation, network, origin);
    }

    /// @dev EIP-1167's clone, and 24 bytes that never run.
    function testFuzz_code_isThatOfACloneAndTheOrigin(address target, uint32 source, address token)
        external
        pure
    {
        bytes memory expected = bytes.concat(
            hex"363d3d373d3d3d363d73",
            abi.encodePacked(target),
            hex"5af43d82803e903d91602b57fd5bf3",
            abi.encodePacked(source, token)
        );
        vm.assertEq(WrappedTokenCode.code(target, NetworkId.wrap(source), token), expected);
        vm.assertEq(expected.length, WrappedTokenCode.CLONE + WrappedTokenCode.ORIGIN);
    }

    function testFuzz_creation_leavesTheCodeOfTheToken(address target, uint32 source, address token)
        external
    {
        (implementation, network, origin) = (target, NetworkId.wrap(source), token);
        address created = address(new WrappedTokenCreation());
        vm.assertEq(created.code, WrappedTokenCode.code(target, network, token));
        (NetworkId claimedNetwork, address claimedToken) = WrappedTokenCode.origin(created);
        vm.assertEq(NetworkId.unwrap(claimedNetwork), source);
        vm.assertEq(claimedToken, token);
    }

    /// @dev Whatever code of 69 bytes there is, its last 24 are read, byte by byte as the assembly does at once.
    function testFuzz_origin_agreesWithItsPlainTwin(bytes32 first, bytes32 second, bytes5 third) external {
        bytes memory code = abi.encodePacked(first, second, third);
        _assertOrigin(code);
        _assertOrigin(bytes.concat(code, hex"00"));
        _assertOrigin(abi.encodePacked(first, second, hex"05f5e0ff"));
    }

    /// @dev Code of any other length claims nothing.
    function testFuzz_origin_isNoneOfOtherCode(bytes memory code) external {
        _assertOrigin(code);
    }

    function _assertOrigin(bytes memory code) private {
        vm.etch(AT, code);
        uint256 word;
        for (uint256 i = 45; code.length == 69 && i < 69; ++i) {
            word = word * 256 + uint8(code[i]);
        }
        (NetworkId claimedNetwork, address claimedToken) = WrappedTokenCode.origin(AT);
        vm.assertEq(NetworkId.unwrap(claimedNetwork), word / 2 ** 160);
        vm.assertEq(uint256(uint160(claimedToken)), word % 2 ** 160);
    }
}
