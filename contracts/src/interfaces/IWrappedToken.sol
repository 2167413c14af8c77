// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {NetworkId} from "../types/NetworkId.sol";

/// @title IWrappedToken
/// @notice An ERC-20 with permits (EIP-2612) that stands on one network for a token of another.
interface IWrappedToken {
    /// @notice Only the bridge mints, burns and initializes.
    error OnlyBridge();

    /// @notice The bridge that made this token.
    function bridgeAddress() external view returns (address);

    /// @notice The network of the token this stands for.
    function originNetwork() external view returns (NetworkId);

    /// @notice The token this stands for, on its own network.
    function originTokenAddress() external view returns (address);

    /// @notice Sets what the token is called for good: what its own network calls it.
    function initialize(string calldata tokenName, string calldata tokenSymbol, uint8 tokenDecimals) external;

    /// @notice Sets what the token is called until an exit of its own network is claimed.
    function initializeForNow(string calldata tokenName, string calldata tokenSymbol, uint8 tokenDecimals)
        external;

    /// @notice Whether another network than its own said what the token is called.
    function isNamedForNow() external view returns (bool);

    /// @notice Mints `value` for `to`.
    function mint(address to, uint256 value) external;

    /// @notice Burns `value` of `account`, who need not have approved it: the bridge burns only from its own caller.
    function burn(address account, uint256 value) external;

    /// @notice The domain of permits (EIP-5267).
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        );
}

/// @title IWrappedTokenDeployer
/// @notice What the code of a new wrapped token asks of the bridge that creates it.
interface IWrappedTokenDeployer {
    /// @notice Whom the token under construction delegates to, and which token it stands for.
    function wrappedTokenParameters()
        external
        view
        returns (address implementation, NetworkId originNetwork, address originTokenAddress);
}
