// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProofVerifier} from "../src/interfaces/IProofVerifier.sol";
import {IVerifierGateway} from "../src/interfaces/IVerifierGateway.sol";
import {ProofAggregation} from "../src/verifier/ProofAggregation.sol";
import {PinnedRoute} from "./PinnedRoute.sol";

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
contract DeployProofAggregation is PinnedRoute {
    /// @notice Forge looks for this.
    bool public constant IS_SCRIPT = true;

    AggregationScriptVm private constant VM =
        AggregationScriptVm(address(uint160(uint256(keccak256("hevm cheat code")))));

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
        return new ProofAggregation(gateway, programDigest, _selector(gateway, verifier));
    }
}
