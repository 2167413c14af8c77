// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GlobalExitRoot} from "../src/bridge/GlobalExitRoot.sol";
import {SharedBridge} from "../src/bridge/SharedBridge.sol";
import {IProofVerifier} from "../src/interfaces/IProofVerifier.sol";
import {IVerifierGateway} from "../src/interfaces/IVerifierGateway.sol";
import {Settlement} from "../src/settlement/Settlement.sol";
import {MAINNET} from "../src/types/NetworkId.sol";
import {BridgeAddress} from "./BridgeAddress.sol";
import {PinnedRoute} from "./PinnedRoute.sol";

/// @notice The cheatcodes of forge that this script uses.
interface SettlementScriptVm {
    function envAddress(string calldata name) external view returns (address);
    function envUint(string calldata name) external view returns (uint256);
    function getNonce(address account) external view returns (uint64);
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
    function startBroadcast() external;
    function stopBroadcast() external;
}

/// @title DeploySettlement
/// @notice Brings up Ethereum's side at once: the bridge, its contract of global exit roots, and settlement, which is the rollup manager of
/// both, behind a gateway that is there.
/// @dev `GATEWAY=0x... VERIFIER=0x... PROGRAM_DIGEST=0x... REGISTRAR=0x... ANNOUNCER=0x... GUARDIAN=0x... forge script
/// contracts/script/DeploySettlement.s.sol --rpc-url ... --broadcast`. The account that broadcasts sends nothing else meanwhile: exit roots
/// are told settlement's address before it is there, and settlement refuses to be anywhere else.
///
/// The verifier is named beside the gateway because its route is pinned: the script sees that the route is this verifier's and that no
/// freeze of it was announced. A development key has no route on a public chain, unless the gateway says of itself that it allows them.
contract DeploySettlement is BridgeAddress, PinnedRoute {
    /// @notice What settlement is told.
    struct Settings {
        IVerifierGateway gateway;
        IProofVerifier verifier;
        uint256 programDigest;
        Settlement.Roles roles;
    }

    /// @notice Forge looks for this.
    bool public constant IS_SCRIPT = true;

    SettlementScriptVm private constant VM =
        SettlementScriptVm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function run()
        external
        returns (SharedBridge bridge, GlobalExitRoot globalExitRoot, Settlement settlement)
    {
        Settings memory settings = Settings(
            IVerifierGateway(VM.envAddress("GATEWAY")),
            IProofVerifier(VM.envAddress("VERIFIER")),
            VM.envUint("PROGRAM_DIGEST"),
            Settlement.Roles(
                VM.envAddress("REGISTRAR"), VM.envAddress("ANNOUNCER"), VM.envAddress("GUARDIAN")
            )
        );
        VM.startBroadcast();
        (bridge, globalExitRoot, settlement) = deploy(msg.sender, settings);
        VM.stopBroadcast();
    }

    /// @notice Deploys all three; `sender` is whoever sends what this calls.
    function deploy(address sender, Settings memory settings)
        public
        returns (SharedBridge bridge, GlobalExitRoot globalExitRoot, Settlement settlement)
    {
        bytes4 selector = _selector(settings.gateway, settings.verifier);
        bridge = _bridge(sender);
        // Settlement is deployed next.
        address rollupManager = VM.computeCreateAddress(sender, VM.getNonce(sender) + 1);
        globalExitRoot = new GlobalExitRoot(rollupManager, address(bridge));
        settlement = new Settlement(
            settings.gateway, globalExitRoot, settings.programDigest, selector, settings.roles
        );
        globalExitRoot.initialize();
        bridge.initialize(MAINNET, address(0), MAINNET, address(globalExitRoot), rollupManager, "");
    }
}
