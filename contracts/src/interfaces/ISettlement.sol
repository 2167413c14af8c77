// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {PublicValues} from "../generated/PublicValues.sol";
import {IGlobalExitRoot} from "./IGlobalExitRoot.sol";
import {ISharedBridge} from "./ISharedBridge.sol";
import {IVerifierGateway} from "./IVerifierGateway.sol";

/// @title ISettlement
/// @notice Keeps one word, the state commitment of all networks, and replaces it for whoever proves an epoch. On Ethereum it is the shared
/// bridge's rollup manager: what networks exported is claimed against the root that it publishes.
/// @dev A valid proof is the only permission. The old state comes from storage, the registry and the deposits from L1's own records, both
/// chains from calldata: a prover can be late, and can choose what is in an epoch, but says nothing that is taken on trust.
///
/// Powers, all of them, besides those of `INetworkRegistry`: the announcer chooses the program and the route whose proofs count, `DELAY`
/// after saying so in the open. The guardian stops `settle`, and the bridge, each for at most `MAX_STOP` and not again before as long has
/// passed, nor within a day; a stop takes time from whoever has a turn. Nobody can touch the state otherwise.
///
/// Risk: a program that proves too much, or a verifier that takes forged proofs, can be cashed in one transaction. From the announcement of a
/// program, whoever does not trust it has `DELAY` to leave. Once the gateway froze the pinned route, nothing settles until a program is
/// adopted with another: announce it no later than the freeze, and both take effect together.
interface ISettlement {
    /// @notice What an epoch changes and what is published with it, as proven.
    /// @param oldCommitment The state that it is for.
    /// @param newCommitment The state that it leads to.
    /// @param rollupExitRoot The rollups' exit root after it.
    /// @param deposits How many of L1's exits are consumed after it.
    /// @param registryEntries How many registry entries are consumed after it.
    /// @param expiry The least expiry of its certificates, in seconds.
    /// @param authorisationsChain The chain over the authorisations.
    /// @param payloadChain The chain over the payload.
    struct EpochInputs {
        bytes32 oldCommitment;
        bytes32 newCommitment;
        bytes32 rollupExitRoot;
        uint32 deposits;
        uint32 registryEntries;
        uint64 expiry;
        bytes32 authorisationsChain;
        bytes32 payloadChain;
    }

    /// @notice An epoch is settled. `payload` is one entry for each certificate: with the events of registry and bridge, it is the whole
    /// preimage of the new commitment.
    event EpochSettled(
        bytes32 indexed oldCommitment,
        bytes32 indexed newCommitment,
        bytes32 rollupExitRoot,
        uint32 deposits,
        uint32 registryEntries,
        bytes payload
    );

    /// @notice The signer needs no signature for this certificate. It cannot be taken back: what ends a certificate is its expiry.
    event DigestApproved(address indexed signer, bytes32 indexed digest);

    /// @notice From `readyAt` on anybody may have this program adopted, unless it is another's turn. One that was announced before is not to be any more.
    event ProgramAnnounced(uint256 indexed programDigest, bytes4 indexed selector, uint256 readyAt);

    /// @notice The announced program will not be adopted.
    event ProgramCancelled(uint256 indexed programDigest, bytes4 indexed selector);

    /// @notice Proofs of this program, on this route, count from now on, and no others.
    event ProgramAdopted(uint256 indexed programDigest, bytes4 indexed selector);

    /// @notice Nothing settles before `until`, unless the guardian resumes.
    event SettlementStopped(uint256 until);

    /// @notice The guardian ended the stop.
    event SettlementResumed();

    /// @notice Nothing that verifies proofs is at this address.
    error GatewayWithoutCode(address gateway);

    /// @notice Global exit roots take the rollups' root from another contract.
    error NotRollupManager(address rollupManager);

    /// @notice No program has this digest: it is zero or not below the order of BN254's scalar field.
    error ProgramDigestInvalid(uint256 programDigest);

    /// @notice Nothing settles before `until`.
    error SettlementIsStopped(uint256 until);

    /// @notice The epoch is for another state.
    error StateMismatch(bytes32 expected, bytes32 actual);

    /// @notice The epoch leads to where it comes from.
    error NothingChanged();

    /// @notice A certificate of the epoch expired.
    error EpochExpired(uint256 expiry, uint256 timestamp);

    /// @notice L1 recorded no exit root when it had so many exits.
    error DepositsNotRecorded(uint32 count);

    /// @notice An element of the new commitment is not below the order of the field.
    error CommitmentNotCanonical(bytes32 commitment);

    /// @notice The payload is another than the proven one.
    error PayloadMismatch(bytes32 declared, bytes32 computed);

