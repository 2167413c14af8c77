// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IProofVerifier} from "../interfaces/IProofVerifier.sol";
import {IVerifierGateway} from "../interfaces/IVerifierGateway.sol";
import {KeyProvenance} from "../interfaces/IVerifyingKey.sol";

/// @title VerifierGateway
/// @notice Routes proofs by key. Routes are added once, frozen for ever and never replaced.
contract VerifierGateway is IVerifierGateway, Ownable2Step {
    struct Route {
        IProofVerifier verifier;
        uint64 freezesAt;
    }

    /// @inheritdoc IVerifierGateway
    uint256 public constant FREEZE_DELAY = 30 days;

    /// @inheritdoc IVerifierGateway
    bool public immutable ALLOWS_DEVELOPMENT_KEYS;

    /// @inheritdoc IVerifierGateway
    mapping(bytes4 selector => Route) public routes;

    constructor(address owner, bool allowsDevelopmentKeys) Ownable(owner) {
        if (allowsDevelopmentKeys && block.chainid == 1) revert DevelopmentKeysOnMainnet();
        ALLOWS_DEVELOPMENT_KEYS = allowsDevelopmentKeys;
    }

    /// @inheritdoc IVerifierGateway
    function verify(uint256 programDigest, uint256 statementDigest, bytes calldata proof) external view {
        if (proof.length < 4) revert ProofWithoutSelector(proof.length);
        bytes4 selector = bytes4(proof[:4]);
        Route memory route = routes[selector];
        if (address(route.verifier) == address(0)) revert RouteNotFound(selector);
        if (route.freezesAt != 0 && block.timestamp >= route.freezesAt) {
            revert RouteFrozen(selector, route.freezesAt);
        }

        route.verifier.verify(programDigest, statementDigest, proof[4:]);
    }

    /// @inheritdoc IVerifierGateway
    function addRoute(IProofVerifier verifier) external onlyOwner {
        bytes32 keyHash = verifier.KEY_HASH();
        // A selector is the start of a hash: the cut is meant.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes4 selector = bytes4(keyHash);
        IProofVerifier existing = routes[selector].verifier;
        if (address(existing) != address(0)) revert RouteAlreadyExists(selector, existing);
        KeyProvenance provenance = verifier.PROVENANCE();
        if (provenance == KeyProvenance.Development && !_takesDevelopmentKeys()) {
            revert DevelopmentKeyRefused(verifier, block.chainid);
        }

        routes[selector].verifier = verifier;
        emit RouteAdded(selector, verifier, keyHash, provenance);
    }

    /// @inheritdoc IVerifierGateway
    function freezeRoute(bytes4 selector) external onlyOwner {
        Route storage route = routes[selector];
        if (address(route.verifier) == address(0)) revert RouteNotFound(selector);
        if (route.freezesAt != 0) revert RouteFreezeAlreadyAnnounced(selector, route.freezesAt);

        uint64 freezesAt = SafeCast.toUint64(block.timestamp + FREEZE_DELAY);
        route.freezesAt = freezesAt;
        emit RouteFreezeAnnounced(selector, route.verifier, freezesAt);
    }

    /// @dev 31337 and 1337 are what local development chains call themselves.
    function _takesDevelopmentKeys() private view returns (bool) {
        return ALLOWS_DEVELOPMENT_KEYS || block.chainid == 31337 || block.chainid == 1337;
    }
}
