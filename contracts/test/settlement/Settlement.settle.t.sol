// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {INetworkRegistry} from "../../src/interfaces/INetworkRegistry.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {IVerifierGateway} from "../../src/interfaces/IVerifierGateway.sol";
import {IVerifyingKey} from "../../src/interfaces/IVerifyingKey.sol";
import {Authorisations} from "../../src/libraries/Authorisations.sol";
import {EpochPayload} from "../../src/libraries/EpochPayload.sol";
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
}
