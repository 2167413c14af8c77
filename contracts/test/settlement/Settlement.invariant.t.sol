// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Settlement} from "../../src/settlement/Settlement.sol";
import {vm} from "../Vm.sol";
import {SettlementBase} from "./SettlementBase.sol";

/// @notice Takes turns, settles in and out of them, withdraws, waits; and keeps account of who may settle and what is owed to whom.
contract SettlementHandler is SettlementBase {
    uint256 public constant ACCOUNTS = 3;

    mapping(uint256 account => uint256) public owedTo;
    bytes32 public commitment;
    uint256 public settled;
    uint256 public paidIn;
    uint256 public paidOut;
    /// @notice Whether somebody settled who should not have, or could not who should.
    bool public fooled;

    uint256 private _holder = ACCOUNTS;
    uint256 private _endsAt;

    constructor() {
        setUp();
        commitment = settlement.stateCommitment();
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            vm.deal(accountOf(i), 2 ** 100);
        }
    }

    function contractUnderTest() external view returns (Settlement) {
        return settlement;
    }

    function accountOf(uint256 account) public pure returns (address) {
        // A few small numbers.
        // forge-lint: disable-next-line(unsafe-typecast)
        return address(uint160(0xacc0 + account % ACCOUNTS));
    }

    function reserve(uint256 account, uint256 more) external {
        account %= ACCOUNTS;
        more %= 1 ether;
        uint256 price = settlement.turnPrice();
        if (price > 1_000_000 ether) return;
        bool free = block.timestamp >= _endsAt;
        vm.prank(accountOf(account));
        try settlement.reserve{value: price + more}() {
            if (!free) fooled = true;
            (_holder, _endsAt) = (account, block.timestamp + settlement.TURN());
            owedTo[account] += more;
            paidIn += price + more;
        } catch {
            if (free) fooled = true;
        }
    }

    function settle(uint256 account) external {
        account %= ACCOUNTS;
        Epoch memory epoch = emptyEpoch();
        bytes memory proof = proofOf(epoch);
        bool running = block.timestamp < _endsAt;
        bool may = !running || account == _holder;
        vm.prank(accountOf(account));
        try settlement.settle(epoch.inputs, epoch.authorisations, epoch.signatures, epoch.payload, proof) {
            if (!may) fooled = true;
            commitment = epoch.inputs.newCommitment;
            ++settled;
            if (running) {
                _endsAt = 0;
                owedTo[account] += settlement.BOND();
            }
        } catch {
            if (may) fooled = true;
        }
    }

    function withdraw(uint256 account) external {
        account %= ACCOUNTS;
        paidOut += owedTo[account];
        owedTo[account] = 0;
        vm.prank(accountOf(account));
        settlement.withdraw();
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + time % 1 hours);
    }
}

/// forge-config: default.isolate = false
contract SettlementInvariantTest is SettlementBase {
    SettlementHandler private handler;

    function setUp() public override {
        handler = new SettlementHandler();
        settlement = handler.contractUnderTest();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0].addr = address(handler);
        targets[0].selectors = new bytes4[](4);
        targets[0].selectors[0] = SettlementHandler.reserve.selector;
        targets[0].selectors[1] = bytes4(keccak256("settle(uint256)"));
        targets[0].selectors[2] = SettlementHandler.withdraw.selector;
        targets[0].selectors[3] = SettlementHandler.wait.selector;
    }

    /// @dev Whoever may settle can, and nobody else: the commitment is that of the last epoch.
    function invariant_onlyWhoeverMaySettles() external view {
        vm.assertFalse(handler.fooled());
        vm.assertEq(settlement.stateCommitment(), handler.commitment());
    }

    /// @dev What is owed is there, and nothing else leaves.
    function invariant_balanceCoversWhatIsOwed() external view {
        uint256 owed = 0;
        for (uint256 i = 0; i < handler.ACCOUNTS(); ++i) {
            vm.assertEq(settlement.owed(handler.accountOf(i)), handler.owedTo(i));
            owed += handler.owedTo(i);
        }
        uint256 balance = address(settlement).balance;
        vm.assertEq(balance, handler.paidIn() - handler.paidOut());
        vm.assertLe(owed, balance);
    }

    function afterInvariant() external view {
        vm.assertTrue(handler.settled() > 0);
    }
}
