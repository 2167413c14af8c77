// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProofVerifier} from "./IProofVerifier.sol";
import {KeyProvenance} from "./IVerifyingKey.sol";

/// @title IVerifierGateway
/// @notice One address for every key: the first four bytes of a proof name the verifier that it is for.
/// @dev Powers of the owner, all of them: it adds routes, and it announces that a route will freeze. It can neither
/// replace a route, nor bring a frozen one back, nor freeze one before `FREEZE_DELAY` has passed in the open.
///
/// Risk: a route is worth what its verifier is worth, and the owner chooses verifiers. A contract that takes any route a
/// proof names trusts every later choice too. Pin the selector of a route that exists and compare it with the proof's
/// first four bytes: what stands behind it can never change.
interface IVerifierGateway {
    /// @notice A verifier was put behind a selector, for ever.
    event RouteAdded(
        bytes4 indexed selector, IProofVerifier indexed verifier, bytes32 keyHash, KeyProvenance provenance
    );

    /// @notice From `freezesAt` on the route will refuse every proof. This cannot be taken back.
    event RouteFreezeAnnounced(bytes4 indexed selector, IProofVerifier indexed verifier, uint256 freezesAt);

    /// @notice The selector was given to a verifier before, frozen since or not.
    error RouteAlreadyExists(bytes4 selector, IProofVerifier verifier);

    /// @notice No verifier was ever added under this selector.
    error RouteNotFound(bytes4 selector);

    /// @notice The route stopped taking proofs at `frozenAt`.
    error RouteFrozen(bytes4 selector, uint256 frozenAt);

    /// @notice The freeze of this route has been announced already.
    error RouteFreezeAlreadyAnnounced(bytes4 selector, uint256 freezesAt);

    /// @notice Anybody can forge proofs for the key of this verifier, and this gateway is not made for such keys.
    error DevelopmentKeyRefused(IProofVerifier verifier, uint256 chainId);

    /// @notice No gateway on Ethereum's main network takes development keys.
    error DevelopmentKeysOnMainnet();

    /// @notice The proof is too short to name a route.
    error ProofWithoutSelector(uint256 length);

    /// @notice Seconds between the announcement of a freeze and the freeze.
    function FREEZE_DELAY() external view returns (uint256);

    /// @notice Whether this gateway was deployed to route development keys on a public chain: a gateway of a test
    /// network. No value may depend on it.
    function ALLOWS_DEVELOPMENT_KEYS() external view returns (bool);

    /// @notice The verifier behind a selector, zero if none; the time from which it refuses proofs, zero if none has
    /// been announced.
    function routes(bytes4 selector) external view returns (IProofVerifier verifier, uint64 freezesAt);

    /// @notice Returns if the verifier that the proof names accepts it, and reverts otherwise.
    /// @param programDigest As for `IProofVerifier.verify`.
    /// @param statementDigest As for `IProofVerifier.verify`.
    /// @param proof The route's selector, then the proof for its verifier.
    function verify(uint256 programDigest, uint256 statementDigest, bytes calldata proof) external view;

    /// @notice Puts a verifier behind the selector of its key. Owner only.
    function addRoute(IProofVerifier verifier) external;

    /// @notice Announces that a route freezes in `FREEZE_DELAY` seconds. Owner only; it cannot be taken back.
    function freezeRoute(bytes4 selector) external;
}
