// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GENESIS_COMMITMENT, PublicValues} from "../../src/generated/PublicValues.sol";
import {IGlobalExitRootBase} from "../../src/interfaces/IGlobalExitRoot.sol";
import {INetworkRegistry} from "../../src/interfaces/INetworkRegistry.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {IVerifierGateway} from "../../src/interfaces/IVerifierGateway.sol";
import {IVerifyingKey} from "../../src/interfaces/IVerifyingKey.sol";
import {Authorisations} from "../../src/libraries/Authorisations.sol";
import {ExitTree} from "../../src/libraries/ExitTree.sol";
import {Goldilocks} from "../../src/libraries/Goldilocks.sol";
import {NetworkId} from "../../src/types/NetworkId.sol";
import {vm} from "../Vm.sol";
import {MockStatementVerifier} from "../mocks/MockStatementVerifier.sol";
import {SettlementBase} from "./SettlementBase.sol";

contract SettlementSettleTest is SettlementBase {
    uint256 private constant PRIVATE_KEY = 0xbeef;
    bytes32 private constant DIGEST = keccak256("certificate");

    /// @dev What no check looks at before the proof itself is verified.
    bytes private _unproven = bytes.concat(SELECTOR, "no proof");

    /// @dev An epoch with something of everything.
    function _epoch() private returns (Epoch memory epoch) {
        NetworkId network = addNetwork(1, vm.addr(PRIVATE_KEY), 0);
        NetworkId other = addNetwork(2, address(0), KEY);
        deposit(3);
        epoch = emptyEpoch();
        epoch.inputs.deposits = 3;
        publish(epoch, network);
        publish(epoch, other);
        authorise(epoch, network, DIGEST, PRIVATE_KEY);
    }

    function test_settle_replacesTheCommitmentAndPublishes() external {
        Epoch memory epoch = _epoch();
        ISettlement.EpochInputs memory inputs = epoch.inputs;
        bytes memory proof = proofOf(epoch);
        uint256 statement = statementOf(epoch, block.chainid, address(settlement));
        vm.assertEq(settlement.statementDigest(inputs), statement);
        vm.expectCall(address(gateway), abi.encodeCall(IVerifierGateway.verify, (PROGRAM, statement, proof)));
        vm.expectEmit(address(settlement));
        emit ISettlement.EpochSettled(
            inputs.oldCommitment, inputs.newCommitment, ROLLUPS, 3, 2, epoch.payload
        );
        vm.prank(ALICE);
        settle(epoch, proof);
        vm.assertEq(settlement.stateCommitment(), inputs.newCommitment);
        vm.assertEq(roots.lastRollupExitRoot(), ROLLUPS);
        vm.assertTrue(roots.globalExitRootMap(roots.getLastGlobalExitRoot()) != 0);
    }

    function test_settle_beginsAtGenesis() external view {
        vm.assertEq(settlement.stateCommitment(), GENESIS_COMMITMENT);
        vm.assertTrue(Goldilocks.areCanonical(GENESIS_COMMITMENT));
    }

    function test_settle_takesOneEpochAfterTheOther() external {
        settle(_epoch());
        Epoch memory next = emptyEpoch();
        next.inputs.deposits = 3;
        next.inputs.rollupExitRoot = keccak256("next");
        settle(next);
        vm.assertEq(settlement.stateCommitment(), next.inputs.newCommitment);
        vm.assertEq(roots.lastRollupExitRoot(), next.inputs.rollupExitRoot);
    }

    function test_settle_publishesARollupExitRootOnce() external {
        settle(emptyEpoch());
        uint256 leaves = roots.depositCount();
        vm.mockCallRevert(address(roots), abi.encodeCall(IGlobalExitRootBase.updateExitRoot, (ROLLUPS)), "");
        settle(emptyEpoch());
        vm.assertEq(roots.depositCount(), leaves);
    }

    function test_publicValues_areL1sAndTheEpochs() external {
        Epoch memory epoch = _epoch();
        ISettlement.EpochInputs memory inputs = epoch.inputs;
        inputs.expiry = 1_800_000_000;
        PublicValues memory values = settlement.publicValues(inputs);
        (bytes32 registryHash,) = settlement.registryAt(2);
        vm.assertEq(values.domain, keccak256(abi.encode(block.chainid, settlement)));
        vm.assertEq(values.oldCommitment, GENESIS_COMMITMENT);
        vm.assertEq(values.newCommitment, inputs.newCommitment);
        vm.assertEq(values.rollupExitRoot, inputs.rollupExitRoot);
        vm.assertEq(values.deposits, 3);
        vm.assertEq(values.depositRoot, roots.lastMainnetExitRoot());
        vm.assertEq(values.registryEntries, 2);
        vm.assertEq(values.registryHash, registryHash);
        vm.assertEq(values.expiry, 1_800_000_000);
        vm.assertEq(values.authorisationsChain, inputs.authorisationsChain);
        vm.assertEq(values.payloadChain, inputs.payloadChain);
    }

    function test_publicValues_ofNoDepositsAreTheEmptyTrees() external view {
        vm.assertEq(roots.mainnetExitRootAt(0), 0);
        vm.assertEq(settlement.publicValues(emptyEpoch().inputs).depositRoot, ExitTree.EMPTY_ROOT);
    }

    // What is seen before the proof is looked at.

    function _refused(Epoch memory epoch, bytes memory error) private {
        vm.expectRevert(error);
        settle(epoch, _unproven);
    }

    function test_settle_revertsForAnotherState() external {
        Epoch memory epoch = _epoch();
        bytes memory proof = proofOf(epoch);
        settle(epoch, proof);
        bytes32 settled = epoch.inputs.newCommitment;
        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.StateMismatch.selector, settled, GENESIS_COMMITMENT)
        );
        settle(epoch, proof);
    }

    function test_settle_revertsWhenNothingChanged() external {
        Epoch memory epoch = emptyEpoch();
        epoch.inputs.newCommitment = GENESIS_COMMITMENT;
        _refused(epoch, abi.encodeWithSelector(ISettlement.NothingChanged.selector));
    }

    function test_settle_revertsWhenExpired() external {
        Epoch memory epoch = emptyEpoch();
        uint64 expiry = uint64(block.timestamp - 1);
        epoch.inputs.expiry = expiry;
        _refused(epoch, abi.encodeWithSelector(ISettlement.EpochExpired.selector, expiry, block.timestamp));
        epoch.inputs.expiry = expiry + 1;
        settle(epoch);
    }

    function test_settle_revertsWhenDepositsWereNotRecorded() external {
        deposit(3);
        Epoch memory epoch = emptyEpoch();
        uint32[3] memory counts = [uint32(2), 4, type(uint32).max];
        for (uint256 i = 0; i < counts.length; ++i) {
            epoch.inputs.deposits = counts[i];
            _refused(epoch, abi.encodeWithSelector(ISettlement.DepositsNotRecorded.selector, counts[i]));
        }
    }

    function test_settle_takesAnyDepositsThatWereRecorded() external {
        deposit(3);
        bytes32 root = roots.lastMainnetExitRoot();
        deposit(2);
        Epoch memory epoch = emptyEpoch();
        epoch.inputs.deposits = 3;
        vm.assertEq(settlement.publicValues(epoch.inputs).depositRoot, root);
        settle(epoch);
    }

    function test_settle_revertsWhenRegistryWasNotRecorded() external {
        addNetwork();
        Epoch memory epoch = emptyEpoch();
        epoch.inputs.registryEntries = 2;
        _refused(epoch, abi.encodeWithSelector(INetworkRegistry.RegistryNotRecorded.selector, 2));
    }

    function test_settle_revertsWhenRegistryIsSuperseded() external {
        addNetwork();
        Epoch memory epoch = emptyEpoch();
        uint256 supersededAt = block.timestamp + 7;
        vm.warp(supersededAt);
        addNetwork();
        uint256 grace = settlement.GRACE();
        vm.warp(supersededAt + 100);
        addNetwork();
        vm.warp(supersededAt + grace);
        _refused(epoch, abi.encodeWithSelector(INetworkRegistry.RegistrySuperseded.selector, 1, supersededAt));
        vm.warp(supersededAt + grace - 1);
        settle(epoch);
    }

    function test_settle_takesNoEntriesAsLongAsTheFirstIsFresh() external {
        Epoch memory epoch = emptyEpoch();
        vm.assertEq(epoch.inputs.registryEntries, 0);
        addNetwork();
        vm.warp(block.timestamp + settlement.GRACE());
        _refused(
            epoch, abi.encodeWithSelector(INetworkRegistry.RegistrySuperseded.selector, 0, 1_700_000_000)
        );
        vm.warp(block.timestamp - 1);
        settle(epoch);
    }

    function test_settle_revertsWhenTheCommitmentIsNotCanonical() external {
        Epoch memory epoch = emptyEpoch();
        for (uint256 i = 0; i < 4; ++i) {
            bytes32 commitment = bytes32(uint256(Goldilocks.ORDER) << (64 * i));
            epoch.inputs.newCommitment = commitment;
            _refused(epoch, abi.encodeWithSelector(ISettlement.CommitmentNotCanonical.selector, commitment));
        }
    }

    function test_settle_revertsForAnotherPayload() external {
        Epoch memory epoch = _epoch();
        bytes32 declared = epoch.inputs.payloadChain;
        bytes memory payload = epoch.payload;
        Epoch memory other = emptyEpoch();
        publish(other, NetworkId.wrap(1));
        _refusedPayload(epoch, other.payload, declared, other.inputs.payloadChain);
        _refusedPayload(epoch, "", declared, 0);
        epoch.inputs.payloadChain = 0;
        _refusedPayload(epoch, payload, 0, declared);
    }

    function _refusedPayload(Epoch memory epoch, bytes memory payload, bytes32 declared, bytes32 computed)
        private
    {
        epoch.payload = payload;
        _refused(epoch, abi.encodeWithSelector(ISettlement.PayloadMismatch.selector, declared, computed));
    }

    function test_settle_revertsForOtherAuthorisations() external {
        Epoch memory epoch = _epoch();
        bytes32 declared = epoch.inputs.authorisationsChain;
        (bytes memory authorisations, bytes memory signatures) = (epoch.authorisations, epoch.signatures);
        (epoch.authorisations, epoch.signatures) = ("", "");
        _refused(
            epoch, abi.encodeWithSelector(ISettlement.AuthorisationsMismatch.selector, declared, bytes32(0))
        );
        (epoch.authorisations, epoch.signatures) = (authorisations, signatures);
        epoch.inputs.authorisationsChain = 0;
        _refused(
            epoch, abi.encodeWithSelector(ISettlement.AuthorisationsMismatch.selector, bytes32(0), declared)
        );
    }

    function test_settle_revertsWithoutItsSigners() external {
        Epoch memory epoch = _epoch();
        bytes memory signatures = epoch.signatures;
        address signer = vm.addr(PRIVATE_KEY);
        epoch.signatures = new bytes(65);
        _refused(epoch, abi.encodeWithSelector(Authorisations.NotApproved.selector, 0, signer, DIGEST));
        vm.prank(signer);
        settlement.approve(DIGEST);
        epoch.signatures = "";
        _refused(epoch, abi.encodeWithSelector(Authorisations.SignaturesLengthMismatch.selector, 0, 65));
        epoch.signatures = signatures;
        settle(epoch);
    }

    function test_settle_takesWhatItsSignerApproved() external {
        Epoch memory epoch = _epoch();
        address signer = vm.addr(PRIVATE_KEY);
        epoch.signatures = new bytes(65);
        vm.assertFalse(settlement.approved(signer, DIGEST));
        vm.expectEmit(address(settlement));
        emit ISettlement.DigestApproved(signer, DIGEST);
        vm.prank(signer);
        settlement.approve(DIGEST);
        vm.assertTrue(settlement.approved(signer, DIGEST));
        settle(epoch);
    }

    function test_settle_revertsForAnyOtherRoute() external {
        bytes32 keyHash = keccak256("another key");
        gateway.addRoute(new MockStatementVerifier(keyHash));
        Epoch memory epoch = _epoch();
        // A selector is the start of a hash: the cut is meant.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes4 other = bytes4(keyHash);
        uint256 statement = statementOf(epoch, block.chainid, address(settlement));
        bytes memory proof = bytes.concat(other, abi.encode(PROGRAM, statement));
        gateway.verify(PROGRAM, statement, proof);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RouteNotPinned.selector, other, SELECTOR));
        settle(epoch, proof);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RouteNotPinned.selector, bytes4(0), SELECTOR));
        settle(epoch, "");
    }

    // What the proof says.

    function _unprovable(Epoch memory epoch, bytes memory proof) private {
        vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.ProofInvalid.selector));
        settle(epoch, proof);
    }

    function test_settle_revertsForAProofOfAnotherChain() external {
        Epoch memory epoch = _epoch();
        uint256 statement = statementOf(epoch, block.chainid + 1, address(settlement));
        _unprovable(epoch, bytes.concat(SELECTOR, abi.encode(PROGRAM, statement)));
    }

    /// @dev Both chains have all that was there before the split; one of them has another id.
    function test_settle_afterASplitTakesWhatIsForItsChain() external {
        Epoch memory epoch = _epoch();
        bytes memory proof = proofOf(epoch);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(PRIVATE_KEY, signingHash(NetworkId.wrap(1), DIGEST));
        vm.chainId(block.chainid + 1);
        address recovered = ecrecover(signingHash(NetworkId.wrap(1), DIGEST), v, r, s);
        vm.expectRevert(
            abi.encodeWithSelector(
                Authorisations.SignatureInvalid.selector, 0, vm.addr(PRIVATE_KEY), recovered
            )
        );
        settle(epoch, proof);
        (epoch.authorisations, epoch.signatures, epoch.inputs.authorisationsChain) = ("", "", 0);
        authorise(epoch, NetworkId.wrap(1), DIGEST, PRIVATE_KEY);
        _unprovable(epoch, proof);
        settle(epoch);
    }

    function test_settle_revertsForAProofOfAnotherContract() external {
        Epoch memory epoch = _epoch();
        uint256 statement = statementOf(epoch, block.chainid, address(0xBAD));
        _unprovable(epoch, bytes.concat(SELECTOR, abi.encode(PROGRAM, statement)));
    }

    function test_settle_revertsForAProofOfAnotherProgram() external {
        Epoch memory epoch = _epoch();
        uint256 statement = statementOf(epoch, block.chainid, address(settlement));
        _unprovable(epoch, bytes.concat(SELECTOR, abi.encode(PROGRAM + 1, statement)));
    }

    /// @dev Each in turn is another than the proven one; what is computed from it comes with it.
    function test_settle_revertsForAnythingElseThanWasProven() external {
        Epoch memory epoch = _epoch();
        bytes memory proof = proofOf(epoch);
        ISettlement.EpochInputs memory inputs = epoch.inputs;
        bytes32 newCommitment = inputs.newCommitment;
        inputs.newCommitment = newCommitment ^ bytes32(uint256(1));
        _unprovable(epoch, proof);
        inputs.newCommitment = newCommitment;
        inputs.rollupExitRoot = 0;
        _unprovable(epoch, proof);
        inputs.rollupExitRoot = ROLLUPS;
        inputs.expiry -= 1;
        _unprovable(epoch, proof);
        inputs.expiry += 1;
        inputs.registryEntries = 1;
        _unprovable(epoch, proof);
        inputs.registryEntries = 2;
        inputs.deposits = 0;
        _unprovable(epoch, proof);
        deposit(1);
        inputs.deposits = 4;
        _unprovable(epoch, proof);
        inputs.deposits = 3;
        _unprovableWithMore(epoch, proof);
        settle(epoch, proof);
    }

    function _unprovableWithMore(Epoch memory epoch, bytes memory proof) private {
        bytes memory copy = abi.encode(epoch);
        Epoch memory more = abi.decode(copy, (Epoch));
        publish(more, NetworkId.wrap(9));
        _unprovable(more, proof);
        more = abi.decode(copy, (Epoch));
        authorise(more, NetworkId.wrap(9), DIGEST, PRIVATE_KEY);
        _unprovable(more, proof);
    }
}
