// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {TokenMetadata} from "../../src/libraries/TokenMetadata.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";
import {MockOddToken, MockToken} from "../mocks/MockTokens.sol";

contract TokenMetadataTest is Base {
    MockOddToken private odd = new MockOddToken();

    function decode(bytes calldata metadata)
        external
        pure
        returns (string memory name, string memory symbol, uint8 decimals)
    {
        return TokenMetadata.decode(metadata);
    }

    function _assertName(bytes memory answer, string memory name) private {
        odd.set(answer, false);
        vm.assertEq(TokenMetadata.readName(address(odd)), name);
        vm.assertEq(TokenMetadata.readSymbol(address(odd)), name);
    }

    function test_read_encodesWhatAnOrdinaryTokenSays() external {
        MockToken token = new MockToken("A name of one word of memory", "", 0);
        vm.assertEq(
            TokenMetadata.read(address(token)), abi.encode("A name of one word of memory", "", uint8(0))
        );
    }

    function test_readName_isLxLysOfOddTokens() external {
        _assertName(abi.encode("MKR"), "MKR");
        _assertName("", "NOT_VALID_ENCODING");
        _assertName(hex"41", "NOT_VALID_ENCODING");
        _assertName(new bytes(63), "NOT_VALID_ENCODING");
        _assertName(bytes.concat("MKR", new bytes(29)), "MKR");
        _assertName("thirty-two bytes without a zero!", "thirty-two bytes without a zero!");
        _assertName(abi.encodePacked(bytes32(0)), "NOT_VALID_ENCODING");
        // Where LxLy's reader would revert.
        _assertName(abi.encode(uint256(32), uint256(1)), "NOT_VALID_ENCODING");
        _assertName(abi.encode(uint256(33), uint256(0)), "NOT_VALID_ENCODING");
        _assertName(abi.encode(type(uint256).max, uint256(0)), "NOT_VALID_ENCODING");
        odd.set("", true);
        vm.assertEq(TokenMetadata.readName(address(odd)), "NO_NAME");
        vm.assertEq(TokenMetadata.readSymbol(address(odd)), "NO_SYMBOL");
    }

    function test_readDecimals_isEighteenUnlessTold() external {
        bytes[4] memory answers = [bytes(""), abi.encode(6, 0), abi.encode(256), abi.encode(255)];
        uint8[4] memory decimals = [18, 18, 18, 255];
        for (uint256 i = 0; i < answers.length; ++i) {
            odd.set(answers[i], false);
            vm.assertEq(TokenMetadata.readDecimals(address(odd)), decimals[i]);
        }
        odd.set(abi.encode(6), true);
        vm.assertEq(TokenMetadata.readDecimals(address(odd)), 18);
    }

    function testFuzz_decode_readsWhatIsEncoded(string memory name, string memory symbol, uint8 decimals)
        external
        view
    {
        vm.assume(bytes(name).length <= 256 && bytes(symbol).length <= 256);
        (string memory first, string memory second, uint8 third) =
            this.decode(abi.encode(name, symbol, decimals));
        vm.assertEq(first, name);
        vm.assertEq(second, symbol);
        vm.assertEq(third, decimals);
    }

    function testFuzz_decode_neverReverts(bytes memory metadata, uint256 first, uint256 second)
        external
        view
    {
        this.decode(metadata);
        this.decode(abi.encodePacked(first % 300, second % 300, uint256(1), metadata));
    }
}
