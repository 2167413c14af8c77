// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Groth16Verifier} from "../src/verifier/Groth16Verifier.sol";
import {VerifierGateway} from "../src/verifier/VerifierGateway.sol";

/// @notice The cheatcodes of forge that this script uses.
interface ScriptVm {
    function envAddress(string calldata name) external view returns (address);
    function envOr(string calldata name, bool fallbackValue) external view returns (bool);
    function startBroadcast() external;
    function stopBroadcast() external;
}

/// @title DeployVerifier
/// @notice Deploys the generated verifier and a gateway that routes to it, and offers the gateway to its owner, who takes
/// it with `acceptOwnership`.
/// @dev `OWNER=0x... forge script contracts/script/DeployVerifier.s.sol --rpc-url ... --broadcast`. Forge runs the whole
/// script before it sends anything, so a development key on a public chain is refused with nothing deployed, unless
/// ALLOW_DEVELOPMENT_KEYS=true, which the gateway then tells everyone.
contract DeployVerifier {
    /// @notice Forge looks for this.
    bool public constant IS_SCRIPT = true;

    ScriptVm private constant VM = ScriptVm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function run() external returns (Groth16Verifier verifier, VerifierGateway gateway) {
        address owner = VM.envAddress("OWNER");
        bool allowsDevelopmentKeys = VM.envOr("ALLOW_DEVELOPMENT_KEYS", false);
        VM.startBroadcast();
        (verifier, gateway) = deploy(msg.sender, owner, allowsDevelopmentKeys);
        VM.stopBroadcast();
    }

    /// @notice Deploys as `deployer`, who owns the gateway until `owner` accepts it.
    function deploy(address deployer, address owner, bool allowsDevelopmentKeys)
        public
        returns (Groth16Verifier verifier, VerifierGateway gateway)
    {
        verifier = new Groth16Verifier();
        gateway = new VerifierGateway(deployer, allowsDevelopmentKeys);
        gateway.addRoute(verifier);
        if (owner != deployer) gateway.transferOwnership(owner);
    }
}
