// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "solady/tokens/ERC20.sol";

import {IWrappedToken} from "../interfaces/IWrappedToken.sol";
import {NetworkId} from "../types/NetworkId.sol";
import {WrappedTokenCode} from "./WrappedTokenCode.sol";

/// @title WrappedToken
/// @notice The implementation behind every wrapped token of one bridge. A token is a clone of it that carries its origin in its
/// code: see `WrappedTokenCode`.
contract WrappedToken is IWrappedToken, ERC20 {
    /// @inheritdoc IWrappedToken
    address public immutable bridgeAddress;

    /// @dev Name and symbol together, if they take at most 28 bytes, and with them the decimals: one slot for most tokens.
    struct Texts {
        uint8 decimals;
        uint8 nameLength;
        uint8 symbolLength;
        bool forNow;
        bytes28 packed;
        string name;
        string symbol;
    }

    uint256 private constant PACKED = 28;

    Texts private _texts;

    modifier onlyBridge() {
        if (msg.sender != bridgeAddress) revert OnlyBridge();
        _;
    }

    /// @dev The bridge deploys this in its own constructor.
    constructor() {
        bridgeAddress = msg.sender;
    }

    /// @inheritdoc IWrappedToken
    function initialize(string calldata tokenName, string calldata tokenSymbol, uint8 tokenDecimals)
        external
        onlyBridge
    {
        // Whatever another network called it goes.
        if (_texts.forNow) delete _texts;
        _call(tokenName, tokenSymbol, tokenDecimals);
    }

    /// @inheritdoc IWrappedToken
    function initializeForNow(string calldata tokenName, string calldata tokenSymbol, uint8 tokenDecimals)
        external
        onlyBridge
    {
        _call(tokenName, tokenSymbol, tokenDecimals);
        _texts.forNow = true;
    }

    function _call(string calldata tokenName, string calldata tokenSymbol, uint8 tokenDecimals) private {
        _texts.decimals = tokenDecimals;
        bytes memory both = bytes.concat(bytes(tokenName), bytes(tokenSymbol));
        if (both.length <= PACKED) {
            // At most 28 each, and cut to what is there.
            // forge-lint: disable-next-item(unsafe-typecast)
            {
                _texts.nameLength = uint8(bytes(tokenName).length);
                _texts.symbolLength = uint8(bytes(tokenSymbol).length);
                _texts.packed = bytes28(both);
            }
        } else {
            _texts.name = tokenName;
            _texts.symbol = tokenSymbol;
        }
    }

    /// @inheritdoc IWrappedToken
    function isNamedForNow() external view returns (bool) {
        return _texts.forNow;
    }

    /// @inheritdoc IWrappedToken
    function mint(address to, uint256 value) external onlyBridge {
        _mint(to, value);
    }

    /// @inheritdoc IWrappedToken
    function burn(address account, uint256 value) external onlyBridge {
        _burn(account, value);
    }

    /// @inheritdoc IWrappedToken
    function originNetwork() external view returns (NetworkId network) {
        (network,) = WrappedTokenCode.origin(address(this));
    }

    /// @inheritdoc IWrappedToken
    function originTokenAddress() external view returns (address token) {
        (, token) = WrappedTokenCode.origin(address(this));
    }

    /// @inheritdoc IWrappedToken
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (0x0f, name(), "1", block.chainid, address(this), bytes32(0), new uint256[](0));
    }

    /// @notice The name, as it was when an exit of the token's own network was first claimed here, or of another until then.
    function name() public view override returns (string memory) {
        return _text(_texts.name, 0, _texts.nameLength);
    }

    /// @notice The symbol, as it was when an exit of the token's own network was first claimed here, or of another until then.
    function symbol() public view override returns (string memory) {
        return _text(_texts.symbol, _texts.nameLength, _texts.symbolLength);
    }

    /// @notice The decimals, as they were when an exit of the token's own network was first claimed here, or of another until then.
    function decimals() public view override returns (uint8) {
        return _texts.decimals;
    }

    /// @dev Part of the packed texts if they are packed, else the long one; a short one is empty where the long ones are used.
    function _text(string memory long, uint256 start, uint256 length) private view returns (string memory) {
        if (length == 0) return long;
        bytes28 packed = _texts.packed;
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            text[i] = packed[start + i];
        }
        return string(text);
    }

    /// @dev No contract but the bridge gets rights that a holder did not give.
    function _givePermit2InfiniteAllowance() internal pure override returns (bool) {
        return false;
    }
}
