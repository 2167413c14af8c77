// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title IDaiPermit
/// @notice DAI's permit, which allows all or nothing.
interface IDaiPermit {
    /// @notice Allows `spender` everything of `holder`, or nothing more.
    function permit(
        address holder,
        address spender,
        uint256 nonce,
        uint256 expiry,
        bool allowed,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;
}

/// @title TokenPermit
/// @notice Hands a permit given as calldata to its token. Nothing but a permit of the caller for this contract goes through:
/// the calldata is chosen by whoever bridges.
library TokenPermit {
    /// @notice The calldata is no permit.
    error NotValidSignature();
    /// @notice The permit is of another owner than the caller.
    error NotValidOwner();
    /// @notice The permit is for another spender than the bridge.
    error NotValidSpender();

    /// @notice Calls the token's permit. What it answers does not matter: without the allowance the transfer fails, and with
    /// one the permit may have been used by somebody else already.
    function run(address token, bytes calldata permitData) internal {
        if (permitData.length < 4) revert NotValidSignature();
        bytes4 selector = bytes4(permitData[:4]);
        bool known = (selector == IERC20Permit.permit.selector && permitData.length >= 4 + 7 * 32)
            || (selector == IDaiPermit.permit.selector && permitData.length >= 4 + 8 * 32);
        if (!known) revert NotValidSignature();
        // Both kinds begin with the owner and the spender.
        (address owner, address spender) = abi.decode(permitData[4:68], (address, address));
        if (owner != msg.sender) revert NotValidOwner();
        if (spender != address(this)) revert NotValidSpender();
        (bool success,) = token.call(permitData);
        success;
    }
}
