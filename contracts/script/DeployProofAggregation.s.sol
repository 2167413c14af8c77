// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProofVerifier} from "../src/interfaces/IProofVerifier.sol";
import {IVerifierGateway} from "../src/interfaces/IVerifierGateway.sol";
import {ProofAggregation} from "../src/verifier/ProofAggregation.sol";

/// @notice The cheatcodes of forge that this script uses.
interface AggregationScriptVm {
    function envAddress(string calldata name) external view returns (address);
    function envUint(string calldata name) external view returns (uint256);
    function startBroadcast() external;
    function stopBroadcast() external;
}

/// @title DeployProofAggregation
/// @notice Deploys the contract that keeps aggregated proofs, behind a gateway that is there.
/// @dev `GATEWAY=0x... VERIFIER=0x... PROGRAM_DIGEST=0x... forge script contracts/script/DeployProofAggregation.s.sol --rpc-url ...
/// --broadcast`. The verifier is named beside the gateway because its route is pinned for ever: the script sees that the route is
/// this verifier's and that no freeze of it was announced.
contract DeployProofAggregation {
    /// @notice Forge looks for this.
    bool public constant IS_SCRIPT = true;

    AggregationScriptVm private constant VM =
        AggregationScriptVm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @notice The gateway has another verifier, or none, behind the selector of this one's key.
    error VerifierNotRouted(IProofVerifier verifier, IProofVerifier routed);

    /// @notice The route will take no proofs after `freezesAt`: a contract that pins it would end with it.
    error RouteFreezes(bytes4 selector, uint256 freezesAt);

    function run() external returns (ProofAggregation aggregation) {
        IVerifierGateway gateway = IVerifierGateway(VM.envAddress("GATEWAY"));
        IProofVerifier verifier = IProofVerifier(VM.envAddress("VERIFIER"));
        uint256 programDigest = VM.envUint("PROGRAM_DIGEST");
        VM.startBroadcast();
        aggregation = deploy(gateway, verifier, programDigest);
        VM.stopBroadcast();
    }

    /// @notice Deploys a contract for what this program says to this verifier.
    function deploy(IVerifierGateway gateway, IProofVerifier verifier, uint256 programDigest)
        public
        returns (ProofAggregation)
    {
        // A selector is the start of a hash: the cut is meant.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes4 selector = bytes4(verifier.KEY_HASH());
        (IProofVerifier routed, uint64 freezesAt) = gateway.routes(selector);
        if (routed != verifier) revert VerifierNotRouted(verifier, routed);
        if (freezesAt != 0) revert RouteFreezes(selector, freezesAt);
        return new ProofAggregation(gateway, programDigest, selector);
    }
}
