// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {KeyProvenance} from "../../src/interfaces/IVerifyingKey.sol";
import {NetworkId} from "../../src/types/NetworkId.sol";
import {VerifierGateway} from "../../src/verifier/VerifierGateway.sol";
import {vm} from "../Vm.sol";
import {MockVerifier} from "../mocks/MockVerifier.sol";
import {SettlementBase} from "./SettlementBase.sol";

/// @notice What an epoch costs, cold, of networks that prove, sign, or approved. The verifier here accepts everything at once: what a real
/// one takes is added, 195,060 as in the snapshot of `Groth16Verifier.verify`.
/// @dev Calls are measured alone and transactions computed by EIP-7623 from them. Each epoch moves the rollups' exit root and is not the
/// first; deposits were consumed before.
/// forge-config: default.isolate = false
contract SettlementGasTest is SettlementBase {
    uint256 private constant GROTH16 = 195_060;
    uint256 private constant PROOF_BYTES = 256;
    uint256 private constant PRIVATE_KEY = 0xbeef;

    MockVerifier private verifier;

    function setUp() public override {
        super.setUp();
        verifier = new MockVerifier(bytes32(uint256(1) << 255), KeyProvenance.Ceremony);
        gateway.addRoute(verifier);
        bytes4 selector = bytes4(verifier.KEY_HASH());
        vm.prank(ANNOUNCER);
        settlement.announceProgram(PROGRAM, selector);
        vm.warp(block.timestamp + settlement.DELAY());
        settlement.adoptProgram();
        addNetwork();
        deposit(5);
        Epoch memory epoch = emptyEpoch();
        epoch.inputs.deposits = 5;
        settle(epoch, _proof());
        vm.roll(block.number + 1);
        vm.warp(block.timestamp + 12);
    }

    /// @dev As long as a real proof and without zero bytes.
    function _proof() private view returns (bytes memory proof) {
        proof = bytes.concat(bytes4(verifier.KEY_HASH()), new bytes(PROOF_BYTES));
        for (uint256 i = 4; i < proof.length; ++i) {
            proof[i] = 0xa5;
        }
    }

    /// @dev Keeps what the contracts but the verifier took, and what the whole transaction takes with a real verifier.
    function _settle(string memory name, Epoch memory epoch) private returns (uint256 total) {
        epoch.inputs.deposits = 5;
        bytes memory data = abi.encodeCall(
            ISettlement.settle,
            (epoch.inputs, epoch.authorisations, epoch.signatures, epoch.payload, _proof())
        );
        vm.cool(address(settlement));
        vm.cool(address(gateway));
        vm.cool(address(verifier));
        vm.cool(address(roots));
        vm.cool(address(bridge));
        (bool success,) = address(settlement).call(data);
        vm.assertTrue(success);
        uint256 execution =
            vm.snapshotGasLastCall("Settlement, execution", string.concat(name, " without Groth16"));
        uint256 tokens = 0;
        for (uint256 i = 0; i < data.length; ++i) {
            tokens += data[i] == 0 ? 1 : 4;
        }
        uint256 standard = 21_000 + 4 * tokens + execution + GROTH16;
        uint256 floor = 21_000 + 10 * tokens;
        total = standard > floor ? standard : floor;
        vm.snapshotValue("Settlement, transactions", name, total);
    }

    function _network(uint256 index) private pure returns (NetworkId) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return NetworkId.wrap(uint32(0x01010101 + index));
    }

    /// @dev An epoch of so many certificates, which moves the rollups' exit root.
    function _epoch(uint256 count) private view returns (Epoch memory epoch) {
        epoch = emptyEpoch();
        epoch.inputs.rollupExitRoot = keccak256("another");
        for (uint256 i = 0; i < count; ++i) {
            publish(epoch, _network(i));
        }
    }

    function _proving(uint256 count) private returns (uint256) {
        return _settle(string.concat("settle, ", vm.toString(count), " that prove"), _epoch(count));
    }

    function _signing(uint256 count) private returns (uint256) {
        Epoch memory epoch = _epoch(count);
        for (uint256 i = 0; i < count; ++i) {
            authorise(epoch, _network(i), keccak256(abi.encode(i)), PRIVATE_KEY + i);
        }
        return _settle(string.concat("settle, ", vm.toString(count), " that sign"), epoch);
    }

    function _approving(uint256 count) private returns (uint256) {
        Epoch memory epoch = _epoch(count);
        for (uint256 i = 0; i < count; ++i) {
            address signer = vm.addr(PRIVATE_KEY + i);
            bytes32 digest = keccak256(abi.encode(i));
            vm.prank(signer);
            settlement.approve(digest);
            authorise(epoch, _network(i), digest, signer, new bytes(65));
        }
        return _settle(string.concat("settle, ", vm.toString(count), " that approved"), epoch);
    }

    function test_size() external {
        vm.assertLe(address(settlement).code.length, 20_000);
        vm.snapshotValue("Settlement", "bytecode size", address(settlement).code.length);
    }

    function test_settle_noCertificate() external {
        vm.assertLe(_proving(0), 340_000);
    }

    function test_settle_1_proves() external {
        vm.assertLe(_proving(1), 346_000);
    }

    function test_settle_8_prove() external {
        vm.assertLe(_proving(8), 340_000 + 8 * 6000);
    }

    function test_settle_64_prove() external {
        vm.assertLe(_proving(64), 340_000 + 64 * 6000);
    }

    function test_settle_1_signs() external {
        vm.assertLe(_signing(1), 340_000 + 12_000);
    }

    function test_settle_8_sign() external {
        vm.assertLe(_signing(8), 340_000 + 8 * 12_000);
    }

    function test_settle_64_sign() external {
        vm.assertLe(_signing(64), 340_000 + 64 * 12_000);
    }

    function test_settle_8_approved() external {
        vm.assertLe(_approving(8), 340_000 + 8 * 12_000);
    }

    /// @dev Networks that only imported: no exit root is published.
    function test_settle_8_proveWithoutExits() external {
        Epoch memory epoch = _epoch(8);
        epoch.inputs.rollupExitRoot = ROLLUPS;
        vm.assertLe(_settle("settle, 8 that prove and export nothing", epoch), 260_000 + 8 * 6000);
    }
}
