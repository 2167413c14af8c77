// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IWrappedTokenDeployer} from "../interfaces/IWrappedToken.sol";
import {NetworkId} from "../types/NetworkId.sol";

/// @title WrappedTokenCode
/// @notice The code of a wrapped token: an EIP-1167 clone followed by its origin network (4 bytes) and token (20 bytes).
/// @dev The origin is part of the code, which costs a fifth of a storage slot, and the address depends on the bridge and the
/// origin alone: so the bridge keeps no list of its tokens.
library WrappedTokenCode {
    bytes10 internal constant HEAD = 0x363d3d373d3d3d363d73;
    bytes15 internal constant TAIL = 0x5af43d82803e903d91602b57fd5bf3;

    /// @notice Bytes before the origin.
    uint256 internal constant CLONE = 45;
    /// @notice Bytes of the origin.
    uint256 internal constant ORIGIN = 24;

    /// @notice The code of a token.
    function code(address implementation, NetworkId network, address token)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(HEAD, implementation, TAIL, network, token);
    }

    /// @notice The origin that a contract's code claims; zeros if it is of another length. Anybody can deploy such code:
    /// it is the bridge's if the address says so as well.
    function origin(address token) internal view returns (NetworkId network, address originToken) {
        if (token.code.length != CLONE + ORIGIN) return (network, originToken);
        uint256 word;
        assembly ("memory-safe") {
            extcodecopy(token, 0, CLONE, ORIGIN)
            word := mload(0)
        }
        // The first 24 bytes of the word.
        // forge-lint: disable-next-item(unsafe-typecast)
        {
            network = NetworkId.wrap(uint32(word >> 224));
            originToken = address(uint160(word >> 64));
        }
    }
}

/// @title WrappedTokenCreation
/// @notice Creation code of every wrapped token: always the same, since it asks its creator for whatever differs.
contract WrappedTokenCreation {
    constructor() {
        (address implementation, NetworkId network, address token) =
            IWrappedTokenDeployer(msg.sender).wrappedTokenParameters();
        bytes memory runtime = WrappedTokenCode.code(implementation, network, token);
        assembly ("memory-safe") {
            return(add(runtime, 32), mload(runtime))
        }
    }
}