    /// @notice The authorisations are others than the proven ones.
    error AuthorisationsMismatch(bytes32 declared, bytes32 computed);

    /// @notice The proof is for another route than the pinned one.
    error RouteNotPinned(bytes4 selector, bytes4 pinned);

    /// @notice Only the announcer.
    error OnlyAnnouncer(address caller, address announcer);

    /// @notice No program is announced.
    error NoProgramAnnounced();

    /// @notice The announced program may be adopted from `readyAt` on.
    error ProgramNotReady(uint256 readyAt);

    /// @notice Only the guardian.
    error OnlyGuardian(address caller, address guardian);

    /// @notice Settlement was stopped, and may be stopped again from `notBefore` on.
    error StopTooSoon(uint256 notBefore);

    /// @notice Settlement is not stopped.
    error SettlementNotStopped();

    /// @notice What statements begin with: keccak256 of two words, the chain id and this contract's address. After a split of the chain it is
    /// another one where the id is: a proof serves one of the two.
    function DOMAIN() external view returns (bytes32);

    /// @notice EIP-712's domain separator of what signers sign, `Certificate(uint32 network,bytes32 digest)`: name "Causeway", version "1".
    /// After a split of the chain it is another one where the id is.
    function DOMAIN_SEPARATOR() external view returns (bytes32);

    /// @notice The gateway that verifies proofs.
    function GATEWAY() external view returns (IVerifierGateway);

    /// @notice Where the rollups' exit root is published and L1's exit roots are recorded.
    function GLOBAL_EXIT_ROOT() external view returns (IGlobalExitRoot);

    /// @notice The shared bridge.
    function BRIDGE() external view returns (ISharedBridge);

    /// @notice Who announces programs.
    function ANNOUNCER() external view returns (address);

    /// @notice Who stops settlement, or the bridge.
    function GUARDIAN() external view returns (address);

    /// @notice Seconds between the announcement of a program and its adoption.
    function DELAY() external view returns (uint64);

    /// @notice The greatest number of seconds for which settlement is stopped.
    function MAX_STOP() external view returns (uint64);

    /// @notice The state of all networks.
    function stateCommitment() external view returns (bytes32);

    /// @notice The program whose statements count.
    function programDigest() external view returns (uint256);

    /// @notice The pinned route of the gateway.
    function selector() external view returns (bytes4);

    /// @notice The program that was announced, its route, and when it may be adopted; zeros if none is.
    function announced() external view returns (uint256 programDigest, bytes4 selector, uint64 readyAt);

    /// @notice Until when settlement is, or was last, stopped.
    function stoppedUntil() external view returns (uint64);

    /// @notice Whether the signer approved the certificate of this digest.
    function approved(address signer, bytes32 digest) external view returns (bool);

    /// @notice Settles an epoch. Anybody may who has its proof, unless it is another's turn.
    /// @param inputs What it changes.
    /// @param authorisations Who had to agree to which certificate: network 4, digest 32 and signer 20 for each.
    /// @param signatures For each authorisation v 1, r 32 and s 32, or zeros where the signer approved the digest.
    /// @param payload The public record: 208 bytes for each certificate.
    /// @param proof The pinned selector, then the proof for its verifier.
    function settle(
        EpochInputs calldata inputs,
        bytes calldata authorisations,
        bytes calldata signatures,
        bytes calldata payload,
        bytes calldata proof
    ) external;

    /// @notice What a proof of this epoch has to say now; reverts where `settle` would find L1's records wanting.
    function publicValues(EpochInputs calldata inputs) external view returns (PublicValues memory);

    /// @notice The digest of these public values.
    function statementDigest(EpochInputs calldata inputs) external view returns (uint256);

    /// @notice Agrees, as signer, to the certificate of this digest: for contracts, which cannot sign.
    function approve(bytes32 digest) external;

    /// @notice Announces a program and the route of its proofs, in place of any that was announced before. Announcer only.
    function announceProgram(uint256 programDigest, bytes4 selector) external;

    /// @notice Takes the announcement back. Announcer only.
    function cancelProgram() external;

    /// @notice Adopts the announced program when its time has come. Anybody may, unless it is another's turn.
    function adoptProgram() external;

    /// @notice Stops settlement for `MAX_STOP`. Guardian only.
    function stopSettlement() external;

    /// @notice Ends the stop. Guardian only.
    function resumeSettlement() external;

    /// @notice Stops the bridge, within the bridge's own limits, which are these. Guardian only.
    function activateBridgeEmergency() external;

    /// @notice Lets the bridge go on. Guardian only.
    function deactivateBridgeEmergency() external;
}
