// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @title TokenMetadata
/// @notice Reads a token's name, symbol and decimals as LxLy does, whatever the token answers, and reads them back out of a
/// leaf's metadata, whatever that is.
/// @dev Neither direction reverts: a token that answers oddly can still leave, and an exit whose metadata is malformed can still
/// be claimed.
library TokenMetadata {
    /// @notice Bytes of a name or symbol beyond which it is cut. Without a bound a token could make an exit too large to claim.
    uint256 internal constant MAX_TEXT = 256;

    string internal constant NO_NAME = "NO_NAME";
    string internal constant NO_SYMBOL = "NO_SYMBOL";
    string internal constant NOT_VALID_ENCODING = "NOT_VALID_ENCODING";
    uint8 internal constant DEFAULT_DECIMALS = 18;

    /// @notice `abi.encode(name, symbol, decimals)` of a token.
    function read(address token) internal view returns (bytes memory) {
        return abi.encode(readName(token), readSymbol(token), readDecimals(token));
    }

    /// @notice A token's name; "NO_NAME" if it has none.
    function readName(address token) internal view returns (string memory) {
        (bool success, bytes memory answer) = token.staticcall(abi.encodeCall(IERC20Metadata.name, ()));
        return success ? _text(answer) : NO_NAME;
    }

    /// @notice A token's symbol; "NO_SYMBOL" if it has none.
    function readSymbol(address token) internal view returns (string memory) {
        (bool success, bytes memory answer) = token.staticcall(abi.encodeCall(IERC20Metadata.symbol, ()));
        return success ? _text(answer) : NO_SYMBOL;
    }

    /// @notice A token's decimals; 18 if it tells none.
    function readDecimals(address token) internal view returns (uint8) {
        (bool success, bytes memory answer) = token.staticcall(abi.encodeCall(IERC20Metadata.decimals, ()));
        if (!success || answer.length != 32) return DEFAULT_DECIMALS;
        uint256 decimals = _word(answer, 0);
        // forge-lint: disable-next-line(unsafe-typecast)
        return decimals > type(uint8).max ? DEFAULT_DECIMALS : uint8(decimals);
    }

    /// @notice Name, symbol and decimals of a leaf's metadata; the defaults if it is not their encoding.
    function decode(bytes memory metadata)
        internal
        pure
        returns (string memory name, string memory symbol, uint8 decimals)
    {
        if (metadata.length >= 96 && _word(metadata, 64) <= type(uint8).max) {
            (bool named, string memory first) = _stringAt(metadata, _word(metadata, 0));
            (bool symbolled, string memory second) = _stringAt(metadata, _word(metadata, 32));
            // forge-lint: disable-next-line(unsafe-typecast)
            if (named && symbolled) return (first, second, uint8(_word(metadata, 64)));
        }
        return (NO_NAME, NO_SYMBOL, DEFAULT_DECIMALS);
    }

    /// @dev An encoded string, or 32 bytes that end at the first zero.
    function _text(bytes memory answer) private pure returns (string memory) {
        if (answer.length >= 64) {
            (bool valid, string memory text) = _stringAt(answer, _word(answer, 0));
            return valid ? text : NOT_VALID_ENCODING;
        }
        if (answer.length != 32 || answer[0] == 0) return NOT_VALID_ENCODING;
        uint256 length = 1;
        while (length < 32 && answer[length] != 0) ++length;
        return string(_slice(answer, 0, length));
    }

    /// @dev The string whose length stands at `offset`, cut to `MAX_TEXT`.
    function _stringAt(bytes memory data, uint256 offset) private pure returns (bool, string memory) {
        if (data.length < 32 || offset > data.length - 32) return (false, "");
        uint256 length = _word(data, offset);
        if (length > data.length - 32 - offset) return (false, "");
        return (true, string(_slice(data, offset + 32, length > MAX_TEXT ? MAX_TEXT : length)));
    }

    /// @dev The callers have checked that `offset + 32` is within `data`.
    function _word(bytes memory data, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), offset))
        }
    }

    /// @dev The callers have checked that `offset + length` is within `data`.
    function _slice(bytes memory data, uint256 offset, uint256 length)
        private
        pure
        returns (bytes memory part)
    {
        part = new bytes(length);
        assembly ("memory-safe") {
            mcopy(add(part, 32), add(add(data, 32), offset), length)
        }
    }
}
