// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IProofVerifier} from "../../src/interfaces/IProofVerifier.sol";
import {IVerifierGateway} from "../../src/interfaces/IVerifierGateway.sol";
import {IVerifyingKey, KeyProvenance} from "../../src/interfaces/IVerifyingKey.sol";
import {Groth16Verifier} from "../../src/verifier/Groth16Verifier.sol";
import {VerifierGateway} from "../../src/verifier/VerifierGateway.sol";
import {Base} from "../Base.sol";
import {vm} from "../Vm.sol";
import {MockVerifier} from "../mocks/MockVerifier.sol";

contract VerifierGatewayTest is Base {
    address private constant STRANGER = address(0xBAD);

    VerifierGateway private gateway;
    Groth16Verifier private verifier;
    Vector private vector;
    bytes4 private selector;

    function setUp() external {
        gateway = new VerifierGateway(address(this), false);
        verifier = new Groth16Verifier();
        vector = readVector("wrap-proof");
        selector = bytes4(vector.keyHash);
    }

    // ---- constructor

    function test_constructor_setsOwnerAndFlag() external {
        vm.assertEq(gateway.owner(), address(this));
        vm.assertFalse(gateway.ALLOWS_DEVELOPMENT_KEYS());
        vm.assertTrue(new VerifierGateway(address(this), true).ALLOWS_DEVELOPMENT_KEYS());
        vm.snapshotValue("VerifierGateway", "bytecode size", address(gateway).code.length);
    }

    function test_constructor_revertsWhenOwnerIsZero() external {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        new VerifierGateway(address(0), false);
    }

    function test_constructor_revertsWhenDevelopmentKeysMeetMainnet() external {
        vm.chainId(1);
        vm.expectRevert(abi.encodeWithSelector(IVerifierGateway.DevelopmentKeysOnMainnet.selector));
        new VerifierGateway(address(this), true);
    }

    // ---- addRoute

    function test_addRoute_putsVerifierBehindTheStartOfItsKeyHash() external {
        vm.expectEmit(address(gateway));
        emit IVerifierGateway.RouteAdded(selector, verifier, vector.keyHash, vector.provenance);
        gateway.addRoute(verifier);
        vm.snapshotGasLastCall("VerifierGateway", "addRoute");

        (IProofVerifier routed, uint64 freezesAt) = gateway.routes(selector);
        vm.assertEq(address(routed), address(verifier));
        vm.assertEq(freezesAt, 0);
    }

    function test_addRoute_revertsWhenNotOwner() external {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        vm.prank(STRANGER);
        gateway.addRoute(verifier);
    }

    function test_addRoute_revertsWhenSelectorIsTaken() external {
        gateway.addRoute(verifier);
        Groth16Verifier same = new Groth16Verifier();
        MockVerifier other = new MockVerifier(bytes32(selector) | bytes32(uint256(1)), KeyProvenance.Ceremony);
        bytes memory taken =
            abi.encodeWithSelector(IVerifierGateway.RouteAlreadyExists.selector, selector, verifier);
        vm.expectRevert(taken);
        gateway.addRoute(verifier);
        vm.expectRevert(taken);
        gateway.addRoute(same);
        vm.expectRevert(taken);
        gateway.addRoute(other);
    }

    function test_addRoute_revertsWhenRouteIsFrozen() external {
        gateway.addRoute(verifier);
        gateway.freezeRoute(selector);
        vm.warp(block.timestamp + gateway.FREEZE_DELAY());
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierGateway.RouteAlreadyExists.selector, selector, verifier)
        );
        gateway.addRoute(verifier);
    }

    function testFuzz_addRoute_revertsWhenDevelopmentKeyMeetsPublicChain(uint64 chain) external {
        vm.assume(chain != 31337 && chain != 1337 && chain != 0);
        MockVerifier development = new MockVerifier(keccak256("development"), KeyProvenance.Development);
        vm.chainId(chain);
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierGateway.DevelopmentKeyRefused.selector, development, chain)
        );
        gateway.addRoute(development);
    }

    function test_addRoute_acceptsDevelopmentKeyWhereItMay() external {
        vm.chainId(31337);
        gateway.addRoute(new MockVerifier(bytes32(uint256(1) << 224), KeyProvenance.Development));
        vm.chainId(1337);
        gateway.addRoute(new MockVerifier(bytes32(uint256(2) << 224), KeyProvenance.Development));
        vm.chainId(11155111);
        VerifierGateway test = new VerifierGateway(address(this), true);
        test.addRoute(new MockVerifier(bytes32(uint256(3) << 224), KeyProvenance.Development));
    }

    function test_addRoute_acceptsCeremonyKeyOnMainnet() external {
        vm.chainId(1);
        gateway.addRoute(new MockVerifier(keccak256("ceremony"), KeyProvenance.Ceremony));
    }

    // ---- freezeRoute

    function test_freezeRoute_announcesTheFreeze() external {
        gateway.addRoute(verifier);
        uint256 freezesAt = block.timestamp + 30 days;
        vm.expectEmit(address(gateway));
        emit IVerifierGateway.RouteFreezeAnnounced(selector, verifier, freezesAt);
        gateway.freezeRoute(selector);

        (IProofVerifier routed, uint64 recorded) = gateway.routes(selector);
        vm.assertEq(address(routed), address(verifier));
        vm.assertEq(recorded, freezesAt);
    }

    function test_freezeRoute_takesEffectAfterTheDelayAndNotBefore() external {
        gateway.addRoute(verifier);
        gateway.freezeRoute(selector);
        uint256 freezesAt = block.timestamp + gateway.FREEZE_DELAY();
        vm.warp(freezesAt - 1);
        verifyThroughGateway(vector.proof);
        vm.warp(freezesAt);
        vm.expectRevert(abi.encodeWithSelector(IVerifierGateway.RouteFrozen.selector, selector, freezesAt));
        verifyThroughGateway(vector.proof);
    }

    function test_freezeRoute_leavesOtherRoutesOpen() external {
        MockVerifier other = new MockVerifier(keccak256("other"), KeyProvenance.Ceremony);
        gateway.addRoute(verifier);
        gateway.addRoute(other);
        gateway.freezeRoute(bytes4(keccak256("other")));
        vm.warp(block.timestamp + gateway.FREEZE_DELAY());
        verifyThroughGateway(vector.proof);
    }

    function test_freezeRoute_revertsWhenNotOwner() external {
        gateway.addRoute(verifier);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        vm.prank(STRANGER);
        gateway.freezeRoute(selector);
    }

    function test_freezeRoute_revertsWhenRouteIsUnknown() external {
        vm.expectRevert(abi.encodeWithSelector(IVerifierGateway.RouteNotFound.selector, selector));
        gateway.freezeRoute(selector);
    }

    function test_freezeRoute_revertsWhenAnnouncedBefore() external {
        gateway.addRoute(verifier);
        gateway.freezeRoute(selector);
        uint256 freezesAt = block.timestamp + gateway.FREEZE_DELAY();
        vm.warp(block.timestamp + 1 days);
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierGateway.RouteFreezeAlreadyAnnounced.selector, selector, freezesAt)
        );
        gateway.freezeRoute(selector);
    }

    // ---- verify

    function test_verify_acceptsRealProofAndCostsAtMost8000More() external {
        gateway.addRoute(verifier);
        verifier.verify(vector.publicInputs[0], vector.publicInputs[1], vector.proof);
        uint256 direct = vm.snapshotGasLastCall("VerifierGateway", "verifier, direct");
        verifyThroughGateway(vector.proof);
        uint256 routed = vm.snapshotGasLastCall("VerifierGateway", "verify");
        vm.assertLe(routed, direct + 8000);
    }

    function test_verify_revertsAsTheVerifierDoes() external {
        gateway.addRoute(verifier);
        (uint256 program, uint256 statement) = (vector.publicInputs[0], vector.publicInputs[1]);
        bytes memory proof = bytes.concat(selector, vector.proof);

        vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.ProofInvalid.selector));
        gateway.verify(program ^ 1, statement, proof);
        vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.ProofInvalid.selector));
        gateway.verify(program, statement ^ 1, proof);
        vm.expectRevert(
            abi.encodeWithSelector(IVerifyingKey.PublicInputNotInField.selector, 1, statement + R)
        );
        gateway.verify(program, statement + R, proof);
        vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.ProofLengthInvalid.selector, 0, 256));
        gateway.verify(program, statement, bytes.concat(selector));
        vm.expectRevert(abi.encodeWithSelector(IVerifyingKey.ProofMalformed.selector));
        gateway.verify{gas: 260_000}(
            program, statement, bytes.concat(selector, withWord(vector.proof, 0, wordAt(vector.proof, 0) ^ 1))
        );
    }

    function test_verify_revertsWhenProofNamesNoRoute() external {
        vm.expectRevert(abi.encodeWithSelector(IVerifierGateway.RouteNotFound.selector, selector));
        verifyThroughGateway(vector.proof);
    }

    function test_verify_revertsWhenProofIsTooShortForASelector() external {
        gateway.addRoute(verifier);
        vm.expectRevert(abi.encodeWithSelector(IVerifierGateway.ProofWithoutSelector.selector, 3));
        gateway.verify(0, 0, hex"112233");
    }

    function testFuzz_verify_handsOnWhatItWasGiven(
        bytes32 keyHash,
        uint256 programDigest,
        uint256 statementDigest,
        bytes calldata proof
    ) external {
        MockVerifier mock = new MockVerifier(keyHash, KeyProvenance.Ceremony);
        gateway.addRoute(mock);
        vm.expectCall(
            address(mock), abi.encodeCall(IProofVerifier.verify, (programDigest, statementDigest, proof))
        );
        // A selector is the start of a hash: the cut is meant.
        // forge-lint: disable-next-line(unsafe-typecast)
        gateway.verify(programDigest, statementDigest, bytes.concat(bytes4(keyHash), proof));
    }

    // ---- ownership

    function test_ownership_passesInTwoSteps() external {
        gateway.transferOwnership(STRANGER);
        vm.assertEq(gateway.owner(), address(this));
        vm.prank(STRANGER);
        gateway.acceptOwnership();
        vm.assertEq(gateway.owner(), STRANGER);
    }

    function verifyThroughGateway(bytes memory proof) private view {
        gateway.verify(vector.publicInputs[0], vector.publicInputs[1], bytes.concat(selector, proof));
    }
}
