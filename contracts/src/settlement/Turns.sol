// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ITurns} from "../interfaces/ITurns.sol";

/// @title Turns
/// @notice Who may settle, and what it costs to be the only one.
abstract contract Turns is ITurns {
    struct Turn {
        address holder;
        uint64 endsAt;
    }

    /// @inheritdoc ITurns
    uint64 public constant TURN = 30 minutes;

    /// @inheritdoc ITurns
    uint64 public constant HALF_LIFE = 4 * TURN;

    /// @inheritdoc ITurns
    uint256 public constant BOND = 0.1 ether;

    /// @inheritdoc ITurns
    uint256 public constant LEAST_FEE = 0.01 ether;

    /// @inheritdoc ITurns
    Turn public turn;

    /// @inheritdoc ITurns
    mapping(address account => uint256) public owed;

    /// @dev When the fee is the least again: each turn puts it off by a half-life.
    uint64 private _coolAt;

    /// @inheritdoc ITurns
    function reserve() external payable {
        _checkNotStopped();
        Turn memory last = turn;
        if (block.timestamp < last.endsAt) revert TurnTaken(last.holder, last.endsAt);
        uint256 fee = _fee();
        uint256 price = BOND + fee;
        if (msg.value < price) revert PriceNotPaid(price, msg.value);

        uint64 endsAt = uint64(block.timestamp) + TURN;
        turn = Turn(msg.sender, endsAt);
        _coolAt = uint64(block.timestamp + _heat()) + HALF_LIFE;
        if (msg.value > price) owed[msg.sender] += msg.value - price;
        if (last.holder != address(0)) emit BondBurned(last.holder, BOND);
        emit TurnReserved(msg.sender, endsAt, fee);
    }

    /// @inheritdoc ITurns
    function withdraw() external {
        uint256 amount = owed[msg.sender];
        owed[msg.sender] = 0;
        emit Withdrawn(msg.sender, amount);
        (bool success,) = msg.sender.call{value: amount}("");
        if (!success) revert WithdrawalFailed(msg.sender, amount);
    }

    /// @inheritdoc ITurns
    function turnPrice() external view returns (uint256) {
        return BOND + _fee();
    }

    /// @dev Nobody could settle in a turn that is taken while settlement is stopped.
    function _checkNotStopped() internal view virtual;

    /// @dev Refuses the caller while somebody else has a turn.
    function _checkTurn() internal view {
        Turn memory running = turn;
        if (block.timestamp < running.endsAt && msg.sender != running.holder) {
            revert NotYourTurn(running.holder, running.endsAt);
        }
    }

    /// @dev The caller settled: if it was his turn, it is over.
    function _endTurn() internal {
        if (block.timestamp >= turn.endsAt) return;
        delete turn;
        owed[msg.sender] += BOND;
        emit BondReturned(msg.sender, BOND);
    }

    /// @dev Half-lives until the fee is the least, in seconds.
    function _heat() private view returns (uint256) {
        return block.timestamp < _coolAt ? _coolAt - block.timestamp : 0;
    }

    /// @dev Doubles with each half-life of heat, in a straight line within one. Heat that no ether could have paid for does not fit
    /// the multiplication, and no turn is sold.
    function _fee() private view returns (uint256) {
        uint256 heat = _heat();
        return LEAST_FEE * 2 ** (heat / HALF_LIFE) * (HALF_LIFE + heat % HALF_LIFE) / HALF_LIFE;
    }
}
