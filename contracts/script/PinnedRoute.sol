// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProofVerifier} from "../src/interfaces/IProofVerifier.sol";
import {IVerifierGateway} from "../src/interfaces/IVerifierGateway.sol";

/// @title PinnedRoute
/// @notice Sees that the route which a contract is to pin is the verifier's that was named, and will go on.
abstract contract PinnedRoute {
    /// @notice The gateway has another verifier, or none, behind the selector of this one's key.
    error VerifierNotRouted(IProofVerifier verifier, IProofVerifier routed);

    /// @notice The route will take no proofs after `freezesAt`: a contract that pins it would end with it.
    error RouteFreezes(bytes4 selector, uint256 freezesAt);

    function _selector(IVerifierGateway gateway, IProofVerifier verifier)
        internal
        view
        returns (bytes4 selector)
    {
        // A selector is the start of a hash: the cut is meant.
        // forge-lint: disable-next-line(unsafe-typecast)
        selector = bytes4(verifier.KEY_HASH());
        (IProofVerifier routed, uint64 freezesAt) = gateway.routes(selector);
        if (routed != verifier) revert VerifierNotRouted(verifier, routed);
        if (freezesAt != 0) revert RouteFreezes(selector, freezesAt);
    }
}
