// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ITurns} from "../../src/interfaces/ITurns.sol";
import {vm} from "../Vm.sol";
import {SettlementBase} from "./SettlementBase.sol";

contract TurnsTest is SettlementBase {
    address private constant BOB = address(0xb0b);
    uint256 private constant TURN = 30 minutes;
    uint256 private constant HALF_LIFE = 2 hours;
    uint256 private constant BOND = 0.1 ether;
    uint256 private constant FEE = 0.01 ether;

    function setUp() public override {
        super.setUp();
        vm.deal(ALICE, 1_000_000 ether);
        vm.deal(BOB, 1_000_000 ether);
    }

    function _reserve(address account) private returns (uint256 fee) {
        uint256 price = settlement.turnPrice();
        vm.prank(account);
        settlement.reserve{value: price}();
        return price - BOND;
    }

    function _settleAs(address account) private {
        Epoch memory epoch = emptyEpoch();
        bytes memory proof = proofOf(epoch);
        vm.prank(account);
        settle(epoch, proof);
    }

    function _assertTurn(address holder, uint256 endsAt) private view {
        (address holder_, uint64 endsAt_) = settlement.turn();
        vm.assertEq(holder_, holder);
        vm.assertEq(endsAt_, endsAt);
    }

    function test_constants() external view {
        vm.assertEq(settlement.TURN(), TURN);
        vm.assertEq(settlement.HALF_LIFE(), HALF_LIFE);
        vm.assertEq(settlement.BOND(), BOND);
        vm.assertEq(settlement.LEAST_FEE(), FEE);
        vm.assertTrue(settlement.GRACE() > TURN);
    }

    function test_reserve_givesTheOnlyRightToSettle() external {
        vm.expectEmit(address(settlement));
        emit ITurns.TurnReserved(ALICE, block.timestamp + TURN, FEE);
        vm.assertEq(_reserve(ALICE), FEE);
        _assertTurn(ALICE, block.timestamp + TURN);
        vm.assertEq(settlement.owed(ALICE), 0);
        _settleAs(ALICE);
    }

    function test_settle_revertsOutOfTurn() external {
        _reserve(ALICE);
        (, uint256 endsAt) = settlement.turn();
        Epoch memory epoch = emptyEpoch();
        bytes memory proof = proofOf(epoch);
        vm.warp(endsAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ITurns.NotYourTurn.selector, ALICE, endsAt));
        vm.prank(BOB);
        settle(epoch, proof);
        vm.warp(endsAt);
        vm.prank(BOB);
        settle(epoch, proof);
    }

    function test_settle_returnsTheBondAndEndsTheTurn() external {
        _reserve(ALICE);
        vm.warp(block.timestamp + TURN - 1);
        vm.expectEmit(address(settlement));
        emit ITurns.BondReturned(ALICE, BOND);
        _settleAs(ALICE);
        _assertTurn(address(0), 0);
        vm.assertEq(settlement.owed(ALICE), BOND);
        // Anybody may settle at once, and gets nothing for it.
        _settleAs(BOB);
        vm.assertEq(settlement.owed(BOB), 0);
        _settleAs(ALICE);
        vm.assertEq(settlement.owed(ALICE), BOND);
    }

    function test_settle_afterTheTurnReturnsNoBond() external {
        _reserve(ALICE);
        vm.warp(block.timestamp + TURN);
        _settleAs(ALICE);
        vm.assertEq(settlement.owed(ALICE), 0);
        vm.expectEmit(address(settlement));
        emit ITurns.BondBurned(ALICE, BOND);
        _reserve(BOB);
        vm.assertEq(settlement.owed(ALICE), 0);
    }

    function test_reserve_revertsWhileATurnRuns() external {
        _reserve(ALICE);
        (, uint256 endsAt) = settlement.turn();
        vm.warp(endsAt - 1);
        uint256 price = settlement.turnPrice();
        address[2] memory accounts = [ALICE, BOB];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ITurns.TurnTaken.selector, ALICE, endsAt));
            vm.prank(accounts[i]);
            settlement.reserve{value: price}();
        }
        vm.warp(endsAt);
        _reserve(BOB);
        _assertTurn(BOB, endsAt + TURN);
    }

    function test_reserve_revertsBelowItsPrice() external {
        uint256 price = settlement.turnPrice();
        vm.assertEq(price, BOND + FEE);
        vm.expectRevert(abi.encodeWithSelector(ITurns.PriceNotPaid.selector, price, price - 1));
        vm.prank(ALICE);
        settlement.reserve{value: price - 1}();
    }

    function test_reserve_owesWhatIsAboveItsPrice() external {
        uint256 price = settlement.turnPrice();
        vm.prank(ALICE);
        settlement.reserve{value: price + 5}();
        vm.assertEq(settlement.owed(ALICE), 5);
        _settleAs(ALICE);
        vm.assertEq(settlement.owed(ALICE), BOND + 5);
    }

    // ---- the fee

    function test_reserve_priceDoubles() external {
        vm.assertEq(_reserve(ALICE), FEE);
        vm.assertEq(settlement.turnPrice(), BOND + 2 * FEE);
        _settleAs(ALICE);
        // A turn that is over at once leaves no time to cool.
        vm.assertEq(_reserve(BOB), 2 * FEE);
        _settleAs(BOB);
        vm.assertEq(_reserve(ALICE), 4 * FEE);
        _settleAs(ALICE);
        vm.assertEq(settlement.turnPrice(), BOND + 8 * FEE);
    }

    function test_turnPrice_fallsBack() external {
        _reserve(ALICE);
        _settleAs(ALICE);
        _reserve(ALICE);
        uint256 start = block.timestamp;
        vm.assertEq(settlement.turnPrice(), BOND + 4 * FEE);
        vm.warp(start + HALF_LIFE / 2);
        vm.assertEq(settlement.turnPrice(), BOND + 3 * FEE);
        vm.warp(start + HALF_LIFE);
        vm.assertEq(settlement.turnPrice(), BOND + 2 * FEE);
        vm.warp(start + HALF_LIFE + HALF_LIFE / 4);
        vm.assertEq(settlement.turnPrice(), BOND + FEE + FEE * 3 / 4);
        vm.warp(start + 2 * HALF_LIFE);
        vm.assertEq(settlement.turnPrice(), BOND + FEE);
        vm.warp(start + 20 * HALF_LIFE);
        vm.assertEq(settlement.turnPrice(), BOND + FEE);
    }

    /// @dev Ten hours of turns one after the other, each with a settlement that returns the bond.
    function test_reserve_blockingGrowsDear() external {
        uint256 fee = 0;
        uint256 paid = 0;
        for (uint256 i = 0; i < 20; ++i) {
            uint256 next = _reserve(ALICE);
            vm.assertTrue(next > fee);
            fee = next;
            paid += fee;
            vm.warp(block.timestamp + TURN - 1);
            _settleAs(ALICE);
            vm.warp(block.timestamp + 1);
        }
        vm.assertTrue(paid > 400 ether);
        vm.assertEq(settlement.owed(ALICE), 20 * BOND);
        // Only what is owed can ever leave.
        vm.assertEq(address(settlement).balance, 20 * BOND + paid);
    }

    /// @dev A day in which the fee never falls below f, for 12 f: what `ITurns` warns of.
    function test_reserve_keepingItDearCostsInProportion() external {
        uint256 fee = FEE;
        while (fee < 1 ether) {
            vm.assertEq(_reserve(ALICE), fee);
            _settleAs(ALICE);
            fee *= 2;
        }
        uint256 paid = 0;
        for (uint256 i = 0; i < 12; ++i) {
            vm.warp(block.timestamp + HALF_LIFE);
            vm.assertEq(_reserve(ALICE), fee / 2);
            _settleAs(ALICE);
            paid += fee / 2;
        }
        vm.assertEq(settlement.turnPrice(), BOND + fee);
        vm.assertEq(paid, 12 * 0.64 ether);
    }

    /// @dev Beside a twin that keeps the heat in whole seconds and doubles step by step.
    function testFuzz_price(uint32[12] memory waits) external {
        uint256 cool = 0;
        for (uint256 i = 0; i < waits.length; ++i) {
            vm.warp(block.timestamp + TURN + waits[i] % (4 * HALF_LIFE));
            uint256 heat = cool > block.timestamp ? cool - block.timestamp : 0;
            uint256 rest = heat;
            uint256 fee = FEE;
            while (rest >= HALF_LIFE) (fee, rest) = (2 * fee, rest - HALF_LIFE);
            fee += fee * rest / HALF_LIFE;
            vm.assertEq(settlement.turnPrice(), BOND + fee);
            _reserve(BOB);
            cool = block.timestamp + heat + HALF_LIFE;
        }
    }

    /// @dev Nobody can pay for so much heat. If somebody could, no turn would be sold rather than one for nothing.
    function test_turnPrice_neverWrapsAround() external {
        bytes32 slot;
        _reserve(ALICE);
        uint256 coolAt = block.timestamp + HALF_LIFE;
        for (uint256 i = 0; i < 16; ++i) {
            if (uint256(vm.load(address(settlement), bytes32(i))) == coolAt) slot = bytes32(i);
        }
        vm.store(address(settlement), slot, bytes32(block.timestamp + 256 * HALF_LIFE));
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        settlement.turnPrice();
    }

    // ---- what is owed

    function test_withdraw_paysWhatIsOwed() external {
        _reserve(ALICE);
        _settleAs(ALICE);
        uint256 before = ALICE.balance;
        vm.expectEmit(address(settlement));
        emit ITurns.Withdrawn(ALICE, BOND);
        vm.prank(ALICE);
        settlement.withdraw();
        vm.assertEq(ALICE.balance, before + BOND);
        vm.assertEq(settlement.owed(ALICE), 0);
        vm.prank(ALICE);
        settlement.withdraw();
        vm.assertEq(ALICE.balance, before + BOND);
    }

    function test_withdraw_revertsWhenItsReceiverDoes() external {
        MockHolder holder = new MockHolder(settlement);
        holder.reserve{value: settlement.turnPrice() + 1 ether}();
        vm.expectRevert(abi.encodeWithSelector(ITurns.WithdrawalFailed.selector, holder, 1 ether));
        holder.withdraw();
        vm.assertEq(settlement.owed(address(holder)), 1 ether);
    }

    function test_withdraw_paysOnceHoweverOftenItIsEntered() external {
        vm.deal(address(settlement), 10 ether);
        MockHolder holder = new MockHolder(settlement);
        holder.reserve{value: settlement.turnPrice() + 1 ether}();
        holder.reenter();
        holder.withdraw();
        vm.assertEq(address(holder).balance, 1 ether);
    }
}

/// @notice A contract with a turn: takes no ether, or asks for more in the midst of taking it.
contract MockHolder {
    ITurns private immutable _TURNS;
    bool private _reenters;

    constructor(ITurns turns) {
        _TURNS = turns;
    }

    receive() external payable {
        require(_reenters);
        if (msg.value > 0) _TURNS.withdraw();
    }

    function reserve() external payable {
        _TURNS.reserve{value: msg.value}();
    }

    function reenter() external {
        _reenters = true;
    }

    function withdraw() external {
        _TURNS.withdraw();
    }
}
