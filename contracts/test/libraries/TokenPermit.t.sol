// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

import {IDaiPermit, TokenPermit} from "../../src/libraries/TokenPermit.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";
import {MockCallee} from "../mocks/MockTokens.sol";

contract TokenPermitTest is Base {
    MockCallee private token = new MockCallee();

    /// @dev The spender of permits is this contract, and so is their owner where it calls itself.
    function run(bytes calldata permitData) external {
        TokenPermit.run(address(token), permitData);
    }

    function test_selectors_areThoseOfBothPermits() external pure {
        vm.assertEq(IERC20Permit.permit.selector, bytes4(0xd505accf));
        vm.assertEq(IDaiPermit.permit.selector, bytes4(0x8fcbaf0c));
    }

    function testFuzz_run_handsOnWhatItIsGiven(
        uint256 value,
        uint256 deadline,
        bool allowed,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        address self = address(this);
        bytes memory permit = abi.encodeCall(IERC20Permit.permit, (self, self, value, deadline, v, r, s));
        this.run(permit);
        vm.assertEq(token.received(), permit);
        permit = abi.encodeCall(IDaiPermit.permit, (self, self, value, deadline, allowed, v, r, s));
        this.run(permit);
        vm.assertEq(token.received(), permit);
        // More than a permit is a permit still.
        permit = bytes.concat(permit, "and more");
        this.run(permit);
        vm.assertEq(token.received(), permit);
    }

    function test_run_doesNotMindWhatTheTokenAnswers() external {
        address self = address(this);
        token.refuse();
        this.run(abi.encodeCall(IERC20Permit.permit, (self, self, 1, 2, 3, 0, 0)));
        vm.assertEq(token.received(), "");
    }

    /// @dev Selector, length, owner and spender, each right or wrong: the first that is wrong is named.
    function testFuzz_run_refusesByName(
        bytes4 selector,
        uint256 kind,
        uint256 size,
        address owner,
        address spender
    ) external {
        if (kind % 4 < 2) selector = kind % 2 == 0 ? bytes4(0xd505accf) : bytes4(0x8fcbaf0c);
        if (kind / 4 % 2 == 0) owner = address(this);
        if (kind / 8 % 2 == 0) spender = address(this);
        size %= 300;
        bytes memory whole = bytes.concat(selector, abi.encode(owner, spender), new bytes(300));
        bytes memory permit = new bytes(size);
        for (uint256 i = 0; i < size; ++i) {
            permit[i] = whole[i];
        }
        bytes4 refusal;
        uint256 words = selector == 0xd505accf ? 7 : selector == 0x8fcbaf0c ? 8 : 1_000;
        if (size < 4 + 32 * words) refusal = TokenPermit.NotValidSignature.selector;
        else if (owner != address(this)) refusal = TokenPermit.NotValidOwner.selector;
        else if (spender != address(this)) refusal = TokenPermit.NotValidSpender.selector;
        if (refusal != 0) vm.expectRevert(abi.encodePacked(refusal));
        this.run(permit);
        vm.assertEq(token.received(), refusal == 0 ? permit : bytes(""));
    }

    /// @dev A word that is no address is neither owner nor spender.
    function test_run_revertsWhenAnAddressIsOfMoreThanTwentyBytes() external {
        for (uint256 word = 0; word < 2; ++word) {
            bytes memory words = abi.encode(address(this), address(this), 1, 2, 3, 4, 5);
            words = withWord(words, word, wordAt(words, word) | 2 ** 160);
            (bool success, bytes memory returned) = address(this)
                .call(abi.encodeCall(this.run, (bytes.concat(IERC20Permit.permit.selector, words))));
            vm.assertFalse(success);
            vm.assertEq(returned, "");
        }
    }
}
