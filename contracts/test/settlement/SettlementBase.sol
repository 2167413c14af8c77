// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GlobalExitRoot} from "../../src/bridge/GlobalExitRoot.sol";
import {SharedBridge} from "../../src/bridge/SharedBridge.sol";
import {PAYLOAD_ENTRY_BYTES} from "../../src/generated/PublicValues.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {ExitTree} from "../../src/libraries/ExitTree.sol";
import {Settlement} from "../../src/settlement/Settlement.sol";
import {MAINNET, NetworkId} from "../../src/types/NetworkId.sol";
import {VerifierGateway} from "../../src/verifier/VerifierGateway.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";
import {MockStatementVerifier} from "../mocks/MockStatementVerifier.sol";

/// @notice A settlement contract as rollup manager of a real bridge, behind a real gateway, whose verifier takes exactly the proofs that are
/// made for it here.
abstract contract SettlementBase is Base {
    /// @notice All that `settle` is given but the proof.
    struct Epoch {
        ISettlement.EpochInputs inputs;
        bytes authorisations;
        bytes signatures;
        bytes payload;
    }

    uint256 internal constant PROGRAM = 77;
    bytes32 internal constant KEY_HASH = keccak256("key of the verifier");
    // A selector is the start of a hash: the cut is meant.
    // forge-lint: disable-next-line(unsafe-typecast)
    bytes4 internal constant SELECTOR = bytes4(KEY_HASH);
    bytes32 internal constant KEY = 0x0000000000000001000000000000000200000000000000030000000000000004;
    bytes32 internal constant ROLLUPS = keccak256("rollup exit root");

    address internal constant ALICE = address(0xa11ce);
    address internal constant REGISTRAR = address(0x111);
    address internal constant ANNOUNCER = address(0x222);
    address internal constant GUARDIAN = address(0x333);
    address internal constant ADMIN = address(0x444);
    address internal constant SIGNER = address(0x555);

    VerifierGateway internal gateway;
    SharedBridge internal bridge;
    GlobalExitRoot internal roots;
    Settlement internal settlement;

    function setUp() public virtual {
        vm.roll(100);
        vm.warp(1_700_000_000);
        gateway = new VerifierGateway(address(this), false);
        gateway.addRoute(new MockStatementVerifier(KEY_HASH));
        bridge = new SharedBridge(address(this));
        address predicted = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        roots = new GlobalExitRoot(predicted, address(bridge));
        settlement = new Settlement(
            gateway, roots, PROGRAM, SELECTOR, Settlement.Roles(REGISTRAR, ANNOUNCER, GUARDIAN)
        );
        roots.initialize();
        bridge.initialize(MAINNET, address(0), MAINNET, address(roots), address(settlement), "");
    }

    // Making epochs.

    /// @notice An epoch of nothing but the state's change, which is canonical and like no other.
    function emptyEpoch() internal view returns (Epoch memory epoch) {
        epoch.inputs.oldCommitment = settlement.stateCommitment();
        epoch.inputs.newCommitment = keccak256(abi.encode(epoch.inputs.oldCommitment))
            & 0x7fffffff7fffffff7fffffff7fffffff7fffffff7fffffff7fffffff7fffffff;
        epoch.inputs.rollupExitRoot = ROLLUPS;
        epoch.inputs.registryEntries = settlement.registryCount();
        epoch.inputs.expiry = type(uint64).max;
    }

    /// @notice Adds one certificate's entry to the payload.
    function publish(Epoch memory epoch, NetworkId network) internal pure {
        bytes memory entry = abi.encodePacked(
            network, uint64(7), uint32(5), keccak256(abi.encode(network, epoch.payload.length))
        );
        while (entry.length < PAYLOAD_ENTRY_BYTES) {
            entry = bytes.concat(entry, keccak256(abi.encode(entry)));
        }
        epoch.payload = bytes.concat(epoch.payload, entry);
        epoch.inputs.payloadChain = keccak256(bytes.concat(epoch.inputs.payloadChain, entry));
    }

    /// @notice Adds an authorisation of an account whose key is known, signed.
    function authorise(Epoch memory epoch, NetworkId network, bytes32 digest, uint256 privateKey)
        internal
        view
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, signingHash(network, digest));
        authorise(epoch, network, digest, vm.addr(privateKey), abi.encodePacked(v, r, s));
    }

    /// @notice Adds an authorisation with this signature.
    function authorise(
        Epoch memory epoch,
        NetworkId network,
        bytes32 digest,
        address signer,
        bytes memory signature
    ) internal pure {
        bytes memory entry = abi.encodePacked(network, digest, signer);
        epoch.authorisations = bytes.concat(epoch.authorisations, entry);
        epoch.signatures = bytes.concat(epoch.signatures, signature);
        epoch.inputs.authorisationsChain = keccak256(bytes.concat(epoch.inputs.authorisationsChain, entry));
    }

    /// @notice EIP-712, written out.
    function domainSeparator() internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Causeway"),
                keccak256("1"),
                block.chainid,
                settlement
            )
        );
    }

    /// @notice What a signer signs.
    function signingHash(NetworkId network, bytes32 digest) internal view returns (bytes32) {
        bytes32 certificate =
            keccak256(abi.encode(keccak256("Certificate(uint32 network,bytes32 digest)"), network, digest));
        return keccak256(abi.encodePacked(bytes2(0x1901), domainSeparator(), certificate));
    }

    /// @notice What a proof for a settlement contract on a chain says of an epoch.
    function statementOf(Epoch memory epoch, uint256 chain, address to) internal view returns (uint256) {
        ISettlement.EpochInputs memory inputs = epoch.inputs;
        bytes32 depositRoot =
            inputs.deposits == 0 ? ExitTree.EMPTY_ROOT : roots.mainnetExitRootAt(inputs.deposits);
        (bytes32 registryHash,) = settlement.registryAt(inputs.registryEntries);
        bytes memory first = abi.encode(
            keccak256(abi.encode(chain, to)),
            inputs.oldCommitment,
            inputs.newCommitment,
            inputs.rollupExitRoot,
            inputs.deposits,
            depositRoot
        );
        bytes memory second = abi.encode(
            inputs.registryEntries,
            registryHash,
            inputs.expiry,
            inputs.authorisationsChain,
            inputs.payloadChain
        );
        return uint256(keccak256(bytes.concat(first, second))) % 2 ** 248;
    }

    /// @notice The proof of an epoch for this contract.
    function proofOf(Epoch memory epoch) internal view returns (bytes memory) {
        return
            bytes.concat(
                SELECTOR, abi.encode(PROGRAM, statementOf(epoch, block.chainid, address(settlement)))
            );
    }

    function settle(Epoch memory epoch, bytes memory proof) internal {
        settlement.settle(epoch.inputs, epoch.authorisations, epoch.signatures, epoch.payload, proof);
    }

    function settle(Epoch memory epoch) internal {
        settle(epoch, proofOf(epoch));
    }

    // Making the rest of the world.

    function addNetwork() internal returns (NetworkId) {
        return addNetwork(1, SIGNER, 0);
    }

    function addNetwork(uint8 kind, address signer, bytes32 key) internal returns (NetworkId) {
        vm.prank(REGISTRAR);
        return settlement.addNetwork(kind, signer, key, ADMIN);
    }

    /// @notice Makes exits on Ethereum and records their root.
    function deposit(uint256 count) internal {
        for (uint256 i = 0; i < count; ++i) {
            bridge.bridgeMessage(NetworkId.wrap(1), ALICE, i + 1 == count, "");
        }
    }
}
